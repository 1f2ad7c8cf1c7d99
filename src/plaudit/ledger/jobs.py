"""Periodic work of the books."""

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.ledger.holds import LAPSES, lapse_due
from plaudit.limits import (
    EXPIRE_EVERY_S,
    EXPIRED_LOTS_PER_RUN_MAX,
    GIFT_PARTITION_MONTHS_AHEAD,
    HOLD_LAPSE_EVERY_S,
    PARTITIONS_EVERY_S,
)
from plaudit.statements import statements

SQL = statements(__file__)

QUEUES = (LAPSES,)


def ledger_jobs(database: Database, clock: Clock) -> list[Job]:
    """What the books do by themselves."""

    async def make_partitions() -> None:
        async with database.transaction() as connection:
            await ensure_gift_partitions(connection, clock)

    async def expire() -> None:
        expired = EXPIRED_LOTS_PER_RUN_MAX
        while expired == EXPIRED_LOTS_PER_RUN_MAX:
            async with database.transaction() as connection:
                expired = await expire_lots(connection, clock)

    return [
        Job("gift partitions", PARTITIONS_EVERY_S, make_partitions),
        Job("expired lots", EXPIRE_EVERY_S, expire),
        Job(LAPSES.name, HOLD_LAPSE_EVERY_S, lambda: lapse_due(database, clock)),
    ]


async def ensure_gift_partitions(connection: Connection, clock: Clock) -> int:
    """Make the monthly partitions of `gift` that are missing; how many were made. Run daily, and before serving."""
    made: int = await connection.fetchval(SQL["ensure_gift_partitions"], clock.now(), GIFT_PARTITION_MONTHS_AHEAD)
    return made


async def expire_lots(connection: Connection, clock: Clock) -> int:
    """Take the unspent coins of expired lots out of wallets; how many lots. Until then they can be spent."""
    expired: int = await connection.fetchval(SQL["expire_lots"], clock.now(), EXPIRED_LOTS_PER_RUN_MAX)
    return expired
