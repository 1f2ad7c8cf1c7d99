"""What rules need now and then: old counts are forgotten."""

from datetime import timedelta

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.rules.limits import TALLIES_FORGET_EVERY_S, TALLIES_KEPT_DAYS
from plaudit.rules.tally import forget


async def forget_old(database: Database, clock: Clock) -> int:
    """Forget what was counted more than TALLIES_KEPT_DAYS ago; how many rows that was."""
    async with database.transaction() as connection:
        return await forget(connection, (clock.now() - timedelta(days=TALLIES_KEPT_DAYS)).date())


def rules_jobs(database: Database, clock: Clock) -> list[Job]:
    """The jobs of rules."""
    return [Job("rules.forget", TALLIES_FORGET_EVERY_S, lambda: forget_old(database, clock))]
