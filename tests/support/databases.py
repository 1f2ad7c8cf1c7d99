"""Databases of tests: each a copy of the migrated template of the server that all workers share."""

import asyncio
import os
import re
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterable, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from plaudit.connections import APPLICATION_ROLE, Connection, OwnConnection, connect
from plaudit.schema import audit
from plaudit.schema.migrate import ensure_application_role
from tests.support.recycling import Recycled, Template, keep_connected, rows_of_broken

T = TypeVar("T")

START = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
"""The moment at which the clocks of tests begin."""

LAWS_OF_CAUSES = frozenset({"orders_equal_movements", "grants_are_promotional_lots"})
"""Those that ask what each lot came by."""

TEMPLATE = "plaudit_template"
"""The migrated database of every server of tests."""

_LAWS_AT_ONCE = 8
_OWNER = "plaudit"
_USER = re.compile(r"(?<=[?&]user=)[^&]*")


def owner_of(url: str) -> str:
    """The URL of a database of tests as the owner of its tables, for what the application may not do."""
    return _USER.sub(_OWNER, url)


def application_of(url: str) -> str:
    """The URL of a database of tests as the application."""
    return _USER.sub(APPLICATION_ROLE, url)


def run_aside(work: Coroutine[Any, Any, T]) -> T:
    """The outcome of a coroutine, run in a thread with an event loop of its own."""
    with ThreadPoolExecutor(max_workers=1) as executor:
        return executor.submit(asyncio.run, work).result()


def with_database(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}", netloc=urlsplit(url).netloc or ""))


class Copies:
    """Copies of a server's migrated template, named apart from those of other workers: what one test has given back
    another takes. They are made and dropped over one connection, in a thread and an event loop of its own."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._prefix = f"plaudit_test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
        self._made = 0
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._loop = asyncio.Runner()
        self._connection: OwnConnection | None = None
        self._template: Template | None = None
        self._free: dict[bool, list[Recycled]] = {False: [], True: []}
        self._taken: dict[str, tuple[Recycled, bool]] = {}

    def take(self, *, unsold: bool = False) -> str:
        """The URL of a copy, as the application. `unsold`: for tests of the books alone, without a shop; there lots
        come out of nothing."""
        copy = self._free[unsold].pop() if self._free[unsold] else self._aside(self._make(unsold))
        self._taken[copy.url] = copy, unsold
        return copy.url

    def broken_laws(self, url: str, but: Set[str] = frozenset()) -> list[str]:
        """What the audit says against the books of a copy, but for laws of these names; empty when they hold."""
        return self._aside(self._taken[url][0].broken_laws(but))

    def give_back(self, url: str) -> None:
        """Nobody uses a copy any more; sessions it may still have are ended."""
        copy, unsold = self._taken.pop(url)
        if self._aside(copy.clear()):
            self._free[unsold].append(copy)
        else:
            self._aside(self._drop(copy))

    def close(self) -> None:
        """Nothing more is taken or given back."""
        for copy in [*self._free[False], *self._free[True], *(copy for copy, _ in self._taken.values())]:
            self._aside(self._drop(copy))
        self._aside(self._disconnect())
        self._thread.submit(self._loop.close).result()
        self._thread.shutdown()

    def _aside(self, work: Coroutine[Any, Any, T]) -> T:
        return self._thread.submit(self._loop.run, work).result()

    async def _make(self, unsold: bool) -> Recycled:
        self._made += 1
        name = f"{self._prefix}_{self._made}"
        # Files are copied rather than logged: quicker by half where nothing is synchronised to disk.
        await self._administer(f'create database "{name}" template "{TEMPLATE}" strategy file_copy')
        url = application_of(with_database(self._server_url, name))
        connection = await keep_connected(owner_of(url))
        self._template = self._template or await Template.read(connection)
        if unsold:
            await connection.execute("alter table lot disable trigger lot_has_a_cause")
        copy = Recycled(url, owner_of(url), self._template, connection)
        await copy.begin()
        return copy

    async def _drop(self, copy: Recycled) -> None:
        name = urlsplit(copy.url).path.removeprefix("/")
        copy.end()
        await self._administer(f'drop database if exists "{name}" with (force)')

    async def _administer(self, statement: str) -> None:
        if self._connection is None:
            self._connection = await connect(self._server_url)
        await self._connection.execute(statement)

    async def _disconnect(self) -> None:
        if self._connection is not None:
            await self._connection.close()


@dataclass(frozen=True)
class EmptyDatabase:
    """A database that was never migrated, its owner's URL, and the superuser's connection to it."""

    url: str
    connection: OwnConnection

    @property
    def application_url(self) -> str:
        """The same, as the application: there is such a login once it was migrated."""
        return application_of(self.url)

    @asynccontextmanager
    async def owned_by_plain_user(self, *, member: bool = True) -> AsyncIterator[str]:
        """Give the database to a user who is no superuser; the URL to log in as that user.

        `member`: whether somebody has let this user take on the application's role.
        """
        name, database = f"plaudit_plain_{uuid.uuid4().hex[:8]}", urlsplit(self.url).path.removeprefix("/")
        await self.connection.execute(f"create role {name} login")
        await ensure_application_role(self.connection)
        await self.connection.execute(f'alter database "{database}" owner to {name}')
        if member:
            await self.connection.execute(f"grant plaudit_app to {name}")
        try:
            yield _USER.sub(name, self.url)
        finally:
            await self.connection.execute(f'alter database "{database}" owner to current_user')
            await self.connection.execute(
                f"reassign owned by {name} to current_user; drop owned by {name}; drop role {name}"
            )


@asynccontextmanager
async def empty_database(server_url: str) -> AsyncIterator[EmptyDatabase]:
    """A new database for as long as the block runs."""
    name = f"plaudit_empty_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    administrator = await connect(server_url)
    await administrator.execute(f'create database "{name}"')
    url = with_database(server_url, name)
    connection = await connect(url)
    try:
        yield EmptyDatabase(url, connection)
    finally:
        await connection.close()
        await administrator.execute(f'drop database "{name}" with (force)')
        await administrator.close()


async def names_of_broken(connection: Connection, laws: Iterable[audit.Law]) -> list[str]:
    """Which of these laws are broken. Some in one statement: less is said than one by one, and more is planned at once
    than is needed when it is all of them."""
    counted = "select '{}' as name where (select count(*) from (\n{}\n) as rows) > 0"
    asked = [counted.format(law.name, law.sql) for law in laws]
    found: list[str] = []
    for first in range(0, len(asked), _LAWS_AT_ONCE):
        rows = await connection.fetch("\nunion all ".join(asked[first : first + _LAWS_AT_ONCE]))
        found += [row["name"] for row in rows]
    return found


async def broken_laws(url: str, but: Set[str] = frozenset()) -> list[str]:
    """What the audit says against the books of a database, but for laws of these names; empty when they hold. Only what
    is broken is worth the rows."""
    connection = await connect(owner_of(url), statement_timeout_ms=0)
    try:
        names = await names_of_broken(connection, [law for law in audit.laws() if law.name not in but])
        return await rows_of_broken(connection, names)
    finally:
        await connection.close()
