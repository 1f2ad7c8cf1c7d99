"""`plaudit serve` as a process of its own, on a database of the test."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import first_line
from tests.support.waiting import WAIT_S

_ADDRESS = re.compile(r"http://\S+")


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    address: str
    process: subprocess.Popen[str]


@contextmanager
def serving(database_url: str, log: Path, *arguments: str, **environment: str) -> Iterator[Server]:
    """A server that runs until the block ends; it must then end by itself, with status 0."""
    command: Sequence[str] = [sys.executable, "-m", "plaudit", "serve", "--port", "0", *arguments]
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command,
            env={**os.environ, "DATABASE_URL": database_url, **environment},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            address = _ADDRESS.search(first_line(process))
            assert address, f"the server did not start:\n{log.read_text()}"
            yield Server(address[0], process)
        finally:
            process.terminate()
            status = process.wait(WAIT_S)
        assert status == 0, log.read_text()


def _workers() -> dict[int, str]:
    """Processes of any `plaudit serve --workers`, by id, with what their environment says."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            database = (entry / "environ").read_bytes()
        except OSError:
            continue
        if b"serve-worker" in words:
            found[int(entry.name)] = database.decode(errors="replace")
    return found


def workers_on(database_url: str) -> set[int]:
    """The processes of `plaudit serve --workers` on a database, by id."""
    return {pid for pid, environment in _workers().items() if f"DATABASE_URL={database_url}\0" in environment}
