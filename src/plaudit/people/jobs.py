"""Periodic work about people who sign in."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import KEY_USE_NOTED_EVERY_S, SESSIONS_FORGOTTEN_EVERY_S
from plaudit.people.actions import note_keys_used
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.sessions import forget_old


def people_jobs(database: Database, clock: Clock, doorkeeper: Doorkeeper) -> list[Job]:
    """Forgetting sessions, codes and logout tokens that are long over; noting when keys were used."""

    async def forget() -> None:
        async with database.transaction() as connection:
            await forget_old(connection, clock)

    async def note() -> None:
        if used := doorkeeper.take_keys_used():
            async with database.transaction() as connection:
                await note_keys_used(connection, used)

    return [
        Job("sessions long over", SESSIONS_FORGOTTEN_EVERY_S, forget),
        Job("use of keys", KEY_USE_NOTED_EVERY_S, note),
    ]
