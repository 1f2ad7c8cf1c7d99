"""Closed days and unspent balances, read for whoever shows or exports them."""

from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from plaudit.accounting.actions import SQL, allow_long
from plaudit.accounting.model import Choices, DayFigures, DayPlace, Extent, Period, Unspent
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.limits import ACCOUNTING_CSV_PAGE, ACCOUNTING_DAYS_MAX
from plaudit.problems import InvalidField
from plaudit.statements import fetch_all, fetch_one

JAPAN = "Asia/Tokyo"
_BASE_DATES = ((3, 31), (9, 30))


async def extent(connection: Connection) -> Extent:
    """What is closed, and until when the rest is summed."""
    return await fetch_one(connection, SQL["extent"], Extent) or Extent()


def period_of(
    found: Extent, first: date | None, last: date | None, entity: str | None, currency: str | None, now: datetime
) -> Period:
    """The days that are meant: unless said otherwise, the month of the last closed day until that day.

    Raises:
        InvalidField: it ends before it begins, or has too many days.
    """
    last = last or found.last_closed_day or now.date()
    first = first or last.replace(day=1)
    if first > last:
        raise InvalidField(field="from", reason=f"must not be after {last}")
    if (last - first).days >= ACCOUNTING_DAYS_MAX:
        raise InvalidField(field="from", reason=f"must be at most {ACCOUNTING_DAYS_MAX} days before {last}")
    return Period(first, last, entity, currency)


async def roll_forward(connection: Connection, period: Period, after: DayPlace | None, limit: int) -> list[DayFigures]:
    """Closed days of a period, the oldest first."""
    place = after or DayPlace(period.first)
    return await fetch_all(
        connection,
        SQL["roll_forward"],
        DayFigures,
        *(period.first, period.last, period.entity, period.currency),
        *(place.day, place.kind, place.entity, place.currency, limit),
    )


async def all_days(database: Database, period: Period) -> AsyncIterator[list[DayFigures]]:
    """The closed days of a period, page after page, each read when it is wanted."""
    after: DayPlace | None = None
    while True:
        async with database.read() as connection:
            page = await roll_forward(connection, period, after, ACCOUNTING_CSV_PAGE)
        if page:
            yield page
        if len(page) < ACCOUNTING_CSV_PAGE:
            return
        after = page[-1].place


async def open_days(
    connection: Connection, found: Extent, entity: str | None = None, currency: str | None = None
) -> list[DayFigures]:
    """What moved after the last closed day, as far as it is summed, as if it were one day."""
    if found.last_closed_day is None:
        return []
    first_open = found.last_closed_day + timedelta(days=1)
    return await fetch_all(connection, SQL["open_days"], DayFigures, first_open, entity, currency)


async def choices(connection: Connection, period: Period) -> Choices:
    """What closed days of a period can be narrowed to."""
    found = await fetch_one(connection, SQL["choices"], Choices, period.first, period.last)
    assert found is not None  # an aggregate
    return found


async def unspent_at(connection: Connection, moment: datetime) -> list[Unspent]:
    """Unspent coins at a moment by kind, entity, region, channel and currency, with what they cost without tax.

    What is stamped with the last minutes may not be committed yet: exact once ACCOUNTING_SETTLE_MINUTES have passed.
    """
    await allow_long(connection)
    shards: int = await connection.fetchval(SQL["shards"])
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for shard in range(shards):
        for one in await fetch_all(connection, SQL["unspent_at"], Unspent, shard, moment):
            together = sums[one.kind, one.entity, one.region, one.channel, one.currency]
            together[0] += one.coins
            together[1] += one.minor
    names = ("kind", "entity", "region", "channel", "currency")
    return sorted(
        Unspent(**dict(zip(names, key, strict=True)), coins=coins, minor=minor)  # type: ignore[arg-type]  # the key of a row
        for key, (coins, minor) in sums.items()
        if (coins, minor) != (0, 0)
    )


def end_of(day: date, zone: str, now: datetime) -> datetime:
    """The moment at which a day ends in a time zone; now, when it has not ended.

    Raises:
        InvalidField: there is no such zone, or the day has not begun.
    """
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidField(field="zone", reason="must be a time zone, like UTC or Asia/Tokyo") from error
    if day > now.astimezone(place).date():
        raise InvalidField(field="at", reason="must not be in the future")
    return min(datetime.combine(day + timedelta(days=1), time(), place).astimezone(UTC), now)


def japan_base_dates(now: datetime, count: int = 1) -> list[date]:
    """Base dates of Japan's Payment Services Act (31 March, 30 September) that are over there, the newest first."""
    today = now.astimezone(ZoneInfo(JAPAN)).date()
    years = range(today.year, today.year - count - 1, -1)
    dates = sorted((date(year, month, day) for year in years for month, day in _BASE_DATES), reverse=True)
    return [day for day in dates if day < today][:count]
