"""What a live room is told of wishes."""

import msgspec

from plaudit.live.kinds import Card, Cards, FrameKind, Numbered


class WishBody(msgspec.Struct, frozen=True):
    """What the database keeps."""

    person_id: int
    wish: str


class WishFrame(Numbered, frozen=True, kw_only=True, tag="wish"):
    """Somebody wished for something."""

    person: Card
    wish: str


def _show(body: WishBody, seq: int, at: str, cards: Cards) -> WishFrame:
    return WishFrame(seq=seq, at=at, person=cards[body.person_id], wish=body.wish)


KINDS = (FrameKind(WishBody, WishFrame, _show, lambda body: [body.person_id]),)
