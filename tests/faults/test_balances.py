"""Balances when two movements meet at an account that neither found, and what may go below zero."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection, connect
from plaudit.ids import new_id
from plaudit.ledger.jobs import expire_lots
from tests.support.databases import owner_of
from tests.support.lots import GRANT
from tests.support.waiting import until_waiting

pytestmark = pytest.mark.sql

CREATOR, VIEWER = 7, 8
MOVE = "select move_balance(0::smallint, $1, $2, 'DIAMOND', $3, $4)"
Movement = tuple[int, bool]
"""How much, and whether it may overdraw."""


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[OwnConnection]:
    """The session of the second movement."""
    connection = await connect(owner_of(database_url))
    yield connection
    await connection.close()


@pytest.fixture
async def watcher(database_url: str) -> AsyncIterator[OwnConnection]:
    """Who sees what the others wait for."""
    connection = await connect(owner_of(database_url))
    yield connection
    await connection.close()


async def move(connection: OwnConnection, movement: Movement, kind: str = "diamonds_available") -> None:
    await connection.execute(MOVE, kind, CREATOR, *movement)


async def account(connection: OwnConnection) -> tuple[int, int]:
    """Balance and overdraft."""
    row = await connection.fetchrow("select balance, overdraft from account where owner_id = $1", CREATOR)
    assert row is not None
    return row["balance"], row["overdraft"]


@pytest.mark.audit_off
@pytest.mark.parametrize("raced", [False, True])
@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        ((30, False), (-10, False), (20, 0)),
        ((30, False), (-30, False), (0, 0)),
        ((30, False), (-31, False), None),
        ((30, False), (-50, True), (-20, 20)),
        ((-50, True), (20, False), (-30, 30)),
        ((-50, True), (1, False), (-49, 49)),
        ((-50, True), (60, False), (10, 0)),
        ((-50, True), (-10, True), (-60, 60)),
        ((-50, True), (-10, False), None),
        ((1, True), (3, True), (4, 0)),
    ],
)
async def test_two_movements_are_their_sum(
    owner_connection: OwnConnection,
    other: OwnConnection,
    watcher: OwnConnection,
    first: Movement,
    second: Movement,
    left: tuple[int, int] | None,
    raced: bool,
) -> None:
    transaction = owner_connection.transaction()
    await transaction.start()
    await move(owner_connection, first)
    if not raced:
        await transaction.commit()
    following = asyncio.create_task(move(other, second))
    if raced:
        await until_waiting(watcher, owner_connection.get_server_pid(), following)
        is_plain_debit = second[0] < 0 and not second[1]
        assert following.done() == is_plain_debit, "who may not overdraw cannot go by what is not committed"
        left = None if is_plain_debit else left
        await transaction.commit()
    if left is None:
        with pytest.raises(asyncpg.CheckViolationError, match="account_not_overdrawn"):
            await following
        assert (await account(owner_connection))[0] == first[0]
    else:
        await following
        assert await account(owner_connection) == left


@pytest.mark.audit_off
async def test_what_is_seen_from_outside_may_go_below_zero(owner_connection: OwnConnection) -> None:
    for amount in (-5, -6, 1):
        await move(owner_connection, (amount, False), "diamonds_issued")
    assert await account(owner_connection) == (-10, 0)


@pytest.mark.audit_off
@pytest.mark.parametrize("movement", [(-1, False), (-50, False)])
async def test_the_first_movement_must_not_overdraw(owner_connection: OwnConnection, movement: Movement) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="account_not_overdrawn"):
        await move(owner_connection, movement)


async def test_coins_spent_while_they_are_about_to_expire_do_not_expire(
    owner_connection: OwnConnection, other: OwnConnection, watcher: OwnConnection, clock: ManualClock
) -> None:
    """Whoever takes out expired lots waits for the wallet, and looks again when it has it."""
    ends = clock.now() + timedelta(hours=1)
    await owner_connection.execute(GRANT, VIEWER, new_id(clock), 10, clock.now(), ends)
    clock.advance(timedelta(hours=2))
    async with owner_connection.transaction():
        await owner_connection.execute(
            "select from public.charge(shard_of($1), $3, 5000,"
            " array[row($2::uuid, $1, 9, null, 10, 1, 1, 10, null, null, null, false, null, null, null)::gift_line],"
            " array[shard_of(9)], array[false])",
            VIEWER, new_id(clock), clock.now(),
        )  # fmt: skip
        expiring = asyncio.create_task(expire_lots(other, clock))
        await until_waiting(watcher, owner_connection.get_server_pid(), expiring)
    assert await expiring == 0
    assert await owner_connection.fetchval("select coins_expired from lot") == 0
