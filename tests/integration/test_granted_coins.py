"""Granted coins are given and received as any others, and never become money."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from plaudit.creators import actions as creators
from plaudit.ledger.model import GiftOrder, GiftShare
from plaudit.people.model import Role
from plaudit.selling.providers.news import ReversalState
from tests.integration.test_clawback import Stage, open_stage
from tests.support.lots import GRANT
from tests.support.returns import ROSE, Returns

ALL = {"all": True}


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(database_url, tmp_path) as opened:
        yield opened


async def test_what_an_operator_gives_away_is_cashed_out_by_nobody(stage: Stage) -> None:
    """Neither by an accomplice nor by a creator who lets them be converted, nor by whoever may post movements."""
    mallory = await Returns.of(stage.shop, "mallory")
    olga = await stage.shop.desk.person("olga", Role.OPERATOR)
    present = {"id": stage.id(), "person_id": str(mallory.person_id), "coins": 1_000, "reason": "For the launch."}
    assert (await olga.post("/v1/operator/grants", json=present)).status_code == 201
    await stage.give(mallory, 600)
    balance = await stage.balance()
    assert (balance["received_coins"], balance["gift_balance_coins"], balance["promotional_coins"]) == (600, 0, 600)
    assert "And 600 coins from presents of the platform" in await stage.page("/studio")
    for coins, code in ((ALL, "below_conversion_minimum"), ({"coins": 600}, "insufficient_gift_balance")):
        refused = await stage.creator.post("/v1/conversions", json={"id": stage.id()} | coins)
        assert refused.json()["code"] == code
    house = stage.shop.desk.house
    post = "select post(shard_of($1), gen_random_uuid(), 'conversion', $1, 0, 'COIN', 1, now())"
    async with house.database.read() as connection:
        with pytest.raises(asyncpg.CheckViolationError, match="granted coins"):
            await connection.execute(post, stage.creator_id)
    async with house.database.transaction() as connection:
        assert await creators.convertible_coins(connection, stage.shop.clock)


async def test_only_bought_coins_are_converted_and_clawed_back(stage: Stage) -> None:
    ada = await Returns.of(stage.shop, "ada")
    house = stage.shop.desk.house
    async with house.database.transaction() as connection:
        await connection.execute(GRANT, ada.person_id, UUID(stage.id()), 50, stage.shop.clock.now(), None)
    order = await ada.buy(300)
    await stage.give(ada, 20)
    await stage.give(ada, 130)
    balance = await stage.balance()
    assert (balance["gift_balance_coins"], balance["promotional_coins"]) == (100, 50)
    converted = await stage.creator.post("/v1/conversions", json={"id": stage.id()} | ALL)
    assert (converted.json()["coins"], converted.json()["diamonds"]) == (100, 100)
    await stage.dispute(ada, order, ReversalState.OPENED)
    balance = await stage.balance()
    assert (balance["gift_balance_coins"], balance["promotional_coins"], balance["pending"]["diamonds"]) == (0, 50, 0)


async def test_of_a_divided_gift_each_has_what_paid_for_their_share(stage: Stage) -> None:
    """The first share has the first coins, and the first coins are granted."""
    ada, eve = await Returns.of(stage.shop, "ada"), await Returns.of(stage.shop, "eve")
    house = stage.shop.desk.house
    async with house.database.transaction() as connection:
        await connection.execute(GRANT, ada.person_id, UUID(stage.id()), 30, stage.shop.clock.now(), None)
    await ada.buy(300)
    shares = (GiftShare(stage.creator_id, 20), GiftShare(eve.person_id, 40))
    room_id = int(stage.room_id)
    gift = GiftOrder(UUID(stage.id()), ada.person_id, stage.creator_id, room_id, ROSE, 60, 60, shares=shares)
    assert (await house.gift_writer.charge(gift)).outcome == "posted"
    async with house.database.read() as connection:
        rows = await connection.fetch("select creator_id, coins from promotional_part order by coins")
    assert [tuple(row) for row in rows] == [(eve.person_id, 10), (stage.creator_id, 20)]
