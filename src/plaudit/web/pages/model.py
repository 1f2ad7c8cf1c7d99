"""What pages show that no room has a type for."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from plaudit.web.loading import loadable
from plaudit.web.templating import STATIC, static

_SCENES = sorted(path.stem for path in (STATIC / "art" / "scenes").glob("*.svg"))


def scene_names() -> list[str]:
    """The drawings a room can have behind it."""
    return _SCENES


def scene_address(cover: str, number: int, cover_url: str | None = None) -> str:
    """The picture behind a room: its own, else the drawing its cover names, else one that stays the same for the
    room's number."""
    if cover_url and loadable(cover_url):
        return cover_url
    name = cover if cover in _SCENES else _SCENES[number % len(_SCENES)]
    return static(f"art/scenes/{name}.svg")


class RoomCard(msgspec.Struct, frozen=True, kw_only=True):
    """A live room on the first page; `top_*` is the dearest of its latest gifts."""

    id: int
    title: str
    cover: str
    cover_url: str | None
    cover_alt: str
    state: Literal["scheduled", "live", "ended"]
    creator_id: int
    creator_name: str
    creator_handle: str
    creator_avatar: str
    started_at: datetime | None
    viewers: int
    top_item_id: int | None
    top_coins: int | None
    top_sender: str | None

    @property
    def scene(self) -> str:
        return scene_address(self.cover, self.id, self.cover_url)


class RoomPage(msgspec.Struct, frozen=True, kw_only=True):
    """A room as its page begins."""

    id: int
    title: str
    cover: str
    cover_url: str | None
    cover_alt: str
    stage_url: str | None
    stage_kind: Literal["hls", "page"]
    state: Literal["scheduled", "live", "ended"]
    gifts_enabled: bool
    creator_id: int
    creator_name: str
    creator_handle: str
    creator_avatar: str
    started_at: datetime | None
    ended_at: datetime | None
    removed_at: datetime | None

    @property
    def scene(self) -> str:
        return scene_address(self.cover, self.id, self.cover_url)


class RoomOfCreator(msgspec.Struct, frozen=True, kw_only=True):
    """A room as its creator sees it in the studio."""

    id: int
    title: str
    cover: str
    cover_url: str | None
    cover_alt: str
    state: Literal["scheduled", "live", "ended"]
    gifts_enabled: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    viewers: int

    @property
    def scene(self) -> str:
        return scene_address(self.cover, self.id, self.cover_url)


class Earning(msgspec.Struct, frozen=True, kw_only=True):
    """One movement of a creator's diamonds, or of gift balance that was taken back; `coins` are what it rests on."""

    reference: UUID
    reason: str
    diamonds: int
    at: datetime
    coins: int | None


class RoomTitle(msgspec.Struct, frozen=True, kw_only=True):
    """What a room is called, and when it was live."""

    id: int
    title: str
    started_at: datetime | None


class GiftTakenBack(msgspec.Struct, frozen=True, kw_only=True):
    """A gift whose coins, or some of them, a reversal took back; `lifted_at`: when they came again."""

    reversal_id: UUID
    gift_id: UUID
    sender_name: str
    sender_avatar: str
    item_name: str | None
    item_art: str | None
    count: int
    gift_coins: int
    coins: int
    charged_at: datetime
    room_id: int
    room_title: str | None
    marked_at: datetime
    lifted_at: datetime | None


class ShownEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a payout's state."""

    payout_id: UUID
    to_state: str
    at: datetime
    actor: str
    reason: str | None


class Volumes(msgspec.Struct, frozen=True, kw_only=True):
    """What moved since a moment."""

    coins_sold: int
    recharges: int
    gifts_delivered: int
    coins_delivered: int
    gifts_waiting: int
    diamonds: int
    payouts: int
    payout_diamonds: int


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """Coins sold and delivered in one hour."""

    at: datetime
    coins_sold: int
    coins_delivered: int
