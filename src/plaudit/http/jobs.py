"""What a process looks at now and then: its figures, and the time."""

from functools import partial

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.house_clock import follow
from plaudit.http.metrics import Gauges
from plaudit.jobs import Job
from plaudit.limits import CLOCK_EVERY_S


def process_jobs(gauges: Gauges, database: Database, clock: Clock) -> list[Job]:
    """Looking at what is not counted where it happens, and at the database's clock."""
    return [gauges.job, Job("http.clock", CLOCK_EVERY_S, partial(follow, database, clock))]
