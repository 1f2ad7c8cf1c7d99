"""Rooms, gifts and tokens as they are answered over HTTP: the types, and what makes them of what is kept."""

from collections.abc import Collection, Mapping
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from plaudit.gifts.model import moment
from plaudit.live.model import ListedRoom, OverlayToken, ReceivedGift, Room, RoomState, StageKind
from plaudit.pages import Page
from plaudit.people.actions import card_of
from plaudit.people.model import Person, PersonCard

Ranked = Annotated[
    bool,
    msgspec.Meta(
        description="Whether people are ranked by coins; else nobody is named: it may not be where the creator or the"
        " caller is."
    ),
]


class RoomView(msgspec.Struct, frozen=True, kw_only=True):
    """A room as everybody sees it."""

    id: str
    title: str
    cover: str
    cover_url: str | None
    cover_alt: str
    stage_url: str | None
    stage_kind: StageKind
    state: RoomState
    gifts_enabled: Annotated[bool, msgspec.Meta(description="Whether its creator takes gifts.")]
    gifts_closed: Annotated[
        bool, msgspec.Meta(description="Whether no gift can be received here just now, whatever its creator wants.")
    ]
    external_id: str | None
    creator: PersonCard
    viewers: int
    created_at: str
    started_at: Annotated[str | None, msgspec.Meta(description="Null: it has not begun, or ended before it did.")]
    ended_at: str | None


class RoomRemoved(msgspec.Struct, frozen=True):
    """A room nobody is shown any more."""

    id: str
    kept: Annotated[
        bool,
        msgspec.Meta(
            description="It began: it has ended, and what was given in it stays in the books. Else it is gone."
        ),
    ]


class TopGifterOfRoom(msgspec.Struct, frozen=True):
    """One of the most generous people of a room."""

    rank: int
    person: PersonCard
    coins: int


class RoomDetail(RoomView, frozen=True, kw_only=True):
    """A room with what it has received. `cursor` is where its frames have come to."""

    coins: int
    top_gifters: list[TopGifterOfRoom]
    ranked: Ranked
    cursor: str


class TopGifters(msgspec.Struct, frozen=True):
    """The most generous people of a room."""

    items: list[TopGifterOfRoom]
    ranked: Ranked
    next: str | None


class ChatSaid(msgspec.Struct, frozen=True):
    """A chat message that will be seen by everybody in the room."""

    id: UUID


class ReceivedGiftView(msgspec.Struct, frozen=True):
    """A gift the creator received."""

    id: UUID
    seq: Annotated[int, msgspec.Meta(description="The number of the frame that shows it.")]
    room_id: Annotated[str | None, msgspec.Meta(description="Null: it is on a video.")]
    sender: Annotated[PersonCard, msgspec.Meta(description="Nobody, whose id is `0`, where it is not told.")]
    item_id: int
    count: int
    coins: int
    at: str
    thanked_at: str | None
    coins_taken_back: Annotated[
        int, msgspec.Meta(description="Of its coins, because the money they were bought with went back.")
    ]
    video_id: str | UnsetType = UNSET
    position_ms: Annotated[int | UnsetType, msgspec.Meta(description="Where in the video.")] = UNSET
    message: str | UnsetType = UNSET
    anonymous: Annotated[
        bool | UnsetType, msgspec.Meta(description="Who sent it is not told, to its creator neither: nobody to thank.")
    ] = UNSET


class ReceivedGiftPage(Page[ReceivedGiftView], frozen=True):
    """Gifts received in a room, newest first."""

    room_id: str | None


class OverlayTokenView(msgspec.Struct, frozen=True, kw_only=True):
    """An overlay token, without the token itself."""

    id: UUID
    label: str
    room_id: str | None
    created_at: str
    revoked_at: str | None


class NewOverlayTokenView(OverlayTokenView, frozen=True, kw_only=True):
    """A new overlay token. `token` and `url` are shown once; null when the same id was sent before."""

    token: str | None
    url: str | None


class OverlayView(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser source needs to begin; `room` is null while the creator has none."""

    creator: PersonCard
    room: RoomView | None
    socket: str | None
    catalogue: str


# Made of what is kept

People = Mapping[int, Person]


def card(people: People, person_id: int) -> PersonCard:
    """The card of a person; a nameless one for somebody unknown."""
    person = people.get(person_id)
    return card_of(person) if person else PersonCard(str(person_id), "", "")


def room_view(room: Room, people: People, closed: Collection[int], viewers: int | None = None) -> RoomView:
    """`closed`: creators whom no gift reaches."""
    return RoomView(
        id=str(room.id),
        title=room.title,
        cover=room.cover,
        cover_url=room.cover_url,
        cover_alt=room.cover_alt,
        stage_url=room.stage_url,
        stage_kind=room.stage_kind,
        state=room.state,
        gifts_enabled=room.gifts_enabled,
        gifts_closed=room.creator_id in closed,
        external_id=room.external_id,
        creator=card(people, room.creator_id),
        viewers=room.viewers if isinstance(room, ListedRoom) else viewers or 0,
        created_at=moment(room.created_at),
        started_at=moment(room.started_at) if room.started_at else None,
        ended_at=moment(room.ended_at) if room.ended_at else None,
    )


def top_gifters(top: list[tuple[int, int]], people: People) -> list[TopGifterOfRoom]:
    return [TopGifterOfRoom(rank, card(people, person_id), coins) for rank, (person_id, coins) in enumerate(top, 1)]


def received_gift(gift: ReceivedGift, people: People) -> ReceivedGiftView:
    return ReceivedGiftView(
        gift.gift_id,
        gift.seq,
        None if gift.room_id is None else str(gift.room_id),
        card(people, gift.viewer_id),
        gift.item_id,
        gift.count,
        gift.coins,
        moment(gift.at),
        moment(gift.thanked_at) if gift.thanked_at else None,
        gift.coins_taken_back,
        UNSET if gift.video_id is None else str(gift.video_id),
        UNSET if gift.position_ms is None else gift.position_ms,
        UNSET if gift.message is None else gift.message,
        gift.anonymous or UNSET,
    )


def overlay_token(token: OverlayToken) -> OverlayTokenView:
    return OverlayTokenView(
        id=token.id,
        label=token.label,
        room_id=str(token.room_id) if token.room_id else None,
        created_at=moment(token.created_at),
        revoked_at=moment(token.revoked_at) if token.revoked_at else None,
    )
