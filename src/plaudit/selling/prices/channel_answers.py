"""Prices of a channel as they are answered over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from plaudit.money import Money, round_half_up
from plaudit.selling.prices.pricing import BPS, Channel, Package, Price


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


class OfferAnswer(msgspec.Struct, frozen=True):
    """Why a package costs less than usual just now."""

    code: str
    regular_price: Annotated[Money, Meta(description="What the package costs before and after.")]
    ends_at: datetime


class PackageAnswer(msgspec.Struct, frozen=True):
    """A fixed amount of coins and all the buyer pays for it."""

    coins: int
    price: Money
    saving_on_web: Annotated[Money | None, Meta(description="What the same coins cost less on the web; null there.")]
    best_value: Annotated[bool, Meta(description="No other way to buy coins here costs as little per coin.")] = False
    saving_percent: Annotated[
        int | None, Meta(description="It costs at least this much less than the same coins in the apps.")
    ] = None
    offer: OfferAnswer | None = None


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
        packages=[package_answer(package, price, web) for package in price.packages],
    )


COMPARED_COINS = 700
"""The package whose price is compared between channels, where the apps sell it."""


def compared_coins(prices: Sequence[Price]) -> int:
    """The coins whose price is compared: of a package that most channels sell."""
    sold = [package.coins for price in prices for package in price.packages]
    return max(sold, key=lambda coins: (sold.count(coins), coins == COMPARED_COINS, -coins), default=COMPARED_COINS)


def package_answer(package: Package, price: Price, web: Price) -> PackageAnswer:
    gross = price.taxed(package.price_minor).gross
    saving = None if price.channel == "web" else Money(gross - web.cost(package.coins).gross, price.currency)
    offer = None
    if package.offer and package.regular_minor is not None:
        regular = Money(price.taxed(package.regular_minor).gross, price.currency)
        offer = OfferAnswer(package.offer.code, regular, package.offer.ends_at)
    return PackageAnswer(
        package.coins, Money(gross, price.currency), saving, package.best_value, package.saving_percent, offer
    )
