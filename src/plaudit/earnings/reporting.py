"""A year as tax offices ask for it: what each creator was paid in each quarter, and for how many gifts."""

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


async def quarters_of_year(connection: Connection, year: int, currency: str, now: datetime) -> Mapping[int, Quarters]:
    """The quarters of all creators who received or were paid something, by their ids. A payout counts in the quarter in
    which it was paid, unless it came back since; one in another currency by the reference rate of its day.

    Raises:
        YearNotSummed: the year is not over, or not summed yet.
        NoRate: a currency has no reference rate.
    """
    if now.year <= year or await connection.fetchval(SQL["months_open"], year):
        raise YearNotSummed(f"{year} is not over, or some of its months have no statements yet")
    paid = await fetch_all(connection, SQL["paid_in_year"], PaidDay, year)
    gifts = await fetch_all(connection, SQL["gifts_in_year"], GiftQuarter, year)
    rates = await rates_around(connection, date(year, 1, 1), date(year, 12, 31))
    sums: dict[tuple[int, int], list[int]] = {}
    for one in paid:
        place = sums.setdefault((one.creator_id, (one.day.month - 1) // _QUARTER_MONTHS + 1), [0, 0, 0])
        place[0] += _converted(one.gross_minor - one.fee_minor, one, currency, rates)
        place[1] += _converted(one.fee_minor, one, currency, rates)
    for received in gifts:
        sums.setdefault((received.creator_id, received.quarter), [0, 0, 0])[2] += received.gifts
    return {
        creator_id: (
            _quarter(sums.get((creator_id, 1)), currency),
            _quarter(sums.get((creator_id, 2)), currency),
            _quarter(sums.get((creator_id, 3)), currency),
            _quarter(sums.get((creator_id, 4)), currency),
        )
        for creator_id in sorted({creator_id for creator_id, _ in sums})
    }


def _converted(minor: int, paid: PaidDay, currency: str, rates: Sequence[Rates]) -> int:
    if paid.currency == currency:
        return minor
    known = [one for one in rates if one.day <= paid.day] or list(rates[:1])
    found = known[-1].convert(minor, paid.currency, currency) if known else None
    if found is None:
        raise NoRate(f"there is no rate between {paid.currency} and {currency} around {paid.day}")
    return found


def _quarter(sums: list[int] | None, currency: str) -> Quarter:
    """In whole units, as reports have it: rounded once, when all of the quarter is summed."""
    if sums is None:
        return Quarter()
    unit = 10 ** exponent(currency)
    return Quarter(_whole(sums[0], unit), _whole(sums[1], unit), sums[2])


def _whole(minor: int, unit: int) -> int:
    return round_half_up(Fraction(minor, unit))
