"""The world of the demo after its weeks of past: what it sold, what went back, and what its operator finds to do."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plaudit.clock import SystemClock
from plaudit.demo.cast import Character, read_cast
from plaudit.demo.videos import read_clips
from plaudit.limits import ACCOUNTING_SETTLE_MINUTES
from plaudit.people.development import DevelopmentIssuer
from tests.support.demo import ask, audit, running_demo
from tests.support.waiting import until

Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def ask_all(demo_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """A demo without a crowd: asks, as its operator or somebody else, for all items of a list. Its books are audited at
    the end."""
    with running_demo(demo_world, tmp_path_factory.mktemp("demo"), "--crowd=0") as demo:
        operator = read_cast().operator
        issuer = DevelopmentIssuer.of(demo.data)

        def items(path: str, who: Character = operator) -> list[dict[str, Any]]:
            found, cursor = [], ""
            while cursor is not None:
                more = f"{'&' if '?' in path else '?'}limit=100" + (f"&cursor={cursor}" if cursor else "")
                token = issuer.mint(who.subject, who.roles, SystemClock(), claims=who.claims)
                answer = ask(demo, f"/v1/{path}{more}", token)
                found += answer["items"]
                cursor = answer["next"]
            return found

        yield items
    report = audit(demo.data)
    assert report.returncode == 0, report.stdout
    assert "gap" not in (demo_world / "logs" / "crowd.log").read_text()


def test_the_world_sells_in_many_countries_since_weeks(ask_all: Ask) -> None:
    orders = ask_all("operator/orders")
    paid = [order for order in orders if order["state"] == "paid"]
    assert {order["price"]["currency"] for order in paid} >= {"USD", "GBP", "EUR", "BRL", "IDR", "JPY"}
    assert {order["state"] for order in orders} == {"paid", "declined"}
    assert len({order["created_at"][:10] for order in paid}) > 20


def test_the_world_shows_each_way_back(ask_all: Ask) -> None:
    ways = {(one["kind"], one["state"]) for one in ask_all("operator/reversals")}
    back = {("withdrawal", "done"), ("refund", "done")}
    assert ways == back | {("chargeback", "opened"), ("chargeback", "done"), ("chargeback", "undone")}
    refund = next(one for one in ask_all("operator/reversals") if (one["kind"], one["state"]) == ("refund", "done"))
    assert ask_all(f"receipts/{refund['order_id']}/credit-notes")


def test_the_world_has_work_for_its_operator(ask_all: Ask) -> None:
    assert {one["kind"] for one in ask_all("operator/payment-problems?open=true")} == {"fraud_warning"}
    assert ask_all("operator/messages?state=problem")
    assert not ask_all("operator/messages?state=waiting")
    assert sorted(one["state"] for one in ask_all("operator/differences")) == ["closed", "open"]
    assert len(ask_all("operator/reconciliations")) >= 20
    assert {one["state"] for one in ask_all("price-books")} == {"past", "current", "scheduled"}
    assert len(ask_all("price-book-drafts")) == 1
    assert len(ask_all("operator/grants")) == 3


def test_the_world_has_closed_days(ask_all: Ask) -> None:
    last = (datetime.now(UTC) - timedelta(minutes=ACCOUNTING_SETTLE_MINUTES)).date() - timedelta(days=1)

    def rows() -> list[dict[str, Any]]:
        return ask_all(f"operator/accounting/roll-forward?from={last - timedelta(days=6)}&to={last}")

    until(lambda: str(last) in {row["day"] for row in rows()}, "days that have settled are closed")
    closed = rows()
    assert {row["kind"] for row in closed} == {"paid", "promotional"}
    assert len({row["entity"] for row in closed if row["entity"]}) > 3


def test_the_world_has_gifts_on_its_videos(ask_all: Ask) -> None:
    """On each, since it was published; some with words."""
    owners = [one for one in read_cast().creators if one.subject in {clip.owner for clip in read_clips()}]
    gifts = [
        gift
        for owner in owners
        for video in ask_all("creators/me/videos", owner)
        for gift in ask_all(f"creators/me/videos/{video['id']}/received-gifts", owner)
    ]
    assert len({gift["video_id"] for gift in gifts}) == len(read_clips())
    assert len({gift["at"][:10] for gift in gifts}) > 5
    assert {"message" in gift for gift in gifts} == {True, False}
