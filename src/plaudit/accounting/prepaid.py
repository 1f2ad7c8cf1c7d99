"""What Japan's Payment Services Act asks of whoever issues prepaid coins: the unused balance at its base dates.

Coins that are bought are prepaid payment instruments of whoever sells them. On 31 March and 30 September the issuer
counts what is unused (Act No. 59 of 2009, article 3(2)). Above ten million yen it notifies the authority (article 5)
and lays at least half of the balance by (article 14(1)), within two months from the day after the base date. Read in
secondary sources on 2026-11-22: https://support.stripe.com/questions/requirements-under-the-japan-payment-services-act
and, of the publisher Rockstar, "Latest information on the Payment Services Act for Japanese customers". An operator's
lawyer says whether an exception holds, such as that of coins which expire within six months.
"""

from calendar import monthrange
from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from plaudit.accounting.actions import SQL, allow_long
from plaudit.accounting.reading import JAPAN, end_of, japan_base_dates
from plaudit.connections import Connection
from plaudit.exchange.model import Rates
from plaudit.exchange.rates import rates_around
from plaudit.money import Money
from plaudit.problems import InvalidField
from plaudit.statements import fetch_all

YEN = "JPY"
REGION = "JP"
THRESHOLD_MINOR = 10_000_000
"""Yen. Above it notice is given, and half is laid by."""
_DUE_MONTHS = 2


class UnusedLots(msgspec.Struct, frozen=True, kw_only=True):
    """Unspent coins that one issuer sold in one currency: what was paid for them, and that without tax."""

    entity: str
    currency: str
    coins: int
    paid_minor: int
    net_minor: int


class UnusedPaid(msgspec.Struct, frozen=True, kw_only=True):
    """What is unused of coins that were paid in one currency."""

    coins: int
    paid: Annotated[Money, Meta(description="What buyers paid for them, with tax.")]
    net: Annotated[Money, Meta(description="The same without tax.")]
    yen: Annotated[int | None, Meta(description="What was paid, in yen of the base date; null: there is no rate.")]


class PrepaidBalance(msgspec.Struct, frozen=True, kw_only=True):
    """What one issuer has to know of a base date. Amounts are in yen, tax included."""

    issuer: Annotated[str, Meta(description="The code of the seller of record; empty: that of the settings.")]
    coins: int
    unused_yen: int
    is_whole: Annotated[bool, Meta(description="Whether all currencies have a rate; else there is more.")]
    is_above_threshold: Annotated[bool, Meta(description="Whether notice is due, and a deposit.")]
    deposit_yen: Annotated[int, Meta(description="The least to be laid by: half, rounded up; 0 below the threshold.")]
    paid_in: list[UnusedPaid]


class PrepaidReport(msgspec.Struct, frozen=True, kw_only=True):
    """Unused coins at a base date, of each issuer that sold some in Japan."""

    base_date: date
    at: datetime
    threshold_yen: int
    due_on: Annotated[date, Meta(description="Until when notice and deposit are due.")]
    items: list[PrepaidBalance]


def base_date_of(asked: date | None, now: datetime) -> date:
    """The base date that is meant: the latest that is over in Japan, unless another is named.

    Raises:
        InvalidField: it is none, or not over.
    """
    latest = japan_base_dates(now)[0]
    if asked is None:
        return latest
    if (asked.month, asked.day) not in {(3, 31), (9, 30)} or asked > latest:
        raise InvalidField(field="base_date", reason="must be a 31 March or 30 September that is over in Japan")
    return asked


async def prepaid_report(connection: Connection, base_date: date, now: datetime, region: str = REGION) -> PrepaidReport:
    """Of a base date, from the books as they were when it ended in Japan, or are now. Coins that were paid for and sold
    there; presents are no instrument that anybody paid for."""
    moment = end_of(base_date, JAPAN, now)
    await allow_long(connection)
    lots: list[UnusedLots] = []
    for shard in range(await connection.fetchval(SQL["shards"])):
        lots += await fetch_all(connection, SQL["prepaid_unused"], UnusedLots, shard, moment, region)
    known = [one for one in await rates_around(connection, base_date, base_date) if one.day <= base_date]
    return PrepaidReport(
        base_date=base_date,
        at=moment,
        threshold_yen=THRESHOLD_MINOR,
        due_on=_due_on(base_date),
        items=balances(lots, known[-1] if known else None),
    )


def _due_on(base_date: date) -> date:
    """The last day of the second month after a base date, which is the last of its own."""
    year, month = divmod(base_date.year * 12 + base_date.month - 1 + _DUE_MONTHS, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def balances(lots: list[UnusedLots], rates: Rates | None) -> list[PrepaidBalance]:
    """What is unused of each issuer, by their codes. Rows of the same issuer and currency are added up."""
    issuers = sorted({one.entity for one in lots})
    return [_balance(issuer, [one for one in lots if one.entity == issuer], rates) for issuer in issuers]


def _balance(issuer: str, lots: list[UnusedLots], rates: Rates | None) -> PrepaidBalance:
    paid_in = [
        _paid_in(currency, [one for one in lots if one.currency == currency], rates)
        for currency in sorted({one.currency for one in lots})
    ]
    unused = sum(one.yen for one in paid_in if one.yen is not None)
    is_above = unused > THRESHOLD_MINOR
    return PrepaidBalance(
        issuer=issuer,
        coins=sum(one.coins for one in paid_in),
        unused_yen=unused,
        is_whole=all(one.yen is not None for one in paid_in),
        is_above_threshold=is_above,
        deposit_yen=-(-unused // 2) if is_above else 0,
        paid_in=paid_in,
    )


def _paid_in(currency: str, lots: list[UnusedLots], rates: Rates | None) -> UnusedPaid:
    paid = sum(one.paid_minor for one in lots)
    yen = paid if currency == YEN else rates.convert(paid, currency, YEN) if rates else None
    return UnusedPaid(
        coins=sum(one.coins for one in lots),
        paid=Money(paid, currency),
        net=Money(sum(one.net_minor for one in lots), currency),
        yen=yen,
    )
