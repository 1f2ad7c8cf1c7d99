"""What was given on videos against a plain model: earned by one or several, taken back, given back, moved, in any order
of shards, and summed anew."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import initialize, precondition, rule

from plaudit.creators import clawback
from plaudit.ledger import following
from plaudit.ledger.model import GiftOrder, GiftShare
from plaudit.limits import FOLLOWER_ENTRIES_MAX
from plaudit.people.model import HIDDEN
from plaudit.statements import statements
from plaudit.videos.given import actions as given
from plaudit.videos.given.model import Given
from tests.support.machines import WalletMachine, on_database, run_machine

pytestmark = [pytest.mark.sql, pytest.mark.unsold]

_LEDGER = statements("plaudit.ledger")
CREATORS, VIDEOS = 3, 2
DURATION_MS = 5_000


@dataclass
class Gift:
    """A gift of the model: which of its coins are taken, and who earns them, the first ones first."""

    video: int
    second: int | None
    item_id: int
    giver_id: int
    parts: tuple[int, ...]
    lot: UUID
    taken: set[int] = field(default_factory=set)

    def standing(self) -> tuple[int, int]:
        """Of how many parts something stands, and how many coins."""
        ends = list(accumulate(self.parts))
        left = [
            sum(coin not in self.taken for coin in range(end - part, end))
            for end, part in zip(ends, self.parts, strict=True)
        ]
        return sum(coins > 0 for coins in left), sum(left)


class GivenOnVideos(WalletMachine):
    """One viewer, two videos and three creators an example."""

    def __init__(self) -> None:
        super().__init__()
        self.creators = [self.viewer + 1 + number for number in range(CREATORS)]
        self.videos = [self.viewer + 100 + number for number in range(VIDEOS)]
        self.homes = [self.shards.of(self.creators[number]) for number in range(VIDEOS)]
        self.owners = self.creators[:VIDEOS]
        self.gifts: list[Gift] = []
        self.reversals: list[tuple[UUID, Gift, set[int]]] = []

    @initialize()
    def tell(self) -> None:
        async def tell() -> None:
            async with self.owner.transaction():
                await self.owner.execute("set local session_replication_role = replica")  # nobody has to be known
                await self.owner.executemany(
                    "insert into video (id, shard, issuer_id, external_id, owner_id, title, duration_ms, state,"
                    " told_at, added_at) values ($1::bigint, $2, 1, 'v' || $1, 1, 'v', $3, 'private', now(), now())",
                    [(video, home, DURATION_MS) for video, home in zip(self.videos, self.homes, strict=True)],
                )

        self.runner.run(tell())

    @rule(
        video=st.integers(0, VIDEOS - 1),
        second=st.one_of(st.none(), st.integers(0, 2)),
        item_id=st.integers(1, 2),
        coins=st.integers(1, 9),
        other=st.integers(0, 3),
        is_hidden=st.booleans(),
    )
    def give(self, video: int, second: int | None, item_id: int, coins: int, other: int, is_hidden: bool) -> None:
        """All of a lot; of two that earn, the other has the last coins."""
        lot, owner = self.new_id(), self.owners[video]
        sql = "select fund($1, $2, $3, 'paid', 'recharge', $4, 99, 'USD', $5)"
        self.ask(sql, *self.place, lot, coins, self.clock.now())
        another = next(one for one in self.creators if one != owner)
        parts = (coins - other, other) if 0 < other < coins else (coins,)
        shares = tuple(GiftShare(*share) for share in zip((owner, another), parts, strict=False)) if parts[1:] else ()
        order = GiftOrder(
            *(self.new_id(), self.viewer, owner, None, item_id, 1, coins),
            video_id=self.videos[video],
            position_ms=None if second is None else 1_000 * second + 7,
            shown_shard=self.homes[video],
            shares=shares,
            anonymous=is_hidden,
        )
        assert self.runner.run(self.writer.charge(order)).outcome == "posted"
        giver_id = HIDDEN if is_hidden else self.viewer
        self.gifts.append(Gift(video, second, item_id, giver_id, parts, lot))

    @rule(video=st.integers(0, VIDEOS - 1), owner=st.integers(0, CREATORS - 1))
    def move(self, video: int, owner: int) -> None:
        self.owners[video] = self.creators[owner]

    @rule(choice=st.integers(0, 50))
    def deliver_a_shard(self, choice: int) -> None:
        shard = choice % self.shards.count
        for source in self.shards.all():
            while self.ask(_LEDGER["deliver"], shard, source, self.clock.now(), 50, []):
                pass

    @rule(choice=st.integers(0, 50))
    def sum_a_shard(self, choice: int) -> None:
        self.runner.run(self._sum(choice % self.shards.count))

    async def _sum(self, shard: int) -> None:
        entries: list[Any] = [None] * FOLLOWER_ENTRIES_MAX
        while len(entries) == FOLLOWER_ENTRIES_MAX:
            async with self.connection.transaction():
                await following.begin(self.connection, given.FOLLOWER)
                through = await following.claim(self.connection, given.FOLLOWER, shard)
                assert through is not None
                how = (shard, through, FOLLOWER_ENTRIES_MAX, given.videos_among)
                entries = await following.entries_after(self.connection, *how)
                await given.add_entries(self.connection, shard, entries)
                await following.advance(self.connection, given.FOLLOWER, shard, entries)

    @precondition(lambda self: self.gifts)
    @rule(choice=st.integers(0, 50), part=st.sampled_from([1, 1, 2, 3]))
    def take_back(self, choice: int, part: int) -> None:
        """Some or all of what is left of a gift: the last coins."""
        gift = self.gifts[choice % len(self.gifts)]
        left = [coin for coin in range(sum(gift.parts)) if coin not in gift.taken]
        if not left:
            return
        reversal, coins = self.new_id(), set(left[-max(1, len(left) // part) :])
        sql = "select take_back($1, $2, $3, $4, $5, false, $6)"
        self.ask(sql, *self.place, reversal, gift.lot, len(coins), self.clock.now())
        gift.taken |= coins
        self.reversals.append((reversal, gift, coins))

    @precondition(lambda self: self.reversals)
    @rule(choice=st.integers(0, 50))
    def give_back(self, choice: int) -> None:
        reversal, gift, coins = self.reversals.pop(choice % len(self.reversals))
        self.ask("select put_back($1, $2, $3, $4)", *self.place, reversal, self.clock.now())
        gift.taken -= coins

    @rule()
    def claw_back(self) -> None:
        async def apply() -> None:
            while claimed := await clawback.CLAWBACKS.take(self.connection, self.clock, 100):
                for due in claimed:
                    async with self.connection.transaction():
                        await clawback.apply(self.connection, self.clock, due)

        self.runner.run(apply())

    @rule()
    def forget(self) -> None:
        async def rebuild() -> None:
            async with self.connection.transaction():
                await following.rebuild(self.connection, given.FOLLOWER, given.forget)

        self.runner.run(rebuild())

    @rule()
    def all_is_as_given(self) -> None:
        """When all that happened has arrived."""
        for shard in self.shards.all():
            self.deliver_a_shard(shard)
        self.claw_back()
        for shard in self.shards.all():
            self.sum_a_shard(shard)
        for number in range(VIDEOS):
            self._is_as_given(number)

    def _is_as_given(self, number: int) -> None:
        where = self.connection, self.homes[number], self.videos[number]
        everything = self._summed(number, lambda _: 0).get(0, (0, 0))
        found = self.runner.run(given.given_on(*where))
        assert found == Given(*everything, found.seq)
        givers = self._summed(number, lambda gift: gift.giver_id)
        shown = {one.person_id: (one.gifts, one.coins) for one in self.runner.run(given.top_givers(*where, 10))}
        assert shown == {giver: sums for giver, sums in givers.items() if giver != HIDDEN}
        seconds = self._summed(number, lambda gift: gift.second)
        pairs = self._summed(number, lambda gift: (gift.second, gift.item_id, gift.giver_id))
        marks = self.runner.run(given.timeline(*where, DURATION_MS, 100))
        assert {mark.second: (mark.gifts, mark.coins) for mark in marks} == {
            second: sums for second, sums in seconds.items() if second is not None
        }
        for mark in marks:
            here = [
                (-coins, item, giver) for (second, item, giver), (_, coins) in pairs.items() if second == mark.second
            ]
            assert list(zip(mark.item_ids, mark.giver_ids, strict=True)) == [one[1:] for one in sorted(here)]
            who = {giver for _, _, giver in here}
            assert mark.givers == (None if HIDDEN in who else len(who))

    def _summed(self, number: int, by: Any) -> dict[Any, tuple[int, int]]:
        """Gifts and coins of a video that stand, by something."""
        sums: defaultdict[Any, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for gift in self.gifts:
            gifts, coins = gift.standing()
            if gift.video == number and coins:
                before = sums[by(gift)]
                sums[by(gift)] = before[0] + gifts, before[1] + coins
        return dict(sums)

    def teardown(self) -> None:
        self.all_is_as_given()
        super().teardown()


def hold_against_model(url: str, *, examples: int, planted: bool = False) -> None:
    """Run the machine on a database.

    Raises:
        AssertionError, Exception: a video shows something else than the model says.
    """
    with on_database(GivenOnVideos, url):
        run_machine(GivenOnVideos, examples=examples, steps=25, planted=planted)


def test_what_is_seen_is_what_was_given(database_url: str, is_further_server: bool) -> None:
    hold_against_model(database_url, examples=8 if is_further_server else 30)
