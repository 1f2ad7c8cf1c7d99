"""Peers of tests: a provider in a process of its own, on a port of its own, that is gone when the test ends."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.shop import free_port
from tests.support.waiting import answers, until


@contextmanager
def peer(name: str, *arguments: str) -> Iterator[str]:
    """The address of `python -m tests.peers.NAME --port PORT …`, once it answers `GET /_control/ready`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.peers.{name}", "--port", str(port), *arguments],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        until(lambda: process.poll() is not None or answers(f"{url}/_control/ready"), f"the peer {name} answers")
        assert process.poll() is None, f"the peer {name} ended with {process.returncode}"
        yield url
    finally:
        process.kill()
        process.wait()
