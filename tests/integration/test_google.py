"""Coins bought in Google Play, from the app's token to the books, and what the store takes back: over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder
from plaudit.limits import (
    FINISH_ALARM_AFTER_S,
    FINISH_DEADLINE_S,
    FINISH_PAUSE_S_FIRST,
    FINISH_PAUSE_S_MAX,
    HELD_PAUSE_S_MAX,
    ORDER_POLL_PAUSE_S_MAX,
    ORDER_VALID_MINUTES,
    STORE_VOIDS_EVERY_S,
)
from plaudit.people.model import Role
from plaudit.selling.inbox.actions import apply_due
from plaudit.selling.inbox.voids import poll_voids
from plaudit.selling.orders.finishing import finish_due
from plaudit.selling.orders.jobs import poll_orders
from plaudit.selling.reversals.sending import send_due
from plaudit.selling.stores.consumption import answer_due
from plaudit.selling.stores.held import look_after_held
from tests.support.google import GooglePeer
from tests.support.shop import Shop, open_shop

CONSUME = "purchases.products.consume"


@dataclass
class Play:
    """A server that sells in the pretended Google Play, and the store's hand."""

    shop: Shop
    peer: GooglePeer

    @property
    def url(self) -> str:
        return f"{self.shop.desk.house.settings.public_url}/v1/webhooks/google"

    async def order(self, buyer: httpx2.AsyncClient, coins: int = 70) -> dict[str, Any]:
        quote = await self.shop.quote(buyer, package_coins=coins, channel="google")
        body = {"id": str(new_id(self.shop.clock)), "quote_id": quote["id"], "provider": "google"}
        placed = await buyer.post("/v1/orders", json=body)
        assert placed.status_code == 201, placed.text
        found: dict[str, Any] = placed.json()
        return found

    async def buy(self, order: dict[str, Any], **asked: Any) -> str:
        """The app buys what was ordered; the token."""
        price = order["price"]
        total = {"currencyCode": price["currency"], "units": str(price["amount_minor"] // 100),
                 "nanos": price["amount_minor"] % 100 * 10_000_000}  # fmt: skip
        asked = {"profile_id": order["id"], "total": total} | asked
        return await asyncio.to_thread(lambda: self.peer.buy("coins.70", **asked))

    async def bring(self, buyer: httpx2.AsyncClient, order: dict[str, Any], token: str) -> httpx2.Response:
        return await buyer.post(f"/v1/orders/{order['id']}/purchase", json={"proof": token})

    async def paid(self, buyer: httpx2.AsyncClient, **asked: Any) -> tuple[dict[str, Any], str]:
        """A paid order and its token; Google's own word of it is not pushed."""
        order = await self.order(buyer)
        token = await self.buy(order, **asked)
        brought = await self.bring(buyer, order, token)
        assert (brought.status_code, brought.json()["state"]) == (200, "paid"), brought.text
        await self("messages", audience="")
        return order, token

    async def __call__(self, name: str, **asked: Any) -> Any:
        return await asyncio.to_thread(lambda: self.peer.control(name, **asked))

    async def deliver(self, **how: Any) -> list[int]:
        statuses: list[int] = await self("deliver", url=self.url, **how)
        return statuses

    async def finish(self, after_s: int = 0) -> int:
        house = self.shop.desk.house
        self.shop.clock.advance(timedelta(seconds=after_s))
        return await finish_due(house.database, house.payment_providers, self.shop.clock)

    async def poll(self) -> int:
        house = self.shop.desk.house
        self.catch_up()
        return await poll_voids(house.database, house.payment_providers, house.settings, self.shop.clock)

    def catch_up(self) -> None:
        """The clock of the server shows the peer's time again."""
        if (behind := datetime.now(UTC) - self.shop.clock.now()) > timedelta():
            self.shop.clock.advance(behind)

    async def inbox(self) -> int:
        house = self.shop.desk.house
        self.shop.clock.advance(timedelta(hours=1))
        return await apply_due(house.database, house.payment_providers, house.settings, self.shop.clock)

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.shop.desk.house.database.read() as connection:
            return [tuple(row) for row in await connection.fetch(sql)]


@pytest.fixture
def peer(google_play: GooglePeer) -> GooglePeer:
    return google_play


@pytest.fixture
async def play(
    peer: GooglePeer, database_url: str, tmp_path: Path, owner_connection: OwnConnection
) -> AsyncIterator[Play]:
    settings = peer.settings() | {"google_push_audience": ""}
    async with open_shop(database_url, tmp_path, webhooks=True, **settings) as shop:
        await owner_connection.fetchval("select ensure_gift_partitions($1, 2)", shop.clock.now())
        yield Play(shop, peer)


@pytest.fixture
async def ada(play: Play) -> httpx2.AsyncClient:
    return await play.shop.desk.person("ada", locale="en-US")


async def give(play: Play, coins: int) -> None:
    """Ada gives coins away."""
    viewer, creator = [int(await play.shop.desk.person_id(name)) for name in ("ada", "cleo")]
    gift = GiftOrder(new_id(play.shop.clock), viewer, creator, 1, 1, 1, coins)
    assert (await play.shop.desk.house.gift_writer.charge(gift)).outcome == "posted"


async def test_the_app_is_compared_and_no_other(play: Play) -> None:
    buyer = await play.shop.desk.person("ada")
    found = (await buyer.get("/v1/prices?region=US")).json()
    web, google = found["channels"]
    assert (web["channel"], google["channel"], google["custom_amounts"]) == ("web", "google", False)
    assert google["packages"][1]["price"]["amount_minor"] == 99
    assert google["packages"][1]["saving_on_web"] == {"amount_minor": 25, "currency": "USD"}
    assert google["premium_over_web_bps"] == 3378
    page = (await buyer.get("/recharge", headers={"accept": "text/html"})).text
    assert "In the Google app" in page
    assert "In the Apple app" not in page
    quote = {"id": str(new_id(play.shop.clock)), "package_coins": 70, "channel": "apple"}
    refused = await buyer.post("/v1/quotes", json=quote)
    assert (refused.status_code, refused.json()["field"]) == (400, "body.channel")
    in_app = await play.shop.quote(buyer, package_coins=70, channel="google")
    order = {"id": str(new_id(play.shop.clock)), "quote_id": in_app["id"], "provider": "sandbox"}
    assert (await buyer.post("/v1/orders", json=order)).json()["field"] == "body.provider"


async def test_a_token_gives_coins_once_and_is_consumed_after(play: Play, ada: httpx2.AsyncClient) -> None:
    order = await play.order(ada)
    assert order["state"] == "pending"
    token = await play.buy(order)
    answers = await asyncio.gather(*(play.bring(ada, order, token) for _ in range(4)))
    assert {(answer.status_code, answer.json()["state"]) for answer in answers} == {(200, "paid")}
    assert await play.shop.coins(ada) == 70
    assert not play.peer.purchase(token)["consumed"]
    assert [await play.finish(), await play.finish()] == [1, 0]
    assert play.peer.purchase(token)["consumed"]
    assert await play.rows("select state, tries from store_finishing") == [("finished", 1)]
    receipt = (await ada.get(f"/v1/receipts/{order['id']}")).json()
    assert (receipt["gross"], receipt["channel"]) == (order["price"], "google")


async def test_pushes_give_coins_without_the_app(play: Play, ada: httpx2.AsyncClient) -> None:
    order = await play.order(ada)
    await play.buy(order)
    assert set(await play.deliver(copies=3)) == {200}
    assert await play.shop.coins(ada) == 70
    assert (await ada.get(f"/v1/orders/{order['id']}")).json()["state"] == "paid"
    assert await play.rows("select state from webhook_event") == [("applied",)]


async def test_a_pending_purchase_gives_coins_when_it_completes(play: Play, ada: httpx2.AsyncClient) -> None:
    order = await play.order(ada)
    token = await play.buy(order, state="PENDING")
    waiting = await play.bring(ada, order, token)
    assert (waiting.status_code, waiting.json()["state"]) == (200, "pending"), waiting.text
    assert await play.shop.coins(ada) == 0
    await play("complete", token=token)
    assert await play.deliver() == [200]
    assert await play.shop.coins(ada) == 70
    given_up = await play.order(ada)
    token = await play.buy(given_up, state="PENDING")
    await play("cancel", token=token)
    assert await play.deliver() == [200]
    assert (await play.bring(ada, given_up, token)).json()["code"] == "purchase_not_valid"
    assert await play.shop.coins(ada) == 70


async def test_two_people_with_one_token(play: Play, ada: httpx2.AsyncClient) -> None:
    bob = await play.shop.desk.person("bob", locale="en-US")
    hers, his = await play.order(ada), await play.order(bob)
    token = await play.buy(hers)
    stolen = await play.bring(bob, his, token)
    assert stolen.status_code == 409, stolen.text
    assert (await play.bring(ada, hers, token)).json()["state"] == "paid"
    again = await play.bring(bob, his, token)
    assert again.status_code == 409
    assert [await play.shop.coins(person) for person in (ada, bob)] == [70, 0]


async def test_forged_pushes_change_nothing(play: Play, ada: httpx2.AsyncClient) -> None:
    order = await play.order(ada)
    for forged in ("signature", "issuer", "audience", "email", "unverified", "expired"):
        await play.buy(order)
        assert await play.deliver(forged=forged, attempts=1) == [401], forged
    assert await play.shop.coins(ada) == 0
    assert await play.rows("select 1 from webhook_event") == []


async def test_consuming_is_tried_until_it_succeeds(play: Play, ada: httpx2.AsyncClient) -> None:
    _, token = await play.paid(ada)
    play.peer.fail(CONSUME, times=2)
    play.peer.fail(CONSUME, times=1, done=True)
    assert await play.finish() == 1
    assert await play.finish() == 0
    assert await play.finish(FINISH_PAUSE_S_FIRST) == 1
    assert await play.finish(FINISH_PAUSE_S_FIRST) == 0
    assert await play.finish(FINISH_PAUSE_S_FIRST) == 1
    assert play.peer.purchase(token)["consumed"]
    assert await play.finish(FINISH_PAUSE_S_MAX) == 1
    assert await play.rows("select state, tries from store_finishing") == [("finished", 4)]


async def test_a_purchase_that_cannot_be_consumed_alarms_an_operator(play: Play, ada: httpx2.AsyncClient) -> None:
    order, token = await play.paid(ada)
    play.peer.fail(CONSUME, times=100)
    await play.finish()
    assert await play.rows("select 1 from payment_problem") == []
    await play.finish(FINISH_ALARM_AFTER_S)
    problems = "select order_id::text, kind, credited, resolved_at from payment_problem"
    assert await play.rows(problems) == [(order["id"], "not_finished", True, None)]
    await play.finish(FINISH_DEADLINE_S)
    assert await play.rows("select state from store_finishing") == [("missed",)]
    assert await play.finish(FINISH_PAUSE_S_MAX) == 0
    assert len(await play.rows(problems)) == 1
    await play("end-of-days", after_s=0)
    assert play.peer.purchase(token)["refunded"] == 1
    await play("heal")


@pytest.mark.parametrize("how", ["as it was", "reversed"])
async def test_units_voided_one_by_one_and_then_all(play: Play, ada: httpx2.AsyncClient, how: str) -> None:
    order = await play.order(ada)
    price = order["price"]["amount_minor"] * 3
    total = {"currencyCode": "USD", "units": str(price // 100), "nanos": price % 100 * 10_000_000}
    token = await play.buy(order, quantity=3, total=total)
    assert (await play.bring(ada, order, token)).json()["state"] == "paid"
    assert await play.shop.coins(ada) == 210
    await give(play, 100)
    await play("messages", audience="")
    await play("void", token=token, quantity=1)
    play.catch_up()
    assert set(await play.deliver(copies=2)) == {200}
    assert await play.shop.coins(ada) == 40
    await play("void", token=token, quantity=1)
    await play("void", token=token)
    play.catch_up()
    assert set(await play.deliver(copies=2, order=how)) == {200}
    assert await play.shop.coins(ada) == 0
    reversed_ = await play.rows("select sum(amount_minor)::bigint from reversal")
    assert reversed_ == [(price,)]
    assert await play.rows("select count(*) from payment_problem") == [(0,)]
    assert await play.poll() > 0
    assert await play.rows("select sum(amount_minor)::bigint from reversal") == reversed_


async def test_a_void_before_its_purchase_is_heard_of_gives_nothing(play: Play, ada: httpx2.AsyncClient) -> None:
    order = await play.order(ada)
    token = await play.buy(order)
    await play("void", token=token)
    play.catch_up()
    assert set(await play.deliver(order="reversed", attempts=1)) == {200}
    assert (await play.bring(ada, order, token)).json()["code"] == "purchase_not_valid"
    await play.inbox()
    assert await play.shop.coins(ada) == 0
    assert await play.rows("select 1 from lot") == []


async def test_voids_are_found_without_pushes(play: Play, ada: httpx2.AsyncClient) -> None:
    _, token = await play.paid(ada)
    await play("void", token=token, reason=7, source=2)
    await play("messages", audience="")
    play.peer.fail("purchases.voidedpurchases.list")
    assert await play.poll() == 0
    assert await play.poll() == 0
    play.shop.clock.advance(timedelta(seconds=STORE_VOIDS_EVERY_S))
    house = play.shop.desk.house
    assert await poll_voids(house.database, house.payment_providers, house.settings, play.shop.clock) > 0
    assert await play.shop.coins(ada) == 0
    assert await play.rows("select kind, state from reversal") == [("chargeback", "done")]


async def test_a_chargeback_is_answered_with_the_share_that_was_spent_once(play: Play, ada: httpx2.AsyncClient) -> None:
    _, token = await play.paid(ada)
    await give(play, 40)
    pending = (await play("dispute", token=token))["pending_refund_token"]
    assert set(await play.deliver(copies=3)) == {200}
    house = play.shop.desk.house
    assert [await answer_due(house.database, house.payment_providers, play.shop.clock) for _ in range(2)] == [1, 0]
    (call,) = play.peer.purchase(token)["reviews"][pending]["calls"]
    assert (call["consumptionPercentageMilliunits"], call["refundPreference"]) == (57_142, "NEUTRAL")
    assert await play.rows("select state, consumed_ppm from consumption_request") == [("answered", 571_429)]


async def test_a_push_that_comes_late_gives_the_coins_all_the_same(play: Play, ada: httpx2.AsyncClient) -> None:
    order = await play.order(ada)
    await play.buy(order)
    play.shop.clock.advance(timedelta(minutes=ORDER_VALID_MINUTES, seconds=ORDER_POLL_PAUSE_S_MAX))
    house, calls = play.shop.desk.house, play.peer.calls()
    assert await poll_orders(house.database, house.payment_providers, house.settings, play.shop.clock) == 1
    assert play.peer.calls() == calls, "Google is not asked about orders whose token was never brought"
    assert (await ada.get(f"/v1/orders/{order['id']}")).json()["state"] == "expired"
    assert await play.deliver() == [200]
    assert await play.shop.coins(ada) == 70
    assert await play.rows("select kind, credited from payment_problem") == [("paid_late", True)]


async def test_what_google_was_paid_is_kept_when_it_is_another_price(play: Play, ada: httpx2.AsyncClient) -> None:
    total = {"currencyCode": "EUR", "units": "1", "nanos": 90_000_000}
    order, _ = await play.paid(ada, total=total, region="DE")
    assert await play.shop.coins(ada) == 70
    found = (await ada.get(f"/v1/orders/{order['id']}")).json()
    assert found["price"] == {"amount_minor": 109, "currency": "EUR"}
    assert await play.rows("select kind, credited from payment_problem") == [("price_differs", True)]


async def test_an_operator_sees_a_purchase_nobody_ordered(play: Play) -> None:
    await asyncio.to_thread(lambda: play.peer.buy("coins.70"))
    assert await play.deliver() == [200]
    olga = await play.shop.desk.person("olga", Role.OPERATOR)
    held = (await olga.get("/v1/operator/store-purchases")).json()["items"]
    assert [(one["provider"], one["hold_reason"]) for one in held] == [("google", "no_account_token")]


async def test_a_purchase_by_a_code_is_held_finished_and_granted(play: Play, ada: httpx2.AsyncClient) -> None:
    order, olga = await play.order(ada), await play.shop.desk.person("olga", Role.OPERATOR)
    token = await play.buy(order, promotion=True)
    brought = await play.bring(ada, order, token)
    assert (brought.status_code, brought.json()["reason"]) == (409, "nothing_paid")
    assert await play.deliver() == [200]
    (held,) = (await olga.get("/v1/operator/store-purchases")).json()["items"]
    assert (held["hold_reason"], held["paid"], held["coins"]) == ("nothing_paid", None, 70)
    house = play.shop.desk.house
    look = partial(look_after_held, house.database, house.payment_providers, house.settings, play.shop.clock)
    play.peer.fail(CONSUME)
    assert (await look(), play.peer.purchase(token)["consumed"]) == (1, False)
    play.shop.clock.advance(timedelta(seconds=HELD_PAUSE_S_MAX))
    assert (await look(), play.peer.purchase(token)["consumed"]) == (1, True)
    assert await look() == 0
    assert (await olga.get(f"/operator/stores/purchases/{held['id']}")).is_success
    path, person = f"/v1/operator/store-purchases/{held['id']}/grant", str(await play.shop.desk.person_id("ada"))
    body = {"id": str(new_id(play.shop.clock)), "person_id": person, "resolution": "a code of ours"}
    for _ in range(2):
        granted = (await olga.post(path, json=body)).json()
        assert (granted["state"], granted["grant_id"]) == ("closed", body["id"])
    another = await olga.post(path, json=body | {"id": str(new_id(play.shop.clock))})
    assert (another.status_code, another.json()["code"]) == (409, "transaction_not_held")
    assert await play.shop.coins(ada) == 70
    paid = await play.buy(order, profile_id="")
    assert (await play.bring(ada, order, paid)).json()["reason"] == "no_account_token"
    (held,) = (await olga.get("/v1/operator/store-purchases")).json()["items"]
    path, body = f"/v1/operator/store-purchases/{held['id']}/grant", body | {"id": str(new_id(play.shop.clock))}
    assert (await olga.post(path, json=body)).json()["code"] == "not_to_be_granted"
    assert await play.shop.coins(ada) == 70


async def refund(play: Play, order: dict[str, Any], **what: Any) -> dict[str, Any]:
    """An operator gives back an order, or a part of it."""
    olga = await play.shop.desk.person("olga", Role.OPERATOR)
    body = {"id": str(new_id(play.shop.clock)), "reason": "kindness"} | what
    answer = await olga.post(f"/v1/operator/orders/{order['id']}/refunds", json=body)
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_operator_refunds_an_order_and_google_tells_of_it(play: Play, ada: httpx2.AsyncClient) -> None:
    order, token = await play.paid(ada)
    await give(play, 30)
    olga = await play.shop.desk.person("olga", Role.OPERATOR)
    for part in ({"coins": 10}, {"amount_minor": 1}):
        body = {"id": str(new_id(play.shop.clock)), "reason": "kindness"} | part
        refused = await olga.post(f"/v1/operator/orders/{order['id']}/refunds", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "amount_not_payable")
        assert refused.json()["step"] == order["price"]
    assert await play.rows("select 1 from reversal") == []
    assert await play.shop.coins(ada) == 40
    assert (await refund(play, order, all=True))["state"] == "done"
    assert play.peer.purchase(token)["refunded"] == 1
    play.catch_up()
    assert set(await play.deliver(copies=2)) == {200}
    assert await play.poll() > 0
    assert await play.shop.coins(ada) == 0
    assert await play.rows("select kind, state, amount_minor from reversal where state <> 'undone'") == [
        ("refund", "done", order["price"]["amount_minor"])
    ]
    assert await play.rows("select 1 from payment_problem") == []


async def test_googles_word_of_our_refund_may_come_before_its_answer(play: Play, ada: httpx2.AsyncClient) -> None:
    order, _ = await play.paid(ada)
    play.peer.fail("orders.refund", done=True)
    assert (await refund(play, order, all=True))["state"] == "requested"
    play.catch_up()
    assert set(await play.deliver()) == {200}
    house = play.shop.desk.house
    play.shop.clock.advance(timedelta(hours=1))
    await send_due(house.database, house.payment_providers, house.settings, play.shop.clock)
    assert await play.rows("select kind, state from reversal") == [("refund", "done")]
    assert await play.rows("select 1 from payment_problem") == []
