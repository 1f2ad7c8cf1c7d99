"""Work of this room that nobody waits for."""

from functools import partial

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.personal_data.archive import make_due
from plaudit.personal_data.erasing import ERASURES, erase_due
from plaudit.personal_data.exports import EXPORTS
from plaudit.personal_data.limits import (
    ERASURE_EVERY_S,
    ERASURE_LEASE_S,
    EXPORT_EVERY_S,
    EXPORT_LEASE_S,
    RETENTION_EVERY_S,
)
from plaudit.personal_data.retaining import let_go
from plaudit.settings import Settings

QUEUES = (EXPORTS, ERASURES)


def personal_data_jobs(database: Database, settings: Settings, clock: Clock) -> list[Job]:
    """Making exports, erasing people, and letting go of what is old."""
    return [
        Job(EXPORTS.name, EXPORT_EVERY_S, partial(make_due, database, settings, clock), run_s_max=2 * EXPORT_LEASE_S),
        Job(
            ERASURES.name, ERASURE_EVERY_S, partial(erase_due, database, settings, clock), run_s_max=2 * ERASURE_LEASE_S
        ),
        Job(
            "personal_data.retention",
            RETENTION_EVERY_S,
            partial(let_go, database, clock, settings.retention_days),
            run_s_max=RETENTION_EVERY_S,
        ),
    ]
