"""Lives of the database: whether its data went back to an earlier moment since we last looked, and what waits then.

A restore to a moment, a copy, and a standby that takes over end a life. Cursors of the life before are void (their
epoch is another), numbers of people and rooms go on beyond those it gave, and payouts wait until somebody has compared
them with what was paid. A snapshot of a disk that was rolled back shows nothing of itself: whoever does that says so
(`plaudit restored begin`).
"""

from datetime import datetime

import msgspec

from plaudit.db import Connection, fetch_one, statements

SQL = statements(__file__)


class Life(msgspec.Struct, frozen=True):
    """The newest life: since when, and whether payouts that left before it were compared."""

    epoch: int
    began_at: datetime
    payouts_compared_at: datetime | None


async def begin(connection: Connection, now: datetime, *, anew: bool = False) -> int:
    """The epoch of this database, which is another than before when its data is elsewhere, or with `anew`."""
    epoch: int = await connection.fetchval(SQL["begin_life"], anew, now)
    return epoch


async def newest(connection: Connection) -> Life | None:
    """The life that goes on; None: the database was never served."""
    return await fetch_one(connection, SQL["newest_life"], Life)


async def settle(connection: Connection, now: datetime) -> int:
    """Payouts of lives before were compared with those who made them: let payouts leave. How many lives that were."""
    settled: int = await connection.fetchval(SQL["settle_lives"], now)
    return settled
