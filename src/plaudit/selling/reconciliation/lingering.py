"""Money going back whose end was never told: looked for again each week in the provider's list of the day it began."""

from datetime import UTC, date, datetime, time, timedelta

from plaudit.db import Database
from plaudit.limits import RECONCILE_LINGERING_EVERY_DAYS, RECONCILE_OPEN_DAYS_MAX, RECONCILE_PAGE_LENGTH
from plaudit.money import Money
from plaudit.selling.reconciliation.model import DifferenceKind, Found, ReversalHere
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)


async def lingering(database: Database, provider: str, day: date) -> list[tuple[datetime, list[ReversalHere]]]:
    """Reversals without an end that a run for a day asks about once more, with the day (UTC) they began.

    Lists of providers go by when a thing began, so that what ends later is in none of the days after.
    """
    found = []
    for age in range(RECONCILE_LINGERING_EVERY_DAYS, RECONCILE_OPEN_DAYS_MAX + 1, RECONCILE_LINGERING_EVERY_DAYS):
        since = _begin(day - timedelta(days=age))
        if waiting := await _open_since(database, provider, since):
            found.append((since, waiting))
    return found


async def open_too_long(database: Database, provider: str, day: date) -> list[Found]:
    """Reversals that on this day have been without an end for RECONCILE_OPEN_DAYS_MAX: somebody has to ask."""
    since = _begin(day - timedelta(days=RECONCILE_OPEN_DAYS_MAX))
    return [
        Found(
            kind=DifferenceKind.REVERSAL_OPEN_LONG,
            payment_id=reversal.payment_id,
            provider_reversal_id=reversal.provider_reversal_id,
            order=(reversal.shard, reversal.order_id),
            ours=Money(reversal.claimed_minor, reversal.currency),
            ours_state=reversal.state,
            detail=f"{reversal.kind} without an end since {reversal.at:%Y-%m-%d}",
        )
        for reversal in await _open_since(database, provider, since)
    ]


async def _open_since(database: Database, provider: str, since: datetime) -> list[ReversalHere]:
    async with database.read() as connection:
        return await fetch_all(
            connection, SQL["reversals_open"], ReversalHere, provider, since, since + timedelta(days=1),
            RECONCILE_PAGE_LENGTH,
        )  # fmt: skip


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
