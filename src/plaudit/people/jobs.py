"""Periodic work about people who sign in."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import SESSIONS_FORGOTTEN_EVERY_S
from plaudit.people.sessions import forget_old


def people_jobs(database: Database, clock: Clock) -> list[Job]:
    """Forgetting sessions, codes and logout tokens that are long over."""

    async def forget() -> None:
        async with database.transaction() as connection:
            await forget_old(connection, clock)

    return [Job("sessions long over", SESSIONS_FORGOTTEN_EVERY_S, forget)]
