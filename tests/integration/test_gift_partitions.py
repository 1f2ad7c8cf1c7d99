"""The monthly partitions of gifts: there before they are needed, without a gap, whatever the server slept through."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.ledger.jobs import ensure_gift_partitions
from plaudit.limits import GIFT_PARTITION_MONTHS_AHEAD

pytestmark = pytest.mark.sql

_BOUNDS = re.compile(r"FOR VALUES FROM \((MINVALUE|'(?P<begin>[^']+)')\) TO \('(?P<end>[^']+)'\)")


async def bounds(connection: OwnConnection) -> dict[str, tuple[UUID | None, UUID]]:
    """First id and first id after of each partition, by its name; None: the beginning of time."""
    rows = await connection.fetch(
        "select c.relname, pg_get_expr(c.relpartbound, c.oid) as bound from pg_inherits h"
        " join pg_class c on c.oid = h.inhrelid where h.inhparent = 'gift'::regclass order by c.relname"
    )
    return {row["relname"]: _ids_of(row["bound"]) for row in rows}


def _ids_of(bound: str) -> tuple[UUID | None, UUID]:
    match = _BOUNDS.fullmatch(bound)
    assert match is not None, bound
    return UUID(match["begin"]) if match["begin"] else None, UUID(match["end"])


def first_id_of(month: datetime) -> UUID:
    """The smallest id of version 7 that a month has."""
    return UUID(int=int(month.timestamp() * 1000) << 80)


def after(month: datetime) -> datetime:
    return (month + timedelta(days=32)).replace(day=1)


async def test_each_month_has_its_place_years_ahead(owner_connection: OwnConnection, clock: ManualClock) -> None:
    clock.advance(timedelta(days=400))  # beyond what the template was made with
    await ensure_gift_partitions(owner_connection, clock)
    first = len(await bounds(owner_connection))
    for made in range(1, 26):
        clock.advance(after(clock.now().replace(hour=0, minute=0)) - clock.now())
        assert await ensure_gift_partitions(owner_connection, clock) == 1
        assert await ensure_gift_partitions(owner_connection, clock) == 0
        assert len(await bounds(owner_connection)) == first + made
    await _is_whole(owner_connection, clock)


async def test_a_server_that_slept_for_a_year_leaves_no_gap(
    owner_connection: OwnConnection, clock: ManualClock
) -> None:
    await ensure_gift_partitions(owner_connection, clock)
    clock.advance(timedelta(days=400))
    assert await ensure_gift_partitions(owner_connection, clock) == GIFT_PARTITION_MONTHS_AHEAD + 1
    await _is_whole(owner_connection, clock)


async def _is_whole(connection: OwnConnection, clock: ManualClock) -> None:
    """From the beginning of time to some months ahead, each begins where the one before ends, at the end of a month."""
    places = list((await bounds(connection)).items())
    assert places[0][1][0] is None
    for (_, (_, end)), (_, (begin, _)) in pairwise(places):
        assert begin == end
    for name, (_, end) in places:
        month = datetime.strptime(name, "gift_%Y%m").replace(tzinfo=UTC)
        assert end == first_id_of(after(month))
    last = clock.now().replace(day=1)
    for _ in range(GIFT_PARTITION_MONTHS_AHEAD):
        last = after(last)
    assert places[-1][0] == f"gift_{last:%Y%m}"
    assert new_id(ManualClock(last)) < places[-1][1][1]
