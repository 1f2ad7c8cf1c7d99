"""Moments as others say them: with their offset from UTC, and of years in which everything can be counted with them."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta, inspect

from plaudit.limits import MOMENT_YEAR_MAX, MOMENT_YEAR_MIN
from plaudit.problems import InvalidField

Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
"""A moment in a body. Whoever decodes one asks `require_moments`: a type cannot say its bounds."""

OUT_OF_RANGE = f"must be of the years {MOMENT_YEAR_MIN} to {MOMENT_YEAR_MAX}, in UTC"

_FIRST = datetime(MOMENT_YEAR_MIN, 1, 1, tzinfo=UTC)
_END = datetime(MOMENT_YEAR_MAX + 1, 1, 1, tzinfo=UTC)


def is_within(at: datetime) -> bool:
    """Whether a moment names its offset, and is of a year that may be said."""
    return at.tzinfo is not None and _FIRST <= at < _END


def require_moment(at: datetime, field: str) -> datetime:
    """A moment out of an address, which the framework reads by itself, leaving offset and bounds unasked.

    Raises:
        InvalidField: it does not name its offset, or is of no such year.
    """
    if at.tzinfo is None:
        raise InvalidField(field=field, reason="must say its offset from UTC, such as Z")
    if not is_within(at):
        raise InvalidField(field=field, reason=OUT_OF_RANGE)
    return at


def out_of_range(value: Any, kind: Any, where: str) -> str | None:
    """The first place in what was decoded as a type that holds a moment of no such year."""
    return _first(value, where) if _has_moments(kind) else None


@lru_cache(maxsize=1_000)
def _has_moments(kind: Any) -> bool:
    return _holds(inspect.type_info(kind), set())


def _holds(found: Any, seen: set[Any]) -> bool:
    """Whether a type, or one it is made of, is a moment."""
    if isinstance(found, inspect.DateTimeType):
        return True
    if isinstance(found, inspect.StructType):
        if found.cls in seen:
            return False
        seen.add(found.cls)
        return any(_holds(field.type, seen) for field in found.fields)
    parts: list[Any] = []
    for name in ("type", "item_type", "key_type", "value_type"):
        parts.append(getattr(found, name, None))
    for name in ("types", "item_types"):
        parts += getattr(found, name, ())
    return any(isinstance(part, inspect.Type) and _holds(part, seen) for part in parts)


def _first(value: Any, where: str) -> str | None:
    if isinstance(value, datetime):
        return None if is_within(value) else where
    entries: Any = ()
    if isinstance(value, msgspec.Struct):
        fields = zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True)
        entries = ((f"{where}.{said}", getattr(value, name)) for said, name in fields)
    elif isinstance(value, dict):
        entries = ((f"{where}.{name}", entry) for name, entry in value.items())
    elif isinstance(value, list | tuple):
        entries = ((f"{where}[{index}]", entry) for index, entry in enumerate(value))
    return next((found for place, entry in entries if (found := _first(entry, place))), None)
