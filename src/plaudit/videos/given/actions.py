"""Adding what was given on videos and taken back to the sums, and reading them."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from plaudit.connections import Connection
from plaudit.ledger import following
from plaudit.ledger.following import Delivered, Entry, ReversedGift
from plaudit.ledger.model import GiftLine
from plaudit.limits import (
    TIMELINE_GIVERS_COUNTED,
    TIMELINE_ITEMS_READ,
    VIDEO_LAST_FRAMES_READ,
    VIDEO_LAST_GIFTS_LENGTH,
    VIDEO_LAST_GIFTS_READ,
)
from plaudit.people.model import HIDDEN
from plaudit.statements import fetch_all, fetch_one, statements
from plaudit.videos.given.model import NOTHING, NOWHEN, By, Given, Giver, LastGift, Mark

SQL = statements(__file__)

FOLLOWER = "videos.given"

Key = tuple[int, By, int, int, int]
"""Video, what is summed by, second, item, giver."""
Change = list[int]
"""Of gifts, and of coins."""


class _Sums:
    """What some entries change: of whole videos, and by each measure."""

    def __init__(self) -> None:
        self.videos: defaultdict[int, Change] = defaultdict(lambda: [0, 0])
        self.parts: defaultdict[Key, Change] = defaultdict(lambda: [0, 0])
        self.seqs: defaultdict[int, int] = defaultdict(int)

    def add(self, gift: GiftLine | ReversedGift, gifts: int, coins: int) -> None:
        if gift.video_id is None:
            return
        giver_id = HIDDEN if gift.anonymous else gift.viewer_id
        keys: list[Key] = [(gift.video_id, "giver", NOWHEN, 0, giver_id)]
        if gift.position_ms is not None:
            second = gift.position_ms // 1000
            keys.append((gift.video_id, "second", second, 0, 0))
            keys.append((gift.video_id, "item", second, gift.item_id, giver_id))
        for change in (self.videos[gift.video_id], *(self.parts[key] for key in keys)):
            change[0] += gifts
            change[1] += coins


async def add_entries(connection: Connection, shard: int, entries: Sequence[Entry]) -> None:
    """Add what was given on videos in the log of a shard, and take off what was taken back."""
    sums = _Sums()
    for entry in entries:
        if isinstance(entry, Delivered):
            for line in entry.earned:
                sums.add(line, 1, line.share_coins)
            for frame in entry.frames:
                sums.seqs[frame.room_id] = frame.seq
        else:
            sign = -1 if entry.direction == "take" else 1
            for gift in entry.gifts:
                sums.add(gift, sign * _is_whole(gift, sign), sign * gift.coins)
    if sums.videos or sums.seqs:
        await _write(connection, sums)


def _is_whole(gift: ReversedGift, sign: int) -> bool:
    """Whether nothing stands of a gift after it was taken back, or before it was given back."""
    left = gift.share_coins - gift.coins_taken_before
    return left - gift.coins == 0 if sign < 0 else left == 0


async def _write(connection: Connection, sums: _Sums) -> None:
    """Whoever sums another shard's log may have the same videos: each is locked first, in one order. Videos that nobody
    told of are left out."""
    ids = sorted({*sums.videos, *sums.seqs})
    await connection.execute(SQL["make_totals"], ids)
    shards = {row["video_id"]: row["shard"] for row in await connection.fetch(SQL["lock_totals"], ids)}
    totals = [(shards[one], one, *sums.videos[one], sums.seqs[one]) for one in ids if one in shards]
    parts = [(shards[key[0]], *key, *change) for key, change in sorted(sums.parts.items()) if key[0] in shards]
    if totals:
        await connection.execute(SQL["add_to_totals"], *_columns(totals))
    # What cannot stand by itself takes from what is there, or gives back to it.
    more = [part for part in parts if 0 < part[-2] <= part[-1]]
    other = [part for part in parts if not 0 < part[-2] <= part[-1]]
    if more:
        await connection.execute(SQL["add_to_subtotals"], *_columns(more))
    if other:
        await connection.execute(SQL["change_subtotals"], *_columns(other))


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


async def videos_among(connection: Connection, ids: Collection[int]) -> set[int]:
    """Those of some numbers of rooms and videos that are videos'."""
    return {row["id"] for row in await connection.fetch(SQL["videos_among"], list(ids))}


async def forget(connection: Connection) -> None:
    """Forget all sums: the follower reads all of the past again."""
    await connection.execute(SQL["forget_subtotals"])
    await connection.execute(SQL["forget_totals"])


async def given_on(connection: Connection, shard: int, video_id: int) -> Given:
    """What was given on a video and stands, as far as it is summed."""
    return await fetch_one(connection, SQL["given_on"], Given, shard, video_id) or NOTHING


async def timeline(connection: Connection, shard: int, video_id: int, duration_ms: int, marks_max: int) -> list[Mark]:
    """At most so many marks, in the order of the video; seconds that are near each other share one."""
    wanted = (shard, video_id, duration_ms // 1000, marks_max, TIMELINE_ITEMS_READ, TIMELINE_GIVERS_COUNTED)
    return await fetch_all(connection, SQL["timeline"], Mark, *wanted)


async def gave_on(connection: Connection, shard: int, video_id: int, person_id: int) -> bool:
    """Whether something stands that somebody gave, as far as it is summed; who hid has given nothing."""
    gave: bool = await connection.fetchval(SQL["gave_on"], shard, video_id, person_id)
    return gave


async def top_givers(connection: Connection, shard: int, video_id: int, limit: int) -> list[Giver]:
    """Those whose coins stand, most coins first; not those who hide."""
    return await fetch_all(connection, SQL["top_givers"], Giver, shard, video_id, limit)


async def last_gifts(connection: Connection, shard: int, video_id: int) -> list[LastGift]:
    """The newest first, of which something stands; out of the last frames, so as new as these."""
    limits = (VIDEO_LAST_FRAMES_READ, VIDEO_LAST_GIFTS_READ, VIDEO_LAST_GIFTS_LENGTH)
    return await fetch_all(connection, SQL["last_gifts"], LastGift, shard, video_id, *limits)


async def behind(connection: Connection, shard: int) -> int:
    """How many deliveries and reversals of a shard are not in the sums yet."""
    return await following.behind_of(connection, FOLLOWER, shard)
