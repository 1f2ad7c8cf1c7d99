"""Pages of lists: what one holds, and the cursor by which the next begins."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeAlias, TypeVar
from uuid import UUID

import msgspec
from litestar.params import Parameter
from msgspec import Meta

from plaudit.limits import CURSOR_LENGTH_MAX, PAGE_LENGTH_MAX
from plaudit.moments import Moment, out_of_range
from plaudit.problems import InvalidField

T = TypeVar("T")
Row = TypeVar("Row")
P = TypeVar("P")

Limit: TypeAlias = Annotated[int, Parameter(ge=1, le=PAGE_LENGTH_MAX, description="The longest page wanted.")]
Cursor: TypeAlias = Annotated[
    str | None,
    Parameter(max_length=CURSOR_LENGTH_MAX, description="`next` of the page before; without it, the first page."),
]
Number: TypeAlias = Annotated[int, Meta(ge=0, le=2**63 - 1)]
"""A number of a place, such that the database can hold it."""


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some entries of a list, in its order."""

    items: list[T]
    next: Annotated[str | None, Meta(description="`cursor` of the next page; null: this is the last.")]


class Places(Generic[P]):
    """The places of a list, and their cursors. A place is the values that the list is ordered by; together they are of
    one entry only. A cursor is opaque to whoever brings it back.

    Args:
        kind: the type of a place.
        start: where the first page begins.
    """

    def __init__(self, kind: Any, start: P) -> None:
        self._start = start
        self._kind = kind
        self._decoder = msgspec.msgpack.Decoder(kind)

    def cursor(self, place: P) -> str:
        """The cursor of the page after the entry at this place."""
        return urlsafe_b64encode(_encoder.encode(place)).decode().rstrip("=")

    def after(self, cursor: str | None) -> P:
        """The place that a cursor stands for; without one, the start.

        Raises:
            InvalidField: it is not of this list.
        """
        if cursor is None:
            return self._start
        try:
            place: P = self._decoder.decode(b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
        except (msgspec.MsgspecError, ValueError, OverflowError) as error:
            raise InvalidField(field="query.cursor", reason=_NO_PLACE) from error
        if out_of_range(place, self._kind, ""):
            raise InvalidField(field="query.cursor", reason=_NO_PLACE)
        return place

    def after_or_start(self, cursor: str | None) -> P:
        """The same for a page that people see: a cursor that is not of this list shows its beginning."""
        try:
            return self.after(cursor)
        except InvalidField:
            return self._start

    def next(self, found: Sequence[Row], limit: int, place: Callable[[Row], P]) -> str | None:
        """The cursor of the next page, when one more than `limit` was asked for and found; else None."""
        return self.cursor(place(found[limit - 1])) if len(found) > limit else None

    def page(self, found: Sequence[Row], limit: int, place: Callable[[Row], P], answer: Callable[[Row], T]) -> Page[T]:
        """The first `limit` of what was found, as answers, with the cursor of the next page."""
        return Page([answer(row) for row in found[:limit]], self.next(found, limit, place))


_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
_NO_PLACE = "must be the `next` of a page"

Place: TypeAlias = tuple[Moment, UUID]
"""A place in a list by time; the id decides among those of one moment."""
BEGINNING: Place = (datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))
"""Before the newest entry."""
BY_TIME: Places[Place] = Places(Place, BEGINNING)
"""Lists by time, newest first."""
BY_ID: Places[UUID | None] = Places(UUID, None)
"""Lists by ids of version 7, newest first."""
BY_NUMBER: Places[int] = Places(Annotated[int, Meta(ge=0, le=2**31 - 1)], 2**31 - 1)
"""Lists by a number that counts upwards, newest first."""
