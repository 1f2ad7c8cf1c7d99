"""Talking with providers: what happens between the transactions of an order, never inside one."""

from datetime import timedelta
from typing import Any

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.languages.formats import format_coins
from plaudit.languages.model import ENGLISH, Voice, language_of
from plaudit.languages.speaking import speaking
from plaudit.limits import ORDER_POLL_AFTER_S
from plaudit.people.actions import require_person
from plaudit.policy.model import UnseenPayers
from plaudit.providers import ProviderUnavailable
from plaudit.selling.cards import actions as cards
from plaudit.selling.orders import actions
from plaudit.selling.orders.capturing import apply_payment, carry_out, carry_out_these
from plaudit.selling.orders.model import Order, OrderRequest, OrderState
from plaudit.selling.orders.regions import unseen_payers_of
from plaudit.selling.orders.settlement import lock
from plaudit.selling.prices.current import seller_of
from plaudit.selling.prices.pricing import WEB
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.base import CheckoutRequest, PaymentProvider, as_store
from plaudit.selling.providers.cards import as_card_keeper
from plaudit.selling.providers.news import Payment, PaymentState
from plaudit.settings import Settings
from plaudit.statements import fetch_one, statements

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
        NoSeller: nobody is named who sells; no order is placed then.
        Problem: see actions.place_order.
    """
    unseen, account_days = UnseenPayers(), 0
    async with database.transaction() as connection:
        order = await actions.place_order(connection, person_id, asked, providers, settings, clock)
        if order.state is OrderState.CREATED:
            await seller_of(connection, order.region, order.created_at, settings)
            buyer = await require_person(connection, order.person_id)
            account_days = max(0, (order.created_at - buyer.created_at).days)
            if order.channel == WEB:
                unseen = await unseen_payers_of(connection, order, settings)
    if order.state is not OrderState.CREATED:
        return order
    provider = _provider_of(order, providers)
    request = CheckoutRequest(
        reference=order.reference,
        order_id=order.order_id,
        coins=order.coins,
        price=order.price,
        description=_description(order),
        return_url=order.return_url,
        expires_at=order.expires_at,
        locale=order.locale,
        method=order.method,
        unseen=unseen,
        account_days=account_days,
        authenticates=order.authenticates,
        **await _kept(database, order, provider, clock),
    )
    payment, payment_id, checkout_url = None, None, None  # in an app store the app buys, and brings the proof
    if as_store(provider) is None:
        payment = await provider.create_checkout(request)
        payment_id, checkout_url = payment.id, payment.checkout_url
    now = clock.now()
    async with database.transaction() as connection:
        await connection.execute(
            SQL["open_checkout"],
            *(order.shard, order.order_id, payment_id, checkout_url, now),
            now + timedelta(seconds=ORDER_POLL_AFTER_S),
        )
        order = await _read(connection, order)
    if payment is None or payment.state is PaymentState.OPEN:
        return order
    return await apply(database, providers, order, payment, settings, clock)  # a saved card pays at once


async def _kept(database: Database, order: Order, provider: PaymentProvider, clock: Clock) -> dict[str, Any]:
    """What the provider is told of cards it keeps, or is to keep; nothing otherwise."""
    keeper = as_card_keeper(provider)
    if keeper is None or (order.card_id is None and order.card_consent_id is None):
        return {}
    customer_id = await cards.customer_at(database, keeper, order.person_id, clock)
    if order.card_id is None:
        return {"customer_id": customer_id, "saves_card": True}
    async with database.read() as connection:
        card = await cards.find_card(connection, order.person_id, order.card_id)
    return {"customer_id": customer_id, "card": card.provider_card_id}


def _description(order: Order) -> str:
    """What is bought, in the buyer's language."""
    language = language_of(order.locale) or ENGLISH
    with speaking(Voice(language, language.locale)):
        return format_coins(order.coins)


async def refresh(
    database: Database, providers: PaymentProviders, order: Order, settings: Settings, clock: Clock
) -> Order:
    """Ask the provider about an order and apply the answer: what the return from a checkout does.

    Raises:
        ProviderUnavailable: the order stays as it is.
        ProviderRefused: the provider does not know the payment.
    """
    if order.state in {OrderState.PAID, OrderState.REFUSED} or order.payment_id is None:
        return order
    payment = await _provider_of(order, providers).fetch(order.payment_id)
    return await apply(database, providers, order, payment, settings, clock)


async def apply(
    database: Database, providers: PaymentProviders, order: Order, payment: Payment, settings: Settings, clock: Clock
) -> Order:
    """Apply what a provider said of an order's payment in a transaction of its own, and carry out what it decides."""
    decision = None
    async with database.transaction() as connection:
        if payment.reference in {order.reference, str(order.order_id)}:
            present = await lock(connection, order)
            applied = await apply_payment(connection, present, payment, settings, clock)
            decision = applied.decision
    if decision is not None:
        await carry_out_these(database, providers, [decision], settings, clock)
    else:
        await carry_out(database, providers, settings, clock, order=order)
    async with database.read() as connection:
        return await _read(connection, order)


async def _read(connection: Connection, order: Order) -> Order:
    present = await fetch_one(connection, SQL["find_order"], Order, order.shard, order.order_id)
    assert present is not None  # orders are never removed
    return present


def _provider_of(order: Order, providers: PaymentProviders) -> PaymentProvider:
    provider = providers.get(order.provider)
    if provider is None:
        raise ProviderUnavailable(order.provider)
    return provider
