"""Lives of the database: whether its data went back to an earlier moment since we last looked, and what waits then.

A restore to a moment, a copy, and a standby that takes over end a life. Cursors of the life before are void (their
epoch is another), numbers of people and rooms go on beyond those it gave, and payouts wait until somebody has compared
them with what was paid. A snapshot of a disk that was rolled back shows nothing of itself: whoever does that says so
(`plaudit restored begin`).
"""

from datetime import datetime

import msgspec

from plaudit.connections import Connection
from plaudit.events.log import record
from plaudit.events.model import DatabaseRestored
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)


class Life(msgspec.Struct, frozen=True):
    """The newest life: since when, and whether payouts that left before it were compared."""

    epoch: int
    began_at: datetime
    payouts_compared_at: datetime | None


async def begin(
    connection: Connection, now: datetime, *, anew: bool = False, lost_since: datetime | None = None
) -> int:
    """The epoch of this database, which is another than before when its data is elsewhere, or with `anew`. Of a new one
    platforms are told.

    Args:
        connection: in a transaction of its own.
        now: when this life begins.
        anew: whatever the place says.
        lost_since: to which moment the data went back; None: as far as the log of events tells.
    """
    epoch: int = await connection.fetchval(SQL["begin_life"], anew, now)
    if told := await connection.fetch(SQL["life_begun"], lost_since):
        await record(connection, now, *(DatabaseRestored(**row) for row in told))
    return epoch


async def newest(connection: Connection) -> Life | None:
    """The life that goes on; None: the database was never served."""
    return await fetch_one(connection, SQL["newest_life"], Life)


async def settle(connection: Connection, now: datetime) -> int:
    """Payouts of lives before were compared with those who made them: let payouts leave. How many lives that were."""
    settled: int = await connection.fetchval(SQL["settle_lives"], now)
    return settled
