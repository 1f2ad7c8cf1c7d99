"""Copying gifts into the log of events, and telling which combos are over.

Charging and delivering know nothing of it: it follows the log of each shard, with a cursor that moves in the
transaction that records the events: nothing is left out, nothing is told twice.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.events.log import record, record_all
from plaudit.events.model import (
    CombosEnded,
    DeliveredGift,
    DeliveredVideoGift,
    EndedCombo,
    Event,
    GiftsDelivered,
    PersonReference,
    VideoCombosEnded,
    VideoGiftsDelivered,
)
from plaudit.feeds.gifts.model import Combo, Followed, ToldFrame
from plaudit.ledger import following
from plaudit.ledger.following import Delivered, Entry, GiftFrame
from plaudit.ledger.model import GiftLine
from plaudit.limits import (
    COMBO_END_GRACE_S,
    COMBO_WINDOW_MS,
    COMBOS_ENDED_AT_ONCE_MAX,
    FOLLOWER_ENTRIES_MAX,
)
from plaudit.live.model import Room
from plaudit.live.reading import rooms_by_ids
from plaudit.people.references import references
from plaudit.statements import fetch_all, fetch_one, statements
from plaudit.videos.model import Video
from plaudit.videos.reading import videos_by_ids

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
    places = await _places(connection, {frame.room_id for frame in frames})
    return [told for frame in frames if frame.room_id in places for told in _told(frame, places[frame.room_id])]


async def _places(connection: Connection, ids: Collection[int]) -> dict[int, Room | Video]:
    """The rooms and videos of these numbers."""
    rooms = await rooms_by_ids(connection, ids)
    videos = await videos_by_ids(connection, [one for one in ids if one not in rooms])
    return {**rooms, **{video.id: video for video in videos}}


def _told(frame: GiftFrame, place: Room | Video) -> list[ToldFrame]:
    """A room is one creator's; a video may have been another's when some of its gifts were sent."""
    if isinstance(place, Room):
        return [ToldFrame(place, place.creator_id, frame)]
    receivers = dict.fromkeys(line.creator_id for line in frame.lines)
    return [ToldFrame(place, one, _received_by(frame, one)) for one in receivers]


def _received_by(frame: GiftFrame, creator_id: int) -> GiftFrame:
    return msgspec.structs.replace(frame, lines=[line for line in frame.lines if line.creator_id == creator_id])


async def _skus(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    return {row["id"]: row["sku"] for row in await connection.fetch(SQL["skus"], sorted(set(ids)))}


async def _tell_gifts(connection: Connection, frames: Sequence[ToldFrame]) -> None:
    people = await references(connection, {one for told in frames for one in _people_in(told)})
    skus = await _skus(connection, (gift.item_id for one in frames for gift in one.frame.lines))
    told = [
        (one.frame.at, event)
        for one in frames
        if one.creator_id in people and (event := _delivered(one, people[one.creator_id], people, skus))
    ]
    await record_all(connection, told)


def _delivered(
    told: ToldFrame, creator: PersonReference, people: Mapping[int, PersonReference], skus: Mapping[int, str]
) -> Event | None:
    place, frame = told.place, told.frame
    lines = [line for line in frame.lines if line.viewer_id in people]
    if not lines:
        return None
    if isinstance(place, Room):
        gifts = [DeliveredGift(**_gift(line, people, skus)) for line in lines]
        return GiftsDelivered(room_id=str(place.id), creator=creator, seq=frame.seq, gifts=gifts)
    on_video = [
        DeliveredVideoGift(**_gift(line, people, skus), position_ms=line.position_ms, message=line.message)
        for line in lines
    ]
    return VideoGiftsDelivered(**_named(place), creator=creator, seq=frame.seq, gifts=on_video)


def _named(video: Video) -> dict[str, Any]:
    return {"video_id": str(video.id), "external_id": video.external_id, "title": video.title}


def _people_in(told: ToldFrame) -> Iterable[int]:
    return (told.creator_id, *(gift.viewer_id for gift in told.frame.lines))


def _gift(line: GiftLine, people: Mapping[int, PersonReference], skus: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": line.id,
        "sender": None if line.anonymous else people[line.viewer_id],
        "anonymous": line.anonymous,
        "item_id": line.item_id,
        "sku": skus.get(line.item_id, ""),
        "count": line.count,
        "coins": line.coins,
        "combo_id": line.combo_id,
        "combo_count": line.combo_count,
    }


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
                anonymous=gift.anonymous,
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
    ended: dict[tuple[int, int], list[EndedCombo]] = defaultdict(list)
    for combo in sorted(combos, key=lambda combo: (combo.last_at, combo.combo_id)):
        if combo.viewer_id in people:
            ended[combo.room_id, combo.creator_id].append(
                EndedCombo(
                    id=combo.combo_id,
                    sender=None if combo.anonymous else people[combo.viewer_id],
                    anonymous=combo.anonymous,
                    item_id=combo.item_id,
                    sku=skus.get(combo.item_id, ""),
                    count=combo.count,
                    gifts=combo.gifts,
                    coins=combo.coins,
                    last_at=combo.last_at,
                )
            )
    places = await _places(connection, {place_id for place_id, _ in ended})
    events = [
        _over(places[place_id], people[creator_id], combos)
        for (place_id, creator_id), combos in ended.items()
        if creator_id in people and place_id in places
    ]
    await record(connection, now, *events)


def _over(place: Room | Video, creator: PersonReference, combos: list[EndedCombo]) -> Event:
    if isinstance(place, Room):
        return CombosEnded(room_id=str(place.id), creator=creator, combos=combos)
    return VideoCombosEnded(**_named(place), creator=creator, combos=combos)
