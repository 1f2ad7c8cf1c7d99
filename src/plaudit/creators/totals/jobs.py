"""Work of the sums."""

from plaudit.creators.totals.actions import FOLLOWER, add_entries
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.ledger.following import follow
from plaudit.limits import TOTALS_EVERY_S


def totals_jobs(database: Database) -> list[Job]:
    """The jobs of the sums."""
    return [Job(FOLLOWER, TOTALS_EVERY_S, lambda: follow(database, FOLLOWER, add_entries))]
