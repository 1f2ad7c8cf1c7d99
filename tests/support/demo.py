"""Demos of tests: embedded database, sandbox provider, server, small crowd, all gone when the test is over."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plaudit.demo.keys import DemoKeys
from tests.support.waiting import WAIT_S

WORLD = "my world"
"""A folder whose name must be quoted in a command."""
_LOOK_PAUSE_S = 0.05
_UP, _READY = "Ctrl-C stops", "have a history now"


@dataclass(frozen=True)
class Demo:
    """A demo that runs."""

    process: "subprocess.Popen[bytes]"
    data: Path
    _output: Path

    @property
    def said(self) -> str:
        return self._output.read_text()

    @property
    def address(self) -> str:
        """Where its pages are, once it has said so."""
        self._until_said(_UP)
        return self._word("http://").rstrip("/")

    @property
    def overlay(self) -> str:
        """The address of the overlay of the creator that is left to the user."""
        self._until_said(_UP)
        return self._word("/overlay#token=")

    def until_it_has_a_past(self) -> None:
        """Wait until the first viewers have bought and given; afterwards the crowd is as small as was asked for."""
        self._until_said(_READY)

    def stop(self) -> int:
        """What Ctrl-C does; its exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(WAIT_S)

    def _word(self, part: str) -> str:
        return next(word for word in self.said.split() if part in word)

    def _until_said(self, words: str) -> None:
        """Wait for words as long as it goes on saying something: how long all takes is the machine's affair."""
        seen, deadline = "", time.monotonic() + WAIT_S
        while words not in (said := self.said):
            assert self.process.poll() is None, f"it ended with {self.process.returncode}: {said}"
            if said != seen:
                seen, deadline = said, time.monotonic() + WAIT_S
            assert time.monotonic() < deadline, f"for {WAIT_S} s it said nothing more than: {said}"
            time.sleep(_LOOK_PAUSE_S)


@contextmanager
def starting_demo(folder: Path, *options: str, name: str = "said", **variables: str) -> Iterator[Demo]:
    """A demo on a free port that has just begun; killed at the end if it still runs. `name` is that of its output."""
    demo_command = [sys.executable, "-m", "plaudit", "demo", "--port=0", f"--data={folder / WORLD}", *options]
    with (folder / name).open("wb") as output:
        process = subprocess.Popen(demo_command, stdout=output, stderr=output, env=_environment() | variables)
    try:
        yield Demo(process, folder / WORLD, folder / name)
    finally:
        process.kill()
        process.wait()


def write_world(folder: Path) -> Path:
    """The data folder of a demo that has its past and was stopped, in a folder all workers of a run share.

    Written by whoever comes first; the others wait for it, and take copies.
    """
    done, world = folder / "world.done", folder / WORLD
    with (folder / "world.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            with starting_demo(folder, "--crowd=0") as demo:
                demo.until_it_has_a_past()
                assert demo.stop() == 0, demo.said
            done.touch()
    return world


@contextmanager
def running_demo(world: Path, folder: Path, *options: str, **variables: str) -> Iterator[Demo]:
    """A demo on a copy of a world that is stopped when the block ends; its books can be audited then."""
    # Owners are kept: as root, the database runs as somebody else.
    subprocess.run(["/bin/cp", "-a", world, folder / WORLD], check=True)
    keys = DemoKeys.of(folder / WORLD)
    keys.sandbox_port = 0  # each copy has a provider of its own
    keys.save(folder / WORLD)
    with starting_demo(folder, *options, **variables) as demo:
        _ = demo.address
        try:
            yield demo
        finally:
            demo.stop()


def ask(demo: Demo, path: str, token: str = "") -> Any:
    """What a demo answers to a GET."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(demo.address + path, headers=headers)  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        return json.load(answer)


def audit(data: Path) -> "subprocess.CompletedProcess[str]":
    """`plaudit audit` on the database of a demo that has ended."""
    command = [sys.executable, "-m", "plaudit", "audit", f"--data={data}"]
    return subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)


def _environment() -> dict[str, str]:
    """Ours without a database: the demo brings its own."""
    return {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
