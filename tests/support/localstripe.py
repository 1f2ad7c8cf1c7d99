"""localstripe, a Stripe that others wrote: started from an environment of its own and spoken to over HTTP only."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.processes import first_line

PYTHON = Path(__file__).parents[2] / ".cache/localstripe/bin/python"
# On loopback, which its own command is not, and without the file of fixed name it would keep its state in.
START = """
import socket
from aiohttp import web
from localstripe import resources
from localstripe.server import app
type(resources.store).dump_to_disk = lambda store: None
listening = socket.socket()
listening.bind(("127.0.0.1", 0))
url = "http://127.0.0.1:%d" % listening.getsockname()[1]
web.run_app(app, sock=listening, print=lambda _: print(url, flush=True))
"""


@contextmanager
def localstripe() -> Iterator[str]:
    """The address of a localstripe with nothing in it, which it says when it is ready."""
    assert PYTHON.exists(), "localstripe is not installed: run `make localstripe`"
    with subprocess.Popen([str(PYTHON), "-c", START], stdout=subprocess.PIPE, text=True) as process:
        try:
            url = first_line(process).strip()
            assert url, f"localstripe ended with {process.wait()}"
            yield url
        finally:
            process.kill()
