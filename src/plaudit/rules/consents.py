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


async def say_by_store(
    connection: Connection, store: str, account: str, person_id: int, state: str, said_at: datetime
) -> None:
    """Keep what an account at an app store says of a guardian: given, pending, denied, or free. An older word changes
    nothing, and none undoes what the guardian took back after it."""
    await connection.execute(SQL["say_store_consent"], store, account, person_id, state, said_at)


async def withdraw_by_store(connection: Connection, store: str, account: str, at: datetime) -> list[int]:
    """Believe the store that a guardian took back their consent; who is stopped by it. Any number of times, in any
    order, comes to the same."""
    await connection.execute(SQL["withdraw_store_consent"], store, account, at)
    found: list[int] = await connection.fetchval(SQL["people_of_store_account"], store, account)
    return found
