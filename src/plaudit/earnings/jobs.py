"""Statements as periodic work."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.earnings.actions import close_due, issuer_of
from plaudit.earnings.limits import STATEMENTS_EVERY_S, STATEMENTS_SUM_S
from plaudit.jobs import Job
from plaudit.settings import Settings


def statement_jobs(database: Database, clock: Clock, settings: Settings) -> list[Job]:
    """Sum months that are over, and issue their statements."""
    issuer = issuer_of(settings)
    run = Job("earnings.statements", STATEMENTS_EVERY_S, lambda: close_due(database, clock, issuer))
    return [Job(run.name, run.every_s, run.run, max(run.run_s_max, 2 * STATEMENTS_SUM_S))]
