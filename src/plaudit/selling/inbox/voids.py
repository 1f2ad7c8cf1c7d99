"""What stores took back, asked for now and then: pushes get lost, and of some voids there is none."""

import logging
from datetime import datetime, timedelta

from plaudit.clock import Clock
from plaudit.db import Database, statements
from plaudit.jobs import handle_each
from plaudit.limits import STORE_VOIDS_EVERY_S, STORE_VOIDS_LEASE_S, STORE_VOIDS_OVERLAP_S, STORE_VOIDS_WINDOW_S
from plaudit.problems import TooBusy, Unavailable
from plaudit.selling.inbox.applying import apply_news
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.base import PaymentProvider
from plaudit.selling.providers.errors import ProviderUnavailable
from plaudit.settings import Settings

SQL = statements(__file__)
log = logging.getLogger(__name__)


async def poll_voids(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> int:
    """Apply what stores took back since they were asked last, and some time before; how many pieces of news there were.

    Several workers may run this: whoever asks a store has claimed that.
    """
    count = 0

    async def poll(store: PaymentProvider) -> None:
        nonlocal count
        found = await _poll(database, store, settings, clock)
        count += found

    known = [store for name in providers.names if (store := providers.get(name)) is not None]
    await handle_each(
        [store for store in known if store.capabilities.voids_listed_days],
        poll,
        None,
        name=lambda store: f"asking {store.name} what it took back",
        at_once=1,
    )
    return count


async def _poll(database: Database, store: PaymentProvider, settings: Settings, clock: Clock) -> int:
    now = clock.now()
    async with database.transaction() as connection:
        lease = now + timedelta(seconds=STORE_VOIDS_LEASE_S)
        claimed = await connection.fetchrow(SQL["claim_void_poll"], store.name, now, lease)
    if claimed is None:
        return 0
    polled_until, count = claimed["polled_until"] or now - timedelta(days=store.capabilities.voids_listed_days), 0
    while polled_until < now:
        since = polled_until - timedelta(seconds=STORE_VOIDS_OVERLAP_S)
        until = min(since + timedelta(seconds=STORE_VOIDS_WINDOW_S), now)
        try:
            count += await _apply(database, store, since, until, settings, clock)
        except ProviderUnavailable:
            log.warning("%s does not say what it took back; it is asked again", store.name)
            return count
        polled_until = until
        async with database.transaction() as connection:
            due_at = clock.now() + timedelta(seconds=STORE_VOIDS_EVERY_S)
            await connection.execute(SQL["note_void_poll"], store.name, polled_until, due_at)
    return count


async def _apply(
    database: Database, store: PaymentProvider, since: datetime, until: datetime, settings: Settings, clock: Clock
) -> int:
    """Apply a stretch of time, each piece of news in a transaction of its own: applied before, it changes nothing."""
    count = 0
    async for news in store.list_news(since, until):
        count += 1
        try:
            async with database.transaction() as connection:
                applied = await apply_news(connection, store.name, news, settings, clock)
        except (TooBusy, Unavailable):
            raise
        except Exception:  # one that breaks us must not hide all that comes after; the daily comparison shows it
            log.exception("%s: what it took back could not be applied", store.name)
        else:
            log.info("%s: %s, %s", store.name, applied.outcome, applied.detail)
    return count
