"""The catalogue as people read it: in their language and region, for one creator, as gifts of the past showed it."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import httpx2
import pytest

from plaudit.clock import ManualClock, SystemClock
from plaudit.gifts.model import moment
from plaudit.limits import CATALOGUE_FRESH_S, PRICE_HONOURED_S
from plaudit.people.model import Role
from tests.support.live import Platform, open_platform
from tests.support.price_shelf import put_on_shelf
from tests.support.waiting import WAIT_S, eventually

ITEM: dict[str, Any] = {
    "sku": "taco", "name": "Taco", "coins": 7, "category": "everyday", "art": "art/gifts/cake.svg", "size": "small",
    "combo": True, "animation": "pop", "duration_ms": 2_000, "sort": 5, "names": {"de": "Teigtasche", "pt-BR": "Taco!"},
}  # fmt: skip
TACO = 900
HELD = """
    select exists (
        select from (
            select coins, active_from, lead(active_from) over (order by active_from, version) as until
            from item_version where item_id = $1
        ) v
        where v.coins * g.count = g.coins and v.active_from <= g.charged_at
            and (v.until is null or g.charged_at < v.until + $2)
    ) as held
    from gift g where g.item_id = $1
"""
"""Of each gift: whether its price held when it was charged, or so shortly before."""


@pytest.fixture
async def platform(database_url: str, clock: ManualClock) -> AsyncIterator[Platform]:
    async with open_platform(database_url, clock) as opened:
        yield opened


async def put(platform: Platform, seen_version: int, process: int = 0, **changed: Any) -> dict[str, Any]:
    token = platform.token("tove", Role.VIEWER, Role.OPERATOR)
    operator = await platform.client(token, process)
    answer = await operator.put(f"/v1/operator/catalogue/{TACO}", json=ITEM | {"seen_version": seen_version} | changed)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def taco(client: httpx2.AsyncClient, query: str = "", **headers: str) -> dict[str, Any] | None:
    items = (await client.get(f"/v1/catalogue?{query}", headers=headers)).json()["items"]
    assert items
    return next((item for item in items if item["id"] == TACO), None)


async def test_each_reads_what_is_for_them(platform: Platform, clock: ManualClock) -> None:
    await put_on_shelf(platform.database_url, clock)
    guest = await platform.client()
    german = await platform.client(platform.issuer.mint("uwe", [Role.VIEWER], clock, claims={"locale": "de-DE"}))
    await put(platform, 0)

    async def name(client: httpx2.AsyncClient, query: str = "", **headers: str) -> str:
        found = await taco(client, query, **headers)
        assert found is not None
        return str(found["name"])

    assert await name(guest) == "Taco"
    assert await name(guest, **{"Accept-Language": "fr, pt;q=0.5, de;q=0.2"}) == "Taco!"
    assert await name(german, **{"Accept-Language": "pt"}) == "Teigtasche"
    assert await name(german, "lang=pt") == "Taco!"
    assert (await guest.get("/v1/catalogue?lang=d")).status_code == 400

    english = await guest.get("/v1/catalogue")
    assert "Accept-Language" in english.headers["vary"]
    assert english.headers["cache-control"] == f"private, max-age={CATALOGUE_FRESH_S}"
    assert CATALOGUE_FRESH_S < PRICE_HONOURED_S, "what a browser kept can still be paid"
    tag = {"If-None-Match": english.headers["etag"]}
    assert (await guest.get("/v1/catalogue", headers=tag)).status_code == 304
    assert (await guest.get("/v1/catalogue?lang=de", headers=tag)).status_code == 200

    await put(platform, 1, regions=["DE"])
    assert await taco(guest) is None
    await put(platform, 2, regions=["US", "DE"])
    assert await taco(guest) is not None
    creator = await platform.person_id(await platform.creator("cleo"))
    await put(platform, 3, creator_ids=[creator])
    assert await taco(guest) is None
    assert await taco(guest, f"creator_id={creator + 1}") is None
    assert await taco(guest, f"creator_id={creator}") is not None
    await put(platform, 4, hidden=True)
    assert await taco(guest) is None


async def test_a_gift_shows_for_ever_what_it_was_sent_as(platform: Platform, clock: ManualClock) -> None:
    """First version, another look at the same price, a dearer one, a hidden one: each gift knows its own."""
    guest = await platform.client()
    changes: list[dict[str, Any]] = [{}, {"name": "Burrito"}, {"name": "Feast", "coins": 9}, {"hidden": True}]
    begun = []
    for seen_version, changed in enumerate(changes):
        await put(platform, seen_version, **changed)
        begun.append(clock.now())
        clock.advance(timedelta(hours=1))

    async def shown(unit_coins: int, hours: float) -> tuple[str, int, str | None]:
        at = moment(begun[0] + timedelta(hours=hours))
        answer = await guest.get(f"/v1/catalogue/{TACO}", params={"unit_coins": unit_coins, "at": at})
        assert answer.status_code == 200, answer.text
        item = answer.json()
        assert "public" in answer.headers["cache-control"]
        return item["name"], item["version"], item["until"]

    until = [one.isoformat().replace("+00:00", "Z") for one in begun]
    assert await shown(7, 0.5) == ("Taco", 1, until[1])
    assert await shown(7, 1.5) == ("Burrito", 2, until[2])
    assert await shown(9, 2.5) == ("Feast", 3, until[3])
    assert await shown(7, 2.001) == ("Burrito", 2, until[2]), "the price before was honoured"
    assert await shown(7, 3.5) == ("Taco", 4, None)
    assert await shown(7, 99) == ("Taco", 4, None), "what is to come is nobody's business"
    wrongs: tuple[tuple[dict[str, str | int], int], ...] = (
        ({"unit_coins": 7, "at": moment(begun[0] - timedelta(hours=1))}, 404),
        ({"unit_coins": 7, "at": "2026-11-29T09:00:00"}, 400),
        ({"unit_coins": 0, "at": moment(begun[0])}, 400),
    )
    for wrong, status in wrongs:
        assert (await guest.get(f"/v1/catalogue/{TACO}", params=wrong)).status_code == status


async def is_shown(client: httpx2.AsyncClient) -> bool:
    return await taco(client) is not None


class Market:
    """Senders who read a price at one process and pay it at another, until the prices have changed often enough."""

    def __init__(self, platform: Platform, room_id: str, chance: random.Random) -> None:
        self.platform = platform
        self.room_id = room_id
        self.chance = chance
        self.is_over = asyncio.Event()
        self.charged: list[int] = []
        self.refused: list[int] = []

    async def send(self, name: str) -> None:
        token = self.platform.token(name)
        processes = [await self.platform.client(token, process) for process in (0, 1)]
        await self.platform.fund(await self.platform.person_id(processes[0]), 1_000_000)
        before = 1
        while not self.is_over.is_set():
            read = await taco(self.chance.choice(processes))
            assert read is not None
            price = self.chance.choice((read["coins"], before, read["coins"] + 1_000))
            before = read["coins"]
            await self.pay(self.chance.choice(processes), price)

    async def pay(self, sender: httpx2.AsyncClient, price: int) -> None:
        gift = {"id": str(self.platform.id()), "room_id": self.room_id, "item_id": TACO, "count": 2, "coins": 2 * price}
        answer = await sender.post("/v1/gifts", json=gift)
        if answer.status_code == 201:
            assert answer.json()["coins"] == 2 * price, "what was shown, or nothing"
            self.charged.append(price)
        else:
            assert (answer.status_code, answer.json()["code"]) == (409, "price_changed")
            self.refused.append(answer.json()["coins"])

    def has_charged(self, count: int) -> bool:
        return len(self.charged) >= count

    async def change(self, changes: int) -> None:
        for version in range(1, changes + 1):
            enough = len(self.charged) + 20
            await eventually(partial(self.has_charged, enough), "more are charged")
            await put(self.platform, version, process=version % 2, coins=version + 1)
        self.is_over.set()


async def test_prices_change_while_gifts_fly(database_url: str) -> None:
    """Each gift is charged at what its sender was shown, which held then or shortly before, or not at all."""
    changes = 6
    async with open_platform(database_url, SystemClock(), processes=2) as platform:
        room_id = await platform.live_room(await platform.creator("cleo"))
        await put(platform, 0, coins=1)
        for process in (0, 1):
            await eventually(partial(is_shown, await platform.client(process=process)), "each process shows it")
        market = Market(platform, room_id, random.Random(1))
        async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
            for number in range(8):
                group.create_task(market.send(f"viewer-{number}"))
            group.create_task(market.change(changes))
        prices = range(1, changes + 2)
        assert market.charged
        assert set(market.charged) <= set(prices), "nobody paid a price that never was"
        assert market.refused
        assert set(market.refused) <= {2 * price for price in prices}, "the new one was said, whole"
        async with platform.house.database.read() as connection:
            held = await connection.fetch(HELD, TACO, timedelta(seconds=PRICE_HONOURED_S))
        assert [row["held"] for row in held] == [True] * len(market.charged)
