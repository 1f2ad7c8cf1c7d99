"""Work of what was given on videos."""

from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.ledger.following import follow
from plaudit.limits import VIDEO_TOTALS_EVERY_S
from plaudit.videos.given.actions import FOLLOWER, add_entries, videos_among


def given_jobs(database: Database) -> list[Job]:
    """The jobs of what was given on videos."""
    return [Job(FOLLOWER, VIDEO_TOTALS_EVERY_S, lambda: follow(database, FOLLOWER, add_entries, videos_among))]
