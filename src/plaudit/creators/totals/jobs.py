"""Work of the sums."""

from plaudit.creators.totals.actions import FOLLOWER, add_entries
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.ledger.following import follow
from plaudit.ledger.shards import Shards
from plaudit.limits import TOTALS_EVERY_S


def totals_jobs(database: Database, shards: Shards) -> list[Job]:
    """The jobs of the sums."""
    return [Job(FOLLOWER, TOTALS_EVERY_S, lambda: follow(database, shards, FOLLOWER, add_entries))]
