"""The queue against a database: who may take what, what a failure costs, and what is known of all that waits."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.db import Database
from plaudit.limits import QUEUE_STUCK_TRIES
from plaudit.queues import LeaseLost, TryFailed
from tests.support.parcels import LEASE_S, PAUSE_S_FIRST, PAUSE_S_MAX, TABLE, Parcel, bring, parcels, send

pytestmark = pytest.mark.sql
LEASE = timedelta(seconds=LEASE_S)


class Office:
    """Brings parcels; what it cannot bring it is told."""

    def __init__(self, database: Database, owner: OwnConnection, clock: ManualClock) -> None:
        self.database, self.owner, self.clock = database, owner, clock
        self.bad: set[UUID] = set()
        self.bad_senders: set[int] = set()

    async def send(self, count: int, sender: int = 1) -> list[UUID]:
        ids = [uuid4() for _ in range(count)]
        await send(self.owner, ids, self.clock.now(), sender)
        return ids

    async def bring(self, parcel: Parcel) -> None:
        if parcel.id in self.bad or parcel.sender in self.bad_senders:
            raise TryFailed("nobody_home", "nobody was at home")
        async with self.database.transaction() as connection:
            await bring(connection, parcel, self.clock.now())

    async def run(self, **sizes: int) -> int:
        return await parcels(**sizes).run(self.database, self.clock, self.bring)

    async def take(self, count: int) -> list[Parcel]:
        async with self.database.transaction() as connection:
            return await parcels().take(connection, self.clock, count)

    async def brought(self) -> list[UUID]:
        return [row["id"] for row in await self.owner.fetch("select id from brought")]


@pytest.fixture
async def office(database: Database, owner_connection: OwnConnection, clock: ManualClock) -> Office:
    await owner_connection.execute(TABLE)
    return Office(database, owner_connection, clock)


async def test_a_bad_item_among_many_stops_no_other(office: Office) -> None:
    ids = await office.send(500)
    office.bad = {ids[3], ids[250]}
    assert await office.run(at_once=8, claimed_max=16) == 500
    assert sorted(await office.brought()) == sorted(set(ids) - office.bad)
    rows = await office.owner.fetch(
        "select id, tries, failed_with, error, due_at from parcel where failed_with is not null"
    )
    assert {row["id"] for row in rows} == office.bad
    assert {tuple(row)[1:] for row in rows} == {
        (1, "nobody_home", "nobody was at home", office.clock.now() + timedelta(seconds=PAUSE_S_FIRST))
    }


async def test_many_stuck_items_of_one_sender_let_others_pass(office: Office) -> None:
    await office.send(500, sender=7)
    office.bad_senders = {7}
    for _ in range(3):
        await office.run(per_run_max=200, claimed_max=50)
    office.clock.advance(timedelta(seconds=PAUSE_S_MAX))
    good = await office.send(5, sender=8)
    for _ in range(3):
        await office.run(per_run_max=200, claimed_max=50)
    assert sorted(await office.brought()) == sorted(good)
    async with office.database.read() as connection:
        standing = await parcels().standing(connection, office.clock.now())
    assert (standing.waiting, standing.failing, standing.failed_with) == (500, 500, {"nobody_home": 500})


async def test_what_fails_waits_longer_each_time_and_is_tried_for_ever(office: Office) -> None:
    [bad] = await office.send(1)
    office.bad = {bad}
    pauses = []
    for _ in range(12):
        assert await office.run() == 1
        assert await office.run() == 0, "its time has not come"
        due_at = await office.owner.fetchval("select due_at from parcel")
        pauses.append((due_at - office.clock.now()).total_seconds())
        office.clock.advance(due_at - office.clock.now())
    assert pauses == [*(PAUSE_S_FIRST * 2**tries for tries in range(9)), *[PAUSE_S_MAX] * 3]
    async with office.database.read() as connection:
        standing = await parcels().standing(connection, office.clock.now())
    assert (standing.failing, standing.stuck, standing.overdue) == (1, 1, 1)
    office.bad = set()
    assert await office.run() == 1
    assert await office.brought() == [bad]


async def test_a_lease_that_ended_is_anothers(office: Office) -> None:
    """Who has slept through the lease can neither commit the work nor set its next time."""
    [item] = await office.send(1)
    queue = parcels()
    [slow] = await office.take(10)
    assert await office.run() == 0, "it is leased"
    office.clock.advance(LEASE)
    [quick] = await office.take(10)
    assert (slow.id, quick.id, slow.tries, quick.tries) == (item, item, 1, 2)
    with pytest.raises(LeaseLost):
        await office.bring(slow)
    async with office.database.transaction() as connection:
        await queue.again(connection, slow, office.clock.now())
    assert await office.brought() == []
    assert await office.owner.fetchval("select leased_until from parcel") == quick.leased_until
    await office.bring(quick)
    with pytest.raises(LeaseLost):
        await office.bring(quick)
    assert await office.brought() == [item]


async def test_a_worker_that_was_overtaken_is_no_failure(office: Office) -> None:
    [item] = await office.send(1)

    async def sleep_too_long(parcel: Parcel) -> None:
        office.clock.advance(LEASE)
        assert await office.run() == 1
        await office.bring(parcel)

    assert await parcels().run(office.database, office.clock, sleep_too_long) == 1
    assert await office.brought() == [item]
    assert await office.owner.fetchval("select failed_with from parcel") is None


async def test_items_that_wait_behind_slow_ones_are_left_to_others(office: Office) -> None:
    await office.send(3)
    begun: list[UUID] = []

    async def slowly(parcel: Parcel) -> None:
        begun.append(parcel.id)
        office.clock.advance(LEASE)

    assert await parcels(at_once=1, claimed_max=3, per_run_max=3).run(office.database, office.clock, slowly) == 3
    assert len(begun) == 1, "the lease of the others was over when their turn came"
    assert await office.run() == 3


async def test_workers_share_what_is_due(office: Office) -> None:
    ids = await office.send(60)
    tried = await asyncio.gather(*(office.run(claimed_max=5) for _ in range(4)))
    assert sum(tried) == 60
    assert sorted(await office.brought()) == sorted(ids), "each once"


async def test_what_is_to_be_looked_at_again_is_no_failure(office: Office) -> None:
    await office.send(1)
    again_at = office.clock.now() + timedelta(hours=1)

    async def look(_: Parcel) -> object:
        return again_at

    assert await parcels().run(office.database, office.clock, look) == 1  # type: ignore[arg-type]  # a time, as it is
    row = await office.owner.fetchrow("select due_at, failed_with, leased_until, tries from parcel")
    assert tuple(row or ()) == (again_at, None, None, 1)


async def test_how_a_queue_stands(office: Office) -> None:
    queue, begin = parcels(), office.clock.now()
    async with office.database.read() as connection:
        empty = await queue.standing(connection, begin)
    assert (empty.waiting, empty.since, empty.failed_with) == (0, None, {})
    await office.send(2)
    office.clock.advance(timedelta(minutes=5))
    stuck, *_ = await office.send(4)
    await office.owner.execute(
        "update parcel set failed_with = 'key_error', tries = $2, due_at = $3 where id = $1",
        stuck, QUEUE_STUCK_TRIES, office.clock.now() + timedelta(hours=1),
    )  # fmt: skip
    [held] = await office.take(1)
    async with office.database.read() as connection:
        standing = await queue.standing(connection, office.clock.now())
    assert held.leased_until == office.clock.now() + LEASE
    assert (standing.waiting, standing.overdue, standing.under_way) == (6, 4, 1)
    assert (standing.failing, standing.stuck, standing.failed_with) == (1, 1, {"key_error": 1})
    assert (standing.since, standing.overdue_since) == (begin, begin)
