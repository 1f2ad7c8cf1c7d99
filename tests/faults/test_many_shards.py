"""Writer and deliverers over many shards: a few connections for all of them, and no shard waits for another."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from plaudit.clock import SystemClock
from plaudit.connections import Connection, connect
from plaudit.ids import new_id
from plaudit.ledger import deliverer as deliverer_module
from plaudit.ledger.connections import Connections
from plaudit.ledger.deliverer import Deliverer
from plaudit.ledger.model import Frame, GiftOrder
from plaudit.ledger.shards import Shards
from plaudit.ledger.writer import GiftWriter
from plaudit.limits import LEDGER_CONNECTIONS_MAX
from plaudit.schema.migrate import apply_to
from tests.support.databases import broken_laws, empty_database, owner_of
from tests.support.gift_load import until_delivered
from tests.support.lots import GRANT_DECIDED
from tests.support.waiting import eventually

SHARDS = Shards(32)
BUSY = 0
"""The shard with all the load. A viewer's number is the shard and VIEWERS; a creator's is that and CREATORS."""
VIEWERS, CREATORS = 32, 32 * 100
_clock = SystemClock()


@pytest.fixture
async def url(server_url: str) -> AsyncIterator[str]:
    """A database of 32 shards with a viewer who can pay in each; when the test is over the books must balance."""
    async with empty_database(server_url) as empty:
        await apply_to(empty.url, shards=SHARDS.count)
        for viewer in SHARDS.all():
            await empty.connection.execute(
                GRANT_DECIDED, VIEWERS + viewer, new_id(_clock), 1_000_000, _clock.now(), None
            )
        yield empty.application_url
        assert await broken_laws(empty.url) == []


class Engine:
    """A writer and a deliverer of one process, and what they ask of the database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.opened: list[Connection] = []
        self.statements: list[str] = []
        self.rooms: set[int] = set()
        self.deliverer = Deliverer(self._connect, SHARDS, _clock, self._show)
        self.writer = GiftWriter(self._connect, SHARDS, _clock, self.deliverer.wake)

    async def _connect(self) -> Connection:
        connection = await connect(self._url)
        connection.add_query_logger(lambda record: self.statements.append(record.query))
        self.opened.append(connection)
        return connection

    def _show(self, frames: list[Frame]) -> None:
        self.rooms |= {frame.room_id for frame in frames}

    async def __aenter__(self) -> "Engine":
        await self.writer.start()
        await self.deliverer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.writer.stop()
        await until_delivered(self._url)
        await self.deliverer.stop()

    async def give(self, shard: int) -> None:
        """One gift within a shard."""
        answer = await self.writer.charge(_gift(shard, shard))
        assert answer.outcome == "posted"


def _gift(viewer: int, shard: int) -> GiftOrder:
    creator = CREATORS + shard
    return GiftOrder(new_id(_clock), VIEWERS + viewer, creator, creator, 1, 1, 1)


async def test_nothing_to_do_costs_one_look_for_all_shards_on_one_connection(url: str) -> None:
    async with Engine(url) as engine:
        look = deliverer_module.SQL["streams_waiting"]
        await eventually(lambda: look in engine.statements, "a first look, before which the driver asks for types")
        engine.statements.clear()
        await eventually(lambda: len(engine.statements) >= 3, "three more")
        assert set(engine.statements) == {look}
        assert len(engine.opened) == 1


async def test_all_shards_share_few_connections(url: str) -> None:
    async with Engine(url) as engine:
        for _ in range(3):
            await asyncio.gather(*(engine.give(shard) for shard in SHARDS.all()))
        await eventually(lambda: len(engine.rooms) == SHARDS.count, "every room has seen its gifts")
        assert len(engine.opened) <= 2 * LEDGER_CONNECTIONS_MAX


async def test_who_is_busy_comes_after_all_that_wait(url: str) -> None:
    """Over a single connection, one that asks again and again and many that ask once."""
    connections = Connections(lambda: connect(url), 1)
    served: list[str] = []

    async def ask(name: str, times: int) -> None:
        def arguments() -> tuple[()]:
            served.append(name)
            return ()

        for _ in range(times):
            await connections.fetch("select 1", arguments)

    await asyncio.gather(ask("busy", 5), *(ask("other", 1) for _ in range(10)))
    connections.close()
    assert served == ["busy", *["other"] * 10, *["busy"] * 4]


async def test_a_busy_shard_keeps_no_other_waiting(url: str) -> None:
    async with Engine(url) as engine:
        stop = asyncio.Event()

        async def keep_busy() -> None:
            while not stop.is_set():
                await engine.writer.charge_many([_gift(BUSY, BUSY) for _ in range(200)])

        busy = [asyncio.create_task(keep_busy()) for _ in range(3)]
        await eventually(lambda: CREATORS + BUSY in engine.rooms, "the busy shard is at it")
        await asyncio.gather(*(engine.give(shard) for shard in SHARDS.all()))
        await eventually(lambda: len(engine.rooms) == SHARDS.count, "every room has seen its gift")
        charged = engine.writer.gifts_charged
        await eventually(lambda: engine.writer.gifts_charged > charged, "the busy shard is still at it")
        stop.set()
        await asyncio.gather(*busy)


async def test_a_shard_that_cannot_be_delivered_keeps_no_other_waiting(url: str) -> None:
    """Somebody holds the balance of the busy shard's creator; the gifts of all others arrive meanwhile."""
    owner = await connect(owner_of(url))
    async with Engine(url) as engine:
        await engine.give(BUSY)
        await until_delivered(url)
        engine.rooms.clear()
        async with owner.transaction():
            await _hold(owner, "gift_balance", BUSY)
            await asyncio.gather(*(engine.give(shard) for shard in SHARDS.all()))
            others = {CREATORS + shard for shard in SHARDS.all() if shard != BUSY}
            await eventually(lambda: engine.rooms == others, "all other rooms have seen their gifts")
        await eventually(lambda: len(engine.rooms) == SHARDS.count, "the last room has seen its gift")
    await owner.close()


async def test_a_stream_that_cannot_be_delivered_keeps_no_other_of_its_shard(url: str) -> None:
    """What is wrong with one viewers' shard is not the creator's loss."""
    owner = await connect(owner_of(url))
    async with Engine(url) as engine:
        set_through = "update delivery_stream set delivered_through = $2 where shard = $1 and source_shard = 0"
        await owner.execute(set_through, BUSY, -1)  # a batch seems to be missing
        for viewer in (0, 1):  # a look that finds the second finds the first as well
            await engine.writer.charge(_gift(viewer, BUSY))
        left = "select array_agg(shard) from gift_batch"
        await eventually(lambda: _equals(owner, left, [0]), "only the broken stream is left")
        await owner.execute(set_through, BUSY, 0)
    await owner.close()


@pytest.mark.parametrize("step", ["charge", "deliver"])
async def test_a_connection_that_is_cut_within_a_batch(url: str, step: str) -> None:
    """The session ends while it waits for a row in the midst of its statement: all of it is done once, over another."""
    owner = await connect(owner_of(url))
    async with Engine(url) as engine:
        await engine.give(BUSY)
        await until_delivered(url)
        async with owner.transaction():
            await _hold(owner, "wallet" if step == "charge" else "gift_balance", BUSY)
            giving = asyncio.create_task(engine.give(BUSY))
            cut = (
                "select pg_terminate_backend(pid) from pg_locks where not granted"
                " and pg_backend_pid() = any (pg_blocking_pids(pid))"
            )
            await eventually(lambda: _equals(owner, cut, answer=True), "who waited is cut")
        await giving
        await until_delivered(url)
        assert await owner.fetchval("select received from gift_balance where creator_id = $1", CREATORS + BUSY) == 2
    await owner.close()


async def _hold(owner: Connection, table: str, shard: int) -> None:
    assert await owner.execute(f"select from {table} where shard = $1 for update", shard) == "SELECT 1"


async def _equals(owner: Connection, question: str, answer: object) -> bool:
    return bool(await owner.fetchval(question) == answer)
