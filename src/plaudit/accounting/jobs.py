"""Accounting as periodic work."""

from plaudit.accounting.actions import close_due
from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import ACCOUNTING_EVERY_S


def accounting_jobs(database: Database, clock: Clock) -> list[Job]:
    """Sum what has settled, and close days that are over."""
    return [Job("accounting.close", ACCOUNTING_EVERY_S, lambda: close_due(database, clock))]
