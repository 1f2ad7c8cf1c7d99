"""What orders need now and then: payments of which nothing was heard are asked about."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import (
    FINISH_EVERY_S,
    ORDER_POLL_AFTER_S,
    ORDER_POLL_LEASE_S,
    ORDER_POLL_PAUSE_S_MAX,
    ORDERS_PER_JOB_MAX,
    PROCESSING_POLL_PAUSE_S,
    PROVIDER_CALLS_AT_ONCE,
    RECHARGE_POLL_EVERY_S,
    WEBHOOK_JOB_EVERY_S,
)
from plaudit.providers import ProviderRefused
from plaudit.queues import Backoff, Queue
from plaudit.selling.orders.capturing import DECISIONS, carry_out
from plaudit.selling.orders.checkout import refresh
from plaudit.selling.orders.finishing import FINISHES, finish_due
from plaudit.selling.orders.model import Order
from plaudit.selling.orders.settlement import OPEN, expire, is_over
from plaudit.selling.providers import PaymentProviders
from plaudit.settings import Settings
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)


class DueOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An open order its provider is asked about; `tries` counts this time."""

    shard: int
    order_id: UUID
    tries: int
    leased_until: datetime


POLLS = Queue(
    name="selling.poll",
    what="Providers are asked about open orders",
    item=DueOrder,
    claim=SQL["claim_open_orders"],
    postpone=SQL["postpone_open_order"],
    waiting=SQL["waiting_open_orders"],
    key=lambda due: (due.shard, due.order_id),
    lease_s=ORDER_POLL_LEASE_S,
    backoff=Backoff(ORDER_POLL_AFTER_S, ORDER_POLL_PAUSE_S_MAX),
    at_once=PROVIDER_CALLS_AT_ONCE,
    claimed_max=PROVIDER_CALLS_AT_ONCE,
    per_run_max=ORDERS_PER_JOB_MAX,
)
QUEUES = (POLLS, DECISIONS, FINISHES)


async def poll_orders(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> int:
    """Ask providers about open orders whose webhook may be lost, and expire those nobody can pay any more.

    Returns how many orders were looked at. Several workers may run this: an order is claimed before it is asked about.
    """

    async def poll(due: DueOrder) -> datetime | None:
        async with database.read() as connection:
            order = await fetch_one(connection, SQL["find_order"], Order, due.shard, due.order_id)
        assert order is not None  # orders are never removed
        refusal = None
        try:
            order = await refresh(database, providers, order, settings, clock)
        except ProviderRefused as error:  # it does not know the payment: nobody will pay any more
            refusal = error
        now = clock.now()
        if is_over(order, now):
            async with database.transaction() as connection:
                await expire(connection, order, now)
        elif refusal is not None:
            raise refusal
        elif order.processing_since is not None:
            return now + timedelta(seconds=PROCESSING_POLL_PAUSE_S)
        elif order.state in OPEN:
            return now + POLLS.backoff.pause(due.tries)
        return None

    return await POLLS.run(database, clock, poll)


async def carry_out_due(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> int:
    """Take or let go authorised payments whose decision is not carried out yet; how many were tried."""
    return await carry_out(database, providers, settings, clock)


def order_jobs(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> list[Job]:
    return [
        Job(FINISHES.name, FINISH_EVERY_S, lambda: finish_due(database, providers, clock)),
        Job(DECISIONS.name, WEBHOOK_JOB_EVERY_S, lambda: carry_out_due(database, providers, settings, clock)),
        Job(POLLS.name, RECHARGE_POLL_EVERY_S, lambda: poll_orders(database, providers, settings, clock)),
    ]
