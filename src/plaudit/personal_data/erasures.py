"""Asking that somebody is erased, taking that back, and what stands in the way."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.events.log import record
from plaudit.events.model import ErasureRequested, ErasureWithdrawn
from plaudit.ids import new_id, require_uuid7
from plaudit.people.actions import require_person
from plaudit.people.moves import merged_into
from plaudit.people.references import reference
from plaudit.personal_data.limits import ERASURE_GRACE_DAYS
from plaudit.personal_data.model import (
    GIVEN_UP,
    Asking,
    Erasure,
    ErasureBegun,
    ErasureObstructed,
    ErasureUnderWay,
    NewErasure,
    Obstacle,
)
from plaudit.problems import IdempotencyConflict, NotFound
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


async def ask(connection: Connection, clock: Clock, wanted: NewErasure, person_id: int, asking: Asking) -> Erasure:
    """Have somebody erased when ERASURE_GRACE_DAYS are over, with the accounts that were merged into theirs. Asking
    again with the same id changes nothing.

    Raises:
        InvalidField: the id is no UUIDv7.
        NotFound: there is no such person.
        IdempotencyConflict: the id belongs to another request.
        ErasureUnderWay: it was asked for.
        ErasureObstructed: something stands in the way that they do not give up.
    """
    require_uuid7(wanted.id, "body.id", clock)
    await require_person(connection, person_id)
    known = await fetch_one(connection, SQL["find_erasure"], Erasure, wanted.id)
    said = (person_id, asking.by, asking.operator_id, asking.reason, wanted.gives_up_coins, wanted.gives_up_earnings)
    if known is None:
        if (other := await open_of(connection, person_id)) is not None:
            raise ErasureUnderWay(erasure_id=other.id)
        now = clock.now()
        if found := left(await obstacles(connection, person_id, now), wanted):
            raise ErasureObstructed(obstacles={one.code: one.amount for one in found})
        begins = now + timedelta(days=ERASURE_GRACE_DAYS)
        await connection.execute(SQL["add_erasure"], wanted.id, *said, now, begins)
        for merged_id in await merged_into(connection, person_id):  # accounts that are theirs, too
            if await open_of(connection, merged_id) is None:
                theirs = (merged_id, *said[1:])
                await connection.execute(SQL["add_erasure"], new_id(clock), *theirs, now, begins)
        known = await fetch_one(connection, SQL["find_erasure"], Erasure, wanted.id)
        if known is not None and (who := await reference(connection, person_id)) is not None:
            said_so = ErasureRequested(erasure_id=known.id, who=who, asked_by=known.asked_by, begins_at=known.begins_at)
            await record(connection, now, said_so)
    assert known is not None
    kept = (known.person_id, known.asked_by, known.operator_id, known.reason)
    if (*kept, known.gives_up_coins, known.gives_up_earnings) != said:
        raise IdempotencyConflict(id=wanted.id)
    return known


async def withdraw(connection: Connection, clock: Clock, person_id: int) -> None:
    """Stay, after all.

    Raises:
        NotFound: nobody asked for it.
        ErasureBegun: it is too late.
    """
    found = await fetch_one(connection, SQL["lock_erasure"], Erasure, person_id)
    if found is None:
        raise NotFound("Nothing is to be erased.")
    if found.begun_at is not None:
        raise ErasureBegun
    await connection.execute(SQL["withdraw_erasure"], found.id, clock.now())
    if (who := await reference(connection, person_id)) is not None:
        await record(connection, clock.now(), ErasureWithdrawn(erasure_id=found.id, who=who))
    for merged_id in await merged_into(connection, person_id):
        theirs = await fetch_one(connection, SQL["lock_erasure"], Erasure, merged_id)
        if theirs is not None and theirs.begun_at is None:
            await connection.execute(SQL["withdraw_erasure"], theirs.id, clock.now())


async def open_of(connection: Connection, person_id: int) -> Erasure | None:
    """What was asked for of somebody and not taken back; None: nothing."""
    return await fetch_one(connection, SQL["open_erasure"], Erasure, person_id)


async def obstacles(connection: Connection, person_id: int, now: datetime) -> list[Obstacle]:
    """What stands in the way of erasing somebody now."""
    return await fetch_all(connection, SQL["obstacles"], Obstacle, person_id, now)


def left(found: Sequence[Obstacle], wanted: NewErasure | Erasure) -> list[Obstacle]:
    """What is in the way of somebody who gives some of it up."""
    return [one for one in found if not (one.is_theirs and getattr(wanted, GIVEN_UP[one.code]))]


async def obstacles_of(
    connection: Connection, found: Sequence[Erasure], now: datetime
) -> Mapping[UUID, list[Obstacle]]:
    """What is in the way of each that has not begun and was not taken back."""
    return {
        one.id: left(await obstacles(connection, one.person_id, now), one)
        for one in found
        if one.begun_at is None and one.withdrawn_at is None
    }
