"""Letting go of what is old enough, kind by kind: some rows in each transaction, and with them the record of it.

A look that stops anywhere is gone on with by the next: what went is written down with it, what is left is still old.
A kind that is new to a database waits RETENTION_GRACE_DAYS: an update takes nothing whose period nobody could see.
"""

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.jobs import is_cancelled
from plaudit.personal_data.limits import (
    HELD_PEOPLE_SHOWN_MAX,
    RETENTION_BATCHES_PER_LOOK_MAX,
    RETENTION_GRACE_DAYS,
)
from plaudit.retention import Retention, days_kept, retentions
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)

log = logging.getLogger(__name__)


class RetentionDay(msgspec.Struct, frozen=True, kw_only=True):
    """What was let go of on a day of one kind."""

    rule: str
    day: date
    days: int
    """The period in force then."""
    through: datetime
    """What is from then or older went."""
    rows: int
    looked_at: datetime
    is_done: bool
    """False: more was due when the last look ended, or nothing went yet by this kind."""


class HeldPerson(msgspec.Struct, frozen=True):
    """Somebody of whom nothing goes because it is old."""

    person_id: int
    why: list[str]


class RetentionFailed(Exception):
    """Some kinds could not be looked after; the others were."""


async def let_go(database: Database, clock: Clock, said: str) -> int:
    """Let go of all that is old enough by what the setting says, of each kind that has begun; how many rows went.

    Raises:
        RetentionFailed: after all others were tried.
    """
    gone = 0
    failed: list[str] = []
    today = clock.now().date()
    async with database.read() as connection:
        begins = await beginnings(connection, today, said)
    for name, days in days_kept(said).items():
        try:
            if begins[name] > today:
                await _wait(database, clock, name, days)
            else:
                gone += await let_go_of(database, clock, retentions()[name], days)
        except Exception:
            if is_cancelled():
                raise
            log.exception("what is old of %s could not be let go of", name)
            failed.append(name)
    if failed:
        raise RetentionFailed(", ".join(failed))
    return gone


async def let_go_of(database: Database, clock: Clock, kind: Retention, days: int) -> int:
    """Let go of what is so many days old, RETENTION_BATCHES_PER_LOOK_MAX batches at most; how many rows went."""
    now = clock.now()
    before = now - timedelta(days=days)
    gone = 0
    for _ in range(RETENTION_BATCHES_PER_LOOK_MAX):
        async with database.transaction() as connection:
            rows: int = await connection.fetchval(f"select {kind.forget}($1, $2)", before, kind.rows_at_once)
            await connection.execute(SQL["note_let_go"], kind.name, days, before, now, rows, rows == 0)
        gone += rows
        if rows == 0:
            break
    return gone


async def _wait(database: Database, clock: Clock, name: str, days: int) -> None:
    """Write down that a kind is here and nothing of it goes yet: the first of these days is when it came."""
    now = clock.now()
    async with database.transaction() as connection:
        await connection.execute(SQL["note_let_go"], name, days, now - timedelta(days=days), now, 0, False)


async def beginnings(connection: Connection, today: date, said: str) -> Mapping[str, date]:
    """The day from which each kind goes. One that the setting names is known, and does not wait."""
    came: dict[str, date] = {row["rule"]: row["day"] for row in await connection.fetch(SQL["first_looks"])}
    named = {word.partition("=")[0] for word in said.split()}
    grace = timedelta(days=RETENTION_GRACE_DAYS)
    return {
        name: came.get(name, today) + (timedelta() if one.begins_at_once or name in named else grace)
        for name, one in retentions().items()
    }


async def last_looks(connection: Connection) -> Mapping[str, RetentionDay]:
    """The last day of each kind that was looked after."""
    return {one.rule: one for one in await fetch_all(connection, SQL["last_looks"], RetentionDay)}


async def went_since(connection: Connection, first: date) -> Mapping[str, int]:
    """How many rows went of each kind since a day."""
    return {row["rule"]: row["rows"] for row in await connection.fetch(SQL["went_since"], first)}


async def records(connection: Connection, after: tuple[date, str], limit: int) -> list[RetentionDay]:
    """Days on which something went, the newest first, after a place."""
    return await fetch_all(connection, SQL["retention_records"], RetentionDay, *after, limit)


async def held_people(connection: Connection) -> list[HeldPerson]:
    """Who is held, and why, HELD_PEOPLE_SHOWN_MAX at most."""
    return await fetch_all(connection, SQL["held_people"], HeldPerson, HELD_PEOPLE_SHOWN_MAX)
