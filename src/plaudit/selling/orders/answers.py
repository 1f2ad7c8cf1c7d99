"""What quotes and orders answer over HTTP, and how it is made from what is kept."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.money import Money
from plaudit.policy.model import RegionDecision
from plaudit.selling.orders.model import Order, OrderState, Quote, Refusal, RegionSource
from plaudit.selling.orders.regions_api import RegionAnswer, region_answer
from plaudit.selling.orders.ways import Way
from plaudit.selling.prices.channel_answers import ChannelAnswer
from plaudit.selling.prices.pricing import Channel
from plaudit.selling.providers.news import Decline, VoucherNumber
from plaudit.selling.providers.products import product_of


class PricesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What coins cost in a region."""

    region: str
    region_source: RegionSource
    region_decision: RegionAnswer
    regions: Annotated[list[str], Meta(description="All regions with prices.")]
    version: Annotated[int, Meta(description="The version of the price book.")]
    effective_at: datetime
    rates_date: Annotated[date, Meta(description="The day of the exchange rates behind the prices.")]
    note: str
    sources: dict[str, str]
    channels: list[ChannelAnswer]
    providers: Annotated[list[str], Meta(description="Who can take a payment on the web.")]
    ways: Annotated[list[Way], Meta(description="How that can be done, by name, in the order of offer.")]


class QuoteAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A price promised until `expires_at`."""

    id: UUID
    coins: int
    coins_left_over: Annotated[int, Meta(description="Coins beyond missing_coins, because fewer cannot be bought.")]
    price: Money
    net: Money
    tax: Money
    tax_name: str
    tax_rate_bps: int
    providers: Annotated[list[str], Meta(description="Who takes this price; none of a quote for an app store.")]
    unused_minor: Annotated[int, Meta(description="What of amount_minor the coins do not cost; it is not charged.")]
    channel: Channel
    region: str
    region_source: RegionSource
    region_decision: Annotated[RegionAnswer | None, Meta(description="Why; null of quotes from before it was kept.")]
    book_version: int
    created_at: datetime
    expires_at: datetime
    signature: Annotated[str, Meta(description="HMAC-SHA256 over the fields of the quote, with the key of the server.")]


class StoreAnswer(msgspec.Struct, frozen=True):
    """What the app asks its store for."""

    product_id: Annotated[str, Meta(description="The product to buy.", examples=["coins.70"])]
    account_token: Annotated[UUID, Meta(description="What the purchase must carry to be found again.")]


class VoucherAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Not yet paid: what the buyer pays with elsewhere."""

    method: Annotated[str, Meta(examples=["konbini"])]
    numbers: Annotated[list[VoucherNumber], Meta(description="What to type in or show, by the provider's names.")]
    url: Annotated[str | None, Meta(description="Where the provider shows it.")]
    pay_by: datetime | None
    missing: Annotated[Money, Meta(description="What is not paid yet.")]


class RefusalAnswer(msgspec.Struct, frozen=True):
    """Why an agreed payment was let go. Nothing was taken."""

    outcome: Annotated[
        Refusal,
        Meta(
            description="reprice: the price of `region` is the right one; ask: pay in a way that shows where you are, "
            "or at the price of `region`; refuse: nothing is sold this way."
        ),
    ]
    region: Annotated[str | None, Meta(description="Whose price is the right one; a new quote is made with it.")]
    reasons: list[str]


class OrderAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A quote being paid. When it is paid there is a receipt with the same id."""

    id: UUID
    person_id: str
    quote_id: UUID
    state: OrderState
    coins: int
    price: Money
    channel: Channel
    region: str
    provider: str
    method: Annotated[str | None, Meta(description="Of the provider, when it was chosen before the checkout.")]
    card_id: Annotated[UUID | None, Meta(description="The saved card that pays; null: the provider asks.")]
    decline: Annotated[
        Decline | None, Meta(description="Why the card did not pay, as far as its holder may be told; null: unknown.")
    ]
    checkout_url: Annotated[str | None, Meta(description="Where the buyer pays; null unless the order is pending.")]
    store: Annotated[StoreAnswer | None, Meta(description="What the app asks its store for; null on the web.")]
    processing_since: Annotated[
        datetime | None,
        Meta(description="The buyer is done at the checkout and the money is on its way, as by a bank debit; or null."),
    ]
    voucher: Annotated[
        VoucherAnswer | None,
        Meta(description="What the buyer still has to pay with, at a till or by their bank; null: nothing."),
    ]
    refusal: Annotated[RefusalAnswer | None, Meta(description="Why the payment was let go; null unless it was.")]
    needs_review: Annotated[bool, Meta(description="Money came otherwise than ordered; somebody looks at it.")]
    created_at: datetime
    changed_at: datetime
    expires_at: datetime


def quote_answer(quote: Quote, decision: RegionDecision | None, takers: list[str]) -> QuoteAnswer:
    return QuoteAnswer(
        id=quote.quote_id,
        coins=quote.coins,
        coins_left_over=quote.coins_left_over,
        price=Money(quote.price_minor, quote.currency),
        net=Money(quote.net_minor, quote.currency),
        tax=Money(quote.tax_minor, quote.currency),
        tax_name=quote.tax_name,
        tax_rate_bps=quote.tax_rate_bps,
        providers=takers,
        unused_minor=quote.unused_minor,
        channel=quote.channel,
        region=quote.region,
        region_source=quote.region_source,
        region_decision=region_answer(decision) if decision else None,
        book_version=quote.book_version,
        created_at=quote.created_at,
        expires_at=quote.expires_at,
        signature=quote.signature,
    )


def order_answer(order: Order, product_prefix: str) -> OrderAnswer:
    """`product_prefix`: what products of the stores are called before their number of coins."""
    product_id = product_of(order.coins // order.quantity, product_prefix)
    return OrderAnswer(
        id=order.order_id,
        person_id=str(order.person_id),
        quote_id=order.quote_id,
        state=order.state,
        coins=order.coins,
        price=order.price,
        channel=order.channel,
        region=order.region,
        provider=order.provider,
        method=order.method,
        card_id=order.card_id,
        decline=order.decline,
        checkout_url=order.checkout_url if order.state is OrderState.PENDING else None,
        store=None if order.channel == "web" else StoreAnswer(product_id, order.order_id),
        processing_since=order.processing_since if order.state is OrderState.PENDING else None,
        voucher=_voucher(order),
        refusal=_refusal(order),
        needs_review=order.needs_review,
        created_at=order.created_at,
        changed_at=order.changed_at,
        expires_at=order.expires_at,
    )


def _voucher(order: Order) -> VoucherAnswer | None:
    voucher = order.voucher if order.state is OrderState.PENDING else None
    if voucher is None:
        return None
    return VoucherAnswer(
        method=voucher.method,
        numbers=list(voucher.numbers),
        url=voucher.url,
        pay_by=voucher.pay_by,
        missing=Money(voucher.missing_minor, order.currency),
    )


def _refusal(order: Order) -> RefusalAnswer | None:
    if order.refusal is None:
        return None
    return RefusalAnswer(order.refusal, order.refusal_region, order.refusal_reasons or [])
