"""Followers: whoever reads what creators received and lost, in order, each with a cursor of its own.

Deliveries and reversals of a creators' shard are numbered without gaps, and each is committed before the next has its
number. So one number says what a follower has seen, from any process. What it writes here is written once, because its
cursor moves in the same transaction; what it tells others, at least once. One that begins at zero gets all of the past.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from datetime import datetime
from itertools import chain, takewhile
from typing import Literal
from uuid import UUID

import msgspec

from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.ledger.model import GiftLine
from plaudit.ledger.shards import read_shards
from plaudit.limits import FOLLOWER_ENTRIES_MAX
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)

_LOOK_AGAIN_S = 0.2


class GiftFrame(msgspec.Struct, frozen=True):
    """The gifts of one frame of a room or video."""

    room_id: int
    seq: int
    at: datetime
    lines: list[GiftLine]


class Delivered(msgspec.Struct, frozen=True):
    """Gifts that creators of a shard received together, by rooms and videos; and what they earned of gifts that are
    shown elsewhere."""

    log_no: int
    at: datetime
    frames: list[GiftFrame]
    unshown: list[GiftLine]

    @property
    def earned(self) -> Iterator[GiftLine]:
        """What creators of the shard earned: each line with a share."""
        shown = (line for frame in self.frames for line in frame.lines)
        return (line for line in chain(shown, self.unshown) if line.share_coins)


class ReversedGift(msgspec.Struct, frozen=True):
    """A creator's part of a gift that a reversal takes."""

    id: UUID
    viewer_id: int
    room_id: int | None
    video_id: int | None
    item_id: int
    coins: int
    received_at: datetime
    position_ms: int | None
    anonymous: bool
    share_coins: int
    """What the creator had of the gift."""
    coins_taken_before: int
    """Of these, what the entries of the log before this one had taken."""


class Reversed(msgspec.Struct, frozen=True):
    """What a reversal took from a creator, or gave back."""

    log_no: int
    at: datetime
    creator_id: int
    direction: Literal["take", "return"]
    gifts: list[ReversedGift]


Entry = Delivered | Reversed
Follow = Callable[[Connection, int, Sequence[Entry]], Awaitable[object]]
"""What a follower does with the next entries of a shard."""
Among = Callable[[Connection, Collection[int]], Awaitable[Collection[int]]]
"""Which of some rooms and videos a follower wants to know of: the frames of others are not read for it."""


class _Delivery(msgspec.Struct, frozen=True):
    log_no: int
    delivered_at: datetime
    room_ids: list[int]
    seqs: list[int]
    unshown: list[GiftLine]


class _Reversal(msgspec.Struct, frozen=True):
    log_no: int
    at: datetime
    source_shard: int
    reversal_id: UUID
    creator_id: int
    direction: Literal["take", "return"]


async def begin(connection: Connection, name: str, *, from_now: bool = False) -> None:
    """Let a follower begin, with all of the past or from now on. One that has begun goes on where it is."""
    await connection.execute(SQL["begin_to_follow"], name, from_now)


async def end(connection: Connection, name: str) -> None:
    """Forget how far a follower has come."""
    await connection.execute(SQL["end_to_follow"], name)


async def claim(connection: Connection, name: str, shard: int) -> int | None:
    """Where a follower stands in a shard, for the length of a transaction; None: another process is at it, or it has
    not begun."""
    through: int | None = await connection.fetchval(SQL["claim_follower"], name, shard)
    return through


async def wait_for_all(connection: Connection, shard: int) -> None:
    """Have no follower read entries of a shard until the end of the transaction: each has handled what it has read."""
    await connection.fetch(SQL["wait_for_followers"], shard)


async def entries_after(
    connection: Connection, shard: int, through: int, limit: int, among: Among | None = None
) -> list[Entry]:
    """The entries of a shard after a number, without gaps; with `among`, only frames of rooms and videos it wants."""
    deliveries = await _deliveries(connection, shard, through, limit)
    reversals = await fetch_all(connection, SQL["reversals_after"], _Reversal, shard, through, limit)
    found: dict[int, _Delivery | _Reversal] = {}
    found |= {one.log_no: one for one in deliveries}
    found |= {one.log_no: one for one in reversals}
    # The two were read one after the other: what came between them is left for the next time.
    run = [one for one in takewhile(bool, (found.get(through + step) for step in range(1, limit + 1))) if one]
    frames = await _frames(connection, shard, [one for one in run if isinstance(one, _Delivery)], among)
    return [
        Delivered(
            one.log_no,
            one.delivered_at,
            [frames[key] for key in zip(one.room_ids, one.seqs, strict=True) if key in frames],
            one.unshown,
        )
        if isinstance(one, _Delivery)
        else Reversed(one.log_no, one.at, one.creator_id, one.direction, await _gifts(connection, shard, one))
        for one in run
    ]


async def advance(connection: Connection, name: str, shard: int, entries: Sequence[Entry]) -> None:
    """Have a follower stand behind these entries."""
    if entries:
        await connection.execute(SQL["advance_follower"], name, shard, entries[-1].log_no)


async def follow(database: Database, name: str, handle: Follow, among: Among | None = None) -> int:
    """Hand a follower all that is new, FOLLOWER_ENTRIES_MAX entries a transaction; answers how many there were. With
    `among`, of the frames only those it wants.

    Raises:
        ExceptionGroup: what it raised in some shards; the others were followed all the same.
    """
    followed, failures = 0, []
    async with database.transaction() as connection:
        await begin(connection, name)
        shards = await shards_behind(connection, name)
    for shard in shards:
        handled = FOLLOWER_ENTRIES_MAX
        try:
            while handled == FOLLOWER_ENTRIES_MAX:
                handled = await follow_once(database, name, shard, handle, among)
                followed += handled
        except Exception as error:
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{name} cannot follow {len(failures)} shards", failures)
    return followed


async def follow_once(database: Database, name: str, shard: int, handle: Follow, among: Among | None = None) -> int:
    """Hand a follower the next entries of one shard in one transaction; answers how many. Nothing while another process
    is at it."""
    async with database.transaction() as connection:
        through = await claim(connection, name, shard)
        if through is None:
            return 0
        entries = await entries_after(connection, shard, through, FOLLOWER_ENTRIES_MAX, among)
        if entries:
            await handle(connection, shard, entries)
            await advance(connection, name, shard, entries)
        return len(entries)


async def behind(connection: Connection) -> dict[str, int]:
    """How many entries each follower that has begun has not read, by its name."""
    return {row["name"]: row["behind"] for row in await connection.fetch(SQL["behind"])}


async def behind_of(connection: Connection, name: str, shard: int | None = None) -> int:
    """How many entries a follower has not read, of one shard or of all; all of them, as long as it has not begun."""
    entries: int = await connection.fetchval(SQL["behind_of"], name, shard)
    return entries


async def shards_behind(connection: Connection, name: str) -> list[int]:
    """The shards of which a follower has not read all."""
    return [row["shard"] for row in await connection.fetch(SQL["shards_behind"], name)]


async def rebuild(connection: Connection, name: str, forget: Callable[[Connection], Awaitable[object]]) -> None:
    """Have a follower forget what it wrote and read all of the past again, from its next turn on."""
    await begin(connection, name)
    for shard in (await read_shards(connection)).all():
        await connection.fetchval(SQL["wait_for_follower"], name, shard)
    await forget(connection)
    await connection.execute(SQL["rewind_follower"], name)


async def rebuild_now(
    database: Database,
    name: str,
    handle: Follow,
    forget: Callable[[Connection], Awaitable[object]],
    among: Among | None = None,
) -> int:
    """`rebuild`, and read all of the past at once; answers how many entries there were. Servers may go on meanwhile."""
    async with database.transaction() as connection:
        await rebuild(connection, name, forget)
        all_of_them = await behind_of(connection, name)
    while True:
        await follow(database, name, handle, among)
        async with database.read() as connection:
            if await behind_of(connection, name) == 0:
                return all_of_them
        await asyncio.sleep(_LOOK_AGAIN_S)  # the job of a server is at the rest


async def _deliveries(connection: Connection, shard: int, through: int, limit: int) -> list[_Delivery]:
    rows = await connection.fetch(SQL["deliveries_after"], shard, through, limit)
    return [
        _Delivery(
            row["log_no"],
            row["delivered_at"],
            row["room_ids"],
            row["seqs"],
            [GiftLine(*line) for line in row["unshown"] or ()],
        )
        for row in rows
    ]


async def _frames(
    connection: Connection, shard: int, deliveries: Sequence[_Delivery], among: Among | None
) -> dict[tuple[int, int], GiftFrame]:
    keys = [key for one in deliveries for key in zip(one.room_ids, one.seqs, strict=True)]
    if among is not None and keys:
        wanted = await among(connection, {room_id for room_id, _ in keys})
        keys = [key for key in keys if key[0] in wanted]
    rooms, seqs = [room_id for room_id, _ in keys], [seq for _, seq in keys]
    rows = await connection.fetch(SQL["frames_in_log"], shard, rooms, seqs) if keys else []
    return {
        (row["room_id"], row["seq"]): GiftFrame(
            row["room_id"], row["seq"], row["at"], [GiftLine(*line) for line in row["lines"]]
        )
        for row in rows
    }


async def _gifts(connection: Connection, shard: int, reversal: _Reversal) -> list[ReversedGift]:
    wanted = (shard, reversal.source_shard, reversal.reversal_id, reversal.creator_id, reversal.log_no)
    return await fetch_all(connection, SQL["gifts_of_reversal"], ReversedGift, *wanted)
