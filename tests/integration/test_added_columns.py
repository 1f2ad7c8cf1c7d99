"""A column that is added while servers run: what their connections have prepared goes on, statement by statement."""

import re

import asyncpg
import pytest

from plaudit.connections import OwnConnection, connect
from plaudit.db import Database
from plaudit.problems import TooBusy
from tests.integration.test_queries import all_statements
from tests.support.databases import owner_of

pytestmark = pytest.mark.sql

PLANNED = re.compile(r"(?:\s|--.*\n)*(select|with|insert|update|delete)\b")

TABLES = """
select relname::text as name from pg_class
where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not relispartition order by 1
"""

VIEWS = """
select format('create or replace view %I as select *, null::text as added_meanwhile from (%s) known', viewname,
    rtrim(definition, ';')) as view
from pg_views where schemaname = 'public' order by viewname
"""


async def add_columns(url: str) -> None:
    """One to every table and view."""
    owner = await connect(owner_of(url))
    for table in await owner.fetch(TABLES):
        await owner.execute(f"alter table {table['name']} add column added_meanwhile text")
    for one in await owner.fetch(VIEWS):
        await owner.execute(one["view"])
    await owner.close()


@pytest.mark.audit_off  # laws compare whole rows
async def test_every_statement_goes_on(database_url: str) -> None:
    connection = await connect(owner_of(database_url))
    asked = {f"s{number}": (room, one) for number, (room, one) in enumerate(all_statements()) if PLANNED.match(one.sql)}
    for name, (_, statement) in asked.items():
        await connection.execute(f"prepare {name} as {statement.sql}")
    await add_columns(database_url)
    rows = await connection.fetch(
        "select name, cardinality(parameter_types) as count from pg_prepared_statements where from_sql"
    )
    parameters = {row["name"]: row["count"] for row in rows}
    assert len(parameters) == len(asked) > 400
    broken = []
    for name, (room, statement) in asked.items():
        given = ", ".join(["null"] * parameters[name])
        try:
            await connection.execute(f"explain execute {name}" + (f"({given})" if given else ""))
        except asyncpg.PostgresError as error:
            broken.append(f"{room}.{statement.name}: {error}")
    await connection.close()
    assert broken == [], "\n".join(broken)


@pytest.mark.audit_off
async def test_whoever_meets_a_changed_answer_tries_again(database: Database, owner_connection: OwnConnection) -> None:
    sql = "select * from issuer"
    async with database.transaction() as connection:
        await connection.fetch(sql)
    await owner_connection.execute("alter table issuer add column added_meanwhile text")
    with pytest.raises(TooBusy):
        async with database.transaction() as connection:
            await connection.fetch(sql)
    async with database.transaction() as connection:
        await connection.fetch(sql)
