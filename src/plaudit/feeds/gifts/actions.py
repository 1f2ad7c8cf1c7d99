"""Copying gifts into the log of events, and telling which combos are over.

Charging and delivering know nothing of it: it reads the deliveries, which are numbered without gaps, and the frames of
the rooms they went to, which are too. Each shard has one cursor a stream and one a room, moved in the transaction that
records the events: nothing is left out, nothing is told twice.
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
from plaudit.feeds.gifts.model import Combo, Followed, GiftFrame, SeenDelivery
from plaudit.ledger.model import GiftLine
from plaudit.ledger.shards import Shards
from plaudit.limits import (
    COMBO_END_GRACE_S,
    COMBO_WINDOW_MS,
    COMBOS_ENDED_AT_ONCE_MAX,
    GIFT_EVENTS_DELIVERIES_MAX,
    GIFT_EVENTS_FRAMES_MAX,
)
from plaudit.people.references import references

SQL = statements(__file__)

_COMBO_OVER = timedelta(milliseconds=COMBO_WINDOW_MS, seconds=COMBO_END_GRACE_S)


async def copy_gifts(database: Database, shards: Shards, clock: Clock) -> int:
    """Copy what was delivered since the last time, while somebody wants it; answers how many frames."""
    now = clock.now()
    async with database.transaction() as connection:
        followed = await fetch_one(connection, SQL["gifts_followed"], Followed)
        assert followed is not None, "a database has one log"
        if followed.wanted_until is None or followed.wanted_until <= now:
            if followed.since is not None:
                await connection.execute(SQL["end"])
            return 0
        if followed.since is None:
            await connection.execute(SQL["begin"], now)
    copied = 0
    for shard in shards.all():
        async with database.transaction() as connection:
            if await connection.fetchval(SQL["lock_shard"], shard) is not None:
                copied += await _copy_shard(connection, shard, now)
    return copied


async def _copy_shard(connection: Connection, shard: int, now: datetime) -> int:
    """Whether a combo is over is asked before what was delivered is read: what is delivered in between is then seen."""
    over = now - _COMBO_OVER
    candidates = await connection.fetch(
        SQL["combos_that_may_be_over"], shard, over, COMBO_WINDOW_MS, COMBOS_ENDED_AT_ONCE_MAX
    )
    deliveries = await fetch_all(connection, SQL["deliveries_since"], SeenDelivery, shard, GIFT_EVENTS_DELIVERIES_MAX)
    frames = await _frames_of(connection, shard, deliveries)
    if frames:
        await _tell_gifts(connection, frames)
        await _add_to_combos(connection, shard, frames)
        last = {frame.room_id: frame.seq for frame in frames}
        await connection.execute(SQL["move_rooms"], shard, list(last), list(last.values()))
    if len(frames) == GIFT_EVENTS_FRAMES_MAX:
        return len(frames)  # there may be more of these deliveries
    await _move_streams(connection, shard, deliveries)
    if len(deliveries) < GIFT_EVENTS_DELIVERIES_MAX and candidates:
        ended = await fetch_all(connection, SQL["end_combos"], Combo, [row["combo_id"] for row in candidates], over)
        await _tell_combos(connection, ended, now)
    return len(frames)


async def _frames_of(connection: Connection, shard: int, deliveries: Sequence[SeenDelivery]) -> list[GiftFrame]:
    creators = sorted({creator for delivery in deliveries for creator in delivery.creator_ids})
    if not creators:
        return []
    rows = await connection.fetch(SQL["frames_of_gifts"], shard, creators, GIFT_EVENTS_FRAMES_MAX)
    return [GiftFrame(**dict(row) | {"lines": [GiftLine(*line) for line in row["lines"]]}) for row in rows]


async def _move_streams(connection: Connection, shard: int, deliveries: Sequence[SeenDelivery]) -> None:
    through: dict[int, int] = {}
    for delivery in deliveries:
        through[delivery.source_shard] = max(through.get(delivery.source_shard, 0), delivery.through_batch_no)
    if through:
        await connection.execute(SQL["move_streams"], shard, list(through), list(through.values()))


async def _skus(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    return {row["id"]: row["sku"] for row in await connection.fetch(SQL["skus"], sorted(set(ids)))}


async def _tell_gifts(connection: Connection, frames: Sequence[GiftFrame]) -> None:
    people = await references(connection, {one for frame in frames for one in _people_in(frame)})
    skus = await _skus(connection, (gift.item_id for frame in frames for gift in frame.lines))
    told = []
    for frame in frames:
        gifts = _gifts_of(frame, people, skus)
        creator = people.get(frame.creator_id)
        if creator is not None and gifts:
            event = GiftsDelivered(room_id=str(frame.room_id), creator=creator, seq=frame.seq, gifts=gifts)
            told.append((frame.at, event))
    await record_all(connection, told)


def _people_in(frame: GiftFrame) -> Iterable[int]:
    return (frame.creator_id, *(gift.viewer_id for gift in frame.lines))


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


async def _add_to_combos(connection: Connection, shard: int, frames: Sequence[GiftFrame]) -> None:
    combos: dict[UUID, Combo] = {}
    for frame in frames:
        for gift in frame.lines:
            known = combos.get(gift.combo_id)
            combos[gift.combo_id] = Combo(
                combo_id=gift.combo_id,
                shard=shard,
                room_id=frame.room_id,
                creator_id=frame.creator_id,
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
