"""The trail as periodic work."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import ACTS_SEAL_EVERY_S, HEADS_EVERY_S, REFUSALS_EVERY_S
from plaudit.settings import Settings
from plaudit.trail.heads import sign_if_due
from plaudit.trail.keeping import Trail
from plaudit.trail.sealing import seal_all


def trail_jobs(trail: Trail, database: Database, settings: Settings, clock: Clock) -> list[Job]:
    """Sealing acts, writing down refused tries, and signing the head of each day."""
    return [
        Job("trail.seal", ACTS_SEAL_EVERY_S, lambda: seal_all(database)),
        Job("trail.refusals", REFUSALS_EVERY_S, trail.keep_refusals),
        Job("trail.heads", HEADS_EVERY_S, lambda: sign_if_due(database, settings, clock)),
    ]
