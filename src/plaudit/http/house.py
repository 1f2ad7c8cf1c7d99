"""The house: everything one process holds open, started in order and stopped in reverse."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, fields
from typing import Any

from plaudit.clock import Clock, SystemClock
from plaudit.db import Database
from plaudit.gifts.catalogue import Catalogue
from plaudit.gifts.prices import Prices
from plaudit.gifts.sending import GiftSender
from plaudit.ids import new_id
from plaudit.ledger.deliverer import Deliverer
from plaudit.ledger.shards import Shards, read_shards
from plaudit.ledger.writer import GiftWriter
from plaudit.live.chat import Chat
from plaudit.live.hub import Hub
from plaudit.live.profiles import Profiles
from plaudit.live.rooms import RoomCache
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.keysets import KeySets
from plaudit.recharge.providers import PaymentProviders, payment_providers
from plaudit.settings import Settings


@dataclass(frozen=True, kw_only=True)
class House:
    """The parts of one process. Each is handed to handlers that name it, and to raw ASGI callables in `parts`."""

    settings: Settings
    clock: Clock
    database: Database
    shards: Shards
    doorkeeper: Doorkeeper
    catalogue: Catalogue
    gift_writer: GiftWriter
    deliverer: Deliverer
    gift_sender: GiftSender
    prices: Prices
    rooms: RoomCache
    hub: Hub
    chat: Chat
    payment_providers: PaymentProviders
    stopping: asyncio.Event
    """Set when the process is asked to stop: streams without an end come to one."""

    @property
    def parts(self) -> dict[str, Any]:
        """All parts by name."""
        return {part.name: getattr(self, part.name) for part in fields(self)}


@asynccontextmanager
async def open_house(
    settings: Settings, database_url: str | None = None, *, clock: Clock | None = None
) -> AsyncIterator[House]:
    """Start everything a process needs on a database that is migrated, and stop it at the end: gifts that wait are
    charged, then deliverers end, then connections close.

    Args:
        settings: of this process.
        database_url: where the database is; without it, what the settings say.
        clock: another than the machine's.

    Raises:
        DatabaseUnreachable: there is no database, or it is not prepared.
    """
    clock = clock or SystemClock()
    url = database_url or settings.database_url.reveal()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            Database(
                url,
                connections=settings.database_connections,
                statement_timeout_ms=settings.statement_timeout_ms,
            )
        )
        async with database.read() as connection:
            shards = await read_shards(connection)
        doorkeeper = Doorkeeper(database, clock, KeySets(clock))
        stack.push_async_callback(doorkeeper.close)
        catalogue = Catalogue(database, clock)
        await _run(stack, catalogue)
        providers = payment_providers(settings)
        stack.push_async_callback(providers.close)
        rooms = RoomCache(database)
        await _run(stack, rooms)
        chat = Chat(database, clock)
        hub = Hub(database, shards, clock, Profiles(database), new_id(clock), chat.saw)
        await _run(stack, hub)
        chat.deliver_to(hub.receive)
        await _run(stack, chat)
        deliverer = Deliverer(database.connect, shards, clock, hub.receive, hub.watched_rooms)
        await _run(stack, deliverer)
        gift_writer = GiftWriter(database.connect, shards, clock, deliverer.wake)
        await _run(stack, gift_writer)
        prices = Prices(database, settings, clock)
        gift_sender = GiftSender(
            database, shards, clock, catalogue, rooms, gift_writer, hub.wallet_moved, prices.of_shortage
        )
        yield House(
            settings=settings,
            clock=clock,
            database=database,
            shards=shards,
            doorkeeper=doorkeeper,
            catalogue=catalogue,
            gift_writer=gift_writer,
            deliverer=deliverer,
            gift_sender=gift_sender,
            prices=prices,
            rooms=rooms,
            hub=hub,
            chat=chat,
            payment_providers=providers,
            stopping=asyncio.Event(),
        )


async def _run(stack: AsyncExitStack, part: Any) -> None:
    """Start a part now, and stop it when the house closes."""
    stack.push_async_callback(part.stop)
    await part.start()
