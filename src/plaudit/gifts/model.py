"""Catalogue items, gifts as they are asked for and answered, and why one may be refused."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from plaudit.brakes.model import ConfirmationNeeded, OwnLimitReached, minor
from plaudit.limits import (
    COMBO_WINDOW_MS,
    GIFT_COINS_MAX,
    GIFT_COUNT_MAX,
    GIFT_MESSAGE_LENGTH_MAX,
    LIMIT_AMOUNT_MINOR_MAX,
    VIDEO_DURATION_MS_MAX,
    VIDEO_TOKEN_LENGTH_MAX,
)
from plaudit.money import Money
from plaudit.problems import Conflict, NotFound, Problem, StandsStill
from plaudit.rules.model import STOPPED

DECIMAL_ID = r"^[1-9][0-9]{0,17}$(?!\n)"
"""An id of a person or room in JSON."""

IdText = Annotated[str, msgspec.Meta(pattern=DECIMAL_ID, description="A decimal id.", examples=["7"])]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One version of something that can be given. `coins` is the price of one.

    `names` are in other languages, by BCP 47 tag. Empty `regions` and `creator_ids` let it be sent everywhere, to all.
    """

    id: int
    sku: str
    version: int
    name: str
    coins: int
    category: str
    art: str
    size: Literal["small", "large"]
    combo: bool
    animation: str
    duration_ms: int
    sort: int
    active_from: datetime
    retired_at: datetime | None
    names: dict[str, str] = {}
    alt: str = ""
    still: str = ""
    hidden: bool = False
    regions: list[str] = []
    creator_ids: list[int] = []
    changed_by: int | None = None
    changed_at: datetime | None = None

    def is_for(self, region: str | None, creator_id: int | None) -> bool:
        """Whether somebody in a region may send it to a creator; None: to any creator."""
        return (not self.regions or region in self.regions) and (not self.creator_ids or creator_id in self.creator_ids)

    def is_offered(self, now: datetime) -> bool:
        return self.active_from <= now and (self.retired_at is None or now < self.retired_at)


class GiftRow(msgspec.Struct, frozen=True):
    """A gift as the books keep it."""

    id: UUID
    room_id: int | None
    video_id: int | None
    position_ms: int | None
    creator_id: int
    item_id: int
    count: int
    coins: int
    coins_after: int
    combo_id: UUID
    combo_count: int
    charged_at: datetime
    message: str | None
    anonymous: bool


# What is asked


Confirmed = (
    Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=LIMIT_AMOUNT_MINOR_MAX,
            description="The amount of `confirmation_needed`, once the sender was shown it and said yes.",
        ),
    ]
    | None
)


class GiftRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A gift to send, to a room or to a video: exactly one of `room_id`, `video_id` and `video_token`. The id makes it
    happen once, however often it is sent."""

    id: Annotated[UUID, msgspec.Meta(description="UUID of version 7, made by the sender.")]
    room_id: Annotated[str, msgspec.Meta(pattern=DECIMAL_ID, description="The room.", examples=["7"])] | None = None
    video_id: Annotated[str, msgspec.Meta(pattern=DECIMAL_ID, description="The video.", examples=["12"])] | None = None
    video_token: (
        Annotated[
            str,
            msgspec.Meta(
                min_length=1,
                max_length=VIDEO_TOKEN_LENGTH_MAX,
                description="In the place of `video_id`: a token in which the platform vouches for a video it may not"
                " have told of yet. The answer says its `video_id`.",
            ),
        ]
        | None
    ) = None
    item_id: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1, description="The catalogue item.")]
    count: Annotated[int, msgspec.Meta(ge=1, le=GIFT_COUNT_MAX, description="How many of it.")] = 1
    coins: (
        Annotated[
            int,
            msgspec.Meta(
                ge=1,
                le=GIFT_COINS_MAX,
                description="The total in coins that was shown; the gift is refused when the price has changed.",
            ),
        ]
        | None
    ) = None
    creator_id: (
        Annotated[
            str,
            msgspec.Meta(pattern=DECIMAL_ID, description="Who receives it; the creator of the place when left out."),
        ]
        | None
    ) = None
    position_ms: (
        Annotated[
            int,
            msgspec.Meta(ge=0, le=VIDEO_DURATION_MS_MAX, description="Where in the video, within its duration."),
        ]
        | None
    ) = None
    message: (
        Annotated[
            str,
            msgspec.Meta(
                min_length=1,
                max_length=GIFT_MESSAGE_LENGTH_MAX,
                description="Words with a gift on a video, if its creator takes any. Plain text.",
            ),
        ]
        | None
    ) = None
    confirmed_minor: Confirmed = None


# What is answered


class Combo(msgspec.Struct, frozen=True):
    """Gifts of one item by one sender in quick succession: `count` is all of them so far."""

    id: UUID
    count: int
    expires_at: str


class GivenSoFar(msgspec.Struct, frozen=True):
    """How far the sender's own limits are with this gift, in minor units of their currency (`GET /v1/me/limits`)."""

    session_minor: int
    period_minor: Annotated[int | None, msgspec.Meta(description="Of the longest period that has a limit.")]
    reminds: Annotated[bool, msgspec.Meta(description="Now the sender wanted to be told how far they are.")] = False


class Gift(msgspec.Struct, frozen=True):
    """A gift that was charged."""

    id: UUID
    room_id: Annotated[str | None, msgspec.Meta(description="Null: it is on a video.")]
    creator_id: str
    item_id: int
    count: int
    coins: int
    coins_after: int
    combo: Combo
    at: str
    video_id: str | UnsetType = UNSET
    position_ms: Annotated[int | UnsetType, msgspec.Meta(description="Where in the video.")] = UNSET
    message: str | UnsetType = UNSET
    anonymous: Annotated[bool | UnsetType, msgspec.Meta(description="Others are not told who sent it.")] = UNSET
    given: Annotated[GivenSoFar | UnsetType, msgspec.Meta(description="Of a sender with limits, when it is new.")] = (
        UNSET
    )


def given_so_far(session_given: int, period_given: int | None, *, reminds: bool) -> GivenSoFar:
    """What the books count in millionths."""
    return GivenSoFar(minor(session_given), None if period_given is None else minor(period_given), reminds)


@lru_cache(maxsize=64)
def moment(at: datetime) -> str:
    """A time as it travels: RFC 3339 in UTC with milliseconds. All gifts of a batch have the same."""
    return at.isoformat(timespec="milliseconds")[:23] + "Z"


@lru_cache(maxsize=64)
def combo_end(at: datetime) -> str:
    """When a combo continued at this time is over, unless it goes on."""
    return moment(at + timedelta(milliseconds=COMBO_WINDOW_MS))


# What can go wrong


class RoomUnknown(NotFound):
    code: ClassVar[str] = "room_unknown"
    title: ClassVar[str] = "There is no such room."

    class Fields(msgspec.Struct, frozen=True):
        room_id: str | UnsetType = UNSET


class ItemUnknown(NotFound):
    code: ClassVar[str] = "item_unknown"
    title: ClassVar[str] = "The catalogue has no such item."

    class Fields(msgspec.Struct, frozen=True):
        item_id: int


class SenderUnknown(NotFound):
    code: ClassVar[str] = "sender_unknown"
    title: ClassVar[str] = "This platform has no such person here."


class Purchase(msgspec.Struct, frozen=True):
    """The fewest coins that can be bought and are enough, and what they cost."""

    coins: int
    price: Money


class InsufficientCoins(Problem):
    """`coins_short` is what is missing, `price` what that costs, and `purchase` what can be bought; null without
    prices."""

    code: ClassVar[str] = "insufficient_coins"
    status: ClassVar[int] = 402
    title: ClassVar[str] = "There are not enough coins in the wallet."

    class Fields(msgspec.Struct, frozen=True):
        coins: int
        coins_short: int
        price: Money | None
        purchase: Purchase | None


class GiftConflict(Conflict):
    code: ClassVar[str] = "gift_conflict"
    title: ClassVar[str] = "This id was already used for another gift."

    class Fields(msgspec.Struct, frozen=True):
        id: UUID


class RoomNotLive(Conflict):
    code: ClassVar[str] = "room_not_live"
    title: ClassVar[str] = "The room is not live."


class GiftsPaused(Conflict):
    code: ClassVar[str] = "gifts_paused"
    title: ClassVar[str] = "The creator has paused gifts."


class ItemRetired(Conflict):
    code: ClassVar[str] = "item_retired"
    title: ClassVar[str] = "This item is no longer offered."


class ReceiverNotInRoom(Conflict):
    code: ClassVar[str] = "receiver_not_in_room"
    title: ClassVar[str] = "This creator is not in the room."


class OwnRoom(Conflict):
    code: ClassVar[str] = "own_room"
    title: ClassVar[str] = "Gifts to oneself are not possible."


class ItemNotHere(Conflict):
    """The item is kept for other creators, or for other regions."""

    code: ClassVar[str] = "item_not_here"
    title: ClassVar[str] = "This item cannot be sent here."


class ReceiverStandsStill(Conflict):
    """Somebody looks into it; who gives is not told more."""

    code: ClassVar[str] = "receiver_stands_still"
    title: ClassVar[str] = "Gifts cannot be received here just now."


class PriceChanged(Conflict):
    """Refused rather than charged at another price than was shown. `coins` is the total at the present price."""

    code: ClassVar[str] = "price_changed"
    title: ClassVar[str] = "The price of this item has changed."

    class Fields(msgspec.Struct, frozen=True):
        coins: int | None


class TooDear(Problem):
    """A count that makes the gift dearer than any gift may be."""

    code: ClassVar[str] = "too_dear"
    title: ClassVar[str] = "One gift cannot be worth this much."

    class Fields(msgspec.Struct, frozen=True):
        coins: int
        coins_max: int


REFUSALS = (RoomNotLive, GiftsPaused, ItemRetired, ItemNotHere, ReceiverNotInRoom, OwnRoom, PriceChanged)
"""Why a gift is refused, as far as neither its wallet nor a video decides it."""

REFUSED = (
    *REFUSALS,
    InsufficientCoins,
    StandsStill,
    ReceiverStandsStill,
    *STOPPED,
    OwnLimitReached,
    ConfirmationNeeded,
    GiftConflict,
    RoomUnknown,
    ItemUnknown,
    TooDear,
)
"""Why a gift was not sent, as far as no video decides it."""
