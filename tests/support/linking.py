"""Accounts that operators know to be one person's."""

from plaudit.clock import SystemClock
from plaudit.db import Database
from plaudit.ids import new_id


async def link(database: Database, person_id: int | str, other_id: int | str) -> None:
    """Two accounts count as one person's from now on."""
    statement = (
        "insert into person_link (id, person_id, other_id, note, linked_by, linked_at)"
        " values ($1, $2, $3, 'seen', $2, $4)"
    )
    clock = SystemClock()
    async with database.transaction() as connection:
        await connection.execute(statement, new_id(clock), *sorted((int(person_id), int(other_id))), clock.now())
