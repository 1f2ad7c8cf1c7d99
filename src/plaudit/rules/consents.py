"""What somebody who answers for a minor agrees to; who may answer for whom is not asked here."""

from datetime import datetime

from plaudit.connections import Connection
from plaudit.statements import statements

SQL = statements(__file__)


async def agree(connection: Connection, person_id: int, given_by: int, action: str, now: datetime) -> None:
    """Agree that somebody does something, until it is taken back. Repeating it changes nothing."""
    await connection.execute(SQL["give_consent"], person_id, given_by, action, now)


async def take_back(connection: Connection, person_id: int, given_by: int, action: str | None, now: datetime) -> None:
    """Agree to an action no more, or to none. Repeating it changes nothing."""
    await connection.execute(SQL["end_consents"], person_id, given_by, action, now)


async def agreed_to(connection: Connection, person_id: int, given_by: int) -> list[str]:
    """The actions that one agrees to of another."""
    found: list[str] = await connection.fetchval(SQL["consents_by"], person_id, given_by)
    return found


async def is_of_age(connection: Connection, person_id: int, now: datetime) -> bool:
    """Whether somebody is known to be of age by a proof that is better than a word."""
    return bool(await connection.fetchval(SQL["is_of_age"], person_id, now))
