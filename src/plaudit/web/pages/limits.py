"""The limits somebody set themselves: what holds, what waits, and a break or a self-exclusion."""

from typing import Any

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency

from plaudit.brakes.answers import LimitAnswer, LimitsAnswer, PeriodAnswer, read_limits
from plaudit.brakes.model import CoinPrices, Kind
from plaudit.injected import Clock, Database
from plaudit.languages.formats import UTC_ZONE
from plaudit.languages.speaking import later
from plaudit.limits import BREAK_DAYS_MAX, EXCLUSION_DAYS_MAX, EXCLUSION_DAYS_MIN
from plaudit.money import Money, exponent
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.web.pages.frame import page, viewer_of

TITLES = {
    Kind.DAY: later("In a day"),
    Kind.WEEK: later("In a week"),
    Kind.MONTH: later("In a month"),
    Kind.SESSION: later("In one session"),
    Kind.GIFT: later("For one gift"),
    Kind.CREATOR: later("For one creator in a month"),
    Kind.ASK: later("Ask me above"),
    Kind.REMIND_AMOUNT: later("Tell me after each"),
}
"""The limits in money, as they are shown."""
HINTS = {
    Kind.DAY: later("Gifts, and purchases counted apart."),
    Kind.WEEK: later("Gifts, and purchases counted apart. Weeks begin on Monday."),
    Kind.MONTH: later("Gifts, and purchases counted apart."),
    Kind.SESSION: later("A session ends after half an hour without a gift."),
    Kind.GIFT: later("No gift is worth more."),
    Kind.CREATOR: later("The creator is not told."),
    Kind.ASK: later("A gift that is worth more is sent once you say yes again."),
    Kind.REMIND_AMOUNT: later("In a session. Nothing is held back: you are told how far you are."),
}
BREAKS_DAYS = (1, 3, 7, 14, BREAK_DAYS_MAX)
EXCLUSIONS_DAYS = (
    (EXCLUSION_DAYS_MIN, later("Half a year")),
    (366, later("1 year")),
    (731, later("2 years")),
    (1_827, later("5 years")),
    (EXCLUSION_DAYS_MAX, later("10 years")),
)


class Row(msgspec.Struct, frozen=True):
    """A limit in money on the page."""

    limit: LimitAnswer
    title: str
    hint: str
    used: Money | None
    most: Money | None
    """That which `used` is a part of: of accounts that are linked the strictest."""
    period: PeriodAnswer | None


@get("/limits", access=Access.VIEWER, include_in_schema=False)
async def limits(
    caller: Caller, database: Database, prices: NamedDependency[CoinPrices], clock: Clock
) -> Response[str]:
    """A row for each kind, in the currency and the time zone in which they hold."""
    worth = await prices.coin_worth(caller.person_id)
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await read_limits(connection, caller.person_id, clock)
    is_said = _is_said(found)
    currency = found.currency if is_said else worth[0] if worth else None
    zone = (found.time_zone if is_said else None) or UTC_ZONE
    by_kind = {one.kind: one for one in found.limits}
    data: dict[str, Any] = {
        "currency": currency,
        "places": exponent(currency) if currency else 0,
        "time_zone": zone if is_said else None,
    }
    return page(
        "limits.html",
        viewer,
        nav="wallet",
        rows=[_row(by_kind[kind], found) for kind in TITLES],
        night=by_kind[Kind.NIGHT],
        after=by_kind[Kind.REMIND_MINUTES],
        pause=found.pause,
        currency=currency if worth else None,
        zone=zone,
        is_said=is_said,
        breaks_days=BREAKS_DAYS,
        exclusions_days=EXCLUSIONS_DAYS,
        data=data,
    )


def _is_said(found: LimitsAnswer) -> bool:
    """Whether something holds or waits; else currency and time zone are chosen anew."""
    limits = any(one.amount or one.minutes or one.night or one.waiting for one in found.limits)
    return limits or found.pause is not None


def _row(limit: LimitAnswer, found: LimitsAnswer) -> Row:
    period = next((one for one in found.periods if one.period == limit.kind.value), None)
    used, most = (period.given, period.limit) if period else (None, None)
    if limit.kind is Kind.SESSION and limit.amount:
        used, most = found.session_given, limit.amount
    return Row(limit, TITLES[limit.kind], HINTS[limit.kind], used, most, period)


router = Router("/", route_handlers=[limits])
