"""Deliverers: they take charged batches to the creators' side, and hand the frames on after the commit."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from plaudit.clock import Clock
from plaudit.db import Connection, statements
from plaudit.ledger.model import Frame
from plaudit.ledger.shards import Shards
from plaudit.ledger.writer import Connect
from plaudit.limits import DELIVERY_BATCHES_MAX, DELIVERY_PAUSE_MS, DELIVERY_POLL_MS, DELIVERY_RETRY_PAUSE_MS

SQL = statements(__file__)
log = logging.getLogger(__name__)


class Deliverer:
    """Delivers all streams of all shards, one task and one connection a creators' shard.

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
        self._connect = connect
        self._shards = shards
        self._clock = clock
        self._on_frames = on_frames
        self._watched_rooms = watched_rooms
        self._wakes = [asyncio.Event() for _ in shards.all()]
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run(shard)) for shard in self._shards.all()]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def wake(self) -> None:
        """Say that batches were charged. Without it they are found by polling."""
        for wake in self._wakes:
            wake.set()

    async def _run(self, shard: int) -> None:
        while True:
            try:
                await self._deliver_for_ever(shard)
            except Exception:
                log.exception("delivery to shard %d failed; trying again", shard)
                await asyncio.sleep(DELIVERY_RETRY_PAUSE_MS / 1000)

    async def _deliver_for_ever(self, shard: int) -> None:
        connection = await self._connect()
        wake = self._wakes[shard]
        try:
            while True:
                wake.clear()
                idle = True
                for source_shard in self._shards.all():
                    rows = await connection.fetch(
                        SQL["deliver"],
                        shard,
                        source_shard,
                        self._clock.now(),
                        DELIVERY_BATCHES_MAX,
                        self._watched_rooms(),
                    )
                    if rows:
                        idle = False
                        self._on_frames([Frame(row) for row in rows])
                if idle:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(DELIVERY_POLL_MS / 1000):
                            await wake.wait()
                else:
                    # Screens are served ten times a second: what is charged meanwhile shares one delivery.
                    await asyncio.sleep(DELIVERY_PAUSE_MS / 1000)
        finally:
            connection.terminate()


async def count_undelivered(connection: Connection, charged_before: datetime) -> int:
    """How many batches of gifts were charged before a moment and are still not delivered."""
    count: int = await connection.fetchval(SQL["count_undelivered"], charged_before)
    return count
