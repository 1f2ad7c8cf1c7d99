"""The demo as a process: its first page, its crowd, and that nothing of it is left when it ends, however it ends."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

_PATIENCE_S = 90.0
_CROWD = 12


class Demo:
    """A demo that runs."""

    def __init__(self, process: "subprocess.Popen[bytes]", output: Path) -> None:
        self.process = process
        self._output = output

    @property
    def said(self) -> str:
        return self._output.read_text()

    @property
    def address(self) -> str:
        """Where its pages are, once it has said so."""
        until(lambda: "Plaudit is up." in self.said or self.process.poll() is not None, "the welcome")
        return next(word for word in self.said.split() if word.startswith("http://")).rstrip("/")

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.address + path) as answer:  # noqa: S310 - our own server
            return json.load(answer)

    def family(self) -> list[int]:
        """Every process of it, down to the last."""
        children: dict[int, list[int]] = {}
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                children.setdefault(_parent(entry), []).append(int(entry.name))
        found, waiting = [], [self.process.pid]
        while waiting:
            one = waiting.pop()
            found.append(one)
            waiting += children.get(one, [])
        return found


def _fields(entry: Path) -> list[str]:
    """What stands behind the name in /proc/PID/stat: state, parent, ..."""
    return (entry / "stat").read_text().rsplit(")", 1)[1].split()


def _parent(entry: Path) -> int:
    return int(_fields(entry)[1])


def runs(pid: int) -> bool:
    with suppress(OSError):
        return _fields(Path(f"/proc/{pid}"))[0] != "Z"
    return False


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


@contextmanager
def running(data: Path, output: Path) -> Iterator[Demo]:
    """A demo on a free port, killed at the end if it still runs."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "plaudit", "demo", "--port=0", f"--data={data}", f"--crowd={_CROWD}"]
    with output.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env=environment)
    demo = Demo(process, output)
    try:
        yield demo
    finally:
        process.kill()
        process.wait()


def audit(data: Path) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "plaudit", "audit", f"--data={data}"]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def gifts_in(demo: Demo, room_id: str) -> list[dict[str, Any]]:
    frames = demo.get(f"/v1/rooms/{room_id}/frames?after=1:0&limit=200")["items"]
    return [gift for frame in frames if frame["kind"] == "gift" for gift in frame["gifts"]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "world"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_the_demo_lives_stops_and_goes_on(data: Path, tmp_path: Path) -> None:
    with running(data, tmp_path / "first") as demo:
        with urllib.request.urlopen(demo.address + "/") as page:  # noqa: S310 - our own server
            assert "Noor Haddad" in page.read().decode()
        rooms = demo.get("/v1/rooms?state=live")["items"]
        yours = next(room["id"] for room in rooms if room["creator"]["name"] == "Noor Haddad")
        until(lambda: len(gifts_in(demo, yours)) > 8, "gifts of the crowd")
        overlay = next(word for word in demo.said.split() if "/overlay?token=" in word)
        with urllib.request.urlopen(overlay) as page:  # noqa: S310 - our own server
            assert page.status == 200
        family = demo.family()
        assert len(family) > 4
        demo.process.send_signal(signal.SIGINT)
        assert demo.process.wait(_PATIENCE_S) == 0
        assert not [pid for pid in family if runs(pid)]
    report = audit(data)
    assert report.returncode == 0, report.stdout
    assert (data / "demo.json").stat().st_mode & 0o077 == 0

    with running(data, tmp_path / "second") as demo:
        again = demo.get("/v1/rooms?state=live")["items"]
        assert {room["id"] for room in again} >= {room["id"] for room in rooms}
        assert overlay.rpartition("/")[2] in demo.said
        family = demo.family()
        demo.process.kill()
        demo.process.wait()
        until(lambda: not [pid for pid in family if runs(pid)], "the last process to end")
    report = audit(data)
    assert report.returncode == 0, report.stdout


def test_a_port_that_is_taken_is_one_line(data: Path, tmp_path: Path) -> None:
    with running(data, tmp_path / "output") as demo:
        port = demo.address.rpartition(":")[2]
        command = [sys.executable, "-m", "plaudit", "demo", f"--port={port}", f"--data={tmp_path / 'other'}"]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 1
    assert outcome.stderr.count("\n") == 1
    assert f"port {port}" in outcome.stderr
    assert "--port" in outcome.stderr
