"""Gifts as a creator received them, in a room or on a video, ticked off as thanked."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ledger.shards import Shards
from plaudit.live.model import GiftName, ReceivedGift
from plaudit.live.open_room import RoomKey
from plaudit.live.reader import NO_END
from plaudit.pages import Number, Places
from plaudit.problems import NotFound
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)

GIFTS: Places[tuple[int, int]] = Places(tuple[Number, Annotated[int, Meta(ge=0, le=2**31 - 1)]], (NO_END, 0))
"""The places of gifts by the number of their frame and the place in it, newest first."""


async def gifts_received(
    connection: Connection,
    shown_in: RoomKey,
    creator_id: int,
    *,
    before: tuple[int, int],
    thanked: bool | None,
    limit: int,
) -> list[ReceivedGift]:
    """Gifts to a creator in a room or on a video, newest first, below a number and place."""
    wanted = (shown_in.shard, shown_in.room_id, creator_id, *before, thanked, limit)
    return await fetch_all(connection, SQL["gifts_received"], ReceivedGift, *wanted)


async def thank(
    connection: Connection, shards: Shards, creator_id: int, gifts: Sequence[GiftName], clock: Clock
) -> None:
    """Tick gifts off; a gift that is ticked off stays so.

    Raises:
        NotFound: one of them is no gift to this creator; none was ticked off.
    """
    viewers, ids = [int(gift.viewer_id) for gift in gifts], [gift.id for gift in gifts]
    rows = await connection.fetch(
        SQL["gifts_of_creator"], [shards.of(viewer) for viewer in viewers], viewers, ids, creator_id
    )
    known = {(row["viewer_id"], row["id"]) for row in rows}
    for viewer, gift_id in zip(viewers, ids, strict=True):
        if (viewer, gift_id) not in known:
            raise NotFound("You received no such gift.", viewer_id=str(viewer), id=str(gift_id))
    await connection.execute(SQL["thank"], shards.of(creator_id), creator_id, viewers, ids, clock.now())


async def take_back(connection: Connection, shards: Shards, creator_id: int, gifts: Sequence[GiftName]) -> None:
    """Take ticks back; a gift without one stays so."""
    viewers, ids = [int(gift.viewer_id) for gift in gifts], [gift.id for gift in gifts]
    await connection.execute(SQL["take_back_thank"], shards.of(creator_id), creator_id, viewers, ids)
