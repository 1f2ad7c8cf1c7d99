"""Kinds of frames that videos add to what screens are told."""

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from plaudit.live.kinds import Cards, FrameKind, Numbered


class MessageRemovedBody(msgspec.Struct, frozen=True):
    """Of a frame of kind `message_removed`."""

    KIND: ClassVar[str] = "message_removed"

    gift_id: str


class MessageRemovedFrame(Numbered, frozen=True, kw_only=True, tag=MessageRemovedBody.KIND):
    """The words of a gift were taken away: they are to be shown no more, and the frame that showed them has none."""

    gift_id: Annotated[str, Meta(description="The gift, which stays.")]


def _show(body: MessageRemovedBody, seq: int, at: str, _: Cards) -> MessageRemovedFrame:
    return MessageRemovedFrame(seq=seq, at=at, gift_id=body.gift_id)


KINDS = (FrameKind(MessageRemovedBody, MessageRemovedFrame, _show, changes_past=True),)
