"""Copying gifts into the log of events, and telling which combos are over.

Charging and delivering know nothing of it: it follows the log of each shard, with a cursor that moves in the
transaction that records the events: nothing is left out, nothing is told twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.db import Connection, Database, fetch_all, fetch_one, statements
from plaudit.events.log import record, record_all
from plaudit.events.model import CombosEnded, DeliveredGift, EndedCombo, GiftsDelivered, PersonReference
from plaudit.feeds.gifts.model import Combo, Followed, ToldFrame
from plaudit.ledger import following
from plaudit.ledger.following import Delivered, Entry, GiftFrame
from plaudit.limits import (
    COMBO_END_GRACE_S,
    COMBO_WINDOW_MS,
    COMBOS_ENDED_AT_ONCE_MAX,
    FOLLOWER_ENTRIES_MAX,
)
from plaudit.live.reading import rooms_by_ids
from plaudit.people.references import references

SQL = statements(__file__)
FOLLOWER = "events.gifts"

_COMBO_OVER = timedelta(milliseconds=COMBO_WINDOW_MS, seconds=COMBO_END_GRACE_S)


async def copy_gifts(database: Database, clock: Clock) -> int:
    """Copy what was delivered since the last time, while somebody wants it; answers how many frames."""
    now = clock.now()
    async with database.transaction() as connection:
        followed = await fetch_one(connection, SQL["gifts_followed"], Followed)
        assert followed is not None, "a database has one log"
        if followed.wanted_until is None or followed.wanted_until <= now:
            if followed.since is not None:
                await connection.execute(SQL["note_end"])
                await following.end(connection, FOLLOWER)
            return 0
        if followed.since is None:
            await connection.execute(SQL["note_begin"], now)
            await following.begin(connection, FOLLOWER, from_now=True)
        over = await connection.fetch(SQL["shards_with_combos_over"], now - _COMBO_OVER)
        shards = {*await following.shards_behind(connection, FOLLOWER), *(row["shard"] for row in over)}
    copied = 0
    for shard in sorted(shards):
        async with database.transaction() as connection:
            copied += await _copy_shard(connection, shard, now)
    return copied


async def _copy_shard(connection: Connection, shard: int, now: datetime) -> int:
    """Whether a combo is over is asked before what was delivered is read: what is delivered in between is then seen."""
    through = await following.claim(connection, FOLLOWER, shard)
    if through is None:
        return 0
    over = now - _COMBO_OVER
    candidates = await connection.fetch(
        SQL["combos_that_may_be_over"], shard, over, COMBO_WINDOW_MS, COMBOS_ENDED_AT_ONCE_MAX
    )
    entries = await following.entries_after(connection, shard, through, FOLLOWER_ENTRIES_MAX)
    frames = await _frames_of(connection, entries)
    if frames:
        await _tell_gifts(connection, frames)
        await _add_to_combos(connection, shard, frames)
    await following.advance(connection, FOLLOWER, shard, entries)
    if len(entries) < FOLLOWER_ENTRIES_MAX and candidates:
        ended = await fetch_all(connection, SQL["end_combos"], Combo, [row["combo_id"] for row in candidates], over)
        await _tell_combos(connection, ended, now)
    return len(frames)


async def _frames_of(connection: Connection, entries: Sequence[Entry]) -> list[ToldFrame]:
    frames = [frame for entry in entries if isinstance(entry, Delivered) for frame in entry.frames]
    rooms = await rooms_by_ids(connection, {frame.room_id for frame in frames})
    return [ToldFrame(rooms[frame.room_id].creator_id, frame) for frame in frames if frame.room_id in rooms]


async def _skus(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    return {row["id"]: row["sku"] for row in await connection.fetch(SQL["skus"], sorted(set(ids)))}


async def _tell_gifts(connection: Connection, frames: Sequence[ToldFrame]) -> None:
    people = await references(connection, {one for told in frames for one in _people_in(told)})
    skus = await _skus(connection, (gift.item_id for one in frames for gift in one.frame.lines))
    told = []
    for one in frames:
        frame, creator = one.frame, people.get(one.creator_id)
        gifts = _gifts_of(frame, people, skus)
        if creator is not None and gifts:
            event = GiftsDelivered(room_id=str(frame.room_id), creator=creator, seq=frame.seq, gifts=gifts)
            told.append((frame.at, event))
    await record_all(connection, told)


def _people_in(told: ToldFrame) -> Iterable[int]:
    return (told.creator_id, *(gift.viewer_id for gift in told.frame.lines))


def _gifts_of(frame: GiftFrame, people: dict[int, PersonReference], skus: dict[int, str]) -> list[DeliveredGift]:
    return [
        DeliveredGift(
            id=gift.id,
            sender=people[gift.viewer_id],
            item_id=gift.item_id,
            sku=skus.get(gift.item_id, ""),
            count=gift.count,
            coins=gift.coins,
            combo_id=gift.combo_id,
            combo_count=gift.combo_count,
        )
        for gift in frame.lines
        if gift.viewer_id in people
    ]


async def _add_to_combos(connection: Connection, shard: int, frames: Sequence[ToldFrame]) -> None:
    combos: dict[UUID, Combo] = {}
    for one in frames:
        frame = one.frame
        for gift in frame.lines:
            known = combos.get(gift.combo_id)
            combos[gift.combo_id] = Combo(
                combo_id=gift.combo_id,
                shard=shard,
                room_id=frame.room_id,
                creator_id=one.creator_id,
                viewer_id=gift.viewer_id,
                item_id=gift.item_id,
                count=max(gift.combo_count, known.count if known else 0),
                coins=gift.coins + (known.coins if known else 0),
                gifts=1 + (known.gifts if known else 0),
                last_at=frame.at,
            )
    columns = zip(*(msgspec.structs.astuple(combo) for combo in combos.values()), strict=True)
    await connection.execute(SQL["add_to_combos"], *map(list, columns))


async def _tell_combos(connection: Connection, combos: Sequence[Combo], now: datetime) -> None:
    people = await references(connection, {one for combo in combos for one in (combo.creator_id, combo.viewer_id)})
    skus = await _skus(connection, (combo.item_id for combo in combos))
    rooms: dict[tuple[int, int], list[EndedCombo]] = defaultdict(list)
    for combo in sorted(combos, key=lambda combo: (combo.last_at, combo.combo_id)):
        if combo.viewer_id in people:
            rooms[combo.room_id, combo.creator_id].append(
                EndedCombo(
                    id=combo.combo_id,
                    sender=people[combo.viewer_id],
                    item_id=combo.item_id,
                    sku=skus.get(combo.item_id, ""),
                    count=combo.count,
                    gifts=combo.gifts,
                    coins=combo.coins,
                    last_at=combo.last_at,
                )
            )
    events = [
        CombosEnded(room_id=str(room_id), creator=people[creator_id], combos=ended)
        for (room_id, creator_id), ended in rooms.items()
        if creator_id in people
    ]
    await record(connection, now, *events)
