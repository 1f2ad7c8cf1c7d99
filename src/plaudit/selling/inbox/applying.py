"""What each kind of news does: payments settle, reversals take back, warnings are noted, questions of stores wait."""

from typing import NamedTuple

from plaudit.ages.cards import doubt
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.inbox.model import NewsOutcome
from plaudit.rules.consents import withdraw_by_store
from plaudit.selling.cards.actions import look_again_at
from plaudit.selling.inbox.finding import order_by_payment_id, order_of_payment
from plaudit.selling.orders.capturing import Decision, apply_payment
from plaudit.selling.orders.model import Order, OrderState, PaymentProblemKind
from plaudit.selling.orders.problems import end_warning
from plaudit.selling.orders.settlement import Seller, record
from plaudit.selling.providers.news import (
    AccountNotice,
    CardsChanged,
    ConsentWithdrawn,
    ConsumptionRequest,
    FraudWarning,
    LinkNews,
    News,
    Payment,
    PaymentNews,
    PaymentState,
    RefundDeclined,
    ReversalKind,
    ReversalNews,
    ReversalState,
    StorePayment,
    WarningEnded,
)
from plaudit.selling.reversals import actions as reversals
from plaudit.selling.reversals.asking import refund_all
from plaudit.selling.stores.actions import apply_told
from plaudit.selling.stores.consumption import note_declined, record_request
from plaudit.selling.stores.linked import apply_asked
from plaudit.settings import Settings


class Applied(NamedTuple):
    """What a piece of news did, to which order, and what was decided: the caller holds that until its lease ends."""

    outcome: NewsOutcome
    detail: str
    order: Order | None = None
    decision: Decision | None = None


async def apply_news(connection: Connection, provider: str, news: News, settings: Settings, clock: Clock) -> Applied:
    """Apply one piece of news inside the caller's transaction. Any order and any number of times come to the same."""
    if isinstance(news, PaymentNews):
        return await _apply_payment(connection, provider, news.payment, settings, clock)
    if isinstance(news, AccountNotice | ConsentWithdrawn | CardsChanged | LinkNews):
        return await _apply_apart(connection, provider, news, clock)
    order = await order_by_payment_id(connection, provider, news.payment_id)
    if order is None:
        return Applied(NewsOutcome.WAITING, f"no order has the payment {news.payment_id}")
    if isinstance(news, ReversalNews):
        reversed_ = await reversals.apply_reversal_news(connection, order, news, Seller.of(settings), clock.now())
        if news.kind is ReversalKind.CHARGEBACK and news.state is not ReversalState.UNDONE:
            await doubt(connection, order.person_id, clock.now())
        return Applied(*reversed_, order)
    return await _note(connection, order, news, settings, clock)


async def _apply_apart(
    connection: Connection,
    provider: str,
    news: AccountNotice | ConsentWithdrawn | CardsChanged | LinkNews,
    clock: Clock,
) -> Applied:
    """What is about no payment."""
    if isinstance(news, AccountNotice):
        return Applied(NewsOutcome.PROBLEM if news.needs_somebody else NewsOutcome.APPLIED, news.words)
    if isinstance(news, ConsentWithdrawn):
        people = await withdraw_by_store(connection, provider, news.account, news.at)
        return Applied(NewsOutcome.APPLIED if people else NewsOutcome.PROBLEM, _withdrawn(provider, news, people))
    if isinstance(news, CardsChanged):
        ours = await look_again_at(connection, provider, news.customer_id, clock)
        return Applied(NewsOutcome.APPLIED if ours else NewsOutcome.IGNORED, f"cards of {news.customer_id}")
    return Applied(*await apply_asked(connection, provider, news, clock.now()))


def _withdrawn(provider: str, news: ConsentWithdrawn, people: list[int]) -> str:
    whose = ", ".join(map(str, people)) or "of nobody here yet; whoever is told to have this account is stopped then"
    return f"a guardian took back their consent at {provider}, account {news.account}: people {whose}"


async def _note(
    connection: Connection,
    order: Order,
    news: FraudWarning | WarningEnded | ConsumptionRequest | RefundDeclined,
    settings: Settings,
    clock: Clock,
) -> Applied:
    """What moves no money of an order, and is kept for whoever looks at it."""
    about = f"order {order.order_id}"
    if isinstance(news, FraudWarning):
        return await _warn(connection, order, news, settings, clock)
    if isinstance(news, WarningEnded):
        ended = await end_warning(connection, order, news.id, news.reason, clock.now())
        outcome = NewsOutcome.APPLIED if ended else NewsOutcome.REPEATED
        return Applied(outcome, f"{about}: warning {news.id} ended, {news.reason}", order)
    if isinstance(news, RefundDeclined):
        noted = await note_declined(connection, order, news)
        outcome = NewsOutcome.APPLIED if noted else NewsOutcome.REPEATED
        return Applied(outcome, f"{about}: {order.provider} gives nothing back", order)
    outcome = await record_request(connection, order, news, clock.now())
    return Applied(outcome, f"{about}: {order.provider} asks how much was used", order)


async def _apply_payment(
    connection: Connection, provider: str, payment: Payment, settings: Settings, clock: Clock
) -> Applied:
    if isinstance(payment, StorePayment) and payment.state is PaymentState.PAID:
        return Applied(*await apply_told(connection, provider, payment, settings, clock))
    order = await order_of_payment(connection, provider, payment, locked=True)
    if order is None:
        return Applied(NewsOutcome.WAITING, f"no order has the reference {payment.reference}")
    applied = await apply_payment(connection, order, payment, settings, clock)
    return Applied(applied.outcome, f"order {order.order_id}: payment {payment.state}", order, applied.decision)


async def _warn(
    connection: Connection, order: Order, warning: FraudWarning, settings: Settings, clock: Clock
) -> Applied:
    payment = Payment(
        id=warning.payment_id,
        reference=order.reference,
        state=PaymentState.PAID if order.state is OrderState.PAID else PaymentState.OPEN,
        amount=order.price,
    )
    detail = f"{warning.reason} ({warning.id})"
    outcome = await record(connection, order, payment, PaymentProblemKind.FRAUD_WARNING, clock.now(), detail)
    if warning.is_of_network and settings.refund_fraud_warnings and outcome is NewsOutcome.PROBLEM:
        await refund_all(connection, order, f"fraud warning: {warning.reason}", clock)
    return Applied(outcome, f"order {order.order_id}: fraud warning, {detail}", order)
