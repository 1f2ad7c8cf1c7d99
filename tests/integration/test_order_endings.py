"""How orders end, and how they do not: money on its way keeps one open, what is over is called off at its provider."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.limits import (
    CALL_OFF_TRIES_MAX,
    CAPTURE_ALARM_AFTER_S,
    CAPTURE_PAUSE_S_MAX,
    ORDER_POLL_PAUSE_S_MAX,
    ORDER_PROCESSING_DAYS_MAX,
    ORDER_VALID_MINUTES,
)
from plaudit.people.model import Role
from plaudit.providers import ProviderRefused, ProviderUnavailable
from plaudit.selling.orders import jobs
from plaudit.selling.providers.base import AmountRange, CheckoutRequest
from plaudit.selling.providers.news import Payment
from plaudit.selling.providers.sandbox.provider import SandboxProvider
from tests.support.shop import LATE, Shop, open_shop
from tests.support.waiting import eventually

END = timedelta(minutes=ORDER_VALID_MINUTES, seconds=ORDER_POLL_PAUSE_S_MAX)


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path, late_s=600) as opened:
        yield opened


@pytest.fixture
async def ada(shop: Shop) -> httpx2.AsyncClient:
    return await shop.desk.person("ada", locale="de-DE")


async def poll(shop: Shop) -> int:
    house = shop.desk.house
    return await jobs.poll_orders(house.database, house.payment_providers, house.settings, shop.clock)


async def carry_out(shop: Shop) -> int:
    house = shop.desk.house
    return await jobs.carry_out_due(house.database, house.payment_providers, house.settings, shop.clock)


async def read(shop: Shop, order: dict[str, Any]) -> dict[str, Any]:
    buyer = await shop.desk.person("ada", locale="de-DE")  # tokens end sooner than these orders
    found: dict[str, Any] = (await buyer.get(f"/v1/orders/{order['id']}")).json()
    return found


async def test_money_on_its_way_keeps_an_order_open_for_days(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    await shop.pay(order, LATE)
    back = (await ada.post(f"/v1/orders/{order['id']}/refresh")).json()
    assert (back["state"], back["processing_since"] is not None) == ("pending", True)
    page = (await ada.get(f"/orders/{order['id']}?lang=en")).text
    assert "Your payment is on its way" in page
    assert order["checkout_url"] not in page  # nobody is to pay twice
    shop.clock.advance(END)
    assert await poll(shop) == 1
    shop.clock.advance(timedelta(days=3))
    assert await poll(shop) == 1
    assert (await read(shop, order))["state"] == "pending"
    shop.clock.advance(timedelta(days=ORDER_PROCESSING_DAYS_MAX))
    assert await poll(shop) == 1
    assert (await read(shop, order))["state"] == "expired"


async def test_a_buyer_who_chooses_another_way_is_not_waited_for_days(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    await shop.tell(await shop.event(order, state="processing"))
    assert (await read(shop, order))["processing_since"] is not None
    assert (await ada.post(f"/v1/orders/{order['id']}/refresh")).json()["processing_since"] is None
    shop.clock.advance(END)
    await poll(shop)
    assert (await read(shop, order))["state"] == "expired"


async def test_an_order_that_is_over_is_called_off_at_its_provider(
    shop: Shop, ada: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order(ada)
    shop.clock.advance(END)
    await poll(shop)
    assert (await shop.checkout(order))["state"] == "open"

    async def away(*_: object) -> Payment:
        raise ProviderUnavailable("sandbox")

    monkeypatch.setattr(SandboxProvider, "cancel", away)
    assert await carry_out(shop) == 1
    monkeypatch.undo()
    shop.clock.advance(timedelta(seconds=CAPTURE_PAUSE_S_MAX))
    assert await carry_out(shop) == 1
    assert ((await shop.checkout(order))["state"], (await read(shop, order))["state"]) == ("cancelled", "expired")
    assert await carry_out(shop) == 0


async def test_who_agrees_before_the_checkout_is_called_off_gets_coins(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    shop.clock.advance(END)
    await poll(shop)
    await shop.pay(order)
    assert (await shop.tell(await shop.event(order))).json() == {"outcome": "applied"}
    assert (await read(shop, order))["state"] == "paid"
    await carry_out(shop)
    assert ((await shop.checkout(order))["state"], (await read(shop, order))["state"]) == ("paid", "paid")


async def test_money_that_was_taken_before_the_checkout_was_called_off_is_credited(
    shop: Shop, ada: httpx2.AsyncClient
) -> None:
    order = await shop.order(ada)
    shop.clock.advance(END)
    await poll(shop)
    await shop.pay(order)
    await shop.sandbox("POST", f"/checkouts/{(await shop.checkout(order))['id']}/capture")
    assert await carry_out(shop) == 1
    assert (await read(shop, order))["state"] == "paid"


async def test_a_provider_that_will_not_call_off_is_not_asked_for_ever(
    shop: Shop, ada: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.order(ada)
    shop.clock.advance(END)
    await poll(shop)

    async def refuse(*_: object) -> Payment:
        raise ProviderRefused("sandbox", "no")

    monkeypatch.setattr(SandboxProvider, "cancel", refuse)
    for _ in range(CALL_OFF_TRIES_MAX):
        assert await carry_out(shop) == 1
        shop.clock.advance(timedelta(seconds=CAPTURE_PAUSE_S_MAX))
    assert await carry_out(shop) == 0


async def test_a_payment_that_cannot_be_taken_for_a_day_is_for_a_person(
    shop: Shop, ada: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order(ada)
    await shop.pay(order)

    async def refuse(*_: object) -> Payment:
        raise ProviderRefused("sandbox", "the bank says no")

    monkeypatch.setattr(SandboxProvider, "capture", refuse)
    await ada.post(f"/v1/orders/{order['id']}/refresh")
    for _ in range(3):
        shop.clock.advance(timedelta(seconds=CAPTURE_ALARM_AFTER_S))
        assert await carry_out(shop) == 1
    olga = await shop.desk.person("olga", Role.OPERATOR)
    [problem] = (await olga.get("/v1/operator/payment-problems?open=true")).json()["items"]
    assert (problem["kind"], problem["paid"]["amount_minor"], problem["credited"]) == ("not_carried_out", 0, False)
    assert "the bank says no" in problem["detail"]


async def test_one_silent_provider_call_does_not_hold_up_the_others(
    shop: Shop, ada: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [await shop.order(ada) for _ in range(3)]
    for order in orders:
        shop.clock.advance(timedelta(seconds=1))
        await shop.pay(order)
    real, silent = SandboxProvider.capture, (await shop.checkout(orders[0]))["id"]

    async def away(*_: object) -> Payment:
        raise ProviderUnavailable("sandbox")

    monkeypatch.setattr(SandboxProvider, "capture", away)
    for order in orders:
        await ada.post(f"/v1/orders/{order['id']}/refresh")
    taken: list[str] = []

    async def capture(self: SandboxProvider, payment_id: str) -> Payment:
        if payment_id == silent:
            await eventually(lambda: len(taken) == 2, "the others were served")
            raise ProviderUnavailable("sandbox")
        found = await real(self, payment_id)
        taken.append(payment_id)
        return found

    monkeypatch.setattr(SandboxProvider, "capture", capture)
    shop.clock.advance(timedelta(seconds=CAPTURE_PAUSE_S_MAX))
    assert await carry_out(shop) == 3
    assert [(await read(shop, order))["state"] for order in orders] == ["authorised", "paid", "paid"]


# What the provider is asked


async def test_the_checkout_speaks_the_language_of_the_buyer(
    shop: Shop, ada: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    real = SandboxProvider.create_checkout

    async def create(self: SandboxProvider, request: CheckoutRequest) -> Payment:
        asked.append((request.locale, request.description))
        return await real(self, request)

    monkeypatch.setattr(SandboxProvider, "create_checkout", create)
    await shop.order(ada, coins=12_500)
    quote = await shop.quote(ada)
    body = {"id": quote["id"], "quote_id": quote["id"], "provider": "sandbox", "locale": "es"}
    assert (await ada.post("/v1/orders", json=body)).status_code == 201
    assert (await ada.post("/v1/orders", json=body | {"locale": None})).status_code == 201
    assert (await ada.post("/v1/orders", json=body | {"locale": "ja"})).status_code == 409
    assert asked == [("de-DE", "12.500 Münzen"), ("es", "70 monedas")]


async def test_a_provider_that_does_not_take_the_currency_gets_no_order(
    shop: Shop, ada: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote = await shop.quote(ada)
    monkeypatch.setattr(SandboxProvider, "takes", lambda _, price: price.currency != "EUR")
    monkeypatch.setattr(SandboxProvider, "range_of", lambda _, currency: None if currency == "EUR" else AmountRange())
    body = {"id": quote["id"], "quote_id": quote["id"], "provider": "sandbox"}
    refused = await ada.post("/v1/orders", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "currency_not_taken")
    assert (await ada.get("/v1/orders")).json()["items"] == []
    assert (await ada.get("/v1/prices")).json()["providers"] == []
    assert '"way": null' in (await ada.get("/recharge")).text
    monkeypatch.undo()
    assert (await ada.get("/v1/prices")).json()["providers"] == ["sandbox"]
    assert (await ada.post("/v1/orders", json=body)).status_code == 201
