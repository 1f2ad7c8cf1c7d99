"""The demo as a process: its first page, its crowd, and that nothing of it is left when it ends, however it ends."""

import shlex
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.demo import Demo, ask, audit, running_demo, starting_demo
from tests.support.ports import LOOPBACK
from tests.support.processes import is_running
from tests.support.waiting import until

_CROWD = "--crowd=12"


def family(demo: Demo) -> list[int]:
    """Every process of it, down to the last."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [demo.process.pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def gifts(demo: Demo) -> int:
    """In all rooms that are live: which of them some viewers choose is chance."""
    found = 0
    for room in ask(demo, "/v1/rooms?state=live")["items"]:
        after = "1:0"
        while after:
            page = ask(demo, f"/v1/rooms/{room['id']}/frames?after={after}&limit=200")
            found += sum(len(frame["gifts"]) for frame in page["items"] if frame["kind"] == "gift")
            after = page["next"]
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_the_demo_lives_stops_and_goes_on(demo_world: Path, tmp_path: Path) -> None:
    """From its past on, which another demo has written."""
    with running_demo(demo_world, tmp_path, _CROWD) as demo:
        with urllib.request.urlopen(demo.address + "/") as page:  # noqa: S310 - our own server
            assert "Noor Haddad" in page.read().decode()
        rooms = ask(demo, "/v1/rooms?state=live")["items"]
        given = gifts(demo)
        until(lambda: gifts(demo) > given + 8, "the crowd has given")
        overlay = demo.overlay
        with urllib.request.urlopen(overlay) as page:  # noqa: S310 - our own server
            assert page.status == 200
        processes = family(demo)
        assert len(processes) > 4
        assert demo.stop() == 0
        assert not [pid for pid in processes if is_running(pid)]
        for before, after, command in (("proved by: ", "\n", "audit"), ("Stopped. `", "`", "demo")):
            printed = demo.said.partition(before)[2].partition(after)[0]
            assert shlex.split(printed) == ["plaudit", command, "--data", str(demo.data)]
    report = audit(demo.data)
    assert report.returncode == 0, report.stdout
    assert (demo.data / "demo.json").stat().st_mode & 0o077 == 0

    with starting_demo(tmp_path, _CROWD, name="said again") as demo:
        again = ask(demo, "/v1/rooms?state=live")["items"]
        assert {room["id"] for room in again} >= {room["id"] for room in rooms}
        assert overlay.rpartition("/")[2] in demo.overlay
        processes = family(demo)
        demo.process.kill()
        demo.process.wait()
        until(lambda: not [pid for pid in processes if is_running(pid)], "the last process has ended")
    report = audit(demo.data)
    assert report.returncode == 0, report.stdout


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        command = [sys.executable, "-m", "plaudit", "demo", f"--port={port}", f"--data={tmp_path}"]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 1
    assert outcome.stderr.count("\n") == 1
    assert f"port {port}" in outcome.stderr
    assert "--port" in outcome.stderr
