"""A year as the United States ask for it: what each creator was paid, for 1099-NEC or 1099-K, and who is above the
threshold of that year. Who is a US person, and under which number, those know who have their form W-9."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction

import msgspec

from plaudit.connections import Connection
from plaudit.earnings.actions import SQL
from plaudit.earnings.reporting import NotReportable, Paid, paid_in_year
from plaudit.money import round_half_up
from plaudit.spreadsheets import csv_lines, decimal
from plaudit.statements import fetch_one

_DOLLAR = "USD"
_MONTHS = 12
_HEADER = ("creator_id", "form", "year", "is_reported", "payments", "gifts", "gross", "fees", "currency")


class Threshold(msgspec.Struct, frozen=True):
    """From which sum on a form is asked for."""

    form: str
    amount_minor: int
    reached: bool
    gifts_over: int
    source: str

    def is_passed(self, gross_minor: int, gifts: int) -> bool:
        enough = gross_minor >= self.amount_minor if self.reached else gross_minor > self.amount_minor
        return enough and (not self.gifts_over or gifts > self.gifts_over)


class UsYear(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody was paid in a year, in US cents."""

    creator_id: int
    is_reported: bool
    """Whether it passes the threshold."""
    payments: int
    gifts: int
    fee_minor: int
    by_month: Sequence[int]
    """Before the fee."""

    @property
    def gross_minor(self) -> int:
        return sum(self.by_month)


async def us_year(connection: Connection, year: int, form: str, now: datetime) -> tuple[Threshold, list[UsYear]]:
    """All creators who were paid in a year, and what decides of whom the form is asked. A payout counts in the month in
    which it was paid, unless it came back since.

    Raises:
        YearNotSummed: the year is not over, or not summed yet.
        NoRate: a currency has no reference rate.
        NotReportable: no threshold is known for that year.
    """
    threshold = await fetch_one(connection, SQL["threshold"], Threshold, form, year)
    if threshold is None:
        raise NotReportable(f"nothing is known of {form} in {year}")
    paid, gifts = await paid_in_year(connection, year, _DOLLAR, now)
    received: Counter[int] = Counter()
    for one in gifts:
        received[one.creator_id] += one.gifts
    by_creator: defaultdict[int, list[Paid]] = defaultdict(list)
    for payout in paid:
        by_creator[payout.creator_id].append(payout)
    return threshold, [_year(one, by_creator[one], received[one], threshold) for one in sorted(by_creator)]


def _year(creator_id: int, paid: Sequence[Paid], gifts: int, threshold: Threshold) -> UsYear:
    by_month = [
        round_half_up(sum((one.gross for one in paid if one.month == month), Fraction())) for month in _months()
    ]
    return UsYear(
        creator_id=creator_id,
        is_reported=threshold.is_passed(sum(by_month), gifts),
        payments=sum(one.payouts for one in paid),
        gifts=gifts,
        fee_minor=round_half_up(sum((one.fee for one in paid), Fraction())),
        by_month=by_month,
    )


def _months() -> Iterable[int]:
    return range(1, _MONTHS + 1)


def us_csv(year: int, form: str, rows: Iterable[UsYear]) -> bytes:
    """A line for each creator; months as 1099-K has them in its boxes 5a to 5l."""
    header = (*_HEADER, *(f"month_{month:02}" for month in _months()))
    return csv_lines(
        [
            header,
            *(
                (
                    *(one.creator_id, form, year, "yes" if one.is_reported else "no", one.payments, one.gifts),
                    *(decimal(one.gross_minor, _DOLLAR), decimal(one.fee_minor, _DOLLAR), _DOLLAR),
                    *(decimal(minor, _DOLLAR) for minor in one.by_month),
                )
                for one in rows
            ),
        ]
    )
