"""A year as tax offices ask for it: what each creator was paid in each quarter, and for how many gifts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

import msgspec

from plaudit.connections import Connection
from plaudit.earnings.actions import SQL
from plaudit.exchange.model import Rates
from plaudit.exchange.rates import rates_around
from plaudit.money import exponent, round_half_up
from plaudit.statements import fetch_all

_QUARTER_MONTHS = 3


class NotReportable(Exception):
    """A year cannot be reported; the message says why."""


class YearNotSummed(NotReportable):
    """Some months of the year have no statements yet."""


class NoRate(NotReportable):
    """A payout cannot be said in the currency of the report."""


class PaidDay(msgspec.Struct, frozen=True):
    """What a creator was paid on a day in one currency."""

    creator_id: int
    day: date
    currency: str
    payouts: int
    gross_minor: int
    fee_minor: int


class GiftQuarter(msgspec.Struct, frozen=True):
    """How many gifts a creator received in a quarter."""

    creator_id: int
    quarter: int
    gifts: int


class Quarter(msgspec.Struct, frozen=True):
    """What somebody was paid, in whole units of a currency, and for how many gifts."""

    consideration: int = 0
    """After the fee."""
    fees: int = 0
    activities: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.consideration or self.fees or self.activities)


Quarters = tuple[Quarter, Quarter, Quarter, Quarter]


class Paid(msgspec.Struct, frozen=True):
    """What a creator was paid on a day, exactly, in minor units of one currency."""

    creator_id: int
    month: int
    payouts: int
    gross: Fraction
    fee: Fraction

    @property
    def quarter(self) -> int:
        return (self.month - 1) // _QUARTER_MONTHS + 1


async def paid_in_year(
    connection: Connection, year: int, currency: str, now: datetime
) -> tuple[list[Paid], list[GiftQuarter]]:
    """What creators were paid in a year, and the gifts they received. A payout counts when it was paid, unless it came
    back since; one in another currency by the reference rate of its day.

    Raises:
        YearNotSummed: the year is not over, or not summed yet.
        NoRate: a currency has no reference rate.
    """
    if now.year <= year or await connection.fetchval(SQL["months_open"], year):
        raise YearNotSummed(f"{year} is not over, or some of its months have no statements yet")
    rates = await rates_around(connection, date(year, 1, 1), date(year, 12, 31))
    days = await fetch_all(connection, SQL["paid_in_year"], PaidDay, year)
    paid = []
    for one in days:
        rate = _rate(one, currency, rates)
        paid.append(Paid(one.creator_id, one.day.month, one.payouts, one.gross_minor * rate, one.fee_minor * rate))
    return paid, await fetch_all(connection, SQL["gifts_in_year"], GiftQuarter, year)


def _rate(paid: PaidDay, currency: str, rates: Sequence[Rates]) -> Fraction:
    """Minor units of a currency for one of what was paid, by the last day before that has rates."""
    if paid.currency == currency:
        return Fraction(1)
    known = [one for one in rates if one.day <= paid.day] or list(rates[:1])
    found = known[-1].minor_per_minor(paid.currency, currency) if known else None
    if found is None:
        raise NoRate(f"there is no rate between {paid.currency} and {currency} around {paid.day}")
    return found


async def quarters_of_year(connection: Connection, year: int, currency: str, now: datetime) -> Mapping[int, Quarters]:
    """The quarters of all creators who received or were paid something, by their ids.

    Raises:
        YearNotSummed: the year is not over, or not summed yet.
        NoRate: a currency has no reference rate.
    """
    paid, gifts = await paid_in_year(connection, year, currency, now)
    unit = 10 ** exponent(currency)
    received = {(one.creator_id, one.quarter): one.gifts for one in gifts}
    by_quarter: defaultdict[tuple[int, int], list[Paid]] = defaultdict(list)
    for one in paid:
        by_quarter[one.creator_id, one.quarter].append(one)
    found: dict[int, Quarters] = {}
    for creator_id in sorted({creator_id for creator_id, _ in [*by_quarter, *received]}):
        places = [(creator_id, number) for number in range(1, 5)]
        first, second, third, fourth = (
            _quarter(by_quarter.get(place, []), received.get(place, 0), unit) for place in places
        )
        found[creator_id] = (first, second, third, fourth)
    return found


def _quarter(paid: Sequence[Paid], gifts: int, unit: int) -> Quarter:
    """In whole units, as reports have it: rounded once, when all of the quarter is summed."""
    gross, fee = sum((one.gross for one in paid), Fraction()), sum((one.fee for one in paid), Fraction())
    return Quarter(round_half_up((gross - fee) / unit), round_half_up(fee / unit), gifts)
