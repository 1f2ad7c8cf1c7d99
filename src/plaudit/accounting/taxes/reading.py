"""Tax returns and lists of papers, read for whoever shows or exports them."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from plaudit.accounting.actions import allow_long
from plaudit.accounting.taxes.model import (
    ListedPaper,
    PaperFilter,
    PaperPlace,
    Reported,
    TaxLine,
    TaxPeriod,
    TaxReturn,
    TaxSums,
)
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.exchange.model import Rates
from plaudit.exchange.rates import rates_for
from plaudit.limits import ACCOUNTING_CSV_PAGE, ACCOUNTING_DAYS_MAX, ACCOUNTING_SETTLE_MINUTES
from plaudit.problems import InvalidField
from plaudit.settings import Settings
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)


def period_of(first: date | None, last: date | None, zone: str, entity: str | None, now: datetime) -> TaxPeriod:
    """The days that are meant: unless said otherwise, the month that is over in the zone.

    Raises:
        InvalidField: there is no such zone, or it ends before it begins, or has too many days.
    """
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidField(field="zone", reason="must be a time zone, like UTC or Europe/Berlin") from error
    last = last or now.astimezone(place).date().replace(day=1) - timedelta(days=1)
    first = first or last.replace(day=1)
    if first > last:
        raise InvalidField(field="from", reason=f"must not be after {last}")
    if (last - first).days >= ACCOUNTING_DAYS_MAX:
        raise InvalidField(field="from", reason=f"must be at most {ACCOUNTING_DAYS_MAX} days before {last}")
    if last >= date.max - timedelta(days=1) or first <= date.min + timedelta(days=1):
        raise InvalidField(field="to", reason="must be a day that clocks know")
    return TaxPeriod(
        first=first,
        last=last,
        zone=zone,
        begins_at=datetime.combine(first, time(), place),
        ends_at=datetime.combine(last + timedelta(days=1), time(), place),
        entity=entity,
    )


async def month_to_show(connection: Connection, zone: str, now: datetime) -> TaxPeriod:
    """The month that is over in the zone; where it has no papers, the newest that has any, until today."""
    last_month = period_of(None, None, zone, None, now)
    newest: datetime | None = await connection.fetchval(SQL["newest_paper"], last_month.ends_at)
    if newest is not None and newest >= last_month.begins_at:
        return last_month
    newest = await connection.fetchval(SQL["newest_paper"], now)
    if newest is None:
        return last_month
    first = newest.astimezone(ZoneInfo(zone)).date().replace(day=1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    last = min(next_month - timedelta(days=1), now.astimezone(ZoneInfo(zone)).date())
    return period_of(first, last, zone, None, now)


def is_over(period: TaxPeriod, now: datetime) -> bool:
    """Whether what is stamped with the period is committed."""
    return now >= period.ends_at + timedelta(minutes=ACCOUNTING_SETTLE_MINUTES)


async def tax_return(connection: Connection, period: TaxPeriod, settings: Settings, now: datetime) -> TaxReturn:
    """The sums of a period, reported at the rates of its last day, as Article 369h of the VAT Directive wants it."""
    await allow_long(connection)
    sums = await fetch_all(connection, SQL["tax_lines"], TaxSums, period.begins_at, period.ends_at, period.entity)
    rates = await rates_for(connection, period.last)
    lines = [
        TaxLine(one, _reported(one, rates, settings.reporting_currency_of(one.entity), period.last)) for one in sums
    ]
    return TaxReturn(period=period, is_over=is_over(period, now), lines=lines)


def _reported(sums: TaxSums, rates: Rates | None, currency: str, day: date) -> Reported | None:
    """A line in the currency of its seller. Net and tax are converted each for itself; what is in that currency needs
    no rate, which nobody may have published."""
    if sums.currency == currency:
        return Reported(currency=currency, net_minor=sums.net_minor, tax_minor=sums.tax_minor, rate="1", rate_day=day)
    if rates is None:
        return None
    net, tax = (rates.convert(minor, sums.currency, currency) for minor in (sums.net_minor, sums.tax_minor))
    if net is None or tax is None:
        return None
    rate = rates.shown(sums.currency, currency)
    return Reported(currency=currency, net_minor=net, tax_minor=tax, rate=rate, rate_day=rates.day)


async def papers(
    connection: Connection, period: TaxPeriod, wanted: PaperFilter, after: PaperPlace | None, limit: int
) -> list[ListedPaper]:
    """Papers of a period, the oldest first."""
    place = after or PaperPlace(period.begins_at)
    return await fetch_all(
        connection,
        SQL["papers"],
        ListedPaper,
        *(period.begins_at, period.ends_at, period.entity, wanted.country, wanted.currency, wanted.kind),
        *(place.at, place.shard, place.kind, place.paper_id, limit),
    )


async def all_papers(database: Database, period: TaxPeriod, wanted: PaperFilter) -> AsyncIterator[list[ListedPaper]]:
    """The papers of a period, page after page, each read when it is wanted."""
    after: PaperPlace | None = None
    while True:
        async with database.read() as connection:
            page = await papers(connection, period, wanted, after, ACCOUNTING_CSV_PAGE)
        if page:
            yield page
        if len(page) < ACCOUNTING_CSV_PAGE:
            return
        after = page[-1].place
