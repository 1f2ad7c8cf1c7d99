"""Whether who logs in for the application can do more in the database than the application may: then nobody serves."""

from plaudit.connections import APPLICATION_ROLE, Connection
from plaudit.db import Database
from plaudit.settings import SetupError
from plaudit.statements import statements

SQL = statements(__file__)


class TooPowerful(SetupError):
    """The application's login can do more than `plaudit_app`; the message says what, and what to do."""


async def excess_of_login(connection: Connection) -> str:
    """What makes the login of a connection more than the application, and what to do, in one line; empty: nothing.

    Asked of the login, not of the role it works as: over an open connection one becomes the other.
    """
    row = await connection.fetchrow(SQL["login"], APPLICATION_ROLE)
    assert row is not None
    if not row["excess"]:
        return ""
    return (
        f"the database lets us in as {row['login']}, who {' and '.join(row['excess'])}: let DATABASE_URL name"
        f" {APPLICATION_ROLE} (ALTER ROLE {APPLICATION_ROLE} LOGIN PASSWORD '…'), and PLAUDIT_OWNER_DATABASE_URL, for"
        " `plaudit migrate`, who owns the tables"
    )


async def refuse_more_than_the_application(database: Database) -> None:
    """Let only the application work on a database.

    Raises:
        TooPowerful: what is done over this connection, by a slip or by whoever got hold of it, has no bounds.
    """
    async with database.read() as connection:
        if excess := await excess_of_login(connection):
            raise TooPowerful(excess)
