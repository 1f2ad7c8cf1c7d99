"""Google's own description of its API, and how strictly it is held: requests and answers that differ are errors."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

_DOCUMENT = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
_SCHEMAS: dict[str, Any] = _DOCUMENT["schemas"]
_KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "boolean": bool, "array": list, "object": dict, "number": (int, float),
}  # fmt: skip


class Refused(Exception):
    """An error as Google answers it."""

    def __init__(self, status: int, message: str, reason: str = "invalid") -> None:
        super().__init__(message)
        self.status = status
        self.document = {
            "error": {
                "code": status,
                "message": message,
                "errors": [{"message": message, "domain": "androidpublisher", "reason": reason}],
            }
        }


@dataclass(frozen=True)
class Call:
    """A request that fits the description."""

    method: str
    values: dict[str, str]
    """Of path and query."""
    body: dict[str, Any]


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("/" + re.sub(r"\{\+?(\w+)\}", r"(?P<\1>[^/:]+)", path))


_METHODS = [(name, _pattern(method["path"]), method) for name, method in _DOCUMENT["methods"].items()]


def read_call(verb: str, raw_path: str, query: str, body: bytes) -> Call:
    """The call a request makes.

    Raises:
        Refused: there is no such method, or it does not take what was sent.
    """
    for name, pattern, method in _METHODS:
        match = pattern.fullmatch(raw_path)
        if match and method["httpMethod"] == verb:
            values = {key: unquote(value) for key, value in match.groupdict().items()} | _query(method, query)
            return Call(name, values, _body(method, body))
    raise Refused(404, f"no method {verb} {raw_path}", "notFound")


def check_answer(method: str, answer: Mapping[str, Any] | None) -> None:
    """Holds an answer of this peer to the description."""
    described = _DOCUMENT["methods"][method].get("response")
    if described is None:
        assert answer is None, f"{method} has no answer"
    elif problem := _difference(answer, described, method):
        raise AssertionError(problem)


def _query(method: dict[str, Any], query: str) -> dict[str, str]:
    known = {name: found for name, found in method["parameters"].items() if found["location"] == "query"}
    given = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    for name, value in given:
        if name not in known:
            raise Refused(400, f'Invalid JSON payload received. Unknown name "{name}": cannot bind query parameter.')
        if known[name]["type"] == "integer" and not value.isdecimal():
            raise Refused(400, f"{name} is no integer")
        if known[name]["type"] == "boolean" and value not in {"true", "false"}:
            raise Refused(400, f"{name} is no boolean")
    if len(dict(given)) != len(given):
        raise Refused(400, "a parameter is repeated")
    return dict(given)


def _body(method: dict[str, Any], body: bytes) -> dict[str, Any]:
    described = method.get("request")
    if described is None:
        if body not in {b"", b"{}"}:
            raise Refused(400, "this method takes no body")
        return {}
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        raise Refused(400, "the body is no JSON") from None
    if problem := _difference(found, described, "body"):
        raise Refused(400, problem)
    assert isinstance(found, dict)
    return found


def _difference(value: Any, described: dict[str, Any], where: str) -> str | None:
    """How a value differs from its description; None when it does not."""
    if "$ref" in described:
        return _object_difference(value, described["$ref"], where)
    if not isinstance(value, _KINDS[described["type"]]) or (
        isinstance(value, bool) != (described["type"] == "boolean")
    ):
        return f"{where} is no {described['type']}"
    if described.get("format") == "int64" and not re.fullmatch(r"-?[0-9]+", str(value)):
        return f"{where} is no int64"
    if "enum" in described and value not in described["enum"]:
        return f"{where}: {value} is not one of {described['enum']}"
    if isinstance(value, list):
        found = (_difference(entry, described["items"], f"{where}[{index}]") for index, entry in enumerate(value))
        return next((problem for problem in found if problem), None)
    return None


def _object_difference(value: Any, name: str, where: str) -> str | None:
    schema = _SCHEMAS.get(name)
    if schema is None:
        return f"{where}: {name} is not described here"
    if not isinstance(value, dict):
        return f"{where} is no object"
    for key, entry in value.items():
        known = schema.get("properties", {}).get(key)
        if known is None:
            return f'Unknown name "{key}" at "{where}": Cannot find field.'
        if problem := _difference(entry, known, f"{where}.{key}"):
            return problem
    return None
