"""Money goes back exactly once: the sender dies before or after the provider acts, one breaks us, many come at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from plaudit.ids import new_id
from plaudit.limits import REVERSAL_LEASE_S, REVERSAL_PAUSE_S_MAX
from plaudit.money import Money
from plaudit.people.model import Role
from plaudit.providers import ProviderUnavailable
from plaudit.selling.inbox.voids import poll_voids
from plaudit.selling.providers.base import Capabilities, RefundRequest
from plaudit.selling.providers.news import ReversalKind, ReversalNews, ReversalState
from plaudit.selling.providers.sandbox.provider import SandboxProvider
from plaudit.selling.reconciliation.comparing import Comparison
from plaudit.selling.reconciliation.model import DifferenceKind
from plaudit.selling.reversals import sending
from tests.support.returns import Returns, dispute_of, payment_of, refund_of
from tests.support.shop import Shop, open_shop
from tests.support.waiting import cancelled


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def ada(shop: Shop) -> Returns:
    return await Returns.of(shop)


async def send_due(shop: Shop) -> int:
    house = shop.desk.house
    return await sending.send_due(house.database, house.payment_providers, house.settings, shop.clock)


@pytest.mark.parametrize("acts", [False, True], ids=["before the call", "with the answer in its hands"])
async def test_the_sender_of_a_withdrawal_dies(ada: Returns, acts: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    shop, order = ada.shop, await ada.buy()
    real = SandboxProvider.refund

    async def die(self: SandboxProvider, request: RefundRequest) -> ReversalNews:
        if acts:
            await real(self, request)
        await cancelled()  # nothing of the process runs after this
        raise AssertionError

    monkeypatch.setattr(SandboxProvider, "refund", die)
    asked = {"id": str(new_id(shop.clock))}
    assert (await ada.withdraw(order, **asked)).json()["state"] == "requested"
    monkeypatch.undo()
    assert len(await ada.refunds_at_sandbox()) == int(acts)
    assert (await ada.withdraw(order, **asked)).json()["state"] == "requested"  # decided, and said so
    assert (await ada.coins(), await send_due(shop)) == (0, 0)  # it is leased
    shop.clock.advance(timedelta(seconds=REVERSAL_LEASE_S))
    assert await send_due(shop) == 1
    [done] = await ada.reversals(order)
    assert (done["state"], done["coins"]) == ("done", 100)
    [given] = await ada.refunds_at_sandbox()
    assert (given["reversal_id"], given["amount_minor"]) == (done["id"], order["price"]["amount_minor"])
    assert (await send_due(shop), (await ada.withdraw(order)).status_code) == (0, 409)


async def test_a_reversal_that_breaks_us_stops_no_other_and_says_why(
    ada: Returns, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = ada.shop
    broken, whole = await ada.buy(), await ada.buy()
    real = SandboxProvider.refund

    async def away(*_: object) -> ReversalNews:
        raise ProviderUnavailable("sandbox")

    monkeypatch.setattr(SandboxProvider, "refund", away)
    poison = (await ada.withdraw(broken)).json()["id"]
    await ada.withdraw(whole)

    async def refund(self: SandboxProvider, request: RefundRequest) -> ReversalNews:
        if str(request.reversal_id) == poison:
            raise KeyError("what nobody thought of")
        return await real(self, request)

    monkeypatch.setattr(SandboxProvider, "refund", refund)
    shop.clock.advance(timedelta(seconds=REVERSAL_PAUSE_S_MAX))
    assert await send_due(shop) == 2
    assert [one["state"] for one in await ada.reversals(whole)] == ["done"]
    olga = await shop.desk.person("olga", Role.OPERATOR)
    [seen] = (await olga.get("/v1/operator/reversals?state=requested")).json()["items"]
    assert "KeyError" in seen["send_error"]
    monkeypatch.undo()
    shop.clock.advance(timedelta(seconds=REVERSAL_PAUSE_S_MAX))
    assert await send_due(shop) == 1


async def test_a_buyer_an_operator_and_a_bank_at_the_same_moment(ada: Returns) -> None:
    """Never more than was paid goes back, whoever is first, and whatever is told twice."""
    shop, order = ada.shop, await ada.buy()
    await ada.give(30)
    olga = await shop.desk.person("olga", Role.OPERATOR)
    dispute = dispute_of(order)
    desk_refund = refund_of(order, amount_minor=10)
    told: list[tuple[str, dict[str, Any]]] = [
        ("dispute.open", dispute),
        ("dispute.won", dispute | {"state": "won", "fee_minor": 0}),
        ("refund.succeeded", desk_refund),
    ]
    await asyncio.gather(
        ada.withdraw(order),
        ada.refund(olga, order, amount_minor=50),
        ada.give(20),
        *(ada.hear(*news) for news in told * 3),
    )
    reversals = [one for one in await ada.reversals(order) if one["state"] != "undone"]
    assert sum(one["amount"]["amount_minor"] for one in reversals) <= order["price"]["amount_minor"]
    assert sum(one["coins"] for one in reversals) <= order["coins"]
    assert len({one["id"] for one in reversals}) == len(reversals)


async def test_a_refund_outlives_a_key_that_is_not_accepted_for_a_while(ada: Returns) -> None:
    """A refusal of us is no refusal of the refund: the buyer has been told that the money comes."""
    shop, order = ada.shop, await ada.buy()
    provider: Any = shop.desk.house.payment_providers.get("sandbox")
    real = provider._client.headers["Authorization"]
    provider._client.headers["Authorization"] = "Bearer of another key"
    assert (await ada.withdraw(order)).json()["state"] == "requested"
    assert await ada.coins() == 0
    provider._client.headers["Authorization"] = real
    shop.clock.advance(timedelta(seconds=REVERSAL_PAUSE_S_MAX))
    assert await send_due(shop) == 1
    assert [one["state"] for one in await ada.reversals(order)] == ["done"]


async def test_news_that_breaks_us_hides_no_later_news(ada: Returns, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number no database holds, first in the list of what went back: in the poll, and in the comparison."""
    shop = ada.shop
    odd, plain = await ada.buy(), await ada.buy()
    at = shop.clock.now()

    async def listed(*_: object) -> AsyncIterator[ReversalNews]:
        for order, minor in ((odd, 2**70), (plain, plain["price"]["amount_minor"])):
            yield ReversalNews(
                id=f"rfd_{order['id']}", kind=ReversalKind.REFUND, payment_id=payment_of(order), at=at,
                state=ReversalState.DONE, amount=Money(minor, "GBP"),
            )  # fmt: skip

    house = shop.desk.house
    monkeypatch.setattr(SandboxProvider, "capabilities", Capabilities(voids_listed_days=30))
    monkeypatch.setattr(SandboxProvider, "list_news", listed)
    assert await poll_voids(house.database, house.payment_providers, house.settings, shop.clock) > 1
    assert [one["state"] for one in await ada.reversals(plain)] == ["done"]
    assert (await ada.reversals(odd), await ada.coins()) == ([], 100)
    provider = house.payment_providers.get("sandbox")
    assert provider is not None
    report = await Comparison(
        house.database, house.payment_providers, provider, at.date(), house.settings, shop.clock
    ).run()
    assert [(one.kind, one.payment_id, one.healed) for one in report.found] == [
        (DifferenceKind.REVERSAL_MISSING_HERE, payment_of(odd), False)
    ]
