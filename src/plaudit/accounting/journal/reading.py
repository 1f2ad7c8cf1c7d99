"""The general journal and its balances, of days that are closed: their amounts do not change, while numbers and names
of accounts follow the decisions."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import msgspec

from plaudit.accounting.actions import allow_long, day_begins
from plaudit.accounting.journal.model import Balance, JournalLine, LinePlace
from plaudit.accounting.model import Extent, Period
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.limits import ACCOUNTING_CSV_PAGE, ACCOUNTING_SLICE_MINUTES
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)

_DAY = timedelta(days=1)
_SLICE = timedelta(minutes=ACCOUNTING_SLICE_MINUTES)


def closed_part(period: Period, found: Extent) -> Period | None:
    """The days of a period that are closed; None: there are none."""
    if found.last_closed_day is None or found.last_closed_day < period.first:
        return None
    return msgspec.structs.replace(period, last=min(period.last, found.last_closed_day))


async def lines(
    connection: Connection, period: Period, after: LinePlace | None, limit: int, until: datetime | None = None
) -> list[JournalLine]:
    """Lines of a period, the oldest first; until a moment."""
    begins, ends = day_begins(period.first), day_begins(period.last + timedelta(days=1))
    place = after or LinePlace(begins)
    return await fetch_all(
        connection,
        SQL["lines"],
        JournalLine,
        *(period.first, period.last, max(begins, place.at), min(until or ends, ends)),
        *(period.entity, period.currency),
        *(place.at, place.shard, place.entry, place.reference, place.line, limit),
    )


async def all_lines(database: Database, period: Period | None) -> AsyncIterator[list[JournalLine]]:
    """The lines of a period, page after page, each read when it is wanted: a day at a time and, where that is more than
    a page, an hour, so that no read sorts what later ones are for."""
    if period is None:
        return
    ends = day_begins(period.last + timedelta(days=1))
    after, step = LinePlace(day_begins(period.first)), _DAY
    while after.at < ends:
        until = min(after.at + step, ends)
        async with database.read() as connection:
            page = await lines(connection, period, after, ACCOUNTING_CSV_PAGE, until)
        if page:
            yield page
        is_full = len(page) == ACCOUNTING_CSV_PAGE
        after = page[-1].place if is_full else LinePlace(until)
        step = _SLICE if is_full else min(step * 2, _DAY)


async def balances(connection: Connection, period: Period) -> list[Balance]:
    """All accounts at the end of a period, and what moved in it; over all that was ever booked."""
    await allow_long(connection)
    ends = day_begins(period.last + timedelta(days=1))
    found = await fetch_all(connection, SQL["balances"], Balance, period.first, period.last, ends, period.entity)
    return [one for one in found if period.currency in {None, one.currency}]
