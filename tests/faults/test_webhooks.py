"""Coins appear exactly once: webhooks before, after and with the return, repeated, reordered, forged, wrong, late."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from plaudit.inbox import actions as inbox
from plaudit.inbox.model import NewsOutcome
from plaudit.limits import ORDER_POLL_AFTER_S, ORDER_POLL_PAUSE_S_MAX, ORDER_VALID_MINUTES
from plaudit.people.model import Role
from plaudit.selling.orders import actions, jobs
from plaudit.vault.sealing import vault_of
from tests.support.shop import CONFIRM, DECLINED, EXPIRES, GOOD, LATE, Shop, open_shop, signed, until_coins
from tests.support.waiting import eventually


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def ada(shop: Shop) -> httpx2.AsyncClient:
    return await shop.desk.person("ada", locale="en-US")


async def refresh(buyer: httpx2.AsyncClient, order: dict[str, str]) -> str:
    answer = await buyer.post(f"/v1/orders/{order['id']}/refresh")
    assert answer.status_code == 200, answer.text
    state: str = answer.json()["state"]
    return state


async def poll(shop: Shop) -> int:
    house = shop.desk.house
    return await jobs.poll_orders(house.database, house.payment_providers, house.settings, shop.clock)


async def test_the_webhook_comes_before_the_return(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    await shop.pay(order)
    told = await shop.tell(await shop.event(order))
    assert (told.status_code, told.json()) == (200, {"outcome": "applied"})
    assert await shop.coins(ada) == 70
    assert await refresh(ada, order) == "paid"
    assert await shop.coins(ada) == 70


async def test_the_return_comes_before_the_webhook(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    assert await refresh(ada, order) == "pending"
    await shop.pay(order)
    assert await refresh(ada, order) == "paid"
    assert (await shop.tell(await shop.event(order))).json() == {"outcome": "repeated"}
    assert await shop.coins(ada) == 70


async def test_webhooks_and_returns_at_the_same_moment(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    await shop.pay(order)
    same = await shop.event(order)
    answers = await asyncio.gather(
        *(shop.tell(same) for _ in range(5)),
        *[shop.tell(await shop.event(order)) for _ in range(3)],
        *(ada.post(f"/v1/orders/{order['id']}/refresh") for _ in range(3)),
    )
    assert {answer.status_code for answer in answers} == {200}
    assert sum(answer.json().get("outcome") == "applied" for answer in answers) <= 1
    assert await shop.coins(ada) == 70


async def test_the_same_event_five_times_is_kept_once(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    await shop.pay(order)
    event = await shop.event(order)
    outcomes = [(await shop.tell(event)).json()["outcome"] for _ in range(5)]
    assert outcomes == ["applied", *["repeated"] * 4]
    async with shop.desk.house.database.read() as connection:
        kept = await connection.fetch("select message_id, body, state, tries from webhook_event")
        message = await inbox.find(connection, vault_of(shop.desk.house.settings), kept[0]["message_id"])
    assert [tuple(row)[1:] for row in kept] == [(None, "applied", 1)]
    assert message.body == event[1]
    assert await shop.coins(ada) == 70


async def test_older_news_after_newer_changes_nothing(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    opened = await shop.event(order)
    processing = await shop.event(order, state="processing")
    expired = await shop.event(order, state="expired")
    await shop.pay(order)
    assert (await shop.tell(await shop.event(order))).json()["outcome"] == "applied"
    for old in (processing, opened, expired):
        assert (await shop.tell(old)).json()["outcome"] == "ignored"
    assert (await ada.get(f"/v1/orders/{order['id']}")).json()["state"] == "paid"
    assert await shop.coins(ada) == 70


async def test_what_is_not_from_the_provider_is_not_believed(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    headers, body = await shop.event(order, state="paid", paid_at=datetime.now(UTC).isoformat())
    old = signed({"type": "checkout.paid"}, at=datetime.now(UTC) - timedelta(minutes=6))
    ahead = signed({"type": "checkout.paid"}, at=datetime.now(UTC) + timedelta(minutes=6))
    forged = signed({"type": "checkout.paid"}, secret="whsec_" + "YW5vdGhlciBzZWNyZXQ=")
    altered = (headers, body.replace(b'"amount_minor": 74', b'"amount_minor": 75'))
    assert altered[1] != body
    unsigned = ({name: value for name, value in headers.items() if name != "webhook-signature"}, body)
    swapped = (headers | {"webhook-id": "evt_other"}, body)
    malformed = [(headers | {"webhook-signature": text}, body) for text in ("v1", "v1,!", "v1,a,b", "v2,AAAA", " ")]
    for event in (old, ahead, forged, altered, unsigned, swapped, *malformed, (headers, b"\xff")):
        answer = await shop.tell(event)
        assert (answer.status_code, answer.json()["code"]) == (401, "signature_not_valid"), event
    assert await shop.coins(ada) == 0
    unknown = await (await shop.desk.client()).post("/v1/webhooks/nobody", headers=headers, content=body)
    assert unknown.status_code == 404


async def test_events_of_no_concern_are_kept_and_ignored(shop: Shop) -> None:
    assert (await shop.tell(signed({"type": "payout.paid", "data": {}}))).json() == {"outcome": "ignored"}


@pytest.mark.parametrize("changed", [{"amount_minor": 73}, {"amount_minor": 7_400}, {"currency": "EUR"}])
async def test_another_amount_is_never_credited(
    shop: Shop, ada: httpx2.AsyncClient, changed: dict[str, object]
) -> None:
    order = await shop.order(ada)
    event = await shop.event(order, state="paid", **changed)
    assert (await shop.tell(event)).json() == {"outcome": "problem"}
    assert (await shop.tell(event)).json() == {"outcome": "repeated"}
    assert await shop.coins(ada) == 0
    present = (await ada.get(f"/v1/orders/{order['id']}")).json()
    assert (present["state"], present["needs_review"]) == ("pending", True)
    async with shop.desk.house.database.read() as connection:
        [problem] = await actions.payment_problems(connection, 10)
    assert (problem.kind, problem.credited, problem.expected_minor) == ("amount_differs", False, 74)


async def test_an_event_about_nobody_is_kept_for_the_operator(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    for reference in ("nonsense", "9999-" + order["id"], f"{2**70}-{order['id']}", "x-y"):
        event = await shop.event(order, state="paid", reference=reference)
        assert (await shop.tell(event)).json() == {"outcome": "waiting"}
    assert await shop.coins(ada) == 0


async def test_a_second_payment_of_an_order_is_recorded_and_not_credited(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    await shop.pay(order)
    await refresh(ada, order)
    assert (await shop.tell(await shop.event(order, id="chk_second"))).json() == {"outcome": "problem"}
    assert await shop.coins(ada) == 70
    async with shop.desk.house.database.read() as connection:
        assert [problem.kind for problem in await actions.payment_problems(connection, 10)] == ["paid_twice"]


@pytest.mark.parametrize(("card", "state"), [(DECLINED, "declined"), (EXPIRES, "expired")])
async def test_cards_that_do_not_pay(shop: Shop, ada: httpx2.AsyncClient, card: str, state: str) -> None:
    order = await shop.order(ada)
    back = await shop.pay(order, card)
    assert (back.status_code, back.headers["location"]) == (
        303,
        f"{shop.desk.house.settings.public_url}/orders/{order['id']}",
    )
    assert await refresh(ada, order) == state
    assert (await shop.tell(await shop.event(order))).json() == {"outcome": "repeated"}
    assert await shop.coins(ada) == 0
    assert (await ada.get(f"/v1/receipts/{order['id']}")).status_code == 404


@pytest.mark.parametrize(("decision", "state", "coins"), [("approve", "paid", 70), ("refuse", "declined", 0)])
async def test_a_card_that_asks_the_bank(
    shop: Shop, ada: httpx2.AsyncClient, decision: str, state: str, coins: int
) -> None:
    order = await shop.order(ada)
    assert (await shop.pay(order, CONFIRM)).headers["location"] == order["checkout_url"]
    assert await refresh(ada, order) == "pending"
    await shop.browser.post(order["checkout_url"] + "/confirm", data={"decision": decision})
    assert await refresh(ada, order) == state
    assert await shop.coins(ada) == coins


async def test_a_late_payment_whose_webhook_is_lost_is_found_by_asking(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    await shop.pay(order, LATE)
    assert await refresh(ada, order) == "pending"

    async def ended() -> bool:
        return bool((await shop.checkout(order))["state"] != "processing")

    await eventually(ended, "the provider has the money")
    assert await poll(shop) == 0
    shop.clock.advance(timedelta(seconds=ORDER_POLL_AFTER_S))
    assert await poll(shop) == 1
    assert await shop.coins(ada) == 70
    assert await poll(shop) == 0


async def test_an_order_nobody_pays_expires_and_a_payment_after_that_still_counts(
    shop: Shop, ada: httpx2.AsyncClient
) -> None:
    order = await shop.order(ada)
    shop.clock.advance(timedelta(minutes=ORDER_VALID_MINUTES, seconds=ORDER_POLL_PAUSE_S_MAX))
    assert await poll(shop) == 1
    ada = await shop.desk.person("ada", locale="en-US")
    assert (await ada.get(f"/v1/orders/{order['id']}")).json()["state"] == "expired"
    await shop.pay(order, GOOD)
    assert (await shop.tell(await shop.event(order))).json() == {"outcome": "applied"}
    assert await shop.coins(ada) == 70
    async with shop.desk.house.database.read() as connection:
        [problem] = await actions.payment_problems(connection, 10)
    assert (problem.kind, problem.credited) == ("paid_late", True)
    assert not (await ada.get(f"/v1/orders/{order['id']}")).json()["needs_review"]


async def test_two_workers_do_not_ask_about_the_same_order(shop: Shop, ada: httpx2.AsyncClient) -> None:
    for _ in range(4):
        await shop.order(ada)
    shop.clock.advance(timedelta(seconds=ORDER_POLL_AFTER_S))
    assert sum(await asyncio.gather(*(poll(shop) for _ in range(4)))) == 4


async def test_receipts_of_orders_paid_at_once_have_no_gaps(shop: Shop) -> None:
    buyers = [await shop.desk.person(f"buyer-{n}", locale="de-DE") for n in range(6)]
    orders = [await shop.order(buyer) for buyer in buyers for _ in range(2)]
    await asyncio.gather(*(shop.pay(order) for order in orders))
    events = [await shop.event(order) for order in orders]
    outcomes = [answer.json()["outcome"] for answer in await asyncio.gather(*map(shop.tell, events))]
    assert outcomes == [NewsOutcome.APPLIED] * len(orders)
    operator = await shop.desk.person("olga", Role.OPERATOR)
    numbers = [(await operator.get(f"/v1/receipts/{order['id']}")).json()["number"] for order in orders]
    assert len(set(numbers)) == len(orders)  # that there are no gaps is a law of the audit


async def test_the_sandbox_tells_twice_and_out_of_order(database_url: str, tmp_path: Path) -> None:
    async with open_shop(database_url, tmp_path, webhooks=True, chaos_seed=7) as shop:
        buyers = [await shop.desk.person(f"buyer-{n}", locale="ja-JP") for n in range(4)]
        orders = [await shop.order(buyer) for buyer in buyers]
        await asyncio.gather(
            *(shop.pay(order, card) for order, card in zip(orders, (GOOD, GOOD, LATE, DECLINED), strict=True))
        )
        for buyer, coins in zip(buyers, (70, 70, 70, 0), strict=True):
            await until_coins(buyer, coins)

        async def declined() -> bool:
            return bool((await buyers[3].get(f"/v1/orders/{orders[3]['id']}")).json()["state"] == "declined")

        await eventually(declined, "the last one is declined")
