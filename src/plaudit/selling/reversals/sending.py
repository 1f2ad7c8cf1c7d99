"""Telling providers what to give back: between the transaction that decides it and the one that applies the answer."""

import logging
from uuid import UUID

import asyncpg
import msgspec

from plaudit.clock import Clock
from plaudit.db import Database, fetch_all, fetch_one, statements
from plaudit.jobs import growing_pause, handle_each
from plaudit.limits import (
    PROVIDER_CALLS_AT_ONCE,
    REVERSAL_LEASE_S,
    REVERSAL_PAUSE_S_FIRST,
    REVERSAL_PAUSE_S_MAX,
    REVERSALS_PER_JOB_MAX,
    WITHDRAWAL_TRIES_MAX,
)
from plaudit.problems import TooBusy
from plaudit.selling.orders import actions as orders
from plaudit.selling.orders.model import Order
from plaudit.selling.orders.settlement import Seller
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.base import RefundRequest as ProviderRefundRequest
from plaudit.selling.providers.base import ReversalNews
from plaudit.selling.providers.errors import ProviderRefused, ProviderUnavailable
from plaudit.selling.reversals import asking, execution
from plaudit.selling.reversals.actions import apply_reversal_news, refused
from plaudit.selling.reversals.model import RefundRequest, Reversal, State, WithdrawalRequest
from plaudit.settings import Settings

SQL = statements(__file__)
log = logging.getLogger(__name__)


async def withdraw(
    database: Database,
    providers: PaymentProviders,
    person_id: int,
    asked: WithdrawalRequest,
    settings: Settings,
    clock: Clock,
) -> Reversal:
    """Take unspent coins back and tell the provider; when it does not answer a job tells it later.

    Raises:
        TooBusy: coins of the order were being spent all the while.
        Problem: see asking.withdraw.
    """
    for _ in range(WITHDRAWAL_TRIES_MAX):
        try:
            async with database.transaction() as connection:
                decided = await asking.withdraw(connection, person_id, asked, settings, clock)
            return await send_now(database, providers, decided, settings, clock)
        except asyncpg.CheckViolationError as error:
            if error.constraint_name != "lot_unspent_not_enough":
                raise
    raise TooBusy


async def refund(
    database: Database,
    providers: PaymentProviders,
    operator_id: int,
    order_id: UUID,
    asked: RefundRequest,
    settings: Settings,
    clock: Clock,
) -> Reversal:
    """Give back a part of an order and tell the provider; when it does not answer a job tells it later.

    Raises:
        Problem: see asking.refund.
    """
    async with database.transaction() as connection:
        decided = await asking.refund(connection, operator_id, order_id, asked, clock)
    return await send_now(database, providers, decided, settings, clock)


async def send_now(
    database: Database, providers: PaymentProviders, decided: Reversal, settings: Settings, clock: Clock
) -> Reversal:
    """Tell the provider of one reversal, unless somebody is at it; the reversal as it is then."""
    if decided.state is not State.REQUESTED:
        return decided
    async with database.transaction() as connection:
        claimed = await fetch_one(
            connection,
            SQL["claim_reversal"],
            Reversal,
            *(decided.shard, decided.reversal_id, clock.now(), REVERSAL_LEASE_S),
        )
    if claimed is not None:
        await _send(database, providers, claimed, settings, clock)
    async with database.read() as connection:
        return await execution.find(connection, decided.shard, decided.reversal_id)


async def send_due(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> int:
    """Tell providers of reversals whose time has come; answers how many. Several workers may run this."""
    async with database.transaction() as connection:
        claimed = await fetch_all(
            connection, SQL["claim_reversals"], Reversal, clock.now(), REVERSALS_PER_JOB_MAX, REVERSAL_LEASE_S
        )
    await handle_each(
        claimed,
        lambda reversal: _send(database, providers, reversal, settings, clock),
        lambda reversal, error: _postpone(database, reversal, error, clock),
        name=lambda reversal: f"sending of reversal {reversal.reversal_id}",
        at_once=PROVIDER_CALLS_AT_ONCE,
    )
    return len(claimed)


async def _send(
    database: Database, providers: PaymentProviders, reversal: Reversal, settings: Settings, clock: Clock
) -> None:
    async with database.read() as connection:
        order = await orders.find_order(connection, reversal.person_id, reversal.order_id)
    provider = providers.get(order.provider)
    if provider is None:
        await _postpone(database, reversal, f"there is no provider {order.provider} here", clock)
        return
    try:
        news = await provider.refund(_request(order, reversal))
    except ProviderUnavailable as error:
        await _postpone(database, reversal, str(error), clock)
    except ProviderRefused as error:
        log.warning("reversal %s: %s", reversal.reversal_id, error)
        async with database.transaction() as connection:
            reason = str(error.fields.get("reason") or error)
            await refused(connection, order, reversal, reason, clock.now())
    else:
        async with database.transaction() as connection:
            ours = _as_ours(news, order, reversal)
            await apply_reversal_news(connection, order, ours, Seller.of(settings), clock.now())


def _request(order: Order, reversal: Reversal) -> ProviderRefundRequest:
    assert order.payment_id is not None, "a paid order has a payment"
    return ProviderRefundRequest(
        reversal_id=reversal.reversal_id,
        payment_id=order.payment_id,
        reference=order.reference,
        amount=reversal.amount,
        reason=reversal.reason,
    )


def _as_ours(news: ReversalNews, order: Order, reversal: Reversal) -> ReversalNews:
    """The answer to our own question is about what we asked, whatever the provider repeats of it."""
    return msgspec.structs.replace(news, reversal_id=reversal.reversal_id, payment_id=order.payment_id)


async def _postpone(database: Database, reversal: Reversal, error: str, clock: Clock) -> None:
    """Try again later: whether the provider did it is not known, and asking again does it once."""
    log.warning("reversal %s was not sent (try %s): %s", reversal.reversal_id, reversal.polls, error)
    due_at = clock.now() + growing_pause(REVERSAL_PAUSE_S_FIRST, reversal.polls, REVERSAL_PAUSE_S_MAX)
    async with database.transaction() as connection:
        await connection.execute(SQL["postpone"], reversal.shard, reversal.reversal_id, due_at, error)
