"""What holds of somebody's limits, and how far they are."""

from datetime import datetime

from plaudit.brakes.model import Brake, Kind, Pause, Said, Terms
from plaudit.connections import Connection
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


async def read_terms(connection: Connection, person_id: int) -> Terms | None:
    """How somebody's limits are read; None: they never had one."""
    return await fetch_one(connection, SQL["terms_of"], Terms, person_id)


async def said_limits(connection: Connection, person_id: int, now: datetime) -> list[Said]:
    """What holds of each kind, and what waits, as this account said it."""
    return await fetch_all(connection, SQL["said_limits"], Said, person_id, now)


async def pause_of(connection: Connection, person_id: int, now: datetime) -> Pause | None:
    """The break or self-exclusion that holds."""
    return await fetch_one(connection, SQL["pause_of"], Pause, person_id, now)


async def is_excluded(connection: Connection, person_id: int, now: datetime) -> bool:
    """Whether somebody excluded themself: they are sent no offers, and given no coins."""
    return bool(await connection.fetchval(SQL["is_excluded"], person_id, now))


async def brake_of(connection: Connection, person_id: int, now: datetime) -> Brake | None:
    """What the books hold of a person, with those accounts that are linked to theirs; None: nothing."""
    return await fetch_one(connection, SQL["find_brake"], Brake, person_id, now)


async def lock_brake(connection: Connection, person_id: int, now: datetime) -> Brake | None:
    """The same, and nobody gives, buys or changes a limit of theirs until the transaction ends."""
    return await fetch_one(connection, SQL["lock_brake"], Brake, person_id, now)


async def raise_delays_s(connection: Connection) -> dict[Kind, int]:
    """How long a looser limit of each kind waits, in seconds."""
    return {Kind(row["name"]): row["seconds"] for row in await connection.fetch(SQL["raise_delays"])}
