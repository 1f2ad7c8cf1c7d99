"""How often somebody may do within an hour what costs us or a provider something. Counted in the database, in the
transaction of what is done, so that all workers share it and nothing is done beyond it."""

from datetime import UTC, timedelta
from typing import ClassVar

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.problems import Problem
from plaudit.statements import statements

SQL = statements(__file__)

_HOUR = timedelta(hours=1)


class TooOften(Problem):
    """`times_per_hour` is how often it may be done."""

    code: ClassVar[str] = "too_often"
    status: ClassVar[int] = 429
    title: ClassVar[str] = "You have done this too often within the hour."

    class Fields(msgspec.Struct, frozen=True):
        times_per_hour: int
        retry_after_s: int

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.fields["retry_after_s"])}


async def take(connection: Connection, person_id: int, kind: str, times_per_hour: int, clock: Clock) -> None:
    """Count something that is about to be done; what is rolled back does not count.

    Raises:
        TooOften: it was done so often in this hour already.
    """
    now = clock.now().astimezone(UTC)
    hour = now.replace(minute=0, second=0, microsecond=0)
    if await connection.fetchval(SQL["take_allowance"], person_id, kind, hour, times_per_hour) is None:
        left_s = int((hour + _HOUR - now).total_seconds()) + 1
        raise TooOften(times_per_hour=times_per_hour, retry_after_s=left_s)
