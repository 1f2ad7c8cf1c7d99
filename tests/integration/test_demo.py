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
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plaudit.clock import SystemClock
from plaudit.demo.cast import read_cast
from plaudit.people.development import DevelopmentIssuer

_PATIENCE_S = 90.0
_CROWD = 12
_HISTORY = "have a history now"


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

    def get(self, path: str, token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(self.address + path, headers=headers)  # noqa: S310 - our own server
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
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
def running(data: Path, output: Path, crowd: int = _CROWD) -> Iterator[Demo]:
    """A demo on a free port, killed at the end if it still runs."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "plaudit", "demo", "--port=0", f"--data={data}", f"--crowd={crowd}"]
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
        until(lambda: _HISTORY in demo.said, "the past and the first viewers")
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


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    """A demo without a crowd: asks, as its operator, for all items of a list. Its books are audited at the end."""
    folder = tmp_path_factory.mktemp("demo")
    with running(folder / "world", folder / "output", crowd=0) as demo:
        until(lambda: _HISTORY in demo.said, "the past and the first viewers")
        operator = read_cast().operator
        issuer = DevelopmentIssuer.of(folder / "world")

        def items(path: str) -> list[dict[str, Any]]:
            found, cursor = [], ""
            while cursor is not None:
                more = f"{'&' if '?' in path else '?'}limit=100" + (f"&cursor={cursor}" if cursor else "")
                token = issuer.mint(operator.subject, operator.roles, SystemClock(), claims=operator.claims)
                answer = demo.get(f"/v1/{path}{more}", token)
                found += answer["items"]
                cursor = answer["next"]
            return found

        yield items
        demo.process.send_signal(signal.SIGINT)
        assert demo.process.wait(_PATIENCE_S) == 0
    report = audit(folder / "world")
    assert report.returncode == 0, report.stdout
    assert "gap" not in (folder / "world" / "logs" / "crowd.log").read_text()


def test_the_world_sells_in_many_countries_since_weeks(world: Callable[[str], list[dict[str, Any]]]) -> None:
    orders = world("operator/orders")
    paid = [order for order in orders if order["state"] == "paid"]
    assert {order["price"]["currency"] for order in paid} >= {"USD", "GBP", "EUR", "BRL", "IDR", "JPY"}
    assert {order["state"] for order in orders} <= {"paid", "declined"}
    assert len({order["created_at"][:10] for order in paid}) > 20


def test_the_world_shows_each_way_back(world: Callable[[str], list[dict[str, Any]]]) -> None:
    ways = {(one["kind"], one["state"]) for one in world("operator/reversals")}
    back = {("withdrawal", "done"), ("refund", "done")}
    assert ways == back | {("chargeback", "opened"), ("chargeback", "done"), ("chargeback", "undone")}
    refund = next(one for one in world("operator/reversals") if (one["kind"], one["state"]) == ("refund", "done"))
    assert world(f"receipts/{refund['order_id']}/credit-notes")


def test_the_world_has_work_for_its_operator(world: Callable[[str], list[dict[str, Any]]]) -> None:
    assert {one["kind"] for one in world("operator/payment-problems?open=true")} == {"fraud_warning"}
    assert world("operator/messages?state=problem")
    assert not world("operator/messages?state=waiting")
    assert sorted(one["state"] for one in world("operator/differences")) == ["closed", "open"]
    assert len(world("operator/reconciliations")) >= 20
    assert {one["state"] for one in world("price-books")} == {"past", "current", "scheduled"}
    assert len(world("price-book-drafts")) == 1
    assert len(world("operator/grants")) == 3


def test_the_world_has_closed_days(world: Callable[[str], list[dict[str, Any]]]) -> None:
    def yesterday() -> date:
        return datetime.now(UTC).date() - timedelta(days=1)

    def rows() -> list[dict[str, Any]]:
        day = yesterday()
        return world(f"operator/accounting/roll-forward?from={day - timedelta(days=6)}&to={day}")

    until(lambda: str(yesterday()) in {row["day"] for row in rows()}, "closed days until yesterday")
    closed = rows()
    assert {row["kind"] for row in closed} == {"paid", "promotional"}
    assert len({row["entity"] for row in closed if row["entity"]}) > 3


def test_a_port_that_is_taken_is_one_line(data: Path, tmp_path: Path) -> None:
    with running(data, tmp_path / "output") as demo:
        port = demo.address.rpartition(":")[2]
        command = [sys.executable, "-m", "plaudit", "demo", f"--port={port}", f"--data={tmp_path / 'other'}"]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 1
    assert outcome.stderr.count("\n") == 1
    assert f"port {port}" in outcome.stderr
    assert "--port" in outcome.stderr
