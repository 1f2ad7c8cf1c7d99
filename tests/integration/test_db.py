"""The pool: roles, transactions, constraints as problems, JSON, rows as structs."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from plaudit.clock import ManualClock
from plaudit.connections import DatabaseUnreachable, OwnConnection, connect
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.problems import IdempotencyConflict, Overdrawn, TooBusy, Unavailable
from plaudit.statements import fetch_all, fetch_one
from tests.support.databases import owner_of
from tests.support.waiting import WAIT_S

pytestmark = pytest.mark.sql


class Row(msgspec.Struct):
    id: UUID
    tags: list[str]
    body: dict[str, Any]


POST = "select post(0::smallint, $1, $2, 0, $3, $4, $5, $6)"


async def test_the_application_runs_as_its_role_and_cannot_write_the_books(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.fetchval("select current_user") == "plaudit_app"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("update wallet set coins = coins + 1")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("delete from transfer")


async def test_an_exception_rolls_back(database: Database, clock: ManualClock) -> None:
    class Stop(Exception): ...

    async def post_and_stop() -> None:
        async with database.transaction() as connection:
            await connection.execute(POST, new_id(clock), "sale", 0, "USD", 100, clock.now())
            raise Stop

    with pytest.raises(Stop):
        await post_and_stop()
    async with database.read() as connection:
        assert await connection.fetchval("select count(*) from transfer") == 0


async def test_a_broken_constraint_is_a_problem(database: Database, clock: ManualClock) -> None:
    with pytest.raises(Overdrawn):
        async with database.transaction() as connection:
            await connection.execute(
                "select post(0::smallint, $1, 'maturity', 7, 7, 'DIAMOND', 100, $2)", new_id(clock), clock.now()
            )


@pytest.mark.audit_off  # its movements are of no order
async def test_an_id_used_for_something_else_is_a_conflict(database: Database, clock: ManualClock) -> None:
    reference = new_id(clock)
    async with database.transaction() as connection:
        assert await connection.fetchval(POST, reference, "sale", 0, "USD", 100, clock.now())
    async with database.transaction() as connection:
        assert not await connection.fetchval(POST, reference, "sale", 0, "USD", 100, clock.now())
    with pytest.raises(IdempotencyConflict):
        async with database.transaction() as connection:
            await connection.execute(POST, reference, "sale", 0, "USD", 101, clock.now())


async def test_rows_become_structs(database: Database, clock: ManualClock) -> None:
    row = Row(new_id(clock), ["a", "b"], {"coins": 5, "names": ["Zoë"], "nothing": None})
    sql = "select $1::uuid as id, $2::text[] as tags, $3::jsonb as body where $4"
    async with database.read() as connection:
        assert await fetch_one(connection, sql, Row, row.id, row.tags, row.body, True) == row
        assert await fetch_all(connection, sql, Row, row.id, row.tags, row.body, True) == [row]
        assert await fetch_one(connection, sql, Row, row.id, row.tags, row.body, False) is None


@pytest.mark.audit_off  # its movements are of no order
async def test_a_snapshot_does_not_see_what_comes_after(database: Database, clock: ManualClock) -> None:
    async with database.snapshot() as snapshot:
        assert await snapshot.fetchval("select count(*) from transfer") == 0
        async with database.transaction() as connection:
            await connection.execute(POST, new_id(clock), "sale", 0, "USD", 100, clock.now())
        assert await snapshot.fetchval("select count(*) from transfer") == 0
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await snapshot.execute("create temporary table t ()")


async def test_a_transaction_that_was_left_open_does_not_reach_the_next(database_url: str) -> None:
    async with Database(database_url, connections=1) as database:
        async with database.read() as connection:
            await connection.execute("begin")
        async with database.read() as connection:
            assert not connection.is_in_transaction()


async def test_a_full_pool_says_so(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Database(database_url, connections=1) as database, database.read():
        monkeypatch.setattr("plaudit.db.DATABASE_ACQUIRE_WAIT_S", 0.05)
        with pytest.raises(TooBusy):
            async with database.read():
                pass


async def test_a_statement_has_an_end(database_url: str) -> None:
    # Long enough for the statements that prepare a connection.
    async with Database(database_url, statement_timeout_ms=1_000) as database, database.read() as connection:
        with pytest.raises(asyncpg.QueryCanceledError):
            await connection.execute(f"select pg_sleep({WAIT_S})")


async def test_a_connection_that_breaks_is_a_problem_and_the_next_one_works(
    database: Database, owner_connection: OwnConnection
) -> None:
    async def lose_the_connection() -> None:
        async with database.transaction() as connection:
            backend = await connection.fetchval("select pg_backend_pid()")
            await owner_connection.execute("select pg_terminate_backend($1)", backend)
            await connection.execute(f"select pg_sleep({WAIT_S})")

    with pytest.raises(Unavailable):
        await lose_the_connection()
    async with database.read() as connection:
        assert await connection.fetchval("select 1") == 1


async def test_no_database_is_told_in_one_line() -> None:
    with pytest.raises(DatabaseUnreachable, match="cannot be reached"):
        await Database("postgresql:///x?host=/nonexistent").open()


async def test_a_login_that_is_not_there_is_told_in_one_line(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = owner_of(database_url) + "_unknown"
    with pytest.raises(DatabaseUnreachable, match='cannot be reached: role "plaudit_unknown" does not exist'):
        await connect(unknown)
    monkeypatch.setattr("plaudit.connections.APPLICATION_ROLE", "plaudit_unknown")
    with pytest.raises(DatabaseUnreachable, match="run `plaudit migrate`"):
        await connect(unknown)


@pytest.mark.audit_off  # its movements are of no order
async def test_connections_are_shared(database: Database, clock: ManualClock) -> None:
    async def sell(number: int) -> None:
        async with database.transaction() as connection:
            moment = clock.now() + timedelta(seconds=number)
            await connection.execute(POST, new_id(clock), "sale", 0, "USD", 100, moment)

    await asyncio.gather(*(sell(number) for number in range(50)))
    async with database.read() as connection:
        assert await connection.fetchval("select sum(amount) from transfer") == 50 * 100


@pytest.mark.parametrize("way", ["transaction", "read"])
async def test_who_is_cancelled_is_cancelled(database: Database, way: str) -> None:
    """Whatever becomes of its connection: a job whose cancellation is lost goes on for ever."""
    inside = asyncio.Event()

    async def work() -> None:
        async with getattr(database, way)() as connection:
            await connection.fetchval("select 1")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    async with database.read() as connection:
        assert await connection.fetchval("select 1") == 1


async def test_types_of_every_server_are_asked_of_one_connection(database_url: str) -> None:
    asked: list[str] = []
    first, second = await connect(database_url), await connect(database_url)
    second.add_query_logger(lambda query: asked.append(query.query))
    lists = "select '{1}'::bigint[] as numbers, '{2026-03-14}'::date[] as days"
    for _ in range(2):  # the second time by the statement that is kept
        for connection in (first, second):
            assert tuple(await connection.fetchrow(lists) or ()) == ([1], [date(2026, 3, 14)])
    await asyncio.sleep(0)  # who listens is told a little later
    assert asked == [lists, lists]
    assert await second.fetchval("select array[null::gift_line]") == [None]
    await asyncio.sleep(0)
    assert len(asked) > 3, "types of ours are asked for"
    await first.close()
    await second.close()
