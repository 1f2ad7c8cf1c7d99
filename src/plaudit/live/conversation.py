"""What the server and a screen say to each other, a struct for each message. AsyncAPI and the types of our own scripts
are made of these; what is encoded on the way out is these and nothing else.

A field may be added; none is ever removed, renamed or given another meaning.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, Union
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from plaudit.gifts.model import Combo, Confirmed, Gift, IdText
from plaudit.limits import GIFT_COINS_MAX, GIFT_COUNT_MAX
from plaudit.live.kinds import CARD_SCHEMA, Card, Numbered, brought_kinds
from plaudit.live.model import RoomEvent, StageKind

Cursor = Annotated[str, Meta(description="Where the screen is: `<epoch>:<seq>`.", examples=["1:17"])]
NOBODY = msgspec.Raw(b"null")


# Frames: numbered per room without gaps, and kept


class ShownGift(msgspec.Struct, frozen=True):
    """A gift as a screen shows it."""

    id: UUID
    sender: Card
    creator_id: str
    item_id: int
    count: int
    coins: Annotated[int, Meta(description="What was paid for all `count` of them.")]
    combo: Combo
    message: Annotated[str | UnsetType, Meta(description="What the sender says with it.")] = UNSET
    anonymous: Annotated[
        bool | UnsetType, Meta(description="Who sent it is not told: `sender` is nobody, whose id is `0`.")
    ] = UNSET
    position_ms: Annotated[int | UnsetType, Meta(description="Where in the video.")] = UNSET


class ShownMessage(msgspec.Struct, frozen=True):
    """A chat message."""

    id: str
    sender: Card
    text: str


class GiftFrame(Numbered, frozen=True, kw_only=True, tag="gift"):
    """Gifts that arrived together."""

    gifts: list[ShownGift]


class ChatFrame(Numbered, frozen=True, kw_only=True, tag="chat"):
    """What was said."""

    messages: list[ShownMessage]


class RoomFrame(Numbered, frozen=True, kw_only=True, tag="room"):
    """The room began, ended, or changed."""

    event: RoomEvent
    stage_url: Annotated[str | None, Meta(description="What it shows from then on; null: its cover.")]
    stage_kind: StageKind


class ReversalFrame(Numbered, frozen=True, kw_only=True, tag="reversal"):
    """Totals and top gifters change. Whose gifts it was is told to their creator only."""

    event: Literal["taken_back", "given_back"]


if TYPE_CHECKING:
    AnyFrame: TypeAlias = GiftFrame | ChatFrame | RoomFrame | ReversalFrame
else:  # and what rooms add
    AnyFrame = Union[GiftFrame, ChatFrame, RoomFrame, ReversalFrame, *(kind.shown for kind in brought_kinds())]


class FramePage(msgspec.Struct, frozen=True):
    """Frames in order. `cursor` is where to go on, `next` the same while there may be more."""

    items: list[AnyFrame]
    cursor: str
    next: str | None


# From the server


class _Said(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    pass


class Hello(_Said, frozen=True, kw_only=True, tag="hello"):
    """The first message."""

    room_id: Annotated[str, Meta(description="Of the room, or of the video.")]
    cursor: Cursor
    now: Annotated[datetime, Meta(description="The server's clock: ids are made by it, and ages told.")]
    heartbeat_s: Annotated[int, Meta(description="Say `ping` that often; something comes back.")]
    viewer: Annotated[
        msgspec.Raw,
        Meta(
            description="Who is signed in; null: a guest, who can watch.",
            extra_json_schema={"anyOf": [CARD_SCHEMA, {"type": "null"}]},
        ),
    ]
    coins: int | None


class Frames(_Said, frozen=True, kw_only=True, tag="frames"):
    """What happened, in order. `backlog`: it is the past. Up to the cursor of the first `hello` it is history, to be
    shown without fanfare; what comes after that was missed, and is news while it is young."""

    cursor: Cursor
    backlog: bool
    frames: list[AnyFrame]


class TopGifter(msgspec.Struct, frozen=True):
    """Somebody among the most generous of a room."""

    rank: int
    person: Card
    coins: int


class State(_Said, frozen=True, kw_only=True, tag="state"):
    """What is not kept: how many watch, and the totals. Every two seconds when it changed."""

    viewers: int
    coins: int
    top_gifters: list[TopGifter]
    ranked: Annotated[
        bool,
        Meta(description="Whether people are ranked by coins; else, by the rules of its place, nobody is named."),
    ]
    gifts_closed: Annotated[bool, Meta(description="Whether no gift can be received here just now.")]


AnsweredProblem = Annotated[
    dict[str, Any], Meta(extra_json_schema={"properties": {"code": {"type": "string"}}, "required": ["code"]})
]


class Answer(_Said, frozen=True, kw_only=True, tag="answer"):
    """What became of a command. `problem` is a problem document, with `retry_after_s` where waiting helps."""

    id: Annotated[str | None, Meta(description="Of the command; null when it could not be read.")]
    ok: bool
    gift: Gift | UnsetType = UNSET
    problem: AnsweredProblem | UnsetType = UNSET


class WalletMoved(_Said, frozen=True, kw_only=True, tag="wallet"):
    """The viewer's own coins, after each change."""

    coins: int


class Resync(_Said, frozen=True, kw_only=True, tag="resync"):
    """The cursor is void: forget what was shown; a backlog follows."""

    cursor: Cursor
    reason: Literal["epoch", "too_far"]


class Pong(_Said, frozen=True, kw_only=True, tag="pong"):
    """A sign of life."""


ServerMessage: TypeAlias = Hello | Frames | State | Answer | WalletMoved | Resync | Pong


# From the screen


class GiftCommand(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="gift", kw_only=True):
    """Send a gift."""

    id: Annotated[UUID, Meta(description="UUID of version 7; repeating it repeats the answer.")]
    item_id: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    count: Annotated[int, Meta(ge=1, le=GIFT_COUNT_MAX)] = 1
    coins: Annotated[int, Meta(ge=1, le=GIFT_COINS_MAX, description="The total that was shown.")] | None = None
    creator_id: IdText | None = None
    confirmed_minor: Confirmed = None


class ChatCommand(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="chat", kw_only=True):
    """Say something."""

    id: Annotated[UUID, Meta(description="UUID of version 7; the same id twice appears once.")]
    text: str


class PingCommand(msgspec.Struct, tag_field="type", tag="ping"):
    """Ask for a sign of life."""


Command: TypeAlias = GiftCommand | ChatCommand | PingCommand
