"""Statements out of `queries.sql`, and rows as typed structs."""

import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from plaudit.connections import Connection

T = TypeVar("T")


@dataclass(frozen=True)
class Statement:
    """One block of a `queries.sql`: `-- name: x`, or `-- name: x -> Struct` when its rows are that struct. `{y}` in it
    stands for the block `-- columns: y`: a `*` would be other columns as soon as the table has one more, and what the
    connections have prepared would be no good."""

    name: str
    sql: str
    struct: str | None


_HEAD = re.compile(
    r"^-- (?P<kind>name|columns): *(?P<name>[a-z][a-z0-9_]*)(?: *-> *(?P<struct>[A-Za-z_][\w.]*))? *$", re.MULTILINE
)

_COLUMNS = re.compile(r"\{([a-z][a-z0-9_]*)\}")

_HEADINGS = re.compile(r"(?:\s*\n--.*)+\Z")
"""What stands behind a statement is about those that follow."""


def read_statements(file: Path) -> list[Statement]:
    """The statements of one file, in its order.

    Raises:
        ValueError: a name occurs twice, or has nothing under it, or columns are not there.
    """
    text = file.read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    columns: dict[str, str] = {}
    found: dict[str, Statement] = {}
    for head, end in zip(heads, ends, strict=True):
        name, block = head["name"], text[head.end() : end].strip()
        sql = _HEADINGS.sub("", block).removesuffix(";")
        known = found if head["kind"] == "name" else columns
        if name in known or not sql:
            raise ValueError(f"{file}: {head['kind']} {name!r} is there twice or empty")
        if head["kind"] == "columns":
            columns[name] = sql
        elif missing := set(_COLUMNS.findall(sql)) - columns.keys():
            raise ValueError(f"{file}: statement {name!r} names columns that do not stand above it: {sorted(missing)}")
        else:
            found[name] = Statement(name, _COLUMNS.sub(lambda one: columns[one[1]], sql), head["struct"])
    return list(found.values())


@cache
def statements(module: str) -> Mapping[str, str]:
    """The SQL in the `queries.sql` beside a module, by name. `module` is its `__file__`, or a package's dotted name."""
    if module.endswith(".py"):
        folder = Path(module).parent
    else:
        spec = importlib.util.find_spec(module)
        if spec is None or spec.origin is None:
            raise ValueError(f"there is no module {module!r}")
        folder = Path(spec.origin).parent
    return {statement.name: statement.sql for statement in read_statements(folder / "queries.sql")}


async def fetch_one(connection: Connection, sql: str, struct: type[T], *arguments: Any) -> T | None:
    """The first row as a struct, by the names of its columns; None when there is none."""
    row = await connection.fetchrow(sql, *arguments)
    return None if row is None else msgspec.convert(dict(row), struct)


async def fetch_all(connection: Connection, sql: str, struct: type[T], *arguments: Any) -> list[T]:
    """All rows as structs, by the names of their columns."""
    return [msgspec.convert(dict(row), struct) for row in await connection.fetch(sql, *arguments)]
