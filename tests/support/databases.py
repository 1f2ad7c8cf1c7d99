"""Databases of tests: one server and one migrated template for each test process, a copy of it for each test."""

import asyncio
import os
import re
import uuid
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from plaudit.db import OwnConnection, connect
from plaudit.ledger import audit
from plaudit.ledger.migrate import apply_to, ensure_application_role

T = TypeVar("T")

START = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
"""The moment at which the clocks of tests begin."""


def run_aside(work: Coroutine[Any, Any, T]) -> T:
    """The outcome of a coroutine, run in a thread with an event loop of its own."""
    with ThreadPoolExecutor(max_workers=1) as executor:
        return executor.submit(asyncio.run, work).result()


def with_database(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}", netloc=urlsplit(url).netloc or ""))


class Template:
    """A migrated database, and how to copy it."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._prefix = f"plaudit_test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
        self._name = f"{self._prefix}_template"
        self._copies = 0
        run_aside(self._create())

    def copy(self) -> str:
        """The URL of a new copy."""
        self._copies += 1
        name = f"{self._prefix}_{self._copies}"
        run_aside(self._administer(f'create database "{name}" template "{self._name}"'))
        return with_database(self._server_url, name)

    def drop(self, url: str) -> None:
        """Drop a copy, ending the sessions it may still have."""
        name = urlsplit(url).path.removeprefix("/")
        run_aside(self._administer(f'drop database if exists "{name}" with (force)'))

    def close(self) -> None:
        run_aside(self._administer(f'drop database if exists "{self._name}" with (force)'))

    async def _create(self) -> None:
        await self._administer(f'create database "{self._name}"')
        await apply_to(with_database(self._server_url, self._name))

    async def _administer(self, statement: str) -> None:
        connection = await connect(self._server_url, role=None)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@dataclass(frozen=True)
class EmptyDatabase:
    """A database that was never migrated, and the superuser's connection to it."""

    url: str
    connection: OwnConnection

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
            yield re.sub(r"(?<=[?&]user=)[^&]*", name, self.url)
        finally:
            await self.connection.execute(f'alter database "{database}" owner to current_user')
            await self.connection.execute(
                f"reassign owned by {name} to current_user; drop owned by {name}; drop role {name}"
            )


@asynccontextmanager
async def empty_database(server_url: str) -> AsyncIterator[EmptyDatabase]:
    """A new database for as long as the block runs."""
    name = f"plaudit_empty_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    administrator = await connect(server_url, role=None)
    await administrator.execute(f'create database "{name}"')
    url = with_database(server_url, name)
    connection = await connect(url, role=None)
    try:
        yield EmptyDatabase(url, connection)
    finally:
        await connection.close()
        await administrator.execute(f'drop database "{name}" with (force)')
        await administrator.close()


async def broken_laws(url: str) -> list[str]:
    """What the audit says against the books of a database; empty when they hold."""
    connection = await connect(url, role=None)
    try:
        report = await audit.run(connection)
    finally:
        await connection.close()
    return [f"{law.name}: {law.statement} {law.rows}" for law in report.laws if law.broken]
