"""Between processes: which rooms and wallets moved, which work waits, which ways in have ended. It makes all of it
faster; what is lost is found by polling."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from plaudit.connections import Connection, is_read_only
from plaudit.ledger.connections import Connect
from plaudit.limits import CARRIER_RETRY_PAUSE_MS, DATABASE_LISTENER_CHECK_S, NOTIFY_IDS_MAX
from plaudit.people.ways_in import CHANNEL as WAYS_IN
from plaudit.statements import statements

SQL = statements(__file__)

ROOMS = "plaudit_rooms"
WALLETS = "plaudit_wallets"
WORK = "plaudit_work"

log = logging.getLogger(__name__)

OnMoved = Callable[[list[int] | None], None]


class Carrier:
    """One connection that tells other processes what moved here, and hears what moved there.

    A notification is `<process>:<id>,<id>,…`. Anybody may send one, with an empty process. Of work it is the name of
    the job that has some.
    """

    def __init__(
        self,
        connect: Connect,
        process_id: UUID,
        on_rooms: OnMoved,
        on_wallets: OnMoved,
        on_work: Callable[[str], None],
        on_way_in: Callable[[str | None], None] = lambda _: None,
    ) -> None:
        self._connect = connect
        self._process = str(process_id)
        self._handlers = {ROOMS: on_rooms, WALLETS: on_wallets}
        self._on_work = on_work
        self._on_way_in = on_way_in
        self._connection: Connection | None = None
        self._speaking = asyncio.Lock()  # a connection says one thing at a time
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._keep_connected(), name="carrier")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def announce(self, channel: str, ids: Sequence[int]) -> None:
        """Tell the others. Without a connection nothing is said, and they find out by polling."""
        try:
            for start in range(0, len(ids), NOTIFY_IDS_MAX):
                named = ",".join(map(str, ids[start : start + NOTIFY_IDS_MAX]))
                async with self._speaking:
                    if self._connection is not None:
                        await self._connection.execute(SQL["notify"], channel, f"{self._process}:{named}")
        except Exception as error:
            log.warning("a notification was not sent: %r", error)

    async def _keep_connected(self) -> None:
        while True:
            lost = asyncio.Event()
            try:
                connection = await self._connect()
                try:
                    connection.add_termination_listener(lambda _, lost=lost: lost.set())
                    for channel in self._handlers:
                        await connection.add_listener(channel, self._hear)
                    await connection.add_listener(WORK, self._hear_of_work)
                    await connection.add_listener(WAYS_IN, self._hear_of_way_in)
                    self._connection = connection
                    for handler in self._handlers.values():
                        handler(None)  # what moved while nobody listened
                    self._on_way_in(None)
                    await self._listen_until(lost, connection)
                finally:
                    self._connection = None
                    connection.terminate()
            except Exception as error:
                log.warning("no connection to listen on: %r", error)
            await asyncio.sleep(CARRIER_RETRY_PAUSE_MS / 1000)

    async def _listen_until(self, lost: asyncio.Event, connection: Connection) -> None:
        """Until the connection is lost, which one that only listens would not notice of itself."""
        while not lost.is_set() and not is_read_only(connection):
            with suppress(TimeoutError):
                async with asyncio.timeout(DATABASE_LISTENER_CHECK_S):
                    await lost.wait()
            if not lost.is_set():
                async with self._speaking:
                    await connection.execute(SQL["still_there"])

    def _hear(self, _connection: Any, _pid: int, channel: str, payload: object) -> None:
        process, _, named = str(payload).partition(":")
        if process != self._process:
            self._handlers[channel]([int(number) for number in named.split(",") if number.isdecimal()])

    def _hear_of_way_in(self, _connection: Any, _pid: int, _channel: str, told: object) -> None:
        self._on_way_in(str(told))

    def _hear_of_work(self, _connection: Any, _pid: int, _channel: str, job: object) -> None:
        self._on_work(str(job))
