"""Orders paid at Stripe, from the quote to the coins and back, against a pretend Stripe in a process of its own."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from plaudit.ids import new_id
from plaudit.limits import ORDER_POLL_AFTER_S, ORDER_PROCESSING_DAYS_MAX
from plaudit.people.model import Role
from plaudit.selling.orders import jobs
from plaudit.selling.reconciliation.actions import run_due
from plaudit.selling.reversals.sending import send_due
from tests.support.cheap_region import sell_cheaply_in_indonesia
from tests.support.stripe import (
    ASKS_BANK,
    BANK_DEBIT,
    BANK_TRANSFER,
    DECLINED,
    DISPUTED,
    FRAUD_WARNING,
    GOOD,
    KONBINI,
    SECRET_KEY,
    StripeShop,
    StripeWorld,
    open_stripe_shop,
)
from tests.support.waiting import WAIT_S, eventually

COINS = 350


@pytest.fixture
async def shop(database_url: str, world: StripeWorld) -> AsyncIterator[StripeShop]:
    async with open_stripe_shop(database_url, world) as opened:
        yield opened


@pytest.fixture
async def ada(shop: StripeShop) -> httpx2.AsyncClient:
    return await shop.desk.person("ada", locale="en-US")


async def bought(shop: StripeShop, buyer: httpx2.AsyncClient, card: str = GOOD) -> dict[str, Any]:
    """An order that was paid, and told of by messages."""
    order = await shop.order(buyer)
    shop.world.pay(order["checkout_url"], card)
    await shop.tell(*shop.world.messages("checkout.session.completed"))
    assert await shop.state(buyer, order) == "paid"
    return order


async def test_an_order_is_paid_and_told_of_once(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    shop.world.pay(order["checkout_url"])
    assert await shop.coins(ada) == 0
    done = shop.world.messages("checkout.session.completed")
    assert await shop.tell(*done, *done) == ["applied", "repeated"]
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("paid", COINS)
    later = shop.world.messages()
    assert set(await shop.tell(*later)) == {"repeated", "ignored"}
    receipt = (await ada.get(f"/v1/receipts/{order['id']}")).json()
    assert receipt["gross"] == order["price"]
    assert await shop.coins(ada) == COINS


async def test_the_return_from_the_page_is_enough(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    shop.world.pay(order["checkout_url"])
    await ada.post(f"/v1/orders/{order['id']}/refresh")
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("paid", COINS)


async def test_messages_in_the_wrong_order(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    shop.world.pay(order["checkout_url"], DECLINED)
    shop.world.pay(order["checkout_url"])
    await ada.post(f"/v1/orders/{order['id']}/refresh")  # captures, so that messages about that exist too
    await shop.tell(*reversed(shop.world.messages()))
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("paid", COINS)


async def test_messages_that_arrive_twice_and_mixed(database_url: str, world: StripeWorld) -> None:
    async with open_stripe_shop(database_url, world, webhooks=True) as shop:
        ada = await shop.desk.person("ada", locale="en-US")
        orders = [await shop.order(ada) for _ in range(3)]
        for order, card in zip(orders, (GOOD, FRAUD_WARNING, DISPUTED), strict=True):
            await asyncio.to_thread(world.pay, order["checkout_url"], card)

        async def told() -> bool:
            states = {await shop.state(ada, order) for order in orders}
            return states == {"paid"} and bool((await ada.get("/v1/reversals")).json()["items"])

        await eventually(told, "all are paid, and one is disputed")
        assert await shop.coins(ada) == 2 * COINS  # the disputed ones are held


async def test_a_declined_card_and_another_try(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    assert shop.world.pay(order["checkout_url"], DECLINED).status_code == 402
    await shop.tell(*shop.world.messages())
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("pending", 0)
    shop.world.control("expire", session=_session(order))
    await shop.tell(*shop.world.messages("checkout.session.expired"))
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("expired", 0)


async def test_the_bank_asks_the_buyer(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    shop.world.pay(order["checkout_url"], ASKS_BANK)
    await shop.tell(*shop.world.messages())
    assert await shop.state(ada, order) == "pending"
    shop.world.answer_bank(order["checkout_url"], success=True)
    await shop.tell(*shop.world.messages("checkout.session.completed"))
    # The card is French, and this buyer's price is another one: it is for the region's verdict, not the bank's, to say.
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("refused", 0)


@pytest.mark.parametrize(("success", "state", "coins"), [(True, "paid", COINS), (False, "declined", 0)])
async def test_a_bank_debit_ends_days_later(
    shop: StripeShop, ada: httpx2.AsyncClient, *, success: bool, state: str, coins: int
) -> None:
    order = await shop.order(ada)
    shop.world.pay(order["checkout_url"], BANK_DEBIT)
    await shop.tell(*shop.world.messages())
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("pending", 0)
    shop.world.control("settle", session=_session(order), success=success)
    await shop.tell(*shop.world.messages())
    assert (await shop.state(ada, order), await shop.coins(ada)) == (state, coins)


async def test_a_voucher_is_paid_days_later(shop: StripeShop) -> None:
    ada = await shop.desk.person("ada", locale="en-US", country="JP")
    order = await shop.order(ada)
    shop.world.pay(order["checkout_url"], KONBINI)
    assert set(await shop.tell(*shop.world.messages())) <= {"applied", "repeated", "ignored"}
    waiting = (await ada.get(f"/v1/orders/{order['id']}")).json()
    voucher = waiting["voucher"]
    assert (waiting["state"], voucher["method"], voucher["missing"]) == ("pending", "konbini", order["price"])
    page = (await ada.get(f"/orders/{order['id']}")).text
    assert "Not yet paid" in page
    assert voucher["url"] in page
    assert [number["value"] in page for number in voucher["numbers"]] == [True] * 3
    reminder = (await ada.get("/wallet")).text
    assert [number["value"] in reminder for number in voucher["numbers"]] == [True] * 3
    assert reminder.count("Not yet paid") == 1
    shop.clock.advance(timedelta(days=2))
    ada = await shop.desk.person("ada", locale="en-US", country="JP")
    await _poll(shop)
    assert await shop.state(ada, order) == "pending"
    shop.world.control("pay_voucher", session=_session(order))
    await shop.tell(*shop.world.messages("checkout.session.async_payment_succeeded"))
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("paid", COINS)
    assert "Not yet paid" not in (await ada.get("/wallet")).text
    assert await _problems(shop) == []


async def test_a_voucher_that_runs_out_and_is_paid_after_all(shop: StripeShop) -> None:
    ada = await shop.desk.person("ada", locale="en-US", country="JP")
    order = await shop.order(ada)
    shop.world.pay(order["checkout_url"], KONBINI)
    await shop.tell(*shop.world.messages())
    shop.world.control("lapse_voucher", session=_session(order))
    await shop.tell(*shop.world.messages())
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("expired", 0)
    assert await _problems(shop) == []
    shop.world.control("pay_voucher", session=_session(order))
    await shop.tell(*shop.world.messages("payment_intent.succeeded"))
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("paid", COINS)
    assert await _problems(shop) == [("paid_late", True)]


async def test_a_transfer_of_which_only_a_part_comes(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    shop.world.pay(order["checkout_url"], BANK_TRANSFER)
    await shop.tell(*shop.world.messages())
    shop.world.control("pay_voucher", session=_session(order), amount=order["price"]["amount_minor"] - 20)
    assert await shop.tell(*shop.world.messages("payment_intent.partially_funded")) == ["applied"]
    waiting = (await ada.get(f"/v1/orders/{order['id']}")).json()
    assert (waiting["state"], waiting["voucher"]["missing"]["amount_minor"]) == ("pending", 20)
    shop.clock.advance(timedelta(days=ORDER_PROCESSING_DAYS_MAX, hours=2))
    ada = await shop.desk.person("ada", locale="en-US")
    await _poll(shop)
    await _poll(shop)
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("expired", 0)
    assert await _problems(shop) == [("amount_differs", False)]


async def test_a_method_is_chosen_by_name_and_offered_first_the_next_time(
    database_url: str, world: StripeWorld
) -> None:
    methods = "card konbini boleto"  # a boleto is paid in reais, which are not the currency here
    async with open_stripe_shop(database_url, world, stripe_methods=methods) as shop:
        ada = await shop.desk.person("ada", locale="ja-JP", country="JP")
        offered = (await ada.get("/v1/prices")).json()["ways"]
        names = [("stripe", "card", "Card"), ("stripe", "konbini", "Konbini"), ("stripe_intent", None, "In the app")]
        assert [(way["provider"], way["method"], way["name"]) for way in offered] == names
        assert not any(way["is_last"] for way in offered)
        other = await shop.place(ada, method="boleto")
        assert (other.status_code, other.json()["field"]) == (400, "body.method")
        order = (await shop.place(ada, method="konbini")).json()
        assert order["method"] == "konbini"
        assert "does not take card" in shop.world.pay(order["checkout_url"], GOOD).text
        shop.world.pay(order["checkout_url"], KONBINI)
        shop.world.control("pay_voucher", session=_session(order))
        await shop.tell(*shop.world.messages())
        assert await shop.state(ada, order) == "paid"
        again = (await ada.get("/v1/prices")).json()["ways"]
        assert [way["method"] for way in again if way["is_last"]] == ["konbini"]
        page = (await ada.get("/recharge")).text
        assert re.search(r'data-method="konbini" checked', page)


async def test_at_a_cheaper_price_only_what_shows_a_country_or_is_of_it_is_offered(shop: StripeShop) -> None:
    """Coins cost less in Indonesia: nobody from elsewhere gets that by a way to pay that nobody looks at."""
    await sell_cheaply_in_indonesia(shop.desk, shop.clock)
    cases = [
        ("link", "US", "refused"),
        ("revolut_pay", "GB", "refused"),
        ("cashapp", "ID", "refused"),
        ("link", "ID", "paid"),
    ]
    for number, (wallet, country, state) in enumerate(cases):
        buyer = await shop.desk.person(f"buyer{number}", locale="en-US", country="ID")
        order = await shop.order(buyer)
        shop.world.pay(order["checkout_url"], wallet, country)
        await buyer.post(f"/v1/orders/{order['id']}/refresh")
        assert await shop.state(buyer, order) == state, (wallet, country)
    budi = await shop.desk.person("budi", locale="en-US", country="ID")
    order = await shop.order(budi)
    assert "does not take konbini" in shop.world.pay(order["checkout_url"], KONBINI, "ID").text
    assert shop.world.pay(order["checkout_url"], BANK_TRANSFER, "ID").status_code == 303


async def test_methods_that_a_price_does_not_allow_are_not_shown(database_url: str, world: StripeWorld) -> None:
    async with open_stripe_shop(database_url, world, stripe_methods="card konbini customer_balance") as shop:
        await sell_cheaply_in_indonesia(shop.desk, shop.clock)
        for country, shown in (("ID", ["card", "customer_balance"]), ("JP", ["card", "konbini", "customer_balance"])):
            buyer = await shop.desk.person(f"of{country}", locale="en-US", country=country)
            ways = (await buyer.get("/v1/prices")).json()["ways"]
            assert [way["method"] for way in ways if way["provider"] == "stripe"] == shown
            page = (await buyer.get("/recharge")).text
            assert ('data-method="konbini"' in page) is ("konbini" in shown)


async def test_what_a_way_taken_at_once_shows_is_kept(shop: StripeShop) -> None:
    """Two signs of a country are what a tax office asks for: of a voucher too."""
    jun = await shop.desk.person("jun", locale="en-US", country="JP")
    order = await shop.order(jun)
    shop.world.pay(order["checkout_url"], KONBINI)
    shop.world.control("pay_voucher", session=_session(order))
    done = shop.world.messages("checkout.session.async_payment_succeeded")
    assert await shop.tell(*done, *done) == ["applied", "repeated"]
    olga = await shop.desk.person("olga", Role.OPERATOR)
    found = (await olga.get(f"/v1/operator/orders/{order['id']}/region-decisions")).json()["items"]
    assert [decision["kind"] for decision in found] == ["quote", "payment"]
    signs = [(sign["source"], sign["country"], sign["detail"]) for sign in found[1]["evidence"]]
    assert ("payer_address", "JP", "konbini") in signs


async def _poll(shop: StripeShop) -> None:
    """What the job does: providers are asked about open orders, and what is over is called off."""
    house = shop.desk.house
    await jobs.poll_orders(house.database, house.payment_providers, house.settings, shop.clock)
    await jobs.carry_out_due(house.database, house.payment_providers, house.settings, shop.clock)


async def _problems(shop: StripeShop) -> list[tuple[str, bool]]:
    operator = await shop.desk.person("olga", Role.OPERATOR)
    found = (await operator.get("/v1/operator/payment-problems")).json()["items"]
    return [(problem["kind"], problem["credited"]) for problem in found]


async def test_forged_messages_change_nothing(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    shop.world.pay(order["checkout_url"])
    kind = "checkout.session.completed"
    ((headers, body),) = shop.world.messages(kind)
    outcomes = await shop.tell(
        *shop.world.messages(kind, secret="whsec_other"),
        *shop.world.messages(kind, age_s=400),
        *shop.world.messages(kind, age_s=-400),
        *shop.world.messages(kind, change={"livemode": True}),
        (headers, body.replace(b"unpaid", b"paid")),
        ({}, body),
    )
    assert outcomes == ["signature_not_valid"] * 6
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("pending", 0)
    assert await shop.tell((headers, body)) == ["applied"]


async def test_a_message_that_comes_late_is_signed_anew(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    """Stripe brings a message for three days: it finds the order expired, and the buyer has the coins all the same."""
    order = await shop.order(ada)
    shop.world.pay(order["checkout_url"])
    late = shop.world.messages("checkout.session.completed")
    assert await shop.tell(*shop.world.messages("checkout.session.completed", age_s=3_600)) == ["signature_not_valid"]
    shop.clock.advance(timedelta(seconds=ORDER_POLL_AFTER_S))
    house = shop.desk.house
    assert await jobs.poll_orders(house.database, house.payment_providers, house.settings, shop.clock) == 1
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("paid", COINS)
    assert await shop.tell(*late) == ["repeated"]
    assert await shop.coins(ada) == COINS


async def test_a_lost_answer_makes_no_second_checkout(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    quote = (await ada.post("/v1/quotes", json={"id": str(new_id(shop.clock)), "package_coins": COINS})).json()
    body = {"id": str(new_id(shop.clock)), "quote_id": quote["id"], "provider": "stripe"}
    shop.world.control("faults", path="/v1/checkout/sessions", lose_answer=True)
    lost = await ada.post("/v1/orders", json=body)
    assert (lost.status_code, lost.json()["code"]) == (503, "provider_unavailable")
    order = (await ada.post("/v1/orders", json=body)).json()
    assert len(shop.world.control("object", kind="checkout.session")) == 1
    shop.world.pay(order["checkout_url"])
    shop.world.control("faults", path="/capture", lose_answer=True)
    await shop.tell(*shop.world.messages("checkout.session.completed"))
    assert await shop.coins(ada) == 0
    shop.clock.advance(timedelta(minutes=5))
    house = shop.desk.house
    assert await jobs.carry_out_due(house.database, house.payment_providers, house.settings, shop.clock) == 1
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("paid", COINS)
    assert len(shop.world.control("object", kind="balance_transaction")) == 1


async def test_the_hosts_own_app_is_handed_the_client_secret(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada, "stripe_intent")
    fragment = order["checkout_url"].partition("#")[2]
    intent = fragment.removeprefix("payment_intent_client_secret=").partition("_secret_")[0]
    answer = httpx2.post(
        f"{shop.world.url}/v1/payment_intents/{intent}/confirm",
        data={"payment_method": "pm_card_visa"},
        headers={"Authorization": f"Bearer {SECRET_KEY}"},
        timeout=WAIT_S,
    )
    assert answer.json()["status"] == "requires_capture"
    messages = shop.world.messages("payment_intent.amount_capturable_updated")
    assert await shop.tell(*messages) == ["ignored"]  # it is not a Checkout Session's
    assert await shop.tell(*messages, provider="stripe_intent") == ["applied"]
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("paid", COINS)


async def test_what_is_unspent_is_taken_back(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    order = await bought(shop, ada)
    body = {"id": str(new_id(shop.clock)), "order_id": order["id"], "coins": 100}
    taken = [await ada.post("/v1/withdrawals", json=body) for _ in range(2)]
    assert [answer.json()["state"] for answer in taken] == ["done", "done"], taken[0].text
    assert await shop.coins(ada) == COINS - 100
    outcomes = await shop.tell(*shop.world.messages("refund.created", "charge.refunded"))
    assert set(outcomes) <= {"repeated", "ignored"}
    assert await shop.coins(ada) == COINS - 100
    (refund,) = shop.world.control("object", kind="refund")
    assert refund["amount"] == taken[0].json()["amount"]["amount_minor"]
    shop.world.control("move_refund", refund=refund["id"], status="failed")
    assert await shop.tell(*shop.world.messages("refund.failed")) == ["applied"]
    assert await shop.coins(ada) == COINS


async def test_an_operator_refunds_an_order_once(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    order = await bought(shop, ada)
    olga = await shop.desk.person("olga", Role.OPERATOR)
    body = {"id": str(new_id(shop.clock)), "all": True, "reason": "goodwill"}
    shop.world.control("faults", path="/v1/refunds", lose_answer=True)
    answers = [await olga.post(f"/v1/operator/orders/{order['id']}/refunds", json=body) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {201}, answers[0].text
    again = await olga.post(f"/v1/operator/orders/{order['id']}/refunds", json=body | {"id": str(new_id(shop.clock))})
    assert again.status_code == 409
    await shop.tell(*shop.world.messages())
    assert await shop.coins(ada) == 0
    (refund,) = shop.world.control("object", kind="refund")
    assert refund["amount"] == order["price"]["amount_minor"]
    found = (await ada.get(f"/v1/orders/{order['id']}/reversals")).json()["items"]
    assert [one["state"] for one in found] == ["done"]


async def test_a_refund_from_stripes_own_desk_takes_the_coins(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    order = await bought(shop, ada)
    (intent,) = shop.world.control("object", kind="payment_intent")
    httpx2.post(
        f"{shop.world.url}/v1/refunds",
        data={"payment_intent": intent["id"]},
        headers={"Authorization": f"Bearer {SECRET_KEY}"},
        timeout=WAIT_S,
    )
    await shop.tell(*shop.world.messages("charge.refunded", "refund.created"))
    assert await shop.coins(ada) == 0
    found = (await ada.get(f"/v1/orders/{order['id']}/reversals")).json()["items"]
    assert [(one["kind"], one["state"]) for one in found] == [("refund", "done")]


@pytest.mark.parametrize(("ends", "coins", "state"), [("won", COINS, "undone"), ("lost", 0, "done")])
async def test_a_dispute_is_opened_and_ends(
    shop: StripeShop, ada: httpx2.AsyncClient, ends: str, coins: int, state: str
) -> None:
    order = await bought(shop, ada, DISPUTED)
    await shop.tell(*shop.world.messages())
    assert await shop.coins(ada) == 0
    (dispute,) = shop.world.control("object", kind="dispute")
    for status in ("under_review", ends):
        shop.world.control("move_dispute", dispute=dispute["id"], status=status)
    messages = shop.world.messages()
    await shop.tell(*reversed(messages), *messages)
    assert await shop.coins(ada) == coins
    found = (await ada.get(f"/v1/orders/{order['id']}/reversals")).json()["items"]
    assert [(one["kind"], one["state"]) for one in found] == [("chargeback", state)]


async def test_an_early_fraud_warning_is_shown_to_operators(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    await bought(shop, ada, FRAUD_WARNING)
    warned = shop.world.messages("radar.early_fraud_warning.created")
    assert await shop.tell(*warned, *warned) == ["problem", "repeated"]
    assert await shop.coins(ada) == COINS


async def test_a_warning_of_the_cards_network_is_refunded_where_that_is_wanted(
    database_url: str, world: StripeWorld
) -> None:
    async with open_stripe_shop(database_url, world, refund_fraud_warnings=True) as shop:
        ada = await shop.desk.person("ada", locale="en-US")
        order = await bought(shop, ada, FRAUD_WARNING)
        warned = world.messages("radar.early_fraud_warning.created")
        assert await shop.tell(*warned, *warned) == ["problem", "repeated"]
        assert await shop.coins(ada) == 0
        [given_back] = (await ada.get("/v1/reversals")).json()["items"]
        assert (given_back["kind"], given_back["amount"]) == ("refund", order["price"])


async def test_a_refund_that_nobody_asked_for_may_take_days(database_url: str, world: StripeWorld) -> None:
    async with open_stripe_shop(database_url, world, refund_fraud_warnings=True) as shop:
        ada, house = await shop.desk.person("ada", locale="en-US"), shop.desk.house
        order = await shop.order(ada)
        world.pay(order["checkout_url"], BANK_DEBIT)
        world.control("settle", session=_session(order), success=True)
        await shop.tell(*world.messages())
        (intent,) = world.control("object", kind="payment_intent")
        world.control("warn", payment_intent=intent["id"])
        assert await shop.tell(*world.messages("radar.early_fraud_warning.created")) == ["problem"]
        await send_due(house.database, house.payment_providers, house.settings, shop.clock)
        assert [one["state"] for one in (await ada.get("/v1/reversals")).json()["items"]] == ["sent"]
        assert await shop.tell(*world.messages("refund.created")) == ["repeated"]
        (refund,) = world.control("object", kind="refund")
        world.control("move_refund", refund=refund["id"], status="succeeded")
        assert await shop.tell(*world.messages("refund.updated")) == ["applied"]
        [given_back] = (await ada.get("/v1/reversals")).json()["items"]
        assert (given_back["state"], given_back["reason"]) == ("done", "")


async def test_a_review_that_came_to_nothing_is_closed_by_itself(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    await bought(shop, ada)
    (intent,) = shop.world.control("object", kind="payment_intent")
    review = shop.world.control("review", payment_intent=intent["id"])
    opened = shop.world.messages("review.opened")
    assert await shop.tell(*opened, *opened) == ["problem", "repeated"]
    shop.world.control("review", review=review["id"], closed="approved")
    olga = await shop.desk.person("olga", Role.OPERATOR)
    (shown,) = (await olga.get("/v1/operator/payment-problems?open=true")).json()["items"]
    assert (shown["kind"], shown["detail"]) == ("fraud_warning", f"review: rule ({review['id']})")
    closed = shop.world.messages("review.closed")
    assert await shop.tell(*closed, *closed) == ["applied", "repeated"]
    assert (await olga.get("/v1/operator/payment-problems?open=true")).json()["items"] == []
    assert await shop.coins(ada) == COINS


async def test_what_stripe_keeps_is_settled_when_it_says_so(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    await bought(shop, ada)
    (intent,) = shop.world.control("object", kind="payment_intent")
    at_first = await kept(shop)
    for fee in (at_first + 9, at_first + 2):
        shop.world.control("settle_fee", payment_intent=intent["id"], fee=fee)
        updated = shop.world.messages("charge.updated")[-1:]
        assert await shop.tell(*updated, *updated) == ["applied", "repeated"]
        assert await kept(shop) == fee


async def kept(shop: StripeShop) -> int:
    """What the books say that channels keep."""
    async with shop.desk.house.database.read() as connection:
        minor: int = await connection.fetchval("select sum(balance)::bigint from balance where kind = 'channel_fees'")
    return minor


async def test_money_that_did_not_reach_the_bank_is_for_a_person(shop: StripeShop) -> None:
    shop.world.control("pay_out", status="paid")
    shop.world.control("pay_out", status="failed")
    assert await shop.tell(*shop.world.messages("payout.paid", "payout.failed")) == ["applied", "problem"]
    olga = await shop.desk.person("olga", Role.OPERATOR)
    (shown,) = (await olga.get("/v1/operator/messages?state=problem")).json()["items"]
    assert shown["detail"].endswith("1000 usd to the bank is failed (account_closed)")


async def test_what_no_message_told_is_found_by_the_daily_comparison(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    order = await bought(shop, ada, DISPUTED)  # nothing is heard of the dispute
    lost = await shop.order(ada)
    shop.world.pay(lost["checkout_url"])
    day = datetime.now(UTC).date()
    shop.clock.advance(timedelta(days=1))
    house, olga = shop.desk.house, await shop.desk.person("olga", Role.OPERATOR)
    ada = await shop.desk.person("ada")  # her first token is over
    asked = {"id": str(new_id(shop.clock)), "provider": "stripe", "day": day.isoformat()}
    assert (await olga.post("/v1/operator/reconciliations", json=asked)).status_code == 202
    assert await run_due(house.database, house.payment_providers, house.settings, shop.clock) == 1
    run = (await olga.get(f"/v1/operator/reconciliations/{asked['id']}")).json()
    found = (await olga.get("/v1/operator/differences")).json()["items"]
    assert {(one["kind"], one["order_id"], one["state"]) for one in found} == {
        ("reversal_missing_here", order["id"], "healed"),
        ("payment_state_differs", lost["id"], "healed"),
    }, run
    assert (await shop.state(ada, lost), await shop.coins(ada)) == ("paid", COINS)


async def test_a_price_stripe_cannot_take_is_said(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    shop.world.control("faults", path="/v1/checkout/sessions", status=400)
    refused = await shop.place(ada)
    assert (refused.status_code, refused.json()["code"]) == (502, "provider_refused")
    assert SECRET_KEY not in refused.text
    said = refused.json().keys() - {"type", "title", "status", "code", "instance"}
    assert said == {"provider"}, "Stripe's words are for operators"


def _session(order: dict[str, Any]) -> str:
    found: str = order["checkout_url"].rsplit("/", 1)[1]
    return found
