"""Prices, quotes, orders, receipts and the wallet, as buyers and operators see them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.http.assembly import create_app
from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder
from plaudit.limits import ORDER_VALID_MINUTES, QUOTE_KEEP_DAYS, QUOTE_VALID_MINUTES
from plaudit.people.model import Role
from plaudit.selling.orders.takers import obstacles
from tests.support.desk import Desk
from tests.support.ports import NOBODY
from tests.support.price_shelf import put_on_shelf
from tests.support.retention import let_go
from tests.support.shop import Shop, open_shop


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def ada(shop: Shop) -> httpx2.AsyncClient:
    return await shop.desk.person("ada", locale="en-GB")


async def buy(shop: Shop, buyer: httpx2.AsyncClient, **asked: object) -> dict[str, Any]:
    """A paid order."""
    order = await shop.order(buyer, **asked)
    await shop.pay(order)
    paid = await buyer.post(f"/v1/orders/{order['id']}/refresh")
    found: dict[str, Any] = paid.json()
    assert found["state"] == "paid"
    return found


async def test_prices_are_those_of_the_channels_of_this_server(shop: Shop, ada: httpx2.AsyncClient) -> None:
    guest = await shop.desk.client()
    found = (await guest.get("/v1/prices?region=US")).json()
    assert (found["region"], found["region_source"], found["version"]) == ("US", "requested", 1)
    assert {"US", "GB", "DE", "FR", "JP", "BR", "ID", "MX"} <= set(found["regions"])
    (web,) = found["channels"]
    assert (web["channel"], web["custom_amounts"]) == ("web", True)
    assert web["per_coin"] == {"numerator": 37, "denominator": 35, "currency": "USD"}
    assert web["packages"][0] == {
        "coins": 70, "price": {"amount_minor": 74, "currency": "USD"}, "saving_on_web": None,
        "best_value": False, "saving_percent": None, "offer": None,
    }  # fmt: skip
    page = (await ada.get("/recharge", headers={"accept": "text/html"})).text
    assert "Here on the web" not in page
    assert "In the Apple app" not in page
    german = (await guest.get("/v1/prices?region=DE")).json()["channels"][0]
    assert german["tax"] == {"name": "MwSt", "rate_bps": 1900, "included": True}
    for wrong in ("ZZ", "us", "DEU"):
        answer = await guest.get(f"/v1/prices?region={wrong}")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_field"), wrong


async def test_the_country_of_the_identity_decides_the_region(shop: Shop, ada: httpx2.AsyncClient) -> None:
    assert (await ada.get("/v1/prices?region=ID")).json()["region"] == "GB"
    quote = await shop.quote(ada, package_coins=70, region="ID")
    assert (quote["region"], quote["region_source"]) == ("GB", "identity")
    nobody = await shop.desk.person("nemo")
    assert (await shop.quote(nobody, package_coins=70, region="ID"))["region_source"] == "requested"
    assert (await shop.quote(nobody, package_coins=70))["region_source"] == "default"
    elsewhere = await shop.desk.person("far", locale="fr-NC")
    assert (await shop.quote(elsewhere, package_coins=70))["region"] == "US"


async def test_a_quote_is_repeated_and_never_changed(shop: Shop, ada: httpx2.AsyncClient) -> None:
    body = {"id": str(new_id(shop.clock)), "coins": 100}
    answers = await asyncio.gather(*(ada.post("/v1/quotes", json=body) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    found = answers[0].json()
    assert found["price"] == {"amount_minor": 96, "currency": "GBP"}
    assert (found["net"]["amount_minor"], found["tax"]["amount_minor"], found["tax_name"]) == (80, 16, "VAT")
    other = await ada.post("/v1/quotes", json=body | {"coins": 101})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    bob = await shop.desk.person("bob", locale="en-US")
    assert (await bob.post("/v1/quotes", json=body)).json()["price"]["currency"] == "USD"


async def test_a_quote_is_of_its_book_whoever_writes_it(shop: Shop, ada: httpx2.AsyncClient) -> None:
    """With the connection of who serves: neither fewer minor units, nor more coins, nor an earlier book."""
    quote = await shop.quote(ada, package_coins=350)
    written = "insert into quote select (jsonb_populate_record(q, $1)).* from quote q where quote_id = $2"
    asked = {"quote_id": str(new_id(shop.clock))}
    cheaper = {"price_minor": 1, "net_minor": 1, "tax_minor": 0}
    async with shop.desk.house.database.transaction() as connection:
        for changed in (cheaper, {"coins": 351}, {"currency": "JPY"}, {"created_at": "2001-01-01T00:00:00Z"}):
            with pytest.raises(asyncpg.CheckViolationError, match="less than they are listed for"):
                async with connection.transaction():
                    await connection.execute(written, asked | changed, UUID(quote["id"]))
        await connection.execute(written, asked, UUID(quote["id"]))


async def test_quotes_that_cannot_be_made_name_the_field(shop: Shop, ada: httpx2.AsyncClient) -> None:
    fresh = str(new_id(shop.clock))
    for body, field in (
        ({"id": fresh, "coins": 175_001}, "body.coins"),
        ({"id": fresh, "package_coins": 71}, "body.package_coins"),
        ({"id": fresh, "amount_minor": 100, "currency": "USD"}, "body.currency"),
        ({"id": fresh, "coins": 100, "channel": "apple"}, "body.channel"),
        ({"id": fresh, "coins": 0}, "body.coins"),
        ({"id": fresh, "coins": 1, "tip": 1}, "body.tip"),
        ({"id": "0192f0c1-2345-4abc-8def-0123456789ab", "coins": 1}, "body.id"),
        ({"coins": 1}, "body.id"),
    ):
        answer = await ada.post("/v1/quotes", json=body)
        assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text


async def test_an_order_is_paid_and_has_a_receipt(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await buy(shop, ada, coins=100)
    receipt = (await ada.get(f"/v1/receipts/{order['id']}")).json()
    assert receipt["number"].startswith("PLAUDIT-")
    assert receipt["number"].endswith("-000001")
    assert receipt["gross"] == {"amount_minor": 96, "currency": "GBP"}
    assert receipt["tax"] == {"name": "VAT", "rate_bps": 2000, "amount": {"amount_minor": 16, "currency": "GBP"}}
    assert (receipt["seller"]["name"], receipt["coins"], receipt["channel"]) == ("Plaudit Demo", 100, "web")
    async with shop.desk.house.database.read() as connection:
        moved = await connection.fetch(
            "select reason, asset, amount from journal where reference = $1 order by reason", UUID(order["id"])
        )
    assert [tuple(row) for row in moved] == [
        ("recharge", "COIN", 100), ("sale", "GBP", 96), ("sale_fee", "GBP", 3), ("sale_tax", "GBP", 16),
    ]  # fmt: skip


async def test_nothing_is_sold_while_nobody_is_named_who_sells(shop: Shop, ada: httpx2.AsyncClient) -> None:
    house = shop.desk.house
    before, quoted = await buy(shop, ada, coins=100), await shop.quote(ada)
    order = {"id": str(new_id(shop.clock)), "quote_id": quoted["id"], "provider": "sandbox"}
    for settings in (replace(house.settings, seller_name=""), replace(house.settings, seller_address=" ")):
        unnamed = replace(house, settings=settings)
        async with house.database.read() as connection:
            found = await obstacles(connection, house.payment_providers, settings, shop.clock)
            assert [one.code for one in found] == ["no_seller"]
            assert await obstacles(connection, house.payment_providers, house.settings, shop.clock) == []
        buyer = await replace(shop.desk, house=unnamed, app=create_app(unnamed)).person("ada", locale="en-GB")
        quote = await buyer.post("/v1/quotes", json={"id": str(new_id(shop.clock)), "coins": 100})
        assert (quote.status_code, quote.json()["code"]) == (503, "no_seller")
        placed = await buyer.post("/v1/orders", json=order)
        assert (placed.status_code, placed.json()["code"]) == (503, "no_seller")
        assert (await buyer.get("/v1/prices")).json()["providers"] == []
        page = (await buyer.get("/recharge", headers={"accept": "text/html"})).text
        assert "Coins cannot be bought here yet" in page
        assert "PLAUDIT_SELLER_NAME" not in page  # is for operators
        assert (await buyer.get("/v1/wallet")).json()["coins"] == 100
        receipt = (await buyer.get(f"/v1/receipts/{before['id']}")).json()
        assert receipt["seller"]["name"] == "Plaudit Demo"
    assert (await ada.post("/v1/orders", json=order)).status_code == 201


async def test_a_quote_is_ordered_once(shop: Shop, ada: httpx2.AsyncClient) -> None:
    quote = await shop.quote(ada)
    body = {"id": str(new_id(shop.clock)), "quote_id": quote["id"], "provider": "sandbox"}
    first, again = [await ada.post("/v1/orders", json=body) for _ in range(2)]
    assert (first.status_code, first.text) == (201, again.text)
    for changed, code in (
        ({"id": str(new_id(shop.clock))}, "quote_already_ordered"),
        ({"return_url": "/wallet"}, "idempotency_conflict"),
        ({"provider": "other"}, "idempotency_conflict"),
    ):
        answer = await ada.post("/v1/orders", json=body | changed)
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    both = {"quote_id": (await shop.quote(ada))["id"], "provider": "sandbox"}
    racing = [ada.post("/v1/orders", json=both | {"id": str(new_id(shop.clock))}) for _ in range(4)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*racing)) == [201, 409, 409, 409]


async def test_orders_that_cannot_be_placed(shop: Shop, ada: httpx2.AsyncClient) -> None:
    quote, fresh = await shop.quote(ada), str(new_id(shop.clock))
    bob = await shop.desk.person("bob")
    body = {"id": fresh, "quote_id": quote["id"], "provider": "sandbox"}
    for buyer, changed, status, code in (
        (bob, {}, 404, "not_found"),
        (ada, {"quote_id": fresh}, 404, "not_found"),
        (ada, {"provider": "other"}, 400, "invalid_field"),
        (ada, {"return_url": "https://evil.example/"}, 400, "invalid_field"),
    ):
        answer = await buyer.post("/v1/orders", json=body | changed)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    shop.clock.advance(timedelta(minutes=QUOTE_VALID_MINUTES))
    assert (await ada.post("/v1/orders", json=body)).json()["code"] == "quote_expired"


async def test_nobody_sees_the_orders_of_others_but_operators(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await buy(shop, ada)
    bob, olga = await shop.desk.person("bob"), await shop.desk.person("olga", Role.OPERATOR)
    guest = await shop.desk.client()
    for path, method in ((f"/v1/orders/{order['id']}", "GET"), (f"/v1/receipts/{order['id']}", "GET"),
                         (f"/v1/orders/{order['id']}/refresh", "POST")):  # fmt: skip
        answers = [await client.request(method, path) for client in (ada, olga, bob, guest)]
        assert [answer.status_code for answer in answers] == [200, 200, 404, 401]
    assert (await bob.get("/v1/orders")).json() == {"items": [], "next": None}
    assert (await bob.get("/v1/wallet")).json()["coins"] == 0
    taken = {"id": order["id"], "quote_id": (await shop.quote(bob))["id"], "provider": "sandbox"}
    assert (await bob.post("/v1/orders", json=taken)).status_code in {201, 409}  # another shard, or the same
    assert await shop.coins(ada) == 70


async def test_orders_come_in_pages(shop: Shop, ada: httpx2.AsyncClient) -> None:
    placed = []
    for _ in range(5):
        shop.clock.advance(timedelta(milliseconds=2))
        placed.append((await shop.order(ada))["id"])
    seen, cursor = [], ""
    while True:
        page = (await ada.get(f"/v1/orders?limit=2{cursor}")).json()
        seen += [order["id"] for order in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == placed[::-1]
    assert (await ada.get("/v1/orders?limit=0")).status_code == 400
    assert (await ada.get("/v1/orders?cursor=x")).status_code == 400


async def test_a_provider_that_is_down_keeps_the_order(database_url: str, tmp_path: Path) -> None:
    async with open_shop(database_url, tmp_path) as shop:
        ada = await shop.desk.person("ada")
        provider: Any = shop.desk.house.payment_providers.get("sandbox")
        real, provider._client.base_url = provider._client.base_url, NOBODY
        quote = await shop.quote(ada)
        body = {"id": str(new_id(shop.clock)), "quote_id": quote["id"], "provider": "sandbox"}
        down = await ada.post("/v1/orders", json=body)
        assert (down.status_code, down.json()["code"]) == (503, "provider_unavailable")
        assert down.headers["retry-after"] == "5"
        assert (await ada.get(f"/v1/orders/{body['id']}")).json()["state"] == "created"
        provider._client.base_url = real
        assert (await ada.post("/v1/orders", json=body)).json()["state"] == "pending"


async def test_quotes_nobody_ordered_are_forgotten(shop: Shop, ada: httpx2.AsyncClient) -> None:
    await shop.order(ada)
    await shop.quote(ada)
    database = shop.desk.house.database
    assert await let_go(database, shop.clock, "quotes") == 0
    shop.clock.advance(timedelta(days=QUOTE_KEEP_DAYS, minutes=ORDER_VALID_MINUTES))
    assert await let_go(database, shop.clock, "quotes") == 1
    assert await let_go(database, shop.clock, "quotes") == 0


async def give(shop: Shop, viewer_id: int, creator_id: int, coins: int) -> UUID:
    """A gift of so many coins."""
    order = GiftOrder(new_id(shop.clock), viewer_id, creator_id, 1, 1, 1, coins)
    assert (await shop.desk.house.gift_writer.charge(order)).outcome == "posted"
    return order.id


async def test_the_wallet_knows_what_coins_cost_and_who_paid_for_a_gift(
    shop: Shop, ada: httpx2.AsyncClient, owner_connection: OwnConnection
) -> None:
    await owner_connection.fetchval("select ensure_gift_partitions($1, 2)", shop.clock.now())
    me, creator = [int(await shop.desk.person_id(name)) for name in ("ada", "cleo")]
    first = await buy(shop, ada, coins=100)  # 96 pence
    shop.clock.advance(timedelta(seconds=1))
    second = await buy(shop, ada, package_coins=70)  # 67 pence
    shop.clock.advance(timedelta(seconds=1))
    gift = await give(shop, me, creator, 130)
    wallet = (await ada.get("/v1/wallet")).json()
    assert (wallet["coins"], wallet["spent"]) == (40, 130)
    assert wallet["paid"] == [{"amount_minor": 38, "currency": "GBP"}]  # 40 of 70 coins for 67 pence: 38.3
    assert wallet["worth"] == {"amount_minor": 38, "currency": "GBP", "basis": "paid"}
    assert wallet["per_coin"] == {"currency": "GBP", "numerator": 67, "denominator": 70, "basis": "paid"}
    assert [(lot["lot_id"], lot["unspent"], lot["coins"]) for lot in wallet["lots"]["items"]] == [
        (second["id"], 40, 70)
    ]
    trail = (await ada.get(f"/v1/wallet/gifts/{gift}/lots")).json()["items"]
    assert [(part["lot_id"], part["coins"], part["paid"]["amount_minor"]) for part in trail] == [
        (first["id"], 100, 96), (second["id"], 30, 29),
    ]  # fmt: skip
    history = (await ada.get("/v1/wallet/history")).json()
    assert [(entry["kind"], entry["id"]) for entry in history["items"]] == [
        ("gift", str(gift)), ("recharge", second["id"]), ("recharge", first["id"]),
    ]  # fmt: skip
    assert history["items"][0]["paid"] == [{"amount_minor": 125, "currency": "GBP"}]  # 96 + 28.7
    assert history["items"][0]["creator"]["id"] == str(creator)
    page = (await ada.get("/v1/wallet/history?limit=2")).json()
    rest = (await ada.get(f"/v1/wallet/history?limit=2&cursor={page['next']}")).json()
    assert (page["items"] + rest["items"], rest["next"]) == (history["items"], None)
    bob = await shop.desk.person("bob")
    assert (await bob.get(f"/v1/wallet/gifts/{gift}/lots")).status_code == 404
    assert (await bob.get("/v1/wallet/history")).json() == {"items": [], "next": None}


async def test_without_coins_of_their_own_people_see_list_prices(shop: Shop) -> None:
    guest = await (await shop.desk.client()).get("/v1/catalogue")
    assert guest.json()["per_coin"] == {"currency": "USD", "numerator": 37, "denominator": 35, "basis": "list"}
    wallet = (await (await shop.desk.person("kei", locale="ja-JP")).get("/v1/wallet")).json()
    assert wallet["per_coin"] == {"currency": "JPY", "numerator": 117, "denominator": 70, "basis": "list"}
    assert wallet["lots"] == {"items": [], "next": None}


async def test_before_there_is_a_price_book(desk: Desk) -> None:
    ada = await desk.person("ada")
    assert (await ada.get("/v1/prices")).json()["code"] == "no_prices"
    wallet = (await ada.get("/v1/wallet")).json()
    assert (wallet["coins"], wallet["worth"], wallet["per_coin"]) == (0, None, None)
    await put_on_shelf(desk.house.database.url, desk.house.clock)
    assert (await ada.get("/v1/prices")).json()["version"] == 1
