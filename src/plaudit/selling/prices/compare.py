"""Two price books side by side: per region and channel, by coin and package, after tax and after fees. Pure."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated

import msgspec
from msgspec import Meta

from plaudit.money import Money, round_half_up
from plaudit.selling.prices.pricing import BPS, Channel, Package, Price, PriceBook


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """What a price comes to: what the buyer pays, what of it is not tax, and what is left when fees are paid."""

    gross: Money
    net: Money
    left: Annotated[Money, Meta(description="After tax and what the channel keeps, to the nearest minor unit.")]


class PackageChange(msgspec.Struct, frozen=True, kw_only=True):
    """A package in both books; null where it is not."""

    coins: int
    before: Sum | None
    after: Sum | None
    gross_change_bps: Annotated[int | None, Meta(description="By how much dearer it becomes for the buyer.")]
    left_change_bps: Annotated[int | None, Meta(description="By how much more is left to us.")]


class PerCoinMoney(msgspec.Struct, frozen=True):
    """What one coin costs with tax, exactly: `numerator / denominator` minor units."""

    numerator: int
    denominator: int
    currency: str

    @property
    def minor(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)


class ChannelChange(msgspec.Struct, frozen=True, kw_only=True):
    """The prices of a region and channel in both books; null where they are not."""

    region: str
    channel: Channel
    coin_before: PerCoinMoney | None
    coin_after: PerCoinMoney | None
    coin_change_bps: Annotated[int | None, Meta(description="Null: one is missing, or the currencies differ.")]
    packages: list[PackageChange]
    other_changes: Annotated[list[str], Meta(description="Fields beside the prices that differ, in words.")]

    @property
    def is_same(self) -> bool:
        same_packages = all(package.before == package.after for package in self.packages)
        return same_packages and self.coin_before == self.coin_after and not self.other_changes


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What changes from one book to another."""

    before_version: int
    same: Annotated[int, Meta(description="Regions and channels in which nothing changes; they are not listed.")]
    changes: list[ChannelChange]


_FIELDS = {
    "currency": "currency",
    "tax_name": "name of the tax",
    "tax_rate_bps": "tax rate",
    "tax_included": "whether prices include tax",
    "store_fee_bps": "share of the channel",
    "store_fee_fixed_minor": "fixed fee of the channel",
    "step_minor": "rounding step",
    "custom_amounts": "custom amounts",
    "coins_min": "smallest custom amount",
    "coins_max": "largest custom amount",
    "seller_code": "seller",
}


def compare(before: PriceBook, after: PriceBook) -> Comparison:
    """What changes from `before` to `after`, each with its own taxes and fees, at usual prices: offers are named."""
    old = {(price.region, price.channel): price for price in before.prices}
    new = {(price.region, price.channel): price for price in after.prices}
    places = list(dict.fromkeys([*new, *old]))
    changes = [_channel(*place, old.get(place), new.get(place)) for place in sorted(places, key=lambda place: place[0])]
    changed = [change for change in changes if not change.is_same]
    return Comparison(before_version=before.version, same=len(changes) - len(changed), changes=changed)


def _channel(region: str, channel: Channel, old: Price | None, new: Price | None) -> ChannelChange:
    comparable = old is not None and new is not None and old.currency == new.currency
    before, after = _coin(old), _coin(new)
    return ChannelChange(
        region=region,
        channel=channel,
        coin_before=before,
        coin_after=after,
        coin_change_bps=_change(before.minor, after.minor) if comparable and before and after else None,
        packages=list(_packages(old, new)),
        other_changes=list(_others(old, new)),
    )


def _coin(price: Price | None) -> PerCoinMoney | None:
    if price is None:
        return None
    with_tax = price.unit * (1 if price.tax_included else Fraction(BPS + price.tax_rate_bps, BPS))
    return PerCoinMoney(with_tax.numerator, with_tax.denominator, price.currency)


def _change(before: Fraction, after: Fraction) -> int | None:
    return round_half_up((after / before - 1) * BPS) if before > 0 else None


def _packages(old: Price | None, new: Price | None) -> Iterator[PackageChange]:
    coins = {package.coins for price in (old, new) if price for package in price.packages}
    for number in sorted(coins):
        before, after = sum_of(old, number), sum_of(new, number)
        both = before and after and before.gross.currency == after.gross.currency
        yield PackageChange(
            coins=number,
            before=before,
            after=after,
            gross_change_bps=_bps(before.gross, after.gross) if both and before and after else None,
            left_change_bps=_bps(before.left, after.left) if both and before and after else None,
        )


def _bps(before: Money, after: Money) -> int | None:
    return _change(Fraction(before.amount_minor), Fraction(after.amount_minor))


def sum_of(price: Price | None, coins: int) -> Sum | None:
    """What a package of a price comes to; None when it is not there."""
    package = price.package(coins) if price else None
    if price is None or package is None:
        return None
    cost, left = price.taxed(package.price_minor), price.left_of(package.price_minor)
    gross, net, rest = (Money(minor, price.currency) for minor in (cost.gross, cost.net, round_half_up(left)))
    return Sum(gross=gross, net=net, left=rest)


def _others(old: Price | None, new: Price | None) -> Iterator[str]:
    if old is None or new is None:
        yield "begins" if old is None else "ends"
        return
    for field, words in _FIELDS.items():
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            yield f"{words}: {_word(before)} → {_word(after)}"
    for package in new.packages:
        before_package = old.package(package.coins)
        if before_package is None or _words_of(before_package) != _words_of(package):
            yield from (f"{package.coins} coins: {words}" for words in _words_of(package))
    if [package.coins for package in old.packages] != [package.coins for package in new.packages]:
        yield "which packages there are"


def _words_of(package: Package) -> list[str]:
    words = ["best value"] if package.best_value else []
    if package.saving_percent is not None:
        words.append(f"{package.saving_percent} % less than in the app")
    if package.offer:
        offer = package.offer
        words.append(f"offer “{offer.code}” at {offer.price_minor} until {offer.ends_at:%Y-%m-%d %H:%M} UTC")
    return words


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "that of the settings" if value is None else str(value)
