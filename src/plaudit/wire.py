"""Requests and answers as they are on the wire: strict JSON bodies in, JSON and problem documents out."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from plaudit.limits import BODY_BYTES_MAX, FIELD_ERRORS_MAX
from plaudit.moments import OUT_OF_RANGE, out_of_range
from plaudit.problems import BodyTooLarge, CallerGone, InvalidBody, InvalidField, InvalidFields, Problem
from plaudit.tracing import request_id

T = TypeVar("T")

PROBLEM_MEDIA_TYPE = "application/problem+json"

_PLACE = re.compile(r"(?s)^(?P<reason>.*?)(?: - at `(?P<path>[^`]*)`)?$(?!\n)")
_MISSING = re.compile(r"Object missing required field `([^`]+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `([^`]+)`")


def decode_body(body: bytes, kind: type[T]) -> T:
    """A JSON body as its type; nothing is guessed or converted. A type whose entries are answered one by one says
    `asks_moments_itself`: whoever reads them refuses what is out of range.

    Raises:
        InvalidBody: it is no JSON.
        InvalidField: one value does not fit, with its name (`body.count`) and why.
        InvalidFields: several do not.
    """
    if not body:
        raise InvalidField(field="body", reason="is missing")
    try:
        return _decoded(body, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidBody(f"The body is not JSON: {error}.") from error


def _decoded(body: bytes, kind: type[T]) -> T:
    """The body as its type. Whatever reads in it may find that it nests deeper than anybody needs."""
    try:
        decoded = msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise problem_of([place(error), *_others(body, kind)]) from error
    if b"\\u0000" in body and (where := _null_character(msgspec.json.decode(body), "body")):
        raise InvalidField(field=where, reason="must not contain the character U+0000")
    if not getattr(kind, "asks_moments_itself", False) and (where := out_of_range(decoded, kind, "body")):
        raise InvalidField(field=where, reason=OUT_OF_RANGE)
    return decoded


def place(error: Exception, start: str = "body") -> tuple[str, str]:
    """Field and reason of an error of msgspec."""
    match = _PLACE.match(str(error))
    assert match is not None
    reason, path = match["reason"], (match["path"] or "$").removeprefix("$")
    for pattern, said in ((_MISSING, "is missing"), (_UNKNOWN, "is not known here")):
        if found := pattern.search(reason):
            return f"{start}{path}.{found[1]}", said
    return start + path, _said(reason)


def _said(reason: str) -> str:
    return f"is not valid: {reason[:1].lower()}{reason[1:]}"


def problem_of(errors: Sequence[tuple[str, str]]) -> Problem:
    """The problem of fields that are not valid."""
    unique = list(dict.fromkeys(errors))[:FIELD_ERRORS_MAX]
    if len(unique) == 1:
        return InvalidField(field=unique[0][0], reason=unique[0][1])
    return InvalidFields(unique)


def _others(body: bytes, kind: Any) -> list[tuple[str, str]]:
    """Errors of the top level's other fields: a decoder stops at the first."""
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return []
    try:
        raw = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        return []
    known = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    found = []
    for name, field in known.items():
        if name not in raw:
            if field.required:
                found.append((f"body.{name}", "is missing"))
            continue
        try:
            msgspec.json.decode(raw[name], type=field.type)
        except msgspec.ValidationError as error:
            found.append(place(error, f"body.{name}"))
    if kind.__struct_config__.forbid_unknown_fields:
        found += [(f"body.{name}", "is not known here") for name in raw if name not in known]
    return found


def _null_character(value: Any, where: str) -> str | None:
    """The first place of a NUL, which PostgreSQL cannot keep in a text."""
    if isinstance(value, str):
        return where if "\0" in value else None
    entries: Any = ()
    if isinstance(value, dict):
        if any("\0" in name for name in value):
            return where
        entries = ((f"{where}.{name}", entry) for name, entry in value.items())
    elif isinstance(value, list):
        entries = ((f"{where}[{index}]", entry) for index, entry in enumerate(value))
    return next((found for name, entry in entries if (found := _null_character(entry, name))), None)


async def read_body(receive: Any) -> bytes:
    """The whole body of an ASGI request.

    Raises:
        BodyTooLarge: longer than BODY_BYTES_MAX.
        CallerGone: the caller hung up.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerGone
        body += message.get("body", b"")
        if len(body) > BODY_BYTES_MAX:
            raise BodyTooLarge
        if not message.get("more_body", False):
            return bytes(body)


async def send_json(send: Any, content: Any, status: int) -> None:
    """Answer an ASGI request with JSON."""
    await _send(send, status, b"application/json", msgspec.json.encode(content), {})


def document_of(problem: Problem) -> dict[str, Any]:
    """The problem document of an answer, which says of which request it is."""
    document = problem.as_dict()
    if asked := request_id():
        document["instance"] = f"urn:plaudit:request:{asked}"
    return document


async def send_problem(send: Any, problem: Problem) -> None:
    """Answer an ASGI request with a problem document."""
    body = msgspec.json.encode(document_of(problem))
    await _send(send, problem.status, PROBLEM_MEDIA_TYPE.encode(), body, problem.headers())


async def _send(send: Any, status: int, kind: bytes, body: bytes, headers: Mapping[str, str]) -> None:
    raw = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    raw += [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
