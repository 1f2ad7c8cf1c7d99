"""Clawbacks, maturity and automatic conversion when the books refuse one of them: no other waits."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.creators import actions
from plaudit.creators.jobs import claw_back_due, convert_due, mature_due
from plaudit.creators.model import NewRewardRule
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.limits import CLAWBACKS_PER_RUN_MAX, CREATOR_WORK_PAUSE_S_FIRST, CREATOR_WORK_PAUSE_S_MAX
from plaudit.pages import BEGINNING
from plaudit.payouts.stuck import Queue, StuckWork, list_stuck, retry
from tests.support.deciding import of_house
from tests.support.earnings import give
from tests.support.taking_back import take_from_many, take_from_one

pytestmark = pytest.mark.unsold

BAD, GOOD, ALSO_GOOD = 41, 42, 43
OVER = timedelta(seconds=CREATOR_WORK_PAUSE_S_MAX)


async def refuse(owner: OwnConnection, table: str, rows: str) -> None:
    """The books refuse some rows, as they do when a bug makes them wrong."""
    await owner.execute(f"alter table {table} add constraint poison check (not ({rows})) not valid")


async def mend(owner: OwnConnection, table: str) -> None:
    await owner.execute(f"alter table {table} drop constraint poison")


async def stuck(database: Database, queue: Queue) -> list[StuckWork]:
    async with database.read() as connection:
        return await list_stuck(connection, queue, BEGINNING, 1_000)


async def applied(owner: OwnConnection, *creator_ids: int) -> list[UUID]:
    """The reversals whose clawbacks were applied, in the order in which that was committed."""
    rows = await owner.fetch(
        "select reversal_id from clawback where applied_at is not null and creator_id = any ($1) "
        "order by xmin::text::bigint",
        list(creator_ids),
    )
    return [row["reversal_id"] for row in rows]


async def test_stuck_clawbacks_of_one_creator_stop_nobody_else(
    database: Database, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    of_bad = await take_from_one(database, clock, BAD, CLAWBACKS_PER_RUN_MAX)
    of_good = await take_from_one(database, clock, GOOD, 3)
    of_other = await take_from_one(database, clock, ALSO_GOOD, 2)
    await refuse(owner_connection, "clawback_part", f"creator_id = {BAD}")
    assert await claw_back_due(database, clock) == 5
    assert await applied(owner_connection, GOOD) == of_good
    assert await applied(owner_connection, ALSO_GOOD) == of_other
    (listed,) = await stuck(database, Queue.CLAWBACK)
    assert (listed.creator_id, listed.reversal_id, listed.tries) == (BAD, of_bad[0], 1)
    assert "poison" in listed.error
    assert listed.due_at == clock.now() + timedelta(seconds=CREATOR_WORK_PAUSE_S_FIRST)

    await mend(owner_connection, "clawback_part")
    clock.advance(OVER)
    assert await claw_back_due(database, clock) == len(of_bad)
    assert await applied(owner_connection, BAD) == of_bad
    assert await stuck(database, Queue.CLAWBACK) == []


async def test_stuck_clawbacks_of_many_creators_let_the_next_pass(
    database: Database, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    many = range(1_000, 1_000 + CLAWBACKS_PER_RUN_MAX + 20)
    await take_from_many(database, clock, many)
    clock.advance(timedelta(seconds=1))
    of_good = await take_from_one(database, clock, GOOD, 1)
    await refuse(owner_connection, "clawback_part", "creator_id >= 1000")
    runs = [await claw_back_due(database, clock) for _ in range(2)]
    assert sum(runs) == 1
    assert await applied(owner_connection, GOOD) == of_good
    assert len(await stuck(database, Queue.CLAWBACK)) == len(many)

    await mend(owner_connection, "clawback_part")
    clock.advance(OVER)
    assert sum([await claw_back_due(database, clock) for _ in range(2)]) == len(many)


async def test_the_order_of_one_creator_is_kept(
    database: Database, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    reversals = await take_from_one(database, clock, BAD, 5)
    await refuse(owner_connection, "clawback_part", f"reversal_id = '{reversals[1]}'")
    assert await claw_back_due(database, clock) == 1
    due = []
    for _ in range(4):
        (listed,) = await stuck(database, Queue.CLAWBACK)
        due.append((listed.due_at - clock.now()).total_seconds())
        clock.advance(listed.due_at - clock.now())
        assert await claw_back_due(database, clock) == 0
    assert due == [10, 20, 40, 80]
    assert await applied(owner_connection, BAD) == reversals[:1]

    await mend(owner_connection, "clawback_part")
    assert await claw_back_due(database, clock) == 0, "its time has not come"
    clock.advance(OVER)
    assert await claw_back_due(database, clock) == 4
    assert await applied(owner_connection, BAD) == reversals


async def _act(database: Database, action: Any, *arguments: Any, **named: Any) -> Any:
    async with database.transaction() as connection:
        return await action(connection, *arguments, **named)


async def _rule(database: Database, clock: ManualClock) -> None:
    rule = NewRewardRule(numerator=1, denominator=1, maturity_s=0, note="of the test")
    await of_house(database, clock, actions.record_rule, rule)


async def _available(database: Database, creator_id: int) -> int:
    async with database.read() as connection:
        return (await actions.balance_of(connection, creator_id)).available


async def test_a_conversion_that_cannot_mature_stops_no_other(
    database: Database, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    await _rule(database, clock)
    for creator_id in (BAD, GOOD, ALSO_GOOD):
        await give(database, creator_id, 10)
        await _act(database, actions.convert, clock, conversion_id=new_id(clock), creator_id=creator_id, coins=None)
        clock.advance(timedelta(seconds=1))
    await refuse(owner_connection, "conversion", f"creator_id = {BAD} and matured_at is not null")
    assert await mature_due(database, clock) == 2
    (listed,) = await stuck(database, Queue.MATURITY)
    assert (listed.creator_id, listed.tries) == (BAD, 1)
    assert [await _available(database, each) for each in (BAD, GOOD, ALSO_GOOD)] == [0, 10, 10]
    assert await mature_due(database, clock) == 0
    assert (await stuck(database, Queue.MATURITY))[0].tries == 1, "its time has not come"

    await mend(owner_connection, "conversion")
    await _act(database, retry, listed.id, clock.now())
    assert await mature_due(database, clock) == 1
    assert await stuck(database, Queue.MATURITY) == []


async def test_a_creator_who_cannot_be_converted_stops_no_other(
    database: Database, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    await _rule(database, clock)
    for creator_id in (BAD, GOOD, ALSO_GOOD):
        await give(database, creator_id, 10)
        await _act(database, actions.set_automatic_conversion, creator_id, True)
    await refuse(owner_connection, "conversion", f"creator_id = {BAD}")
    assert await convert_due(database, clock) == 2
    (listed,) = await stuck(database, Queue.CONVERSION)
    assert (listed.creator_id, listed.tries, listed.waiting_since) == (BAD, 1, clock.now())
    clock.advance(OVER)
    assert await convert_due(database, clock) == 0
    (again,) = await stuck(database, Queue.CONVERSION)
    assert (again.tries, again.waiting_since) == (2, listed.waiting_since)

    await mend(owner_connection, "conversion")
    assert await convert_due(database, clock) == 0, "its time has not come"
    await _act(database, retry, listed.id, clock.now())
    assert await convert_due(database, clock) == 1
    assert await stuck(database, Queue.CONVERSION) == []


async def test_a_conversion_that_is_no_longer_wanted_is_not_stuck(
    database: Database, owner_connection: OwnConnection, clock: ManualClock
) -> None:
    await _rule(database, clock)
    await give(database, BAD, 10)
    await _act(database, actions.set_automatic_conversion, BAD, True)
    await refuse(owner_connection, "conversion", f"creator_id = {BAD}")
    await convert_due(database, clock)
    assert len(await stuck(database, Queue.CONVERSION)) == 1
    await _act(database, actions.set_automatic_conversion, BAD, False)
    await convert_due(database, clock)
    assert await stuck(database, Queue.CONVERSION) == []
