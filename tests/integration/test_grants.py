"""Coins operators give away: once, within limits, kept apart, never refunded, gone when they expire."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.ids import new_id
from plaudit.ledger.jobs import expire_lots
from plaudit.limits import GRANT_COINS_MAX, GRANT_COINS_PER_OPERATOR_DAY_MAX, GRANT_DAYS_MAX
from plaudit.people.model import Role
from tests.support.returns import Returns
from tests.support.shop import Shop, open_shop


class Giving:
    """An operator, and a buyer who gets presents."""

    def __init__(self, shop: Shop, operator: httpx2.AsyncClient, ada: Returns) -> None:
        self.shop = shop
        self.operator = operator
        self.ada = ada

    async def give(self, coins: Any, **changed: Any) -> httpx2.Response:
        body = {
            "id": str(new_id(self.shop.clock)), "person_id": str(self.ada.person_id), "coins": coins,
            "reason": "For a broken evening.",
        } | changed  # fmt: skip
        return await self.operator.post("/v1/operator/grants", json=body)

    def until(self, **span: float) -> str:
        return (self.shop.clock.now() + timedelta(**span)).isoformat()

    async def wallet(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.ada.buyer.get("/v1/wallet")).json()
        return found


@pytest.fixture
async def giving(database_url: str, tmp_path: Path) -> AsyncIterator[Giving]:
    async with open_shop(database_url, tmp_path) as shop:
        operator = await shop.desk.person("olga", Role.OPERATOR)
        yield Giving(shop, operator, await Returns.of(shop))


async def test_a_present_is_kept_apart_and_spent_first(giving: Giving) -> None:
    order = await giving.ada.buy(300)
    assert (await giving.give(20)).status_code == 201
    until = giving.until(days=3)
    made = await giving.give(20, expires_at=until)
    assert made.status_code == 201, made.text
    found = await giving.wallet()
    assert (found["coins"], found["promotional_coins"]) == (340, 40)
    assert [one["coins"] for one in found["expiring"]] == [20]
    assert [(lot["kind"], lot["unspent"]) for lot in found["lots"]["items"]] == [
        ("promotional", 20), ("promotional", 20), ("paid", 300),
    ]  # fmt: skip
    assert found["lots"]["items"][0]["expires_at"] == found["expiring"][0]["expires_at"]
    page = (await giving.ada.buyer.get("/wallet")).text
    assert "40 coins of them are a present, spent first and not refundable." in page
    assert "20 coins expire on" in page

    await giving.ada.give(50)
    found = await giving.wallet()
    assert (found["promotional_coins"], found["expiring"]) == (0, [])
    preview = (await giving.ada.buyer.get(f"/v1/orders/{order['id']}/withdrawal")).json()
    assert preview["coins"] == 290
    of_grant = await giving.ada.withdraw({"id": made.json()["id"]})
    assert of_grant.status_code == 404


async def test_a_grant_is_given_once(giving: Giving) -> None:
    body = {"id": str(new_id(giving.shop.clock))}
    first = await giving.give(70, **body)
    assert first.status_code == 201
    answers = await asyncio.gather(*(giving.give(70, **body) for _ in range(5)))
    assert [answer.json() for answer in answers] == [first.json()] * 5
    assert (await giving.wallet())["coins"] == 70
    assert (await giving.give(71, **body)).json()["code"] == "idempotency_conflict"
    bob = str(await giving.shop.desk.person_id("bob"))
    assert (await giving.give(70, **body, person_id=bob)).json()["code"] == "idempotency_conflict"
    other = await giving.shop.desk.person("otto", Role.OPERATOR)
    mine = {"person_id": str(giving.ada.person_id), "coins": 70, "reason": "For a broken evening."}
    assert (await other.post("/v1/operator/grants", json=body | mine)).status_code == 409


async def test_an_order_cannot_be_granted(giving: Giving) -> None:
    order = await giving.ada.buy(70)
    assert (await giving.give(70, id=order["id"])).json()["code"] == "idempotency_conflict"
    assert (await giving.wallet())["coins"] == 70


async def test_limits_of_a_day_hold_when_many_give_at_once(giving: Giving) -> None:
    people = [str(await giving.shop.desk.person_id(f"viewer {number}")) for number in range(11)]
    answers = await asyncio.gather(*(giving.give(GRANT_COINS_MAX, person_id=one) for one in people))
    refused = [answer.json() for answer in answers if answer.status_code != 201]
    assert len(refused) == 1
    assert (refused[0]["code"], refused[0]["limit"]) == ("grant_limit_reached", "operator")
    assert refused[0]["coins_left"] == 0
    given = (await giving.operator.get("/v1/operator/grants")).json()["items"]
    assert sum(grant["coins"] for grant in given) == GRANT_COINS_PER_OPERATOR_DAY_MAX
    other = await giving.shop.desk.person("otto", Role.OPERATOR)
    more = {"id": str(new_id(giving.shop.clock)), "person_id": given[0]["person"]["id"], "coins": 1, "reason": "More."}
    assert (await other.post("/v1/operator/grants", json=more)).json()["limit"] == "person"
    giving.shop.clock.advance(timedelta(days=1))
    giving.operator = await giving.shop.desk.person("olga", Role.OPERATOR)
    assert (await giving.give(5)).status_code == 201


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [({"person_id": "999999"}, 404, "not_found"), ({"person_id": "operator"}, 409, "grant_to_oneself"),
     ({"expires_at": "past"}, 400, "invalid_field"), ({"expires_at": "far"}, 400, "invalid_field"),
     ({"coins": 0}, 400, "invalid_field"), ({"reason": " "}, 400, "invalid_field"),
     ({"id": "6f2c2c1e-7a0b-4b0e-9a53-1c3b2a1d0e0f"}, 400, "invalid_field")],
)  # fmt: skip
async def test_what_is_not_given(giving: Giving, changed: dict[str, Any], status: int, code: str) -> None:
    known = {
        "operator": str(await giving.shop.desk.person_id("olga")),
        "past": giving.until(seconds=0),
        "far": giving.until(days=GRANT_DAYS_MAX + 1),
    }
    wanted = {"coins": 10} | {name: known.get(str(value), value) for name, value in changed.items()}
    answer = await giving.give(**wanted)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_only_operators_give(giving: Giving) -> None:
    body = {"id": str(new_id(giving.shop.clock)), "person_id": "1", "coins": 1, "reason": "Mine."}
    assert (await giving.ada.buyer.post("/v1/operator/grants", json=body)).status_code == 403
    assert (await giving.ada.buyer.get("/v1/operator/grants")).status_code == 403
    assert (await giving.ada.buyer.get("/operator/grants")).status_code == 403


async def test_what_is_not_spent_in_time_is_gone_and_said(giving: Giving) -> None:
    made = (await giving.give(30, expires_at=giving.until(hours=1))).json()
    await giving.ada.give(10)
    giving.shop.clock.advance(timedelta(hours=2))
    async with giving.shop.desk.house.database.transaction() as connection:
        assert await expire_lots(connection, giving.shop.clock) == 1
    found = await giving.wallet()
    assert (found["coins"], found["promotional_coins"], found["expiring"]) == (0, 0, [])
    listed = (await giving.operator.get("/v1/operator/grants", params={"person_id": str(giving.ada.person_id)})).json()
    assert listed["items"] == [made | {"unspent": 0, "expired": 20}]
    history = (await giving.ada.buyer.get("/v1/wallet/history")).json()["items"]
    assert [entry["coins_expired"] for entry in history if entry["kind"] == "promotion"] == [20]
    assert "20 coins expired unspent" in (await giving.ada.buyer.get("/wallet")).text


async def test_the_page_finds_people_and_shows_who_gave_what(giving: Giving) -> None:
    await giving.give(12)
    found = (await giving.operator.get("/operator/grants", params={"who": "ada"})).text
    assert f"/operator/grants?person={giving.ada.person_id}" in found
    chosen = (await giving.operator.get("/operator/grants", params={"person": giving.ada.person_id})).text
    assert "Give to ada" in chosen
    assert "For a broken evening." in chosen
    assert "Nobody is called that." in (await giving.operator.get("/operator/grants", params={"who": "zz"})).text
    paged = await giving.operator.get("/v1/operator/grants", params={"limit": 1})
    assert len(paged.json()["items"]) == 1
