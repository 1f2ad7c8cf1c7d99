"""Machines whose clocks differ by minutes: those who share a database judge by its clock."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from plaudit.clock import ManualClock
from plaudit.db import Database
from plaudit.house_clock import HouseClock, follow
from plaudit.people.model import Role
from tests.support.live import ROSE, Platform, open_platform, serving


class ShiftedClock:
    """A machine's clock that is wrong by always the same."""

    def __init__(self, seconds: float) -> None:
        self._by = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._by


@pytest.fixture
async def platform(database_url: str) -> AsyncIterator[Platform]:
    """Three processes, the clocks of two of them two minutes behind and ahead."""
    async with open_platform(database_url, HouseClock(ShiftedClock(0))) as opened, AsyncExitStack() as stack:
        for seconds in (-120, 120):
            clock = HouseClock(ShiftedClock(seconds))
            opened.processes.append(await stack.enter_async_context(serving(database_url, clock)))
        yield opened


async def test_a_combo_goes_on_wherever_its_gifts_are_sent(platform: Platform) -> None:
    creator, viewer = await platform.creator("cleo"), await platform.viewer("ada", coins=10)
    room_id = await platform.live_room(creator)
    assert (await viewer.get("/v1/me")).status_code == 200
    counts = []
    for process in (0, 1, 2, 1):
        sender = await platform.client(platform.token("ada"), process)  # fresh, and nowhere too early
        body = {"id": str(platform.id()), "room_id": room_id, "item_id": ROSE, "count": 1}
        answer = await sender.post("/v1/gifts", json=body)
        assert answer.status_code == 201, answer.text
        counts.append(answer.json()["combo"]["count"])
    assert counts == [1, 2, 3, 4]


async def test_tokens_are_fresh_and_viewers_counted_everywhere(platform: Platform) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    async with AsyncExitStack() as stack:
        for process in range(3):
            token = platform.issuer.mint("ada", (Role.VIEWER,), platform.processes[process].house.clock, claims={})
            for other in range(3):
                assert (await (await platform.client(token, other)).get("/v1/me")).status_code == 200
            screen = await stack.enter_async_context(platform.screen(room_id, process=process))
            await screen.next_of("state")
        for process in range(3):
            watching = await stack.enter_async_context(platform.screen(room_id, process=process))
            await watching.next(lambda message: message["type"] == "state" and message["viewers"] >= 3)


async def test_the_clock_of_a_process_is_put_right(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    clock = HouseClock(ShiftedClock(-3_600))
    with caplog.at_level(logging.WARNING):
        await follow(database, clock)
        await follow(database, clock)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=5)
    assert [record.getMessage().partition(" s ")[2] for record in caplog.records] == [
        "ahead of this machine's: set both by NTP"
    ]


def test_it_stays_while_the_databases_can_be_the_same() -> None:
    own = ManualClock(datetime(2026, 11, 30, tzinfo=UTC))
    clock, before = HouseClock(own), own.now()
    second = timedelta(seconds=1)
    clock.put_right(before, before, before + second)
    clock.put_right(before, before + second, before + second)
    assert clock.now() == before
    clock.put_right(before, before + 10 * second, before + second)
    assert clock.now() == before + 9 * second  # no more than is certain
    clock.put_right(before, before + 9.5 * second, before + second)
    assert clock.now() == before + 9 * second
    clock.put_right(before, before - 7 * second, before)
    assert clock.now() == before - 7 * second
