"""Frames: what their bodies hold in the database, and how screens read them."""

import logging
from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias, assert_never

import msgspec

from plaudit.gifts.model import Combo, combo_end, moment
from plaudit.ledger.model import Frame
from plaudit.live.conversation import ChatFrame, GiftFrame, ReversalFrame, RoomFrame, ShownGift, ShownMessage
from plaudit.live.model import RoomEvent, StageKind

Cards = Mapping[int, msgspec.Raw]
"""Encoded person cards by person."""


class KeptMessage(msgspec.Struct, frozen=True):
    """A chat message."""

    id: str
    sender_id: int
    text: str


class ChatBody(msgspec.Struct, frozen=True):
    """Of a frame of kind `chat`."""

    messages: list[KeptMessage]


class RoomBody(msgspec.Struct, frozen=True):
    """Of a frame of kind `room`: what happened, and what it shows from then on."""

    event: RoomEvent
    stage_url: str | None
    stage_kind: StageKind


class ReversalBody(msgspec.Struct, frozen=True):
    """Of a frame of kind `reversal`: by how many coins of whom the totals change. Written by `creators`."""

    event: Literal["taken_back", "given_back"]
    gifters: list[tuple[int, int]]


Body: TypeAlias = ChatBody | RoomBody | ReversalBody

_BODIES: Mapping[str, type[Body]] = {"chat": ChatBody, "room": RoomBody, "reversal": ReversalBody}
_encoder = msgspec.json.Encoder()
log = logging.getLogger(__name__)


def body_of(frame: Frame) -> Body | None:
    """The body of a frame that is not of gifts; None when this version cannot read it: a later one wrote it, while
    servers are replaced."""
    try:
        body: Body = msgspec.convert(frame.body, _BODIES[frame.kind])
    except (KeyError, msgspec.ValidationError) as error:
        log.warning("frame %d of room %d cannot be read here: %r", frame.seq, frame.room_id, error)
        return None
    return body


def people_of(frame: Frame) -> Iterable[int]:
    """Whose cards the frame needs."""
    if frame.kind == "gift":
        return {gift.viewer_id for gift in frame.gifts}
    body = body_of(frame)
    return {message.sender_id for message in body.messages} if isinstance(body, ChatBody) else ()


def encode(frame: Frame, cards: Cards) -> bytes:
    """The frame in JSON. `cards` must hold everybody in it."""
    seq, at = frame.seq, moment(frame.at)
    if frame.kind == "gift":
        return _encoder.encode(GiftFrame(seq=seq, at=at, gifts=_gifts(frame, cards)))
    body = body_of(frame)
    match body:
        case ChatBody():
            said = [ShownMessage(one.id, cards[one.sender_id], one.text) for one in body.messages]
            return _encoder.encode(ChatFrame(seq=seq, at=at, messages=said))
        case RoomBody():
            changed = RoomFrame(seq=seq, at=at, event=body.event, stage_url=body.stage_url, stage_kind=body.stage_kind)
            return _encoder.encode(changed)
        case ReversalBody():
            return _encoder.encode(ReversalFrame(seq=seq, at=at, event=body.event))
        case None:  # its number at least: screens wait for each
            return _encoder.encode({"kind": frame.kind, "seq": seq, "at": at})
        case _:
            assert_never(body)


def _gifts(frame: Frame, cards: Cards) -> list[ShownGift]:
    expires_at = combo_end(frame.at)
    return [
        ShownGift(
            gift.id,
            cards[gift.viewer_id],
            str(gift.creator_id),
            gift.item_id,
            gift.count,
            gift.coins,
            Combo(gift.combo_id, gift.combo_count, expires_at),
        )
        for gift in frame.gifts
    ]
