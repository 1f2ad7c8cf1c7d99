"""Charge and delivery against a plain model: whatever is sent, repeated, refused or too dear, both say the same."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from plaudit.clock import ManualClock
from plaudit.db import Connection, connect, statements
from plaudit.ids import new_id
from plaudit.ledger.model import Frame, GiftOrder, GiftOutcome
from plaudit.ledger.shards import Shards, read_shards
from plaudit.ledger.writer import GiftWriter
from plaudit.limits import COMBO_WINDOW_MS
from tests.support.machines import run_machine

pytestmark = pytest.mark.sql

_SQL = statements("plaudit.ledger")
FUND = "select fund($1, $2, $3, 'paid', 'recharge', $4, 100, 'USD', $5)"
START = datetime(2026, 11, 22, 12, tzinfo=UTC)

NOBODY_FUNDED = 0
"""A viewer who never had a coin, and has no wallet."""
viewers = st.integers(NOBODY_FUNDED, 5)
funded = st.integers(1, 5)
creators = st.integers(6, 8)
coins = st.integers(1, 60)


@dataclass
class Combo:
    """The latest gift of a viewer, as the model remembers it."""

    key: tuple[int, int, int]
    id: UUID
    count: int
    at: datetime


class Model:
    """What the books should say, in the plainest way."""

    def __init__(self) -> None:
        self.coins: dict[int, int] = defaultdict(int)
        self.answers: dict[tuple[int, UUID], tuple[GiftOrder, GiftOutcome]] = {}
        self.combos: dict[int, Combo] = {}
        self.undelivered: dict[int, int] = defaultdict(int)
        self.delivered: set[tuple[int, UUID]] = set()
        self.received: dict[int, int] = defaultdict(int)

    def charge(self, order: GiftOrder, now: datetime) -> GiftOutcome:
        known = self.answers.get((order.viewer_id, order.id))
        if known is not None:
            same = replace_refusal(known[0]) == replace_refusal(order)
            return msg_replace(known[1], "repeated") if same else GiftOutcome("conflict", 0, 0, None, 0, None)
        if order.refusal:
            return GiftOutcome("refused", 0, 0, None, 0, None)
        balance = self.coins[order.viewer_id]
        if balance < order.coins:
            return GiftOutcome("insufficient", order.coins - balance, 0, None, 0, None)
        self.coins[order.viewer_id] -= order.coins
        self.undelivered[order.creator_id] += order.coins
        key = (order.room_id, order.creator_id, order.item_id)
        combo = self.combos.get(order.viewer_id)
        if combo is None or combo.key != key or now - combo.at > timedelta(milliseconds=COMBO_WINDOW_MS):
            combo = Combo(key, order.id, 0, now)
        combo = replace(combo, count=combo.count + order.count, at=now)
        self.combos[order.viewer_id] = combo
        outcome = GiftOutcome("posted", 0, self.coins[order.viewer_id], combo.id, combo.count, now)
        self.answers[order.viewer_id, order.id] = order, outcome
        return outcome

    def deliver(self) -> None:
        for creator, amount in self.undelivered.items():
            self.received[creator] += amount
        self.undelivered.clear()
        self.delivered = set(self.answers)


def replace_refusal(order: GiftOrder) -> GiftOrder:
    return GiftOrder(
        order.id, order.viewer_id, order.creator_id, order.room_id, order.item_id, order.count, order.coins
    )


def msg_replace(outcome: GiftOutcome, word: Any) -> GiftOutcome:
    return GiftOutcome(
        word, outcome.coins_short, outcome.coins_after, outcome.combo_id, outcome.combo_count, outcome.charged_at
    )


class GiftBooks(RuleBasedStateMachine):
    """Each example works with people of its own in one database, so that the audit sees all examples at once."""

    runner: ClassVar[asyncio.Runner]
    url: ClassVar[str]
    examples: ClassVar[int] = 0
    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        GiftBooks.examples += 1
        self.base = GiftBooks.examples * 1000
        self.model = Model()
        self.clock = ManualClock(START)
        self.frames: list[Frame] = []

        async def open_all() -> tuple[Connection, Shards, GiftWriter]:
            connection = await connect(self.url)
            shards = await read_shards(connection)
            writer = GiftWriter(lambda: connect(self.url), shards, self.clock)
            await writer.start()
            return connection, shards, writer

        self.connection, self.shards, self.writer = self.runner.run(open_all())

    def teardown(self) -> None:
        async def close_all() -> None:
            await self.writer.stop()
            await self.connection.close()

        self.runner.run(close_all())

    def _order(self, viewer: int, creator: int, item: int, count: int, price: int, refusal: str | None) -> GiftOrder:
        people = self.base + viewer, self.base + creator
        return GiftOrder(new_id(self.clock), *people, self._room_of(creator), item, count, price, refusal)

    def _room_of(self, creator: int) -> int:
        """A number that is nobody's."""
        return self.base + 100 + creator

    @initialize(amounts=st.lists(st.integers(1, 200), min_size=5, max_size=5))
    def begin(self, amounts: list[int]) -> None:
        for viewer, amount in enumerate(amounts, 1):
            self.recharge(viewer, amount, again=False)

    @rule(viewer=funded, amount=st.integers(1, 150), again=st.booleans())
    def recharge(self, viewer: int, amount: int, *, again: bool) -> None:
        person, lot = self.base + viewer, new_id(self.clock)
        fund = self.shards.of(person), person, lot, amount, self.clock.now()
        assert self.runner.run(self.connection.fetchval(FUND, *fund)) is True
        if again:
            assert self.runner.run(self.connection.fetchval(FUND, *fund)) is False
        self.model.coins[person] += amount

    @rule(
        target=orders,
        viewer=viewers,
        creator=creators,
        item=st.integers(1, 2),
        count=st.integers(1, 3),
        price=coins,
        refusal=st.sampled_from([None, None, None, "room_not_live"]),
    )
    def decide(self, **gift: Any) -> GiftOrder:
        return self._order(**gift)

    @rule(batch=st.lists(orders, max_size=12))
    def send(self, batch: list[GiftOrder]) -> None:
        answers = self.runner.run(self.writer.charge_many(batch))
        assert answers == [self.model.charge(order, self.clock.now()) for order in batch]

    @rule(order=orders, price=coins, item=st.integers(1, 2))
    def send_same_id_with_other_body(self, order: GiftOrder, price: int, item: int) -> None:
        other = GiftOrder(
            order.id, order.viewer_id, order.creator_id, order.room_id, item, order.count, price, order.refusal
        )
        self.send([other])

    @rule(viewer=viewers, creator=creators, difference=st.sampled_from([-1, 0, 1]))
    def send_about_everything(self, viewer: int, creator: int, difference: int) -> None:
        price = self.model.coins[self.base + viewer] + difference
        if price > 0:
            self.send([self._order(viewer, creator, 1, 1, price, None)])

    @rule(viewer=funded, creator=creators)
    def send_what_is_too_dear_twice_and_another(self, viewer: int, creator: int) -> None:
        """One id cannot be in a batch twice; who comes after it still comes after it."""
        dear = self._order(viewer, creator, 1, 1, self.model.coins[self.base + viewer] + 1, None)
        self.send([dear, dear, self._order(viewer, creator, 1, 1, 1, None)])

    @rule(
        viewer=viewers,
        pause_ms=st.sampled_from([1, COMBO_WINDOW_MS - 1, COMBO_WINDOW_MS, COMBO_WINDOW_MS + 1]),
        item=st.sampled_from([1, 1, 2]),
    )
    def send_twice(self, viewer: int, pause_ms: int, item: int) -> None:
        self.send([self._order(viewer, 6, 1, 2, 1, None)])
        self.clock.advance(timedelta(milliseconds=pause_ms))
        self.send([self._order(viewer, 6, item, 1, 1, None)])

    @rule(viewer=viewers)
    def send_late_and_again(self, viewer: int) -> None:
        """A gift made earlier arrives after a later one; then both come once more."""
        earlier = self._order(viewer, 6, 1, 1, 1, None)
        self.clock.advance(timedelta(milliseconds=1))
        later = self._order(viewer, 6, 1, 1, 1, None)
        for order in (later, earlier, later, earlier):
            self.send([order])

    @rule(ms=st.integers(1, 8_000))
    def wait(self, ms: int) -> None:
        self.clock.advance(timedelta(milliseconds=ms))

    @rule(times=st.integers(1, 3), batches=st.integers(1, 3))
    def deliver(self, times: int, batches: int) -> None:
        async def deliver_all() -> None:
            for shard in self.shards.all():
                for source in self.shards.all():
                    while rows := await self.connection.fetch(
                        _SQL["deliver"], shard, source, self.clock.now(), batches, [self._room_of(c) for c in (6, 7, 8)]
                    ):
                        self.frames += [frame for frame in map(Frame, rows) if frame.has_contents]

        for _ in range(times):
            self.runner.run(deliver_all())
        self.model.deliver()

    @invariant()
    def wallets_agree(self) -> None:
        rows = self.runner.run(
            self.connection.fetch(
                "select viewer_id, coins from wallet where viewer_id between $1 and $2", self.base, self.base + 5
            )
        )
        had_coins = {person: coins for person, coins in self.model.coins.items() if person != self.base + NOBODY_FUNDED}
        assert {row["viewer_id"]: row["coins"] for row in rows} == had_coins

    @invariant()
    def gift_balances_agree(self) -> None:
        rows = self.runner.run(
            self.connection.fetch(
                "select creator_id, balance, received from gift_balance where creator_id between $1 and $2",
                self.base,
                self.base + 8,
            )
        )
        assert {row["creator_id"]: row["balance"] for row in rows} == dict(self.model.received)

    def _frames_kept(self) -> list[Frame]:
        rooms = [self._room_of(creator) for creator in (6, 7, 8)]
        statement = "select * from frame where room_id = any ($1) order by room_id, seq"
        kept = [Frame(row) for row in self.runner.run(self.connection.fetch(statement, rooms))]
        assert [(one.room_id, one.seq) for one in kept] == sorted((one.room_id, one.seq) for one in self.frames)
        return kept

    @invariant()
    def frames_show_each_gift_once(self) -> None:
        shown = [(gift.viewer_id, gift.id) for frame in self.frames for gift in frame.gifts]
        assert len(shown) == len(set(shown))
        assert set(shown) == self.model.delivered
        for frame in (*self.frames, *self._frames_kept()):
            for gift in frame.gifts:
                order, outcome = self.model.answers[gift.viewer_id, gift.id]
                assert (gift.creator_id, frame.room_id, gift.item_id) == (
                    order.creator_id,
                    order.room_id,
                    order.item_id,
                )
                assert (gift.count, gift.coins) == (order.count, order.coins)
                assert (gift.combo_id, gift.combo_count) == (outcome.combo_id, outcome.combo_count)
        for room in {frame.room_id for frame in self.frames}:
            numbers = [frame.seq for frame in self.frames if frame.room_id == room]
            assert numbers == list(range(1, len(numbers) + 1))


def hold_against_model(url: str, *, examples: int, planted: bool = False) -> None:
    """Run the machine on a database.

    Raises:
        AssertionError, Exception: the books said something the model does not.
    """
    with asyncio.Runner() as runner:
        GiftBooks.runner, GiftBooks.url = runner, url
        run_machine(GiftBooks, examples=examples, steps=30, planted=planted)


def test_books_agree_with_a_plain_model(database_url: str) -> None:
    hold_against_model(database_url, examples=60)
