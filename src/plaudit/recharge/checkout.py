"""Talking with providers: what happens between the transactions of an order, never inside one."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from babel.numbers import format_decimal

from plaudit.clock import Clock
from plaudit.db import Connection, Database, fetch_one, statements
from plaudit.limits import ORDER_POLL_AFTER_S
from plaudit.problems import NotFound
from plaudit.recharge import actions
from plaudit.recharge.model import Order, OrderRequest, OrderState, ProviderUnavailable, read_reference
from plaudit.recharge.prices import shard_of
from plaudit.recharge.providers import PaymentProviders
from plaudit.recharge.providers.base import CheckoutRequest, Payment, PaymentEvent, PaymentProvider
from plaudit.recharge.settlement import Outcome, Seller, settle
from plaudit.settings import Settings

SQL = statements(__file__)


async def start(
    database: Database,
    providers: PaymentProviders,
    person_id: int,
    asked: OrderRequest,
    settings: Settings,
    clock: Clock,
) -> Order:
    """Place an order and get its checkout. Repeating it continues where it stopped.

    Raises:
        ProviderUnavailable: the order is kept; the same request later goes on with it.
        ProviderRefused: the provider will not take this payment.
        Problem: see actions.place_order.
    """
    async with database.transaction() as connection:
        order = await actions.place_order(connection, person_id, asked, providers, settings, clock)
    if order.state is not OrderState.CREATED:
        return order
    request = CheckoutRequest(
        reference=order.reference,
        price=order.price,
        description=f"{format_decimal(order.coins, locale='en')} coin{'s' if order.coins != 1 else ''}",
        return_url=order.return_url,
        expires_at=order.expires_at,
    )
    payment = await _provider_of(order, providers).create_checkout(request)
    now = clock.now()
    async with database.transaction() as connection:
        await connection.execute(
            SQL["open_checkout"],
            *(order.shard, order.order_id, payment.id, payment.checkout_url, now),
            now + timedelta(seconds=ORDER_POLL_AFTER_S),
        )
        return await _read(connection, order)


async def refresh(
    database: Database, providers: PaymentProviders, order: Order, settings: Settings, clock: Clock
) -> Order:
    """Ask the provider about an order and apply the answer: what the return from a checkout does.

    Raises:
        ProviderUnavailable: the order stays as it is.
        ProviderRefused: the provider does not know the payment.
    """
    if order.state is OrderState.PAID or order.payment_id is None:
        return order
    payment = await _provider_of(order, providers).fetch(order.payment_id)
    return await apply(database, order, payment, settings, clock)


async def apply(database: Database, order: Order, payment: Payment, settings: Settings, clock: Clock) -> Order:
    """Settle what a provider said, in a transaction of its own."""
    async with database.transaction() as connection:
        if payment.reference == order.reference:
            await settle(connection, order, payment, Seller.of(settings), clock.now())
        return await _read(connection, order)


async def receive_webhook(
    database: Database,
    providers: PaymentProviders,
    name: str,
    headers: Mapping[str, str],
    body: bytes,
    settings: Settings,
    clock: Clock,
) -> Outcome:
    """Verify a provider's message, keep it and apply it in one transaction, once.

    Raises:
        NotFound: there is no such provider.
        SignatureNotValid: it is not from the provider.
    """
    provider = providers.get(name)
    if provider is None:
        raise NotFound("There is no such provider.", provider=name)
    event = provider.verify_webhook(headers, body)
    async with database.transaction() as connection:
        if await connection.fetchval(SQL["webhook_event_outcome"], name, event.id):
            return Outcome.REPEATED
        now = clock.now()
        outcome, detail = await _apply_event(connection, name, event, settings, clock)
        # A copy that is applied at the same moment changes nothing twice: settling is idempotent by the order's lock.
        await connection.execute(
            SQL["write_webhook_event"], name, event.id, event.kind, now, body.decode(), outcome, detail
        )
    return outcome


async def _apply_event(
    connection: Connection, provider: str, event: PaymentEvent, settings: Settings, clock: Clock
) -> tuple[Outcome, str]:
    if event.payment is None:
        return Outcome.IGNORED, "no event about a payment"
    order = await _order_of(connection, provider, event.payment)
    if order is None:
        return Outcome.PROBLEM, f"no order has the reference {event.payment.reference}"
    outcome = await settle(connection, order, event.payment, Seller.of(settings), clock.now())
    return outcome, f"order {order.order_id}"


async def _order_of(connection: Connection, provider: str, payment: Payment) -> Order | None:
    known: tuple[int, UUID] | None = read_reference(payment.reference)
    if known is None:
        return None
    person_id, order_id = known
    shard = await shard_of(connection, person_id)
    order = await fetch_one(connection, SQL["find_order"], Order, shard, order_id)
    if order is None or order.person_id != person_id or order.provider != provider:
        return None
    return order


async def _read(connection: Connection, order: Order) -> Order:
    present = await fetch_one(connection, SQL["find_order"], Order, order.shard, order.order_id)
    assert present is not None  # orders are never removed
    return present


def _provider_of(order: Order, providers: PaymentProviders) -> PaymentProvider:
    provider = providers.get(order.provider)
    if provider is None:
        raise ProviderUnavailable(order.provider)
    return provider
