"""Money is taken after the decision or let go, exactly once: killed in between, answers lost, contradicted."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.limits import CAPTURE_LEASE_S, CAPTURE_PAUSE_S_MAX
from plaudit.people.model import Role
from plaudit.providers import ProviderUnavailable
from plaudit.selling.inbox import actions as inbox
from plaudit.selling.orders import capturing, jobs
from plaudit.selling.orders.capturing import CaptureVerdict
from plaudit.selling.providers.sandbox.provider import SandboxProvider
from tests.support.shop import Shop, open_shop, until_coins
from tests.support.waiting import eventually

GERMAN_CARD = "4000002760000016"


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def ada(shop: Shop) -> httpx2.AsyncClient:
    return await shop.desk.person("ada", locale="en-US")


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every authorised payment is to be let go."""

    async def judge(*_: object) -> CaptureVerdict:
        return CaptureVerdict(outcome="reprice", region="DE", reasons=["dearer_card"])

    monkeypatch.setattr(capturing, "_judge", judge)


async def state_of(buyer: httpx2.AsyncClient, order: dict[str, Any]) -> str:
    state: str = (await buyer.get(f"/v1/orders/{order['id']}")).json()["state"]
    return state


async def carry_out_due(shop: Shop) -> int:
    house = shop.desk.house
    return await jobs.carry_out_due(house.database, house.payment_providers, house.settings, shop.clock)


async def test_a_crash_between_decision_and_capture(
    shop: Shop, ada: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order(ada)
    await shop.pay(order)

    asked = asyncio.Event()

    async def no_answer(*_: object) -> None:
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(SandboxProvider, "capture", no_answer)
    request = asyncio.create_task(ada.post(f"/v1/orders/{order['id']}/refresh"))
    await asked.wait()
    request.cancel()  # what a stopped process sees
    with pytest.raises(asyncio.CancelledError):
        await request
    monkeypatch.undo()
    assert await state_of(ada, order) == "authorised"
    assert (await shop.checkout(order))["state"] == "authorised"
    assert await carry_out_due(shop) == 0  # it is leased
    shop.clock.advance(timedelta(seconds=CAPTURE_LEASE_S))
    assert await carry_out_due(shop) == 1
    assert (await state_of(ada, order), await shop.coins(ada)) == ("paid", 70)
    assert await carry_out_due(shop) == 0


async def test_the_answer_of_a_capture_is_lost(
    shop: Shop, ada: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order(ada)
    await shop.pay(order)
    real = SandboxProvider.capture

    async def lose(self: SandboxProvider, payment_id: str) -> None:
        await real(self, payment_id)
        raise ProviderUnavailable("sandbox")

    monkeypatch.setattr(SandboxProvider, "capture", lose)
    assert (await ada.post(f"/v1/orders/{order['id']}/refresh")).json()["state"] == "authorised"
    monkeypatch.undo()
    assert (await shop.checkout(order))["state"] == "paid"
    assert (await shop.tell(await shop.event(order))).json() == {"outcome": "applied"}  # the webhook is faster
    shop.clock.advance(timedelta(seconds=CAPTURE_PAUSE_S_MAX))
    assert await carry_out_due(shop) == 1
    assert (await state_of(ada, order), await shop.coins(ada)) == ("paid", 70)


async def test_authorised_news_any_number_of_times_takes_the_money_once(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    await shop.pay(order)
    events = [await shop.event(order, state="authorised") for _ in range(6)]
    answers = await asyncio.gather(
        *(shop.tell(event) for event in events), *(ada.post(f"/v1/orders/{order['id']}/refresh") for _ in range(3))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert (await state_of(ada, order), await shop.coins(ada)) == ("paid", 70)
    assert (await shop.tell(await shop.event(order, state="authorised"))).json()["outcome"] == "repeated"


@pytest.mark.usefixtures("refusing")
async def test_a_payment_that_is_not_to_be_taken_is_let_go(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    await shop.pay(order, GERMAN_CARD)
    back = (await ada.post(f"/v1/orders/{order['id']}/refresh")).json()
    assert (back["state"], back["refusal"]["outcome"], back["refusal"]["region"]) == ("refused", "reprice", "DE")
    assert (await shop.checkout(order))["state"] == "cancelled"
    assert (await shop.tell(await shop.event(order))).json()["outcome"] == "ignored"
    assert await shop.coins(ada) == 0


@pytest.mark.usefixtures("refusing")
async def test_money_taken_although_it_was_to_be_let_go_is_for_a_person(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    await shop.pay(order, GERMAN_CARD)
    taken = await shop.event(order, state="paid")
    await ada.post(f"/v1/orders/{order['id']}/refresh")
    assert (await shop.tell(taken)).json() == {"outcome": "problem"}
    olga = await shop.desk.person("olga", Role.OPERATOR)
    [problem] = (await olga.get("/v1/operator/payment-problems?open=true")).json()["items"]
    assert (problem["kind"], problem["credited"]) == ("capture_contradiction", False)
    present = (await ada.get(f"/v1/orders/{order['id']}")).json()
    assert (present["state"], present["needs_review"]) == ("refused", True)
    assert await shop.coins(ada) == 0


async def test_a_payment_let_go_elsewhere_after_we_decided_to_take_it(
    shop: Shop, ada: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await shop.order(ada)
    await shop.pay(order)

    async def away(*_: object) -> None:
        raise ProviderUnavailable("sandbox")

    monkeypatch.setattr(SandboxProvider, "capture", away)
    assert (await ada.post(f"/v1/orders/{order['id']}/refresh")).json()["state"] == "authorised"
    monkeypatch.undo()
    await shop.sandbox("POST", f"/checkouts/{(await shop.checkout(order))['id']}/cancel")
    shop.clock.advance(timedelta(seconds=CAPTURE_PAUSE_S_MAX))
    assert await carry_out_due(shop) == 1
    assert (await state_of(ada, order), await shop.coins(ada)) == ("declined", 0)
    olga = await shop.desk.person("olga", Role.OPERATOR)
    [problem] = (await olga.get("/v1/operator/payment-problems")).json()["items"]
    assert (problem["kind"], problem["paid"]["amount_minor"]) == ("capture_contradiction", 0)
    assert not (await ada.get(f"/v1/orders/{order['id']}")).json()["needs_review"]


async def test_an_authorised_payment_of_another_amount_is_let_go(shop: Shop, ada: httpx2.AsyncClient) -> None:
    order = await shop.order(ada)
    await shop.pay(order)
    assert (await shop.tell(await shop.event(order, amount_minor=75))).json() == {"outcome": "applied"}
    assert (await state_of(ada, order), (await shop.checkout(order))["state"]) == ("refused", "cancelled")
    assert await shop.coins(ada) == 0


async def test_a_dearer_card_is_offered_its_price_and_the_next_payment_is_taken(
    shop: Shop, ada: httpx2.AsyncClient
) -> None:
    order = await shop.order(ada)
    assert order["price"]["currency"] == "USD"
    await shop.pay(order, GERMAN_CARD)
    back = (await ada.post(f"/v1/orders/{order['id']}/refresh")).json()
    assert (back["state"], back["refusal"]["outcome"], back["refusal"]["region"]) == ("refused", "reprice", "DE")
    assert ((await shop.checkout(order))["state"], await shop.coins(ada)) == ("cancelled", 0)
    page = (await ada.get(f"/orders/{order['id']}")).text
    assert 'data-region="DE"' in page
    assert "Nothing was taken" in page
    again = await shop.order(ada, missing_coins=70, region="DE")
    assert (again["region"], again["price"]["currency"]) == ("DE", "EUR")
    await shop.pay(again, GERMAN_CARD)
    assert (await ada.post(f"/v1/orders/{again['id']}/refresh")).json()["state"] == "paid"
    assert await shop.coins(ada) == 70


async def test_everything_that_can_happen_to_a_payment_twice_and_out_of_order(
    database_url: str, tmp_path: Path
) -> None:
    async with open_shop(database_url, tmp_path, webhooks=True, chaos_seed=11) as shop:
        ada = await shop.desk.person("ada", locale="en-US")
        orders = [await shop.order(ada) for _ in range(3)]
        await asyncio.gather(*(shop.pay(order) for order in orders))
        await until_coins(ada, 210)
        refunded, lost, won = [(await shop.checkout(order))["id"] for order in orders]
        path = f"/checkouts/{refunded}/refunds"
        for key, amount_minor in (("a", 37), ("b", 37)):
            given = await shop.sandbox("POST", path, key, amount_minor=amount_minor, currency="USD", reason="asked")
            assert given.status_code == 201
        assert (await shop.sandbox("POST", path, "c", amount_minor=1, currency="USD", reason="more")).status_code == 400
        await shop.sandbox("POST", f"/checkouts/{lost}/fraud-warnings", reason="stolen")
        for checkout, outcome in ((lost, "lost"), (won, "won")):
            dispute = (await shop.sandbox("POST", f"/checkouts/{checkout}/disputes", reason="fraudulent")).json()
            await shop.sandbox("POST", f"/disputes/{dispute['id']}/end", outcome=outcome)
        await until_coins(ada, 70)
        olga = await shop.desk.person("olga", Role.OPERATOR)
        await settled(shop, olga)
        assert await shop.coins(ada) == 70
        kinds = [one["kind"] for one in (await olga.get("/v1/operator/payment-problems")).json()["items"]]
        assert kinds == ["fraud_warning"]


async def settled(shop: Shop, olga: httpx2.AsyncClient) -> None:
    """Wait until the sandbox has told everything, and all of it is applied."""
    house = shop.desk.house

    async def all_applied() -> bool:
        shop.clock.advance(timedelta(seconds=2))
        await inbox.apply_due(house.database, house.payment_providers, house.settings, shop.clock)
        told = (await olga.get("/v1/operator/messages?limit=100")).json()["items"]
        waiting = any(one["state"] == "waiting" for one in told)
        expected = {"dispute.won", "dispute.lost", "dispute.open", "fraud_warning.created"}
        return not waiting and expected <= {one["kind"] for one in told}

    await eventually(all_applied, "all is told and applied")
