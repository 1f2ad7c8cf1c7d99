"""Followers of the books: each entry once and in order, from any process; and the one that sums creators' totals."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

import pytest

from plaudit.clock import SystemClock
from plaudit.connections import Connection, connect
from plaudit.creators.totals import actions as totals
from plaudit.creators.totals import commands
from plaudit.db import Database
from plaudit.ledger import following
from plaudit.ledger.deliverer import Deliverer
from plaudit.ledger.following import Delivered, Entry
from plaudit.ledger.shards import Shards, read_shards
from plaudit.ledger.writer import GiftWriter
from plaudit.limits import TOTALS_DAYS_MAX
from plaudit.people.model import Role
from plaudit.selling.providers.news import ReversalState
from tests.integration.test_clawback import Stage, open_stage
from tests.support.gift_load import GiftLoad, fund_viewers, until_delivered
from tests.support.returns import Returns

pytestmark = pytest.mark.sql

_clock = SystemClock()
FOLLOWERS = 3


@pytest.fixture
async def shards(database: Database) -> Shards:
    async with database.read() as connection:
        return await read_shards(connection)


class Notes:
    """What followers of one name were handed, kept only when their turn was committed."""

    def __init__(self, database: Database, shards: Shards) -> None:
        self._database = database
        self._shards = shards
        self.seen: dict[int, list[Entry]] = {shard: [] for shard in shards.all()}
        self.failures = 0
        self.failing = True

    async def follow_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.follow_once()

    async def follow_once(self) -> None:
        for shard in self._shards.all():
            handed: list[Entry] = []

            async def handle(_: Connection, at: int, entries: Sequence[Entry], handed: list[Entry] = handed) -> None:
                await asyncio.sleep(0)
                if self.failing and self.failures <= len(self.seen[at]):  # about every second turn
                    self.failures += 1
                    raise RuntimeError("a follower that fails has seen nothing")
                handed += entries

            try:
                await following.follow_once(self._database, "notes", shard, handle)
            except RuntimeError:
                continue
            self.seen[shard] += handed


async def test_each_entry_is_followed_once_and_in_order(database_url: str, database: Database, shards: Shards) -> None:
    """Several followers of one name, while gifts are charged and two deliverers bring them, and some turns fail."""
    await fund_viewers(database_url)
    writer = GiftWriter(lambda: connect(database_url), shards, _clock)
    deliverers = [Deliverer(lambda: connect(database_url), shards, _clock, lambda _: None) for _ in range(2)]
    await writer.start()
    for deliverer in deliverers:
        await deliverer.start()
    async with database.transaction() as connection:
        await following.begin(connection, "notes")
    notes, load, stop = Notes(database, shards), GiftLoad(shards), asyncio.Event()
    followers = [asyncio.create_task(notes.follow_until(stop)) for _ in range(FOLLOWERS)]
    for _ in range(10):
        await load.send([load.order() for _ in range(40)], writer.charge_many)
    async with database.read() as connection:
        await until_delivered(database_url, connection)
    await writer.stop()
    for deliverer in deliverers:
        await deliverer.stop()
    stop.set()
    await asyncio.gather(*followers)
    notes.failing = False
    await notes.follow_once()
    assert notes.failures > 0
    for shard, entries in notes.seen.items():
        assert [entry.log_no for entry in entries] == list(range(1, len(entries) + 1)), shard
    lines = [line for entries in notes.seen.values() for entry in entries for line in _lines(entry)]
    assert {(line.viewer_id, line.id) for line in lines} == load.posted.keys()
    assert len(lines) == len(load.posted)


def _lines(entry: Entry) -> list[Any]:
    assert isinstance(entry, Delivered)
    return [line for frame in entry.frames for line in frame.lines]


async def test_who_begins_now_is_not_told_of_the_past(database: Database, shards: Shards) -> None:
    async with database.transaction() as connection:
        await following.begin(connection, "late", from_now=True)
        assert [await following.claim(connection, "late", shard) for shard in shards.all()] == [0] * shards.count
        assert await following.claim(connection, "nobody", 0) is None
        await following.end(connection, "late")
        assert await following.claim(connection, "late", 0) is None


async def test_a_shard_that_cannot_be_followed_keeps_no_other_back(
    database_url: str, database: Database, shards: Shards
) -> None:
    await fund_viewers(database_url)
    writer = GiftWriter(lambda: connect(database_url), shards, _clock)
    deliverer = Deliverer(lambda: connect(database_url), shards, _clock, lambda _: None)
    await writer.start()
    await deliverer.start()
    load = GiftLoad(shards)
    await load.send([load.order() for _ in range(40)], writer.charge_many)
    async with database.read() as connection:
        await until_delivered(database_url, connection)
    await writer.stop()
    await deliverer.stop()
    seen: list[int] = []

    async def handle(_: Connection, shard: int, entries: Sequence[Entry]) -> None:
        if shard == 0:
            raise RuntimeError("nothing of this shard can be read")
        seen.extend(entry.log_no for entry in entries)

    with pytest.raises(ExceptionGroup, match="half cannot follow 1 shards"):
        await following.follow(database, "half", handle)
    assert seen
    async with database.read() as connection:
        left = await connection.fetch(
            "select shard, g.through - f.through from follower f join gift_log g using (shard)"
        )
    assert {shard: behind > 0 for shard, behind in left} == {shard: shard == 0 for shard in shards.all()}


# Totals


async def test_what_changes_nothing_is_added(database: Database) -> None:
    async with database.transaction() as connection:
        await totals.add_entries(connection, 0, [following.Reversed(1, _clock.now(), 7, "take", [])])
        assert await connection.fetchval("select count(*) from creator_total") == 0


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(database_url, tmp_path) as opened:
        await opened.shop.desk.house.jobs.stop()  # the test does their work
        yield opened


async def _sum_up(stage: Stage) -> None:
    house = stage.shop.desk.house
    await following.follow(house.database, totals.FOLLOWER, totals.add_entries)


async def _shown(stage: Stage, by: str, **query: Any) -> list[tuple[Any, int, int, int]]:
    """The totals as the API says them: of what, gifts, coins received, coins taken back."""
    answer = await stage.creator.get("/v1/creators/me/totals", params={"by": by, **query})
    assert answer.status_code == 200, answer.text
    assert answer.json()["behind"] == 0
    field = {"day": "day", "room": "room_id", "item": "item_id", "supporter": "supporter"}[by]
    found = []
    for one in answer.json()["items"]:
        of = one[field]["name"] if by == "supporter" else one[field]
        found.append((of, one["gifts"], one["coins_received"], one["coins_taken_back"]))
    return found


async def test_totals_are_corrected_by_reversals_and_equal_what_is_summed_anew(stage: Stage) -> None:
    clock = stage.shop.clock
    ada, bob = await Returns.of(stage.shop, "ada"), await Returns.of(stage.shop, "bob")
    order = await ada.buy(700)
    await bob.buy(700)
    for coins in (300, 300):
        await stage.give(ada, coins)
    await stage.give(bob, 50)
    first_day = clock.now().astimezone(UTC).date()
    clock.advance(timedelta(days=1))
    stage.creator = await stage.shop.desk.person("cleo", Role.VIEWER, Role.CREATOR)  # the token of yesterday is over
    await stage.give(bob, 20)
    await _sum_up(stage)
    days = [str(first_day), str(first_day + timedelta(days=1))]
    assert await _shown(stage, "day") == [(days[0], 3, 650, 0), (days[1], 1, 20, 0)]
    assert await _shown(stage, "supporter") == [("ada", 2, 600, 0), ("bob", 2, 70, 0)]
    assert await _shown(stage, "room") == [(stage.room_id, 4, 670, 0)]

    # A dispute is taken off the day of its gifts, whenever it comes.
    await stage.dispute(ada, order, ReversalState.OPENED)
    await _sum_up(stage)
    assert await _shown(stage, "day") == [(days[0], 3, 650, 600), (days[1], 1, 20, 0)]
    assert await _shown(stage, "supporter") == [("bob", 2, 70, 0), ("ada", 2, 600, 600)]
    assert await _shown(stage, "supporter", first_day=days[1]) == [("bob", 1, 20, 0)]
    await stage.dispute(ada, order, ReversalState.UNDONE)
    await _sum_up(stage)
    assert await _shown(stage, "item") == [(1, 4, 670, 0)]

    database = stage.shop.desk.house.database
    kept = await _rows(database)
    async with database.transaction() as connection:
        await following.rebuild(connection, totals.FOLLOWER, totals.forget)
    assert await _rows(database) == []
    await _sum_up(stage)
    assert await _rows(database) == kept


async def test_who_has_not_begun_has_the_whole_log_before_it(stage: Stage) -> None:
    ada = await Returns.of(stage.shop, "ada")
    await ada.buy(100)
    for coins in (60, 40):
        await stage.give(ada, coins)
    house = stage.shop.desk.house
    async with house.database.transaction() as connection:
        await following.end(connection, totals.FOLLOWER)
        log = await connection.fetch("select shard, through from gift_log where through > 0")
        assert [row["shard"] for row in log] == [house.shards.of(stage.creator_id)]
        assert await following.behind_of(connection, totals.FOLLOWER) == log[0]["through"]
    answer = await stage.creator.get("/v1/creators/me/totals")
    assert answer.json()["behind"] == log[0]["through"] > 0
    await _sum_up(stage)
    assert await _shown(stage, "room") == [(stage.room_id, 2, 100, 0)]


async def test_a_rebuild_is_over_when_all_is_summed(
    stage: Stage, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server's job may have the cursor when the command comes to it: the command goes on until nothing is left."""
    ada = await Returns.of(stage.shop, "ada")
    await ada.buy(100)
    await stage.give(ada, 100)
    await _sum_up(stage)
    kept = await _rows(stage.shop.desk.house.database)
    turns: list[str] = []
    follow_all = following.follow

    async def follow(database: Database, name: str, *how: Any) -> int:
        turns.append(name)
        if len(turns) > 1:
            return await follow_all(database, name, *how)
        async with database.transaction() as connection:
            for shard in stage.shop.desk.house.shards.all():
                await following.claim(connection, name, shard)
            return await follow_all(database, name, *how)

    monkeypatch.setattr(following, "follow", follow)
    assert await commands._rebuild(database_url) == 1
    assert len(turns) == 2
    assert await _rows(stage.shop.desk.house.database) == kept


async def _rows(database: Database) -> list[tuple[Any, ...]]:
    async with database.read() as connection:
        rows = await connection.fetch("select * from creator_total order by shard, creator_id, by, day, key")
    return [tuple(row) for row in rows]


async def test_what_cannot_be_asked_of_totals_is_said(stage: Stage) -> None:
    wrong: list[tuple[dict[str, str], str]] = [
        ({"by": "week"}, "query.by"),
        ({"first_day": "2026-02-30"}, "query.first_day"),
        ({"first_day": "2026-03-02", "last_day": "2026-03-01"}, "query.last_day"),
        ({"first_day": "2020-01-01", "last_day": "2026-03-01"}, "query.first_day"),
    ]
    for query, field in wrong:
        answer = await stage.creator.get("/v1/creators/me/totals", params=query)
        assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text
    longest = {"first_day": "2025-01-01", "last_day": str(date(2025, 1, 1) + timedelta(days=TOTALS_DAYS_MAX - 1))}
    assert await _shown(stage, "day", **longest) == []
