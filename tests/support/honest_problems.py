"""Problems carry the fields that their classes declare, with values of their types."""

from collections.abc import Callable
from typing import Any

import msgspec

from plaudit.problems import Conflict, Forbidden, NotFound, Problem

OPEN = {Problem, Forbidden, NotFound, Conflict}
"""The general ones carry what helps where they are raised."""


def declared(problem: type[Problem]) -> set[str]:
    """The fields a class declares."""
    return {field.name for field in msgspec.structs.fields(problem.Fields)}


def required(problem: type[Problem]) -> set[str]:
    """Those that are always there."""
    return {field.name for field in msgspec.structs.fields(problem.Fields) if field.required}


def checking(make: Callable[..., None]) -> Callable[..., None]:
    """Problem.__init__, which fails when the fields are others than declared."""

    def making(problem: Problem, detail: str | None = None, **fields: Any) -> None:
        make(problem, detail, **fields)
        kind = type(problem)
        if kind not in OPEN:
            assert fields.keys() <= declared(kind), f"{kind.__name__} does not declare {fields.keys() - declared(kind)}"
            msgspec.json.decode(msgspec.json.encode(fields), type=kind.Fields)

    return making
