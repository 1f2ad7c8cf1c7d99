"""Adding what is delivered and taken back to the sums, and reading them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime

from plaudit.connections import Connection
from plaudit.creators.totals.model import By, Period, Total
from plaudit.ledger import following
from plaudit.ledger.following import Delivered, Entry, ReversedGift
from plaudit.ledger.model import GiftLine
from plaudit.ledger.shards import shard_of
from plaudit.people.model import HIDDEN
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)

FOLLOWER = "creators.totals"

Key = tuple[int, By, date, int]
"""Creator, what is summed by, day, and the room, video, item or person."""


class _Sums:
    """What some entries change."""

    def __init__(self) -> None:
        self.changes: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])

    def add(
        self,
        creator_id: int,
        at: datetime,
        gift: GiftLine | ReversedGift,
        *,
        gifts: int = 0,
        received: int = 0,
        taken: int = 0,
    ) -> None:
        day = at.astimezone(UTC).date()
        target: tuple[By, int] = ("video", gift.video_id or 0) if gift.room_id is None else ("room", gift.room_id)
        keys: tuple[tuple[By, int], ...] = (
            ("day", 0),
            target,
            ("item", gift.item_id),
            ("supporter", HIDDEN if gift.anonymous else gift.viewer_id),
        )
        for by, key in keys:
            change = self.changes[creator_id, by, day, key]
            change[0] += gifts
            change[1] += received
            change[2] += taken


async def add_entries(connection: Connection, shard: int, entries: Sequence[Entry]) -> None:
    """Add what creators of a shard received, and take off what was taken back, on the day it was received."""
    sums = _Sums()
    for entry in entries:
        if isinstance(entry, Delivered):
            for line in entry.earned:
                sums.add(line.creator_id, entry.at, line, gifts=1, received=line.share_coins)
        else:
            sign = 1 if entry.direction == "take" else -1
            for gift in entry.gifts:
                sums.add(entry.creator_id, gift.received_at, gift, taken=sign * gift.coins)
    if not sums.changes:
        return
    keys = sorted(sums.changes)
    columns = [list(column) for column in zip(*keys, strict=True)]
    await connection.execute(SQL["make_totals"], shard, *columns)
    changed = [list(column) for column in zip(*(sums.changes[key] for key in keys), strict=True)]
    await connection.execute(SQL["add_to_totals"], shard, *columns, *changed)


async def forget(connection: Connection) -> None:
    """Forget all sums: the follower reads all of the past again."""
    await connection.execute(SQL["forget_totals"])


async def totals_by_day(connection: Connection, creator_id: int, period: Period) -> list[Total]:
    """A total for each day of a period that had gifts, the first day first."""
    shard = await shard_of(connection, creator_id)
    return await fetch_all(connection, SQL["totals_by_day"], Total, shard, creator_id, period.first, period.last)


async def totals_by(
    connection: Connection, creator_id: int, by: By, period: Period, limit: int, *, by_gifts: bool = False
) -> list[Total]:
    """Totals of a period by room, video, item or supporter, those with most coins that stand first; `by_gifts`: those
    with most gifts, where money alone may rank nobody."""
    shard = await shard_of(connection, creator_id)
    wanted = (shard, creator_id, by, period.first, period.last, limit, by_gifts)
    return await fetch_all(connection, SQL["totals_by"], Total, *wanted)


async def totals_of(connection: Connection, creator_id: int, by: By, keys: Sequence[int]) -> dict[int, Total]:
    """Totals of all days of these rooms, videos, items or supporters; nothing of those that gave nothing."""
    if not keys:
        return {}
    shard = await shard_of(connection, creator_id)
    found = await fetch_all(connection, SQL["totals_of"], Total, shard, creator_id, by, keys)
    return {one.key: one for one in found}


async def behind(connection: Connection, creator_id: int) -> int:
    """How many deliveries and reversals of a creator's shard are not in the sums yet."""
    return await following.behind_of(connection, FOLLOWER, await shard_of(connection, creator_id))
