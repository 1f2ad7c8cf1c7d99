"""What commands share that work on the database of the settings; one that is not prepared is told in one line."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import asyncpg
import click

from plaudit.boundary import refuse_more_than_the_application
from plaudit.clock import SystemClock
from plaudit.db import Connection, Database
from plaudit.embedded import database_logins
from plaudit.house_clock import HouseClock, follow
from plaudit.settings import Settings, SetupError

T = TypeVar("T")

CLOCK = HouseClock(SystemClock())
"""That of commands: right from when they are connected."""

data_option = click.option("--data", type=click.Path(path_type=Path), help="The folder of the embedded database.")


@contextmanager
def one_line_if_not_prepared(*, owner: bool = False) -> Iterator[None]:
    """Turns what a database says that is of another version, or was restored without its role, into one line.

    `owner`: what is asked is for the owner of the tables only.
    """
    try:
        yield
    except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError, asyncpg.UndefinedFunctionError) as error:
        raise SetupError("the database is not prepared for this version: run `plaudit migrate`") from error
    except asyncpg.InsufficientPrivilegeError as error:
        if owner:
            raise SetupError(f"{error}: set PLAUDIT_OWNER_DATABASE_URL to the login that owns the tables") from error
        raise SetupError(f"{error}: run `plaudit migrate`, which repairs what each role may do") from error


def on_database(
    data: Path | None,
    work: Callable[[Database], Awaitable[T]],
    *,
    settings: Settings | None = None,
    owner: bool = False,
) -> T:
    """Do something with the database, as the application or as the owner of the tables.

    Raises:
        SetupError: there is no database, or it is not prepared.
    """

    async def connected(url: str) -> T:
        async with Database(url, connections=1) as database:
            if not owner:
                await refuse_more_than_the_application(database)
            await follow(database, CLOCK)
            return await work(database)

    with (
        database_logins(settings or Settings.from_environment(), data, share=True) as logins,
        one_line_if_not_prepared(owner=owner),
    ):
        return asyncio.run(connected(logins.owner if owner else logins.application))


def in_transaction(data: Path | None, work: Callable[[Connection], Awaitable[T]], *, owner: bool = False) -> T:
    """The same in one transaction; raises as `on_database`."""

    async def inside(database: Database) -> T:
        async with database.transaction() as connection:
            return await work(connection)

    return on_database(data, inside, owner=owner)
