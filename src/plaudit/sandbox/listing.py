"""Lists of what the sandbox has of a time, page after page."""

import re
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from plaudit.limits import SANDBOX_PAGE_LENGTH
from plaudit.moments import require_moment
from plaudit.problems import InvalidField
from plaudit.sandbox.shared import Sandbox
from plaudit.sandbox.webhooks import milliseconds

T = TypeVar("T", bound=msgspec.Struct)


class Listing(msgspec.Struct, Generic[T], frozen=True):
    """One page, oldest first. `next`: the cursor of the page after it."""

    items: list[T]
    next: str | None


def listing(sandbox: Sandbox, kind: type[T], since: datetime, until: datetime, cursor: str) -> Listing[T]:
    """Objects made from `since` until before `until`.

    Raises:
        InvalidField: a cursor that was not made here, or a time without a zone or of no year that may be said.
    """
    for field, at in (("since", since), ("until", until)):
        require_moment(at, field)
    after = (0, "")
    if cursor:
        match = re.fullmatch(r"(\d{1,15})\.([A-Za-z0-9_-]{1,60})", cursor, re.ASCII)
        if match is None:
            raise InvalidField(field="cursor", reason="must be the `next` of a page")
        after = (int(match[1]), match[2])
    found = sandbox.store.list_made(kind, milliseconds(since), milliseconds(until), after, SANDBOX_PAGE_LENGTH + 1)
    page = found[:SANDBOX_PAGE_LENGTH]
    more = len(found) > len(page)
    return Listing([item for item, _ in page], "{}.{}".format(*page[-1][1]) if more else None)
