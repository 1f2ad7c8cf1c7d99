"""What is read of deliveries and frames, and combos whose end was not told."""

from datetime import datetime
from uuid import UUID

import msgspec

from plaudit.ledger.model import GiftLine


class Followed(msgspec.Struct, frozen=True):
    """Until when gifts are wanted in the log, and since when they are copied; None: never, and not now."""

    wanted_until: datetime | None
    since: datetime | None


class SeenDelivery(msgspec.Struct, frozen=True):
    """A delivery whose gifts are not copied yet."""

    source_shard: int
    through_batch_no: int
    creator_ids: list[int]


class GiftFrame(msgspec.Struct, frozen=True):
    """The gifts of one frame of a creator's room."""

    room_id: int
    creator_id: int
    seq: int
    at: datetime
    lines: list[GiftLine]


class Combo(msgspec.Struct, frozen=True):
    """A combo, as far as its gifts were copied."""

    combo_id: UUID
    shard: int
    room_id: int
    creator_id: int
    viewer_id: int
    item_id: int
    count: int
    coins: int
    gifts: int
    last_at: datetime
