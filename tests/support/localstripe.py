"""localstripe, a Stripe that others wrote: started from an environment of its own and spoken to over HTTP only."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from tests.support.shop import free_port

PYTHON = Path(__file__).parents[2] / ".cache/localstripe/bin/python"
START_WAIT_S = 30
# On loopback, which its own command is not, and without the file of fixed name it would keep its state in.
START = """
import sys
from aiohttp import web
from localstripe import resources
from localstripe.server import app
type(resources.store).dump_to_disk = lambda store: None
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
"""


@contextmanager
def localstripe() -> Iterator[str]:
    """The address of a localstripe with nothing in it."""
    assert PYTHON.exists(), "localstripe is not installed: run `make localstripe`"
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([str(PYTHON), "-c", START, str(port)])
    try:
        deadline = time.monotonic() + START_WAIT_S
        while not _answers(url):
            assert process.poll() is None, f"localstripe ended with {process.returncode}"
            assert time.monotonic() < deadline, "localstripe did not start"
            time.sleep(0.05)
        yield url
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        httpx2.get(f"{url}/v1/balance")
    except httpx2.TransportError:
        return False
    return True
