"""The last release runs on the schema of this version while the servers are replaced, and `post` migrations wait."""

import re

import asyncpg
import pytest

from plaudit.connections import OwnConnection
from plaudit.schema.migrate import ScriptFile, apply, read_migrations
from tests.support.contract import Contract, recorded, shape_of
from tests.support.databases import EmptyDatabase

pytestmark = pytest.mark.sql

FILLED = """
select table_name::text as table_name, column_name::text as column_name from information_schema.columns
where table_schema = 'public' and is_nullable = 'NO' and column_default is null and is_identity = 'NO'
    and is_generated = 'NEVER'
"""


def before_deploy(contract: Contract, migrations: list[ScriptFile]) -> list[ScriptFile]:
    """What is applied while servers of a release still run."""
    return [file for file in migrations if file.name <= contract.migration or not file.is_post]


async def broken_promises(connection: OwnConnection, contract: Contract) -> list[str]:
    """What the release asks and this database does not do."""
    found = []
    for name, asked in contract.statements.items():
        try:
            shape = await shape_of(connection, asked.sql)
        except asyncpg.PostgresError as error:
            found.append(f"{name}: {error}")
        else:
            fits = shape.parameters == asked.shape.parameters and set(asked.shape.columns) <= set(shape.columns)
            found += [] if fits else [f"{name}: {asked.shape} became {shape}"]  # rows are read by name: more is no harm
    for row in await connection.fetch(FILLED):
        known = contract.columns.get(row["table_name"])
        if known is not None and row["column_name"] not in known:
            found.append(f"{row['table_name']}.{row['column_name']} must be filled, and the release does not know it")
    return found


async def test_the_last_release_can_work_on_this_schema(empty_database: EmptyDatabase) -> None:
    connection, contract = empty_database.connection, recorded()
    await apply(connection, migrations=before_deploy(contract, read_migrations()))
    assert len(contract.statements) > 400
    assert await broken_promises(connection, contract) == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("alter table person rename column handle to nickname", "column p.handle does not exist"),
        ("alter table wallet alter column coins type numeric", "selling.wallet.find_wallet"),
        ("alter table person add column mood text not null", "person.mood must be filled"),
        ("drop function post(smallint, uuid, text, bigint, bigint, text, bigint, timestamptz)", "function post"),
    ],
)
async def test_what_the_last_release_cannot_live_with_is_found(
    empty_database: EmptyDatabase, sql: str, said: str
) -> None:
    connection, contract = empty_database.connection, recorded()
    breaking = ScriptFile("9999_pre_breaking.sql", sql)
    await apply(connection, migrations=before_deploy(contract, read_migrations()))
    await connection.execute("drop view if exists balance cascade")  # of this test: it stands on the wallet
    await connection.execute(breaking.sql)
    assert any(said in one for one in await broken_promises(connection, contract))


def test_only_what_comes_after_takes_away() -> None:
    taking = re.compile(r"\b(drop (table|view|function|column|type)|rename (to|column))\b", re.IGNORECASE)
    files = [file for file in read_migrations() if file.name > "0021"]
    assert files
    assert [file.name for file in files if not file.is_post and taking.search(file.sql)] == []
