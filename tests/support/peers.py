"""Peers of tests: a provider in a process of its own, on a port of its own, that is gone when the test ends."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.processes import first_line


@contextmanager
def peer(name: str, *arguments: str) -> Iterator[str]:
    """The address of `python -m tests.peers.NAME …`, which it says when it is ready."""
    command = [sys.executable, "-m", f"tests.peers.{name}", *arguments]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = first_line(process).strip()
            assert url, f"the peer {name} ended with {process.wait()}"
            yield url
        finally:
            process.kill()
