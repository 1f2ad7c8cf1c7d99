"""The house: everything one process holds open, started in order and stopped in reverse."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, fields
from typing import Any, Protocol, TypeVar, get_type_hints

from plaudit.ages.sources import AgeSources, age_sources
from plaudit.boundary import refuse_more_than_the_application
from plaudit.clock import Clock, SystemClock
from plaudit.db import Database
from plaudit.feeds.webhooks.jobs import SEND_JOB
from plaudit.feeds.webhooks.sending import Dispatcher
from plaudit.gifts.attempts import Attempts
from plaudit.gifts.catalogue.memory import Catalogue
from plaudit.gifts.prices import Prices
from plaudit.gifts.sending import GiftSender
from plaudit.gifts.whereabouts import Whereabouts
from plaudit.house_clock import HouseClock, follow
from plaudit.http.metrics import Gauges
from plaudit.ids import new_id
from plaudit.instruments.actions import PRINTS
from plaudit.jobs import Job, JobRunner
from plaudit.ledger import lives
from plaudit.ledger.deliverer import Deliverer
from plaudit.ledger.jobs import ensure_gift_partitions
from plaudit.ledger.shards import Shards, read_shards
from plaudit.ledger.writer import GiftWriter
from plaudit.limits import DATABASE_HUB_CONNECTIONS, HOUSE_STOP_S, PART_STOP_S_MIN
from plaudit.live.chat import Chat
from plaudit.live.hub import Hub
from plaudit.live.profiles import Profiles
from plaudit.live.rooms import RoomCache
from plaudit.live.seats import Seats
from plaudit.official.strangers import Strangers
from plaudit.payouts.providers import PayoutProviders, payout_providers
from plaudit.payouts.screening import ScreeningSources, screening_sources
from plaudit.payouts.screenings import keep_rule
from plaudit.payouts.vault import FINGERPRINTS, AccountVault, fingerprint_old_accounts, seal_old_accounts
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.keysets import KeySets
from plaudit.people.openid import OpenId
from plaudit.personal_data.erasing import PURPOSE as ERASURES
from plaudit.policy.databases import network_databases
from plaudit.problems import Problem
from plaudit.readiness.watch import Readiness
from plaudit.rooms import rooms
from plaudit.rules.memory import Rules
from plaudit.selling.orders.signing import PURPOSE as QUOTES
from plaudit.selling.providers import PaymentProviders, payment_providers
from plaudit.selling.tax_providers import TaxProviders, tax_providers
from plaudit.settings import Settings
from plaudit.trail.keeping import Trail
from plaudit.vault.masters import texts_of_keys
from plaudit.vault.rotation import open_vault, seal_what_is_in_clear
from plaudit.videos.places import VideoPlaces
from plaudit.videos.reading import no_longer_shown
from plaudit.web.brand import brand_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class House:
    """The parts of one process. Each is handed to handlers that name it, and to raw ASGI callables in `parts`."""

    settings: Settings
    clock: Clock
    database: Database
    """For those who ask, so that however many they are, hub and jobs have connections of their own."""
    job_database: Database
    hub_database: Database
    shards: Shards
    doorkeeper: Doorkeeper
    openid: OpenId
    catalogue: Catalogue
    gift_writer: GiftWriter
    deliverer: Deliverer
    gift_sender: GiftSender
    prices: Prices
    rules: Rules
    whereabouts: Whereabouts
    rooms: RoomCache
    video_places: VideoPlaces
    hub: Hub
    chat: Chat
    payment_providers: PaymentProviders
    payout_providers: PayoutProviders
    screening_sources: ScreeningSources
    age_sources: AgeSources
    tax_providers: TaxProviders
    account_vault: AccountVault
    trail: Trail
    strangers: Strangers
    dispatcher: Dispatcher
    jobs: JobRunner
    readiness: Readiness
    gauges: Gauges
    stopping: asyncio.Event
    """Set when the process is asked to stop: streams without an end come to one."""

    @property
    def parts(self) -> dict[str, Any]:
        """All parts by name, and the whole."""
        return {"house": self} | {part.name: getattr(self, part.name) for part in fields(self)}


PARTS = ("house", *(part.name for part in fields(House)))
"""The names of all parts."""


@asynccontextmanager
async def open_house(
    settings: Settings, database_url: str | None = None, *, clock: Clock | None = None, with_jobs: bool = True
) -> AsyncIterator[House]:
    """Start everything a process needs on a database that is migrated, and stop it at the end: gifts that wait are
    charged, then deliverers end, then connections close.

    Args:
        settings: of this process.
        database_url: where the database is; without it, what the settings say.
        clock: another than the machine's, put right by the database's.
        with_jobs: whether periodic work is done here too.

    Raises:
        DatabaseUnreachable: there is no database, or it is not prepared.
        SettingsError: a provider is described in part only.
        TooPowerful: the database lets us in as somebody who may do more than serving takes.
        KeyNotHere: the vault is locked with a key that is not here.
        SetupError: the data folder cannot be used.
    """
    clock, closing = clock or HouseClock(SystemClock()), _Closing()
    network_databases(settings)  # a file that is none keeps us from starting, not from selling
    brand_of(settings)
    async with AsyncExitStack() as stack:
        database, jobs_own, hubs_own = await _open_databases(stack, settings, database_url)
        shards = await _prepare(database, clock)
        doorkeeper, openid = _open_door(stack, database, settings, clock)
        trail = await closing.run(stack, Trail(database, clock))
        catalogue = await closing.run(stack, Catalogue(hubs_own, clock))
        payments, payouts, taxers = payment_providers(settings), payout_providers(settings), tax_providers(settings)
        ages = age_sources(settings)
        for close in (payments.close, payouts.close, taxers.close, ages.close):
            stack.push_async_callback(close)
        vault = await _open_vault(database, settings)
        rules = await closing.run(stack, Rules(database, hubs_own, settings, clock))
        sources = await _open_screening(stack, database, settings, clock)
        rooms_known = await closing.run(stack, RoomCache(database, hubs_own))
        video_places = await closing.run(stack, VideoPlaces(database, doorkeeper, settings, clock))
        hub, chat = await _open_hub(closing, stack, database, hubs_own, settings, shards, clock, rules)
        _close_what_ends(doorkeeper, hub, rules)
        hub.watch.ask("video", lambda connection, shown: no_longer_shown(connection, shown, clock.now()))
        deliverer = await closing.run(stack, Deliverer(database.connect, shards, clock, hub.receive, hub.watched_rooms))
        gift_writer = await closing.run(stack, GiftWriter(database.connect, shards, clock, deliverer.wake))
        prices = Prices(database, settings, clock)
        whereabouts = Whereabouts(database, settings, clock)
        attempts = Attempts(clock, catalogue, rooms_known, video_places, prices, whereabouts, rules)
        sender = GiftSender(database, shards, attempts, gift_writer, hub.wallet_moved, prices, clock)
        jobs = JobRunner([], clock)
        readiness = Readiness(settings, jobs_own, clock, payments, payouts, lambda: jobs.states)
        stack.push_async_callback(readiness.close)
        gauges = Gauges(jobs_own, clock, gift_writer, hub, readiness, lambda: jobs.states)
        dispatcher = Dispatcher(jobs_own, clock, settings)
        stack.push_async_callback(dispatcher.close)
        dispatcher.on_done = lambda: jobs.wake(SEND_JOB)
        hub.on_work = jobs.wake
        house = House(
            settings=settings,
            clock=clock,
            database=database,
            job_database=jobs_own,
            hub_database=hubs_own,
            shards=shards,
            doorkeeper=doorkeeper,
            openid=openid,
            catalogue=catalogue,
            gift_writer=gift_writer,
            deliverer=deliverer,
            gift_sender=sender,
            prices=prices,
            rules=rules,
            whereabouts=whereabouts,
            rooms=rooms_known,
            video_places=video_places,
            hub=hub,
            chat=chat,
            payment_providers=payments,
            payout_providers=payouts,
            screening_sources=sources,
            age_sources=ages,
            tax_providers=taxers,
            account_vault=vault,
            trail=trail,
            strangers=Strangers(),
            dispatcher=dispatcher,
            jobs=jobs,
            readiness=readiness,
            gauges=gauges,
            stopping=asyncio.Event(),
        )
        jobs.add(jobs_of(house))
        if with_jobs:
            await closing.run(stack, jobs)
        yield house


def jobs_of(house: House) -> list[Job]:
    """The periodic work of all rooms. What makes a room's jobs is given the parts of the house it asks for, by their
    types, and of the databases that of jobs.

    Raises:
        KeyError: a room asks for something that is no part of the house.
    """
    parts = {kind: getattr(house, name) for name, kind in get_type_hints(House).items()}
    parts[Database] = house.job_database
    found: list[Job] = []
    for room in rooms():
        if room.jobs:
            make = room.bring(room.jobs)
            asked = {name: kind for name, kind in get_type_hints(make).items() if name != "return"}
            found += make(**{name: parts[kind] for name, kind in asked.items()})
    return found


async def _open_databases(stack: AsyncExitStack, settings: Settings, url: str | None) -> list[Database]:
    """For those who ask, for jobs, and for the hub."""
    return [
        await stack.enter_async_context(
            Database(
                url or settings.database_url.reveal(),
                connections=connections,
                statement_timeout_ms=settings.statement_timeout_ms,
            )
        )
        for connections in (settings.database_connections, settings.job_connections, DATABASE_HUB_CONNECTIONS)
    ]


def _open_door(
    stack: AsyncExitStack, database: Database, settings: Settings, clock: Clock
) -> tuple[Doorkeeper, OpenId]:
    keysets = KeySets(clock)
    doorkeeper = Doorkeeper(database, clock, keysets, settings)
    openid = OpenId(database, settings, clock, keysets)
    stack.push_async_callback(doorkeeper.close)
    stack.push_async_callback(openid.close)
    return doorkeeper, openid


async def _prepare(database: Database, clock: Clock) -> Shards:
    await refuse_more_than_the_application(database)
    await follow(database, clock)
    async with database.transaction() as connection:
        await lives.begin(connection, clock.now())
        await ensure_gift_partitions(connection, clock)
        return await read_shards(connection)


def _close_what_ends(doorkeeper: Doorkeeper, hub: Hub, rules: Rules) -> None:
    """Whatever the database or this process says has ended is believed no longer, and what is open of it closed; and
    so are facts of people that have changed."""

    def hear(told: str | None) -> None:
        doorkeeper.hear(told)
        rules.hear(told)

    doorkeeper.on_over(hub.watch.over)
    hub.on_way_in = hear


async def _open_screening(
    stack: AsyncExitStack, database: Database, settings: Settings, clock: Clock
) -> ScreeningSources:
    """The source that is asked about whom is paid, or none; the database holds payouts to it from now on."""
    sources = screening_sources(settings)
    stack.push_async_callback(sources.close)
    async with database.transaction() as connection:
        await keep_rule(connection, settings, sources, clock.now())
    return sources


async def _open_vault(database: Database, settings: Settings) -> AccountVault:
    """The vault, with everything sealed that earlier versions kept in clear."""
    columns = [column for room in rooms() if room.sealed for column in room.bring(room.sealed)]
    purposes = [QUOTES, FINGERPRINTS, PRINTS, ERASURES, *(column.purpose for column in columns)]
    vault = await open_vault(database, settings, purposes)
    accounts = AccountVault(texts_of_keys(settings))
    await seal_old_accounts(database, accounts)
    await fingerprint_old_accounts(database, accounts)
    for column in columns:
        await seal_what_is_in_clear(database, vault, column)
    return accounts


async def _open_hub(
    closing: "_Closing",
    stack: AsyncExitStack,
    database: Database,
    own: Database,
    settings: Settings,
    shards: Shards,
    clock: Clock,
    rules: Rules,
) -> tuple[Hub, Chat]:
    chat = Chat(own, clock)
    hub = Hub(database, own, shards, clock, Profiles(own), new_id(clock), Seats(settings), rules, chat.saw)
    await closing.run(stack, hub)
    chat.deliver_to(hub.receive)
    return hub, await closing.run(stack, chat)


class _Part(Protocol):
    async def start(self) -> None: ...

    async def stop(self) -> None: ...


P = TypeVar("P", bound=_Part)


class _Closing:
    """Stops the parts of a house, one after the other: together they have HOUSE_STOP_S."""

    def __init__(self) -> None:
        self._ends_at: float | None = None

    async def run(self, stack: AsyncExitStack, part: P) -> P:
        """Start a part now, and stop it when the house closes."""
        stack.push_async_callback(self._stop, part)
        await part.start()
        return part

    async def _stop(self, part: _Part) -> None:
        now = asyncio.get_running_loop().time()
        self._ends_at = self._ends_at or now + HOUSE_STOP_S
        try:
            async with asyncio.timeout_at(max(self._ends_at, now + PART_STOP_S_MIN)):
                await part.stop()
        except TimeoutError:
            log.error("%s does not end, and is left behind", type(part).__name__)
        except Problem as problem:  # the database is gone, to which it had something to say
            log.error("%s did not end in order: %s", type(part).__name__, problem.title)
