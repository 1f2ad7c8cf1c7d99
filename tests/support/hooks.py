"""A log of events and those who follow it, without the rest of the house."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from plaudit.clock import ManualClock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.events.log import record
from plaudit.events.model import PersonReference, RoomStarted
from plaudit.feeds.webhooks import actions
from plaudit.feeds.webhooks.model import Endpoint, NewEndpoint
from plaudit.feeds.webhooks.sending import Dispatcher
from plaudit.ids import new_id
from plaudit.pages import BEGINNING
from plaudit.settings import Secret, Settings
from tests.peers.host import Host

SETTINGS = Settings(webhook_networks="127.0.0.0/8", vault_keys=Secret("v" * 32))
CLEO = PersonReference("3", "https://id.example", "cleo")


def started(room: int, title: str = "Tea") -> RoomStarted:
    return RoomStarted(room_id=str(room), creator=CLEO, title=title)


@dataclass
class Hooks:
    """A database, its clock, and a process that sends."""

    database: Database
    clock: ManualClock
    dispatcher: Dispatcher

    async def happen(self, rooms: Sequence[int]) -> None:
        """An event of each of these rooms, in this order."""
        async with self.database.transaction() as connection:
            await record(connection, self.clock.now(), *(started(room) for room in rooms))

    async def add(self, host: Host, *kinds: str, url: str | None = None) -> Endpoint:
        """An endpoint at this host, which knows its secret."""
        new = NewEndpoint(new_id(self.clock), url or host.url, "of a test", list(kinds))
        async with self.database.transaction() as connection:
            made, secret = await actions.create(connection, self.clock, SETTINGS, new, None)
        assert secret is not None
        host.secrets.append(secret)
        return made

    async def run(self, rounds: int = 1) -> int:
        """So many rounds, each to its end; how many requests were made."""
        sent = 0
        for _ in range(rounds):
            sent += await self.dispatcher.run_once()
            await self.dispatcher.idle()
        return sent

    async def drain(self) -> None:
        """Rounds until nothing is due."""
        while await self.run():
            pass

    async def find(self, endpoint: Endpoint) -> Endpoint:
        async with self.database.read() as connection:
            return await actions.require(connection, endpoint.id)

    async def find_only(self) -> Endpoint:
        async with self.database.read() as connection:
            (found,) = await actions.list_endpoints(connection, BEGINNING, 2)
        return found


@asynccontextmanager
async def open_hooks(database: Database) -> AsyncIterator[Hooks]:
    """By the machine's time, as signatures are checked against it."""
    clock = ManualClock(datetime.now(UTC))
    dispatcher = Dispatcher(database, clock, SETTINGS, Random(1))
    try:
        yield Hooks(database, clock, dispatcher)
    finally:
        await dispatcher.close()


async def record_one(connection: Connection, clock: ManualClock, room: int) -> None:
    """An event in a transaction of the caller's."""
    await record(connection, clock.now(), started(room))
