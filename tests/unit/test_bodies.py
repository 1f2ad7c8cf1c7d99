"""What the types of bodies and parameters must say so that nothing valid breaks anything: moments have a zone, numbers
an end, and a pattern ends where the text does."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import inspect

import plaudit
from plaudit.http.assembly import framework
from plaudit.http.openapi import describe
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


def _lets_a_line_end_pass(pattern: str) -> bool:
    """`$` alone is also before a line's end at the end."""
    return "$" in re.sub(r"\$\(\?!\\n\)|\\\$|\[[^]]*\]", "", pattern)


def _patterns(described: object) -> Iterator[str]:
    if isinstance(described, dict):
        for name, part in described.items():
            if name == "pattern" and isinstance(part, str):
                yield part
            else:
                yield from _patterns(part)
    elif isinstance(described, list):
        for part in described:
            yield from _patterns(part)


def test_no_pattern_of_the_api_lets_a_line_end_pass() -> None:
    found = set(_patterns(describe(framework(), "https://plaudit.example")))
    assert len(found) > 10
    assert [pattern for pattern in sorted(found) if _lets_a_line_end_pass(pattern)] == []
    assert _lets_a_line_end_pass("^[A-Z]{3}$")
    assert not _lets_a_line_end_pass(r"^[$A-Z]{3}\$$(?!\n)")


def test_no_pattern_in_the_code_lets_a_line_end_pass() -> None:
    """Those for whole lines of our own files say so by re.M or re.MULTILINE."""
    found = []
    for path in sorted(Path(plaudit.__file__).parent.rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        of_lines = [node for node in nodes if isinstance(node, ast.Call) and "re.M" in ast.unparse(node)]
        spared = {id(part) for call in of_lines for part in ast.walk(call)}
        texts = [node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        found += [
            f"{path.name}:{text.lineno}"
            for text in texts
            if id(text) not in spared and str(text.value).startswith(("^", "(?")) and str(text.value).endswith("$")
        ]
    assert found == []


def test_looking_sees_what_is_wrong() -> None:
    class Inner(msgspec.Struct):
        at: list[int | None]

    assert "Body.inner{}.at[]|0" in {path for path, _ in _within(inspect.type_info(dict[str, Inner]), "Body.inner")}
