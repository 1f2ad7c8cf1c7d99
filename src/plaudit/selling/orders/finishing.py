"""Telling stores that coins were given: a row written with the coins, then tried until the store has taken note.

Coins come first: a store that is told too early keeps money for nothing, one that is told too late gives it back.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.limits import (
    FINISH_ALARM_AFTER_S,
    FINISH_DEADLINE_S,
    FINISH_LEASE_S,
    FINISH_PAUSE_S_FIRST,
    FINISH_PAUSE_S_MAX,
    FINISHES_PER_JOB_MAX,
    PROVIDER_CALLS_AT_ONCE,
)
from plaudit.providers import ProviderUnavailable
from plaudit.queues import Backoff, Failure, Queue, settle
from plaudit.selling.orders.model import Order
from plaudit.selling.prices.channels import channel_of
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.base import as_store
from plaudit.statements import statements

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
    leased_until: datetime


async def enqueue(connection: Connection, order: Order, payment_id: str, now: datetime) -> None:
    """Remember that a store is to be told of an order's coins; in the transaction that gives them, once.

    Orders that no store takes the payment for are passed over.
    """
    if channel_of(order.channel).is_store:
        await connection.execute(SQL["enqueue_finish"], order.shard, order.order_id, order.provider, payment_id, now)


FINISHES = Queue(
    name="selling.finish",
    what="App stores are told that coins were given",
    item=DueFinish,
    claim=SQL["claim_finishes"],
    postpone=SQL["postpone_finish"],
    waiting=SQL["waiting_finishes"],
    key=lambda due: (due.shard, due.order_id),
    lease_s=FINISH_LEASE_S,
    backoff=Backoff(FINISH_PAUSE_S_FIRST, FINISH_PAUSE_S_MAX),
    at_once=PROVIDER_CALLS_AT_ONCE,
    claimed_max=PROVIDER_CALLS_AT_ONCE,
    per_run_max=FINISHES_PER_JOB_MAX,
)


async def finish_due(database: Database, providers: PaymentProviders, clock: Clock) -> int:
    """Tell stores of purchases that are due; how many were tried. Several workers may run this."""

    async def finish(due: DueFinish) -> None:
        store = as_store(providers.get(due.provider))
        if store is None:
            raise ProviderUnavailable(due.provider)
        await store.finish(due.payment_id)
        async with database.transaction() as connection:
            await settle(connection, SQL["close_finish"], due, due.shard, due.order_id, clock.now())

    async def failed(connection: Connection, due: DueFinish, failure: Failure) -> None:
        """Long before the store's patience ends somebody is told; at its end trying is."""
        now = clock.now()
        if now >= due.enqueued_at + timedelta(seconds=FINISH_DEADLINE_S):
            await connection.execute(SQL["miss_finish"], due.shard, due.order_id, now)
        if now >= due.enqueued_at + timedelta(seconds=FINISH_ALARM_AFTER_S):
            log.error("order %s: %s was not told that its coins are given: %s", due.order_id, due.provider, failure)
            alarm = (due.shard, due.order_id, due.payment_id, failure.words, now)
            await connection.execute(SQL["write_not_finished"], *alarm)

    return await FINISHES.run(database, clock, finish, failed=failed)
