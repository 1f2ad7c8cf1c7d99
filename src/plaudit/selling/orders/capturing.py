"""Payments that are agreed and not yet taken: decided in the transaction that hears of them, carried out after it."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.inbox.model import NewsOutcome
from plaudit.instruments.actions import see
from plaudit.instruments.model import InstrumentKind, Source
from plaudit.limits import (
    CALL_OFF_TRIES_MAX,
    CAPTURE_ALARM_AFTER_S,
    CAPTURE_LEASE_S,
    CAPTURE_PAUSE_S_FIRST,
    CAPTURE_PAUSE_S_MAX,
    CAPTURES_PER_RUN_MAX,
    PROVIDER_CALLS_AT_ONCE,
)
from plaudit.policy.model import Outcome
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.queues import Backoff, Failure, Queue, TryFailed
from plaudit.queues import settle as settle_item
from plaudit.selling.orders import capping
from plaudit.selling.orders.model import Order, OrderState, PaymentProblemKind
from plaudit.selling.orders.regions import judge_payment
from plaudit.selling.orders.settlement import OPEN, Seller, is_as_ordered, record, settle, settle_locked
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.base import PaymentProvider
from plaudit.selling.providers.news import Payment, PaymentState
from plaudit.settings import Settings
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)
log = logging.getLogger(__name__)

_OVER = (OrderState.DECLINED, OrderState.EXPIRED)
UNDECIDED = (*OPEN, *_OVER)


class CaptureVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is to become of an authorised payment (capture, reprice, ask or refuse), and why."""

    outcome: str
    region: str | None
    reasons: list[str]


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict that is to be carried out; `tries` counts this one."""

    shard: int
    order_id: UUID
    payment_id: str
    provider: str
    outcome: str
    region: str | None
    reasons: list[str]
    decided_at: datetime
    due_at: datetime | None
    tries: int
    leased_until: datetime | None
    failed_with: str | None
    error: str | None
    carried_out_at: datetime | None

    @property
    def is_call_off(self) -> bool:
        """Whether nothing was agreed: the order is over, and its checkout should be as well."""
        return self.outcome == "expire"

    @property
    def key(self) -> tuple[int, UUID, str]:
        return self.shard, self.order_id, self.payment_id


class PaymentApplied(NamedTuple):
    """What came of the news of a payment, and what was decided: the caller holds that until its lease ends."""

    outcome: NewsOutcome
    decision: Decision | None = None


DECISIONS = Queue(
    name="selling.capture",
    what="Agreed payments are taken or let go",
    item=Decision,
    claim=SQL["claim_decisions"],
    postpone=SQL["postpone_decision"],
    waiting=SQL["waiting_decisions"],
    key=lambda decision: decision.key,
    lease_s=CAPTURE_LEASE_S,
    backoff=Backoff(CAPTURE_PAUSE_S_FIRST, CAPTURE_PAUSE_S_MAX),
    at_once=PROVIDER_CALLS_AT_ONCE,
    claimed_max=PROVIDER_CALLS_AT_ONCE,
    per_run_max=CAPTURES_PER_RUN_MAX,
)


async def apply_payment(
    connection: Connection, order: Order, payment: Payment, settings: Settings, clock: Clock
) -> PaymentApplied:
    """What the news of a payment does to its order, which is locked: decides about an authorised one, settles others.

    After the commit `carry_out` does what was decided; a job does what it does not.
    """
    if payment.card is not None:
        known = {"of": order.provider, "value": payment.card}
        await see(connection, settings, clock, order.person_id, InstrumentKind.CARD, Source.PROVIDER, **known)
    if payment.state is PaymentState.AUTHORISED:
        return await _decide(connection, order, payment, settings, clock)
    applied = PaymentApplied(await settle_locked(connection, order, payment, Seller.of(settings), clock.now()))
    is_sold = payment.state is PaymentState.PAID and applied.outcome is NewsOutcome.APPLIED
    if is_sold and (payment.coins is not None or order.state in _OVER):  # a store sold it, or it came after its order
        await capping.note_passed(connection, order, payment, settings, clock.now())
    if is_sold and payment.evidence:
        await judge_payment(connection, order, payment, settings, clock)  # taken at once: what it showed is kept
    return applied


async def _decide(
    connection: Connection, order: Order, payment: Payment, settings: Settings, clock: Clock
) -> PaymentApplied:
    if order.state not in OPEN:  # nothing is decided about an order before it moves on
        known = await fetch_one(connection, SQL["find_decision"], Decision, order.shard, order.order_id, payment.id)
        if known and not (known.is_call_off and known.carried_out_at is None):
            return PaymentApplied(NewsOutcome.REPEATED)
        if order.state is OrderState.PAID and order.payment_id == payment.id:
            return PaymentApplied(NewsOutcome.IGNORED)
    verdict = await _judge(connection, order, payment, settings, clock)
    now, state = clock.now(), None
    if order.state in UNDECIDED:
        if order.state not in OPEN and verdict.outcome == "capture":
            await record(connection, order, payment, PaymentProblemKind.PAID_LATE, now)
        state = OrderState.AUTHORISED if verdict.outcome == "capture" else OrderState.REFUSED
    decision = await fetch_one(
        connection,
        SQL["decide"],
        Decision,
        *(order.shard, order.order_id, payment.id, verdict.outcome, verdict.region, verdict.reasons, now),
        *(state, now + timedelta(seconds=CAPTURE_LEASE_S), order.provider),
    )
    assert decision is not None  # what is known of it was looked at under the order's lock
    return PaymentApplied(NewsOutcome.APPLIED, decision)


async def _judge(
    connection: Connection, order: Order, payment: Payment, settings: Settings, clock: Clock
) -> CaptureVerdict:
    if order.state not in UNDECIDED:
        return CaptureVerdict(outcome="refuse", region=None, reasons=["order_is_settled"])
    if not is_as_ordered(order, payment):
        return CaptureVerdict(outcome="refuse", region=None, reasons=["amount_differs"])
    found = await judge_payment(connection, order, payment, settings, clock)
    is_late = order.state in _OVER
    if found.outcome is Outcome.CAPTURE and await capping.stops(
        connection, order, payment.amount, found.elsewhere, settings, clock.now(), is_late=is_late
    ):
        return CaptureVerdict(outcome="refuse", region=None, reasons=["cap_reached"])
    return CaptureVerdict(
        outcome=found.outcome.value, region=found.region, reasons=[reason.value for reason in found.reasons]
    )


async def carry_out(
    database: Database, providers: PaymentProviders, settings: Settings, clock: Clock, *, order: Order | None = None
) -> int:
    """Take or let go what was decided and is due, of one order or of all; how many were tried.

    It may stop anywhere: a decision stays in the queue until the provider has said that it is carried out.
    """
    handling = _handling(database, providers, settings, clock)
    shard, order_id = (order.shard, order.order_id) if order else (None, None)
    limit = 1 if order else None
    return await DECISIONS.run(database, clock, handling.handle, shard, order_id, failed=handling.failed, limit=limit)


async def carry_out_these(
    database: Database,
    providers: PaymentProviders,
    decisions: list[Decision],
    settings: Settings,
    clock: Clock,
) -> None:
    """The same with decisions this caller holds."""
    handling = _handling(database, providers, settings, clock)
    await DECISIONS.handle(database, clock, decisions, handling.handle, handling.failed)


class _Handling(NamedTuple):
    handle: Callable[[Decision], Awaitable[None]]
    failed: Callable[[Connection, Decision, Failure], Awaitable[None]]


def _handling(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> _Handling:
    async def handle(decision: Decision) -> None:
        await _carry_out(database, providers, decision, settings, clock)

    async def failed(connection: Connection, decision: Decision, failure: Failure) -> None:
        alarm_at = decision.decided_at + timedelta(seconds=CAPTURE_ALARM_AFTER_S)
        if clock.now() >= alarm_at and not decision.is_call_off:
            await _alarm(connection, decision, failure.words, clock.now())

    return _Handling(handle, failed)


async def _carry_out(
    database: Database, providers: PaymentProviders, decision: Decision, settings: Settings, clock: Clock
) -> None:
    provider = providers.get(decision.provider)
    if provider is None:
        raise ProviderUnavailable(decision.provider)
    try:
        payment = await _ask(provider, decision)
    except ProviderRefused as error:
        if not decision.is_call_off or decision.tries < CALL_OFF_TRIES_MAX:
            raise
        # Nothing was agreed, and nothing is taken without us.
        log.warning("payment %s of an order that is over is not called off: %s", decision.payment_id, error)
        async with database.transaction() as connection:
            await _carried_out(connection, decision, clock.now())
        return
    final = {PaymentState.PAID, PaymentState.DECLINED, PaymentState.EXPIRED}
    if payment.state not in final and (decision.outcome == "capture" or payment.state is PaymentState.AUTHORISED):
        raise TryFailed(f"payment_{payment.state}", f"the payment is {payment.state}")
    async with database.transaction() as connection:
        await settle(connection, decision, payment, Seller.of(settings), clock.now())
        await _carried_out(connection, decision, clock.now())


async def _carried_out(connection: Connection, decision: Decision, now: datetime) -> None:
    await settle_item(connection, SQL["decision_carried_out"], decision, *decision.key, now)


async def _ask(provider: PaymentProvider, decision: Decision) -> Payment:
    """Carry it out at the provider. When it will not, the payment may have ended otherwise already: then as it is."""
    try:
        if decision.outcome == "capture":
            return await provider.capture(decision.payment_id)
        return await provider.cancel(decision.payment_id)
    except ProviderRefused:
        payment = await provider.fetch(decision.payment_id)
        if payment.state in {PaymentState.OPEN, PaymentState.AUTHORISED}:
            raise
        return payment


async def _alarm(connection: Connection, decision: Decision, error: str, now: datetime) -> None:
    """Tell somebody, once, that a payment is neither taken nor let go."""
    order = await fetch_one(connection, SQL["find_order"], Order, decision.shard, decision.order_id)
    assert order is not None
    reserved = Payment(id=decision.payment_id, reference=order.reference, state=PaymentState.OPEN, amount=order.price)
    detail = f"{decision.outcome}: {error}"[:500]
    await record(connection, order, reserved, PaymentProblemKind.NOT_CARRIED_OUT, now, detail)
