"""What instruments need now and then: who was not seen with one for long is forgotten."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.instruments.actions import forget_old
from plaudit.instruments.limits import INSTRUMENTS_FORGET_EVERY_S
from plaudit.jobs import Job


def instrument_jobs(database: Database, clock: Clock) -> list[Job]:
    """The jobs of instruments."""
    return [Job("instruments.forget", INSTRUMENTS_FORGET_EVERY_S, lambda: forget_old(database, clock))]
