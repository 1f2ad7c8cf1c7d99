"""What orders need now and then: payments of which nothing was heard are asked about, what is over is forgotten."""

import logging
from datetime import timedelta

from plaudit.clock import Clock
from plaudit.db import Database, fetch_one, statements
from plaudit.jobs import Job, handle_each
from plaudit.limits import (
    CAPTURES_PER_RUN_MAX,
    FINISH_EVERY_S,
    ORDER_POLL_AFTER_S,
    ORDER_POLL_PAUSE_S_MAX,
    ORDERS_PER_JOB_MAX,
    PROCESSING_POLL_PAUSE_S,
    PROVIDER_CALLS_AT_ONCE,
    QUOTE_KEEP_DAYS,
    QUOTES_PER_JOB_MAX,
    RECHARGE_FORGET_EVERY_S,
    RECHARGE_POLL_EVERY_S,
    WEBHOOK_JOB_EVERY_S,
)
from plaudit.selling.orders import regions
from plaudit.selling.orders.capturing import carry_out
from plaudit.selling.orders.checkout import refresh
from plaudit.selling.orders.finishing import finish_due
from plaudit.selling.orders.model import Order
from plaudit.selling.orders.settlement import expire, is_over
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.errors import ProviderRefused, ProviderUnavailable
from plaudit.settings import Settings

SQL = statements(__file__)


log = logging.getLogger(__name__)


async def poll_orders(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> int:
    """Ask providers about open orders whose webhook may be lost, and expire those nobody can pay any more.

    Returns how many orders were looked at. Several workers may run this: an order is claimed before it is asked about.
    """
    async with database.transaction() as connection:
        rows = await connection.fetch(
            SQL["claim_open_orders"],
            *(clock.now(), ORDERS_PER_JOB_MAX, ORDER_POLL_AFTER_S, ORDER_POLL_PAUSE_S_MAX, PROCESSING_POLL_PAUSE_S),
        )
        claimed = [await fetch_one(connection, SQL["find_order"], Order, row["shard"], row["order_id"]) for row in rows]
    await handle_each(
        [order for order in claimed if order],
        lambda order: _poll(database, providers, order, settings, clock),
        None,
        name=lambda order: f"asking about order {order.order_id}",
        at_once=PROVIDER_CALLS_AT_ONCE,
    )
    return len(claimed)


async def _poll(
    database: Database, providers: PaymentProviders, order: Order, settings: Settings, clock: Clock
) -> None:
    try:
        order = await refresh(database, providers, order, settings, clock)
    except ProviderUnavailable:
        log.warning("order %s: its provider %s does not answer", order.order_id, order.provider)
        return
    except ProviderRefused as error:
        log.error("order %s: %s", order.order_id, error)
    if is_over(order, clock.now()):
        async with database.transaction() as connection:
            await expire(connection, order, clock.now())


async def carry_out_due(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> int:
    """Take or let go authorised payments whose decision is not carried out yet; how many were tried."""
    return await carry_out(database, providers, settings, clock, limit=CAPTURES_PER_RUN_MAX)


async def forget_decisions(database: Database, clock: Clock) -> int:
    """Remove decisions about regions whose quotes are forgotten; how many."""
    async with database.transaction() as connection:
        return await regions.forget_decisions(connection, clock)


async def forget_quotes(database: Database, clock: Clock) -> int:
    """Remove quotes that were never ordered and are long over; how many."""
    async with database.transaction() as connection:
        status = await connection.execute(
            SQL["forget_quotes"], clock.now() - timedelta(days=QUOTE_KEEP_DAYS), QUOTES_PER_JOB_MAX
        )
    return int(status.removeprefix("DELETE "))


def order_jobs(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> list[Job]:
    return [
        Job("selling.finish", FINISH_EVERY_S, lambda: finish_due(database, providers, clock)),
        Job("selling.capture", WEBHOOK_JOB_EVERY_S, lambda: carry_out_due(database, providers, settings, clock)),
        Job("selling.poll", RECHARGE_POLL_EVERY_S, lambda: poll_orders(database, providers, settings, clock)),
        Job("selling.forget", RECHARGE_FORGET_EVERY_S, lambda: forget_quotes(database, clock)),
        Job("selling.forget_decisions", RECHARGE_FORGET_EVERY_S, lambda: forget_decisions(database, clock)),
    ]
