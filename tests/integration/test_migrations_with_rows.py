"""Migrations that change what is there: `tests/migrations/NNNN_before.sql` fills the tables as they were, and each
statement of `NNNN_after.sql` must find nothing wrong."""

import re
from pathlib import Path

import pytest

from plaudit.schema.migrate import apply, read_migrations
from tests.support.databases import EmptyDatabase

pytestmark = pytest.mark.sql

FOLDER = Path(__file__).parents[1] / "migrations"
MIGRATIONS = read_migrations()
BEGINNING = "0022"
"""Those before make tables, each room its own."""

_CHANGES = re.compile(r"^\s*(update|delete|insert|alter table|drop)\b(?! table)", re.IGNORECASE | re.MULTILINE)
WITH_ROWS = [file for file in MIGRATIONS if (FOLDER / f"{file.name[:4]}_before.sql").exists()]


@pytest.mark.parametrize("number", [file.name[:4] for file in WITH_ROWS])
async def test_rows_come_over(number: str, empty_database: EmptyDatabase) -> None:
    connection = empty_database.connection
    await apply(connection, migrations=[file for file in MIGRATIONS if file.name[:4] < number], functions=[])
    await connection.execute((FOLDER / f"{number}_before.sql").read_text())
    await connection.execute("reset all")
    await apply(connection, migrations=[file for file in MIGRATIONS if file.name[:4] <= number], functions=[])
    for statement in (FOLDER / f"{number}_after.sql").read_text().split(";\n"):
        if statement.strip():
            assert [dict(row) for row in await connection.fetch(statement)] == [], statement


def test_a_migration_that_changes_rows_is_tried_with_some() -> None:
    changing = {file.name[:4] for file in MIGRATIONS if file.name >= BEGINNING and _CHANGES.search(file.sql)}
    assert changing == {file.name[:4] for file in WITH_ROWS}


def test_each_before_has_its_after() -> None:
    names = {file.name for file in FOLDER.glob("*.sql")}
    assert names == {f"{file.name[:4]}_{part}.sql" for file in WITH_ROWS for part in ("before", "after")}
