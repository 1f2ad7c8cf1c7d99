"""The log of events: written in the transaction of what happened, then put into one order that has no gaps.

Transactions commit in another order than that in which they took a number. So what is recorded waits until it is
committed, and one process at a time gives it a position: whoever sees a position sees all before it, and a reader with
a cursor misses nothing.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.events.model import ALWAYS, ON_REQUEST, CursorTooOld, Event, KeptEvent, LogState
from plaudit.ids import id_at
from plaudit.limits import EVENTS_PLACED_AT_ONCE_MAX, GIFTS_WANTED_DAYS
from plaudit.problems import InvalidField
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

_CURSOR = re.compile(r"(\d{1,9}):(\d{1,18})", re.ASCII)


async def record(connection: Connection, at: datetime, *events: Event) -> None:
    """Keep what happened, in the caller's transaction, for all who want to know.

    Whoever changes a subject must hold its lock until the commit: its events are told in the order of these calls.
    """
    await record_all(connection, [(at, event) for event in events])


async def record_all(connection: Connection, events: Sequence[tuple[datetime, Event]]) -> None:
    """The same of things that happened at several moments."""
    await connection.execute(
        SQL["record"],
        [id_at(at) for at, _ in events],
        [event.kind for _, event in events],
        [at for at, _ in events],
        [event.subject for _, event in events],
        [event.platform for _, event in events],
        [msgspec.to_builtins(event) for _, event in events],
    )


async def place_waiting(database: Database) -> int:
    """Give the next committed events their positions; answers how many. Nothing when another process is at it."""
    async with database.transaction() as connection:
        before = await connection.fetchval(SQL["lock_log"])
        if before is None:
            return 0
        last = await connection.fetchval(SQL["place_waiting"], EVENTS_PLACED_AT_ONCE_MAX)
        return 0 if last is None else int(last) - int(before)


async def log_state(connection: Connection) -> LogState:
    """How far the log goes."""
    state = await fetch_one(connection, SQL["log_state"], LogState)
    assert state is not None, "a database has one log"
    return state


def position_of(state: LogState, cursor: str | None) -> int:
    """The position a cursor stands for; without one, the beginning of what is kept.

    Raises:
        InvalidField: it was not made here.
        CursorTooOld: what came after it is not kept any more, or not what followed it then.
    """
    if cursor is None:
        return state.forgotten_through
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise InvalidField(field="query.after", reason="must be a cursor of an earlier answer")
    epoch, position = int(match[1]), int(match[2])
    if epoch != state.epoch or not state.forgotten_through <= position <= state.last:
        raise CursorTooOld(state.cursor(state.forgotten_through))
    return position


async def events_after(
    connection: Connection, position: int, through: int, *, platform: str | None, kinds: Sequence[str], limit: int
) -> list[KeptEvent]:
    """Events of these kinds, and of those told always, after a position, up to another; without kinds, of all that need
    not be asked for."""
    wanted = [*kinds, *ALWAYS] if kinds else []
    return await fetch_all(
        connection, SQL["events_after"], KeptEvent, position, through, platform, wanted, list(ON_REQUEST), limit
    )


async def want_gifts(connection: Connection, now: datetime) -> None:
    """Have gifts copied into the log for GIFTS_WANTED_DAYS from now: somebody follows them."""
    until = now + timedelta(days=GIFTS_WANTED_DAYS)
    await connection.execute(SQL["want_gifts"], until, until - timedelta(days=1))
