"""What recharge does now and then: ask about payments of which nothing was heard, forget what nobody wants any more."""

import asyncio
import logging
from datetime import timedelta

from plaudit.clock import Clock
from plaudit.db import Database, fetch_one, statements
from plaudit.jobs import Job
from plaudit.limits import (
    ORDER_POLL_AFTER_S,
    ORDER_POLL_PAUSE_S_MAX,
    ORDERS_PER_JOB_MAX,
    PROVIDER_CALLS_AT_ONCE,
    QUOTE_KEEP_DAYS,
    QUOTES_PER_JOB_MAX,
    RECHARGE_FORGET_EVERY_S,
    RECHARGE_POLL_EVERY_S,
)
from plaudit.recharge import checkout
from plaudit.recharge.model import Order, OrderState, ProviderRefused, ProviderUnavailable
from plaudit.recharge.providers import PaymentProviders
from plaudit.recharge.settlement import expire
from plaudit.settings import Settings

SQL = statements(__file__)
log = logging.getLogger(__name__)


async def poll_orders(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> int:
    """Ask providers about open orders whose webhook may be lost, and expire those nobody can pay any more.

    Returns how many orders were looked at. Several workers may run this: an order is claimed before it is asked about.
    """
    async with database.transaction() as connection:
        rows = await connection.fetch(
            SQL["claim_open_orders"], clock.now(), ORDERS_PER_JOB_MAX, ORDER_POLL_AFTER_S, ORDER_POLL_PAUSE_S_MAX
        )
        claimed = [await fetch_one(connection, SQL["find_order"], Order, row["shard"], row["order_id"]) for row in rows]
    at_once = asyncio.Semaphore(PROVIDER_CALLS_AT_ONCE)

    async def look_at(order: Order) -> None:
        async with at_once:
            await _poll(database, providers, order, settings, clock)

    await asyncio.gather(*(look_at(order) for order in claimed if order))
    return len(claimed)


async def _poll(
    database: Database, providers: PaymentProviders, order: Order, settings: Settings, clock: Clock
) -> None:
    try:
        order = await checkout.refresh(database, providers, order, settings, clock)
    except ProviderUnavailable:
        log.warning("order %s: its provider %s does not answer", order.order_id, order.provider)
        return
    except ProviderRefused as error:
        log.error("order %s: %s", order.order_id, error)
    # Some time after the end, so that a payment of the last second is heard of before.
    over = clock.now() >= order.expires_at + timedelta(seconds=ORDER_POLL_PAUSE_S_MAX)
    if over and order.state in {OrderState.CREATED, OrderState.PENDING}:
        async with database.transaction() as connection:
            await expire(connection, order, clock.now())


async def forget_quotes(database: Database, clock: Clock) -> int:
    """Remove quotes that were never ordered and are long over; how many."""
    async with database.transaction() as connection:
        status = await connection.execute(
            SQL["forget_quotes"], clock.now() - timedelta(days=QUOTE_KEEP_DAYS), QUOTES_PER_JOB_MAX
        )
    return int(status.removeprefix("DELETE "))


def recharge_jobs(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> list[Job]:
    """The periodic work of recharge."""
    return [
        Job("recharge.poll", RECHARGE_POLL_EVERY_S, lambda: poll_orders(database, providers, settings, clock)),
        Job("recharge.forget", RECHARGE_FORGET_EVERY_S, lambda: forget_quotes(database, clock)),
    ]
