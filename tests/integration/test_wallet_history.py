"""The history of a wallet: three lists laid into one, page by page, and how many gifts a page looks at."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder
from plaudit.pages import BY_ID
from plaudit.statements import statements
from tests.support.returns import Returns
from tests.support.shop import Shop, open_shop

pytestmark = pytest.mark.sql

_SQL = statements("plaudit.selling.wallet")
_MILESTONES = (
    "create or replace function gifts_between_milestones() returns integer language sql immutable as 'select 5'"
)
CREATOR = 77


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def ada(shop: Shop, owner_connection: OwnConnection) -> Returns:
    await owner_connection.fetchval("select ensure_gift_partitions($1, 2)", shop.clock.now())
    return await Returns.of(shop)


async def give(ada: Returns, coins: int = 1, gift_id: UUID | None = None) -> UUID:
    """A gift that is charged now, whenever its id was made."""
    order = GiftOrder(gift_id or new_id(ada.shop.clock), ada.person_id, CREATOR, CREATOR, 1, 1, coins)
    assert (await ada.shop.desk.house.gift_writer.charge(order)).outcome == "posted"
    ada.shop.clock.advance(timedelta(seconds=1))
    return order.id


async def page(ada: Returns, limit: int, cursor: str | None = None) -> dict[str, Any]:
    asked = {"limit": limit} | ({"cursor": cursor} if cursor else {})
    found: dict[str, Any] = (await ada.buyer.get("/v1/wallet/history", params=asked)).json()
    return found


def kinds(entries: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["kind"], one["id"]) for one in entries]


async def test_pages_of_any_length_are_the_whole_history(ada: Returns) -> None:
    """Gifts stand where they were charged, also one that was made long before, and one with the id of an order."""
    late = new_id(ada.shop.clock)
    ada.shop.clock.advance(timedelta(hours=1))
    first = await ada.buy(coins=100)
    ada.shop.clock.advance(timedelta(seconds=1))
    gifts = [await give(ada), await give(ada, gift_id=UUID(first["id"]))]
    second = await ada.buy(coins=70)
    ada.shop.clock.advance(timedelta(seconds=1))
    gifts += [await give(ada, gift_id=late), await give(ada)]
    withdrawn = (await ada.withdraw(second)).json()
    ada.shop.clock.advance(timedelta(seconds=1))
    gifts.append(await give(ada))
    whole = await page(ada, 20)
    assert whole["next"] is None
    assert kinds(whole["items"]) == [
        ("gift", str(gifts[4])), ("reversal", withdrawn["id"]), ("gift", str(gifts[3])), ("gift", str(late)),
        ("recharge", second["id"]), ("gift", first["id"]), ("gift", str(gifts[0])), ("recharge", first["id"]),
    ]  # fmt: skip
    for limit in range(1, 9):
        entries, cursor = [], None
        while True:
            found = await page(ada, limit, cursor)
            assert 0 < len(found["items"]) <= limit
            entries += found["items"]
            if (cursor := found["next"]) is None:
                break
        assert entries == whole["items"]


async def test_what_comes_meanwhile_is_on_no_later_page(ada: Returns) -> None:
    await ada.buy(coins=100)
    ada.shop.clock.advance(timedelta(seconds=1))
    gifts = [await give(ada) for _ in range(3)]
    begun = await page(ada, 2)
    await ada.buy(coins=70)
    await give(ada, gift_id=new_id(ada.shop.clock))
    rest = await page(ada, 20, begun["next"])
    assert [kind for kind, _ in kinds(rest["items"])] == ["gift", "recharge"]
    assert [one["id"] for one in begun["items"] + rest["items"][:1]] == [str(gift) for gift in reversed(gifts)]


async def test_a_cursor_of_another_list_is_refused_and_a_page_shows_its_beginning(ada: Returns) -> None:
    await ada.buy(coins=100)
    of_another_list = BY_ID.cursor(new_id(ada.shop.clock))  # as those of the history were once
    refused = await ada.buyer.get("/v1/wallet/history", params={"cursor": of_another_list})
    assert (refused.status_code, refused.json()["field"]) == (400, "query.cursor")
    seen = await ada.buyer.get("/wallet", params={"before": of_another_list})
    assert seen.status_code == 200
    assert "100" in seen.text


async def test_a_cursor_leads_to_nobody_elses_gifts(ada: Returns) -> None:
    await ada.buy(coins=100)
    for _ in range(3):
        await give(ada)
    cursor = (await page(ada, 1))["next"]
    bob = await Returns.of(ada.shop, "bob")
    assert await page(bob, 20, cursor) == {"items": [], "next": None}


async def test_a_page_looks_at_its_own_gifts(ada: Returns, owner_connection: OwnConnection) -> None:
    """However many there are: the walk ends with the page, and to what an old lot paid for it begins at a milestone."""
    await owner_connection.execute(_MILESTONES)
    shard = ada.person_id % await owner_connection.fetchval("select shards from ledger_setting")
    lots = []
    for _ in range(2):
        lots.append(UUID((await ada.buy(coins=70))["id"]))
        ada.shop.clock.advance(timedelta(seconds=1))
    gifts = [await give(ada) for _ in range(100)]

    async def walked(name: str, place: UUID | None, limit: int) -> tuple[list[UUID], int]:
        arguments = shard, ada.person_id, place, ada.shop.clock.now(), limit
        found = [row["id"] for row in await owner_connection.fetch(_SQL[name], *arguments)]
        explained = f"explain (analyze, timing off, format json) {_SQL[name]}"
        (plan,) = await owner_connection.fetchval(explained, *arguments)
        return found, _steps(plan["Plan"])

    newest, steps = await walked("history_gifts", None, 10)
    assert newest == gifts[:-11:-1]
    assert 10 <= steps <= 11
    below, steps = await walked("history_gifts", gifts[49], 10)
    assert below == gifts[49:39:-1]
    assert 10 <= steps <= 11
    of_first, steps = await walked("gifts_of_lot", lots[0], 10)
    assert of_first == gifts[69:59:-1]
    assert 10 <= steps <= 10 + 5 + 1
    assert (await walked("gifts_of_lot", lots[1], 100))[0] == gifts[:69:-1]


def _steps(plan: dict[str, Any]) -> int:
    """How many gifts were walked over, in all walks of a plan."""
    own = int(plan["Actual Rows"]) if plan["Node Type"] == "Recursive Union" else 0
    return own + sum(_steps(below) for below in plan.get("Plans", []))
