"""Summing movements and closing days, shard by shard, in steps that are transactions of their own."""

import logging
from datetime import UTC, date, datetime, time, timedelta

from plaudit.accounting.model import DayNotClosed, Position
from plaudit.clock import Clock
from plaudit.connections import Connection, allow
from plaudit.db import Database
from plaudit.limits import (
    ACCOUNTING_SETTLE_MINUTES,
    ACCOUNTING_SLICE_MINUTES,
    ACCOUNTING_SLICES_PER_RUN_MAX,
    ACCOUNTING_STATEMENT_S,
)
from plaudit.payouts.rates import HOUSE_CURRENCY
from plaudit.queues import handle_each
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)
log = logging.getLogger(__name__)

_SLICE = timedelta(minutes=ACCOUNTING_SLICE_MINUTES)
_SETTLE = timedelta(minutes=ACCOUNTING_SETTLE_MINUTES)


def day_begins(day: date) -> datetime:
    """Midnight UTC at which a day begins."""
    return datetime.combine(day, time(), UTC)


async def close_due(database: Database, clock: Clock, *, slices_max: int = ACCOUNTING_SLICES_PER_RUN_MAX) -> int:
    """Sum what has settled and close the days that are over, in all shards; how many steps were made.

    It may be stopped anywhere and run by several processes at once: a shard is worked on by one of them. What breaks
    at one shard is raised when the others had their turn.
    """
    async with database.transaction() as connection:
        await connection.execute(SQL["begin_positions"], clock.now() - _SETTLE)
        positions = await fetch_all(connection, SQL["positions"], Position)
    steps = 0

    async def advance(position: Position) -> None:
        nonlocal steps
        while steps < slices_max and await _step(database, position.shard, clock):
            steps += 1

    failures: list[Exception] = []

    async def failed(position: Position, error: Exception) -> None:
        log.error("accounting of shard %s failed", position.shard, exc_info=error)
        failures.append(error)

    await handle_each(positions, advance, failed, at_once=1)
    if failures:
        raise failures[0]
    return steps


async def _step(database: Database, shard: int, clock: Clock) -> bool:
    """Sum one slice of a shard or close one of its days; False when there is nothing to do, or another does it."""
    async with database.transaction() as connection:
        await allow_long(connection)
        present = await fetch_one(connection, SQL["claim_position"], Position, shard)
        if present is None:
            return False
        day_ends = day_begins(present.day + timedelta(days=1))
        if present.summed_until == day_ends:
            await connection.execute(SQL["close_day"], shard, present.day)
            await connection.execute(SQL["close_creator_day"], shard, present.day, day_ends, HOUSE_CURRENCY)
            await connection.execute(SQL["move_position"], shard, present.day + timedelta(days=1), day_ends)
            return True
        until = min(present.summed_until + _SLICE, day_ends)
        if until > clock.now() - _SETTLE:
            return False
        await connection.execute(SQL["sum_movements"], shard, present.summed_until, until)
        await connection.execute(SQL["move_position"], shard, present.day, until)
        return True


async def reopen(connection: Connection, first: date, reason: str, clock: Clock) -> None:
    """Forget what was closed from a day on, in all shards; it is closed again from the movements there are now.

    Raises:
        DayNotClosed: that day is open.
    """
    await connection.execute(SQL["lock_positions"])
    positions = await fetch_all(connection, SQL["positions"], Position)
    if not any(position.day > first for position in positions):
        raise DayNotClosed(f"{first} is not closed; nothing was changed.")
    await connection.execute(SQL["forget_days"], first)
    await connection.execute(SQL["forget_creator_days"], first)
    await connection.execute(SQL["forget_lot_days"], first)
    await connection.execute(SQL["move_positions_back"], first)
    await connection.execute(SQL["write_reopening"], first, reason, clock.now())


async def allow_long(connection: Connection) -> None:
    """Let the statements of this transaction take as long as summing may."""
    await allow(connection, ACCOUNTING_STATEMENT_S)
    await connection.execute(SQL["allow_long"])
