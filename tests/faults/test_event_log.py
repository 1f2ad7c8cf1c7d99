"""The log of events: nobody who follows it misses anything, whatever commits when, and whoever gives positions."""

import asyncio
from random import Random

from plaudit.clock import ManualClock
from plaudit.connections import connect
from plaudit.db import Database
from plaudit.events.log import events_after, log_state, place_waiting, record
from plaudit.problems import Problem
from tests.support.databases import owner_of
from tests.support.hooks import record_one, started
from tests.support.waiting import at_some_moment

WRITERS, EACH, ROOMS = 6, 12, 4
_NEXT_TURN = "update turns set turn = turn + 1 where room = $1 returning turn"


async def _write(database: Database, clock: ManualClock, chance: Random) -> list[str]:
    """Transactions that write, dawdle and commit or not; each locks the room it is about. What was committed."""
    committed = []
    for _ in range(EACH):
        room, fails = chance.randrange(ROOMS) + 1, chance.random() < 0.2
        try:
            async with database.transaction() as connection:
                await connection.execute("select pg_advisory_xact_lock($1)", room)
                if fails:
                    await record_one(connection, clock, room)
                    raise Problem
                number = await connection.fetchval(_NEXT_TURN, room)
                await record(connection, clock.now(), started(room, f"{room}.{number}"))
                await at_some_moment(chance, 0.02)
        except Problem:
            continue
        committed.append(f"{room}.{number}")
    return committed


class Follower:
    """Reads the log again and again from its cursor."""

    def __init__(self) -> None:
        self.position = 0
        self.titles: list[str] = []
        self.positions: list[int] = []

    async def follow(self, database: Database, done: asyncio.Event) -> None:
        last_look = False
        while not last_look:
            last_look = done.is_set()
            async with database.snapshot() as connection:
                state = await log_state(connection)
                found = await events_after(connection, self.position, state.last, platform=None, kinds=[], limit=5)
            for event in found:
                self.position = event.position
                self.positions.append(event.position)
                self.titles.append(event.data["title"])
            last_look = last_look and not found
            await asyncio.sleep(0)


async def _place(database: Database, done: asyncio.Event) -> None:
    while not done.is_set():
        await place_waiting(database)


async def test_followers_see_all_that_was_committed_in_order(
    database: Database, database_url: str, clock: ManualClock
) -> None:
    owner = await connect(owner_of(database_url))
    await owner.execute("create table turns as select room, 0 as turn from generate_series(1, 4) room")
    await owner.execute("grant select, update on turns to plaudit_app")
    await owner.close()
    written, done = asyncio.Event(), asyncio.Event()
    followers = [Follower(), Follower()]
    async with asyncio.TaskGroup() as group:
        placing = [group.create_task(_place(database, written)) for _ in range(2)]
        following = [group.create_task(one.follow(database, done)) for one in followers]
        writers = [group.create_task(_write(database, clock, Random(seed))) for seed in range(WRITERS)]
        committed = sorted(title for titles in await asyncio.gather(*writers) for title in titles)
        written.set()
        await asyncio.gather(*placing)
        while await place_waiting(database):
            pass
        done.set()
        await asyncio.gather(*following)
    assert committed
    for one in followers:
        assert sorted(one.titles) == committed
        assert one.positions == list(range(1, len(committed) + 1))
        for room in range(1, ROOMS + 1):
            turns = [int(title.split(".")[1]) for title in one.titles if title.startswith(f"{room}.")]
            assert turns == sorted(turns)


async def test_one_that_commits_late_is_not_missed(database: Database, clock: ManualClock) -> None:
    """It took its number first, and came last."""
    async with database.transaction() as slow:
        await record_one(slow, clock, 1)
        async with database.transaction() as quick:
            await record_one(quick, clock, 2)
        assert await place_waiting(database) == 1
        async with database.read() as connection:
            seen = await events_after(connection, 0, 10, platform=None, kinds=[], limit=5)
    assert await place_waiting(database) == 1
    async with database.read() as connection:
        late = await events_after(connection, seen[-1].position, 10, platform=None, kinds=[], limit=5)
    assert [event.subject for event in [*seen, *late]] == ["room:2", "room:1"]
