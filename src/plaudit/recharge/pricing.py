"""What coins cost: exact proportions, rounded up to what can be paid, and never a coin more than the money buys."""

from bisect import bisect_right
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

import msgspec

from plaudit.money import round_half_up, round_up, split_inclusive_tax

Channel = Literal["web", "apple", "google"]
BPS = 10_000


class Cost(msgspec.Struct, frozen=True):
    """A price in minor units: `gross` is what the buyer pays, `net` and `tax` add up to it."""

    net: int
    tax: int

    @property
    def gross(self) -> int:
        return self.net + self.tax


class Package(msgspec.Struct, frozen=True):
    """A fixed amount of coins. `price_minor` is in the currency of its price, with tax if that includes it."""

    coins: int
    price_minor: int


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """Prices of one region and channel in one version of the price book."""

    version: int
    region: str
    channel: Channel
    currency: str
    unit_numerator: int
    unit_denominator: int
    step_minor: int
    tax_name: str
    tax_rate_bps: int
    tax_included: bool
    store_fee_bps: int
    custom_amounts: bool
    coins_min: int
    coins_max: int
    packages: tuple[Package, ...] = ()

    @property
    def unit(self) -> Fraction:
        """Minor units of one coin, exactly."""
        return Fraction(self.unit_numerator, self.unit_denominator)

    def package(self, coins: int) -> Package | None:
        return next((package for package in self.packages if package.coins == coins), None)

    def cost(self, coins: int) -> Cost:
        """What a number of coins costs: the package's price, else the proportion rounded up to the step."""
        package = self.package(coins)
        return self.taxed(package.price_minor if package else self.proportion(coins))

    def proportion(self, coins: int) -> int:
        """The unit price times `coins`, rounded up to the step: the buyer pays at most one step too much."""
        return round_up(self.unit * coins / self.step_minor) * self.step_minor

    def taxed(self, listed_minor: int) -> Cost:
        """A listed price as net and tax: split when it includes the tax, else with the tax on top."""
        if self.tax_included:
            return Cost(*split_inclusive_tax(listed_minor, self.tax_rate_bps))
        return Cost(listed_minor, round_half_up(Fraction(listed_minor * self.tax_rate_bps, BPS)))

    def coins_for(self, amount_minor: int) -> int:
        """The most coins that cost no more than an amount; `coins_max + 1` when it buys more than may be bought.

        The buyer then pays what those coins cost, so that nothing of the amount is kept.
        """
        return (
            bisect_right(range(self.coins_max + 2), amount_minor, key=lambda n: self.taxed(self.proportion(n)).gross)
            - 1
        )


class PriceBook(msgspec.Struct, frozen=True, kw_only=True):
    """One version of all prices, and what they were made from."""

    version: int
    effective_at: datetime
    rates_date: date
    note: str
    sources: dict[str, str]
    prices: tuple[Price, ...] = ()
