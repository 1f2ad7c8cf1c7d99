"""Connections of the books: a few for all shards of a process, one statement a turn."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import asyncpg

from plaudit.db import Connection

Connect = Callable[[], Awaitable[Connection]]


class Connections:
    """So many at once, made when they are needed. Whoever has waited longest is next: what is busy comes after all that
    wait. One that failed in any way is not used again."""

    def __init__(self, connect: Connect, at_once: int) -> None:
        self._connect = connect
        self._turns = asyncio.Semaphore(at_once)
        self._idle: list[Connection] = []

    async def fetch(self, sql: str, arguments: Callable[[], Sequence[object]]) -> list[asyncpg.Record]:
        """The rows of one statement, a transaction of its own. `arguments` is asked when the turn has come."""
        async with self._turns:
            given = arguments()
            connection = self._take_idle() or await self._connect()
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

    def _take_idle(self) -> Connection | None:
        """The one that was used last, so that at rest it is the same again and again."""
        while self._idle:
            if not (connection := self._idle.pop()).is_closed():
                return connection
        return None
