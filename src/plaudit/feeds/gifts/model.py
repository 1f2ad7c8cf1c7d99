"""Since when gifts are told, what is told of them, and combos whose end was not told."""

from datetime import datetime
from uuid import UUID

import msgspec

from plaudit.ledger.following import GiftFrame
from plaudit.live.model import Room
from plaudit.videos.model import Video


class Followed(msgspec.Struct, frozen=True):
    """Until when gifts are wanted in the log, and since when they are copied; None: never, and not now."""

    wanted_until: datetime | None
    since: datetime | None


class ToldFrame(msgspec.Struct, frozen=True):
    """Gifts of one frame, the room or video that they are in, and who is told of as its creator."""

    place: Room | Video
    creator_id: int
    frame: GiftFrame


class Combo(msgspec.Struct, frozen=True):
    """A combo in a room or on a video, as far as its gifts were copied."""

    combo_id: UUID
    shard: int
    room_id: int
    creator_id: int
    viewer_id: int
    anonymous: bool
    item_id: int
    count: int
    coins: int
    gifts: int
    last_at: datetime
