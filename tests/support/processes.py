"""Other processes of tests: a program that holds something open until it is told to end, and ends of processes."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.support.waiting import WAIT_S


def first_line(process: subprocess.Popen[str]) -> str:
    """What a process says first; empty when it ends without a word."""
    assert process.stdout is not None
    heard, _, _ = select.select([process.stdout], [], [], WAIT_S)
    assert heard, f"the process said nothing for {WAIT_S} s"
    return process.stdout.readline()


class Helper:
    """A Python program in a process of its own that prints one JSON object when it is ready and ends with its input."""

    def __init__(self, program: str, *arguments: str, prefix: Sequence[str] = ()) -> None:
        self._process = subprocess.Popen(
            [*prefix, sys.executable, "-c", program, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def ready(self) -> Any:
        """What it printed."""
        line = first_line(self._process)
        assert line, f"the helper ended: {self._process.communicate(timeout=WAIT_S)[1]}"
        return json.loads(line)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(WAIT_S)

    def end(self) -> tuple[int, str]:
        """Let it end in order; its exit status and what it said on standard error."""
        _, errors = self._process.communicate(timeout=WAIT_S)
        return self._process.returncode, errors


@contextmanager
def helper(program: str, *arguments: str, prefix: Sequence[str] = ()) -> Iterator[Helper]:
    """A helper that is gone when the block ends."""
    made = Helper(program, *arguments, prefix=prefix)
    try:
        yield made
    finally:
        made.kill()


def is_running(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    return False


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
