"""What pages show that no room has a type for."""

from datetime import datetime
from typing import Literal

import msgspec

from plaudit.web.templating import STATIC, static

_SCENES = sorted(path.stem for path in (STATIC / "art" / "scenes").glob("*.svg"))


def scene_address(cover: str, number: int) -> str:
    """The drawing behind a room: the one its cover names, else one that stays the same for the room's number."""
    name = cover if cover in _SCENES else _SCENES[number % len(_SCENES)]
    return static(f"art/scenes/{name}.svg")


class RoomCard(msgspec.Struct, frozen=True, kw_only=True):
    """A live room on the first page; `top_*` is the dearest of its latest gifts."""

    id: int
    title: str
    cover: str
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
        return scene_address(self.cover, self.id)


class RoomPage(msgspec.Struct, frozen=True, kw_only=True):
    """A room as its page begins."""

    id: int
    title: str
    cover: str
    stage_url: str | None
    state: Literal["scheduled", "live", "ended"]
    gifts_enabled: bool
    creator_id: int
    creator_name: str
    creator_handle: str
    creator_avatar: str
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def scene(self) -> str:
        return scene_address(self.cover, self.id)
