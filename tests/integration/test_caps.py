"""Caps on the money of one person: parallel orders, linked accounts, other currencies, what comes after the fact."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.limits import ORDER_POLL_PAUSE_S_MAX, ORDER_VALID_MINUTES
from plaudit.people.model import Role
from plaudit.selling.orders.jobs import poll_orders
from tests.integration.test_third_store import DESCRIBED, SECRET
from tests.support.corner_store import Purchase
from tests.support.packages import install
from tests.support.shop import Shop, open_shop
from tests.support.waiting import until_waiting

CAP_MINOR = 2_000
DAY = timedelta(days=1)
pytestmark = pytest.mark.unsold


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shop]:
    """Where somebody in the United States may pay 20 dollars in 24 hours."""
    install(tmp_path / "packages", monkeypatch, "tests.support.corner_store:CORNER_STORE")
    capped = {"funded_per_day_max": "US=20USD", "orders_per_hour": 100}
    corner = {"corner_app": DESCRIBED["PLAUDIT_CORNER_APP"], "corner_secret": SECRET}
    more: dict[str, Any] = capped | corner
    async with open_shop(database_url, tmp_path, **more) as opened:
        yield opened


async def ordered(shop: Shop, buyer: httpx2.AsyncClient, **wanted: object) -> httpx2.Response:
    quote = await shop.quote(buyer, **wanted)
    body = {"id": str(new_id(shop.clock)), "quote_id": quote["id"], "provider": "sandbox"}
    return await buyer.post("/v1/orders", json=body)


async def asked(shop: Shop, buyer: httpx2.AsyncClient, coins: int) -> httpx2.Response:
    body = {"id": str(new_id(shop.clock)), "coins": coins, "channel": "web"}
    return await buyer.post("/v1/quotes", json=body)


async def link(connection: OwnConnection, *people: int) -> None:
    await connection.execute(
        "insert into person_link (id, person_id, other_id, note, linked_by, linked_at)"
        " values (gen_random_uuid(), $1, $2, 'one household', 1, '2026-01-01Z')",
        *sorted(people),
    )


async def test_of_orders_at_once_of_all_accounts_those_pass_that_fit(
    shop: Shop, owner_connection: OwnConnection
) -> None:
    """Ten orders of two accounts of one person: as many pass as 20 dollars pay, and there is room again a day later."""
    ada, ben = [await shop.desk.person(name, country="US") for name in ("ada", "ben")]
    await link(owner_connection, await shop.desk.person_id("ada"), await shop.desk.person_id("ben"))
    price = (await asked(shop, ada, 500)).json()["price"]
    assert price["currency"] == "USD"
    fit = CAP_MINOR // price["amount_minor"]
    assert 1 < fit < 8, "the test would say nothing else"
    answers = await asyncio.gather(*(ordered(shop, one, coins=500) for one in (ada, ben) * 5), return_exceptions=True)
    placed = [one.json() for one in answers if isinstance(one, httpx2.Response) and one.status_code == 201]
    assert len(placed) == fit
    await asyncio.gather(*(shop.pay(one) for one in placed))
    paid_at = []
    for one in placed:
        shop.clock.advance(timedelta(minutes=1))
        paid_at.append(shop.clock.now())
        paid = [await who.post(f"/v1/orders/{one['id']}/refresh") for who in (ada, ben)]
        assert {"paid"} == {answer.json()["state"] for answer in paid if answer.status_code == 200}
    refused = await asked(shop, ada, 500)
    told = refused.json()
    assert (refused.status_code, told["code"], told["rule"]) == (409, "cap_reached", "US.buy.funded_day")
    assert told["left"] == {"amount_minor": CAP_MINOR - fit * price["amount_minor"], "currency": "USD"}
    assert "$20" in told["detail"]
    assert (await asked(shop, ada, 100_000)).json()["fits_at"] is None, "more than the cap never fits"
    twice = (await asked(shop, ada, 1_000)).json()
    fits_at, both_fit_at = [datetime.fromisoformat(one["fits_at"]) for one in (told, twice)]
    assert [fits_at, both_fit_at] == [one + DAY for one in paid_at[:2]], "as what was paid first leaves the day"
    shop.clock.advance(fits_at - shop.clock.now() - timedelta(milliseconds=1))
    ben = await shop.desk.person("ben", country="US")
    assert (await asked(shop, ben, 500)).json()["code"] == "cap_reached"
    shop.clock.advance(timedelta(milliseconds=1))
    assert (await asked(shop, ben, 500)).status_code == 201
    assert (await asked(shop, await shop.desk.person("cleo", country="US"), 500)).status_code == 201


async def test_money_of_another_currency_counts_by_the_rates(shop: Shop, owner_connection: OwnConnection) -> None:
    """A payment of 6 dollars and a cap in euro, held against the rate of the price book."""
    ada = await shop.desk.person("ada", country="US")
    order = (await ordered(shop, ada, coins=500)).json()
    rate = await owner_connection.fetchval("select rates ->> 'EUR' from price_book order by version desc limit 1")
    left = 10_000 - order["price"]["amount_minor"] * Fraction(rate)
    passed = "select left_minor, fits_at from caps_passed($1, null, $2, $3, $4, $5, false, '{EUR}', '{10000}', '{24}')"
    person_id, book = await shop.desk.person_id("ada"), (await ada.get("/v1/prices")).json()["version"]
    now = shop.clock.now()
    (row,) = await owner_connection.fetch(passed, person_id, "EUR", int(left) + 1, now, book)
    assert row["left_minor"] == int(left)
    assert row["fits_at"] == now + DAY, "it may yet be paid"
    assert await owner_connection.fetch(passed, person_id, "EUR", int(left), now, book) == []
    cents = int(left / Fraction(rate))
    assert await owner_connection.fetch(passed, person_id, "USD", cents, now, book) == []
    assert await owner_connection.fetch(passed, person_id, "USD", cents + 1, now, book) != []
    assert await owner_connection.fetch(passed, person_id, "XAU", 1, now, book) != [], "nobody knows what it is worth"


async def bought(shop: Shop, buyer: httpx2.AsyncClient) -> tuple[dict[str, Any], Purchase]:
    """An order of 70 coins in the store, and what it says of it."""
    quote = await shop.quote(buyer, package_coins=70, channel="corner")
    body = {"id": quote["id"], "quote_id": quote["id"], "provider": "corner"}
    order = (await buyer.post("/v1/orders", json=body)).json()
    purchase = Purchase(
        id=f"corner-{order['id']}",
        order_id=order["store"]["account_token"],
        product_id=order["store"]["product_id"],
        amount_minor=order["price"]["amount_minor"],
        currency=order["price"]["currency"],
        paid_at=shop.clock.now(),
    )
    return order, purchase


async def test_what_a_store_sold_after_all_is_there_counts_and_is_shown(shop: Shop) -> None:
    """Ordered in the app, given up, twenty dollars paid on the web, and then the app brings its purchase."""
    ada, olga = await shop.desk.person("ada", country="US"), await shop.desk.person("olga", Role.OPERATOR)
    order, purchase = await bought(shop, ada)
    shop.clock.advance(timedelta(minutes=ORDER_VALID_MINUTES, seconds=ORDER_POLL_PAUSE_S_MAX + 1))
    house = shop.desk.house
    await poll_orders(house.database, house.payment_providers, house.settings, shop.clock)
    for _ in range(4):
        placed = (await ordered(shop, ada, amount_minor=CAP_MINOR // 4, currency="USD")).json()
        await shop.pay(placed)
        assert (await ada.post(f"/v1/orders/{placed['id']}/refresh")).json()["state"] == "paid"
    coins = await shop.coins(ada)
    for _ in range(2):
        paid = await ada.post(f"/v1/orders/{order['id']}/purchase", json={"proof": purchase.signed(SECRET)})
        assert paid.json()["state"] == "paid", paid.text
    assert await shop.coins(ada) == coins + 70
    problems = (await olga.get("/v1/operator/payment-problems?kind=cap_passed")).json()["items"]
    assert [(one["order_id"], one["credited"], one["detail"]) for one in problems] == [
        (order["id"], True, "US.buy.funded_day: 20.00 USD")
    ]
    assert (await asked(shop, ada, 70)).json()["left"]["amount_minor"] == 0, "it counts"


async def test_what_a_store_sold_waits_for_no_other_account(shop: Shop, owner_connection: OwnConnection) -> None:
    """Another account of the buyer orders meanwhile: it has its own wallet, and wants the buyer's next."""
    people = [await shop.desk.person(name, country="US") for name in ("ada", "ben")]
    ada, ben = [await shop.desk.person_id(name) for name in ("ada", "ben")]
    await link(owner_connection, ada, ben)
    locked = "select from wallet where viewer_id = $1 for no key update nowait"
    order, purchase = await bought(shop, people[1])
    async with owner_connection.transaction():
        await owner_connection.execute("select lock_wallets(array[$1::bigint])", ada)
        proof = {"proof": purchase.signed(SECRET)}
        paying = asyncio.create_task(people[1].post(f"/v1/orders/{order['id']}/purchase", json=proof))
        await until_waiting(owner_connection, owner_connection.get_server_pid(), paying)
        await owner_connection.execute(locked, ben)
    assert (await paying).json()["state"] == "paid"


async def test_the_caps_of_where_a_card_is_from_hold_of_what_it_pays(shop: Shop) -> None:
    """Somebody in Britain pays two orders with an American card, which are too much together: one is let go."""
    ada = await shop.desk.person("ada", country="GB")
    states = []
    for placed in [(await ordered(shop, ada, coins=coins)).json() for coins in (800, 800)]:
        await shop.pay(placed)
        states.append((await ada.post(f"/v1/orders/{placed['id']}/refresh")).json())
    assert [one["state"] for one in states] == ["refused", "paid"], "the other one may yet be paid"
    assert states[0]["refusal"]["reasons"] == ["cap_reached"]
