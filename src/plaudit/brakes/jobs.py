"""What brakes need now and then."""

from plaudit.brakes.actions import lay_due
from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import BRAKES_EVERY_S


def brake_jobs(database: Database, clock: Clock) -> list[Job]:
    return [Job("brakes", BRAKES_EVERY_S, lambda: lay_due(database, clock))]
