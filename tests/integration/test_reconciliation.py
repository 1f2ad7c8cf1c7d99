"""A day against what the provider lists: lost messages are made up for, the rest waits for somebody to close it."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.limits import (
    RECONCILE_AFTER_H,
    RECONCILE_CATCH_UP_DAYS_MAX,
    RECONCILE_LINGERING_EVERY_DAYS,
    RECONCILE_OPEN_DAYS_MAX,
    RECONCILE_PAUSE_S_FIRST,
    RECONCILE_TRIES_MAX,
)
from plaudit.people.model import Role
from plaudit.selling.providers.news import PaymentNews, PaymentState, ReversalNews, ReversalState
from plaudit.selling.providers.sandbox.provider import SandboxProvider
from plaudit.selling.reconciliation import actions
from plaudit.selling.reconciliation.jobs import reconciliation_jobs
from tests.support.ports import NOBODY
from tests.support.returns import BRITISH_NOT_REFUNDABLE, Returns
from tests.support.shop import DECLINED, Shop, open_shop


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def ada(shop: Shop) -> httpx2.AsyncClient:
    return await shop.desk.person("ada", locale="en-US")


async def buy(shop: Shop, buyer: httpx2.AsyncClient) -> dict[str, Any]:
    order = await shop.order(buyer)
    await shop.pay(order)
    paid: dict[str, Any] = (await buyer.post(f"/v1/orders/{order['id']}/refresh")).json()
    assert paid["state"] == "paid"
    return paid | {"checkout_url": order["checkout_url"]}


class Office:
    """An operator who compares the day the test happens in, on the day after."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.day = shop.clock.now().date()

    async def operator(self) -> httpx2.AsyncClient:
        return await self.shop.desk.person("olga", Role.OPERATOR)

    async def compare(self) -> dict[str, Any]:
        while self.shop.clock.now().date() == self.day:
            self.shop.clock.advance(timedelta(hours=1))
        olga = await self.operator()
        body = {"id": str(new_id(self.shop.clock)), "provider": "sandbox", "day": self.day.isoformat()}
        queued = await olga.post("/v1/operator/reconciliations", json=body)
        assert (queued.status_code, queued.json()["state"]) == (202, "queued"), queued.text
        await self.run_due()
        run: dict[str, Any] = (await olga.get(f"/v1/operator/reconciliations/{body['id']}")).json()
        return run

    async def run_due(self) -> int:
        house = self.shop.desk.house
        return await actions.run_due(house.database, house.payment_providers, house.settings, self.shop.clock)

    async def differences(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await (await self.operator()).get(f"/v1/operator/differences{query}")).json()[
            "items"
        ]
        return found


def counts(run: dict[str, Any]) -> tuple[str, int, int, int]:
    return run["state"], run["differing"], run["healed"], run["vanished"]


async def test_a_day_that_agrees(shop: Shop, ada: httpx2.AsyncClient) -> None:
    await buy(shop, ada)
    await buy(shop, ada)
    declined = await shop.order(ada)
    await shop.pay(declined, DECLINED)
    await ada.post(f"/v1/orders/{declined['id']}/refresh")
    await shop.order(ada)  # never paid
    run = await Office(shop).compare()
    assert counts(run) == ("complete", 0, 0, 0)
    assert [(one["side"], one["what"], one["count"], one["total"]["amount_minor"], one["fees"]["amount_minor"])
            for one in run["sums"]] == [("ours", "payment", 2, 148, 4), ("theirs", "payment", 2, 148, 4)]  # fmt: skip
    assert run["compared"] == 2


async def test_a_payment_whose_message_was_lost_is_made_up_for(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    await shop.pay(order)
    await shop.sandbox("POST", f"/checkouts/{(await shop.checkout(order))['id']}/capture")
    office = Office(shop)
    assert counts(await office.compare()) == ("complete", 0, 1, 0)
    ada = await shop.desk.person("ada", locale="en-US")
    assert await shop.coins(ada) == 70
    [healed] = await office.differences()
    assert (healed["kind"], healed["state"], healed["order_id"]) == ("payment_state_differs", "healed", order["id"])
    assert counts(await office.compare()) == ("complete", 0, 0, 0)


async def test_a_refund_whose_message_was_lost_is_made_up_for(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await buy(shop, ada)
    checkout = await shop.checkout(order)
    given = await shop.sandbox(
        "POST", f"/checkouts/{checkout['id']}/refunds", "r", amount_minor=74, currency="USD", reason="asked"
    )
    assert given.status_code == 201, given.text
    office = Office(shop)
    assert counts(await office.compare()) == ("complete", 0, 1, 0)
    ada = await shop.desk.person("ada", locale="en-US")
    assert await shop.coins(ada) == 0
    assert counts(await office.compare()) == ("complete", 0, 0, 0)


async def test_what_nobody_can_explain_waits_until_somebody_closes_it(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await buy(shop, ada)
    checkout = await shop.checkout(order)
    office = Office(shop)
    async with shop.desk.house.database.transaction() as connection:
        await connection.execute("update recharge_order set payment_id = 'chk_gone'")
    assert counts(await office.compare())[:2] == ("complete", 2)
    found = {one["kind"]: one for one in await office.differences("?state=open")}
    assert set(found) == {"payment_missing_there", "payment_state_differs"}
    olga, words = await office.operator(), {"resolution": "Asked the provider."}
    path = f"/v1/operator/differences/{found['payment_missing_there']['id']}/close"
    closed, again = [await olga.post(path, json=words) for _ in range(2)]
    assert (closed.status_code, closed.json()["state"], again.text) == (200, "closed", closed.text)
    assert (await olga.post(path, json={"resolution": "other"})).status_code == 409
    assert (await olga.post(path, json={"resolution": " "})).status_code == 400
    async with shop.desk.house.database.transaction() as connection:
        await connection.execute("update recharge_order set payment_id = $1", checkout["id"])
    assert counts(await office.compare()) == ("complete", 0, 0, 1)
    states = {one["kind"]: one["state"] for one in await office.differences()}
    assert states == {"payment_missing_there": "closed", "payment_state_differs": "vanished"}
    [problem] = (await olga.get("/v1/operator/payment-problems")).json()["items"]
    assert problem["kind"] == "paid_twice"


async def test_a_fee_that_differs_is_found(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    await shop.pay(order)
    await shop.tell(await shop.event(order, state="paid", fee_minor=9))
    await shop.sandbox("POST", f"/checkouts/{(await shop.checkout(order))['id']}/capture")
    office = Office(shop)
    assert counts(await office.compare())[:2] == ("complete", 1)
    [difference] = await office.differences()
    assert difference["kind"] == "payment_fee_differs"
    assert (difference["ours"]["amount_minor"], difference["theirs"]["amount_minor"]) == (9, 2)


async def test_a_provider_that_does_not_answer_is_asked_again(shop: Shop, ada: httpx2.AsyncClient) -> None:
    await buy(shop, ada)
    office = Office(shop)
    provider: Any = shop.desk.house.payment_providers.get("sandbox")
    real, provider._client.base_url = provider._client.base_url, NOBODY
    run = await office.compare()
    assert (run["state"], "does not answer" in run["error"]) == ("queued", True)
    provider._client.base_url = real
    assert await office.run_due() == 0
    shop.clock.advance(timedelta(seconds=RECONCILE_PAUSE_S_FIRST))
    assert await office.run_due() == 1
    olga = await office.operator()
    assert counts((await olga.get(f"/v1/operator/reconciliations/{run['id']}")).json()) == ("complete", 0, 0, 0)


async def test_each_day_is_compared_once_by_itself(shop: Shop) -> None:
    house = shop.desk.house
    [job] = reconciliation_jobs(house.database, house.payment_providers, house.settings, shop.clock)
    while shop.clock.now().hour != RECONCILE_AFTER_H:
        shop.clock.advance(timedelta(hours=1))
    assert [await job.run(), await job.run()] == [1, 0]
    shop.clock.advance(timedelta(days=1))
    assert await job.run() == 1
    olga = await shop.desk.person("olga", Role.OPERATOR)
    first = (await olga.get("/v1/operator/reconciliations?limit=1")).json()
    rest = (await olga.get(f"/v1/operator/reconciliations?limit=1&cursor={first['next']}")).json()
    assert first["items"][0]["day"] > rest["items"][0]["day"]


async def test_runs_that_cannot_be_asked_for(shop: Shop, ada: httpx2.AsyncClient) -> None:
    olga = await shop.desk.person("olga", Role.OPERATOR)
    day = shop.clock.now().date()
    body = {"id": str(new_id(shop.clock)), "provider": "sandbox", "day": (day - timedelta(days=1)).isoformat()}
    for changed in ({"provider": "other"}, {"day": day.isoformat()}, {"more": 1}):
        answer = await olga.post("/v1/operator/reconciliations", json=body | changed)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_field"), changed
    assert (await ada.post("/v1/operator/reconciliations", json=body)).status_code == 403
    first, again = [await olga.post("/v1/operator/reconciliations", json=body) for _ in range(2)]
    assert first.json()["id"] == again.json()["id"]
    other = body | {"day": (day - timedelta(days=2)).isoformat()}
    assert (await olga.post("/v1/operator/reconciliations", json=other)).status_code == 409


async def test_the_pages_of_money_in(shop: Shop, ada: httpx2.AsyncClient) -> None:
    office, olga = Office(shop), await shop.desk.person("olga", Role.OPERATOR)
    views = [f"/operator/money-in?view={view}" for view in ("problems", "differences", "days", "messages", "nonsense")]
    for path in views:
        assert (await olga.get(path)).status_code == 200, path
    order = await shop.order(ada)
    await shop.pay(order)
    await shop.tell(await shop.event(order, state="paid", amount_minor=73))
    await shop.sandbox("POST", f"/checkouts/{(await shop.checkout(order))['id']}/capture")
    await office.compare()
    olga = await office.operator()
    texts = [(await olga.get(path)).text for path in views]
    assert "Another amount was paid than ordered" in texts[0]
    assert "Healed" in (await olga.get("/operator/money-in?view=differences&chosen=all")).text
    assert "1 healed" in texts[2]
    assert "checkout.paid" in texts[3]
    assert (await olga.get("/operator")).status_code == 200
    message = (await olga.get("/v1/operator/messages")).json()["items"][0]["id"]
    assert "&#34;amount_minor&#34;: 73" in (await olga.get(f"/operator/messages/{message}")).text
    assert (await (await shop.desk.person("ada")).get("/operator/money-in")).status_code == 403


async def test_days_missed_while_nothing_ran_are_compared_later(shop: Shop) -> None:
    house = shop.desk.house

    async def queued() -> None:
        await actions.queue_daily(house.database, house.payment_providers, shop.clock)

    while shop.clock.now().hour != RECONCILE_AFTER_H:
        shop.clock.advance(timedelta(hours=1))
    await queued()
    today = shop.clock.now().date()
    shop.clock.advance(timedelta(days=3))
    await queued()
    await queued()
    olga = await shop.desk.person("olga", Role.OPERATOR)
    runs = (await olga.get("/v1/operator/reconciliations")).json()["items"]
    days = sorted(run["day"] for run in runs)
    assert days == [(today + timedelta(days=offset)).isoformat() for offset in (-1, 0, 1, 2)]
    shop.clock.advance(timedelta(days=100))
    await queued()
    olga = await shop.desk.person("olga", Role.OPERATOR)
    runs = (await olga.get("/v1/operator/reconciliations")).json()["items"]
    assert len(runs) == 4 + RECONCILE_CATCH_UP_DAYS_MAX


async def test_a_store_purchase_taken_back_as_a_whole_is_no_difference(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await Returns.of(shop)
    order = await ada.buy()
    real = SandboxProvider.list_news

    async def declined(self: SandboxProvider, *window: datetime) -> AsyncIterator[PaymentNews | ReversalNews]:
        async for news in real(self, *window):
            if isinstance(news, PaymentNews):  # what stores say of purchases they took back
                payment = msgspec.structs.replace(news.payment, state=PaymentState.DECLINED)
                yield PaymentNews(payment=payment)

    monkeypatch.setattr(SandboxProvider, "list_news", declined)
    office = Office(shop)
    assert (await office.compare())["differing"] == 1  # nothing of it went back here
    await ada.tell(order, ReversalState.DONE, share_ppm=500_000)
    assert (await office.compare())["differing"] == 1  # the half is not the whole
    await ada.tell(order, ReversalState.DONE)
    run = await office.compare()
    assert (run["differing"], run["vanished"]) == (0, 1)


async def test_a_refund_whose_end_was_not_told_is_found_a_week_later(shop: Shop) -> None:
    ada = await Returns.of(shop)
    order = await ada.buy(card=BRITISH_NOT_REFUNDABLE)
    sent = (await ada.withdraw(order)).json()
    assert (sent["state"], await ada.coins()) == ("sent", 0)
    await ada.until_refund_failed()
    began, office = shop.clock.now().date(), Office(shop)
    olga = await office.operator()
    [seen] = (await olga.get("/v1/operator/reversals?state=sent")).json()["items"]
    assert seen["created_at"] == sent["created_at"]  # how long it has been so
    office.day = began + timedelta(days=RECONCILE_LINGERING_EVERY_DAYS)
    shop.clock.advance(timedelta(days=RECONCILE_LINGERING_EVERY_DAYS))
    assert counts(await office.compare()) == ("complete", 0, 1, 0)
    ada.buyer = await shop.desk.person("ada", locale="en-GB")
    assert [one["state"] for one in await ada.reversals(order)] == ["undone"]
    assert await ada.coins() == 100


async def test_a_dispute_without_an_end_for_a_long_time_is_for_a_person(shop: Shop) -> None:
    ada = await Returns.of(shop)
    order = await ada.buy()
    dispute = await ada.dispute(order, reason="fraudulent")
    await ada.hear("dispute.open", dispute)
    office = Office(shop)
    office.day += timedelta(days=RECONCILE_OPEN_DAYS_MAX)
    shop.clock.advance(timedelta(days=RECONCILE_OPEN_DAYS_MAX))
    assert (await office.compare())["differing"] == 1
    [found] = await office.differences()
    assert (found["kind"], found["provider_reversal_id"]) == ("reversal_open_long", dispute["id"])
    assert found["detail"].startswith("chargeback without an end since")


async def test_a_run_whose_workers_died_each_time_is_given_up(shop: Shop, owner_connection: OwnConnection) -> None:
    """The next one is not sent after them."""
    office = Office(shop)
    await office.compare()
    await owner_connection.execute(
        "update reconciliation_run set state = 'running', tries = $1, due_at = $2, ended_at = null",
        RECONCILE_TRIES_MAX,
        shop.clock.now(),
    )
    assert await office.run_due() == 1
    [run] = (await (await office.operator()).get("/v1/operator/reconciliations")).json()["items"]
    assert run["state"] == "failed"
    assert run["error"] == "no try came to an end: each took too long, or its worker died"
    assert await office.run_due() == 0
