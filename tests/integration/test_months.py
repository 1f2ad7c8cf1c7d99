"""Month by month: whatever somebody bought, gave and took back, the sums are those of a model, and of the books."""

import random
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder
from plaudit.money import round_half_up
from tests.support.returns import Returns
from tests.support.shop import Shop, open_shop

CREATORS = (77, 78, 79)
_SALES = "select coalesce(sum(amount), 0)::bigint from transfer where reason = 'sale'"


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


class Model:
    """What somebody did, kept apart from the books: lots are spent in the order in which they were bought."""

    def __init__(self) -> None:
        self.lots: deque[list[Any]] = deque()  # order, price, coins, unspent
        self.paid: defaultdict[str, int] = defaultdict(int)
        self.given: defaultdict[str, Fraction] = defaultdict(Fraction)
        self.back: defaultdict[str, int] = defaultdict(int)
        self.coins: defaultdict[tuple[str, int], int] = defaultdict(int)

    def give(self, month: str, creator_id: int, coins: int) -> None:
        self.coins[month, creator_id] += coins
        for lot in self.lots:
            taken = min(lot[3], coins)
            lot[3] -= taken
            coins -= taken
            self.given[month] += Fraction(lot[1] * taken, lot[2])

    @property
    def unspent(self) -> int:
        return sum(lot[3] for lot in self.lots)


async def live(who: Returns, subject: str, model: Model, chance: random.Random) -> None:
    """Purchases, which a provider takes by its own clock; then gifts and withdrawals by chance, over months."""
    month = f"{who.shop.clock.now():%Y-%m}"
    for _ in range(chance.randint(2, 5)):
        coins = chance.randint(100, 900)
        order = await who.buy(coins=coins)
        price = (await who.buyer.get(f"/v1/receipts/{order['id']}")).json()["gross"]["amount_minor"]
        model.lots.append([order, price, coins, coins])
        model.paid[month] += price
        who.shop.clock.advance(timedelta(seconds=1))
    for _ in range(12):
        who.shop.clock.advance(timedelta(days=chance.randint(0, 14), hours=chance.randint(0, 20)))
        who.buyer.headers["Authorization"] = f"Bearer {who.shop.desk.token(subject, locale='en-GB')}"
        month = f"{who.shop.clock.now():%Y-%m}"
        if model.unspent and chance.random() < 0.7:
            coins, creator_id = chance.randint(1, model.unspent // 2 + 1), chance.choice(CREATORS)
            gift = GiftOrder(new_id(who.shop.clock), who.person_id, creator_id, creator_id, 1, 1, coins)
            assert (await who.shop.desk.house.gift_writer.charge(gift)).outcome == "posted"
            model.give(month, creator_id, coins)
        elif model.unspent:
            answer = await who.withdraw(model.lots[-1][0])
            if answer.status_code == 201:
                model.back[month] += answer.json()["amount"]["amount_minor"]
                model.lots.pop()


async def test_months_are_those_of_the_books(shop: Shop, owner_connection: OwnConnection) -> None:
    await owner_connection.fetchval("select ensure_gift_partitions($1, 14)", shop.clock.now())
    empty = await Returns.of(shop, "nobody")
    assert "Nothing in the last twelve months" in (await empty.buyer.get("/wallet/months")).text
    whole, begun = 0, shop.clock.now()
    for seed in range(3):
        shop.clock.advance(begun - shop.clock.now())
        subject = f"spender{seed}"
        who, model = await Returns.of(shop, subject), Model()
        await live(who, subject, model, random.Random(seed))
        answer = (await who.buyer.get("/v1/me/months")).json()
        assert (answer["time_zone"], len(answer["items"])) == ("UTC", 12)
        for month in answer["items"]:
            name = month["month"]
            assert sums(month["paid"]) == model.paid[name]
            assert sums(month["given"]) == round_half_up(model.given[name])
            assert sums(month["back"]) == model.back[name]
            assert month["coins"] == sum(coins for (one, _), coins in model.coins.items() if one == name)
        assert sum(model.back.values()) + sum(model.paid.values()) > 0
        whole += sum(model.paid.values())
        await seen(who, answer["items"][0])
    assert await owner_connection.fetchval(_SALES) == whole


def sums(money: list[dict[str, Any]]) -> int:
    assert {one["currency"] for one in money} <= {"GBP"}
    return sum(one["amount_minor"] for one in money)


async def seen(who: Returns, month: dict[str, Any]) -> None:
    """The page and the file say the same."""
    page = await who.buyer.get("/wallet/months", params={"month": month["month"]})
    assert page.status_code == 200
    lines = (await who.buyer.get("/v1/me/months", params={"format": "csv"})).text.splitlines()
    assert lines[0] == "month,gifts,coins,currency,paid,given,got_back"
    first = lines[1].split(",")
    assert first[:3] == [month["month"], str(month["gifts"]), str(month["coins"])]
    for place, kind in ((4, "paid"), (5, "given"), (6, "back")):
        assert first[place] == (f"{sums(month[kind]) / 100:.2f}" if month[kind] else "")
