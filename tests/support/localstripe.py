"""localstripe, a Stripe that others wrote: started from an environment of its own and spoken to over HTTP only."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.shop import free_port
from tests.support.waiting import answers, until

PYTHON = Path(__file__).parents[2] / ".cache/localstripe/bin/python"
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
        until(lambda: process.poll() is not None or answers(f"{url}/v1/balance"), "localstripe answers")
        assert process.poll() is None, f"localstripe ended with {process.returncode}"
        yield url
    finally:
        process.kill()
        process.wait()
