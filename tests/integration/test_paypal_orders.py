"""Orders paid at PayPal, from the quote to the coins and back, against a pretend PayPal in a process of its own."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

import httpx2
import pytest

from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder
from plaudit.limits import ORDER_POLL_AFTER_S
from plaudit.people.model import Role
from plaudit.selling.inbox import actions as inbox
from plaudit.selling.orders import jobs
from tests.support.paypal import PayPalPeer, PayPalShop, open_paypal_shop
from tests.support.returns import CREATOR, ROOM, ROSE
from tests.support.shop import until_coins

COINS = 350


@pytest.fixture
async def shop(database_url: str, paypal: PayPalPeer) -> AsyncIterator[PayPalShop]:
    async with open_paypal_shop(database_url, paypal) as opened:
        yield opened


@pytest.fixture
async def ada(shop: PayPalShop) -> httpx2.AsyncClient:
    return await shop.desk.person("ada", locale="en-US")


def capture_of(shop: PayPalShop) -> str:
    """The only capture there is."""
    (capture_id,) = shop.paypal.control("state")["captures"]
    return str(capture_id)


async def spend(shop: PayPalShop, subject: str, coins: int) -> None:
    """A gift of so many coins."""
    person_id = await shop.desk.person_id(subject)
    gift = GiftOrder(new_id(shop.clock), person_id, CREATOR, ROOM, ROSE, coins, coins)
    assert (await shop.desk.house.gift_writer.charge(gift)).outcome == "posted"


async def test_an_order_is_approved_captured_and_told_of_once(shop: PayPalShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    shop.paypal.pay(order["checkout_url"])
    assert await shop.coins(ada) == 0
    approved = shop.paypal.messages("CHECKOUT.ORDER.APPROVED")
    assert await shop.tell(*approved, *approved) == ["applied", "repeated"]
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("paid", COINS)
    assert set(await shop.tell(*shop.paypal.messages())) == {"repeated"}
    receipt = (await ada.get(f"/v1/receipts/{order['id']}")).json()
    assert receipt["gross"] == order["price"]
    assert await shop.coins(ada) == COINS


async def test_the_return_from_the_page_is_enough(shop: PayPalShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    assert f"/orders/{order['id']}?token=" in shop.paypal.pay(order["checkout_url"])
    await ada.post(f"/v1/orders/{order['id']}/refresh")
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("paid", COINS)


async def test_messages_in_the_wrong_order(shop: PayPalShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    shop.paypal.pay(order["checkout_url"])
    await ada.post(f"/v1/orders/{order['id']}/refresh")
    shop.paypal.control("refund-at-desk", capture_id=capture_of(shop), value="1.00")
    left = (await ada.get("/v1/wallet")).json()["coins"]
    messages = shop.paypal.messages()
    assert len(messages) == 3
    await shop.tell(*reversed(messages), *messages)
    assert await shop.state(ada, order) == "paid"
    assert 0 < await shop.coins(ada) < left
    assert await shop.reversals(ada, order) == [("refund", "done")]


async def test_a_refund_heard_of_before_its_payment(shop: PayPalShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    shop.paypal.pay(order["checkout_url"])
    house = shop.desk.house
    provider = house.payment_providers.get("paypal")
    assert provider is not None
    await provider.capture(order["checkout_url"].rpartition("=")[2])  # and the server dies before it writes that down
    shop.paypal.control("refund-at-desk", capture_id=capture_of(shop), value="1.00")
    await shop.tell(*shop.paypal.messages("PAYMENT.CAPTURE.REFUNDED"))
    assert await shop.state(ada, order) == "paid"
    assert 0 < await shop.coins(ada) < COINS
    left = await shop.coins(ada)
    await shop.tell(*shop.paypal.messages())
    assert await shop.coins(ada) == left


async def test_messages_that_arrive_twice_and_mixed(database_url: str, paypal: PayPalPeer) -> None:
    async with open_paypal_shop(database_url, paypal, webhooks=True) as shop:
        ada = await shop.desk.person("ada", locale="en-US")
        orders = [await shop.order(ada) for _ in range(3)]
        for order in orders:
            await asyncio.to_thread(paypal.pay, order["checkout_url"])
        await until_coins(ada, 3 * COINS)
        events = await asyncio.to_thread(paypal.control, "events")
        numbers = list(reversed(range(len(events))))
        await asyncio.to_thread(paypal.control, "redeliver", order=numbers, copies=2)
        dispute = {"capture_id": next(iter(paypal.control("state")["captures"]))}
        await asyncio.to_thread(paypal.control, "dispute", **dispute)
        await until_coins(ada, 2 * COINS)
        assert [await shop.state(ada, order) for order in orders] == ["paid"] * 3


@pytest.mark.parametrize("funding", ["declined", "denied"])
async def test_declines(shop: PayPalShop, ada: httpx2.AsyncClient, funding: str) -> None:
    order = await shop.order(ada)
    shop.paypal.pay(order["checkout_url"], funding=funding)
    await shop.tell(*shop.paypal.messages())
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("declined", 0)
    again = await shop.bought(ada)
    assert (again["id"] != order["id"], await shop.coins(ada)) == (True, COINS)


@pytest.mark.parametrize(("denied", "state", "coins"), [(False, "paid", COINS), (True, "declined", 0)])
async def test_money_that_takes_days(
    shop: PayPalShop, ada: httpx2.AsyncClient, denied: bool, state: str, coins: int
) -> None:
    order = await shop.order(ada)
    shop.paypal.pay(order["checkout_url"], funding="pending")
    await shop.tell(*shop.paypal.messages())
    assert await shop.coins(ada) == 0
    shop.paypal.control("complete", capture_id=capture_of(shop), denied=denied)
    await shop.tell(*reversed(shop.paypal.messages()))
    assert (await shop.state(ada, order), await shop.coins(ada)) == (state, coins)


async def test_forged_messages_change_nothing(shop: PayPalShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    shop.paypal.pay(order["checkout_url"])
    ((headers, body),) = shop.paypal.messages()
    forged = [
        shop.paypal.messages(**how)[0]
        for how in (
            {"webhook_id": "ANOTHER"},
            {"certificate": "selfsigned"},
            {"certificate": "foreign"},
            {"certificate": "expired"},
            {"origin": "https://evil.example"},
            {"age_s": 5 * 86_400},
        )
    ]
    outcomes = await shop.tell(*forged, (headers, body.replace(b"APPROVED", b"COMPLETE")), ({}, body))
    assert outcomes == ["signature_not_valid"] * 8
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("pending", 0)
    assert await shop.tell((headers, body)) == ["applied"]
    assert await shop.coins(ada) == COINS


async def test_a_message_that_comes_late(shop: PayPalShop, ada: httpx2.AsyncClient) -> None:
    """PayPal tries for three days: the message finds the order settled by the poll."""
    order = await shop.order(ada)
    shop.paypal.pay(order["checkout_url"])
    late = shop.paypal.messages(age_s=3 * 86_400)
    shop.clock.advance(timedelta(seconds=ORDER_POLL_AFTER_S))
    house = shop.desk.house
    assert await jobs.poll_orders(house.database, house.payment_providers, house.settings, shop.clock) == 1
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("paid", COINS)
    assert await shop.tell(*late) == ["repeated"]
    assert await shop.coins(ada) == COINS


async def test_lost_answers(shop: PayPalShop, ada: httpx2.AsyncClient) -> None:
    quote = (await ada.post("/v1/quotes", json={"id": str(new_id(shop.clock)), "package_coins": COINS})).json()
    body = {"id": str(new_id(shop.clock)), "quote_id": quote["id"], "provider": "paypal"}
    shop.paypal.fault("POST", "/v2/checkout/orders", lost=True)
    lost = await ada.post("/v1/orders", json=body)
    assert (lost.status_code, lost.json()["code"]) == (503, "provider_unavailable")
    order = (await ada.post("/v1/orders", json=body)).json()
    shop.paypal.pay(order["checkout_url"])
    payment_id = order["checkout_url"].rpartition("=")[2]
    shop.paypal.fault("POST", f"/v2/checkout/orders/{payment_id}/capture", lost=True)
    await shop.tell(*shop.paypal.messages("CHECKOUT.ORDER.APPROVED"))
    assert await shop.coins(ada) == 0
    shop.clock.advance(timedelta(minutes=5))
    house = shop.desk.house
    assert await jobs.carry_out_due(house.database, house.payment_providers, house.settings, shop.clock) == 1
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("paid", COINS)
    capture_of(shop)


async def test_a_message_waits_while_paypal_does_not_answer(shop: PayPalShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    shop.paypal.pay(order["checkout_url"])
    approved = shop.paypal.messages()
    shop.paypal.fault("GET", "/v1/notifications/certs/", status=503)
    assert await shop.tell(*approved) == ["provider_unavailable"]
    shop.paypal.fault("GET", "/v2/checkout/orders", status=500)
    assert await shop.tell(*approved) == ["waiting"]
    shop.clock.advance(timedelta(hours=1))
    house = shop.desk.house
    assert await inbox.apply_due(house.database, house.payment_providers, house.settings, shop.clock) == 1
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("paid", COINS)


async def test_a_payer_from_where_coins_are_not_sold_pays_nothing(database_url: str, paypal: PayPalPeer) -> None:
    async with open_paypal_shop(database_url, paypal, refused_countries="CU") as shop:
        ada = await shop.desk.person("ada", locale="en-US")
        order = await shop.order(ada)
        paypal.pay(order["checkout_url"], country="CU")
        await shop.tell(*paypal.messages())
        assert (await shop.state(ada, order), await shop.coins(ada)) == ("refused", 0)
        assert paypal.control("state")["captures"] == {}
        await shop.tell(*paypal.messages())
        await ada.post(f"/v1/orders/{order['id']}/refresh")
        assert (await shop.state(ada, order), await shop.coins(ada)) == ("refused", 0)


async def test_what_is_unspent_is_taken_back(shop: PayPalShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.bought(ada)
    body = {"id": str(new_id(shop.clock)), "order_id": order["id"], "coins": 100}
    taken = [await ada.post("/v1/withdrawals", json=body) for _ in range(2)]
    assert [answer.json()["state"] for answer in taken] == ["done", "done"], taken[0].text
    assert await shop.coins(ada) == COINS - 100
    assert set(await shop.tell(*shop.paypal.messages())) == {"repeated"}
    assert await shop.coins(ada) == COINS - 100
    (refund,) = shop.paypal.control("state")["refunds"].values()
    assert refund["amount"]["value"] == f"{taken[0].json()['amount']['amount_minor'] / 100:.2f}"
    shop.paypal.control("finish-refund", refund_id=refund["id"], status="FAILED")
    assert await shop.tell(*shop.paypal.messages("PAYMENT.REFUND.FAILED")) == ["applied"]
    assert await shop.coins(ada) == COINS


async def test_an_operator_refunds_an_order_once(shop: PayPalShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.bought(ada)
    olga = await shop.desk.person("olga", Role.OPERATOR)
    body = {"id": str(new_id(shop.clock)), "all": True, "reason": "goodwill"}
    shop.paypal.fault("POST", f"/v2/payments/captures/{capture_of(shop)}/refund", lost=True)
    answers = [await olga.post(f"/v1/operator/orders/{order['id']}/refunds", json=body) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {201}, answers[0].text
    again = await olga.post(f"/v1/operator/orders/{order['id']}/refunds", json=body | {"id": str(new_id(shop.clock))})
    assert again.status_code == 409
    await shop.tell(*shop.paypal.messages())
    assert await shop.coins(ada) == 0
    assert len(shop.paypal.control("state")["refunds"]) == 1
    assert await shop.reversals(ada, order) == [("refund", "done")]


async def test_forints_go_back_whole(shop: PayPalShop) -> None:
    """PayPal writes no fillér: what is offered, taken back and refunded is whole, and all of it goes back at last."""
    bela, olga = await shop.desk.person("bela", locale="hu-HU"), await shop.desk.person("olga", Role.OPERATOR)
    order = await shop.bought(bela)
    paid = order["price"]["amount_minor"]
    spent = Fraction(paid * 123, COINS)
    await spend(shop, "bela", 123)
    preview = (await bela.get(f"/v1/orders/{order['id']}/withdrawal")).json()
    offered = preview["amount"]["amount_minor"]
    assert offered % 100 == 0
    assert abs(offered - (paid - spent)) <= 50
    body = {"order_id": order["id"], "coins": preview["coins"]}
    taken = (await bela.post("/v1/withdrawals", json=body | {"id": str(new_id(shop.clock))})).json()
    assert (taken["state"], taken["amount"]["amount_minor"]) == ("done", offered)
    asked = {"reason": "goodwill"}
    path = f"/v1/operator/orders/{order['id']}/refunds"
    refused = await olga.post(path, json=asked | {"id": str(new_id(shop.clock)), "amount_minor": 150})
    assert (refused.status_code, refused.json()["code"]) == (422, "amount_not_payable")
    assert refused.json()["step"] == {"amount_minor": 100, "currency": "HUF"}
    rest = (await olga.post(path, json=asked | {"id": str(new_id(shop.clock)), "all": True})).json()
    assert (rest["state"], rest["amount"]["amount_minor"]) == ("done", paid - offered)
    assert sorted(await shop.reversals(bela, order)) == [("refund", "done"), ("withdrawal", "done")]


@pytest.mark.parametrize(
    ("outcome", "coins", "state"), [("RESOLVED_SELLER_FAVOUR", COINS, "undone"), ("RESOLVED_BUYER_FAVOUR", 0, "done")]
)
async def test_a_dispute_is_opened_and_ends(
    shop: PayPalShop, ada: httpx2.AsyncClient, outcome: str, coins: int, state: str
) -> None:
    order = await shop.bought(ada)
    dispute_id = shop.paypal.control("dispute", capture_id=capture_of(shop))["dispute_id"]
    await shop.tell(*shop.paypal.messages("CUSTOMER.DISPUTE.CREATED"))
    assert (await shop.coins(ada), await shop.reversals(ada, order)) == (0, [("chargeback", "opened")])
    shop.paypal.control("pass-time", seconds=1)  # PayPal's times are in whole seconds
    shop.paypal.control("move-dispute", dispute_id=dispute_id, outcome=None)
    shop.paypal.control("move-dispute", dispute_id=dispute_id, outcome=outcome)
    messages = shop.paypal.messages()
    await shop.tell(*reversed(messages), *messages)
    assert (await shop.coins(ada), await shop.reversals(ada, order)) == (coins, [("chargeback", state)])


async def test_a_dispute_that_is_only_heard_of_at_its_end(shop: PayPalShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.bought(ada)
    dispute_id = shop.paypal.control("dispute", capture_id=capture_of(shop))["dispute_id"]
    shop.paypal.control("move-dispute", dispute_id=dispute_id, outcome="CANCELED_BY_BUYER")
    await shop.tell(*reversed(shop.paypal.messages("CUSTOMER.DISPUTE.")))
    assert await shop.coins(ada) == COINS
    assert await shop.reversals(ada, order) == []


async def test_a_dispute_lost_in_part_takes_that_part(shop: PayPalShop, ada: httpx2.AsyncClient) -> None:
    order: dict[str, Any] = await shop.bought(ada)
    dispute_id = shop.paypal.control("dispute", capture_id=capture_of(shop))["dispute_id"]
    await shop.tell(*shop.paypal.messages("CUSTOMER.DISPUTE.CREATED"))
    assert await shop.coins(ada) == 0
    shop.paypal.control("move-dispute", dispute_id=dispute_id, outcome="RESOLVED_BUYER_FAVOUR", refunded="1.00")
    await shop.tell(*shop.paypal.messages())
    left = await shop.coins(ada)
    assert 0 < left < COINS
    await shop.tell(*reversed(shop.paypal.messages()))
    assert await shop.coins(ada) == left
    assert sorted(await shop.reversals(ada, order)) == [("chargeback", "done"), ("chargeback", "undone")]


async def test_a_currency_paypal_does_not_take_is_said(shop: PayPalShop) -> None:
    ida = await shop.desk.person("ida", locale="id-ID")
    refused = await shop.place(ida, coins=70)
    assert (refused.status_code, refused.json()["code"]) == (422, "currency_not_taken")
    assert shop.paypal.control("counts")["requests"] == {}
