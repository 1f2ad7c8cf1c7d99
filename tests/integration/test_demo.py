"""The demo as a process: its first page, its crowd, and that nothing of it is left when it ends, however it ends."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plaudit.clock import SystemClock
from plaudit.demo.cast import read_cast
from plaudit.people.development import DevelopmentIssuer
from tests.support.demo import Demo, audit, starting_demo
from tests.support.processes import is_running
from tests.support.waiting import until

_CROWD = "--crowd=12"


def ask(demo: Demo, path: str, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(demo.address + path, headers=headers)  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        return json.load(answer)


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


def gifts_in(demo: Demo, room_id: str) -> list[dict[str, Any]]:
    frames = ask(demo, f"/v1/rooms/{room_id}/frames?after=1:0&limit=200")["items"]
    return [gift for frame in frames if frame["kind"] == "gift" for gift in frame["gifts"]]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_the_demo_lives_stops_and_goes_on(tmp_path: Path) -> None:
    with starting_demo(tmp_path, _CROWD) as demo:
        with urllib.request.urlopen(demo.address + "/") as page:  # noqa: S310 - our own server
            assert "Noor Haddad" in page.read().decode()
        demo.until_it_has_a_past()
        rooms = ask(demo, "/v1/rooms?state=live")["items"]
        yours = next(room["id"] for room in rooms if room["creator"]["name"] == "Noor Haddad")
        until(lambda: len(gifts_in(demo, yours)) > 8, "the crowd has given")
        overlay = demo.overlay
        with urllib.request.urlopen(overlay) as page:  # noqa: S310 - our own server
            assert page.status == 200
        processes = family(demo)
        assert len(processes) > 4
        assert demo.stop() == 0
        assert not [pid for pid in processes if is_running(pid)]
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


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    """A demo without a crowd: asks, as its operator, for all items of a list. Its books are audited at the end."""
    with starting_demo(tmp_path_factory.mktemp("demo"), "--crowd=0") as demo:
        demo.until_it_has_a_past()
        operator = read_cast().operator
        issuer = DevelopmentIssuer.of(demo.data)

        def items(path: str) -> list[dict[str, Any]]:
            found, cursor = [], ""
            while cursor is not None:
                more = f"{'&' if '?' in path else '?'}limit=100" + (f"&cursor={cursor}" if cursor else "")
                token = issuer.mint(operator.subject, operator.roles, SystemClock(), claims=operator.claims)
                answer = ask(demo, f"/v1/{path}{more}", token)
                found += answer["items"]
                cursor = answer["next"]
            return found

        yield items
        assert demo.stop() == 0
    report = audit(demo.data)
    assert report.returncode == 0, report.stdout
    assert "gap" not in (demo.data / "logs" / "crowd.log").read_text()


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

    until(lambda: str(yesterday()) in {row["day"] for row in rows()}, "days until yesterday are closed")
    closed = rows()
    assert {row["kind"] for row in closed} == {"paid", "promotional"}
    assert len({row["entity"] for row in closed if row["entity"]}) > 3


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with starting_demo(tmp_path, _CROWD) as demo:
        port = demo.address.rpartition(":")[2]
        command = [sys.executable, "-m", "plaudit", "demo", f"--port={port}", f"--data={tmp_path / 'other'}"]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 1
    assert outcome.stderr.count("\n") == 1
    assert f"port {port}" in outcome.stderr
    assert "--port" in outcome.stderr
