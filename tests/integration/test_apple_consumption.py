"""What the App Store is told about how much of a purchase was used: the truth, with consent, in time."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder
from plaudit.limits import CONSUMPTION_ANSWER_LEASE_S, CONSUMPTION_ANSWER_PAUSE_S_MAX
from plaudit.outgoing import tls_context
from plaudit.people.model import Role
from plaudit.selling.stores.consumption import answer_due
from tests.integration.test_apple_purchases import Mall
from tests.support.apple import AppStore
from tests.support.shop import open_shop
from tests.support.waiting import WAIT_S


@pytest.fixture
async def mall(
    apple_url: str, database_url: str, tmp_path: Path, owner_connection: OwnConnection
) -> AsyncIterator[Mall]:
    async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as hand:
        store = AppStore(apple_url, hand)
        async with open_shop(database_url, tmp_path, webhooks=True, **await store.settings(tmp_path)) as shop:
            await store("settings", webhook_url=f"{shop.desk.house.settings.public_url}/v1/webhooks/apple")
            await owner_connection.fetchval("select ensure_gift_partitions($1, 2)", shop.clock.now())
            yield Mall(shop, store)


@pytest.fixture
async def ada(mall: Mall) -> httpx2.AsyncClient:
    return await mall.shop.desk.person("ada", locale="en-US")


@pytest.fixture
async def operator(mall: Mall) -> httpx2.AsyncClient:
    return await mall.shop.desk.person("olga", Role.OPERATOR)


async def give(mall: Mall, coins: int) -> None:
    """Ada gives coins away."""
    viewer, creator = [int(await mall.shop.desk.person_id(name)) for name in ("ada", "cleo")]
    gift = GiftOrder(new_id(mall.shop.clock), viewer, creator, 1, 1, 1, coins)
    assert (await mall.shop.desk.house.gift_writer.charge(gift)).outcome == "posted"


async def answer(mall: Mall, after_s: int = 0) -> int:
    house = mall.shop.desk.house
    mall.shop.clock.advance(timedelta(seconds=after_s))
    return await answer_due(house.database, house.payment_providers, mall.shop.clock)


async def asked(operator: httpx2.AsyncClient, **wanted: str) -> list[dict[str, Any]]:
    found = await operator.get("/v1/operator/consumption-requests", params=wanted)
    items: list[dict[str, Any]] = found.json()["items"]
    return items


async def test_the_store_is_told_what_was_spent(
    mall: Mall, ada: httpx2.AsyncClient, operator: httpx2.AsyncClient
) -> None:
    assert (await ada.get("/v1/me/store-consent")).json() == {"given": False, "changed_at": None}
    given = (await ada.put("/v1/me/store-consent", json={"given": True})).json()
    assert given["given"]
    mall.shop.clock.advance(timedelta(seconds=1))
    assert (await ada.put("/v1/me/store-consent", json={"given": True})).json() == given
    order, number = await mall.paid(ada)
    await give(mall, 40)
    note = await mall.note(number, "CONSUMPTION_REQUEST")
    await mall.store("send", notes=[note], copies=3)
    assert [await answer(mall), await answer(mall)] == [1, 0]
    told = (await mall.store.seen())["consumption"][number]
    assert (told["consumptionPercentage"], told["refundPreference"]) == (57_142, "GRANT_PRORATED")
    (request,) = await asked(operator)
    assert (request["state"], request["consumed_ppm"], request["order_id"]) == ("answered", 571_429, order["id"])


async def test_that_the_store_gives_nothing_back_is_noted(
    mall: Mall, ada: httpx2.AsyncClient, operator: httpx2.AsyncClient
) -> None:
    await ada.put("/v1/me/store-consent", json={"given": True})
    _, number = await mall.paid(ada)
    assert await mall.tell(number, "CONSUMPTION_REQUEST") == [200]
    assert [one["refund_declined_at"] for one in await asked(operator)] == [None]
    assert await mall.tell(number, "REFUND_DECLINED") == [200]
    await mall.settle_inbox()
    (request,) = await asked(operator)
    assert request["refund_declined_at"] is not None
    assert (await operator.get("/operator/stores/questions")).is_success
    assert await mall.shop.coins(ada) == 70


async def test_coins_taken_back_after_they_were_spent_count_as_used(mall: Mall, ada: httpx2.AsyncClient) -> None:
    await ada.put("/v1/me/store-consent", json={"given": True})
    _, number = await mall.paid(ada)
    await give(mall, 70)
    await mall.store("refund", transaction_id=number, percentage=50_000)
    assert await mall.tell(number, "REFUND") == [200]
    await mall.settle_inbox()
    await mall.tell(number, "CONSUMPTION_REQUEST")
    assert await answer(mall) == 1
    assert (await mall.store.seen())["consumption"][number]["consumptionPercentage"] == 100_000


async def test_nothing_is_told_without_consent(
    mall: Mall, ada: httpx2.AsyncClient, operator: httpx2.AsyncClient
) -> None:
    await ada.put("/v1/me/store-consent", json={"given": True})
    mall.shop.clock.advance(timedelta(seconds=1))
    await ada.put("/v1/me/store-consent", json={"given": False})
    _, number = await mall.paid(ada)
    assert await mall.tell(number, "CONSUMPTION_REQUEST") == [200]
    assert await answer(mall) == 1
    assert number not in (await mall.store.seen())["consumption"]
    (request,) = await asked(operator, state="no_consent")
    assert request["consumed_ppm"] is None


async def test_an_answer_is_tried_again_until_it_is_heard(
    mall: Mall, ada: httpx2.AsyncClient, operator: httpx2.AsyncClient
) -> None:
    await ada.put("/v1/me/store-consent", json={"given": True})
    _, number = await mall.paid(ada)
    await mall.tell(number, "CONSUMPTION_REQUEST")
    url = f"{mall.shop.desk.house.settings.public_url}/v1/webhooks/apple"
    await mall.store("settings", webhook_url=url, fail_next=2)
    assert [await answer(mall), await answer(mall)] == [1, 0]
    assert await answer(mall, CONSUMPTION_ANSWER_PAUSE_S_MAX) == 1
    await mall.store("settings", webhook_url=url, lose_answers=1)
    assert await answer(mall, CONSUMPTION_ANSWER_PAUSE_S_MAX) == 1
    assert await answer(mall, CONSUMPTION_ANSWER_PAUSE_S_MAX) == 1
    assert (await mall.store.seen())["consumption"][number]["consumptionPercentage"] == 0
    (request,) = await asked(operator)
    assert (request["state"], request["tries"]) == ("answered", 4)


async def test_a_missed_deadline_is_shown(mall: Mall, ada: httpx2.AsyncClient, operator: httpx2.AsyncClient) -> None:
    await ada.put("/v1/me/store-consent", json={"given": True})
    _, number = await mall.paid(ada)
    await mall.tell(number, "CONSUMPTION_REQUEST")
    url = f"{mall.shop.desk.house.settings.public_url}/v1/webhooks/apple"
    await mall.store("settings", webhook_url=url, fail_next=1_000)
    for _ in range(26):
        await answer(mall, CONSUMPTION_ANSWER_PAUSE_S_MAX)
    operator = await mall.shop.desk.person("olga", Role.OPERATOR)  # her token is over as well
    (request,) = await asked(operator, state="missed")
    assert request["error"] == ""
    assert request["tries"] > 20
    assert await answer(mall, CONSUMPTION_ANSWER_LEASE_S) == 0
    assert await asked(operator, state="answered") == []
