"""Migrations: order, hashes, stages, one at a time, the recorded schema, and the role they prepare."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from plaudit.connections import OwnConnection, connect
from plaudit.ledger.shards import read_shards
from plaudit.schema.migrate import (
    Migrated,
    MigrationError,
    ScriptFile,
    apply,
    apply_to,
    left_behind_by,
    pending_migrations,
    read_functions,
    read_migrations,
    schema_of_migrations,
)
from plaudit.schema.privileges import SCHEMA_FILE
from tests.support.databases import EmptyDatabase, owner_of

pytestmark = pytest.mark.sql

FIRST = ScriptFile("0001_pre_first.sql", "create table first (id int);")
SECOND = ScriptFile("0002_post_second.sql", "alter table first add column name text;")
THIRD = ScriptFile("0003_pre_third.sql", "create table third (id int);")
VIEW = ScriptFile("00_view.sql", "create or replace view firsts as select id from first;")


async def test_the_schema_is_the_recorded_one() -> None:
    assert await asyncio.to_thread(schema_of_migrations) == SCHEMA_FILE.read_text(), "run `make schema` and look at it"


async def test_a_second_run_has_nothing_to_do(database_url: str) -> None:
    assert await apply_to(owner_of(database_url)) == Migrated([], [])


async def test_a_migrated_database_has_nothing_pending(owner_connection: OwnConnection) -> None:
    assert await pending_migrations(owner_connection) == []


async def test_an_empty_database_has_all_pending(empty_database: EmptyDatabase) -> None:
    assert read_migrations()[0].name in await pending_migrations(empty_database.connection)


async def test_each_is_applied_once_in_order(empty_database: EmptyDatabase) -> None:
    connection = empty_database.connection
    assert await apply(connection, migrations=[FIRST], functions=[VIEW]) == [FIRST.name, VIEW.name]
    assert await apply(connection, migrations=[FIRST, SECOND, THIRD], functions=[VIEW]) == [SECOND.name, THIRD.name]


async def test_functions_are_applied_again_when_one_changed(empty_database: EmptyDatabase) -> None:
    connection = empty_database.connection
    await apply(connection, migrations=[FIRST], functions=[VIEW])
    changed = ScriptFile(VIEW.name, "create or replace view firsts as select id, id * 2 as double from first;")
    assert await apply(connection, migrations=[FIRST], functions=[changed]) == [VIEW.name]
    assert await connection.fetch("select double from firsts") == []


async def test_a_server_starts_on_functions_that_came_after_its_own(owner_connection: OwnConnection) -> None:
    """While the next version is rolled out, and on the way back."""
    first, *rest = read_functions()
    for edition in ("next", "after that"):
        replaced = ScriptFile(first.name, f"{first.sql}\n-- of the {edition}\n")
        await apply(owner_connection, functions=[replaced, *rest])
        assert await pending_migrations(owner_connection) == []
    await owner_connection.execute("update migration set former = '{}'")
    assert await pending_migrations(owner_connection) == [first.name], "never had"
    await owner_connection.execute("alter table migration drop column former")
    assert await pending_migrations(owner_connection) == [first.name], "as an earlier version left it"
    assert await left_behind_by(owner_connection) == []
    for name in ("9998_pre_next.sql", "9999_post_next.sql"):
        await owner_connection.execute("insert into migration (kind, name, sha256) values ('migration', $1, '')", name)
    assert await left_behind_by(owner_connection) == ["9999_post_next.sql"]


async def test_a_changed_migration_is_refused(empty_database: EmptyDatabase) -> None:
    connection = empty_database.connection
    await apply(connection, migrations=[FIRST], functions=[])
    with pytest.raises(MigrationError, match=r"0001_pre_first\.sql was changed after it was applied"):
        await apply(connection, migrations=[ScriptFile(FIRST.name, "create table other ();")], functions=[])


async def test_a_newer_database_is_refused(empty_database: EmptyDatabase) -> None:
    connection = empty_database.connection
    await apply(connection, migrations=[FIRST, SECOND], functions=[])
    with pytest.raises(MigrationError, match="newer"):
        await apply(connection, migrations=[FIRST], functions=[])


async def test_a_failing_migration_leaves_nothing_and_says_where(empty_database: EmptyDatabase) -> None:
    connection = empty_database.connection
    broken = ScriptFile("0002_pre_broken.sql", "create table half (id int);\n\nselect nonsense;\n")
    with pytest.raises(MigrationError, match=r"0002_pre_broken\.sql: line 3: .*nonsense"):
        await apply(connection, migrations=[FIRST, broken], functions=[])
    assert await connection.fetchval("select to_regclass('first') is null and to_regclass('half') is null")
    assert await apply(connection, migrations=[FIRST, THIRD], functions=[]) == [FIRST.name, THIRD.name]


async def test_migrations_and_their_functions_come_together_or_not_at_all(empty_database: EmptyDatabase) -> None:
    connection = empty_database.connection
    broken = ScriptFile("01_broken.sql", "create or replace view seconds as select nothing from first;")
    with pytest.raises(MigrationError, match=r"01_broken\.sql"):
        await apply(connection, migrations=[FIRST], functions=[VIEW, broken])
    assert await connection.fetchval("select to_regclass('first') is null")
    assert await apply(connection, migrations=[FIRST], functions=[VIEW]) == [FIRST.name, VIEW.name]


async def test_before_a_deploy_only_what_old_code_can_live_with(empty_database: EmptyDatabase) -> None:
    connection = empty_database.connection
    assert await apply(connection, migrations=[FIRST, SECOND], functions=[], before_deploy=True) == [FIRST.name]
    with pytest.raises(MigrationError, match="finish the earlier release"):
        await apply(connection, migrations=[FIRST, SECOND, THIRD], functions=[], before_deploy=True)
    assert await apply(connection, migrations=[FIRST, SECOND], functions=[]) == [SECOND.name]


async def test_two_at_once_apply_each_once(empty_database: EmptyDatabase) -> None:
    outcomes = await asyncio.gather(*(apply_to(empty_database.url) for _ in range(3)))
    assert sorted(len(outcome.applied) > 0 for outcome in outcomes) == [False, False, True]


async def test_shards_are_chosen_with_the_first_migration(empty_database: EmptyDatabase) -> None:
    url, connection = empty_database.url, empty_database.connection
    await apply_to(url, shards=3)
    assert (await read_shards(connection)).count == 3
    assert await connection.fetchval("select count(*) from charge_stream") == 9
    assert await apply_to(url, shards=3) == await apply_to(url) == Migrated([], [])
    with pytest.raises(MigrationError, match="the books have 3 shards, not 2"):
        await apply_to(url, shards=2)


async def test_names_must_have_their_form(tmp_path: Path) -> None:
    (tmp_path / "1_first.sql").touch()
    with pytest.raises(MigrationError, match="is not called"):
        read_migrations(tmp_path)
    (tmp_path / "1_first.sql").rename(tmp_path / "0001_pre_first.sql")
    (tmp_path / "0001_post_other.sql").touch()
    with pytest.raises(MigrationError, match="have one number"):
        read_migrations(tmp_path)


async def test_a_user_who_owns_the_database_only_can_migrate_and_run(empty_database: EmptyDatabase) -> None:
    async with empty_database.owned_by_plain_user() as url:
        await apply_to(url)
        application = await connect(empty_database.application_url)
        assert await application.fetchval("select current_user") == "plaudit_app"
        assert await application.fetchval("select count(*) from transfer") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute("delete from transfer")
        for table in ("temporary table mine", "table mine"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await application.execute(f"create {table} (id int)")
        await application.close()


async def test_a_user_who_may_not_prepare_the_role_is_told_what_to_run(empty_database: EmptyDatabase) -> None:
    async with empty_database.owned_by_plain_user(member=False) as url:
        with pytest.raises(MigrationError, match="let a superuser run: CREATE ROLE plaudit_app"):
            await apply_to(url)
