"""Pages of lists: where one ends and the next begins."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeAlias
from uuid import UUID

from litestar.params import Parameter

from plaudit.limits import PAGE_LENGTH_MAX
from plaudit.problems import InvalidField

Place: TypeAlias = tuple[datetime, UUID]
"""Where an entry stands in a list by time, newest first."""

BEGINNING: Place = (datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))
"""Before the newest entry."""

Limit: TypeAlias = Annotated[int, Parameter(ge=1, le=PAGE_LENGTH_MAX, description="The longest page wanted.")]
Cursor: TypeAlias = Annotated[
    str | None, Parameter(max_length=60, description="`next` of the page before; without it, the first page.")
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"(-?\d{1,17})\.([0-9a-f]{32})", re.ASCII)


def cursor_of(place: Place) -> str:
    """The cursor of the page after the entry at this place."""
    return f"{(place[0] - _EPOCH) // timedelta(microseconds=1)}.{place[1].hex}"


def place_of(cursor: str | None) -> Place:
    """The place a cursor stands for; the beginning without one.

    Raises:
        InvalidField: it was not made here.
    """
    if cursor is None:
        return BEGINNING
    if match := _CURSOR.fullmatch(cursor):
        with suppress(OverflowError):
            return _EPOCH + timedelta(microseconds=int(match[1])), UUID(match[2])
    raise InvalidField(field="query.cursor", reason="must be the `next` of a page")
