"""Books for accountants, for operators: deferred revenue day by day with its plot, and what is unspent at a date."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, Router, get
from litestar.params import FromQuery

from plaudit.accounting import reading
from plaudit.accounting.model import DayFigures, Extent, Period, Unspent
from plaudit.connections import Connection
from plaudit.injected import Clock, Database
from plaudit.limits import ACCOUNTING_CSV_PAGE, ACCOUNTING_PLOT_DAYS_MAX
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import InvalidField
from plaudit.web.pages.frame import page, viewer_of

PROMOTIONAL = "promotional"
_KEYS = frozenset({"day", "kind", "entity", "currency"})
_SUMMED = tuple(field.name for field in msgspec.structs.fields(DayFigures) if field.name not in _KEYS)


class Unreadable(Exception):
    """What was chosen cannot be shown; the message says why."""


@get("/operator/accounting", access=Access.FINANCE, include_in_schema=False)
async def accounting(  # noqa: PLR0913, PLR0917 - one for each parameter of the address
    caller: Caller,
    database: Database,
    clock: Clock,
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    entity: FromQuery[str] = "",
    of: FromQuery[str] = "",
    at: FromQuery[str] = "",
    zone: FromQuery[str] = "UTC",
) -> Response[str]:
    """`of`: a currency, or promotional coins. `at` and `zone`: the day at whose end unspent coins are shown."""
    now = clock.now()
    wrong = unspent_wrong = ""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await reading.extent(connection)
        try:
            period = _period(found, since, until, now)
        except Unreadable as error:
            wrong = str(error)
            period = _period(found, "", "", now)
        chosen = await _chosen(connection, found, period, entity, of)
        moment, unspent = None, []
        try:
            moment = reading.end_of(_date(at), zone, now) if at else None
            unspent = await reading.unspent_at(connection, moment) if moment else []
        except (InvalidField, Unreadable) as error:
            unspent_wrong = _reason(error)
    return page(
        "accounting.html",
        viewer,
        nav="operator",
        now=now,
        extent=found,
        wrong=wrong,
        at=at,
        zone=zone,
        moment=moment,
        unspent=unspent,
        unspent_sums=_sums_by_currency(unspent),
        unspent_wrong=unspent_wrong,
        unspent_file="/v1/operator/accounting/unspent?" + urlencode({"at": at, "zone": zone, "format": "csv"}),
        base_dates=reading.japan_base_dates(now, 2),
        japan=reading.JAPAN,
        **chosen,
    )


async def _chosen(connection: Connection, found: Extent, period: Period, entity: str, of: str) -> dict[str, Any]:
    """The days of what was chosen; what is not known is not filtered by."""
    choices = await reading.choices(connection, period)
    entity = entity if entity in choices.entities else ""
    of = of if of in {*choices.currencies, PROMOTIONAL} else next(iter(choices.currencies), PROMOTIONAL)
    currency = "" if of == PROMOTIONAL else of
    wanted = Period(period.first, period.last, (entity or None) if currency else None, currency)
    days = _without_gaps(
        _together(await _all(connection, wanted)), min(period.last, found.last_closed_day or period.last)
    )
    is_current = found.last_closed_day is not None and period.last >= found.last_closed_day
    unfinished = _together(await reading.open_days(connection, found, wanted.entity, currency)) if is_current else []
    asked = {"from": period.first, "to": period.last, "format": "csv"} | ({"entity": entity} if entity else {})
    return {
        "period": period,
        "entities": choices.entities,
        "currencies": sorted(choices.currencies),
        "entity": entity,
        "of": of,
        "currency": currency,
        "days": days,
        "total": _total(days),
        "unfinished": unfinished[0] if unfinished else None,
        "file": "/v1/operator/accounting/roll-forward?" + urlencode(asked),
    }


async def _all(connection: Connection, period: Period) -> list[DayFigures]:
    rows = await reading.roll_forward(connection, period, None, ACCOUNTING_CSV_PAGE)
    while rows and len(rows) % ACCOUNTING_CSV_PAGE == 0:
        more = await reading.roll_forward(connection, period, rows[-1].place, ACCOUNTING_CSV_PAGE)
        if not more:
            break
        rows += more
    return rows


def _together(rows: Iterable[DayFigures]) -> list[DayFigures]:
    """One row a day: those of all entities summed up."""
    days: dict[date, DayFigures] = {}
    for row in rows:
        before = days.get(row.day)
        days[row.day] = row if before is None else _added(before, row)
    return list(days.values())


def _without_gaps(days: list[DayFigures], last: date) -> list[DayFigures]:
    """A row for each day from the first that has one to the last; all zero where nothing was left and nothing moved."""
    if not days:
        return []
    known = {day.day: day for day in days}
    nothing = msgspec.structs.replace(days[0], entity="", **dict.fromkeys(_SUMMED, 0))
    wanted = (days[0].day + timedelta(days=number) for number in range((last - days[0].day).days + 1))
    return [known.get(day) or msgspec.structs.replace(nothing, day=day) for day in wanted]


def _added(one: DayFigures, other: DayFigures) -> DayFigures:
    sums = {name: getattr(one, name) + getattr(other, name) for name in _SUMMED}
    return msgspec.structs.replace(one, entity="", **sums)


def _total(days: list[DayFigures]) -> DayFigures | None:
    """What moved in all of the days, from the opening of the first to the closing of the last."""
    if not days:
        return None
    total = days[0]
    for day in days[1:]:
        total = _added(total, day)
    first, last = days[0], days[-1]
    return msgspec.structs.replace(
        total,
        opening_coins=first.opening_coins,
        opening_minor=first.opening_minor,
        closing_coins=last.closing_coins,
        closing_minor=last.closing_minor,
    )


def _sums_by_currency(rows: list[Unspent]) -> dict[str, tuple[int, int]]:
    """Coins and cost of all that was paid for, in each currency."""
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        if row.kind == "paid":
            coins, minor = sums.get(row.currency, (0, 0))
            sums[row.currency] = coins + row.coins, minor + row.minor
    return sums


def _period(found: Extent, since: str, until: str, now: datetime) -> Period:
    first = _date(since) if since else None
    last = _date(until) if until else None
    try:
        period = reading.period_of(found, first, last, None, None, now)
    except InvalidField as error:
        raise Unreadable("The first day must not be after the last one.") from error
    if (period.last - period.first).days >= ACCOUNTING_PLOT_DAYS_MAX:
        raise Unreadable(f"A page shows {ACCOUNTING_PLOT_DAYS_MAX} days at the most. Files can have more.")
    return period


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unreadable("Days are written like 2027-03-31.") from error


def _reason(error: Exception) -> str:
    if isinstance(error, InvalidField):
        named = {"at": "The day", "zone": "The time zone"}
        return f"{named[error.fields['field']]} {error.fields['reason']}."
    return str(error)


router = Router("/", route_handlers=[accounting])
