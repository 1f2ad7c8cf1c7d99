"""What goes into the books and comes out of them."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import asyncpg
import msgspec

from plaudit.problems import Problem

Outcome = Literal["posted", "repeated", "conflict", "refused", "frozen", "braked", "insufficient"]
BrakeName = Literal["pause", "guardian", "night", "gift", "creator", "session", "day", "week", "month", "ask"]
Period = Literal["day", "week", "month"]


class GiftShare(msgspec.Struct, frozen=True):
    """How many coins of a gift a creator earns."""

    creator_id: int
    coins: int


class GiftOrder(msgspec.Struct, frozen=True):
    """A gift somebody wants to send to a creator, in a room or on a video. `coins` is the price of all of it; `refusal`
    says why it must not be posted.

    A refused order is handed to the books all the same: if it is the repeat of a gift that was posted, it gets that
    gift's answer, whatever has changed since.

    Each coin is earned by one creator, those of the first share first; shares that are not the price cannot be posted.
    """

    id: UUID
    viewer_id: int
    creator_id: int
    room_id: int | None
    item_id: int
    count: int
    coins: int
    refusal: str | None = None
    video_id: int | None = None
    position_ms: int | None = None
    """Where in the video."""
    shown_shard: int | None = None
    """Where the frames of its room or video lie; None: in the shard of whom it is sent to."""
    shares: tuple[GiftShare, ...] = ()
    """Who earns it; empty: all of it is of whom it is sent to."""
    message: str | None = None
    anonymous: bool = False
    key_id: int | None = None
    """With which a server sends it in the viewer's name."""
    confirmed_minor: int | None = None
    """What the sender confirmed that it may be worth, in minor units of their limits."""


class BrakeWord(msgspec.Struct, frozen=True):
    """What the sender's own limits say of a gift: the composite `brake_word`, field by field.

    Amounts are in millionths of the currency's minor unit. `stopped_by` None: it was sent, and the sums have it.
    """

    stopped_by: BrakeName | None
    worth: int
    room: int | None
    """What may still be given until `ends_at`; None: it is a question only."""
    ends_at: datetime | None
    currency: str
    session_given: int
    period: Period | None
    """The longest that has a limit."""
    period_given: int | None
    period_max: int | None
    reminds: bool


class GiftOutcome(msgspec.Struct, frozen=True):
    """What became of a gift order. All but `outcome` and `coins_short` are of the gift as it was first posted."""

    outcome: Outcome
    coins_short: int
    coins_after: int
    combo_id: UUID | None
    combo_count: int
    charged_at: datetime | None
    session_given: int | None = None
    """What a sender with limits gave in this session, in millionths of the minor unit of their currency."""
    period_given: int | None = None
    """And in the longest period that has a limit."""
    brake: BrakeWord | None = None
    """What the sender's limits say of it, where they were asked."""


class OutcomeUnknown(Problem):
    """The books could not be asked. Nothing is lost: the same request with the same id gets the answer."""

    code = "outcome_unknown"
    status = 503
    title = "It is not known yet whether this was done. Send it again with the same id."

    def headers(self) -> dict[str, str]:
        return {"Retry-After": "1"}


class GiftLine(msgspec.Struct, frozen=True):
    """What one creator has of a gift, from the charge to the screen: the composite `gift_line`, field by field.

    `share_coins` is what the creator receives of the gift's `coins`. Of a divided gift the line that is shown, of whom
    it was sent to, has none of them but says in `shares` (creator, coins, shard) who has; a line for each of these is
    not shown. The combo is found when the gift is charged.
    """

    id: UUID
    viewer_id: int
    creator_id: int
    share_coins: int
    room_id: int | None
    item_id: int
    count: int
    coins: int
    combo_id: UUID
    combo_count: int
    message: str | None
    anonymous: bool
    video_id: int | None = None
    position_ms: int | None = None
    shares: Sequence[tuple[int, int, int]] | None = None


class Frame:
    """One numbered message to the screens of a room or video; gifts (kind "gift"), or a body of any other kind.

    A frame without contents is only a sign that the room has moved to `seq`: read it from the database.
    """

    __slots__ = ("_lines", "at", "body", "kind", "room_id", "seq")

    def __init__(self, row: asyncpg.Record | Mapping[str, Any]) -> None:
        self.room_id: int = row["room_id"]
        self.seq: int = row["seq"]
        self.kind: str = row["kind"]
        self.at: datetime = row["at"]
        self.body: dict[str, Any] | None = row["body"]
        self._lines: Sequence[Iterable[Any]] | None = row.get("lines")

    @property
    def has_contents(self) -> bool:
        return self.body is not None or self._lines is not None

    @property
    def gifts(self) -> Iterator[GiftLine]:
        return itertools.starmap(GiftLine, self._lines or ())
