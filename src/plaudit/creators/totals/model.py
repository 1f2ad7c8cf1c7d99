"""Sums of what a creator received: types."""

from datetime import date
from typing import Literal

import msgspec

By = Literal["day", "room", "video", "item", "supporter"]
"""What is summed by."""


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """Gifts of one day, room, video, item or supporter. `key` is the room, video, item or person (0: all
    who hide); of a day none."""

    day: date | None
    key: int
    gifts: int
    """All of them, those taken back included."""
    coins_received: int
    coins_taken_back: int
    """Of `coins_received`, those whose money went back to whoever paid."""

    @property
    def coins(self) -> int:
        """What stands."""
        return self.coins_received - self.coins_taken_back


class Period(msgspec.Struct, frozen=True):
    """Days (UTC) from the first to the last, both included."""

    first: date
    last: date
