"""What open sockets came in by, so that each closes when that ends or expires, wherever it was ended."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.limits import WAY_IN_CHECK_S
from plaudit.live import overlays
from plaudit.live.outlet import NOT_VALID, Outlet
from plaudit.people.ways_in import WayIn, ways_over

log = logging.getLogger(__name__)

OVER = "signed_out"
"""The reason a socket is closed with: whoever watched may sign in and come back."""

OverAmong = Callable[[Connection, Collection[Any]], Awaitable[Iterable[Any]]]
"""Which of the ways in of one kind are over, by their ids."""


class SocketWatch:
    """Closes sockets as soon as what they came in by is ended, wherever that was, or its time is over."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._outlets: dict[WayIn, dict[Outlet, float | None]] = {}
        self._over_among: dict[str, OverAmong] = {"overlay": overlays.revoked_among}
        self._task: asyncio.Task[None] | None = None

    def ask(self, kind: str, over_among: OverAmong) -> None:
        """Have another room say which of its kind of ways in are over."""
        self._over_among[kind] = over_among

    @contextmanager
    def watching(self, ways: Collection[WayIn], outlet: Outlet, expires_at: float | None = None) -> Iterator[None]:
        """Watch a socket for as long as the block runs. Of a guest there is nothing that could end.

        Args:
            ways: what it came in by; it is closed when one of them ends.
            outlet: of the socket.
            expires_at: seconds since 1970; None: when it is revoked.
        """
        for way in ways:
            self._outlets.setdefault(way, {})[outlet] = expires_at
        try:
            yield
        finally:
            for way in ways:
                outlets = self._outlets.get(way, {})
                outlets.pop(outlet, None)
                if not outlets:
                    self._outlets.pop(way, None)

    def over(self, ways: Iterable[WayIn]) -> None:
        """Close every socket that came in by one of these. The database tells of them as they end; that they are asked
        for each WAY_IN_CHECK_S is for what it could not tell."""
        for way in ways:
            for outlet in self._outlets.pop(way, {}):
                outlet.close(NOT_VALID, OVER)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="ways in")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            for _ in range(WAY_IN_CHECK_S):
                await asyncio.sleep(1)
                self._close_expired()
            if not self._outlets:
                continue
            try:
                self.over(await self._ended())
            except Exception as error:
                log.warning("what sockets came in by could not be checked: %r", error)

    def _close_expired(self) -> None:
        now = self._clock.now().timestamp()
        for outlets in self._outlets.values():
            for outlet, expires_at in list(outlets.items()):
                if expires_at is not None and expires_at <= now:
                    del outlets[outlet]
                    outlet.close(NOT_VALID, OVER)

    async def _ended(self) -> list[WayIn]:
        ways = list(self._outlets)
        async with self._database.read() as connection:
            others = [way for way in ways if way.kind not in self._over_among]
            ended = [*await ways_over(connection, others, self._clock)] if others else []
            for kind, over_among in self._over_among.items():
                if ids := [way.id for way in ways if way.kind == kind]:
                    over = set(await over_among(connection, ids))
                    ended += [way for way in ways if way.kind == kind and way.id in over]
        return ended
