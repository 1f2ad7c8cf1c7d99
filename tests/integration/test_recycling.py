"""What one test left in its database is seen by its audit, and by no other test."""

import pytest

from plaudit.connections import OwnConnection, connect
from tests.support.databases import Copies, owner_of, run_aside

pytestmark = pytest.mark.sql

CHANGES = (
    "insert into wallet (shard, viewer_id, coins) values (0, 7, 70)",
    "update transfer_reason set reason = reason || '_left' where reason = (select min(reason) from transfer_reason)",
    "delete from transfer_reason where reason = (select max(reason) from transfer_reason)",
    "select nextval(pg_get_serial_sequence('person', 'id'))",
)
SCHEMA = (
    "create table left_behind (id integer)",
    "alter table lot disable trigger lot_has_a_cause",
    "alter table lot drop constraint if exists lot_pkey cascade",
    "create or replace function session_gap() returns interval language sql immutable as $$ select interval '1 s' $$",
    "drop function session_gap() cascade",
    "grant delete on person to plaudit_app",
    "do $$ begin execute format('alter database %I set statement_timeout = 1', current_database()); end $$",
)
TABLES = """select relname::text from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname"""
SEQUENCES = "select schemaname, sequencename, last_value from pg_sequences order by sequencename"


async def content(connection: OwnConnection) -> list[object]:
    """All rows, and what sequences give next."""
    tables = [row[0] for row in await connection.fetch(TABLES)]
    rows = {
        table: sorted(map(repr, await connection.fetch(f"select t::text from {table} t")))  # noqa: S608 - ours
        for table in tables
    }
    return [rows, await connection.fetch(SEQUENCES)]


async def in_copy(url: str, *statements: str) -> list[object]:
    """What a copy has, before these are done to it by who may do all."""
    connection = await connect(owner_of(url))
    try:
        had = await content(connection)
        await connection.execute("set session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement)
        return had
    finally:
        await connection.close()


def test_the_next_test_has_what_the_first_one_had(copies: Copies) -> None:
    url = copies.take()
    had = run_aside(in_copy(url, *CHANGES))
    assert run_aside(in_copy(url)) != had
    copies.give_back(url)
    assert copies.take() == url
    try:
        assert run_aside(in_copy(url)) == had
    finally:
        copies.give_back(url)


@pytest.mark.parametrize("change", SCHEMA)
def test_a_copy_with_another_schema_serves_nobody_again(copies: Copies, change: str) -> None:
    url = copies.take()
    run_aside(in_copy(url, change))
    copies.give_back(url)
    later = copies.take()
    copies.give_back(later)
    assert later != url


def test_books_that_do_not_balance_are_seen_in_a_copy_that_others_had(copies: Copies) -> None:
    url = copies.take()
    copies.give_back(url)
    assert copies.take() == url
    try:
        assert copies.broken_laws(url) == []
        run_aside(in_copy(url, "insert into wallet (shard, viewer_id, coins) values (0, 7, 70)"))
        assert copies.broken_laws(url) != []
    finally:
        copies.give_back(url)
    assert copies.take() == url
    try:
        assert copies.broken_laws(url) == []
    finally:
        copies.give_back(url)
