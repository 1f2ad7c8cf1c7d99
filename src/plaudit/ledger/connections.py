"""Connections of the books: a few for all shards of a process, one statement a turn."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import asyncpg

from plaudit.connections import Connection, is_read_only

Connect = Callable[[], Awaitable[Connection]]


class NotConnected(Exception):
    """There was no connection to ask over: nothing was sent."""


class Connections:
    """So many at once, made when they are needed. Whoever has waited longest is next: what is busy comes after all that
    wait. One that failed in any way is not used again."""

    def __init__(self, connect: Connect, at_once: int) -> None:
        self._connect = connect
        self._turns = asyncio.Semaphore(at_once)
        self._idle: list[Connection] = []

    async def fetch(self, sql: str, arguments: Callable[[], Sequence[object]]) -> list[asyncpg.Record]:
        """The rows of one statement, a transaction of its own. `arguments` is asked when the turn has come.

        Raises:
            NotConnected: no connection could be made.
        """
        async with self._turns:
            given = arguments()
            connection = self._take_idle() or await self._make()
            try:
                rows = await connection.fetch(sql, *given)
            except BaseException:
                connection.terminate()
                raise
            self._idle.append(connection)
            return rows

    def close(self) -> None:
        """Close those that nobody uses."""
        while self._idle:
            self._idle.pop().terminate()

    async def _make(self) -> Connection:
        try:
            return await self._connect()
        except Exception as error:
            raise NotConnected(str(error)) from error

    def _take_idle(self) -> Connection | None:
        """The one that was used last, so that at rest it is the same again and again. One whose server takes no writes
        any more is ended."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed() and not is_read_only(connection):
                return connection
            connection.terminate()
        return None
