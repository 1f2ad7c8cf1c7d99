"""A server whose database has no room left: it says so, refuses honestly, and goes on when there is some."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from plaudit.embedded import EmbeddedPostgres
from plaudit.schema.migrate import apply_to
from tests.faults.test_database_gone_over import world
from tests.support.databases import run_aside
from tests.support.waiting import until

DISK_MB = 300


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of DISK_MB; whoever may mount none skips the test."""
    folder.mkdir()
    made = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "plaudit-test", folder],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("only somebody who may mount a disk can fill one")
    try:
        yield folder
    finally:
        subprocess.run(["/bin/umount", "--lazy", folder], check=True)


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as opened:
        try:
            while True:
                opened.write(bytes(65_536))
        except OSError:
            pass


def test_a_full_disk_is_said_and_survived(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk, EmbeddedPostgres(disk / "data") as server:
        run_aside(apply_to(server.url))
        with world(server.application_url, tmp_path / "log") as people:
            assert people.ready()
            fill(disk / "filler")
            assert not people.ready()
            people.give()
            people.ask("cleo", "/v1/rooms", title="More")
            (disk / "filler").unlink()
            until(people.ready, "the server is ready again")
            until(people.give, "a gift is charged")
            assert people.statuses <= {200, 201, 429, 503}
