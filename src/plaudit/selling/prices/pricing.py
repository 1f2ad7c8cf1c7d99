"""What coins cost: exact proportions, rounded up to what can be paid, and never a coin more than the money buys."""

from bisect import bisect_left, bisect_right
from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, ClassVar, TypeAlias

import msgspec
from msgspec import Meta

from plaudit.money import payable_step, round_half_up, round_to_step, round_up, split_inclusive
from plaudit.problems import NotFound, Problem

Channel: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]{0,29}$(?!\n)",
        description="Where coins are sold: `web`, or an app store such as `apple` or `google`.",
        examples=["web"],
    ),
]
WEB = "web"
BPS = 10_000
PPM = 1_000_000


class Cost(msgspec.Struct, frozen=True):
    """A price in minor units: `gross` is what the buyer pays, `net` and `tax` add up to it."""

    net: int
    tax: int

    @property
    def gross(self) -> int:
        return self.net + self.tax


class Offer(msgspec.Struct, frozen=True):
    """A lower price of a package for a limited time, from `starts_at` until before `ends_at`."""

    code: str
    price_minor: int
    starts_at: datetime
    ends_at: datetime

    def holds(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


class Package(msgspec.Struct, frozen=True):
    """A fixed amount of coins. `price_minor` is in the currency of its price, with tax if that includes it.

    `best_value` and `saving_percent` are claims the linter holds to be true. While an offer holds, `Price.at` puts its
    price in place and the usual one into `regular_minor`.
    """

    coins: int
    price_minor: int
    best_value: bool = False
    saving_percent: int | None = None
    offer: Offer | None = None
    regular_minor: int | None = None

    @property
    def lowest_minor(self) -> int:
        """The lowest price it ever has in its version of the price book."""
        return min(self.price_minor, self.offer.price_minor) if self.offer else self.price_minor

    def at(self, moment: datetime) -> "Package":
        """The package as it is sold at a moment: an offer that holds is its price, any other is not spoken of."""
        if self.offer is None:
            return self
        if not self.offer.holds(moment):
            return msgspec.structs.replace(self, offer=None)
        return msgspec.structs.replace(self, price_minor=self.offer.price_minor, regular_minor=self.price_minor)


class SellerOfRecord(msgspec.Struct, frozen=True):
    """Who sells. The code begins the numbers of the receipts; without a tax id it is empty."""

    code: str
    name: str
    address: str
    tax_id: str = ""


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
    reference_numerator: int
    reference_denominator: int
    store_fee_fixed_minor: int = 0
    seller_code: str | None = None
    packages: tuple[Package, ...] = ()
    tax_rate_ppm: int | None = None
    """The rate in millionths, where it is finer than basis points or that of a place; None: `tax_rate_bps`."""
    book_tax_rate_bps: int | None = None
    """The rate the book was made with, where another one holds now or in the place; None: `tax_rate_bps`."""

    @property
    def tax_rate(self) -> Fraction:
        """The tax of one unit without tax, exactly."""
        if self.tax_rate_ppm is None:
            return Fraction(self.tax_rate_bps, BPS)
        return Fraction(self.tax_rate_ppm, PPM)

    def taxed_at(self, name: str, rate_ppm: int) -> "Price":
        """The price with the tax of a place; what is shown of its rate is rounded to basis points."""
        rate_bps = round_half_up(Fraction(rate_ppm * BPS, PPM))
        taxed = msgspec.structs.replace(self, tax_name=name, tax_rate_bps=rate_bps, tax_rate_ppm=rate_ppm)
        return msgspec.structs.replace(taxed, book_tax_rate_bps=self._book_rate_bps)

    @property
    def _book_rate_bps(self) -> int:
        return self.tax_rate_bps if self.book_tax_rate_bps is None else self.book_tax_rate_bps

    @property
    def reference_unit(self) -> Fraction:
        """US cents of one coin with tax, at the exchange rates of the book: what tells which region is cheaper."""
        return Fraction(self.reference_numerator, self.reference_denominator)

    @property
    def unit(self) -> Fraction:
        """Minor units of one coin, exactly."""
        return Fraction(self.unit_numerator, self.unit_denominator)

    @property
    def minor_per_us_cent(self) -> Fraction:
        """Minor units for one US cent, at the exchange rates of the book, whatever the tax is now."""
        with_tax = self.unit * (1 if self.tax_included else Fraction(BPS + self._book_rate_bps, BPS))
        return with_tax / self.reference_unit

    def within(self, least_minor: int, most_minor: int) -> "Price":
        """The price with only what costs so many minor units, tax included: packages and custom amounts."""
        packages = (one for one in self.packages if least_minor <= self.taxed(one.price_minor).gross <= most_minor)
        narrowed = msgspec.structs.replace(self, packages=tuple(packages))
        fewest = bisect_left(range(self.coins_max + 1), least_minor, key=lambda n: self.taxed(self.proportion(n)).gross)
        fewest, most = max(self.coins_min, fewest), min(self.coins_max, self.coins_for(most_minor))
        return msgspec.structs.replace(
            narrowed, coins_min=fewest, coins_max=most, custom_amounts=self.custom_amounts and fewest <= most
        )

    def at(self, moment: datetime) -> "Price":
        """The price as it holds at a moment: with the offers of that moment."""
        return msgspec.structs.replace(self, packages=tuple(package.at(moment) for package in self.packages))

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
        """A listed price as net and tax, in what people pay: split when it includes the tax, else with it on top."""
        if self.tax_included:
            return Cost(*split_inclusive(listed_minor, self.tax_rate, payable_step(self.currency)))
        return Cost(listed_minor, round_to_step(listed_minor * self.tax_rate, payable_step(self.currency)))

    def coins_for(self, amount_minor: int) -> int:
        """The most coins that cost no more than an amount; `coins_max + 1` when it buys more than may be bought.

        The buyer then pays what those coins cost, so that nothing of the amount is kept.
        """
        return (
            bisect_right(range(self.coins_max + 2), amount_minor, key=lambda n: self.taxed(self.proportion(n)).gross)
            - 1
        )

    def left_of(self, listed_minor: int) -> Fraction:
        """What is left of a listed price without tax, and without what the channel keeps of the gross."""
        cost = self.taxed(listed_minor)
        return cost.net - Fraction(cost.gross * self.store_fee_bps, BPS) - self.store_fee_fixed_minor


class PriceBook(msgspec.Struct, frozen=True, kw_only=True):
    """One version of all prices, and what they were made from.

    `rates` are minor units of a currency for one US cent, as fractions. `at` is the moment the book is looked at, which
    decides taxes and offers.
    """

    version: int
    effective_at: datetime
    rates_date: date
    note: str
    sources: dict[str, str]
    rates: dict[str, str] = {}
    sellers: tuple[SellerOfRecord, ...] = ()
    prices: tuple[Price, ...] = ()
    at: datetime | None = None

    @property
    def moment(self) -> datetime:
        return self.at or self.effective_at

    def price(self, region: str, channel: Channel) -> Price | None:
        return next((price for price in self.prices if (price.region, price.channel) == (region, channel)), None)


def reference_of(unit: Fraction, tax_rate_bps: int, rate: Fraction, *, tax_included: bool) -> Fraction:
    """US cents of one coin with tax, at `rate` minor units for one cent."""
    return unit * (1 if tax_included else Fraction(BPS + tax_rate_bps, BPS)) / rate


class NoSeller(Problem):
    """Nobody is named as the seller, so nothing is sold; what was sold before can be spent and taken back."""

    code = "no_seller"
    status = 503
    title = "Coins cannot be bought here yet."

    class Fields(msgspec.Struct, frozen=True):
        region: str

    def __init__(self, region: str) -> None:
        super().__init__(
            "Whoever runs this server has not said yet who sells: the seller of record needs a name and an address.",
            region=region,
        )


class NoPrices(NotFound):
    code: ClassVar[str] = "no_prices"
    title: ClassVar[str] = "There is no price book yet."
