"""Telling stores that coins were given: a row written with the coins, then tried until the store has taken note.

Coins come first: a store that is told too early keeps money for nothing, one that is told too late gives it back.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.db import Connection, Database, fetch_all, statements
from plaudit.jobs import growing_pause, handle_each
from plaudit.limits import (
    FINISH_ALARM_AFTER_S,
    FINISH_DEADLINE_S,
    FINISH_ERROR_LENGTH_MAX,
    FINISH_LEASE_S,
    FINISH_PAUSE_S_FIRST,
    FINISH_PAUSE_S_MAX,
    FINISHES_PER_JOB_MAX,
    PROVIDER_CALLS_AT_ONCE,
)
from plaudit.selling.orders.model import Order
from plaudit.selling.prices.channels import channel_of
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.base import as_store
from plaudit.selling.providers.errors import ProviderRefused, ProviderUnavailable

SQL = statements(__file__)
log = logging.getLogger(__name__)


class DueFinish(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase its store is to be told of now; `tries` counts this one."""

    shard: int
    order_id: UUID
    provider: str
    payment_id: str
    enqueued_at: datetime
    tries: int


async def enqueue(connection: Connection, order: Order, payment_id: str, now: datetime) -> None:
    """Remember that a store is to be told of an order's coins; in the transaction that gives them, once.

    Orders that no store takes the payment for are passed over.
    """
    if channel_of(order.channel).is_store:
        await connection.execute(SQL["enqueue_finish"], order.shard, order.order_id, order.provider, payment_id, now)


async def finish_due(database: Database, providers: PaymentProviders, clock: Clock) -> int:
    """Tell stores of purchases that are due; how many were tried. Several workers may run this."""
    now = clock.now()
    lease = now + timedelta(seconds=FINISH_LEASE_S)
    async with database.transaction() as connection:
        claimed = await fetch_all(connection, SQL["claim_finishes"], DueFinish, now, lease, FINISHES_PER_JOB_MAX)
    await handle_each(
        claimed,
        lambda due: _finish(database, providers, due, clock),
        lambda due, error: _postpone(database, due, error, clock),
        name=lambda due: f"telling {due.provider} of the coins of order {due.order_id}",
        at_once=PROVIDER_CALLS_AT_ONCE,
    )
    return len(claimed)


async def _finish(database: Database, providers: PaymentProviders, due: DueFinish, clock: Clock) -> None:
    try:
        store = as_store(providers.get(due.provider))
        if store is None:
            raise ProviderUnavailable(due.provider)
        await store.finish(due.payment_id)
    except (ProviderUnavailable, ProviderRefused) as error:
        await _postpone(database, due, str(error.fields.get("reason", error)), clock)
        return
    async with database.transaction() as connection:
        await connection.execute(SQL["close_finish"], due.shard, due.order_id, "finished", "", clock.now())


async def _postpone(database: Database, due: DueFinish, error: str, clock: Clock) -> None:
    """Try again after a growing pause. Long before the store's patience ends somebody is told; at its end trying is."""
    now = clock.now()
    words = error[:FINISH_ERROR_LENGTH_MAX]
    is_over = now >= due.enqueued_at + timedelta(seconds=FINISH_DEADLINE_S)
    async with database.transaction() as connection:
        if is_over:
            await connection.execute(SQL["close_finish"], due.shard, due.order_id, "missed", words, now)
        else:
            due_at = now + growing_pause(FINISH_PAUSE_S_FIRST, due.tries, FINISH_PAUSE_S_MAX)
            await connection.execute(SQL["postpone_finish"], due.shard, due.order_id, due_at, words)
        if now >= due.enqueued_at + timedelta(seconds=FINISH_ALARM_AFTER_S):
            log.error("order %s: %s was not told that its coins are given: %s", due.order_id, due.provider, words)
            await connection.execute(SQL["write_not_finished"], due.shard, due.order_id, due.payment_id, words, now)
