"""Coins bought in the App Store, from the quote to the wallet, with everything that can go wrong on the way."""

import asyncio
import itertools
import random
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.limits import HELD_PAUSE_S_MAX, INBOX_PAUSE_S_MAX, ORDER_POLL_PAUSE_S_MAX, ORDER_VALID_MINUTES
from plaudit.outgoing import tls_context
from plaudit.people.model import Role
from plaudit.schema import audit
from plaudit.selling.inbox.actions import apply_due
from plaudit.selling.orders import jobs
from plaudit.selling.orders.finishing import finish_due
from plaudit.selling.stores import held
from tests.support.apple import AppStore
from tests.support.linking import link
from tests.support.shop import Shop, open_shop
from tests.support.waiting import WAIT_S


@dataclass
class Mall:
    """A server that sells in the App Store, and the store."""

    shop: Shop
    store: AppStore

    async def order(self, buyer: httpx2.AsyncClient, coins: int = 70) -> dict[str, Any]:
        """What the app does before it buys."""
        quote = await self.shop.quote(buyer, package_coins=coins, channel="apple")
        body = {"id": str(new_id(self.shop.clock)), "quote_id": quote["id"], "provider": "apple"}
        answer = await buyer.post("/v1/orders", json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        assert (found["state"], found["checkout_url"]) == ("pending", None)
        return found

    async def buy(self, order: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
        """What the buyer does in the app."""
        asked = {} if order is None else {
            "appAccountToken": order["store"]["account_token"], "productId": order["store"]["product_id"],
        }  # fmt: skip
        bought: dict[str, Any] = await self.store("buy", **(asked | changed))
        return bought

    async def bring(
        self, buyer: httpx2.AsyncClient, bought: dict[str, Any], order: dict[str, Any] | None = None
    ) -> httpx2.Response:
        """What the app does with the proof."""
        path = f"/v1/orders/{order['id']}/purchase" if order else "/v1/store-purchases/apple"
        self.shop.clock.advance(timedelta(seconds=1))
        return await buyer.post(path, json={"proof": bought["signed"]})

    async def paid(self, buyer: httpx2.AsyncClient, **changed: Any) -> tuple[dict[str, Any], str]:
        """A paid order and its transaction."""
        order = await self.order(buyer)
        bought = await self.buy(order, **changed)
        answer = await self.bring(buyer, bought, order)
        assert (answer.status_code, answer.json()["state"]) == (200, "paid"), answer.text
        return answer.json(), bought["transaction"]["transactionId"]

    async def note(self, number: str, kind: str, **told: Any) -> dict[str, Any]:
        note: dict[str, Any] = await self.store("note", transaction_id=number, kind=kind, **told)
        return note

    async def tell(self, number: str, kind: str, **told: Any) -> list[int]:
        """A notification, sent at once; the statuses it was answered with."""
        statuses: list[list[int]] = await self.store("send", notes=[await self.note(number, kind, **told)])
        return statuses[0]

    async def settle_inbox(self) -> None:
        """Apply what waits, until nothing does any more."""
        house = self.shop.desk.house
        for _ in range(10):
            self.shop.clock.advance(timedelta(seconds=INBOX_PAUSE_S_MAX))
            if not await apply_due(house.database, house.payment_providers, house.settings, self.shop.clock):
                return

    async def held(self, operator: httpx2.AsyncClient) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await operator.get("/v1/operator/store-purchases")).json()["items"]
        return found


@pytest.fixture
async def mall(apple_url: str, database_url: str, tmp_path: Path) -> AsyncIterator[Mall]:
    async with httpx2.AsyncClient(verify=tls_context(), timeout=WAIT_S) as hand:
        store = AppStore(apple_url, hand)
        settings = await store.settings(tmp_path)
        async with open_shop(database_url, tmp_path, webhooks=True, **settings) as shop:
            await store("settings", webhook_url=f"{shop.desk.house.settings.public_url}/v1/webhooks/apple")
            yield Mall(shop, store)


@pytest.fixture
async def ada(mall: Mall) -> httpx2.AsyncClient:
    return await mall.shop.desk.person("ada", locale="en-US")


@pytest.fixture
async def bob(mall: Mall) -> httpx2.AsyncClient:
    return await mall.shop.desk.person("bob", locale="en-US")


@pytest.fixture
async def operator(mall: Mall) -> httpx2.AsyncClient:
    return await mall.shop.desk.person("olga", Role.OPERATOR)


async def test_a_purchase_gives_coins_once(mall: Mall, ada: httpx2.AsyncClient) -> None:
    order = await mall.order(ada)
    assert order["store"] == {"product_id": "coins.70", "account_token": order["id"]}
    bought = await mall.buy(order)
    answers = [
        await mall.bring(ada, bought, order),
        await mall.bring(ada, bought, order),
        await mall.bring(ada, bought),
    ]
    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, "paid")] * 3
    assert await mall.tell(bought["transaction"]["transactionId"], "ONE_TIME_CHARGE") == [200]
    assert await mall.shop.coins(ada) == 70
    receipt = (await ada.get(f"/v1/receipts/{order['id']}")).json()
    assert (receipt["gross"], receipt["provider"]) == ({"amount_minor": 99, "currency": "USD"}, "apple")


async def test_the_store_is_told_that_the_coins_were_given(mall: Mall, ada: httpx2.AsyncClient) -> None:
    _, number = await mall.paid(ada)
    assert number not in (await mall.store.seen())["finished"]
    house = mall.shop.desk.house
    assert await finish_due(house.database, house.payment_providers, mall.shop.clock) == 1
    assert number in (await mall.store.seen())["finished"]


async def test_the_store_may_tell_before_the_app_does(mall: Mall, ada: httpx2.AsyncClient) -> None:
    order = await mall.order(ada)
    bought = await mall.buy(order)
    note = await mall.note(bought["transaction"]["transactionId"], "ONE_TIME_CHARGE")
    statuses = await mall.store("send", notes=[note], copies=5, at_once=True)
    assert {status for one in statuses for status in one} == {200}
    assert await mall.shop.coins(ada) == 70
    assert (await mall.bring(ada, bought, order)).json()["state"] == "paid"
    assert await mall.shop.coins(ada) == 70


async def test_three_of_a_product_are_three_times_the_coins(mall: Mall, ada: httpx2.AsyncClient) -> None:
    order, _ = await mall.paid(ada, quantity=3)
    assert (order["coins"], order["price"]) == (210, {"amount_minor": 297, "currency": "USD"})
    assert await mall.shop.coins(ada) == 210
    receipt = (await ada.get(f"/v1/receipts/{order['id']}")).json()
    assert (receipt["coins"], receipt["gross"]["amount_minor"]) == (210, 297)


async def test_what_another_store_front_charged_is_kept_as_paid(mall: Mall, ada: httpx2.AsyncClient) -> None:
    order, _ = await mall.paid(ada, price=149_000, currency="JPY", storefront="JPN")
    receipt = (await ada.get(f"/v1/receipts/{order['id']}")).json()
    assert (receipt["coins"], receipt["gross"]) == (70, {"amount_minor": 149, "currency": "JPY"})


async def test_a_parent_who_agrees_days_later_still_buys(mall: Mall, ada: httpx2.AsyncClient) -> None:
    order = await mall.order(ada)
    mall.shop.clock.advance(timedelta(minutes=ORDER_VALID_MINUTES, seconds=ORDER_POLL_PAUSE_S_MAX))
    house = mall.shop.desk.house
    await jobs.poll_orders(house.database, house.payment_providers, house.settings, mall.shop.clock)
    assert (await ada.get(f"/v1/orders/{order['id']}")).json()["state"] == "expired"
    assert (await mall.bring(ada, await mall.buy(order))).json()["state"] == "paid"
    assert await mall.shop.coins(ada) == 70


async def test_what_was_paid_in_the_app_counts_in_the_limits_of_that_day_and_of_linked_accounts(
    mall: Mall, ada: httpx2.AsyncClient, owner_connection: OwnConnection
) -> None:
    """An order of the day before is paid in yens, which no limit can stop any more. What comes next is stopped."""
    clock = mall.shop.clock
    limit = {"id": str(new_id(clock)), "amount_minor": 150, "currency": "USD", "time_zone": "UTC"}
    assert (await ada.put("/v1/me/limits/day", json=limit)).status_code == 200
    order = await mall.order(ada)
    clock.advance(timedelta(days=1))
    ada, bob = [await mall.shop.desk.person(name, locale="en-US") for name in ("ada", "bob")]
    assert (await mall.bring(ada, await mall.buy(order, price=149_000, currency="JPY", storefront="JPN"))).json()[
        "state"
    ] == "paid"
    worth = (await ada.get("/v1/wallet")).json()["per_coin"]
    left = (150 * worth["denominator"] - 70 * worth["numerator"]) // worth["denominator"]
    ids = [int((await one.get("/v1/me")).json()["id"]) for one in (ada, bob)]
    await owner_connection.execute(
        "insert into person_link (id, person_id, other_id, note, linked_by, linked_at)"
        " values (gen_random_uuid(), $1, $2, 'one', $1, $3)",
        *ids, clock.now(),
    )  # fmt: skip
    asked = {"package_coins": 70, "channel": "apple"}
    for one in (ada, bob):
        told = (await one.post("/v1/quotes", json=asked | {"id": str(new_id(clock))})).json()
        assert (told["brake"], told["room"]["currency"]) == ("day", "USD")
        assert told["room"]["amount_minor"] in {left - 1, left}  # a coin is worth whole millionths
    clock.advance(timedelta(days=1))
    assert (await mall.order(await mall.shop.desk.person("bob", locale="en-US")))["state"] == "pending"


async def test_what_is_not_valid_gives_nothing(
    mall: Mall, ada: httpx2.AsyncClient, operator: httpx2.AsyncClient
) -> None:
    order = await mall.order(ada)
    revoked = await mall.buy(order)
    await mall.store("refund", transaction_id=revoked["transaction"]["transactionId"])
    proofs = [
        await mall.buy(order, forge="attacker_key"), await mall.buy(order, environment="Sandbox"),
        await mall.buy(order, revocationDate=1), {"signed": "nonsense"}, {"signed": "a.b.c"},
    ]  # fmt: skip
    for bought in proofs:
        answer = await mall.bring(ada, bought, order)
        assert (answer.status_code, answer.json()["code"]) == (422, "purchase_not_valid"), answer.text
    forged = await mall.note(revoked["transaction"]["transactionId"], "ONE_TIME_CHARGE", forge="other_root")
    statuses = await mall.store("send", notes=[forged])
    assert set(statuses[0]) == {401}
    assert (await ada.get(f"/v1/orders/{order['id']}")).json()["state"] == "pending"
    assert (await mall.shop.coins(ada), await mall.held(operator)) == (0, [])


async def test_questions_that_make_no_sense(mall: Mall, ada: httpx2.AsyncClient, bob: httpx2.AsyncClient) -> None:
    order, web = await mall.order(ada), await mall.shop.order(ada)
    bought = await mall.buy(order)
    for buyer, path, body, status, code in (
        (bob, f"/v1/orders/{order['id']}/purchase", {"proof": bought["signed"]}, 404, "not_found"),
        (ada, f"/v1/orders/{web['id']}/purchase", {"proof": bought["signed"]}, 409, "order_does_not_fit"),
        (ada, "/v1/store-purchases/sandbox", {"proof": bought["signed"]}, 404, "not_found"),
        (ada, "/v1/store-purchases/elsewhere", {"proof": bought["signed"]}, 404, "not_found"),
        (ada, "/v1/store-purchases/apple", {}, 400, "invalid_field"),
        (ada, "/v1/store-purchases/apple", {"proof": "x" * 20_000}, 400, "invalid_field"),
    ):
        answer = await buyer.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_a_purchase_of_nobody_in_particular_is_held_and_bound(
    mall: Mall, ada: httpx2.AsyncClient, operator: httpx2.AsyncClient
) -> None:
    orders = [await mall.order(ada), await mall.order(ada, 350)]
    at_the_till = await mall.shop.order(ada, coins=100)
    async with mall.shop.desk.house.database.transaction() as connection:
        voucher = {"method": "konbini", "missing_minor": 1}
        noted = "update recharge_order set processing_since = $2, voucher = $3 where order_id = $1"
        await connection.execute(noted, uuid.UUID(at_the_till["id"]), mall.shop.clock.now(), voucher)
    bought: dict[str, Any] = {}
    for token, reason in ((None, "no_account_token"), (str(uuid.uuid4()), "unknown_account_token")):
        bought = await mall.buy(appAccountToken=token)
        for _ in range(2):
            answer = await mall.bring(ada, bought)
            assert (answer.status_code, answer.json()["reason"]) == (409, reason)
    lost, nameless = await mall.held(operator)
    assert (lost["hold_reason"], nameless["hold_reason"]) == ("unknown_account_token", "no_account_token")
    assert nameless["presented_by"] == (await ada.get("/v1/me")).json()["id"]
    detail = (await operator.get(f"/v1/operator/store-purchases/{nameless['id']}")).json()
    assert [candidate["id"] for candidate in detail["candidates"]] == [orders[0]["id"]]
    path = f"/v1/operator/store-purchases/{nameless['id']}/bind"
    wrong = await operator.post(path, json={"order_id": orders[1]["id"], "resolution": "she showed her receipt"})
    assert (wrong.status_code, wrong.json()["reason"]) == (409, "other_product")
    good = {"order_id": orders[0]["id"], "resolution": "she showed her receipt"}
    oscar = await mall.shop.desk.person("oscar", Role.OPERATOR)
    await link(mall.shop.desk.house.database, (await oscar.get("/v1/me")).json()["id"], nameless["presented_by"])
    own = await oscar.post(path, json=good)
    assert (own.status_code, own.json()["code"]) == (409, "own_benefit")
    bound, again = [await operator.post(path, json=good) for _ in range(2)]
    assert (bound.status_code, bound.json()["state"], again.status_code) == (200, "paid", 409)
    path = f"/v1/operator/store-purchases/{lost['id']}/close"
    closed = (await operator.post(path, json={"resolution": "refunded by Apple"})).json()
    assert (closed["state"], closed["resolution"]) == ("closed", "refunded by Apple")
    assert (await mall.bring(ada, bought)).json()["code"] == "purchase_used"
    assert (await mall.shop.coins(ada), await mall.held(operator)) == (70, [])
    for path in ("", f"/{lost['id']}"):
        assert (await ada.get(f"/v1/operator/store-purchases{path}")).status_code == 403


async def test_operators_and_buyers_have_pages(
    mall: Mall, ada: httpx2.AsyncClient, operator: httpx2.AsyncClient
) -> None:
    assert "No purchases here" in (await operator.get("/operator/stores")).text
    await mall.order(ada)
    await mall.bring(ada, await mall.buy())
    _, number = await mall.paid(ada)
    await mall.tell(number, "CONSUMPTION_REQUEST")
    (held,) = await mall.held(operator)
    for path, words in (
        ("/operator/stores", "Bought without an account token"),
        (f"/operator/stores/purchases/{held['id']}", "Give the coins"),
        ("/operator/stores/questions", "unintended purchase"),
        ("/operator/stores/questions?chosen=missed&before=nonsense", "No questions"),
    ):
        answer = await operator.get(path)
        assert (answer.status_code, words in answer.text) == (200, True), path
        assert (await ada.get(path)).status_code == 403
    box = "data-store-consent checked"
    assert box not in (await ada.get("/wallet")).text
    await ada.put("/v1/me/store-consent", json={"given": True})
    assert box in (await ada.get("/wallet")).text


@pytest.mark.audit_off
async def test_the_audit_sees_a_transaction_that_did_not_pay(
    mall: Mall, ada: httpx2.AsyncClient, owner_connection: OwnConnection
) -> None:
    await mall.paid(ada)
    assert (await audit.run(owner_connection)).ok
    await owner_connection.execute("update store_transaction set coins = coins + 1")
    report = await audit.run(owner_connection)
    assert [law.name for law in report.laws if law.rows] == ["store_transactions_pay_their_orders"]


async def test_a_held_purchase_that_was_taken_back_is_not_bound(
    mall: Mall, ada: httpx2.AsyncClient, operator: httpx2.AsyncClient
) -> None:
    order, bought = await mall.order(ada), await mall.buy()
    await mall.bring(ada, bought)
    await mall.store("refund", transaction_id=bought["transaction"]["transactionId"])
    (held,) = await mall.held(operator)
    body = {"order_id": order["id"], "resolution": "hers"}
    answer = await operator.post(f"/v1/operator/store-purchases/{held['id']}/bind", json=body)
    assert (answer.status_code, answer.json()["reason"]) == (409, "taken_back_by_the_store")


async def test_somebody_elses_purchase_waits_for_its_owner(
    mall: Mall, ada: httpx2.AsyncClient, bob: httpx2.AsyncClient, operator: httpx2.AsyncClient
) -> None:
    order, other = await mall.order(ada), await mall.order(bob)
    bought = await mall.buy(order)
    for path in (None, other):
        answer = await mall.bring(bob, bought, path)
        assert (answer.status_code, answer.json()["reason"]) == (409, "of_somebody_else")
    (held,) = await mall.held(operator)
    assert held["hold_reason"] == "of_somebody_else"
    assert (await mall.bring(ada, bought)).json()["id"] == order["id"]
    assert (await mall.bring(bob, bought, other)).json()["code"] == "purchase_used"
    assert (await mall.shop.coins(ada), await mall.shop.coins(bob), await mall.held(operator)) == (70, 0, [])


async def test_many_hands_at_once_get_the_coins_once(
    mall: Mall, ada: httpx2.AsyncClient, bob: httpx2.AsyncClient, operator: httpx2.AsyncClient
) -> None:
    order, other = await mall.order(ada), await mall.order(bob)
    bought = await mall.buy(order)
    note = await mall.note(bought["transaction"]["transactionId"], "ONE_TIME_CHARGE")
    await asyncio.gather(
        *(mall.bring(ada, bought, order) for _ in range(4)),
        *(mall.bring(bob, bought, other) for _ in range(4)),
        mall.store("send", notes=[note], copies=4, at_once=True),
    )
    await mall.settle_inbox()
    assert (await mall.shop.coins(ada), await mall.shop.coins(bob), await mall.held(operator)) == (70, 0, [])


async def test_two_purchases_of_one_order(mall: Mall, ada: httpx2.AsyncClient, operator: httpx2.AsyncClient) -> None:
    order = await mall.order(ada)
    bought = [await mall.buy(order) for _ in range(2)]
    answers = await asyncio.gather(*(mall.bring(ada, one, order) for one in bought))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (held,) = await mall.held(operator)
    assert held["hold_reason"] == "order_paid_already"
    second = await mall.order(ada)
    path = f"/v1/operator/store-purchases/{held['id']}/bind"
    assert (await operator.post(path, json={"order_id": second["id"], "resolution": "tapped twice"})).is_success
    assert await mall.shop.coins(ada) == 140


async def test_other_products_and_free_ones_are_held(
    mall: Mall, ada: httpx2.AsyncClient, operator: httpx2.AsyncClient
) -> None:
    for changed, reason in (({"productId": "coins.350"}, "other_product"), ({"price": 0}, "nothing_paid")):
        order = await mall.order(ada)
        answer = await mall.bring(ada, await mall.buy(order, **changed), order)
        assert (answer.status_code, answer.json()["reason"]) == (409, reason)
    assert len(await mall.held(operator)) == 2
    page = (await operator.get("/v1/operator/store-purchases?limit=1")).json()
    rest = (await operator.get(f"/v1/operator/store-purchases?limit=1&cursor={page['next']}")).json()
    assert (len(page["items"]), len(rest["items"]), rest["next"]) == (1, 1, None)
    assert await mall.shop.coins(ada) == 0


async def look_after_held(mall: Mall) -> int:
    house = mall.shop.desk.house
    mall.shop.clock.advance(timedelta(seconds=HELD_PAUSE_S_MAX))
    return await held.look_after_held(house.database, house.payment_providers, house.settings, mall.shop.clock)


async def test_a_purchase_without_a_price_is_held_until_the_store_says_it(
    mall: Mall, ada: httpx2.AsyncClient, operator: httpx2.AsyncClient
) -> None:
    order = await mall.order(ada)
    bought = await mall.buy(order, price=None, currency=None)
    number = bought["transaction"]["transactionId"]
    answer = await mall.bring(ada, bought, order)
    assert (answer.status_code, answer.json()["reason"]) == (409, "no_price")
    assert await mall.tell(number, "ONE_TIME_CHARGE") == [200]
    (waiting,) = await mall.held(operator)
    assert (waiting["hold_reason"], waiting["paid"]) == ("no_price", None)
    bind = {"order_id": order["id"], "resolution": "hers"}
    unbound = await operator.post(f"/v1/operator/store-purchases/{waiting['id']}/bind", json=bind)
    assert (unbound.status_code, unbound.json()["reason"]) == (409, "no_price")
    assert (await operator.get(f"/operator/stores/purchases/{waiting['id']}")).is_success
    assert await look_after_held(mall) == 1
    assert len(await mall.held(operator)) == 1
    await mall.store("change", transaction_id=number, price=990, currency="USD")
    assert await look_after_held(mall) == 1
    assert (await mall.held(operator), await mall.shop.coins(ada)) == ([], 70)
    assert (await ada.get(f"/v1/orders/{order['id']}")).json()["state"] == "paid"
    assert await look_after_held(mall) == 0


async def stages_of(mall: Mall, order: dict[str, Any], stages: tuple[str, ...]) -> list[dict[str, Any]]:
    """The notifications of a purchase and what follows, in the order in which they were signed."""
    number = (await mall.buy(order))["transaction"]["transactionId"]
    notes = [await mall.note(number, "ONE_TIME_CHARGE")]
    for stage in stages:
        if stage == "REVERSED":
            await mall.store("reverse_refund", transaction_id=number)
            notes.append(await mall.note(number, "REFUND_REVERSED"))
        else:
            await mall.store("refund", transaction_id=number, percentage=int(stage) * 1000)
            notes.append(await mall.note(number, "REFUND"))
    return notes


@pytest.mark.parametrize(
    ("stages", "coins"),
    [(("50",), 35), (("50", "100"), 0), (("100", "REVERSED"), 70), (("100", "REVERSED", "50"), 35)],
)
async def test_refunds_come_to_the_same_in_any_order(mall: Mall, stages: tuple[str, ...], coins: int) -> None:
    draw = random.Random(7)
    orders = list(itertools.permutations(range(len(stages) + 1)))
    for n, sequence in enumerate(draw.sample(orders, min(len(orders), 12))):
        buyer = await mall.shop.desk.person(f"buyer-{n}", locale="en-US")
        notes = await stages_of(mall, await mall.order(buyer), stages)
        await mall.store("send", notes=[notes[i] for i in sequence], copies=2)
        await mall.settle_inbox()
        assert await mall.shop.coins(buyer) == coins, sequence


async def test_a_refund_that_was_declined_moves_nothing(mall: Mall, ada: httpx2.AsyncClient) -> None:
    _, number = await mall.paid(ada)
    for kind in ("REFUND_DECLINED", "TEST", "SOMETHING_NEW"):
        assert await mall.tell(number, kind) == [200]
    assert await mall.shop.coins(ada) == 70


async def test_a_refunded_purchase_cannot_be_brought_again(mall: Mall, ada: httpx2.AsyncClient) -> None:
    order = await mall.order(ada)
    bought = await mall.buy(order)
    await mall.bring(ada, bought, order)
    number = bought["transaction"]["transactionId"]
    await mall.store("refund", transaction_id=number)
    assert await mall.tell(number, "REFUND") == [200]
    await mall.settle_inbox()
    assert await mall.shop.coins(ada) == 0
    assert (await mall.bring(ada, bought, order)).json()[
        "state"
    ] == "paid"  # the order was; what went back is beside it
    assert await mall.shop.coins(ada) == 0
