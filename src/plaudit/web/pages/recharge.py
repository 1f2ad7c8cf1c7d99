"""Buying coins: prices and amounts, and the way back from the checkout."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from plaudit.connections import Connection
from plaudit.freezes.reading import SPENDING, told
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import QUOTE_VALID_MINUTES
from plaudit.mail.outbox import mails_of_order
from plaudit.money import Money, exponent
from plaudit.people.access import Access
from plaudit.people.addresses import local_address
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.policy.model import Outcome
from plaudit.problems import InvalidField
from plaudit.selling.cards.actions import cards_of, one_tap_card
from plaudit.selling.cards.consent import CONSENT_WORDS
from plaudit.selling.cards.model import CONSENT_VERSION
from plaudit.selling.orders import consents
from plaudit.selling.orders.actions import order_for
from plaudit.selling.orders.model import Order, OrderState
from plaudit.selling.orders.regions import decisions_of_order, preview, unseen_payers_at
from plaudit.selling.orders.taxing import said_last
from plaudit.selling.orders.ways import of_pages, preferred, ways
from plaudit.selling.prices.channel_answers import channel_answer
from plaudit.selling.prices.channel_answers import compared_coins as coins_to_compare
from plaudit.selling.prices.current import current_book, prices, regions, require_seller
from plaudit.selling.prices.legal import links_of
from plaudit.selling.prices.pricing import NoPrices, NoSeller, Price
from plaudit.selling.prices.subdivisions import parts_of, rate_below
from plaudit.selling.providers import PaymentProviders, as_taken, providers_on_the_web
from plaudit.selling.reversals import asking, reading, rules
from plaudit.web.pages.frame import meter_for, page, viewer_of

LATE_AFTER_S = 90
"""After this a payment under way takes longer than most."""


@get("/recharge", access=Access.VIEWER, include_in_schema=False)
async def recharge(  # noqa: PLR0913, PLR0917 - one for each parameter of the address, or a part of the house
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
    network_address: NamedDependency[str | None],
    region: FromQuery[str | None] = None,
    subdivision: FromQuery[str | None] = None,
    back: FromQuery[str | None] = None,
) -> Response[str]:
    """Packages, custom amounts, and what the same coins cost in the apps of this server."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        back = local_address(back, "/wallet")
        meter = await meter_for(connection, viewer)
        freezes = [one for one in await told(connection, caller.person_id, clock.now()) if one.what in SPENDING]
        if freezes or (meter and (meter.is_stopped or meter.stopped_until)):
            return page("recharge_closed.html", viewer, nav="wallet", missing="nothing", freezes=freezes, meter=meter)
        try:
            book = await current_book(connection, clock)
        except NoPrices:
            return page("recharge_closed.html", viewer, nav="wallet", missing="prices")
        asked = (connection, caller.person_id, network_address)
        try:
            decision = await preview(*asked, region, settings, clock, book=book)
        except InvalidField:
            decision = await preview(*asked, None, settings, clock, book=book)
        found = await prices(connection, book, decision.region, settings)
        parts = await parts_of(connection, found[0].region, clock.now(), settings)
        said = await said_last(connection, caller.person_id, found[0].region, settings)
        part = next((one for one in (subdivision, said) if one in parts), None)
        found[0] = as_taken(await _taxed_in(connection, part, found[0], clock), payment_providers)
        try:
            seller = await require_seller(connection, book, found[0].region, settings)
        except NoSeller:
            return page("recharge_closed.html", viewer, nav="wallet", missing="seller")
        known = await regions(connection, book)
        who = [] if decision.outcome is Outcome.REFUSE else providers_on_the_web(payment_providers, found[0])
        payers = await unseen_payers_at(connection, decision, settings)
        offered = of_pages(await ways(connection, caller.person_id, payment_providers, who, found[0], payers))
        kept = [card for card in await cards_of(connection, caller.person_id) if card.provider in who]
        one_tap = await one_tap_card(connection, caller.person_id, who, clock)
        rule = await rules.rule_of(connection, found[0].region, clock.now(), settings)
    channels = [channel_answer(price, found[0]) for price in found]
    compared_coins = coins_to_compare(found)
    asks_consent = bool(rule.days and rule.is_law)
    web, chosen = channels[0], preferred(offered)
    data: dict[str, Any] = {
        "region": found[0].region,
        "subdivision": part,
        "asks_part": bool(parts) and part is None,
        "currency": web.currency,
        "places": exponent(web.currency),
        "back": back,
        "packages": [package.coins for package in web.packages],
        "way": msgspec.to_builtins(chosen),
        "consent_version": CONSENT_VERSION,
        "withdrawal_consent": consents.VERSION if asks_consent else "",
    }
    return page(
        "recharge.html",
        viewer,
        nav="wallet",
        book=book,
        region=found[0].region,
        region_source=decision.basis.value,
        region_outcome=decision.outcome.value,
        decision=decision,
        regions=known,
        parts=parts,
        part=part,
        web=web,
        channels=channels,
        compared=_compared(found, compared_coins),
        compared_coins=compared_coins,
        back=back,
        ways=offered,
        chosen=chosen,
        cards=kept,
        one_tap=one_tap,
        now=clock.now(),
        meter=meter,
        consent=CONSENT_WORDS,
        data=data,
        withdrawal_days=rule.days,
        consent_words=consents.words if asks_consent else None,
        seller=seller,
        links=links_of(settings, found[0].region, seller.code),
        quote_minutes=QUOTE_VALID_MINUTES,
    )


async def _taxed_in(connection: Connection, part: str | None, price: Price, clock: Clock) -> Price:
    """The price with the tax of the buyer's part of the country, where that has a rate."""
    rate = await rate_below(connection, price.region, part, clock.now()) if part else None
    return price.taxed_at(rate.name, rate.rate_ppm) if rate else price


def _compared(prices: list[Price], coins: int) -> list[dict[str, Any]]:
    """The same coins in every channel that sells them, with their price and how much dearer than the web it is."""
    web = prices[0].cost(coins).gross
    return [
        {
            "channel": price.channel,
            "price": Money(price.cost(coins).gross, price.currency),
            "more": Money(price.cost(coins).gross - web, price.currency),
            "store_fee_bps": price.store_fee_bps,
        }
        for price in prices
        if price.channel == "web" or price.package(coins)
    ]


@get("/orders/{order_id:uuid}", access=Access.VIEWER, include_in_schema=False)
async def order(
    order_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
    back: FromQuery[str | None] = None,
) -> Response[str]:
    """Where a checkout leads back to: the order as it stands, until it is settled."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        found = await order_for(connection, caller, order_id)
        reversals = await reading.of_order(connection, found)
        mails = await mails_of_order(connection, found.shard, order_id)
        withdrawable = None
        if found.state is OrderState.PAID:
            withdrawable = await asking.withdrawable(connection, payment_providers, found, settings, clock.now())
        decisions = await decisions_of_order(connection, found) if found.state is OrderState.REFUSED else []
    back, late = local_address(back, "/wallet"), _is_late(found, clock.now())
    of_payment = [decision for decision in decisions if decision.kind == "payment"]
    return page(
        "order.html",
        viewer,
        nav="wallet",
        order=found,
        missing=Money(found.voucher.missing_minor, found.currency) if found.voucher else None,
        back=back,
        late=late,
        refused_because=of_payment[-1:],
        reversals=reversals,
        mails=mails,
        withdrawable=withdrawable,
    )


@get("/checkout-over", access=Access.PUBLIC, include_in_schema=False)
async def checkout_over(caller: CallerOrGuest, database: Database) -> Response[str]:
    """Where a checkout leads back to that a frame opened in a window of its own, in which nobody may be signed in."""
    async with database.read() as connection:
        return page("checkout_over.html", await viewer_of(connection, caller))


def _is_late(order: Order, now: datetime) -> bool:
    return order.state == "pending" and (now - order.created_at).total_seconds() > LATE_AFTER_S


router = Router("/", route_handlers=[recharge, order, checkout_over])
