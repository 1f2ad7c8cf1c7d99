"""Periodic work of the books."""

from plaudit.clock import Clock
from plaudit.db import Connection, statements
from plaudit.limits import GIFT_PARTITION_MONTHS_AHEAD

_SQL = statements(__file__)


async def ensure_gift_partitions(connection: Connection, clock: Clock) -> int:
    """Make the monthly partitions of `gift` that are missing; how many were made. Run daily, and before serving."""
    made: int = await connection.fetchval(_SQL["ensure_gift_partitions"], clock.now(), GIFT_PARTITION_MONTHS_AHEAD)
    return made
