"""Sealing: acts that are committed get their places in the chain, so that none waits for another to be written."""

from datetime import UTC, datetime

from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.limits import ACTS_SEALED_AT_ONCE_MAX
from plaudit.statements import statements

SQL = statements(__file__)


async def seal_all(database: Database) -> int:
    """Give all acts that are committed their places; answers how many. Fewer while another process is at it."""
    sealed = 0
    while True:
        async with database.read() as connection:
            if not await connection.fetchval(SQL["has_unsealed"]):
                return sealed
        async with database.transaction() as connection:
            now: int = await connection.fetchval(SQL["seal"], ACTS_SEALED_AT_ONCE_MAX)
        sealed += now
        if now < ACTS_SEALED_AT_ONCE_MAX:
            return sealed


async def oldest_unsealed_at(connection: Connection) -> datetime | None:
    """When the oldest act without a place was begun; None: all have theirs."""
    oldest = await connection.fetchval(SQL["oldest_unsealed"])
    return None if oldest is None else datetime.fromtimestamp((oldest.int >> 80) / 1000, UTC)
