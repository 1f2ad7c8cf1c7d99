"""A demo of its own for tests that walk through the pages: embedded database, sandbox provider, server, small crowd."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import until

_START_WAIT_S = 120


@dataclass(frozen=True)
class RunningDemo:
    """Where a demo is, and what it said."""

    address: str
    overlay: str
    data: Path


@contextmanager
def running_demo(folder: Path, *options: str) -> Iterator[RunningDemo]:
    """A demo on a free port that is gone when the block ends; its books can be audited then."""
    data, said = folder / "world", folder / "said"
    command = [sys.executable, "-m", "plaudit", "demo", "--port=0", f"--data={data}", *options]
    with said.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=_environment())
    try:
        until(lambda: "Ctrl-C stops" in said.read_text() or process.poll() is not None, "the demo is up", _START_WAIT_S)
        words = [word for word in said.read_text().split() if word.startswith("http://")]
        assert words, said.read_text()
        overlay = next(word for word in words if "/overlay?token=" in word)
        # The first viewers bring the rooms a history; afterwards the crowd is as small as was asked for.
        until(lambda: "have a history now" in said.read_text(), "the rooms have a history", _START_WAIT_S)
        yield RunningDemo(words[0].rstrip("/"), overlay, data)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_START_WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()


def audit(data: Path) -> "subprocess.CompletedProcess[str]":
    """`plaudit audit` on the database of a demo that has ended."""
    command = [sys.executable, "-m", "plaudit", "audit", f"--data={data}"]
    return subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)


def _environment() -> dict[str, str]:
    """Ours without a database: the demo brings its own."""
    return {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
