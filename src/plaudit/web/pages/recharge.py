"""Buying coins: prices and amounts, the way back from the checkout, and receipts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, Router, get

from plaudit.clock import Clock
from plaudit.db import Connection, Database
from plaudit.money import Money
from plaudit.people.access import Access
from plaudit.people.actions import require_person
from plaudit.people.model import Caller, Role
from plaudit.problems import InvalidField
from plaudit.recharge import actions
from plaudit.recharge.answers import channel_answer
from plaudit.recharge.model import NoPrices, Order
from plaudit.recharge.prices import current_book, region_prices, regions
from plaudit.recharge.pricing import Price
from plaudit.recharge.providers import PaymentProviders
from plaudit.settings import Settings
from plaudit.web.pages.frame import local_address, page, viewer_of

COMPARED_COINS = 700
"""The package whose price is compared between channels."""

LATE_AFTER_S = 90
"""After this a payment under way takes longer than most."""


@get("/recharge", access=Access.VIEWER, include_in_schema=False)
async def recharge(
    caller: Caller,
    database: Database,
    payment_providers: PaymentProviders,
    settings: Settings,
    clock: Clock,
    region: str | None = None,
    back: str | None = None,
) -> Response[str]:
    """Packages, custom amounts, and what the stores ask for the same coins."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        back = local_address(back, "/wallet")
        try:
            book = await current_book(connection, clock)
        except NoPrices:
            return page("recharge_closed.html", viewer, nav="wallet")
        try:
            source, found = await region_prices(connection, book, caller.person_id, region, settings)
        except InvalidField:
            source, found = await region_prices(connection, book, caller.person_id, None, settings)
        known = await regions(connection, book)
    channels = [channel_answer(price, found[0]) for price in found]
    web = channels[0]
    data: dict[str, Any] = {
        "region": found[0].region,
        "currency": web.currency,
        "back": back,
        "packages": [package.coins for package in web.packages],
        "provider": payment_providers.names[0] if payment_providers.names else None,
    }
    return page(
        "recharge.html",
        viewer,
        nav="wallet",
        book=book,
        region=found[0].region,
        region_source=source,
        regions=known,
        web=web,
        channels=channels,
        compared=_compared(found),
        compared_coins=COMPARED_COINS,
        back=back,
        data=data,
    )


def _compared(prices: list[Price]) -> list[dict[str, Any]]:
    """The same package in every channel that sells it, with its price and how much dearer than the web it is."""
    web = prices[0].cost(COMPARED_COINS).gross
    return [
        {
            "channel": price.channel,
            "price": Money(price.cost(COMPARED_COINS).gross, price.currency),
            "more": Money(price.cost(COMPARED_COINS).gross - web, price.currency),
            "store_fee_bps": price.store_fee_bps,
        }
        for price in prices
        if price.channel == "web" or price.package(COMPARED_COINS)
    ]


@get("/orders/{order_id:uuid}", access=Access.VIEWER, include_in_schema=False)
async def order(
    order_id: UUID, caller: Caller, database: Database, clock: Clock, back: str | None = None
) -> Response[str]:
    """Where a checkout leads back to: the order as it stands, until it is settled."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        found = await _order(connection, caller, order_id)
    back = local_address(back, "/wallet")
    return page("order.html", viewer, nav="wallet", order=found, back=back, late=_is_late(found, clock.now()))


def _is_late(order: Order, now: datetime) -> bool:
    return order.state == "pending" and (now - order.created_at).total_seconds() > LATE_AFTER_S


async def _order(connection: Connection, caller: Caller, order_id: UUID) -> Order:
    if Role.OPERATOR in caller.roles:
        return await actions.find_order_of_anybody(connection, order_id)
    return await actions.find_order(connection, caller.person_id, order_id)


@get("/receipts/{order_id:uuid}", access=Access.VIEWER, include_in_schema=False)
async def receipt(order_id: UUID, caller: Caller, database: Database) -> Response[str]:
    """The proof of a paid order, to print."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        found = await _order(connection, caller, order_id)
        proof = await actions.find_receipt(connection, found)
        buyer = await require_person(connection, proof.person_id)
    return page("receipt.html", viewer, nav="wallet", receipt=proof, buyer=buyer)


router = Router("/", route_handlers=[recharge, order, receipt])
