"""What recharge answers over HTTP, and how it is made from what is kept."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.money import Money, round_half_up
from plaudit.recharge.model import Order, OrderState, Quote, Receipt, RegionSource
from plaudit.recharge.pricing import BPS, Channel, Price


class PerCoin(msgspec.Struct, frozen=True):
    """What one coin costs, exactly: `numerator / denominator` minor units."""

    numerator: int
    denominator: int
    currency: str


class TaxAnswer(msgspec.Struct, frozen=True):
    """The tax of a price. `included`: shown prices contain it; otherwise the buyer pays it on top."""

    name: str
    rate_bps: int
    included: bool


class PackageAnswer(msgspec.Struct, frozen=True):
    """A fixed amount of coins and all the buyer pays for it."""

    coins: int
    price: Money
    saving_on_web: Annotated[Money | None, Meta(description="What the same coins cost less on the web; null there.")]


class ChannelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Prices of one channel."""

    channel: Channel
    currency: str
    per_coin: Annotated[PerCoin, Meta(description="The list price of one coin; exact, not rounded.")]
    premium_over_web_bps: Annotated[int, Meta(description="How much more a coin costs here than on the web.")]
    store_fee_bps: Annotated[int, Meta(description="What the channel is expected to keep of a payment.")]
    tax: TaxAnswer
    custom_amounts: Annotated[bool, Meta(description="Whether other amounts than the packages can be bought.")]
    coins_min: int
    coins_max: int
    step_minor: Annotated[int, Meta(description="Prices are rounded up to a multiple of this many minor units.")]
    packages: list[PackageAnswer]


class PricesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What coins cost in a region."""

    region: str
    region_source: RegionSource
    regions: Annotated[list[str], Meta(description="All regions with prices.")]
    version: Annotated[int, Meta(description="The version of the price book.")]
    effective_at: datetime
    rates_date: Annotated[date, Meta(description="The day of the exchange rates behind the prices.")]
    note: str
    sources: dict[str, str]
    channels: list[ChannelAnswer]
    providers: Annotated[list[str], Meta(description="Who can take a payment on the web.")]


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
    unused_minor: Annotated[int, Meta(description="What of amount_minor the coins do not cost; it is not charged.")]
    channel: Channel
    region: str
    region_source: RegionSource
    book_version: int
    created_at: datetime
    expires_at: datetime


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
    checkout_url: Annotated[str | None, Meta(description="Where the buyer pays; null unless the order is pending.")]
    needs_review: Annotated[bool, Meta(description="Money came otherwise than ordered; somebody looks at it.")]
    created_at: datetime
    changed_at: datetime
    expires_at: datetime


class OrderPage(msgspec.Struct, frozen=True):
    """Orders, newest first."""

    items: list[OrderAnswer]
    next: Annotated[str | None, Meta(description="The cursor of the next page; null: this is the last.")]


class SellerAnswer(msgspec.Struct, frozen=True):
    """The seller of record."""

    name: str
    address: str


class ReceiptTax(msgspec.Struct, frozen=True):
    """The tax line of a receipt."""

    name: str
    rate_bps: int
    amount: Money


class ReceiptAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The proof of a paid order."""

    number: Annotated[str, Meta(description="Without gaps within its series.", examples=["PLAUDIT-1-000042"])]
    order_id: UUID
    lot_id: Annotated[UUID, Meta(description="The lot the coins are in.")]
    seller: SellerAnswer
    issued_at: datetime
    paid_at: datetime
    coins: int
    gross: Money
    net: Money
    tax: ReceiptTax
    channel: Channel
    region: str
    provider: str


class WebhookAnswer(msgspec.Struct, frozen=True):
    """What became of the message."""

    outcome: str


def channel_answer(price: Price, web: Price) -> ChannelAnswer:
    return ChannelAnswer(
        channel=price.channel,
        currency=price.currency,
        per_coin=PerCoin(price.unit_numerator, price.unit_denominator, price.currency),
        premium_over_web_bps=round_half_up((price.unit / web.unit - 1) * BPS),
        store_fee_bps=price.store_fee_bps,
        tax=TaxAnswer(price.tax_name, price.tax_rate_bps, price.tax_included),
        custom_amounts=price.custom_amounts,
        coins_min=price.coins_min,
        coins_max=price.coins_max,
        step_minor=price.step_minor,
        packages=[package_answer(coins, price, web) for coins in (package.coins for package in price.packages)],
    )


def package_answer(coins: int, price: Price, web: Price) -> PackageAnswer:
    gross = price.cost(coins).gross
    saving = None if price.channel == "web" else Money(gross - web.cost(coins).gross, price.currency)
    return PackageAnswer(coins, Money(gross, price.currency), saving)


def quote_answer(quote: Quote) -> QuoteAnswer:
    return QuoteAnswer(
        id=quote.quote_id,
        coins=quote.coins,
        coins_left_over=quote.coins_left_over,
        price=Money(quote.price_minor, quote.currency),
        net=Money(quote.net_minor, quote.currency),
        tax=Money(quote.tax_minor, quote.currency),
        tax_name=quote.tax_name,
        tax_rate_bps=quote.tax_rate_bps,
        unused_minor=quote.unused_minor,
        channel=quote.channel,
        region=quote.region,
        region_source=quote.region_source,
        book_version=quote.book_version,
        created_at=quote.created_at,
        expires_at=quote.expires_at,
    )


def order_answer(order: Order) -> OrderAnswer:
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
        checkout_url=order.checkout_url if order.state is OrderState.PENDING else None,
        needs_review=order.needs_review,
        created_at=order.created_at,
        changed_at=order.changed_at,
        expires_at=order.expires_at,
    )


def receipt_answer(receipt: Receipt) -> ReceiptAnswer:
    return ReceiptAnswer(
        number=receipt.full_number,
        order_id=receipt.order_id,
        lot_id=receipt.order_id,
        seller=SellerAnswer(receipt.seller_name, receipt.seller_address),
        issued_at=receipt.issued_at,
        paid_at=receipt.paid_at,
        coins=receipt.coins,
        gross=Money(receipt.price_minor, receipt.currency),
        net=Money(receipt.net_minor, receipt.currency),
        tax=ReceiptTax(receipt.tax_name, receipt.tax_rate_bps, Money(receipt.tax_minor, receipt.currency)),
        channel=receipt.channel,
        region=receipt.region,
        provider=receipt.provider,
    )
