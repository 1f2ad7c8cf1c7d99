"""What a coin is worth: money that adds up to what the books say, for gifts of one's own and by the price book."""

from collections.abc import AsyncIterator
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from plaudit.connections import OwnConnection
from plaudit.disclosure.model import LotMoney, Shares
from plaudit.disclosure.worth import CoinRewards, shares_of
from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder
from plaudit.payouts.rates import CURRENCIES, read_reference_rates, record_reference_rates
from tests.support.returns import Returns
from tests.support.shop import Shop, open_shop

CREATOR = 77
PARTS = ("tax", "fee", "creator", "house")
_FEES = """select coalesce(sum(case reason when 'sale_fee_less' then -amount else amount end), 0)::bigint from transfer
    where reference = $1 and reason in ('sale_fee', 'sale_fee_more', 'sale_fee_less')"""
_RATE = "select numerator, denominator from payout_rate where currency = 'GBP'"
_RULE = "select numerator, denominator from reward_rule order by effective_at desc, version desc limit 1"


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def ada(shop: Shop, owner_connection: OwnConnection) -> Returns:
    await owner_connection.fetchval("select ensure_gift_partitions($1, 2)", shop.clock.now())
    async with shop.desk.house.database.transaction() as connection:
        reference = await read_reference_rates(connection, CURRENCIES, shop.clock.now())
        await record_reference_rates(connection, shop.clock, reference)
    return await Returns.of(shop)


async def give(ada: Returns, coins: int) -> str:
    order = GiftOrder(new_id(ada.shop.clock), ada.person_id, CREATOR, CREATOR, 1, 1, coins)
    assert (await ada.shop.desk.house.gift_writer.charge(order)).outcome == "posted"
    ada.shop.clock.advance(timedelta(seconds=1))
    return str(order.id)


async def worked(ada: Returns, **asked: str) -> Any:
    answer = await ada.buyer.get("/v1/wallet/worked-gift", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["gift"]


async def test_a_gift_of_a_whole_purchase_is_the_purchase(ada: Returns, owner_connection: OwnConnection) -> None:
    assert await worked(ada) is None
    order = await ada.buy(coins=10_000)
    gift_id = await give(ada, 10_000)
    found = await worked(ada)
    (split,) = found["splits"]
    receipt = (await ada.buyer.get(f"/v1/receipts/{order['id']}")).json()
    rule, rate = await owner_connection.fetchrow(_RULE), await owner_connection.fetchrow(_RATE)
    assert rule
    assert rate
    creator = Fraction(10_000 * rule["numerator"] * rate["numerator"], rule["denominator"] * rate["denominator"])
    assert (found["gift_id"], split["channel"], split["currency"], split["scale"]) == (gift_id, "web", "GBP", 1)
    assert split["paid"] == receipt["gross"]["amount_minor"]
    assert split["tax"] == receipt["tax"]["amount"]["amount_minor"] > 0
    assert split["fee"] == await owner_connection.fetchval(_FEES, order["id"]) > 0
    assert split["creator"] == int(creator) > 0
    assert split["paid"] == sum(split[part] for part in PARTS)


async def test_a_small_gift_of_two_purchases_adds_up_and_is_shown_to_its_giver_alone(ada: Returns) -> None:
    first = await ada.buy(coins=100)
    ada.shop.clock.advance(timedelta(seconds=1))
    second = await ada.buy(coins=70)
    await give(ada, 95)
    gift_id = await give(ada, 20)
    (split,) = (await worked(ada))["splits"]
    assert (split["coins"], split["scale"]) == (20, 100)
    prices = [
        (await ada.buyer.get(f"/v1/receipts/{one['id']}")).json()["gross"]["amount_minor"] for one in (first, second)
    ]
    exact = Fraction(prices[0] * 5, 100) + Fraction(prices[1] * 15, 70)
    assert abs(split["paid"] - exact * 100) <= Fraction(1, 2)
    assert split["paid"] == sum(split[part] for part in PARTS)
    page = await ada.buyer.get("/coins", params={"gift": gift_id})
    assert page.status_code == 200
    bob = await Returns.of(ada.shop, "bob")
    assert (await bob.buyer.get("/v1/wallet/worked-gift", params={"gift_id": gift_id})).status_code == 404
    assert "A gift of yours" in page.text
    assert "A gift of yours" not in (await bob.buyer.get("/coins", params={"gift": gift_id})).text


async def test_each_channel_adds_up_and_creators_get_the_same(ada: Returns) -> None:
    guest = await ada.shop.desk.client()
    found = (await guest.get("/v1/coin-worth")).json()
    assert {split["channel"] for split in found["splits"]} >= {"web"}
    for split in found["splits"]:
        assert split["paid"] == sum(split[part] for part in PARTS)
    assert len({split["creator"] for split in found["splits"]}) == 1
    assert "for the United States. The creator" in (await guest.get("/coins")).text


def test_coins_of_a_lot_are_together_the_lot() -> None:
    """However they are given: nothing of its money is told twice, or lost."""
    lot = LotMoney(UUID(int=1), "web", "EUR", 997, 1_099, 175, 62)
    rewards = CoinRewards(Fraction(1, 2), {"EUR": Fraction(1, 2)})
    told = Shares()
    for coins in (1, 2, 3, 491, 500):
        told += shares_of(lot, coins, rewards)
    assert told == Shares(paid=Fraction(1_099), tax=Fraction(175), fee=Fraction(62), creator=Fraction(997, 4))
