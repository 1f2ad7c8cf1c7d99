"""The database is a boundary: over the connection of who serves can be done what the application may, and no more."""

import re
from uuid import uuid4

import asyncpg
import pytest

from plaudit.boundary import TooPowerful, excess_of_login
from plaudit.connections import Connection, OwnConnection, connect
from plaudit.db import Database
from plaudit.http.house import open_house
from plaudit.settings import Settings
from tests.support.commands import plaudit
from tests.support.databases import owner_of

pytestmark = pytest.mark.sql

WAYS_OUT = ("set role none", "reset role", "set session authorization default", "reset session authorization")


async def test_set_role_none_gives_the_connection_of_who_serves_no_rights(database: Database) -> None:
    for way_out in WAYS_OUT:
        async with database.read() as connection:
            await connection.execute(way_out)
            for written in (
                "update wallet set coins = coins + 1",
                "delete from transfer",
                "update issuer set active = true",
            ):
                await refused(connection, written)


REACHED = [
    *("set role plaudit", "set session authorization plaudit", "set role pg_read_all_data"),
    *("create role mine", "alter role plaudit_app superuser", "select rolpassword from pg_authid"),
    *("select pg_read_file('/etc/passwd')", "select pg_ls_dir('.')", "select lo_import('/etc/passwd')"),
    *("copy gift to program 'cat'", "copy (select 1) to '/tmp/plaudit'", "load 'plaudit'", "create extension dblink"),
    *("create table public.mine (id int)", "create function public.mine() returns int language sql as 'select 1'"),
    "alter system set fsync = off",
]


async def test_who_serves_becomes_nobody_else_and_reaches_no_files_and_tools(database: Database) -> None:
    for statement in REACHED:
        async with database.read() as connection:
            await refused(connection, statement)


async def refused(connection: Connection, statement: str) -> None:
    with pytest.raises(
        (asyncpg.InsufficientPrivilegeError, asyncpg.FeatureNotSupportedError, asyncpg.UndefinedFileError)
    ):
        await connection.execute(statement)


async def test_every_function_that_works_as_the_owner_pins_where_it_looks(owner_connection: OwnConnection) -> None:
    rows = await owner_connection.fetch(
        "select proname, prosecdef, coalesce(array_to_string(proconfig, ','), '') as settings,"
        " has_function_privilege('public', oid, 'EXECUTE') as open from pg_proc"
        " where pronamespace = 'public'::regnamespace"
    )
    defining = [row for row in rows if row["prosecdef"]]
    assert len(defining) > 10
    unpinned = [row["proname"] for row in defining if "search_path=public, pg_temp" not in row["settings"]]
    assert (unpinned, [row["proname"] for row in rows if row["open"]]) == ([], [])


async def test_each_function_has_a_name_of_its_own(owner_connection: OwnConnection) -> None:
    """By which alone rights of it are given, taken and repaired."""
    shared = await owner_connection.fetch(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace group by proname having count(*) > 1"
    )
    assert [row["proname"] for row in shared] == []


EXCESSES = {
    "alter role {login} superuser": "is a superuser",
    "alter role {login} createrole": "may make roles or databases",
    "alter role {login} bypassrls": "may replicate, or pass by what rows allow",
    "grant {owner} to {login}": "is a member of ",
    "grant pg_read_all_data to {login}": "is a member of pg_read_all_data",
    "alter table backup owner to {login}": "owns something in this database",
    "create schema mine authorization {login}": "owns something in this database",
    "revoke plaudit_app from {login}": "is not a member of plaudit_app",
}


async def test_each_right_too_many_is_seen_and_said(database_url: str, owner_connection: OwnConnection) -> None:
    owner, login = await owner_connection.fetchval("select current_user"), f"plaudit_login_{uuid4().hex[:8]}"
    url = re.sub(r"(?<=[?&]user=)[^&]*", login, database_url)
    for given, said in EXCESSES.items():
        await owner_connection.execute(f"create role {login} login in role plaudit_app")
        try:
            assert await excess_of(url) == ""
            await owner_connection.execute(given.format(login=login, owner=owner))
            excess = await excess_of(url)
            assert f"lets us in as {login}, who {said}" in excess
            assert "\n" not in excess
        finally:
            await owner_connection.execute(
                f"reassign owned by {login} to current_user; drop owned by {login}; drop role {login}"
            )


async def test_a_login_that_sets_itself_another_place_to_look_stops_no_server(
    database_url: str, owner_connection: OwnConnection
) -> None:
    """PostgreSQL lets each login say so of connections to come."""
    login = f"plaudit_login_{uuid4().hex[:8]}"
    await owner_connection.execute(f"create role {login} login in role plaudit_app")
    try:
        url = re.sub(r"(?<=[?&]user=)[^&]*", login, database_url)
        for changed in ("search_path = 'nowhere'", "default_transaction_isolation = serializable"):
            connection = await connect(url)
            await connection.execute(f"alter role {login} set {changed}")
            await connection.close()
        connection = await connect(url)
        assert await connection.fetchval("select count(*) from wallet") == 0
        assert await connection.fetchval("show transaction_isolation") == "read committed"
        await connection.close()
    finally:
        await owner_connection.execute(f"drop role {login}")


async def excess_of(url: str) -> str:
    connection = await connect(url)
    try:
        return await excess_of_login(connection)
    finally:
        await connection.close()


async def test_the_owner_of_the_tables_does_nothing_for_the_application(database_url: str) -> None:
    assert await excess_of(database_url) == ""
    refusal = "who is a superuser: let DATABASE_URL name plaudit_app"
    with pytest.raises(TooPowerful, match=refusal):
        async with open_house(Settings(), owner_of(database_url)):
            pass
    said = plaudit(owner_of(database_url), "prices", "list")
    assert (said.status, said.stderr.count("\n"), refusal in said.stderr) == (1, 1, True)


async def test_the_application_does_nothing_for_the_owner(database_url: str) -> None:
    said = plaudit(database_url, "migrate", PLAUDIT_OWNER_DATABASE_URL=database_url)
    assert (said.status, said.stderr.count("\n")) == (1, 1)
    assert "set PLAUDIT_OWNER_DATABASE_URL to the login that does" in said.stderr
    said = plaudit(database_url, "token", "ada", PLAUDIT_OWNER_DATABASE_URL="")
    assert (said.status, said.stderr.count("\n")) == (1, 1)
    assert "set PLAUDIT_OWNER_DATABASE_URL to the login that owns the tables" in said.stderr


WHOLE_ROWS = """
    accounting_position allowance_taken catalogue creator_setting event_combo event_log item item_version payout_send
    person_email room room_viewers sign_in_code stream webhook_delivery
"""
"""Tables of which the application may change every column: what is in them says how something stands, and names nobody
anew. Of all others it is granted columns."""

FIXED = """
    person.issuer_id person.subject session.person_id session.secret_sha256 role_grant.person_id role_grant.role
    overlay_token.hash stream_key.hash api_key.secret_sha256 issuer.issuer issuer.jwks_uri payout_method.creator_id
    payout.creator_id payout.net_minor receipt.order_id recharge_order.quote_id transfer.amount wallet.coins lot.coins
    payout_rate.version vault_key.purpose coin_grant.coins
"""


async def test_the_application_changes_only_what_it_has_to(owner_connection: OwnConnection) -> None:
    whole = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    whole += " and not relispartition and has_table_privilege('plaudit_app', oid, 'UPDATE') order by 1"
    assert [row["relname"] for row in await owner_connection.fetch(whole)] == WHOLE_ROWS.split()
    for name in FIXED.split():
        table, _, column = name.partition(".")
        may = "select has_column_privilege('plaudit_app', $1, $2, 'UPDATE')"
        assert not await owner_connection.fetchval(may, table, column), name
