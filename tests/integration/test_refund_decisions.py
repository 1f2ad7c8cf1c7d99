"""What one operator gives back alone, and what takes two: by order and by day, and as it was seen."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.people.model import Role
from plaudit.selling.reversals.sending import send_due
from tests.integration.test_price_decisions import confirm
from tests.support.returns import Returns
from tests.support.shop import open_shop


@pytest.fixture
async def ada(database_url: str, tmp_path: Path, owner_connection: OwnConnection) -> AsyncIterator[Returns]:
    """A buyer of coins at 1.2 cents, where one operator alone gives back a dollar of an order, and 1.50 in a day."""
    async with open_shop(database_url, tmp_path, one_operator=False) as shop:
        bound = "update decision_bound set value = $2 where name = $1"
        await owner_connection.execute(bound, "refund_alone_us_cents", 100)
        await owner_connection.execute(bound, "refund_alone_day_us_cents", 150)
        yield await Returns.of(shop)


@pytest.fixture
async def olga(ada: Returns) -> httpx2.AsyncClient:
    return await ada.shop.desk.person("olga", Role.OPERATOR)


@pytest.fixture
async def oskar(ada: Returns) -> httpx2.AsyncClient:
    return await ada.shop.desk.person("oskar", Role.OPERATOR)


async def send(ada: Returns) -> None:
    house = ada.shop.desk.house
    await send_due(house.database, house.payment_providers, house.settings, house.clock)


async def states(ada: Returns, order: dict[str, Any]) -> list[tuple[int, str]]:
    """Of all that went back of an order; their ids of one millisecond are in no order."""
    return sorted((one["coins"], one["state"]) for one in await ada.reversals(order))


async def test_parts_of_an_order_add_up_to_what_takes_two(
    ada: Returns, olga: httpx2.AsyncClient, oskar: httpx2.AsyncClient
) -> None:
    order = await ada.buy(100)
    assert (await ada.refund(olga, order, coins=40)).status_code == 201
    body = {"id": str(new_id(ada.shop.clock)), "coins": 60, "reason": "Sent by a child."}
    path = f"/v1/operator/orders/{order['id']}/refunds"
    proposed, again = [await oskar.post(path, json=body) for _ in range(2)]
    assert (proposed.status_code, again.json()) == (202, proposed.json())
    decision = proposed.json()
    assert (decision["id"], decision["beneficiary"]["id"]) == (body["id"], str(ada.person_id))
    figures = {one["label"]: (one["before"], one["after"]) for one in decision["changes"]}
    assert figures["To be given back"] == (None, "£0.58")
    assert figures["Gone back of the order in all"] == ("£0.38", "£0.96")
    assert (await oskar.post(path, json=body | {"coins": 59})).json()["code"] == "idempotency_conflict"
    assert "A refund waits for another operator" in (await olga.get(f"/operator/orders/{order['id']}")).text
    assert await states(ada, order) == [(40, "done")]
    mole = await ada.shop.desk.person("ada", Role.OPERATOR)
    assert (await confirm(mole, decision)).json()["code"] == "own_benefit"
    assert (await confirm(oskar, decision)).json()["code"] == "second_person_needed"
    assert (await confirm(olga, decision)).json()["state"] == "confirmed"
    await send(ada)
    assert await states(ada, order) == [(40, "done"), (60, "done")]
    given = await oskar.post(path, json=body)
    assert (given.status_code, given.json()["coins"]) == (201, 60)
    assert await ada.coins() == 0


async def test_a_day_of_one_operator_adds_up(ada: Returns, olga: httpx2.AsyncClient, oskar: httpx2.AsyncClient) -> None:
    first, second = await ada.buy(100), await ada.buy(100)
    assert (await ada.refund(olga, first, coins=70)).status_code == 201
    assert (await ada.refund(olga, second, coins=70)).status_code == 202
    assert (await ada.refund(oskar, await ada.buy(100), coins=70)).status_code == 201, "the other's day is another"


async def test_a_refund_is_outdated_once_more_went_back(
    ada: Returns, olga: httpx2.AsyncClient, oskar: httpx2.AsyncClient
) -> None:
    order = await ada.buy(100)
    proposed = await ada.refund(olga, order, coins=90)
    assert proposed.status_code == 202
    assert (await ada.withdraw(order, coins=5)).status_code == 201
    late = await confirm(oskar, proposed.json())
    assert (late.status_code, late.json()["code"]) == (409, "decision_outdated")
    assert await states(ada, order) == [(5, "done")]


async def test_the_database_keeps_no_large_refund_without_its_decision(
    ada: Returns, olga: httpx2.AsyncClient, oskar: httpx2.AsyncClient
) -> None:
    order = await ada.buy(100)
    proposed = await ada.refund(oskar, order, coins=90)
    assert (await ada.refund(olga, order, coins=10)).status_code == 201
    again = "insert into reversal select (jsonb_populate_record(r, $1)).* from reversal r"
    found = []
    async with ada.shop.desk.house.database.read() as connection:
        for more in (
            {"amount_minor": 86, "net_minor": 86, "tax_minor": 0},
            {"decision_id": proposed.json()["id"]},
        ):
            with pytest.raises(asyncpg.CheckViolationError) as refused:
                await connection.execute(again, {"reversal_id": str(new_id(ada.shop.clock)), **more})
            found.append(refused.value.constraint_name)
    assert found == ["refund_is_decided", "reversal_is_decided"]
