"""Each statement of each `queries.sql` is understood by the database, and its columns fit the struct it names."""

import importlib
import inspect
import re
import typing
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

import plaudit
from plaudit.connections import OwnConnection
from plaudit.statements import Statement, read_statements

pytestmark = pytest.mark.sql

PACKAGE = Path(plaudit.__file__).parent
OF_ANOTHER_DATABASE = {"bench", "sandbox"}  # tables of yardsticks; a peer process with a store of its own

FILLED_OTHERWISE = {
    "Price": {"tax_rate_ppm"},  # of a place, once somebody is known to be there
    "PriceBook": {"prices"},  # rows of another table
}

PYTHON_TYPES: dict[str, type] = {
    "int2": int, "int4": int, "int8": int, "oid": int, "text": str, "varchar": str, "bpchar": str, "name": str,
    "bool": bool, "uuid": UUID, "timestamptz": datetime, "date": date, "interval": timedelta, "bytea": bytes,
    "numeric": Decimal, "float8": float,
}  # fmt: skip


def all_statements() -> list[tuple[str, Statement]]:
    """Each statement with the room it belongs to."""
    found = []
    for file in sorted(PACKAGE.rglob("queries.sql")):
        room = ".".join(file.parent.relative_to(PACKAGE).parts)
        if room not in OF_ANOTHER_DATABASE:
            found += [(room, statement) for statement in read_statements(file)]
    return found


def struct_of(room: str, name: str) -> type[Any]:
    """The struct a statement names: in the room's model, or in another module of the room."""
    files = sorted((PACKAGE / room.replace(".", "/")).rglob("*.py"), key=lambda file: (file.stem != "model", file))
    for file in files:
        if re.search(rf"^(class {name}\b|from .* import .*\b{name}\b|    {name},$)", file.read_text(), re.MULTILINE):
            module = ".".join(["plaudit", *file.relative_to(PACKAGE).with_suffix("").parts])
            value = getattr(importlib.import_module(module), name, None)
            if inspect.isclass(value):
                return value
    raise LookupError(f"no module of {room} has {name}")


def parts(annotation: Any) -> list[Any]:
    """The members of a union, without None and without what only describes (`Annotated`)."""
    if typing.get_origin(annotation) is typing.Annotated:
        return parts(typing.get_args(annotation)[0])
    if (members := typing.get_args(annotation)) and (type(None) in members or "Union" in str(type(annotation))):
        return [part for member in members if member is not type(None) for part in parts(member)]
    return [annotation]


def fits(column: asyncpg.Attribute, annotation: Any) -> bool:
    """Whether values of a column can be values of a field."""
    kind = column.type.name
    for part in parts(annotation):
        origin = typing.get_origin(part) or part
        if part is Any or kind in {"json", "jsonb"}:
            return True
        if column.type.kind == "array" and origin in {list, tuple, frozenset, set}:
            return True
        if origin is typing.Literal:
            return kind in {"text", "varchar", "bpchar"}
        python = PYTHON_TYPES.get(kind)
        if python and inspect.isclass(origin) and issubclass(origin, python) and not (python is int and origin is bool):
            return True
    return False


def misfits(room: str, statement: Statement, columns: dict[str, asyncpg.Attribute]) -> list[str]:
    """What is wrong with the columns of a statement, seen from its struct."""
    if statement.struct is None:
        return []
    struct = struct_of(room, statement.struct)
    fields = typing.get_type_hints(struct, include_extras=True)
    optional = {field.name for field in msgspec.structs.fields(struct) if not field.required}
    found = [f"{name} is no field" for name in columns.keys() - fields.keys()]
    found += [f"{name} has no column" for name in fields.keys() - columns.keys() - optional]
    return found + [
        f"{name}: {column.type.name} does not fit {fields[name]}"
        for name, column in columns.items()
        if name in fields and not fits(column, fields[name])
    ]


async def faults(connection: OwnConnection, room: str, statement: Statement) -> list[str]:
    """What is wrong with a statement."""
    try:
        prepared = await connection.prepare(statement.sql)
    except asyncpg.PostgresError as error:
        found = [str(error)]
    else:
        found = misfits(room, statement, {column.name: column for column in prepared.get_attributes()})
    return [f"{room}.{statement.name}: {fault}" for fault in found]


@pytest.mark.parametrize("room", sorted({room for room, _ in all_statements()}))
async def test_each_statement_fits_the_database_and_its_struct(room: str, prepared_on: OwnConnection) -> None:
    """Those of a room over one connection: one for each would cost more than to prepare it."""
    statements = [statement for its_room, statement in all_statements() if its_room == room]
    assert statements
    assert [fault for statement in statements for fault in await faults(prepared_on, room, statement)] == []


async def test_what_does_not_fit_is_found(prepared_on: OwnConnection) -> None:
    async def said(sql: str, struct: str | None = None) -> list[str]:
        return await faults(prepared_on, "ledger", Statement("made_up", sql, struct))

    assert await said("select no_such from wallet") == ['ledger.made_up: column "no_such" does not exist']
    assert await said("select 'a few' as coins, 7 as creator", "GiftShare") == [
        "ledger.made_up: creator is no field",
        "ledger.made_up: creator_id has no column",
        "ledger.made_up: coins: text does not fit <class 'int'>",
    ]
    assert await said("select 5 as coins, 7 as creator_id", "GiftShare") == []


async def test_each_field_of_a_struct_is_filled_by_a_statement(prepared_on: OwnConnection) -> None:
    """One with a default is not missed when its column is: an order would lose its card without a word."""
    filled: dict[type[Any], set[str]] = {}
    for room, statement in all_statements():
        if statement.struct is not None:
            columns = (await prepared_on.prepare(statement.sql)).get_attributes()
            filled.setdefault(struct_of(room, statement.struct), set()).update(column.name for column in columns)
    missed = {
        struct.__name__: fields
        for struct, columns in filled.items()
        if (fields := {field.name for field in msgspec.structs.fields(struct)} - columns)
    }
    assert missed == FILLED_OTHERWISE
