"""Rooms, chat, thanks and overlay tokens: as they are kept and asked for, and what can go wrong."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

import msgspec

from plaudit.gifts.model import DECIMAL_ID, GiftsPaused, IdText, Item, OwnRoom, ReceiverNotInRoom, RoomNotLive
from plaudit.gifts.places import Giver
from plaudit.ledger.model import GiftOrder
from plaudit.limits import (
    CHAT_TEXT_LENGTH_MAX,
    COVER_ALT_LENGTH_MAX,
    OVERLAY_LABEL_LENGTH_MAX,
    PICTURE_ADDRESS_LENGTH_MAX,
    ROOM_EXTERNAL_ID_LENGTH_MAX,
    ROOM_STAGE_URL_LENGTH_MAX,
    ROOM_TITLE_LENGTH_MAX,
    THANKS_PER_REQUEST_MAX,
)
from plaudit.problems import Conflict, Forbidden, NotFound, Problem, Unauthenticated

RoomState = Literal["scheduled", "live", "ended"]
StageKind = Literal["hls", "page"]
RoomEvent = Literal["started", "ended", "gifts_paused", "gifts_resumed", "stage_changed"]

Title = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=ROOM_TITLE_LENGTH_MAX, pattern=r"^\S(.*\S)?$(?!\n)", description="What it is about."
    ),
]
Cover = Annotated[
    str,
    msgspec.Meta(pattern=r"^[a-z0-9-]{1,30}$(?!\n)", description="Which drawn cover the room has.", examples=["dusk"]),
]
CoverUrl = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(https?:/)?/[^\s\\]+$(?!\n)",
        max_length=PICTURE_ADDRESS_LENGTH_MAX,
        description="Address of a picture to show instead, at an origin that PLAUDIT_MEDIA_ORIGINS names.",
        examples=["https://media.example/covers/7.webp"],
    ),
]
CoverAlt = Annotated[
    str, msgspec.Meta(max_length=COVER_ALT_LENGTH_MAX, description="What that picture shows, for who cannot see it.")
]
StageUrl = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(https?:/)?/[^\s\\]+$(?!\n)",
        max_length=ROOM_STAGE_URL_LENGTH_MAX,
        description="Address of an HLS playlist, or of a page that plays by itself, at an origin that"
        " PLAUDIT_MEDIA_ORIGINS names; null shows the cover.",
        examples=["https://media.example/hls/7.m3u8"],
    ),
]
StageKindOf = Annotated[
    StageKind,
    msgspec.Meta(
        description="What `stage_url` is: an HLS playlist for our player, or a page, such as a WebRTC player."
    ),
]
ExternalId = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[!-~]+$(?!\n)",
        min_length=1,
        max_length=ROOM_EXTERNAL_ID_LENGTH_MAX,
        description="The platform's own id of the room; one room has it.",
        examples=["stream-4711"],
    ),
]
ChatText = Annotated[
    str, msgspec.Meta(min_length=1, max_length=CHAT_TEXT_LENGTH_MAX, description="Plain text.", examples=["hello"])
]


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A room as it is kept."""

    id: int
    shard: int
    creator_id: int
    title: str
    cover: str
    cover_url: str | None
    cover_alt: str
    stage_url: str | None
    stage_kind: StageKind
    state: RoomState
    gifts_enabled: bool
    external_id: str | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    removed_at: datetime | None

    @property
    def asks_where(self) -> bool:
        """Gifts may be given from anywhere."""
        return False

    def refusal(self, gift: GiftOrder, item: Item, giver: Giver, now: datetime) -> Problem | None:
        """Why a gift may not be given here, as `gifts.places` asks it."""
        if self.state != "live":
            return RoomNotLive()
        if gift.creator_id != self.creator_id:
            return ReceiverNotInRoom()
        if giver.person_id == self.creator_id:
            return OwnRoom()
        return None if self.gifts_enabled else GiftsPaused()


class WatchedRoom(Room, frozen=True, kw_only=True):
    """A room with how many watch it."""

    viewers: int


class ListedRoom(WatchedRoom, frozen=True, kw_only=True):
    """A room in the list of all."""

    state_rank: int


class ShownRoom(Room, frozen=True, kw_only=True):
    """A room with its creator."""

    creator_name: str
    creator_handle: str
    creator_avatar: str


class RoomCard(ShownRoom, frozen=True, kw_only=True):
    """A live room among all that are; `top_*` is the dearest of its latest gifts."""

    viewers: int
    top_item_id: int | None
    top_coins: int | None
    top_sender: str | None


class ReceivedGift(msgspec.Struct, frozen=True, kw_only=True):
    """A gift as its creator received it; `seq` and `place` say where it stands in its room, or on its video."""

    seq: int
    place: int
    gift_id: UUID
    room_id: int | None
    video_id: int | None
    position_ms: int | None
    message: str | None
    viewer_id: int
    """Nobody's, where the sender hides."""
    anonymous: bool
    item_id: int
    count: int
    coins: int
    at: datetime
    thanked_at: datetime | None
    coins_taken_back: int


class OverlayToken(msgspec.Struct, frozen=True, kw_only=True):
    """A key of a browser source; `room_id` None: whichever room of the creator is live."""

    id: UUID
    creator_id: int
    room_id: int | None
    label: str
    created_at: datetime
    revoked_at: datetime | None


# What is asked


class NewRoom(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A room to make. A server names its creator by exactly one of the two; a creator names nobody."""

    id: (
        Annotated[UUID, msgspec.Meta(description="UUID of version 7, made by the caller: it makes one room, once.")]
        | None
    ) = None
    external_id: ExternalId | None = None
    title: Title
    cover: Cover = "dusk"
    cover_url: CoverUrl | None = None
    cover_alt: CoverAlt = ""
    stage_url: StageUrl | None = None
    stage_kind: StageKindOf = "hls"
    creator_id: Annotated[str, msgspec.Meta(pattern=DECIMAL_ID, description="The creator, by our id.")] | None = None
    creator_subject: (
        Annotated[
            str,
            msgspec.Meta(min_length=1, max_length=255, description="The creator, by the platform's own id."),
        ]
        | None
    ) = None


class RoomChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What to change of a room; what is left out stays."""

    title: Title | msgspec.UnsetType = msgspec.UNSET
    cover: Cover | msgspec.UnsetType = msgspec.UNSET
    cover_url: CoverUrl | msgspec.UnsetType | None = msgspec.UNSET
    cover_alt: CoverAlt | msgspec.UnsetType = msgspec.UNSET
    stage_url: StageUrl | msgspec.UnsetType | None = msgspec.UNSET
    stage_kind: StageKindOf | msgspec.UnsetType = msgspec.UNSET
    gifts_enabled: Annotated[bool, msgspec.Meta(description="Whether gifts are taken.")] | msgspec.UnsetType = (
        msgspec.UNSET
    )


class ChatRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A chat message to say. The same id twice appears once."""

    id: Annotated[UUID, msgspec.Meta(description="UUID of version 7, made by the sender.")]
    text: ChatText


class GiftName(msgspec.Struct, forbid_unknown_fields=True):
    """A gift, by its sender and id."""

    viewer_id: IdText
    id: Annotated[UUID, msgspec.Meta(description="The gift.")]


class ThankRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Gifts to tick off, or to take the tick back from."""

    gifts: Annotated[list[GiftName], msgspec.Meta(min_length=1, max_length=THANKS_PER_REQUEST_MAX)]


class NewOverlayToken(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A token to make. Its id makes it happen once."""

    id: Annotated[UUID, msgspec.Meta(description="UUID of version 7, made by the caller.")]
    label: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=OVERLAY_LABEL_LENGTH_MAX,
            pattern=r"^\S(.*\S)?$(?!\n)",
            description="To tell it from others.",
        ),
    ] = "Overlay"
    room_id: (
        Annotated[str, msgspec.Meta(pattern=DECIMAL_ID, description="One room only; left out: whichever is live.")]
        | None
    ) = None


# What can go wrong


class NotYourRoom(Forbidden):
    code: ClassVar[str] = "not_your_room"
    title: ClassVar[str] = "This room is another creator's."


class RoomEnded(Conflict):
    code: ClassVar[str] = "room_ended"
    title: ClassVar[str] = "The room has ended. Make a new one to go live again."


class CursorVoid(Conflict):
    """`cursor` is where the room is now."""

    code: ClassVar[str] = "cursor_void"
    title: ClassVar[str] = "The cursor is of another time; read the room anew."

    class Fields(msgspec.Struct, frozen=True):
        cursor: str


class TooManyOverlayTokens(Conflict):
    code: ClassVar[str] = "too_many_overlay_tokens"
    title: ClassVar[str] = "There are too many overlay tokens; revoke one that is not used."

    class Fields(msgspec.Struct, frozen=True):
        tokens_max: int


class OverlayTokenUnknown(NotFound):
    code: ClassVar[str] = "overlay_token_unknown"
    title: ClassVar[str] = "You have no overlay token of this id."


class OverlayTokenNotValid(Unauthenticated):
    code: ClassVar[str] = "token_not_valid"
    title: ClassVar[str] = "The overlay token is not valid, or was revoked."
