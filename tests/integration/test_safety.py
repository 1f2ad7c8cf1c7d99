"""Rules over the books: what they see, the cases they open, and the steps that hold where value moves."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from plaudit.connections import Connection, connect
from plaudit.creators.jobs import mature_due
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.payouts.jobs import send_due
from plaudit.safety import following
from plaudit.safety.facts import book_in_force, picture_of
from plaudit.safety.limits import FINDING_QUIET_DAYS, FLOW_DAYS, LOOK_AFTER_S, LOOK_COINS_MIN
from plaudit.safety.looking import look_at, look_at_due
from plaudit.safety.picture import Picture
from plaudit.safety.rulebook import StepKind, shipped
from plaudit.safety.world import NOW, World
from plaudit.selling.orders.actions import place_order
from plaudit.selling.orders.model import OrderRequest
from tests.integration.test_payouts import Studio, open_studio
from tests.support.databases import owner_of
from tests.support.earnings import give
from tests.support.linking import link
from tests.support.waiting import until_waiting

pytestmark = pytest.mark.unsold

COINS = 3_000


@pytest.fixture
async def studio(database_url: str, tmp_path: Path) -> AsyncIterator[Studio]:
    async with open_studio(database_url, tmp_path, authenticate_new_buyers=False) as opened:
        yield opened


def _database(studio: Studio) -> Database:
    return studio.shop.desk.house.database


async def _people(studio: Studio, *subjects: str) -> list[int]:
    return [await studio.shop.desk.person_id(subject) for subject in subjects]


async def _ring(studio: Studio, *people: int, coins: int = COINS) -> None:
    for giver, receiver in zip(people, [*people[1:], people[0]], strict=True):
        await give(_database(studio), receiver, coins, giver)


async def _look(studio: Studio) -> int:
    """Sum what was given, and look at whom it is about."""
    database, clock = _database(studio), studio.shop.clock
    await following.follow(database, clock)
    clock.advance(timedelta(seconds=LOOK_AFTER_S + 60))
    return await look_at_due(database, clock)


async def _rows(studio: Studio, sql: str, *arguments: Any) -> list[asyncpg.Record]:
    async with _database(studio).read() as connection:
        return await connection.fetch(sql, *arguments)


async def test_a_ring_is_found_and_said_once(studio: Studio) -> None:
    ring = await _people(studio, "ada", "bob", "cleo")
    await _ring(studio, *ring)
    assert await _look(studio) == 3
    found = await _rows(studio, "select * from safety_finding order by person_id")
    assert [(one["person_id"], one["rule"], one["version"]) for one in found] == [(id, "rings", 1) for id in ring]
    assert found[0]["sentence"] == (
        "3 people gave each other 9,000 coins in a circle within 30 days: what each gave came back."
    )
    assert {one["key"] for one in found[0]["evidence"]} == {
        f"{giver}:{receiver}" for giver, receiver in zip(ring, [*ring[1:], ring[0]], strict=True)
    }
    cases = await _rows(studio, "select * from safety_case order by person_id")
    assert [(one["person_id"], one["score"], one["opened_by"]) for one in cases] == [
        (id, 60, None) for id in sorted(ring)
    ]
    assert {one["case_id"] for one in found} == {one["id"] for one in cases}
    steps = await _rows(studio, "select person_id, kind, ends_at - began_at as lasts, finding_id from safety_step")
    assert sorted((one["person_id"], one["kind"]) for one in steps) == sorted(
        (id, kind) for id in ring for kind in ("hold_payout", "slow_maturity")
    )
    assert {one["lasts"] for one in steps} == {timedelta(days=14)}
    told = await _rows(studio, "select kind from safety_entry where case_id = $1 order by id", cases[0]["id"])
    assert [one["kind"] for one in told] == ["opened", "finding", "step", "step"]
    # More of the same: it is known. Nobody is waited for.
    await _ring(studio, *ring, coins=500)
    assert await _look(studio) == 3
    assert len(await _rows(studio, "select from safety_finding")) == 3
    assert await _rows(studio, "select from safety_due") == []
    studio.shop.clock.advance(timedelta(days=FINDING_QUIET_DAYS, seconds=1))
    await _ring(studio, *ring)
    await _look(studio)
    assert len(await _rows(studio, "select from safety_case")) == 3, "one case of somebody is open at a time"


async def test_what_is_too_little_for_a_case_waits_for_more(studio: Studio) -> None:
    ring = await _people(studio, "ada", "bob", "cleo")
    await _owner(studio, "update decision_bound set value = 61 where name = 'safety_case_score'")
    await _ring(studio, *ring)
    await _look(studio)
    found = await _rows(studio, "select case_id from safety_finding")
    assert [one["case_id"] for one in found] == [None] * 3
    assert await _rows(studio, "select from safety_case") == []
    await _owner(studio, "update decision_bound set value = 60 where name = 'safety_case_score'")
    await _owner(studio, "update decision_bound set value = 2999 where name = 'safety_ring_coins'")
    dora = (await _people(studio, "dora"))[0]
    await _ring(studio, ring[0], dora)
    await _look(studio)
    cases = await _rows(studio, "select person_id, id from safety_case")
    assert {one["person_id"] for one in cases} == {ring[0], dora}
    of_ada = [one["id"] for one in cases if one["person_id"] == ring[0]]
    assert len(await _rows(studio, "select from safety_finding where case_id = any ($1)", of_ada)) == 2


async def _owner(studio: Studio, statement: str) -> None:
    owner = await connect(owner_of(_database(studio).url))
    try:
        await owner.execute(statement)
    finally:
        await owner.close()


async def test_a_look_sees_what_changes_meanwhile(studio: Studio) -> None:
    (ada,) = await _people(studio, "ada")
    database, clock = _database(studio), studio.shop.clock
    async with database.transaction() as connection:
        await connection.execute("select look_at($1, $2, 0)", [ada, ada], clock.now())
    claimed = await _rows(studio, "update safety_due set leased_until = now(), tries = 1 returning is_changed")
    assert [one["is_changed"] for one in claimed] == [False]
    async with database.transaction() as connection:
        await connection.execute("select look_at($1, $2, 0)", [ada], clock.now())
    assert [one["is_changed"] for one in await _rows(studio, "select is_changed from safety_due")] == [True]


async def test_a_rose_makes_nobody_looked_at(studio: Studio) -> None:
    ada, bob = await _people(studio, "ada", "bob")
    await give(_database(studio), ada, LOOK_COINS_MIN - 1, bob)
    await following.follow(_database(studio), studio.shop.clock)
    assert await _rows(studio, "select from safety_due") == []
    await give(_database(studio), ada, 1, bob)
    await following.follow(_database(studio), studio.shop.clock)
    due = await _rows(studio, "select person_id from safety_due order by person_id")
    assert [one["person_id"] for one in due] == sorted([ada, bob])


async def test_old_sums_are_forgotten(studio: Studio) -> None:
    ada, bob = await _people(studio, "ada", "bob")
    await give(_database(studio), ada, COINS, bob)
    await following.follow(_database(studio), studio.shop.clock)
    studio.shop.clock.advance(timedelta(days=FLOW_DAYS - 1))
    assert await following.forget_old(_database(studio), studio.shop.clock) == 0
    studio.shop.clock.advance(timedelta(days=2))
    assert await following.forget_old(_database(studio), studio.shop.clock) == 1


# Steps


async def _step(studio: Studio, person_id: int, kind: StepKind, coins_max: int | None = None) -> UUID:
    """A step that a person took in a case they opened."""
    clock = studio.shop.clock
    olga = await studio.shop.desk.person_id("olga")
    case_id, step_id = new_id(clock), new_id(clock)
    async with _database(studio).transaction() as connection:
        await connection.execute(
            "insert into safety_case (id, person_id, opened_at, opened_by, score) values ($1, $2, $3, $4, 0)",
            *(case_id, person_id, clock.now(), olga),
        )
        await connection.execute(
            "insert into safety_entry (case_id, at, by_id, kind, text) values ($1, $2, $3, 'opened', '')",
            *(case_id, clock.now(), olga),
        )
        await connection.execute(
            "insert into safety_step (id, case_id, person_id, kind, coins_max, reason, began_at, ends_at, taken_by)"
            " values ($1, $2, $3, $4, $5, 'A look', $6, $7, $8)",
            *(step_id, case_id, person_id, kind.value, coins_max, clock.now(), clock.now() + timedelta(days=2), olga),
        )
    return step_id


async def _lift(studio: Studio, step_id: UUID) -> None:
    studio.shop.clock.advance(timedelta(seconds=1))
    lifting = "update safety_step set lifted_at = $2, lifted_by = $3, lifted_because = 'Well' where id = $1"
    async with _database(studio).transaction() as connection:
        olga = await studio.shop.desk.person_id("olga")
        await connection.execute(lifting, step_id, studio.shop.clock.now(), olga)


async def test_diamonds_mature_when_a_step_is_over(studio: Studio) -> None:
    database, clock = _database(studio), studio.shop.clock
    (twin,) = await _people(studio, "twin")
    await link(database, twin, studio.creator_id)
    step_id = await _step(studio, twin, StepKind.SLOW_MATURITY)
    await studio.earn(1_000)
    assert (await studio.balance())["available"]["diamonds"] == 0
    clock.advance(timedelta(days=1))
    assert await mature_due(database, clock) == 0
    with pytest.raises(asyncpg.CheckViolationError, match="mature later"):
        await _rows(studio, "update conversion set matured_at = $1, diamonds_matured = diamonds", clock.now())
    await _lift(studio, step_id)
    assert await mature_due(database, clock) == 1
    assert [one["diamonds_matured"] for one in await _rows(studio, "select diamonds_matured from conversion")] == [
        1_000
    ]


async def test_a_step_ends_by_itself(studio: Studio) -> None:
    await _step(studio, studio.creator_id, StepKind.SLOW_MATURITY)
    await studio.earn(1_000)
    studio.shop.clock.advance(timedelta(days=2))
    assert await mature_due(_database(studio), studio.shop.clock) == 1


async def test_a_payout_is_held_as_any_that_is_checked(studio: Studio) -> None:
    await studio.earn(10_000)
    payout_id = await studio.request(2_000)
    step_id = await _step(studio, studio.creator_id, StepKind.HOLD_PAYOUT)
    refused = await studio.operator.post(f"/v1/payouts/{payout_id}/approve")
    assert (refused.status_code, refused.json()["controls"]) == (409, ["safety_hold"])
    passing = {"control": "safety_hold", "figure": 0, "reason": "I know them."}
    passed = await studio.operator.post(f"/v1/payouts/{payout_id}/passes", json=passing)
    assert passed.status_code == 404, passed.text
    told = (await studio.payout(payout_id))["waits_for"]
    assert [one["reason"] for one in told] == ["check"]
    await _lift(studio, step_id)
    agreed = await studio.operator.post(f"/v1/payouts/{payout_id}/approve")
    assert agreed.status_code == 200
    studio.shop.clock.advance(timedelta(seconds=1))
    async with _database(studio).transaction() as connection:
        case_id = await connection.fetchval("select id from safety_case")
        await _again(connection, studio, case_id)
    assert await studio.work(send_due) == 0
    with pytest.raises(asyncpg.CheckViolationError, match="is held"):
        await _rows(studio, "update payout_send set called = true, leased_until = $1", studio.shop.clock.now())


async def _again(connection: Connection, studio: Studio, case_id: UUID) -> None:
    await connection.execute(
        "insert into safety_step (id, case_id, person_id, kind, reason, began_at, ends_at, taken_by)"
        " select $1, $2, person_id, 'hold_payout', 'Again', $3, $4, opened_by from safety_case where id = $2",
        *(new_id(studio.shop.clock), case_id, studio.shop.clock.now(), studio.shop.clock.now() + timedelta(days=1)),
    )


async def test_a_bank_asks_and_a_cap_holds_without_saying_why(studio: Studio) -> None:
    shop = studio.shop
    buyer = await shop.desk.person("vera", locale="en-GB")
    vera = await shop.desk.person_id("vera")
    step_id = await _step(studio, vera, StepKind.CAP, coins_max=500)
    await shop.order(buyer, coins=300)
    quote = await shop.quote(buyer, coins=300)
    body = {"id": studio.id(), "quote_id": quote["id"], "provider": "sandbox"}
    refused = await buyer.post("/v1/orders", json=body)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_often")
    assert refused.json()["times_per_hour"] == shop.desk.house.settings.orders_per_hour
    assert "cap" not in refused.text
    await _lift(studio, step_id)
    await shop.order(buyer, coins=300)
    paul = await shop.desk.person("paul", locale="en-GB")
    paul_id = await shop.desk.person_id("paul")
    await _step(studio, paul_id, StepKind.AUTHENTICATE)
    await shop.order(paul, coins=300)
    asked = await _rows(studio, "select distinct person_id, authenticates from recharge_order order by person_id")
    assert [tuple(one) for one in asked] == [(vera, False), (paul_id, True)]


async def test_an_order_counts_one_of_another_account_that_is_under_way_where_a_cap_holds(studio: Studio) -> None:
    shop, house = studio.shop, studio.shop.desk.house
    buyers = [await shop.desk.person(name, locale="en-GB") for name in ("vera", "vera's other")]
    vera, other = [await shop.desk.person_id(name) for name in ("vera", "vera's other")]
    await link(house.database, vera, other)
    await _step(studio, vera, StepKind.CAP, coins_max=500)
    first, second = [(await shop.quote(buyer, coins=300))["id"] for buyer in buyers]
    body = {"id": studio.id(), "quote_id": second, "provider": "sandbox"}
    async with house.database.transaction() as connection:
        asked = OrderRequest(id=new_id(shop.clock), quote_id=UUID(first), provider="sandbox")
        await place_order(connection, vera, asked, house.payment_providers, house.settings, shop.clock)
        meanwhile = asyncio.create_task(buyers[1].post("/v1/orders", json=body))
        await until_waiting(connection, connection.get_server_pid(), meanwhile)
    assert (await meanwhile).status_code == 429


async def test_what_is_done_stays_as_it_was_done(studio: Studio) -> None:
    (ada,) = await _people(studio, "ada")
    step_id = await _step(studio, ada, StepKind.AUTHENTICATE)
    lifted_by = "update safety_step set lifted_at = $2, lifted_by = $3, lifted_because = 'Mine' where id = $1"
    now = studio.shop.clock.now() + timedelta(seconds=1)
    with pytest.raises(asyncpg.CheckViolationError, match="another operator"):
        await _rows(studio, lifted_by, step_id, now, ada)
    await _lift(studio, step_id)
    with pytest.raises(asyncpg.CheckViolationError, match="lifted once"):
        await _lift(studio, step_id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _rows(studio, "update safety_entry set text = 'other'")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _rows(studio, "delete from safety_finding")
    decide = "update safety_case set outcome = $1, decided_by = $2, decided_at = $3, reason = 'Seen'"
    with pytest.raises(asyncpg.CheckViolationError):
        await _rows(studio, decide, "confirmed", ada, now)


# One picture


async def test_the_books_say_what_the_simulated_world_says(database: Database, owner_connection: Any) -> None:
    """Rules are measured in a world; what they are told of the books is told in the same words."""
    world, book = World(300, seed=4), shipped()
    person = (
        "insert into person (id, issuer_id, subject, handle, display_name, avatar, created_at)"
        " overriding system value"
        " select $1::bigint, (select min(id) from issuer), 's' || $1::bigint, 'h' || $1::bigint, 'P', '', $2"
    )
    await owner_connection.execute(
        "insert into issuer (issuer, audience, jwks, allowed_roles, created_at) values ('x', 'x', '{}', '{}', now())"
    )
    shift = 5_000
    for person_id, created_at in world.created_at.items():
        await owner_connection.execute(person, person_id + shift, created_at)
    flow = (
        "insert into safety_flow (shard, creator_id, viewer_id, day, gifts, coins)"
        " values (shard_of($1), $1, $2, $3, $4, $5)"
    )
    gifts = [(receiver + shift, giver + shift, day, *sums) for (giver, receiver, day), sums in world.gifts.items()]
    await owner_connection.executemany(flow, gifts)
    seen = (
        "insert into instrument (kind, print, person_id, source, first_seen_at, last_seen_at)"
        " values ($1, $2, $3, 'host', $4, $4)"
    )
    for number, (kind, people) in enumerate(world.prints):
        found = hashlib.sha256(str(number).encode()).digest()
        await owner_connection.executemany(seen, [(kind.value, found, one + shift, NOW) for one in people])
    cheats = set().union(*world.planted.values())
    async with database.read() as connection:
        assert await book_in_force(connection) == book
        for expected in world.pictures(book):
            if expected.person_id in cheats or expected.person_id % 10 == 0:
                told = await picture_of(connection, expected.person_id + shift, NOW, book)
                assert _facts(told, shift) == _facts(expected), expected.person_id


def _facts(picture: Picture, shift: int = 0) -> dict[str, Any]:
    def flows(told: Any) -> set[tuple[int, int, int, int]]:
        return {(one.giver_id - shift, one.receiver_id - shift, one.gifts, one.coins) for one in told}

    of_interest = {one.receiver_id - shift for one in picture.given} | {picture.person_id - shift}
    return {
        "created_at": picture.created_at,
        "given": flows(picture.given),
        "received": flows(picture.received),
        "near": flows(picture.near),
        "days": [(one.day, one.coins, one.most_to - shift, one.most_coins) for one in picture.days],
        "givers_of": {id - shift: n for id, n in picture.givers_of.items() if n},
        "income_of": {id - shift: n for id, n in picture.income_of.items() if n},
        "shared": {(one.kind, frozenset(id - shift for id in one.people)) for one in picture.shared},
        "of": of_interest,
    }


async def test_what_a_buyer_does_is_in_the_picture(studio: Studio) -> None:
    shop, clock = studio.shop, studio.shop.clock
    buyer = await shop.desk.person("vera", locale="en-GB")
    vera = await shop.desk.person_id("vera")
    order = await shop.order(buyer, coins=300)
    await shop.pay(order, "4000008260000000")
    assert (await buyer.post(f"/v1/orders/{order['id']}/refresh")).json()["state"] == "paid"
    await shop.order(buyer, coins=100)
    assert {one["person_id"] for one in await _rows(studio, "select person_id from safety_told")} == {vera}
    assert await look_at_due(_database(studio), clock) == 0, "what comes within a minute is looked at once"
    due = await _rows(studio, "select person_id from safety_due")
    assert [one["person_id"] for one in due] == [vera]
    assert await _rows(studio, "select from safety_told") == []
    async with _database(studio).transaction() as connection:
        picture = await picture_of(connection, vera, clock.now(), shipped())
        assert await look_at(connection, clock, vera) == []
    assert sorted((one.coins, one.is_declined) for one in picture.orders) == [(100, False), (300, False)]
    assert picture.reversals == ()
