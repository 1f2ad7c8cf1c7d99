"""Cards, devices and addresses that accounts share: kept as hashes, and who may be one person by them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from plaudit.db import Database
from plaudit.instruments import actions
from plaudit.instruments.limits import INSTRUMENT_DAYS, INSTRUMENTS_PER_PERSON_MAX
from plaudit.instruments.model import InstrumentKind, Source
from tests.support.linking import link
from tests.support.shop import Shop, open_shop
from tests.support.stripe import StripeWorld, open_stripe_shop

CROWD = 4


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path, instruments="device address") as opened:
        yield opened


async def near(database: Database, person_id: int, crowd: int = CROWD) -> dict[int, tuple[bool, list[str]]]:
    async with database.read() as connection:
        rows = await connection.fetch("select * from accounts_near($1, $2)", person_id, crowd)
    return {row["person_id"]: (row["is_linked"], row["kinds"]) for row in rows}


async def told(server: httpx2.AsyncClient, subject: str, kind: str, value: str) -> bool:
    answer = await server.post(f"/v1/people/{subject}/instruments", json={"kind": kind, "instrument": value})
    assert answer.status_code == 200, answer.text
    kept: bool = answer.json()["kept"]
    return kept


async def server_of(shop: Shop, *subjects: str) -> tuple[httpx2.AsyncClient, list[int]]:
    server = await shop.desk.client({"Authorization": f"Bearer {await shop.desk.server_key()}"})
    return server, [await shop.desk.person_id(subject) for subject in subjects]


async def test_accounts_with_one_device_or_address_are_near_and_not_linked(shop: Shop) -> None:
    server, (ada, bob, cleo, dora) = await server_of(shop, "ada", "bob", "cleo", "dora")
    database = shop.desk.house.database
    for subject in ("ada", "bob"):
        assert await told(server, subject, "device", "phone-17")
    assert await told(server, "ada", "address", "12, Rue de l’Église\n75002 Paris")
    assert await told(server, "cleo", "address", "12 rue de l’eglise, 75002 PARIS")
    assert await told(server, "dora", "device", "phone-18")
    assert await near(database, ada) == {bob: (False, ["device"]), cleo: (False, ["address"])}
    assert await near(database, bob) == {ada: (False, ["device"])}
    assert await near(database, dora) == {}
    await link(database, bob, dora)
    assert await near(database, ada) == {bob: (False, ["device"]), cleo: (False, ["address"])}
    assert await near(database, dora) == {bob: (True, []), ada: (False, ["device"])}


async def test_what_many_share_brings_nobody_near(shop: Shop) -> None:
    subjects = [f"guest-{number}" for number in range(CROWD)]
    server, (first, *others) = await server_of(shop, *subjects)
    for subject in subjects:
        await told(server, subject, "device", "the library’s")
    assert (await near(shop.desk.house.database, first)).keys() == set(others)
    assert await near(shop.desk.house.database, first, CROWD - 1) == {}


async def test_nothing_that_was_told_is_kept_but_a_hash(shop: Shop) -> None:
    server, (ada,) = await server_of(shop, "ada")
    for _ in range(2):
        await told(server, "ada", "device", "phone-17")
    async with shop.desk.house.database.read() as connection:
        (row,) = await connection.fetch("select * from instrument where person_id = $1", ada)
        acts = await connection.fetchval("select count(*) from act where record::text like '%TellInstrument%'")
    assert len(row["print"]) == 32
    assert b"phone-17" not in row["print"]
    assert (row["source"], row["key_id"] is not None) == ("host", True)
    assert acts == 0


async def test_kinds_that_are_not_kept_are_dropped(database_url: str, tmp_path: Path) -> None:
    async with open_shop(database_url, tmp_path) as shop:
        server, (ada, _) = await server_of(shop, "ada", "bob")
        assert not await told(server, "ada", "device", "phone-17")
        card = await server.post("/v1/people/ada/instruments", json={"kind": "card", "instrument": "4242"})
        assert card.status_code == 400
        assert await near(shop.desk.house.database, ada) == {}


async def test_old_ones_and_more_than_the_most_are_forgotten(shop: Shop) -> None:
    house, clock = shop.desk.house, shop.clock
    ada = await shop.desk.person_id("ada")
    async with house.database.transaction() as connection:
        for number in range(INSTRUMENTS_PER_PERSON_MAX + 2):
            clock.advance(timedelta(seconds=1))
            device = {"of": "1", "value": f"phone-{number}"}
            await actions.see(connection, house.settings, clock, ada, InstrumentKind.DEVICE, Source.HOST, **device)
    async with house.database.read() as connection:
        times = await connection.fetch("select last_seen_at as at from instrument order by at")
    assert len(times) == INSTRUMENTS_PER_PERSON_MAX
    assert times[-1]["at"] == clock.now()
    clock.advance(times[0]["at"] + timedelta(days=INSTRUMENT_DAYS, seconds=1) - clock.now())
    assert await actions.forget_old(house.database, clock) == 1


async def test_who_pays_with_one_card_is_near(database_url: str, world: StripeWorld) -> None:
    async with open_stripe_shop(database_url, world) as shop:
        people = {}
        for subject in ("ada", "bob"):
            buyer = await shop.desk.person(subject, locale="en-US")
            order = await shop.order(buyer)
            world.pay(order["checkout_url"])
            await shop.tell(*world.messages("checkout.session.completed"))
            assert await shop.state(buyer, order) == "paid"
            people[subject] = await shop.desk.person_id(subject)
        found = await near(shop.desk.house.database, people["ada"])
        assert found == {people["bob"]: (False, ["card"])}
