"""Quotes and orders: checks what is asked, then writes it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.freezes.reading import SPENDING, require_moving
from plaudit.ids import require_uuid7
from plaudit.ledger.shards import shard_of
from plaudit.limits import CAPPED_AGAIN_S, ORDER_POLL_AFTER_S, ORDER_VALID_MINUTES, QUOTE_VALID_MINUTES
from plaudit.money import Money
from plaudit.people.allowances import TooOften, take
from plaudit.people.model import Caller, Role
from plaudit.policy.model import Outcome, RegionDecision
from plaudit.policy.regions import countries_named
from plaudit.problems import IdempotencyConflict, InvalidField, NotFound
from plaudit.rules import asking
from plaudit.rules.model import BUY, Places
from plaudit.selling.cards import actions as cards
from plaudit.selling.links import actions as links
from plaudit.selling.orders import braking, capping, consents, risks
from plaudit.selling.orders.model import (
    Order,
    OrderRequest,
    OrderState,
    PaymentProblem,
    Quote,
    QuoteAlreadyOrdered,
    QuoteExpired,
    QuoteNotOurs,
    QuoteRequest,
)
from plaudit.selling.orders.regions import RegionRefused, decide_for_quote, decision_of_quote, source_of
from plaudit.selling.orders.signing import is_signed, quote_key, sign
from plaudit.selling.orders.taxing import TAXED_BY_TABLE, Taxing, basis_of, keep
from plaudit.selling.prices.current import current_book, prices, require_seller
from plaudit.selling.prices.pricing import WEB, Price
from plaudit.selling.providers import PaymentProviders, as_taken, methods_of, takers_of
from plaudit.selling.providers.errors import CurrencyNotTaken
from plaudit.selling.providers.returning import absolute_return
from plaudit.settings import Settings
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


class Amount(NamedTuple):
    """What a request comes to: coins, the ones beyond those that were missing, money that stays with the buyer."""

    coins: int
    left_over: int = 0
    unused_minor: int = 0


# Quotes


class Promised(NamedTuple):
    """A quote, why it has the prices of its region (None before decisions were kept), and who takes its price."""

    quote: Quote
    decision: RegionDecision | None
    takers: list[str]


async def make_quote(
    connection: Connection,
    person_id: int,
    asked: QuoteRequest,
    settings: Settings,
    clock: Clock,
    network_address: str | None = None,
    *,
    providers: PaymentProviders,
    taxing: Taxing = TAXED_BY_TABLE,
) -> Promised:
    """A price, promised for QUOTE_VALID_MINUTES. The same id with the same request gets the same quote. It is one that
    somebody of the providers takes: fewer coins than that are raised to it where they are missing ones.

    Raises:
        InvalidField: not exactly one amount, one outside what can be bought, or a region or currency without prices.
        IdempotencyConflict: the id came with another request.
        NoPrices: no price book has been published.
        NoSeller: nobody is named who sells there.
        RegionRefused: nothing is sold to where the person is.
        RulesRefuse, RulesAsk: the rules there do not let them buy.
        CapReached: it is more than one person may pay where they are.
        OwnLimitReached: the person's own brake holds a purchase like it.
        TaxToBeAsked: a tax provider is to be asked first.
        TooOften: the person has so many of this hour.
    """
    require_uuid7(asked.id, "id", clock)
    request = msgspec.json.encode(asked, order="deterministic").decode()
    shard = await shard_of(connection, person_id)
    if known := await fetch_one(connection, SQL["find_quote"], Quote, shard, person_id, asked.id):
        return await _promised_before(connection, known, request, providers)
    book = await current_book(connection, clock)
    decision = await decide_for_quote(
        connection, person_id, network_address, asked.region, settings, clock, channel=asked.channel, book=book
    )
    if decision.outcome is Outcome.REFUSE:
        raise RegionRefused(decision)
    asked_rules = await _require_rules(connection, person_id, decision, settings, clock)
    found = await prices(connection, book, decision.region, settings)
    price = next((price for price in found if price.channel == asked.channel), None)
    if price is None:
        raise InvalidField(field="channel", reason=f"is not offered in {decision.region}")
    await require_seller(connection, book, price.region, settings)
    now = clock.now()
    basis = await basis_of(connection, person_id, asked, price, taxing, settings, now)
    price = as_taken(price.taxed_at(basis.name, basis.rate_ppm) if basis else price, providers)
    amount = amount_of(asked, price)
    cost = price.cost(amount.coins)
    quote = Quote(
        shard=shard,
        person_id=person_id,
        quote_id=asked.id,
        request=request,
        book_version=book.version,
        region=price.region,
        region_source=source_of(decision),
        channel=price.channel,
        coins=amount.coins,
        coins_left_over=amount.left_over,
        unused_minor=amount.unused_minor,
        currency=price.currency,
        net_minor=cost.net,
        tax_minor=cost.tax,
        price_minor=cost.gross,
        tax_name=price.tax_name,
        tax_rate_bps=price.tax_rate_bps,
        store_fee_bps=price.store_fee_bps,
        created_at=now,
        expires_at=now + timedelta(minutes=QUOTE_VALID_MINUTES),
        decision_id=decision.decision_id,
    )
    await capping.require_room(connection, quote, asked_rules, settings, orders=False)
    await braking.require_room(connection, quote, now, orders=False)
    await take(connection, person_id, "quote", settings.quotes_per_hour, clock)
    signed = msgspec.structs.replace(quote, signature=sign(quote, await quote_key(connection, settings)))
    written = await fetch_one(connection, SQL["write_quote"], Quote, *msgspec.structs.astuple(signed))
    if written:
        if basis:
            await keep(connection, written, basis)
        return Promised(written, decision, takers_at(providers, written))
    known = await fetch_one(connection, SQL["find_quote"], Quote, shard, person_id, asked.id)
    assert known is not None  # the row that was in the way is committed
    return await _promised_before(connection, known, request, providers)


async def _promised_before(connection: Connection, known: Quote, request: str, providers: PaymentProviders) -> Promised:
    if known.request != request:
        raise IdempotencyConflict
    return Promised(known, await decision_of_quote(connection, known), takers_at(providers, known))


def takers_at(providers: PaymentProviders, quote: Quote) -> list[str]:
    """Who takes what was quoted, on the web."""
    price = Money(quote.price_minor, quote.currency)
    return takers_of(providers, price) if quote.channel == WEB else []


def amount_of(asked: QuoteRequest, price: Price) -> Amount:
    """What a request comes to at a price.

    Raises:
        InvalidField: see make_quote; names the field.
    """
    readings: dict[str, Callable[[int, Price], Amount]] = {
        "package_coins": _package,
        "coins": _custom,
        "missing_coins": _missing,
        "amount_minor": _affordable,
    }
    given = [name for name in readings if getattr(asked, name) is not None]
    if len(given) != 1:
        raise InvalidField(field="coins", reason=f"or exactly one other of {', '.join(readings)} must be given")
    if (asked.currency is not None) != (given == ["amount_minor"]):
        raise InvalidField(field="currency", reason="must be given with amount_minor, and with nothing else")
    if asked.currency not in {None, price.currency}:
        raise InvalidField(field="currency", reason=f"must be {price.currency}, the currency of {price.region}")
    if given != ["package_coins"] and not price.custom_amounts:
        raise InvalidField(field="package_coins", reason=f"must be given: {price.channel} sells packages only")
    return readings[given[0]](getattr(asked, given[0]), price)


def _package(coins: int, price: Price) -> Amount:
    if price.package(coins) is None:
        offered = ", ".join(str(package.coins) for package in price.packages)
        raise InvalidField(field="package_coins", reason=f"must be one of {offered}")
    return Amount(coins)


def _custom(coins: int, price: Price) -> Amount:
    if not price.coins_min <= coins <= price.coins_max:
        least, most = price.coins_min, price.coins_max
        raise InvalidField(field="coins", reason=f"must be {least} to {most}", least=least, most=most)
    return Amount(coins)


def _missing(missing: int, price: Price) -> Amount:
    if missing > price.coins_max:
        most = price.coins_max
        raise InvalidField(field="missing_coins", reason=f"must be at most {most}", most=most)
    coins = max(missing, price.coins_min)
    return Amount(coins, left_over=coins - missing)


def _affordable(amount_minor: int, price: Price) -> Amount:
    coins = price.coins_for(amount_minor)
    if not price.coins_min <= coins <= price.coins_max:
        least, most = price.cost(price.coins_min).gross, price.cost(price.coins_max).gross
        reason = f"must be {least} to {most} minor units of {price.currency}"
        raise InvalidField(field="amount_minor", reason=reason, least=least, most=most)
    return Amount(coins, unused_minor=amount_minor - price.cost(coins).gross)


# Orders


async def place_order(
    connection: Connection,
    person_id: int,
    asked: OrderRequest,
    providers: PaymentProviders,
    settings: Settings,
    clock: Clock,
) -> Order:
    """Turn a quote into an order, once. What is missing then is the provider's checkout.

    Raises:
        InvalidField: an unknown provider or method, one that does not serve the channel, or a return address that is
            not allowed.
        CurrencyNotTaken: the provider takes no such amount of the quote's currency.
        NotFound: the person has no such quote, or no such card.
        CardExpired: the saved card is good no more.
        ConsentOutdated, TooManyCards: no card can be saved as it was asked.
        QuoteNotOurs: it was altered since it was made, or signed with another key.
        QuoteExpired: its price is promised no more.
        QuoteAlreadyOrdered: by an order with another id.
        IdempotencyConflict: the id came with another body.
        LinkNotTaken: the store of its link takes none like it.
        TooOften: the person has so many of this hour.
        StandsStill: the person or their wallet does.
        RulesRefuse, RulesAsk: the rules where they are do not let them buy, any more.
        CapReached: it is more than one person may pay where they are.
        OwnLimitReached: the person's own brake holds it.
    """
    require_uuid7(asked.id, "id", clock)
    return_url = return_address(asked, settings)
    shard = await shard_of(connection, person_id)
    if known := await fetch_one(connection, SQL["find_order"], Order, shard, asked.id):
        same = _same_order(known, person_id, asked, return_url)
        await links.require_same(connection, asked.store_link, same)
        return same
    quote = await fetch_one(connection, SQL["find_quote"], Quote, shard, person_id, asked.quote_id)
    if quote is None:
        raise NotFound("You have no such quote.", quote_id=asked.quote_id)
    if not is_signed(quote, await quote_key(connection, settings)):
        raise QuoteNotOurs
    _require_taker(asked, quote, providers)
    now = clock.now()
    if now >= quote.expires_at:
        raise QuoteExpired(quote.expires_at)
    await require_moving(connection, person_id, SPENDING, now)
    asked_rules = await _require_rules(
        connection, person_id, await decision_of_quote(connection, quote), settings, clock
    )
    await connection.execute(SQL["order_in_turn"], person_id, now)
    await capping.require_room(connection, quote, asked_rules, settings, orders=True)
    await braking.require_room(connection, quote, now, orders=True)
    await take(connection, person_id, "order", settings.orders_per_hour, clock)
    locale = asked.locale or await connection.fetchval(SQL["language_of_person"], person_id) or "en"
    await _check_cards(connection, person_id, asked, providers, locale, clock)
    is_new = await _write(
        connection,
        settings.orders_per_hour,
        *(shard, asked.id, person_id, asked.quote_id, asked.provider, return_url, now),
        *(now + timedelta(minutes=ORDER_VALID_MINUTES), now + timedelta(seconds=ORDER_POLL_AFTER_S)),
        *(locale, asked.method, asked.card_id, asked.id if asked.save_card is not None else None),
        await risks.authenticates(connection, quote, settings, now),
    )
    if is_new:
        await asking.keep(connection, asked_rules, asked.id)
    await consents.keep(connection, shard, asked.id, asked.consent, now)
    order = await fetch_one(connection, SQL["find_order"], Order, shard, asked.id)
    if order is None:  # the row in the way is another order of the quote
        raise QuoteAlreadyOrdered
    await links.begin_with(connection, providers, asked.store_link if is_new else None, order, now)
    return _same_order(order, person_id, asked, return_url)


async def _write(connection: Connection, orders_per_hour: int, *order: object) -> bool:
    """Whether it is a new one.

    Raises:
        TooOften: it is more than its buyer may have in a day while they are looked into. Others read the same.
    """
    try:
        return bool(await connection.fetchval(SQL["write_order"], *order))
    except asyncpg.CheckViolationError as error:
        if error.constraint_name == "order_is_within_cap":
            raise TooOften(times_per_hour=orders_per_hour, retry_after_s=CAPPED_AGAIN_S) from error
        raise


async def _require_rules(
    connection: Connection, person_id: int, decision: RegionDecision | None, settings: Settings, clock: Clock
) -> asking.Asked:
    """By the evidence that a price was decided by.

    Raises:
        RulesRefuse, RulesAsk: the rules where they are do not let them buy.
    """
    seen = countries_named(decision.evidence, clock.now()) if decision else frozenset[str]()
    return await asking.require(
        connection, clock, BUY, person_id, ask_stops=settings.rules_ask_stops, places=Places(giver=seen)
    )


def _require_taker(asked: OrderRequest, quote: Quote, providers: PaymentProviders) -> None:
    provider = providers.get(asked.provider)
    if provider is None:
        raise InvalidField(
            field="provider", reason=f"must be one of: {', '.join(providers.names) or '(none is set up)'}"
        )
    if quote.channel != provider.capabilities.channel:
        raise InvalidField(field="provider", reason=f"takes no payment for the channel {quote.channel}")
    if not provider.takes(price := Money(quote.price_minor, quote.currency)):
        raise CurrencyNotTaken(asked.provider, f"it does not take {price.amount_minor} minor units of {price.currency}")
    if asked.method is not None and asked.method not in methods_of(provider, quote.currency):
        raise InvalidField(field="method", reason=f"is not offered by {asked.provider} for {quote.currency}")


async def _check_cards(
    connection: Connection,
    person_id: int,
    asked: OrderRequest,
    providers: PaymentProviders,
    locale: str,
    clock: Clock,
) -> None:
    """The saved card is the buyer's own, and good; that one is to be saved was agreed to, which is kept."""
    if asked.card_id is not None:
        if asked.save_card is not None or asked.method is not None:
            raise InvalidField(field="card_id", reason="is paid with as it is: without method and save_card")
        await cards.require_good(connection, person_id, asked.card_id, asked.provider, clock)
    if asked.save_card is not None:
        cards.require_keeper(providers, asked.provider)
        await cards.agree(connection, person_id, asked.provider, asked.id, asked.save_card, locale, clock)


def _same_order(known: Order, person_id: int, asked: OrderRequest, return_url: str) -> Order:
    present = (known.person_id, known.quote_id, known.provider, known.method, known.return_url, known.locale)
    wanted = (person_id, asked.quote_id, asked.provider, asked.method, return_url, asked.locale or known.locale)
    cards_as_known = (known.card_id, known.card_consent_id is not None)
    if present != wanted or cards_as_known != (asked.card_id, asked.save_card is not None):
        raise IdempotencyConflict
    return known


def return_address(asked: OrderRequest, settings: Settings) -> str:
    """Where the buyer comes back to, as an absolute address.

    Raises:
        InvalidField: another host than ours and those allowed, or nothing a browser should be sent to.
    """
    if asked.return_url is None:
        return f"{settings.public_url}/orders/{asked.id}"
    return absolute_return(asked.return_url, settings)


async def find_order(connection: Connection, person_id: int, order_id: UUID) -> Order:
    """An order of a person.

    Raises:
        NotFound: the person has none with this id.
    """
    shard = await shard_of(connection, person_id)
    order = await fetch_one(connection, SQL["find_order"], Order, shard, order_id)
    if order is None or order.person_id != person_id:
        raise NotFound("You have no such order.", order_id=order_id)
    return order


async def find_order_of_anybody(connection: Connection, order_id: UUID) -> Order:
    """An order, for the operator.

    Raises:
        NotFound: there is none with this id.
    """
    order = await fetch_one(connection, SQL["find_order_of_anybody"], Order, order_id)
    if order is None:
        raise NotFound("There is no such order.", order_id=order_id)
    return order


async def order_for(connection: Connection, caller: Caller, order_id: UUID) -> Order:
    """An order somebody may see: buyers their own, operators everybody's.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    if Role.OPERATOR in caller.roles:
        return await find_order_of_anybody(connection, order_id)
    return await find_order(connection, caller.person_id, order_id)


async def list_orders(connection: Connection, person_id: int, before: UUID | None, limit: int) -> list[Order]:
    """Orders of a person, newest first, those before an id."""
    shard = await shard_of(connection, person_id)
    return await fetch_all(connection, SQL["list_orders"], Order, shard, person_id, before, limit)


async def paid_orders(connection: Connection, person_id: int, before: UUID | None, limit: int) -> list[Order]:
    """Those that are paid, of the same."""
    shard = await shard_of(connection, person_id)
    return await fetch_all(connection, SQL["paid_orders"], Order, shard, person_id, before, limit)


async def orders_to_show(
    connection: Connection, person_id: int, order_ids: Sequence[UUID], *, recent: int = 0, vouchers: int = 0
) -> list[Order]:
    """Those of some orders that are a person's, what is under way of so many recent ones, and so many of the newest
    with a voucher that is still to be paid; newest first."""
    shard = await shard_of(connection, person_id)
    asked = (shard, person_id, order_ids, recent, vouchers)
    return await fetch_all(connection, SQL["orders_to_show"], Order, *asked)


async def list_all_orders(
    connection: Connection,
    state: OrderState | None,
    before: tuple[UUID, int] | None,
    limit: int,
    *,
    provider: str | None = None,
    person_id: int | None = None,
) -> list[Order]:
    """Orders of everybody for the operator, newest first, those before an id and shard."""
    order_id, shard = before or (None, None)
    return await fetch_all(
        connection, SQL["list_all_orders"], Order, state, order_id, shard, limit, provider, person_id
    )


async def payment_problems(connection: Connection, limit: int) -> list[PaymentProblem]:
    """Payments an operator has to look at, the oldest first."""
    return await fetch_all(connection, SQL["open_payment_problems"], PaymentProblem, limit)
