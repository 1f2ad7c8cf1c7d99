"""Work of gifts as events."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.feeds.gifts.actions import copy_gifts
from plaudit.jobs import Job
from plaudit.limits import GIFT_EVENTS_EVERY_S


def gift_event_jobs(database: Database, clock: Clock) -> list[Job]:
    """The jobs of gifts as events."""
    return [Job("events.gifts", GIFT_EVENTS_EVERY_S, lambda: copy_gifts(database, clock))]
