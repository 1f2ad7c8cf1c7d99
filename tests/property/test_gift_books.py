"""Charge and delivery against a plain model: whatever is sent, repeated, refused or too dear, both say the same."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import Bundle, initialize, invariant, rule
from msgspec import structs

from plaudit.ids import new_id
from plaudit.ledger.model import Frame, GiftOrder, GiftOutcome, GiftShare, OutcomeUnknown
from plaudit.limits import COMBO_WINDOW_MS
from plaudit.statements import statements
from tests.support.machines import BooksMachine, on_database, run_machine

pytestmark = [pytest.mark.sql, pytest.mark.unsold]

_SQL = statements("plaudit.ledger")
_WAITING = "select exists (select from gift_batch where shard = $1 and creator_shard = $2)"
FUND = "select fund($1, $2, $3, 'paid', 'recharge', $4, 100, 'USD', $5)"

NOBODY_FUNDED = 0
"""A viewer who never had a coin, and has no wallet."""
viewers = st.integers(NOBODY_FUNDED, 5)
funded = st.integers(1, 5)
creators = st.integers(6, 8)
coins = st.integers(1, 60)


@dataclass
class Combo:
    """The latest gift of a viewer, as the model remembers it."""

    key: tuple[int | None, int | None, int, int, bool]
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
            same = body_of(known[0]) == body_of(order)
            return msg_replace(known[1], "repeated") if same else GiftOutcome("conflict", 0, 0, None, 0, None)
        if order.refusal:
            return GiftOutcome("refused", 0, 0, None, 0, None)
        balance = self.coins[order.viewer_id]
        if balance < order.coins:
            return GiftOutcome("insufficient", order.coins - balance, 0, None, 0, None)
        self.coins[order.viewer_id] -= order.coins
        for creator, share in earned(order):
            self.undelivered[creator] += share
        key = (order.room_id, order.video_id, order.creator_id, order.item_id, order.anonymous)
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


def earned(order: GiftOrder) -> tuple[tuple[int, int], ...]:
    """Who earns how many coins, in the order of the coins."""
    return tuple((share.creator_id, share.coins) for share in order.shares) or ((order.creator_id, order.coins),)


def body_of(order: GiftOrder) -> tuple[object, ...]:
    """What a repeat must have in common with the first."""
    return structs.astuple(structs.replace(order, refusal=None, shown_shard=None, shares=())), earned(order)


def msg_replace(outcome: GiftOutcome, word: Any) -> GiftOutcome:
    return GiftOutcome(
        word, outcome.coins_short, outcome.coins_after, outcome.combo_id, outcome.combo_count, outcome.charged_at
    )


@dataclass(frozen=True)
class Shape:
    """What most gifts have nothing of: another creator's room, a video, several who earn, words, a hidden sender."""

    host: int | None = None
    video: int | None = None
    position_ms: int | None = None
    earners: tuple[int, ...] = ()
    message: str | None = None
    anonymous: bool = False


PLAIN = Shape()
CHANGES = (
    "price", "item", "receiver", "room", "video", "position", "shares", "order of shares", "message", "sender",
)  # fmt: skip
videos = st.integers(1, 2)
earners = st.permutations([6, 7, 8]).flatmap(lambda all_: st.sampled_from([tuple(all_[:n]) for n in (1, 2, 3)]))
shapes = st.one_of(
    st.just(PLAIN),
    st.builds(
        Shape,
        host=st.one_of(st.none(), creators),
        earners=st.one_of(st.just(()), earners),
    ),
    st.builds(
        Shape,
        host=st.one_of(st.none(), creators),
        video=videos,
        position_ms=st.one_of(st.none(), st.integers(0, 5_000)),
        earners=st.one_of(st.just(()), earners),
        message=st.sampled_from([None, "Thanks"]),
        anonymous=st.booleans(),
    ),
)


class GiftBooks(BooksMachine):
    """Each example works with people of its own in one database, so that the audit sees all examples at once."""

    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.base = self.examples * 1000
        self.model = Model()
        self.frames: list[Frame] = []

    def _order(
        self, viewer: int, creator: int, item: int, count: int, price: int, refusal: str | None, shape: Shape = PLAIN
    ) -> GiftOrder:
        host = shape.host or creator
        return GiftOrder(
            new_id(self.clock),
            self.base + viewer,
            self.base + creator,
            None if shape.video else self._room_of(host),
            item,
            count,
            price,
            refusal,
            video_id=self._video_of(host, shape.video) if shape.video else None,
            position_ms=shape.position_ms,
            shown_shard=self.shards.of(self.base + host),
            shares=self._shares(shape.earners, price),
            message=shape.message,
            anonymous=shape.anonymous,
        )

    def _shares(self, of: Sequence[int], price: int) -> tuple[GiftShare, ...]:
        """About the same for each, as far as there are coins."""
        of = of[:price]
        parts = [price // len(of) + (place < price % len(of)) for place in range(len(of))]
        return tuple(GiftShare(self.base + creator, coins) for creator, coins in zip(of, parts, strict=True))

    def _room_of(self, host: int, room: int = 1) -> int:
        """A number that is nobody's."""
        return self.base + 300 * room - 200 + host

    def _video_of(self, host: int, video: int) -> int:
        return self.base + 100 * (video + 1) + host

    def _host_of(self, order: GiftOrder) -> int:
        return ((order.room_id or order.video_id or 0) - self.base) % 100

    def _targets(self) -> list[int]:
        return [self.base + 100 * one + host for one in (1, 2, 3, 4) for host in (6, 7, 8)]

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
        shape=shapes,
    )
    def decide(self, **gift: Any) -> GiftOrder:
        return self._order(**gift)

    @rule(batch=st.lists(orders, min_size=1, max_size=12))
    def send(self, batch: list[GiftOrder]) -> None:
        answers = self.runner.run(self.writer.charge_many(batch))
        assert answers == [self.model.charge(order, self.clock.now()) for order in batch]

    @rule(order=orders, changes=st.permutations(CHANGES), amount=st.integers(1, 60))
    def send_same_id_with_other_body(self, order: GiftOrder, changes: Sequence[str], amount: int) -> None:
        if order.viewer_id != self.base + NOBODY_FUNDED:
            self.recharge(order.viewer_id - self.base, order.coins, again=False)
        others = [structs.replace(order, **self._changed(order, change, amount)) for change in changes]
        self.send([order, *others])

    def _changed(self, order: GiftOrder, change: str, amount: int) -> dict[str, Any]:
        host = self._host_of(order)
        people = [share.creator_id - self.base for share in order.shares]
        changes: dict[str, dict[str, Any]] = {
            "price": {"coins": amount, "shares": self._shares(people, amount) if people else ()},
            "item": {"item_id": amount},
            "receiver": {"creator_id": self.base + 6 + amount % 3, "shown_shard": self.shards.of(self.base + host)},
            "room": {"room_id": self._room_of(host, 1 + amount % 2), "video_id": None, "position_ms": None},
            "video": {"room_id": None, "video_id": self._video_of(host, 1 + amount % 2)},
            "position": {"position_ms": amount if order.video_id else None},
            "shares": {"shares": self._shares((6 + amount % 3, 6 + (amount + 1) % 3), order.coins)},
            "order of shares": {"shares": order.shares[::-1]},
            "message": {"message": "Bravo"},
            "sender": {"anonymous": not order.anonymous},
        }
        return changes[change]

    @rule(viewer=funded, creator=creators, wrong=st.sampled_from(["less", "more", "nothing", "twice", "nobody"]))
    def send_shares_that_are_not_the_price(self, viewer: int, creator: int, wrong: str) -> None:
        """They are no gift, whoever asks for them; nothing has moved."""
        first, second = self.base + creator, self.base + 6 + (creator + 1) % 3
        shares = {
            "less": (GiftShare(first, 1), GiftShare(second, 1)),
            "more": (GiftShare(first, 2), GiftShare(second, 2)),
            "nothing": (GiftShare(first, 3), GiftShare(second, 0)),
            "twice": (GiftShare(first, 1), GiftShare(first, 2)),
            "nobody": (GiftShare(first, 4), GiftShare(second, -1)),
        }[wrong]
        if self.model.coins[self.base + viewer] < 3:
            self.recharge(viewer, 3, again=False)
        gift = structs.replace(self._order(viewer, creator, 1, 1, 3, None), shares=shares)
        with pytest.raises(OutcomeUnknown):
            self.runner.run(self.writer.charge(gift))

    @rule(viewer=viewers, shape=shapes, video=videos)
    def send_to_one_and_another_target(self, viewer: int, shape: Shape, video: int) -> None:
        """Gifts at one moment to one creator are a combo where they are seen together."""
        others = replace(shape, video=video), replace(shape, video=None, position_ms=None)
        for one in (shape, shape, replace(shape, anonymous=not shape.anonymous), *others):
            self.send([self._order(viewer, 6, 1, 1, 3, None, one)])

    @rule(viewer=viewers, creator=creators, difference=st.sampled_from([-1, 0, 1]), shape=shapes)
    def send_about_everything(self, viewer: int, creator: int, difference: int, shape: Shape) -> None:
        price = self.model.coins[self.base + viewer] + difference
        if price > 0:
            self.send([self._order(viewer, creator, 1, 1, price, None, shape)])

    @rule(viewer=funded, creator=creators)
    def send_what_is_too_dear_twice_and_another(self, viewer: int, creator: int) -> None:
        """One id cannot be in a batch twice; who comes after it still comes after it."""
        dear = self._order(viewer, creator, 1, 1, self.model.coins[self.base + viewer] + 1, None)
        self.send([dear, dear, self._order(viewer, creator, 1, 1, 1, None)])

    @rule(
        viewer=viewers,
        pause_ms=st.sampled_from([1, COMBO_WINDOW_MS - 1, COMBO_WINDOW_MS, COMBO_WINDOW_MS + 1]),
        item=st.sampled_from([1, 1, 2]),
        shape=shapes,
    )
    def send_twice(self, viewer: int, pause_ms: int, item: int, shape: Shape) -> None:
        self.send([self._order(viewer, 6, 1, 2, 4, None, shape)])
        self.clock.advance(timedelta(milliseconds=pause_ms))
        self.send([self._order(viewer, 6, item, 1, 1, None, shape)])

    @rule(viewer=viewers, shape=shapes)
    def send_late_and_again(self, viewer: int, shape: Shape) -> None:
        """A gift made earlier arrives after a later one; then both come once more."""
        earlier = self._order(viewer, 6, 1, 1, 3, None, shape)
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
                    while await self.connection.fetchval(_WAITING, source, shard):
                        rows = await self.connection.fetch(
                            _SQL["deliver"], shard, source, self.clock.now(), batches, self._targets()
                        )
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
        statement = "select * from frame where room_id = any ($1) order by room_id, seq"
        kept = [Frame(row) for row in self.runner.run(self.connection.fetch(statement, self._targets()))]
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
                assert (gift.creator_id, gift.item_id) == (order.creator_id, order.item_id)
                assert (gift.room_id, gift.video_id, gift.position_ms) == (
                    order.room_id,
                    order.video_id,
                    order.position_ms,
                )
                assert frame.room_id in (order.room_id, order.video_id)
                assert (gift.count, gift.coins) == (order.count, order.coins)
                assert (gift.message, gift.anonymous) == (order.message, order.anonymous)
                in_frame = [(share[0], share[1]) for share in gift.shares or ()]
                in_frame += [(gift.creator_id, gift.share_coins)] if gift.share_coins else []
                assert tuple(in_frame) == earned(order)
                assert (gift.combo_id, gift.combo_count) == (outcome.combo_id, outcome.combo_count)
        for room in {frame.room_id for frame in self.frames}:  # or video
            numbers = [frame.seq for frame in self.frames if frame.room_id == room]
            assert numbers == list(range(1, len(numbers) + 1))


def hold_against_model(url: str, *, examples: int, planted: bool = False) -> None:
    """Run the machine on a database.

    Raises:
        AssertionError, Exception: the books said something the model does not.
    """
    with on_database(GiftBooks, url):
        run_machine(GiftBooks, examples=examples, steps=30, planted=planted)


def test_books_agree_with_a_plain_model(database_url: str, is_further_server: bool) -> None:
    hold_against_model(database_url, examples=15 if is_further_server else 60)
