"""Taxes for operators: the return of a period, its papers and journal as files, and balances of the ledger."""

from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Response, Router, get
from litestar.params import FromQuery

from plaudit.accounting import reading as days
from plaudit.accounting.journal import reading as journal
from plaudit.accounting.model import Period
from plaudit.accounting.taxes import reading
from plaudit.accounting.taxes.model import TaxPeriod
from plaudit.exchange.rates import newest_day
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import ACCOUNTING_PLOT_DAYS_MAX
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import InvalidField
from plaudit.selling.prices.taxes import published_day
from plaudit.web.pages.frame import page, viewer_of

ZONES = (
    ("UTC", "UTC"),
    ("Europe/London", "United Kingdom"),
    ("Europe/Berlin", "Central Europe"),
    ("Europe/Athens", "Eastern Europe"),
    ("Asia/Tokyo", "Japan"),
    ("America/New_York", "US Eastern"),
    ("America/Los_Angeles", "US Pacific"),
)
"""Whose days can be chosen on the page; the API takes any zone."""


class Unreadable(Exception):
    """What was chosen cannot be shown; the message says why."""


@get("/operator/taxes", access=Access.FINANCE, include_in_schema=False)
async def taxes(
    caller: Caller,
    database: Database,
    clock: Clock,
    settings: Settings,
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    zone: FromQuery[str] = "UTC",
) -> Response[str]:
    """Days of a zone, both included; without them, the last month, or the newest that has anything."""
    now = clock.now()
    zone = zone if zone in dict(ZONES) else "UTC"
    wrong = ""
    period = None
    try:
        if since or until:
            period = _period(since, until, zone, now)
    except Unreadable as error:
        wrong = str(error)
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        period = period or await reading.month_to_show(connection, zone, now)
        found = await reading.tax_return(connection, period, settings, now)
        extent = await days.extent(connection)
        closed = journal.closed_part(Period(period.first, period.last), extent)
        rates_day = await newest_day(connection)
        balances = await journal.balances(connection, closed) if closed else []
    asked = {"from": period.first, "to": period.last, "format": "csv"}
    return page(
        "taxes.html",
        viewer,
        nav="operator",
        period=period,
        zones=ZONES,
        wrong=wrong,
        found=found,
        own=[line for line in found.lines if line.sums.sold_by_store is None],
        of_stores=[line for line in found.lines if line.sums.sold_by_store is not None],
        balances=balances,
        closed=closed,
        rates_day=rates_day,
        rates_are_old=_is_old(rates_day, settings.exchange_days_max, now),
        taxes_day=published_day(),
        taxes_are_old=_is_old(published_day(), settings.tax_rates_days_max, now),
        choices=_choices(now.astimezone(ZoneInfo(zone)).date()),
        files={
            "return": "/v1/operator/accounting/tax-return?" + urlencode(asked | {"zone": zone}),
            "papers": "/v1/operator/accounting/papers?" + urlencode(asked | {"zone": zone}),
            "journal": "/v1/operator/accounting/journal?" + urlencode(asked),
            "balances": "/v1/operator/accounting/balances?" + urlencode(asked),
        },
    )


def _is_old(day: date | None, days_max: int, now: datetime) -> bool:
    return day is None or (now.date() - day).days >= days_max


def _period(since: str, until: str, zone: str, now: datetime) -> TaxPeriod:
    try:
        first = date.fromisoformat(since) if since else None
        last = date.fromisoformat(until) if until else None
    except ValueError as error:
        raise Unreadable("Days are written like 2027-03-31.") from error
    try:
        period = reading.period_of(first, last, zone, None, now)
    except InvalidField as error:
        raise Unreadable("The first day must not be after the last one.") from error
    if (period.last - period.first).days >= ACCOUNTING_PLOT_DAYS_MAX:
        raise Unreadable(f"A page shows {ACCOUNTING_PLOT_DAYS_MAX} days at the most. Files can have more.")
    return period


def _choices(today: date) -> list[tuple[str, date, date]]:
    """Periods that tax offices ask for: the months and quarters that are over last, and the year."""
    this_month = today.replace(day=1)
    this_quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    last_quarter = this_quarter - timedelta(days=1)
    last_month = this_month - timedelta(days=1)
    return [
        ("This month", this_month, today),
        ("Last month", last_month.replace(day=1), last_month),
        ("Last quarter", date(last_quarter.year, last_quarter.month - 2, 1), last_quarter),
        ("This year", date(today.year, 1, 1), today),
        ("Last year", date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    ]


router = Router("/", route_handlers=[taxes])
