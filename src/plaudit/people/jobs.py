"""Periodic work about people who sign in."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import KEY_USE_NOTED_EVERY_S, SESSIONS_FORGOTTEN_EVERY_S
from plaudit.people.actions import note_keys_used
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.sessions import forget_old, note_sessions_used


def people_jobs(database: Database, clock: Clock, doorkeeper: Doorkeeper) -> list[Job]:
    """Forgetting sessions, codes and logout tokens that are long over; noting when keys and sessions were used."""

    async def forget() -> None:
        async with database.transaction() as connection:
            await forget_old(connection, clock)

    async def note() -> None:
        keys, sessions = doorkeeper.take_used()
        if keys or sessions:
            async with database.transaction() as connection:
                await note_keys_used(connection, keys)
                await note_sessions_used(connection, sessions)

    return [
        Job("sessions long over", SESSIONS_FORGOTTEN_EVERY_S, forget),
        Job("use of keys and sessions", KEY_USE_NOTED_EVERY_S, note),
    ]
