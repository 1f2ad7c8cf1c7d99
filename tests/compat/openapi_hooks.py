"""What a schema cannot say of valid data: ids are made now, cursors come from the page before, whole numbers have no
point, no text holds the character U+0000, and moments are of years that may be said.
"""

import re
import uuid
from typing import Any

import schemathesis

from plaudit.clock import SystemClock
from plaudit.ids import new_id

_ENDLESS, _NOWHERE = {"WatchRoom": "room_id", "WatchVideo": "video_id"}, "9" * 18
_OPAQUE = ("cursor", "after", "Last-Event-ID")


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Make data that is meant to be valid valid in these respects. Nobody watches anything: that would not end."""
    named = _ENDLESS.get(case.operation.definition.raw.get("operationId"))
    if named and str((case.path_parameters or {}).get(named)).isdecimal():
        case.path_parameters = {**case.path_parameters, named: _NOWHERE}
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    for place in (case.query, case.headers):
        for name in _OPAQUE:
            if place:
                place.pop(name, None)
    if isinstance(case.body, dict | list):
        case.body = _plain(case.body)
    if case.query:
        case.query = {name: _of_our_time(one) if isinstance(one, str) else one for name, one in case.query.items()}
    body = case.body
    if isinstance(body, dict) and _is_uuid(body.get("id")):
        made_now = new_id(SystemClock(), lambda bits: uuid.UUID(body["id"]).int & ((1 << bits) - 1))
        body["id"] = str(made_now)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {_plain(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, str):
        return _of_our_time(value.replace("\0", "0"))
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _of_our_time(text: str) -> str:
    return re.sub(r"^[0-9]{4}(?=-[0-9]{2}-[0-9]{2}[Tt])", "2024", text)


def _is_uuid(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-fA-F-]{36}", value) is not None
