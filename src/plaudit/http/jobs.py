"""What a process looks at now and then: its figures, the time, and whether its database went back."""

from functools import partial

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.house_clock import follow
from plaudit.http.metrics import Gauges
from plaudit.jobs import Job
from plaudit.ledger import lives
from plaudit.limits import CLOCK_EVERY_S, LIFE_EVERY_S
from plaudit.live.hub import Hub


def process_jobs(gauges: Gauges, database: Database, clock: Clock, hub: Hub) -> list[Job]:
    """Looking at what is not counted where it happens, at the database's clock, and at its epoch."""

    async def look_at_life() -> None:
        async with database.transaction() as connection:
            epoch = await lives.begin(connection, clock.now())
        hub.begin_epoch(epoch)

    return [
        gauges.job,
        Job("http.clock", CLOCK_EVERY_S, partial(follow, database, clock)),
        Job("http.life", LIFE_EVERY_S, look_at_life),
    ]
