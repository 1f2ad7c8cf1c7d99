"""What stores took back, asked for now and then: pushes get lost, and of some voids there is none."""

import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import msgspec

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.limits import (
    STORE_VOIDS_EVERY_S,
    STORE_VOIDS_LEASE_S,
    STORE_VOIDS_OVERLAP_S,
    STORE_VOIDS_PAUSE_S_FIRST,
    STORE_VOIDS_WINDOW_S,
    STORES_ASKED_MAX,
)
from plaudit.problems import TooBusy, Unavailable
from plaudit.queues import Backoff, Queue, settle
from plaudit.selling.inbox.applying import apply_news
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.base import PaymentProvider
from plaudit.selling.providers.news import News
from plaudit.settings import Settings
from plaudit.statements import statements

SQL = statements(__file__)
log = logging.getLogger(__name__)


class DueVoidPoll(msgspec.Struct, frozen=True, kw_only=True):
    """A store that is asked now; `tries` counts since it answered last."""

    provider: str
    polled_until: datetime | None
    tries: int
    leased_until: datetime


VOIDS = Queue(
    name="selling.voids",
    what="App stores are asked what they took back",
    item=DueVoidPoll,
    claim=SQL["claim_void_polls"],
    postpone=SQL["postpone_void_poll"],
    waiting=SQL["waiting_void_polls"],
    key=lambda due: (due.provider,),
    lease_s=STORE_VOIDS_LEASE_S,
    backoff=Backoff(STORE_VOIDS_PAUSE_S_FIRST, STORE_VOIDS_EVERY_S),
    at_once=1,
    claimed_max=1,
    per_run_max=STORES_ASKED_MAX,
)


async def poll_voids(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> int:
    """Apply what stores took back since they were asked last, and some time before; how many pieces of news there were.

    Several workers may run this: whoever asks a store has claimed that.
    """
    count = 0

    async def poll(due: DueVoidPoll) -> datetime:
        nonlocal count
        store = providers.get(due.provider)
        assert store is not None  # others are not claimed
        async for news in _taken_back(database, store, due, clock):
            count += 1
            await _apply(database, store, news, settings, clock)
        return clock.now() + timedelta(seconds=STORE_VOIDS_EVERY_S)

    known = [store for name in providers.names if (store := providers.get(name)) is not None]
    asked = [store.name for store in known if store.capabilities.voids_listed_days]  # no pushes of all they take
    if asked:
        async with database.transaction() as connection:
            await connection.execute(SQL["begin_void_polls"], asked, clock.now())
        await VOIDS.run(database, clock, poll, asked)
    return count


async def _taken_back(
    database: Database, store: PaymentProvider, due: DueVoidPoll, clock: Clock
) -> AsyncIterator[News]:
    """What a store took back, a stretch of time after the other; how far it has come is noted after each."""
    now = clock.now()
    polled_until = due.polled_until or now - timedelta(days=store.capabilities.voids_listed_days)
    while polled_until < now:
        since = polled_until - timedelta(seconds=STORE_VOIDS_OVERLAP_S)
        until = min(since + timedelta(seconds=STORE_VOIDS_WINDOW_S), now)
        async for news in store.list_news(since, until):
            yield news
        polled_until = until
        async with database.transaction() as connection:
            await settle(connection, SQL["note_void_poll"], due, due.provider, polled_until)


async def _apply(database: Database, store: PaymentProvider, news: News, settings: Settings, clock: Clock) -> None:
    """Apply a piece of news in a transaction of its own: applied before, it changes nothing."""
    try:
        async with database.transaction() as connection:
            applied = await apply_news(connection, store.name, news, settings, clock)
    except (TooBusy, Unavailable):
        raise
    except Exception:  # one that breaks us must not hide all that comes after; the daily comparison shows it
        log.exception("%s: what it took back could not be applied", store.name)
    else:
        log.info("%s: %s, %s", store.name, applied.outcome, applied.detail)
