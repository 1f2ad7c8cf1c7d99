"""Telling providers what to give back: between the transaction that decides it and the one that applies the answer."""

import logging
from uuid import UUID

import asyncpg
import msgspec

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.decisions.model import Decision
from plaudit.limits import (
    PROVIDER_CALLS_AT_ONCE,
    REVERSAL_LEASE_S,
    REVERSAL_PAUSE_S_FIRST,
    REVERSAL_PAUSE_S_MAX,
    REVERSALS_PER_JOB_MAX,
    WITHDRAWAL_TRIES_MAX,
)
from plaudit.problems import TooBusy
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.queues import Backoff, Queue, settle
from plaudit.selling.orders import actions as orders
from plaudit.selling.orders.model import Order
from plaudit.selling.orders.settlement import Seller, lock
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.base import RefundRequest as ProviderRefundRequest
from plaudit.selling.providers.news import ReversalNews
from plaudit.selling.reversals import asking, execution
from plaudit.selling.reversals.actions import apply_reversal_news, refused
from plaudit.selling.reversals.model import DueReversal, RefundRequest, Reversal, State, WithdrawalRequest
from plaudit.selling.reversals.refunds import SENDS as SENDS_NAME
from plaudit.selling.reversals.refunds import GivesBack, give_or_ask
from plaudit.settings import Settings
from plaudit.statements import statements

SQL = statements(__file__)
log = logging.getLogger(__name__)

SENDS = Queue(
    name=SENDS_NAME,
    what="Providers are told what to give back",
    item=DueReversal,
    claim=SQL["claim_reversals"],
    postpone=SQL["postpone_reversal"],
    waiting=SQL["waiting_reversals"],
    key=lambda reversal: (reversal.shard, reversal.reversal_id),
    lease_s=REVERSAL_LEASE_S,
    backoff=Backoff(REVERSAL_PAUSE_S_FIRST, REVERSAL_PAUSE_S_MAX),
    at_once=PROVIDER_CALLS_AT_ONCE,
    claimed_max=PROVIDER_CALLS_AT_ONCE,
    per_run_max=REVERSALS_PER_JOB_MAX,
)


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
                decided = await asking.withdraw(connection, providers, person_id, asked, settings, clock)
            return await send_now(database, providers, decided, settings, clock)
        except asyncpg.CheckViolationError as error:
            if error.constraint_name != "lot_unspent_not_enough":
                raise
    raise TooBusy


async def refund(
    database: Database, house: GivesBack, operator_id: int, order_id: UUID, asked: RefundRequest, clock: Clock
) -> Reversal | Decision:
    """Give back a part of an order and tell the provider; when it does not answer a job tells it later. Of much, the
    decision that waits for another operator.

    Raises:
        Problem: see refunds.give_or_ask.
    """
    async with database.transaction() as connection:
        decided = await give_or_ask(connection, clock, house, order_id, asked, operator_id)
    if isinstance(decided, Decision):
        return decided
    return await send_now(database, house.payment_providers, decided, house.settings, clock)


async def send_now(
    database: Database, providers: PaymentProviders, decided: Reversal, settings: Settings, clock: Clock
) -> Reversal:
    """Tell the provider of one reversal, unless somebody is at it; the reversal as it is then."""
    if decided.state is not State.REQUESTED:
        return decided
    await send_due(database, providers, settings, clock, reversal=decided)
    async with database.read() as connection:
        return await execution.find(connection, decided.shard, decided.reversal_id)


async def send_due(
    database: Database,
    providers: PaymentProviders,
    settings: Settings,
    clock: Clock,
    *,
    reversal: Reversal | None = None,
) -> int:
    """Tell providers of reversals whose time has come, or of one; answers how many. Several workers may run this.

    What does not come through is told again: whether the provider did it is not known, and asking again does it once.
    """
    shard, reversal_id = (reversal.shard, reversal.reversal_id) if reversal else (None, None)

    async def send(due: DueReversal) -> None:
        await _send(database, providers, due, settings, clock)

    return await SENDS.run(database, clock, send, shard, reversal_id, limit=1 if reversal else None)


async def _send(
    database: Database, providers: PaymentProviders, reversal: DueReversal, settings: Settings, clock: Clock
) -> None:
    async with database.read() as connection:
        order = await orders.find_order(connection, reversal.person_id, reversal.order_id)
    provider = providers.get(order.provider)
    if provider is None:
        raise ProviderUnavailable(order.provider)
    refusal, news = None, None
    try:
        news = await provider.refund(_request(order, reversal))
    except ProviderRefused as error:
        log.warning("reversal %s: %s", reversal.reversal_id, error)
        refusal = error.reason
    async with database.transaction() as connection:
        await lock(connection, order)
        await settle(connection, SQL["hold_reversal"], reversal, reversal.shard, reversal.reversal_id)
        if news is None:
            await refused(connection, order, reversal, refusal or "", clock.now())
        else:
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
