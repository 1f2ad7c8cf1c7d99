"""Periodic work about people who sign in."""

from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import KEY_USE_NOTED_EVERY_S
from plaudit.people.actions import note_keys_used
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.sessions import note_sessions_used


def people_jobs(database: Database, doorkeeper: Doorkeeper) -> list[Job]:
    """Noting when keys and sessions were used."""

    async def note() -> None:
        keys, sessions = doorkeeper.take_used()
        if keys or sessions:
            async with database.transaction() as connection:
                await note_keys_used(connection, keys)
                await note_sessions_used(connection, sessions)

    return [Job("use of keys and sessions", KEY_USE_NOTED_EVERY_S, note)]
