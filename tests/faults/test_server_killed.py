"""The server dies under load; clients send again by id. No acknowledged gift is lost, none is charged twice."""

import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import httpx2
import pytest

from plaudit.bench.served import ask, live_room, serving
from plaudit.clock import SystemClock
from plaudit.connections import connect
from plaudit.gifts.catalogue.folder import load_starter
from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder, GiftOutcome
from plaudit.ledger.shards import read_shards
from plaudit.outgoing import tls_context
from plaudit.people.development import DevelopmentIssuer
from plaudit.people.model import Role
from tests.support.databases import owner_of
from tests.support.gift_load import GiftLoad, assert_books_hold, until_delivered
from tests.support.lots import GRANT_DECIDED
from tests.support.ports import LOOPBACK, held_port
from tests.support.waiting import WAIT_S, eventually

VIEWERS = 8
_clock = SystemClock()


class _Clients:
    """Viewers who send each gift until it has an answer, to a server that comes and goes."""

    def __init__(self, base_url: str) -> None:
        self.client = httpx2.AsyncClient(verify=tls_context(), base_url=base_url, timeout=WAIT_S)
        self.tokens: dict[int, str] = {}
        self.retries = 0

    async def charge(self, orders: Sequence[GiftOrder]) -> list[GiftOutcome]:
        return await asyncio.gather(*map(self._charge, orders))

    async def _charge(self, order: GiftOrder) -> GiftOutcome:
        body = {"id": str(order.id), "room_id": str(order.room_id), "item_id": 1, "count": 7}
        headers = {"Authorization": f"Bearer {self.tokens[order.viewer_id]}"}
        outcomes: list[GiftOutcome] = []

        async def answered() -> bool:
            with suppress(httpx2.TransportError):
                answer = await self.client.post("/v1/gifts", json=body, headers=headers)
                if answer.status_code in {200, 201}:
                    outcomes.append(_outcome(answer))
                    return True
                assert answer.status_code in {429, 503}, answer.text
            self.retries += 1
            return False

        await eventually(answered, f"gift {order.id} has an answer")
        return outcomes[0]


def _outcome(answer: httpx2.Response) -> GiftOutcome:
    gift = answer.json()
    return GiftOutcome(
        "posted" if answer.status_code == 201 else "repeated",
        0,
        gift["coins_after"],
        UUID(gift["combo"]["id"]),
        gift["combo"]["count"],
        datetime.fromisoformat(gift["at"]),
    )


@pytest.fixture
def port() -> Iterator[int]:
    """Of the server, whichever process it is."""
    with held_port() as held:
        yield held


async def test_server_killed_under_load(database_url: str, port: int) -> None:
    issuer = DevelopmentIssuer.new()
    owner = await connect(owner_of(database_url))
    await issuer.register(owner, _clock)
    await load_starter(owner, _clock)
    clients = _Clients(f"http://{LOOPBACK}:{port}")
    load, stop = GiftLoad(await read_shards(owner)), asyncio.Event()

    async with serving(database_url, port):
        room_id = int(await live_room(clients.client, issuer.mint("creator", [Role.CREATOR], _clock)))
        creator_id = int(await owner.fetchval("select creator_id from room where id = $1", room_id))
        for number in range(VIEWERS):
            token = issuer.mint(f"viewer-{number}", [Role.VIEWER], _clock)
            person = int((await ask(clients.client, "GET", "/v1/me", token))["id"])
            clients.tokens[person] = token
            await owner.execute(GRANT_DECIDED, person, new_id(_clock), 1_000_000, _clock.now(), None)

    async def send() -> None:
        people = list(clients.tokens)
        while not stop.is_set():
            orders = [GiftOrder(new_id(_clock), person, creator_id, room_id, 1, 7, 7) for person in people]
            await load.send(orders, clients.charge)
            await load.send(orders[:2], clients.charge)

    sending = asyncio.create_task(send())
    for _ in range(4):
        async with serving(database_url, port) as (_, _, pid):
            await load.until_more_posted(100)
            os.kill(pid, signal.SIGKILL)
    async with serving(database_url, port):
        stop.set()
        await sending
        await until_delivered(database_url, owner)
    assert clients.retries, "the load must have met a dead server"
    assert load.repeats
    received = await owner.fetchval("select received from gift_balance where creator_id = $1", creator_id)
    assert received == 7 * len(load.posted)
    await clients.client.aclose()
    await owner.close()
    await assert_books_hold(database_url, load)
