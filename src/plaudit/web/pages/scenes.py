"""The pictures behind rooms."""

from plaudit.live.model import Room
from plaudit.web.loading import loadable
from plaudit.web.templating import STATIC, static

_SCENES = sorted(path.stem for path in (STATIC / "art" / "scenes").glob("*.svg"))


def scene_names() -> list[str]:
    """The drawings a room can have behind it."""
    return _SCENES


def scene_of(room: Room) -> str:
    """Address of the picture behind a room: its own, else the drawing its cover names, else one that stays the same for
    the room's number."""
    if room.cover_url and loadable(room.cover_url):
        return room.cover_url
    name = room.cover if room.cover in _SCENES else _SCENES[room.id % len(_SCENES)]
    return static(f"art/scenes/{name}.svg")
