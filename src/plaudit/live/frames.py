"""Frames: what their bodies hold in the database, and how screens read them."""

import logging
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from plaudit.gifts.model import Combo, combo_end, moment
from plaudit.ledger.model import Frame
from plaudit.live.conversation import ChatFrame, GiftFrame, ReversalFrame, RoomFrame, ShownGift, ShownMessage
from plaudit.live.kinds import Cards, FrameKind, brought_kinds
from plaudit.live.model import RoomEvent, StageKind
from plaudit.people.model import HIDDEN_CARD

_HIDDEN_CARD = msgspec.Raw(msgspec.json.encode(HIDDEN_CARD))


class KeptMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A chat message."""

    id: str
    sender_id: int
    text: str
    key_id: int | None = None
    """With which a server said it in the sender's name."""


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


_encoder = msgspec.json.Encoder()
log = logging.getLogger(__name__)


def body_of(frame: Frame) -> msgspec.Struct | None:
    """The body of a frame that is not of gifts; None when this version cannot read it: a later one wrote it, while
    servers are replaced."""
    try:
        body: msgspec.Struct = msgspec.convert(frame.body, _kinds()[frame.kind].body)
    except (KeyError, msgspec.ValidationError) as error:
        log.warning("frame %d of room %d cannot be read here: %r", frame.seq, frame.room_id, error)
        return None
    return body


def people_of(frame: Frame) -> Iterable[int]:
    """Whose cards the frame needs."""
    if frame.kind == "gift":
        return {gift.viewer_id for gift in frame.gifts if not gift.anonymous}
    body = body_of(frame)
    return () if body is None else _kinds()[frame.kind].people(body)


def changes_past(frame: Frame) -> bool:
    """Whether frames before it are others by now than they were."""
    kind = _kinds().get(frame.kind)
    return kind is not None and kind.changes_past


def encode(frame: Frame, cards: Cards) -> bytes:
    """The frame in JSON. `cards` must hold everybody in it."""
    seq, at = frame.seq, moment(frame.at)
    if frame.kind == "gift":
        return _encoder.encode(GiftFrame(seq=seq, at=at, gifts=_gifts(frame, cards)))
    body = body_of(frame)
    if body is None:  # its number at least: screens wait for each
        return _encoder.encode({"kind": frame.kind, "seq": seq, "at": at})
    return _encoder.encode(_kinds()[frame.kind].show(body, seq, at, cards))


def _show_chat(body: ChatBody, seq: int, at: str, cards: Cards) -> ChatFrame:
    said = [ShownMessage(one.id, cards[one.sender_id], one.text) for one in body.messages]
    return ChatFrame(seq=seq, at=at, messages=said)


def _show_room(body: RoomBody, seq: int, at: str, _: Cards) -> RoomFrame:
    return RoomFrame(seq=seq, at=at, event=body.event, stage_url=body.stage_url, stage_kind=body.stage_kind)


def _show_reversal(body: ReversalBody, seq: int, at: str, _: Cards) -> ReversalFrame:
    return ReversalFrame(seq=seq, at=at, event=body.event)


CHAT = FrameKind(ChatBody, ChatFrame, _show_chat, lambda body: {message.sender_id for message in body.messages})
ROOM = FrameKind(RoomBody, RoomFrame, _show_room)
REVERSAL = FrameKind(ReversalBody, ReversalFrame, _show_reversal)


@cache
def _kinds() -> Mapping[str, FrameKind[Any]]:
    """All kinds by their names but that of gifts, whose lines are kept as such."""
    kinds: tuple[FrameKind[Any], ...] = (CHAT, ROOM, REVERSAL, *brought_kinds())
    return {kind.name: kind for kind in kinds}


def _gifts(frame: Frame, cards: Cards) -> list[ShownGift]:
    expires_at = combo_end(frame.at)
    return [
        ShownGift(
            gift.id,
            _HIDDEN_CARD if gift.anonymous else cards[gift.viewer_id],
            str(gift.creator_id),
            gift.item_id,
            gift.count,
            gift.coins,
            Combo(gift.combo_id, gift.combo_count, expires_at),
            gift.message or UNSET,
            gift.anonymous or UNSET,
            UNSET if gift.position_ms is None else gift.position_ms,
        )
        for gift in frame.gifts
    ]
