"""Peers of tests: a provider in a process of its own, on a port of its own, that is gone when the test ends."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from tests.support.shop import free_port

START_WAIT_S = 30


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
        deadline = time.monotonic() + START_WAIT_S
        while not _answers(url):
            assert process.poll() is None, f"the peer {name} ended with {process.returncode}"
            assert time.monotonic() < deadline, f"the peer {name} did not start"
            time.sleep(0.05)
        yield url
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/_control/ready").is_success
    except httpx2.TransportError:
        return False
