"""Rooms, gifts and tokens as they are answered over HTTP."""

from collections.abc import Mapping

from plaudit.gifts.model import moment
from plaudit.live.model import (
    ListedRoom,
    OverlayToken,
    OverlayTokenView,
    ReceivedGift,
    ReceivedGiftView,
    Room,
    RoomView,
    TopGifterOfRoom,
)
from plaudit.people.actions import card_of
from plaudit.people.model import Person, PersonCard

People = Mapping[int, Person]


def card(people: People, person_id: int) -> PersonCard:
    """The card of a person; a nameless one for somebody unknown."""
    person = people.get(person_id)
    return card_of(person) if person else PersonCard(str(person_id), "", "")


def room_view(room: Room, people: People, viewers: int | None = None) -> RoomView:
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
        external_id=room.external_id,
        creator=card(people, room.creator_id),
        viewers=room.viewers if isinstance(room, ListedRoom) else viewers or 0,
        created_at=moment(room.created_at),
        started_at=moment(room.started_at) if room.started_at else None,
        ended_at=moment(room.ended_at) if room.ended_at else None,
    )


def top_gifters(top: list[tuple[int, int]], people: People) -> list[TopGifterOfRoom]:
    return [TopGifterOfRoom(rank, card(people, person_id), coins) for rank, (person_id, coins) in enumerate(top, 1)]


def received_gift(gift: ReceivedGift, room: Room, people: People) -> ReceivedGiftView:
    return ReceivedGiftView(
        gift.gift_id,
        str(room.id),
        card(people, gift.viewer_id),
        gift.item_id,
        gift.count,
        gift.coins,
        moment(gift.at),
        moment(gift.thanked_at) if gift.thanked_at else None,
        gift.coins_taken_back,
    )


def overlay_token(token: OverlayToken) -> OverlayTokenView:
    return OverlayTokenView(
        id=token.id,
        label=token.label,
        room_id=str(token.room_id) if token.room_id else None,
        created_at=moment(token.created_at),
        revoked_at=moment(token.revoked_at) if token.revoked_at else None,
    )
