"""What commands share that work on the database of the settings; one that is not prepared is told in one line."""

import asyncio
import getpass
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import click

from plaudit.acts import PRIVATE, Act, Actor, Command, about, kept
from plaudit.boundary import refuse_more_than_the_application
from plaudit.clock import SystemClock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.embedded import database_logins
from plaudit.house_clock import HouseClock, follow
from plaudit.limits import ACT_ARGUMENT_LENGTH_MAX
from plaudit.settings import Settings, SetupError

T = TypeVar("T")

_PRIVATE = PRIVATE - {"name"}
"""Of a command, a name is what it is about, such as that of a key."""

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


def witnessed(database: Database) -> Database:
    """The same, whose first transaction that writes leaves the act of this command."""
    return database.witnessed(act_of_command())


def act_of_command() -> Act:
    """What whoever runs this command does."""
    context = click.get_current_context(silent=True)
    given = {
        name: value for name, value in (context.params if context else {}).items() if value not in (None, (), False)
    }
    arguments = {name: _plain(value) for name, value in given.items() if name != "data"}
    return Act(
        CLOCK,
        "act",
        Actor.COMMAND,
        _name(context) if context else Path(sys.argv[0]).name,
        command=Command(_user(), socket.gethostname(), kept(arguments, _PRIVATE)),
        about=about(
            [value for name, value in arguments.items() if isinstance(value, str | int) and name not in _PRIVATE]
        ),
    )


def _name(context: click.Context) -> str:
    """As it is called: `plaudit key create`, however Python was started."""
    words: list[str] = []
    here: click.Context | None = context
    while here is not None and here.parent is not None:
        words.insert(0, here.info_name or "")
        here = here.parent
    return " ".join(["plaudit", *(words or [context.info_name or ""])])


def _plain(value: Any) -> Any:
    """An argument as JSON can say it."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value)[:ACT_ARGUMENT_LENGTH_MAX]


def _user() -> str:
    """Who runs it, and by whom they became that."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container has users without a name
        user = str(os.getuid())
    before = os.environ.get("SUDO_USER")
    return f"{user} (sudo by {before})" if before else user


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
            return await work(witnessed(database))

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
