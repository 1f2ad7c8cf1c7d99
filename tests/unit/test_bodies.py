"""What the types of bodies and parameters must say so that nothing valid breaks anything: moments have a zone, numbers
an end."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from plaudit.http.assembly import framework
from plaudit.http.operations import operations

ASKED = {
    f"{one.id}.{name}": kind
    for one in operations(framework())
    for name, kind in [("body", one.body), *((parameter.name, parameter.kind) for parameter in one.parameters)]
    if kind is not None
}


def _within(kind: inspect.Type, path: str) -> Iterator[tuple[str, inspect.Type]]:
    """A type and all it is made of, each with where it is."""
    yield path, kind
    parts: dict[str, Any] = {}
    if isinstance(kind, inspect.StructType):
        parts = {f".{field.encode_name}": field.type for field in kind.fields}
    elif isinstance(kind, inspect.UnionType):
        parts = {f"|{number}": one for number, one in enumerate(kind.types)}
    elif isinstance(kind, inspect.ListType):
        parts = {"[]": kind.item_type}
    elif isinstance(kind, inspect.DictType):
        parts = {"{}": kind.value_type}
    for name, part in parts.items():
        yield from _within(part, path + name)


@pytest.mark.parametrize("name", sorted(ASKED))
def test_what_is_asked_for(name: str) -> None:
    for path, kind in _within(inspect.type_info(ASKED[name]), name):
        if isinstance(kind, inspect.DateTimeType):
            assert kind.tz, f"{path} may be a moment without a zone, which nothing can be compared with"
        if isinstance(kind, inspect.IntType):
            assert {kind.gt, kind.ge} != {None}, f"{path} has no least"
            assert {kind.lt, kind.le} != {None}, f"{path} has no most: the database has one"


def test_looking_sees_what_is_wrong() -> None:
    class Inner(msgspec.Struct):
        at: list[int | None]

    assert "Body.inner{}.at[]|0" in {path for path, _ in _within(inspect.type_info(dict[str, Inner]), "Body.inner")}
