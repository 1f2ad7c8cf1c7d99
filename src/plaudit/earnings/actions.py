"""Summing months and issuing statements, in steps that are transactions of their own, and correcting them."""

import logging
from collections.abc import Sequence
from datetime import date, timedelta

from plaudit.clock import Clock
from plaudit.connections import Connection, allow
from plaudit.db import Database
from plaudit.earnings.limits import (
    STATEMENTS_ISSUED_AT_ONCE,
    STATEMENTS_SETTLE_MINUTES,
    STATEMENTS_STEPS_PER_RUN_MAX,
    STATEMENTS_SUM_S,
)
from plaudit.earnings.model import IssuedStatement, Issuer, Position, full_number
from plaudit.events.log import record_all
from plaudit.events.model import StatementMade
from plaudit.people.references import references
from plaudit.queues import handle_each
from plaudit.settings import Settings
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)
log = logging.getLogger(__name__)

_SETTLE = timedelta(minutes=STATEMENTS_SETTLE_MINUTES)


def issuer_of(settings: Settings) -> Issuer:
    """Who runs this, as statements name them."""
    return Issuer(settings.seller_name or settings.brand_name, settings.seller_address, settings.seller_tax_id)


async def close_due(
    database: Database, clock: Clock, issuer: Issuer, *, steps_max: int = STATEMENTS_STEPS_PER_RUN_MAX
) -> int:
    """Sum the months that are over, and issue what has no paper yet; how many steps were made.

    It may be stopped anywhere and run by several processes at once: a shard is worked on by one of them. What breaks
    at one shard is raised when the others had their turn.
    """
    async with database.read() as connection:
        positions = await fetch_all(connection, SQL["shards_to_sum"], Position)
    steps = 0

    async def advance(position: Position) -> None:
        nonlocal steps
        while steps < steps_max and await _step(database, position.shard, clock, issuer):
            steps += 1

    failures: list[Exception] = []

    async def failed(position: Position, error: Exception) -> None:
        log.error("statements of shard %s failed", position.shard, exc_info=error)
        failures.append(error)

    await handle_each(positions, advance, failed, at_once=1)
    if failures:
        raise failures[0]
    return steps


async def _step(database: Database, shard: int, clock: Clock, issuer: Issuer) -> bool:
    """Issue some papers of a shard, else sum its next month; False when there is nothing to do, or another does it."""
    async with database.transaction() as connection:
        if await _issue(connection, shard, clock, issuer):
            return True
    async with database.transaction() as connection:
        await allow(connection, STATEMENTS_SUM_S)
        await connection.execute(SQL["allow_long"])
        return await connection.fetchval(SQL["sum_earnings"], shard, clock.now() - _SETTLE) is not None


async def _issue(connection: Connection, shard: int, clock: Clock, issuer: Issuer) -> bool:
    wanted = (shard, clock.now(), issuer.name, issuer.address, issuer.tax_id, STATEMENTS_ISSUED_AT_ONCE)
    issued = await fetch_all(connection, SQL["issue_statements"], IssuedStatement, *wanted)
    await _tell(connection, issued)
    return bool(issued)


async def _tell(connection: Connection, issued: Sequence[IssuedStatement]) -> None:
    known = await references(connection, {one.creator_id for one in issued})
    await record_all(
        connection,
        [
            (
                one.issued_at,
                StatementMade(
                    number=full_number(one.year, one.number),
                    creator=known[one.creator_id],
                    month=f"{one.month:%Y-%m}",
                    edition=one.edition,
                ),
            )
            for one in issued
            if one.creator_id in known
        ],
    )


async def correct(
    connection: Connection, creator_id: int, first: date, reason: str, clock: Clock, issuer: Issuer
) -> list[IssuedStatement]:
    """Sum the months of a creator again, from the one of `first` on: a new paper for each that says another thing than
    the last one of that month did, which it names. Those before stay as they are."""
    await allow(connection, STATEMENTS_SUM_S)
    await connection.execute(SQL["allow_long"])
    asked = (creator_id, first.replace(day=1), clock.now(), issuer.name, issuer.address, issuer.tax_id, reason)
    issued = await fetch_all(connection, SQL["correct_statements"], IssuedStatement, *asked)
    await _tell(connection, issued)
    return issued
