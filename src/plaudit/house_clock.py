"""The clock of whoever works on a database: the machine's, put right by the database's, so that ages, leases and ends
mean the same on every machine."""

import logging
from datetime import datetime, timedelta

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.limits import CLOCK_SKEW_S_MAX

log = logging.getLogger(__name__)

_SKEW_MAX = timedelta(seconds=CLOCK_SKEW_S_MAX)


class HouseClock:
    """Says what the database's clock says, as far as is known; see `follow`. Until then, what the machine's says."""

    def __init__(self, own: Clock) -> None:
        self.own = own
        """The machine's."""
        self._ahead = timedelta(0)
        self._said = timedelta(0)

    def now(self) -> datetime:
        return self.own.now() + self._ahead

    def put_right(self, before: datetime, theirs: datetime, after: datetime) -> None:
        """The database's clock said `theirs` between two moments of our own. Nothing changes while that can be so."""
        self._ahead = min(max(self._ahead, theirs - after), theirs - before)
        if abs(self._ahead - self._said) > _SKEW_MAX:
            self._said = self._ahead
            seconds = self._ahead.total_seconds()
            where = "ahead of" if seconds > 0 else "behind"
            log.warning(
                "the database's clock, which holds, is %.1f s %s this machine's: set both by NTP", abs(seconds), where
            )


async def follow(database: Database, clock: Clock) -> None:
    """Put a clock right by that of the database; nothing to do for one that is no HouseClock.

    Raises:
        TooBusy: no connection was free in time.
        Unavailable: the database cannot be asked now.
    """
    if not isinstance(clock, HouseClock):
        return
    async with database.read() as connection:
        before = clock.own.now()
        theirs: datetime = await connection.fetchval("select clock_timestamp()")
        clock.put_right(before, theirs, clock.own.now())
