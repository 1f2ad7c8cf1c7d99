"""Charge and delivery, batched, to many creators and to one; against the plain way and against bare inserts."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from importlib.resources import files
from typing import Any
from uuid import UUID

from plaudit.bench.world import COINS_EACH, machine, middle, percentile_ms, scratch_database
from plaudit.clock import SystemClock
from plaudit.connections import Connection, connect
from plaudit.embedded import Logins
from plaudit.ids import new_id
from plaudit.ledger.deliverer import Deliverer
from plaudit.ledger.model import GiftOrder
from plaudit.ledger.shards import read_shards
from plaudit.ledger.writer import GiftWriter
from plaudit.statements import statements

VIEWERS = 20_000
CREATORS = 1_000

GIFTS = 100_000  # of one round
LUMP = 500  # gifts one caller brings at a time
CALLERS = 16
NAIVE_CLIENTS = 16
NAIVE_GIFTS = 20_000
NAIVE_HOT_GIFTS = 6_000
INSERT_ROWS_AT_ONCE = 1_300  # as many as the batch writer takes at this load
ROUNDS = 3

SQL = statements(__file__)
_clock = SystemClock()
_choice = random.Random(20261122)  # noqa: S311 - the same gifts in each run, nothing secret


def _orders(gifts: int, *, hot: bool, viewers: int = VIEWERS) -> list[GiftOrder]:
    def order() -> GiftOrder:
        creator = viewers + 1 + (0 if hot else _choice.randrange(CREATORS))
        viewer = _choice.randrange(1, viewers + 1)
        return GiftOrder(new_id(_clock, _choice.getrandbits), viewer, creator, creator, 1, 1, 1)

    return [order() for _ in range(gifts)]


class Round:
    """One benchmark database and what is measured on it."""

    def __init__(self, logins: Logins, owner: Connection, viewers: int = VIEWERS) -> None:
        self._logins = logins
        self._owner = owner
        self._viewers = viewers
        self.latencies_s: list[float] = []

    def _connect(self) -> Awaitable[Connection]:
        return connect(self._logins.application, statement_timeout_ms=0)

    async def engine(self, *, hot: bool) -> float:
        """Gifts charged and delivered in a second, from the first request to the last delivery."""
        shards = await read_shards(self._owner)
        deliverer = Deliverer(self._connect, shards, _clock, lambda _: None)
        writer = GiftWriter(self._connect, shards, _clock, deliverer.wake)
        await writer.start()
        await deliverer.start()
        # Connections are made, statements prepared.
        await writer.charge_many(_orders(2 * LUMP, hot=hot, viewers=self._viewers))
        orders = _orders(GIFTS, hot=hot, viewers=self._viewers)
        lumps = iter([orders[at : at + LUMP] for at in range(0, GIFTS, LUMP)])

        async def caller() -> None:
            for lump in lumps:
                begin = time.perf_counter()
                await writer.charge_many(lump)
                self.latencies_s.append(time.perf_counter() - begin)

        begin = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(CALLERS)))
        await self._all_delivered()
        took = time.perf_counter() - begin
        await writer.stop()
        await deliverer.stop()
        return GIFTS / took

    async def _all_delivered(self) -> None:
        while await self._owner.fetchval(SQL["has_undelivered"]):  # noqa: ASYNC110 - the state is the database's
            await asyncio.sleep(0.002)

    async def naive(self, *, hot: bool) -> float:
        """Gifts in a second, one function call and transaction each, from several clients."""
        orders = _orders(NAIVE_HOT_GIFTS if hot else NAIVE_GIFTS, hot=hot)
        count, waiting = len(orders), iter(orders)
        connections = [await self._connect_as_owner() for _ in range(NAIVE_CLIENTS)]

        async def client(connection: Connection) -> None:
            for order in waiting:
                await connection.fetchval(
                    SQL["naive_send"],
                    order.id,
                    order.viewer_id,
                    order.creator_id,
                    order.room_id,
                    order.item_id,
                    order.count,
                    order.coins,
                    _clock.now(),
                )

        begin = time.perf_counter()
        await asyncio.gather(*map(client, connections))
        took = time.perf_counter() - begin
        for connection in connections:
            await connection.close()
        return count / took

    async def bare_inserts(self) -> float:
        """Rows of gifts in a second when they are inserted and nothing else is done, in batches from two clients."""
        orders = _orders(GIFTS, hot=False)
        batches = iter([orders[at : at + INSERT_ROWS_AT_ONCE] for at in range(0, GIFTS, INSERT_ROWS_AT_ONCE)])
        connections = [await self._connect_as_owner() for _ in range(2)]

        async def client(connection: Connection) -> None:
            for batch in batches:
                await connection.execute(SQL["insert_bare_gifts"], *_columns(batch), _clock.now())

        begin = time.perf_counter()
        await asyncio.gather(*map(client, connections))
        took = time.perf_counter() - begin
        for connection in connections:
            await connection.close()
        return GIFTS / took

    async def _connect_as_owner(self) -> Connection:
        return await connect(self._logins.owner, statement_timeout_ms=0)


def _columns(orders: list[GiftOrder]) -> Iterator[list[UUID] | list[int]]:
    yield [order.id for order in orders]
    yield [order.viewer_id for order in orders]
    yield [order.creator_id for order in orders]
    yield [order.coins for order in orders]


async def run(server: Logins) -> dict[str, Any]:
    """Measure. The rounds of all yardsticks take turns, so that a slow spell of the machine meets them alike."""
    async with scratch_database(server) as logins:
        owner = await connect(logins.owner, statement_timeout_ms=0)
        try:
            await owner.execute((files("plaudit.bench") / "naive.sql").read_text())
            await owner.execute(SQL["fill_wallets"], VIEWERS, COINS_EACH)
            await owner.execute(SQL["fill_naive_wallets"], VIEWERS, COINS_EACH)
            await owner.execute(SQL["fill_naive_balances"], VIEWERS + 1, VIEWERS + CREATORS)
            await owner.execute("vacuum analyze")
            bench = Round(logins, owner)
            kinds: dict[str, Callable[[], Awaitable[float]]] = {
                "gifts_per_s": lambda: bench.engine(hot=False),
                "hot_gifts_per_s": lambda: bench.engine(hot=True),
                "naive_gifts_per_s": lambda: bench.naive(hot=False),
                "naive_hot_gifts_per_s": lambda: bench.naive(hot=True),
                "insert_rows_per_s": bench.bare_inserts,
            }
            rounds: dict[str, list[float]] = {kind: [] for kind in kinds}
            for _ in range(ROUNDS):
                for kind, measure in kinds.items():
                    rounds[kind].append(await measure())
            batches = await owner.fetchval(SQL["charged_batches"])
        finally:
            await owner.close()
    figures: dict[str, Any] = {kind: round(middle(values)) for kind, values in rounds.items()}
    per_batch = 2 * ROUNDS * (GIFTS + 2 * LUMP) / batches
    return figures | {
        "p50_ms": percentile_ms(bench.latencies_s, 50),
        "p99_ms": percentile_ms(bench.latencies_s, 99),
        "gifts_per_batch": round(per_batch),
        "hot_to_many": round(figures["hot_gifts_per_s"] / figures["gifts_per_s"], 3),
        "to_naive": round(figures["gifts_per_s"] / figures["naive_gifts_per_s"], 2),
        "hot_to_naive_hot": round(figures["hot_gifts_per_s"] / figures["naive_hot_gifts_per_s"], 2),
        "to_insert_rows": round(figures["gifts_per_s"] / figures["insert_rows_per_s"], 3),
        "how": f"{CALLERS} callers with {LUMP} gifts each, {VIEWERS} viewers, {CREATORS} creators or one, "
        f"fsync on, client and database on this machine; medians of {ROUNDS} rounds; latency is of {LUMP} gifts",
        "machine": machine(),
    }
