"""Prices, quotes and orders over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, Parameter

from plaudit.brakes.model import OwnLimitReached
from plaudit.connections import Connection
from plaudit.countries import Country
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_ID, Cursor, Limit, Page
from plaudit.people.access import Access, require_scope
from plaudit.people.allowances import TooOften
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.people.model import Role, Scope
from plaudit.problems import StandsStill
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.rules.caps import CapReached
from plaudit.rules.model import STOPPED
from plaudit.selling.cards.model import CardExpired, ConsentOutdated, TooManyCards
from plaudit.selling.links.model import LinkNotTaken
from plaudit.selling.orders import actions, checkout, operator_api, regions_api, takers, ways
from plaudit.selling.orders.answers import (
    OrderAnswer,
    PricesAnswer,
    QuoteAnswer,
    order_answer,
    quote_answer,
)
from plaudit.selling.orders.model import (
    Order,
    OrderRequest,
    QuoteAlreadyOrdered,
    QuoteExpired,
    QuoteNotOurs,
    QuoteRequest,
)
from plaudit.selling.orders.regions import RegionRefused, keep_refusal, preview, source_of, unseen_payers_at
from plaudit.selling.orders.taxing import Taxing, with_answers
from plaudit.selling.prices.channel_answers import channel_answer
from plaudit.selling.prices.current import current_book, prices, regions
from plaudit.selling.prices.pricing import NoPrices, NoSeller
from plaudit.selling.providers import PaymentProviders, as_taken
from plaudit.selling.providers.errors import CurrencyNotTaken, MethodNotOffered
from plaudit.selling.tax_providers import TaxProviders
from plaudit.selling.tax_providers.base import TaxNotKnown

TAGS = ["Recharge"]
OWNER = frozenset({Access.VIEWER, Access.SUPPORT, Access.FINANCE})


@get(
    "/prices",
    access=Access.PUBLIC,
    operation_id="GetPrices",
    tags=TAGS,
    problems=(NoPrices,),
    summary="What coins cost in a region",
)
async def get_prices(
    caller: CallerOrGuest,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
    network_address: NamedDependency[str | None],
    region: Annotated[
        Country | None,
        Parameter(description="Used when the identity names no country with prices."),
    ] = None,
) -> PricesAnswer:
    """The channels of this server in one region, with what its apps cost more than the web."""
    async with database.read() as connection:
        book = await current_book(connection, clock)
        person_id = caller.person_id if caller else None
        decision = await preview(connection, person_id, network_address, region, settings, clock, book=book)
        found = await prices(connection, book, decision.region, settings)
        found[0] = as_taken(found[0], payment_providers)
        known = await regions(connection, book)
        who = await takers.takers(connection, payment_providers, found[0], settings, clock)
        payers = await unseen_payers_at(connection, decision, settings)
        offered = await ways.ways(connection, person_id, payment_providers, who, found[0], payers)
    return PricesAnswer(
        region=found[0].region,
        region_source=source_of(decision),
        region_decision=regions_api.region_answer(decision),
        regions=known,
        version=book.version,
        effective_at=book.effective_at,
        rates_date=book.rates_date,
        note=book.note,
        sources=book.sources,
        channels=[channel_answer(price, found[0]) for price in found],
        providers=who,
        ways=ways.said(offered),
    )


@post(
    "/quotes",
    access=Access.VIEWER,
    scope=Scope.ORDERS,
    operation_id="MakeQuote",
    tags=TAGS,
    problems=(CapReached, NoPrices, NoSeller, OwnLimitReached, RegionRefused, TaxNotKnown, TooOften, *STOPPED),
    summary="A price for an amount of coins",
)
async def make_quote(
    data: JSONBody[QuoteRequest],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    tax_providers: NamedDependency[TaxProviders],
    settings: Settings,
    clock: Clock,
    network_address: NamedDependency[str | None],
) -> QuoteAnswer:
    """The price is rounded up to what can be paid, and missing coins to the least that a provider takes; for money
    given, as many coins as it buys, charged at their price.

    Give exactly one of package_coins, coins, missing_coins and amount_minor.
    """

    async def make(taxing: Taxing) -> QuoteAnswer:
        who, takers = caller.person_id, payment_providers
        async with database.transaction() as connection:
            promised = await actions.make_quote(
                connection, who, data, settings, clock, network_address, providers=takers, taxing=taxing
            )
            return quote_answer(*promised)

    try:
        return await with_answers(tax_providers, settings, clock, make)
    except RegionRefused as refused:
        await keep_refusal(database, refused)
        raise


@post(
    "/orders",
    access=Access.VIEWER,
    scope=Scope.ORDERS,
    operation_id="PlaceOrder",
    tags=TAGS,
    problems=(
        CapReached,
        CardExpired,
        ConsentOutdated,
        CurrencyNotTaken,
        LinkNotTaken,
        MethodNotOffered,
        NoSeller,
        OwnLimitReached,
        ProviderRefused,
        ProviderUnavailable,
        QuoteAlreadyOrdered,
        QuoteExpired,
        QuoteNotOurs,
        StandsStill,
        TooManyCards,
        TooOften,
        *STOPPED,
    ),
    summary="Order what was quoted",
)
async def place_order(
    data: JSONBody[OrderRequest],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
) -> OrderAnswer:
    """Prepares the page where the buyer pays, `checkout_url`. When the provider does not answer the order is kept, and
    the same request sent again goes on with it.

    With `card_id` the saved card pays at once: the answer is the paid order, a declined one that says why, or one that
    is pending with the page of the buyer's bank as `checkout_url`."""
    if data.consent is not None or data.save_card is not None:
        require_scope(caller, Scope.CONSENTS)
    order = await checkout.start(database, payment_providers, caller.person_id, data, settings, clock)
    return order_answer(order, settings.store_product_prefix)


@get(
    "/orders",
    access=Access.VIEWER,
    scope=Scope.MONEY_READ,
    operation_id="ListOrders",
    personal=True,
    tags=TAGS,
    summary="My orders",
)
async def list_orders(
    caller: Caller,
    database: Database,
    settings: Settings,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[OrderAnswer]:
    """Newest first."""
    async with database.read() as connection:
        found = await actions.list_orders(connection, caller.person_id, BY_ID.after(cursor), limit + 1)
    return BY_ID.page(
        found, limit, lambda order: order.order_id, lambda order: order_answer(order, settings.store_product_prefix)
    )


@get(
    "/orders/{order_id:uuid}",
    access=OWNER,
    scope=Scope.MONEY_READ,
    operation_id="GetOrder",
    personal=True,
    tags=TAGS,
    summary="One order",
)
async def get_order(order_id: FromPath[UUID], caller: Caller, database: Database, settings: Settings) -> OrderAnswer:
    """For its buyer, and for operators."""
    async with database.read() as connection:
        return order_answer(await _order(connection, caller, order_id), settings.store_product_prefix)


@post(
    "/orders/{order_id:uuid}/refresh",
    access=OWNER,
    scope=Scope.ORDERS,
    operation_id="RefreshOrder",
    tags=TAGS,
    problems=(ProviderRefused, ProviderUnavailable),
    status_code=200,
    summary="Ask the provider about an order",
)
async def refresh_order(
    order_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
) -> OrderAnswer:
    """What the page does when the buyer comes back from the checkout: if it is paid the coins are there then."""
    async with database.read() as connection:
        order = await _order(connection, caller, order_id)
    order = await checkout.refresh(database, payment_providers, order, settings, clock)
    return order_answer(order, settings.store_product_prefix)


async def _order(connection: Connection, caller: Caller, order_id: UUID) -> Order:
    if Role.OPERATOR in caller.roles:
        return await actions.find_order_of_anybody(connection, order_id)
    return await actions.find_order(connection, caller.person_id, order_id)


HANDLERS = (
    get_prices,
    make_quote,
    place_order,
    list_orders,
    get_order,
    refresh_order,
    *operator_api.HANDLERS,
    *regions_api.HANDLERS,
)
