"""Frames as screens read them: gifts with their senders, chat, room events; of reversals only that there was one."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from plaudit.gifts.model import Combo, combo_end, moment
from plaudit.ledger.model import Frame

Cards = Mapping[int, msgspec.Raw]
"""Encoded person cards by person."""


class _Gift(msgspec.Struct):
    id: UUID
    sender: msgspec.Raw
    creator_id: str
    item_id: int
    count: int
    coins: int
    combo: Combo


class _GiftFrame(msgspec.Struct):
    seq: int
    kind: str
    at: str
    gifts: list[_Gift]


class _ChatMessage(msgspec.Struct):
    id: str
    sender: msgspec.Raw
    text: str


class _ChatFrame(msgspec.Struct):
    seq: int
    kind: str
    at: str
    messages: list[_ChatMessage]


class _RoomFrame(msgspec.Struct):
    seq: int
    kind: str
    at: str
    event: str
    stage_url: str | msgspec.UnsetType | None
    stage_kind: str | msgspec.UnsetType


_encoder = msgspec.json.Encoder()


def people_of(frame: Frame) -> Iterable[int]:
    """Whose cards the frame needs."""
    if frame.kind == "gift":
        return {gift.viewer_id for gift in frame.gifts}
    if frame.kind == "chat" and frame.body:
        return {message["sender_id"] for message in frame.body["messages"]}
    return ()


def encode(frame: Frame, cards: Cards) -> bytes:
    """The frame in JSON. `cards` must hold everybody in it."""
    at = moment(frame.at)
    if frame.kind == "gift":
        return _encoder.encode(_GiftFrame(frame.seq, "gift", at, _gifts(frame, cards)))
    body = frame.body or {}
    if frame.kind == "chat":
        messages = [
            _ChatMessage(message["id"], cards[message["sender_id"]], message["text"]) for message in body["messages"]
        ]
        return _encoder.encode(_ChatFrame(frame.seq, "chat", at, messages))
    stage = body.get("stage_url", msgspec.UNSET), body.get("stage_kind", msgspec.UNSET)
    return _encoder.encode(_RoomFrame(frame.seq, frame.kind, at, body["event"], *stage))


def _gifts(frame: Frame, cards: Cards) -> list[_Gift]:
    expires_at = combo_end(frame.at)
    return [
        _Gift(
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
