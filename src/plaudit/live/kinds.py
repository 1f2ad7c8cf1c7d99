"""Kinds of frames: what each keeps in the database, and how screens read it. Rooms may bring kinds of their own."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

from plaudit.rooms import rooms

CARD_SCHEMA = {"$ref": "#/components/schemas/PersonCard"}
Card: TypeAlias = Annotated[msgspec.Raw, Meta(extra_json_schema=CARD_SCHEMA)]
"""A `PersonCard`, encoded once for all screens."""
Cards: TypeAlias = Mapping[int, msgspec.Raw]
"""Encoded person cards by person."""


class Numbered(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What all frames have on their way to a screen."""

    seq: Annotated[int, Meta(description="Its number in the room.", ge=1)]
    at: Annotated[str, Meta(description="RFC 3339, UTC.")]


Body = TypeVar("Body", bound=msgspec.Struct)


def _nobody(_: object) -> Iterable[int]:
    return ()


@dataclass(frozen=True)
class FrameKind(Generic[Body]):
    """A kind of frame, named by the tag of what is shown."""

    body: type[Body]
    """What the database keeps, in `frame.body`. A field may be added; none is ever removed or given another meaning."""
    shown: type[Numbered]
    show: Callable[[Body, int, str, Cards], Numbered]
    """What a screen is told of a body, its number, its time, and the cards of those who are in it."""
    people: Callable[[Body], Iterable[int]] = _nobody
    """Whose cards it needs."""
    changes_past: bool = False
    """Whether frames before it are others by now: who comes later reads them anew."""

    @property
    def name(self) -> str:
        return str(self.shown.__struct_config__.tag)


@cache
def brought_kinds() -> tuple[FrameKind[Any], ...]:
    """Those that other rooms add to what a live room is told."""
    return tuple(kind for room in rooms() if room.frames for kind in room.bring(room.frames))
