"""Work of this room that nobody waits for."""

from functools import partial

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.personal_data.archive import make_due
from plaudit.personal_data.exports import EXPORTS, delete_files
from plaudit.personal_data.limits import EXPORT_EVERY_S, EXPORT_LEASE_S, EXPORTS_PER_RUN_MAX
from plaudit.settings import Settings


def personal_data_jobs(database: Database, settings: Settings, clock: Clock) -> list[Job]:
    """Making exports, and deleting those whose time is over."""

    async def delete() -> None:
        async with database.transaction() as connection:
            await delete_files(connection, clock.now(), EXPORTS_PER_RUN_MAX)

    return [
        Job(EXPORTS.name, EXPORT_EVERY_S, partial(make_due, database, settings, clock), run_s_max=2 * EXPORT_LEASE_S),
        Job("personal_data.delete_exports", 3_600, delete),
    ]
