"""What a schema cannot say of valid data: ids are made now, cursors come from the page before."""

import re
import uuid
from typing import Any

import schemathesis

from plaudit.clock import SystemClock
from plaudit.ids import new_id

_ENDLESS, _NO_ROOM = "WatchRoom", "9" * 18
_OPAQUE = ("cursor", "after", "Last-Event-ID")


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Make data that is meant to be valid valid in these two respects. Nobody watches a room: that would not end."""
    room_id = str((case.path_parameters or {}).get("room_id"))
    if case.operation.definition.raw.get("operationId") == _ENDLESS and room_id.isdecimal():
        case.path_parameters = {**case.path_parameters, "room_id": _NO_ROOM}
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    for place in (case.query, case.headers):
        for name in _OPAQUE:
            if place:
                place.pop(name, None)
    body = case.body
    if isinstance(body, dict) and _is_uuid(body.get("id")):
        made_now = new_id(SystemClock(), lambda bits: uuid.UUID(body["id"]).int & ((1 << bits) - 1))
        body["id"] = str(made_now)


def _is_uuid(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-fA-F-]{36}", value) is not None
