"""A load of gifts that remembers what it was told, and what the books must then hold."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from msgspec import structs

from plaudit.clock import SystemClock
from plaudit.connections import Connection, connect
from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder, GiftOutcome, GiftShare, OutcomeUnknown
from plaudit.ledger.shards import Shards, read_shards
from tests.support.databases import owner_of
from tests.support.lots import GRANT_DECIDED
from tests.support.waiting import eventually

VIEWERS = 30
CREATORS = 5
VIDEOS = 100
COINS_EACH = 100_000_000

Charge = Callable[[Sequence[GiftOrder]], Awaitable[list[GiftOutcome]]]
_clock = SystemClock()


@dataclass
class GiftLoad:
    """Who sends what, with a seed; answers by gift."""

    shards: Shards
    seed: int = 1
    posted: dict[tuple[int, object], GiftOutcome] = field(default_factory=dict)
    unknown: list[GiftOrder] = field(default_factory=list)
    repeats: int = 0

    def __post_init__(self) -> None:
        self._choice = random.Random(self.seed)

    def order(self) -> GiftOrder:
        """Every third is seen in another creator's room or on a video of theirs, and may be earned by several."""
        creator, viewer = self._creator(), self._choice.randrange(1, VIEWERS + 1)
        whole = GiftOrder(new_id(_clock), viewer, creator, creator, self._choice.randrange(1, 4), 1, 7)
        if self._choice.randrange(3):
            return whole
        host = self._creator()
        target = {"room_id": host} if self._choice.randrange(2) else {"room_id": None, "video_id": VIDEOS + host}
        earners = self._choice.sample(range(VIEWERS + 1, VIEWERS + 1 + CREATORS), 2)
        shares = (GiftShare(earners[0], 5), GiftShare(earners[1], 2)) if self._choice.randrange(3) else ()
        return structs.replace(whole, **target, shown_shard=self.shards.of(host), shares=shares)

    def _creator(self) -> int:
        return VIEWERS + 1 + self._choice.randrange(CREATORS)

    async def send_until(self, stop: asyncio.Event, charge: Charge, at_once: int = 20) -> None:
        """Send until told to stop; every tenth gift is one that was sent before."""
        sent: list[GiftOrder] = []
        while not stop.is_set():
            orders = [
                self._choice.choice(sent) if sent and not self._choice.randrange(10) else self.order()
                for _ in range(at_once)
            ]
            sent = [*sent[-200:], *orders]
            await self.send(orders, charge)

    async def until_more_posted(self, count: int) -> None:
        """Wait until so many more are acknowledged."""
        enough = len(self.posted) + count
        await eventually(lambda: len(self.posted) >= enough, f"{count} more are acknowledged")

    async def send(self, orders: Sequence[GiftOrder], charge: Charge) -> None:
        """Send, and check each answer against those given before."""
        try:
            answers = await charge(orders)
        except OutcomeUnknown:
            self.unknown.extend(orders)
            return
        for order, answer in zip(orders, answers, strict=True):
            self.remember(order, answer)

    def remember(self, order: GiftOrder, answer: GiftOutcome) -> None:
        assert answer.outcome in {"posted", "repeated"}, answer
        key = order.viewer_id, order.id
        first = self.posted.setdefault(key, answer)
        if answer is not first:
            self.repeats += 1
            assert (answer.coins_after, answer.combo_id, answer.combo_count, answer.charged_at) == (
                first.coins_after,
                first.combo_id,
                first.combo_count,
                first.charged_at,
            ), "a repeat must get the first answer"


async def fund_viewers(url: str, statement: str = GRANT_DECIDED) -> Shards:
    """Coins for all of them, granted or as a statement says. Answers the shards that they are spread over."""
    connection = await connect(owner_of(url))
    for viewer in range(1, VIEWERS + 1):
        await connection.execute(statement, viewer, new_id(_clock), COINS_EACH, _clock.now(), None)
    shards = await read_shards(connection)
    await connection.close()
    return shards


async def assert_books_hold(url: str, load: GiftLoad) -> None:
    """Every acknowledged gift is there once; nothing is there that nobody sent; wallets paid for exactly these."""
    connection = await connect(url)
    try:
        rows = await connection.fetch("select viewer_id, id, coins from gift")
        stored = {(row["viewer_id"], row["id"]) for row in rows}
        assert len(stored) == len(rows)
        assert set(load.posted) <= stored, "an acknowledged gift was lost"
        assert stored <= set(load.posted) | {(o.viewer_id, o.id) for o in load.unknown}
        spent = await connection.fetchval("select sum(spent) from wallet")
        assert spent == sum(row["coins"] for row in rows), "somebody was charged twice"
    finally:
        await connection.close()


async def until_delivered(url: str, connection: Connection | None = None) -> None:
    """Wait until the deliverers have nothing left."""
    opened = connection or await connect(url)
    try:
        nothing_left = "select not exists (select from gift_batch)"
        await eventually(lambda: opened.fetchval(nothing_left), "all gifts are delivered")
    finally:
        if connection is None:
            await opened.close()
