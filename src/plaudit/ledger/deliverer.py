"""Deliverers: they take charged batches to the creators' side, and hand the frames on after the commit."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ledger.connections import Connect, Connections
from plaudit.ledger.model import Frame
from plaudit.ledger.shards import Shards
from plaudit.limits import (
    DELIVERY_BATCHES_MAX,
    DELIVERY_PAUSE_MS,
    DELIVERY_POLL_MS,
    DELIVERY_RETRY_PAUSE_MS,
    LEDGER_CONNECTIONS_MAX,
)
from plaudit.statements import statements

SQL = statements(__file__)
log = logging.getLogger(__name__)


class Deliverer:
    """Delivers all streams of all shards. One look finds the streams with batches; their shards are delivered beside
    each other, the streams of one shard one after the other.

    Any number may run beside each other, in any number of processes: a stream belongs to whoever holds its row lock.
    A crash at any point loses nothing, since batch, balances and frames change in one transaction.
    """

    def __init__(
        self,
        connect: Connect,
        shards: Shards,
        clock: Clock,
        on_frames: Callable[[list[Frame]], None],
        watched_rooms: Callable[[], Sequence[int]] = tuple,
    ) -> None:
        self._connections = Connections(connect, LEDGER_CONNECTIONS_MAX)
        self._clock = clock
        self._on_frames = on_frames
        self._watched_rooms = watched_rooms
        self._wake = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._delivering: dict[int, asyncio.Task[None]] = {}  # by shard

    async def start(self) -> None:
        self._looking = asyncio.create_task(self._look_for_ever())

    async def stop(self) -> None:
        tasks = [*self._delivering.values(), *([self._looking] if self._looking else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._connections.close()

    def wake(self) -> None:
        """Say that batches were charged. Without it they are found by polling."""
        self._wake.set()

    async def _look_for_ever(self) -> None:
        while True:
            self._wake.clear()
            try:
                found = await self._connections.fetch(SQL["streams_waiting"], tuple)
            except Exception:
                log.exception("what is to be delivered cannot be seen; looking again")
                await asyncio.sleep(DELIVERY_RETRY_PAUSE_MS / 1000)
                continue
            for shard, source_shards in found:
                if shard not in self._delivering:
                    self._delivering[shard] = asyncio.create_task(self._deliver_shard(shard, source_shards))
            if found:  # screens are served ten times a second: what is charged meanwhile shares one delivery
                await asyncio.sleep(DELIVERY_PAUSE_MS / 1000)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DELIVERY_POLL_MS / 1000):
                    await self._wake.wait()

    async def _deliver_shard(self, shard: int, source_shards: Sequence[int]) -> None:
        try:
            outcomes = [await self._deliver_stream(shard, source_shard) for source_shard in source_shards]
            if None in outcomes:
                await asyncio.sleep(DELIVERY_RETRY_PAUSE_MS / 1000)
        finally:
            del self._delivering[shard]
        if any(outcomes):  # and more may have come; of a stream that another has, the other looks
            self.wake()

    async def _deliver_stream(self, shard: int, source_shard: int) -> bool | None:
        """Whether something was delivered; None: it failed, which keeps no other stream back."""
        try:
            rows = await self._connections.fetch(
                SQL["deliver"],
                lambda: (shard, source_shard, self._clock.now(), DELIVERY_BATCHES_MAX, self._watched_rooms()),
            )
            if rows:
                self._on_frames([Frame(row) for row in rows])
        except Exception:
            log.exception("delivery of stream %d -> %d failed; trying again", source_shard, shard)
            return None
        return bool(rows)


async def count_undelivered(connection: Connection, charged_before: datetime) -> int:
    """How many batches of gifts were charged before a moment and are still not delivered."""
    count: int = await connection.fetchval(SQL["count_undelivered"], charged_before)
    return count
