"""What providers send is kept before it is applied, waits for what is missing, is tried again, and can be replayed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.connections import Connection
from plaudit.inbox import actions as inbox
from plaudit.inbox.model import Side
from plaudit.limits import (
    INBOX_LEASE_S,
    INBOX_PAUSE_S_MAX,
    ORDER_POLL_AFTER_S,
    ORDER_POLL_PAUSE_S_MAX,
    ORDER_VALID_MINUTES,
    WEBHOOK_ERRORS_MAX,
)
from plaudit.people.model import Role
from plaudit.selling.inbox import actions
from plaudit.selling.inbox.applying import Applied, apply_news
from plaudit.selling.orders import checkout, jobs
from plaudit.selling.providers.news import Payment
from plaudit.selling.providers.sandbox.provider import SandboxProvider
from tests.support.ports import NOBODY
from tests.support.shop import Shop, open_shop, signed
from tests.support.waiting import cancelled


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def ada(shop: Shop) -> httpx2.AsyncClient:
    return await shop.desk.person("ada", locale="en-US")


@pytest.fixture
async def olga(shop: Shop) -> httpx2.AsyncClient:
    return await shop.desk.person("olga", Role.OPERATOR)


async def apply_due(shop: Shop) -> int:
    house = shop.desk.house
    return await actions.apply_due(house.database, house.payment_providers, house.settings, shop.clock)


async def only_message(olga: httpx2.AsyncClient) -> dict[str, Any]:
    [message] = (await olga.get("/v1/operator/messages")).json()["items"]
    found: dict[str, Any] = message
    return found


async def test_an_id_is_one_sides(shop: Shop) -> None:
    """Who pays out may have the name of who takes payments, and count as it does."""
    now, message, vault = shop.clock.now(), ("sandbox", "evt_1", "paid", b"{}"), shop.desk.house.account_vault.vault
    async with shop.desk.house.database.transaction() as connection:
        assert await inbox.keep(connection, vault, Side.PAYMENTS, *message, now)
        assert await inbox.keep(connection, vault, Side.PAYOUTS, *message, now)
        assert await inbox.keep(connection, vault, Side.PAYOUTS, *message, now) is None


async def test_a_message_is_kept_when_its_worker_dies_and_applied_by_another(
    shop: Shop, ada: httpx2.AsyncClient, olga: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order(ada)
    await shop.pay(order)

    async def die(*_: object) -> list[Any]:
        await cancelled()  # what a stopped process sees
        raise AssertionError

    monkeypatch.setattr(SandboxProvider, "read_webhook", die)
    assert (await shop.tell(await shop.event(order))).json() == {"outcome": "waiting"}
    monkeypatch.undo()
    assert (await only_message(olga))["state"] == "waiting"
    assert await apply_due(shop) == 0  # it is leased
    shop.clock.advance(timedelta(seconds=INBOX_LEASE_S))
    assert await apply_due(shop) == 1
    assert (await only_message(olga))["state"] == "applied"
    assert await shop.coins(ada) == 70


async def test_news_of_a_payment_not_known_yet_waits_for_it(
    shop: Shop, ada: httpx2.AsyncClient, olga: httpx2.AsyncClient
) -> None:
    order = await shop.order(ada)
    await shop.pay(order)
    await ada.post(f"/v1/orders/{order['id']}/refresh")
    payment = await shop.checkout(order)
    async with shop.desk.house.database.transaction() as connection:
        await connection.execute("update recharge_order set payment_id = null")
    warning = signed(
        {"type": "fraud_warning.created", "data": {"id": "frw_1", "checkout_id": payment["id"], "reason": "stolen"}}
    )
    assert (await shop.tell(warning)).json() == {"outcome": "waiting"}
    assert payment["id"] in (await only_message(olga))["detail"]
    async with shop.desk.house.database.transaction() as connection:
        await connection.execute("update recharge_order set payment_id = $1", payment["id"])
    shop.clock.advance(timedelta(seconds=INBOX_PAUSE_S_MAX))
    assert await apply_due(shop) == 1
    assert (await only_message(olga))["state"] == "problem"
    [problem] = (await olga.get("/v1/operator/payment-problems?open=true")).json()["items"]
    assert (problem["kind"], problem["credited"], problem["detail"]) == ("fraud_warning", True, "stolen (frw_1)")


async def test_what_cannot_be_applied_ends_as_a_problem_and_never_stops_others(
    shop: Shop, ada: httpx2.AsyncClient, olga: httpx2.AsyncClient
) -> None:
    poison = signed({"type": "checkout.paid", "data": {"id": 7}})
    assert (await shop.tell(poison)).json() == {"outcome": "waiting"}
    order = await shop.order(ada)
    await shop.pay(order)
    assert (await shop.tell(await shop.event(order))).json() == {"outcome": "applied"}
    for _ in range(WEBHOOK_ERRORS_MAX):
        shop.clock.advance(timedelta(seconds=INBOX_PAUSE_S_MAX))
        await apply_due(shop)
    olga = await shop.desk.person("olga", Role.OPERATOR)
    [given_up] = (await olga.get("/v1/operator/messages?state=problem")).json()["items"]
    assert (given_up["tries"], given_up["due_at"]) == (WEBHOOK_ERRORS_MAX, None)
    assert given_up["detail"].startswith("ValidationError")
    raw = (await olga.get(f"/v1/operator/messages/{given_up['id']}")).json()
    assert raw["body"] == poison[1].decode()


async def test_a_provider_that_does_not_answer_costs_no_message(
    shop: Shop, ada: httpx2.AsyncClient, olga: httpx2.AsyncClient
) -> None:
    order = await shop.order(ada)
    await shop.pay(order)
    event = await shop.event(order)
    provider: Any = shop.desk.house.payment_providers.get("sandbox")
    real, provider._client.base_url = provider._client.base_url, NOBODY
    assert (await shop.tell(event)).json() == {"outcome": "applied"}  # decided; the money is not taken yet
    assert (await ada.get(f"/v1/orders/{order['id']}")).json()["state"] == "authorised"
    assert await shop.coins(ada) == 0
    provider._client.base_url = real
    shop.clock.advance(timedelta(minutes=5))
    assert (await ada.post(f"/v1/orders/{order['id']}/refresh")).json()["state"] == "paid"
    assert await shop.coins(ada) == 70


async def test_a_message_that_takes_long_is_answered_and_left_to_the_job(
    shop: Shop, ada: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order(ada)
    await shop.pay(order)
    never = asyncio.Event()

    async def hang(*_: object) -> list[Any]:
        await never.wait()
        return []

    monkeypatch.setattr(SandboxProvider, "read_webhook", hang)
    monkeypatch.setattr(inbox, "WEBHOOK_APPLY_S", 0.05)
    assert (await shop.tell(await shop.event(order))).json() == {"outcome": "waiting"}
    monkeypatch.undo()
    assert await apply_due(shop) == 1  # without waiting for the lease to end
    assert await shop.coins(ada) == 70


async def test_a_replay_changes_nothing_twice_and_says_who_asked(
    shop: Shop, ada: httpx2.AsyncClient, olga: httpx2.AsyncClient
) -> None:
    order = await shop.order(ada)
    await shop.pay(order)
    await shop.tell(await shop.event(order))
    message = await only_message(olga)
    replayed = await olga.post(f"/v1/operator/messages/{message['id']}/replay")
    assert (replayed.status_code, replayed.json()["outcome"]) == (200, "repeated")
    assert replayed.json()["message"]["state"] == "applied"
    assert await shop.coins(ada) == 70
    shop.clock.advance(timedelta(seconds=1))
    now = shop.clock.now()
    period = {"since": (now - timedelta(hours=1)).isoformat(), "until": (now + timedelta(hours=1)).isoformat()}
    queued = await olga.post("/v1/operator/messages/replay", json=period)
    assert (queued.status_code, queued.json()) == (202, {"queued": 1})
    assert await apply_due(shop) == 1
    assert await apply_due(shop) == 0
    raw = (await olga.get(f"/v1/operator/messages/{message['id']}")).json()
    assert [one["outcome"] for one in raw["replays"]] == [None, "repeated"]  # None: it was left to the job
    assert await shop.coins(ada) == 70
    assert (await ada.get("/v1/operator/messages")).status_code == 403


async def test_messages_come_in_pages(shop: Shop, olga: httpx2.AsyncClient) -> None:
    for number in range(5):
        shop.clock.advance(timedelta(milliseconds=2))
        await shop.tell(signed({"id": f"evt_{number}", "type": "payout.paid", "data": {}}))
    seen, cursor = [], ""
    while True:
        page = (await olga.get(f"/v1/operator/messages?limit=2&provider=sandbox&state=ignored{cursor}")).json()
        seen += [message["event_id"] for message in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [f"evt_{number}" for number in (4, 3, 2, 1, 0)]
    assert (await olga.get("/v1/operator/messages?provider=other")).json() == {"items": [], "next": None}


async def test_a_problem_is_closed_once_and_with_words(
    shop: Shop, ada: httpx2.AsyncClient, olga: httpx2.AsyncClient
) -> None:
    order = await shop.order(ada)
    await shop.tell(await shop.event(order, state="paid", amount_minor=73))
    [problem] = (await olga.get("/v1/operator/payment-problems?open=true&kind=amount_differs")).json()["items"]
    assert (problem["expected"]["amount_minor"], problem["paid"]["amount_minor"]) == (74, 73)
    path = f"/v1/operator/payment-problems/{problem['id']}/resolve"
    assert (await olga.post(path, json={"resolution": "  "})).status_code == 400
    assert (await ada.post(path, json={"resolution": "mine"})).status_code == 403
    words = {"resolution": "Refunded at the provider's desk."}
    first, again = [await olga.post(path, json=words) for _ in range(2)]
    assert (first.status_code, first.json()["resolution"]) == (200, words["resolution"])
    assert again.text == first.text
    assert (await olga.post(path, json={"resolution": "other"})).status_code == 409
    assert (await olga.get("/v1/operator/payment-problems?open=true")).json()["items"] == []
    assert not (await ada.get(f"/v1/orders/{order['id']}")).json()["needs_review"]


async def test_the_database_goes_away_while_a_message_is_applied(
    shop: Shop, ada: httpx2.AsyncClient, olga: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order(ada)
    await shop.pay(order)
    await shop.sandbox("POST", f"/checkouts/{(await shop.checkout(order))['id']}/capture")
    real = apply_news

    async def cut(connection: Connection, *rest: Any) -> Applied:
        applied = await real(connection, *rest)
        await connection.execute("select pg_terminate_backend(pg_backend_pid())")  # before the commit
        return applied

    monkeypatch.setattr(actions, "apply_news", cut)
    assert (await shop.tell(await shop.event(order))).json() == {"outcome": "waiting"}
    monkeypatch.undo()
    assert (await shop.coins(ada), (await only_message(olga))["state"]) == (0, "waiting")
    shop.clock.advance(timedelta(seconds=INBOX_PAUSE_S_MAX))
    assert await apply_due(shop) == 1
    assert (await shop.coins(ada), (await only_message(olga))["state"]) == (70, "applied")


async def test_orders_nobody_has_bought_in_a_store_are_not_asked_about(
    shop: Shop, ada: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(checkout, "as_store", lambda provider: provider)  # as of an app store
    order = await shop.order(ada)
    assert order["checkout_url"] is None

    async def unknown(*_: object) -> Payment:
        raise AssertionError("there is no payment to ask about")

    monkeypatch.setattr(SandboxProvider, "fetch", unknown)
    house = shop.desk.house
    shop.clock.advance(timedelta(seconds=ORDER_POLL_AFTER_S))
    assert await jobs.poll_orders(house.database, house.payment_providers, house.settings, shop.clock) == 1
    assert (await ada.post(f"/v1/orders/{order['id']}/refresh")).json()["state"] == "pending"
    shop.clock.advance(timedelta(minutes=ORDER_VALID_MINUTES, seconds=ORDER_POLL_PAUSE_S_MAX))
    await jobs.poll_orders(house.database, house.payment_providers, house.settings, shop.clock)
    assert await jobs.carry_out_due(house.database, house.payment_providers, house.settings, shop.clock) == 0
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
