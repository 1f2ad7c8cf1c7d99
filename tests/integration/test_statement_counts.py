"""How many statements the ways need that everybody takes: a number here may only become smaller."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import httpx2
import pytest

import plaudit.connections
from plaudit.gifts.catalogue.folder import load_starter
from plaudit.ids import new_id
from plaudit.people.model import Role
from tests.support.shop import Shop, open_shop

_FRAMES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
ROUNDS = 6
_counting = ContextVar("_counting", default=False)
"""Set in the task that asks: what others do meanwhile is not counted."""


class Asked(list[str]):
    """The statements for one answer, on all connections, without what begins and ends transactions."""

    def hear(self, record: Any) -> None:
        if _counting.get() and not record.query.upper().startswith(_FRAMES):
            self.append(record.query)

    async def during(self, answer: Awaitable[httpx2.Response]) -> int:
        self.clear()
        before = _counting.set(True)
        assert (await answer).status_code in {200, 201}
        _counting.reset(before)
        await asyncio.sleep(0)  # the driver tells when the loop comes round
        return len(self)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    heard, prepare = Asked(), plaudit.connections._prepare

    async def listening(connection: Any) -> None:
        await prepare(connection)
        connection.add_query_logger(heard.hear)

    monkeypatch.setattr(plaudit.connections, "_prepare", listening)
    return heard


@pytest.fixture
async def shop(asked: Asked, database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


async def test_videos_are_told_of_in_few_statements_however_many(shop: Shop, asked: Asked) -> None:
    server = await shop.desk.client({"Authorization": f"Bearer {await shop.desk.server_key()}"})
    await server.put("/v1/people/cleo", json={"roles": ["creator"]})
    facts = {"owner_subject": "cleo", "title": "Tea", "duration_ms": 1, "state": "private"}
    counts = []
    for many in (1, 1, 500):
        videos = [facts | {"external_id": f"v-{number}"} for number in range(many)]
        counts.append(await asked.during(server.post("/v1/videos:batch", json={"videos": videos})))
    assert counts[1] == counts[2]
    assert 0 < counts[1] <= 7, "one of them tells the database which key acts, and the last is the act"


async def test_addresses_of_people_are_told_in_few_statements_however_many(shop: Shop, asked: Asked) -> None:
    server = await shop.desk.client({"Authorization": f"Bearer {await shop.desk.server_key()}"})
    counts = []
    for many in (1, 2, 20):
        tried = []
        for attempt in range(2):
            subjects = [f"reader-{many}-{attempt}-{number}" for number in range(many)]
            bodies = [
                {"people": [{"subject": one, "email": email and email.format(one)} for one in subjects]}
                for email in ("{}@shop.example", None)
            ]
            tried.append([await asked.during(server.post("/v1/people:batch", json=body)) for body in bodies])
        counts.append([min(each) for each in zip(*tried, strict=True)])
    assert counts[1] == counts[2], "the fewest of two: when a key was last used is written once in a while"


async def test_gifts_to_a_video_at_hand_ask_nothing(shop: Shop, asked: Asked) -> None:
    """But for the charge itself, and after the first: not even where somebody is, where a rule asks for it. The fewest
    of several: what is at hand is read again after a while."""
    house = shop.desk.house
    async with house.database.transaction() as connection:
        await load_starter(connection, shop.clock)
    await house.catalogue.refresh()
    server = await shop.desk.client({"Authorization": f"Bearer {await shop.desk.server_key()}"})
    await server.put("/v1/people/cleo", json={"roles": ["creator"]})
    await server.put("/v1/people/ada", json={"country": "GB"})
    cleo, ada = await shop.desk.person("cleo", Role.CREATOR), await shop.desk.person("ada", locale="en-GB")
    await cleo.put("/v1/creators/me/video-gifts", json={"enabled": True})
    order = await shop.order(ada)
    await shop.pay(order)
    await shop.tell(await shop.event(order))
    facts = {"owner_subject": "cleo", "title": "Tea", "duration_ms": 1, "published_at": "2020-01-01T00:00:00Z"}
    for name, more, first in (("v-1", {}, 2), ("v-2", {"territories_blocked": ["FR"]}, 4)):
        video = (await server.put(f"/v1/videos/by-external-id/{name}", json=facts | more)).json()
        item = min((await ada.get(f"/v1/videos/{video['id']}/catalogue")).json()["items"], key=lambda one: one["coins"])
        counts = []
        for _ in range(ROUNDS):
            gift = {"id": str(new_id(shop.clock)), "video_id": video["id"], "item_id": item["id"]}
            counts.append(await asked.during(ada.post("/v1/gifts", json=gift)))
        assert 0 < counts[0] <= first
        assert min(counts[1:]) == 0


async def test_each_way_needs_few_statements(shop: Shop, asked: Asked) -> None:
    """The fewest of the later rounds, when there are lots: a connection that is new asks once what is fixed, and a busy
    machine makes more of them."""
    ada = await shop.desk.person("ada", locale="en-GB")
    rounds = []
    for _ in range(ROUNDS):
        order = await shop.order(ada)
        await shop.pay(order)
        quote = {"id": str(new_id(shop.clock)), "package_coins": 70}
        rounds.append(
            {
                "webhook to paid": await asked.during(shop.tell(await shop.event(order))),
                "quote": await asked.during(ada.post("/v1/quotes", json=quote)),
                "wallet": await asked.during(ada.get("/v1/wallet")),
                "page of the wallet": await asked.during(ada.get("/wallet", headers={"accept": "text/html"})),
            }
        )
    # One of a quote counts it, since each costs us something, one asks what its person's own limits leave, one what
    # caps do, where there are some; one of a paid order has its receipt mailed, and one asks for the key that seals
    # what was told, anew each time because it may have been retired; one of each page asks whether the time for a
    # withdrawal runs, and one of this page what stands still.
    most = {"webhook to paid": 18, "quote": 12, "wallet": 7, "page of the wallet": 16}
    counts = {way: min(one[way] for one in rounds[ROUNDS // 2 :]) for way in most}
    assert {way: (count, most[way]) for way, count in counts.items() if not 0 < count <= most[way]} == {}
