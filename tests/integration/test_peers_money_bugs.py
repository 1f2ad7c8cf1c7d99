"""Published money bugs of ledgers, wallets and platforms close to this job, each tried here."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.ids import new_id
from plaudit.people.model import Role
from plaudit.providers import ProviderUnavailable
from plaudit.selling.reversals import sending
from plaudit.selling.reversals.amounts import Amounts, part_of_coins, part_of_money
from tests.support.ports import NOBODY
from tests.support.returns import BRITISH_NOT_REFUNDABLE, Returns, refund_of
from tests.support.shop import Shop, open_shop


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path, late_s=600) as opened:
        yield opened


@pytest.fixture
async def ada(shop: Shop) -> Returns:
    return await Returns.of(shop)


@pytest.fixture
async def olga(shop: Shop) -> httpx2.AsyncClient:
    return await shop.desk.person("olga", Role.OPERATOR)


async def movements(ada: Returns) -> int:
    """How many movements the books have."""
    async with ada.shop.desk.house.database.read() as connection:
        count: int = await connection.fetchval("select count(*) from journal")
        return count


async def test_a_refund_repeated_is_one_refund(ada: Returns, olga: httpx2.AsyncClient) -> None:
    """blnkfinance/blnk#152: refunding a transaction twice refunded it twice."""
    order = await ada.buy(coins=100)
    same = {"id": str(new_id(ada.shop.clock)), "amount_minor": 40}
    answers = await asyncio.gather(*(ada.refund(olga, order, **same) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.json()["amount"]["amount_minor"] for answer in answers} == {40}
    assert await ada.balance("buyers") == -56
    assert sum(refund["amount_minor"] for refund in await ada.refunds_at_sandbox()) == 40


async def test_a_second_refund_moves_nothing_and_says_so(ada: Returns, olga: httpx2.AsyncClient) -> None:
    """blnkfinance/blnk#374: the second refund was answered with 409 and moved the money all the same."""
    order = await ada.buy(coins=100)
    await ada.refund(olga, order, all=True)
    before = await movements(ada)
    for second in (await ada.refund(olga, order, all=True), await ada.withdraw(order)):
        assert (second.status_code, second.json()["code"]) == (409, "nothing_left_to_refund")
        assert second.json()["refunded"][0]["amount"]["amount_minor"] == 96
    assert (await movements(ada), await ada.coins(), await ada.balance("buyers")) == (before, 0, 0)
    assert len(await ada.refunds_at_sandbox()) == 1


async def test_more_gifts_than_coins_at_once_are_refused(ada: Returns) -> None:
    """blnkfinance/blnk#181: holds were not counted, and 6 times 1000 were accepted on 5000."""
    await ada.buy(coins=100)
    gifts = await asyncio.gather(*(ada.give(20) for _ in range(6)))
    assert sorted(gift.outcome for gift in gifts) == ["insufficient", *["posted"] * 5]
    assert await ada.coins() == 0


async def test_coins_whose_refund_is_under_way_cannot_be_spent(ada: Returns) -> None:
    """blnkfinance/blnk#181: what is set aside is gone until it is decided."""
    order = await ada.buy(coins=100, card=BRITISH_NOT_REFUNDABLE)
    assert (await ada.withdraw(order, coins=60)).json()["state"] == "sent"
    assert (await ada.give(41)).outcome == "insufficient"
    assert (await ada.give(40)).outcome == "posted"


async def test_a_refund_that_succeeds_and_fails_at_once_ends_once(ada: Returns) -> None:
    """LerianStudio/midaz#1519: two simultaneous resolutions of one pending transaction both succeeded."""
    order = await ada.buy(coins=100, card=BRITISH_NOT_REFUNDABLE)
    taken = (await ada.withdraw(order)).json()
    assert taken["state"] == "sent"
    [made] = await ada.refunds_at_sandbox()
    ends = [("refund.succeeded", made | {"state": "succeeded"}), ("refund.failed", made | {"state": "failed"})]
    await asyncio.gather(*(ada.hear(what, data) for what, data in ends * 4))
    [found] = await ada.reversals(order)
    assert found["state"] == "undone"  # money that came back came back after all, whichever was heard first
    assert (await ada.coins(), await ada.balance("buyers"), await ada.balance("taxes_owed")) == (100, -96, 16)
    moved = await ada.moved(taken["id"])
    assert moved == {
        "reversal": 100, "reversal_undone": 100, "refund": 96, "refund_undone": 96, "refund_tax": 16,
        "refund_tax_undone": 16,
    }  # fmt: skip


async def test_what_is_put_back_is_what_was_taken(ada: Returns, olga: httpx2.AsyncClient) -> None:
    """LerianStudio/midaz PR 2317: cancelling restored another balance than there had been, after other movements."""
    order = await ada.buy(coins=100, card=BRITISH_NOT_REFUNDABLE)
    await ada.give(30)
    assert (await ada.refund(olga, order, coins=90)).json()["state"] == "sent"  # 70 unspent and 20 spent
    ada.shop.clock.advance(timedelta(seconds=1))
    await ada.buy(coins=80)
    await ada.give(75)
    [made] = await ada.refunds_at_sandbox()
    assert await ada.hear("refund.failed", made | {"state": "failed"}) == "applied"
    assert await ada.coins() == 75
    async with ada.shop.desk.house.database.read() as connection:
        lots = await connection.fetch(
            "select coins, unspent, spent, reversed_unspent, reversed_spent from lot_state order by coins"
        )
        marks = await connection.fetchval("select count(*) from gift_reversal where lifted_at is null")
    assert [tuple(lot) for lot in lots] == [(80, 5, 75, 0, 0), (100, 70, 30, 0, 0)]
    assert marks == 0


async def test_a_wallet_moved_from_all_sides_at_once_adds_up(ada: Returns, olga: httpx2.AsyncClient) -> None:
    """heroiclabs/nakama PR 1163: concurrent updates of one wallet were lost."""
    order = await ada.buy(coins=100)
    racing: list[Any] = [
        asyncio.gather(*(ada.give(3) for _ in range(10))),
        asyncio.gather(*(ada.buy(70) for _ in range(4))),
    ]
    racing += [asyncio.gather(*(ada.refund(olga, order, coins=5) for _ in range(4)))]
    gifts, bought, refunds = await asyncio.gather(*racing)
    assert {gift.outcome for gift in gifts} == {"posted"}
    assert {refund.status_code for refund in refunds} == {201}
    taken = sum(refund.json()["coins_unspent"] for refund in refunds)
    assert await ada.coins() == 100 + 70 * len(bought) - 30 - taken


async def test_every_change_of_a_wallet_is_in_the_books(ada: Returns) -> None:
    """heroiclabs/nakama#960: changes of wallets were not written to the ledger unless one asked for it."""
    order = await ada.buy(coins=100)
    await ada.give(25)
    await ada.withdraw(order, coins=30)
    async with ada.shop.desk.house.database.read() as connection:
        rows = await connection.fetch(
            "select reason, amount, credit_kind = 'wallet' as comes from journal "
            "where 'wallet' in (debit_kind, credit_kind)"
        )
    assert {(row["reason"], row["amount"], row["comes"]) for row in rows} == {
        ("recharge", 100, True), ("gift", 25, False), ("reversal", 30, False),
    }  # fmt: skip
    assert await ada.coins() == 45


async def test_nothing_runs_away_while_a_provider_is_silent(ada: Returns) -> None:
    """getlago/lago PR 6103: automatic top-ups ran for weeks. Nothing is bought by itself here; what repeats by itself,
    telling a provider of a refund, slows down and happens once."""
    order, house = await ada.buy(coins=100), ada.shop.desk.house
    provider: Any = house.payment_providers.get("sandbox")
    real, provider._client.base_url = provider._client.base_url, NOBODY
    taken = (await ada.withdraw(order)).json()
    tries = 0
    for _ in range(240):  # an hour
        ada.shop.clock.advance(timedelta(seconds=15))
        tries += await sending.send_due(house.database, house.payment_providers, house.settings, house.clock)
    assert 5 <= tries <= 12
    provider._client.base_url = real
    ada.shop.clock.advance(timedelta(hours=1))
    again = await asyncio.gather(*(
        sending.send_due(house.database, house.payment_providers, house.settings, house.clock) for _ in range(4)
    ))  # fmt: skip
    assert sum(again) == 1
    assert [refund["amount_minor"] for refund in await ada.refunds_at_sandbox()] == [96]
    assert (await ada.buyer.get(f"/v1/reversals/{taken['id']}")).json()["state"] == "done"


async def test_an_answer_that_was_lost_is_no_second_refund(ada: Returns) -> None:
    """The provider did it and nobody heard: what it tells later is about the same refund."""
    order, house = await ada.buy(coins=100), ada.shop.desk.house
    provider: Any = house.payment_providers.get("sandbox")
    sent = provider._call

    async def lost(kind: Any, method: str, path: str, **arguments: Any) -> Any:
        await sent(kind, method, path, **arguments)
        raise ProviderUnavailable("sandbox")

    provider._call = lost
    assert (await ada.withdraw(order)).json()["state"] == "requested"
    # Its message comes first, then the question is asked again.
    [made] = await ada.refunds_at_sandbox()
    assert await ada.hear("refund.succeeded", made) == "applied"
    provider._call = sent
    ada.shop.clock.advance(timedelta(hours=1))
    assert await sending.send_due(house.database, house.payment_providers, house.settings, house.clock) == 0
    assert [one["state"] for one in await ada.reversals(order)] == ["done"]
    assert len(await ada.refunds_at_sandbox()) == 1


async def test_a_message_quicker_than_the_answer_is_about_our_refund(ada: Returns) -> None:
    """A provider that does not repeat our id in its message: the refund is known by its amount until it answers."""
    order, house = await ada.buy(coins=100), ada.shop.desk.house
    provider: Any = house.payment_providers.get("sandbox")
    real, provider._client.base_url = provider._client.base_url, NOBODY
    taken = (await ada.withdraw(order)).json()
    provider._client.base_url = real
    assert await ada.hear("refund.succeeded", refund_of(order)) == "applied"
    assert [(one["id"], one["state"]) for one in await ada.reversals(order)] == [(taken["id"], "done")]
    assert (await ada.coins(), await ada.balance("buyers")) == (0, 0)
    ada.shop.clock.advance(timedelta(hours=1))
    assert await sending.send_due(house.database, house.payment_providers, house.settings, house.clock) == 0


def test_amounts_beyond_what_a_float_can_say_are_exact() -> None:
    """WWBN/AVideo: balances were floats, read, changed in memory and written back."""
    paid = Amounts(minor=2**60 + 1, tax_minor=2**57 + 1, coins=2**59 - 55)
    first = part_of_coins(paid, Amounts(), 1)
    rest = part_of_money(paid, first, paid.minor - first.minor)
    assert (first.minor + rest.minor, first.tax_minor + rest.tax_minor) == (paid.minor, paid.tax_minor)
    assert first.coins + rest.coins == paid.coins
    thirds = [
        part_of_coins(Amounts(minor=100, coins=3), Amounts(minor=sum((33, 34)[:n]), coins=n), 1) for n in range(3)
    ]
    assert [third.minor for third in thirds] == [33, 34, 33]
