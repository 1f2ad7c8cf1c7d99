"""What moves while days are still open: since a moment, and hour by hour, in all shards."""

from datetime import datetime

from plaudit.accounting.model import Hour, Volumes
from plaudit.connections import Connection
from plaudit.ledger.shards import read_shards
from plaudit.money import Money
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


async def volumes_since(connection: Connection, since: datetime) -> Volumes:
    """Coins, gifts, diamonds and payouts since a moment, and the gifts that wait now."""
    found = await fetch_one(connection, SQL["volumes"], Volumes, since, await _shards(connection))
    assert found is not None  # aggregates
    return found


async def proceeds_since(connection: Connection, since: datetime) -> list[Money]:
    """Money of recharges since a moment, by currency."""
    return await fetch_all(connection, SQL["proceeds"], Money, since, await _shards(connection))


async def hours_until(connection: Connection, now: datetime) -> list[Hour]:
    """Coins sold and delivered in the last 24 hours, the present one included, the oldest first."""
    return await fetch_all(connection, SQL["hours"], Hour, now, await _shards(connection))


async def _shards(connection: Connection) -> list[int]:
    """The books find movements by their shard, so all are named."""
    return list((await read_shards(connection)).all())
