"""What was given on videos, as it is kept and read."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

NOWHEN = -1
"""The second of what is no moment's."""

By = Literal["giver", "second", "item"]
"""What is summed by: the giver; the second of the video; of each second the item and who gave it."""


class Given(msgspec.Struct, frozen=True):
    """What was given on a video and stands, up to the frame of a number."""

    gifts: int
    coins: int
    seq: int


NOTHING = Given(0, 0, 0)


class Mark(msgspec.Struct, frozen=True):
    """Gifts of seconds that are shown as one, at the dearest of them, with what was dearest in it."""

    second: int
    gifts: int
    coins: int
    item_ids: list[int]
    giver_ids: list[int]
    """Of these items, in the same order."""
    givers: int | None
    """How many gave in all these seconds; None: it is not known, for some hide or they are very many."""


class Giver(msgspec.Struct, frozen=True):
    """What one person gave."""

    person_id: int
    gifts: int
    coins: int


class LastGift(msgspec.Struct, frozen=True, kw_only=True):
    """A gift as it is shown. `viewer_id` is HIDDEN where it is not told."""

    gift_id: UUID
    at: datetime
    viewer_id: int
    item_id: int
    count: int
    coins: int
    position_ms: int | None
    message: str | None
