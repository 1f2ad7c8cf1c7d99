"""Holds against piles of single coins: those held lie in a pile of their own until they pay or come back."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis.stateful import invariant, precondition, rule

from plaudit.clock import Clock
from plaudit.ledger import holds
from plaudit.ledger.holds import HoldState, NewHold
from plaudit.ledger.model import GiftOrder, GiftOutcome
from plaudit.problems import Problem
from tests.property.test_strip import CREATORS, Coin, Lot, Model, Strip, earners
from tests.support.machines import on_database, run_machine

pytestmark = [pytest.mark.sql, pytest.mark.unsold]


@dataclass
class Held:
    """A hold of the model, with the coins it took in the order in which they would have been spent."""

    wanted: NewHold
    held_at: datetime
    coins: list[Coin]
    state: HoldState = "held"
    gift: GiftOrder | None = None

    def of(self, lot: Lot) -> int:
        return sum(coin.lot is lot for coin in self.coins) if self.state == "held" else 0


@dataclass
class HoldingModel(Model):
    """A wallet as piles of coins, some of them held."""

    clock: Clock = field(kw_only=True)
    holds: dict[UUID, Held] = field(default_factory=dict)

    def standing(self) -> list[Held]:
        return [one for one in self.holds.values() if one.state == "held"]

    def unspent_of(self, lot: Lot) -> int:
        return super().unspent_of(lot) + sum(one.of(lot) for one in self.standing())

    def hold(self, wanted: NewHold) -> bool:
        if wanted.coins > len(self.open):
            return False
        self.holds[wanted.hold_id] = Held(wanted, self.clock.now(), self.open[: wanted.coins])
        del self.open[: wanted.coins]
        return True

    def spend_hold(self, one: Held, gift: GiftOrder) -> None:
        one.state, one.gift = "spent", gift
        for coin, creator_id in zip(one.coins, earners(gift), strict=True):
            coin.gift, coin.creator_id = gift, creator_id
        self.spent += one.coins

    def release(self, one: Held) -> None:
        one.state = "released" if self.clock.now() < one.wanted.ends_at else "lapsed"
        self._spendable(one.coins)
        self.expire(self.clock.now())

    def take_back(self, reversal: UUID, lot: Lot, coins: int, *, unspent_only: bool) -> tuple[int, int] | None:
        free = super().unspent_of(lot)
        spent = sum(coin.lot is lot and coin.reversal is None for coin in self.spent)
        if coins > self.unspent_of(lot) + (0 if unspent_only else spent) or not lot.is_paid:
            return None
        broken = []
        for one in sorted(self.standing(), key=lambda one: (one.held_at, one.wanted.hold_id), reverse=True):
            if one.of(lot) and free < coins:
                free += one.of(lot)
                broken.append(one)
        for one in broken:
            one.state = "broken"
            self._spendable(one.coins)
        taken = super().take_back(reversal, lot, coins, unspent_only=unspent_only)
        if broken:
            self.expire(self.clock.now())
        return taken


class HeldStrip(Strip):
    """One wallet an example, of which parts are held."""

    def __init__(self) -> None:
        super().__init__()
        self.model: HoldingModel = HoldingModel(clock=self.clock)

    def _wanted(self, coins: int, hours: int) -> NewHold:
        ends_at = self.clock.now() + timedelta(hours=hours)
        return NewHold(hold_id=self.new_id(), viewer_id=self.viewer, purpose="trial", coins=coins, ends_at=ends_at)

    def _hold(self, wanted: NewHold) -> tuple[str, int | None]:
        """What became of it, or what is said against it, and how many coins are held or missing."""
        try:
            made = self.runner.run(holds.hold(self.connection, self.clock, wanted))
        except Problem as problem:
            return problem.code, problem.fields.get("coins_short")
        return made.state, made.coins

    def _gift(self, coins: int, creator: int, refusal: str | None = None) -> GiftOrder:
        people = self.viewer, self.viewer + creator
        return GiftOrder(self.new_id(), *people, self.viewer + creator, 1, 1, coins, refusal)

    def _spend(self, one: Held, gift: GiftOrder) -> GiftOutcome | str:
        try:
            return self.runner.run(holds.spend(self.connection, self.clock, one.wanted.hold_id, gift))
        except Problem as problem:
            return problem.code

    def _release(self, one: Held) -> str:
        try:
            return self.runner.run(holds.release(self.connection, self.clock, self.viewer, one.wanted.hold_id)).state
        except Problem as problem:
            return problem.code

    @rule(coins=st.integers(1, 12), hours=st.sampled_from([1, 20, 200]), again=st.booleans())
    def hold(self, coins: int, hours: int, *, again: bool) -> None:
        wanted = self._wanted(coins, hours)
        short = coins - len(self.model.open)
        expected = ("held", coins) if self.model.hold(wanted) else ("hold_not_covered", short)
        for _ in range(1 + again):
            assert self._hold(wanted) == expected

    @rule(difference=st.sampled_from([-1, 0, 1]))
    def hold_about_everything(self, difference: int) -> None:
        if (coins := len(self.model.open) + difference) > 0:
            self.hold(coins, 20, again=False)

    @precondition(lambda self: self.model.holds)
    @rule(choice=st.integers(0, 50), other=st.sampled_from(["coins", "ends_at", "nothing"]))
    def hold_with_an_id_that_was_used(self, choice: int, other: str) -> None:
        one = self._one(choice)
        changed = {"coins": one.wanted.coins + 1, "ends_at": one.wanted.ends_at + timedelta(hours=1)}
        if other == "nothing":  # also when it is over: the answer is what became of it
            assert self._hold(one.wanted) == (one.state, one.wanted.coins)
        else:
            body = msgspec.structs.replace(one.wanted, **{other: changed[other]})
            assert self._hold(body) == ("idempotency_conflict", None)

    def _one(self, choice: int) -> Held:
        return list(self.model.holds.values())[choice % len(self.model.holds)]

    @precondition(lambda self: self.model.holds)
    @rule(
        choice=st.integers(0, 50),
        creator=st.sampled_from(CREATORS),
        difference=st.sampled_from([0, 0, 0, -1, 1]),
        refusal=st.sampled_from([None, None, None, "room_not_live"]),
        again=st.booleans(),
    )
    def spend_held(self, choice: int, creator: int, difference: int, refusal: str | None, *, again: bool) -> None:
        self._try_to_spend(self._one(choice), creator, difference, refusal, again=again)

    def _try_to_spend(
        self, one: Held, creator: int, difference: int = 0, refusal: str | None = None, *, again: bool = False
    ) -> None:
        gift = self._gift(one.wanted.coins + difference, creator, refusal)
        if gift.coins == 0:
            return
        if one.state != "held" or self.clock.now() >= one.wanted.ends_at:
            assert self._spend(one, gift) == "hold_ended"
        elif difference:
            assert self._spend(one, gift) == "hold_of_another_price"
        elif refusal:
            assert self._outcome(one, gift) == "refused"
        else:
            first = self._spend(one, gift)
            self.model.spend_hold(one, gift)
            assert isinstance(first, GiftOutcome)
            assert (first.outcome, first.coins_after) == ("posted", len(self.model.open))
            if again:
                assert self._spend(one, gift) == msgspec.structs.replace(first, outcome="repeated")

    def _outcome(self, one: Held, gift: GiftOrder) -> str:
        answer = self._spend(one, gift)
        return answer if isinstance(answer, str) else answer.outcome

    @rule(coins=st.integers(1, 4))
    def spend_held_on_a_gift_that_was_paid_otherwise(self, coins: int) -> None:
        self.fund(coins=2 * coins, is_paid=True, days=None)
        gift = self._gift(coins, CREATORS[0])
        self.model.spend(gift)
        assert self.runner.run(self.writer.charge(gift)).outcome == "posted"
        self.hold(coins, 20, again=False)
        assert self._outcome(self.model.standing()[-1], gift) == "conflict"

    @precondition(lambda self: self.model.holds)
    @rule(choice=st.integers(0, 50), again=st.booleans())
    def release(self, choice: int, *, again: bool) -> None:
        one = self._one(choice)
        if one.state == "held":
            self.model.release(one)
        for _ in range(1 + again):
            assert self._release(one) == ("hold_ended" if one.state == "spent" else one.state)

    @rule()
    def lapse(self) -> None:
        self.runner.run(holds.lapse_due(self.database, self.clock))
        for one in self.model.standing():
            if self.clock.now() >= one.wanted.ends_at:
                self.model.release(one)

    @rule(
        spent=st.integers(1, 3),
        held=st.integers(2, 6),
        gift=st.integers(1, 4),
        days=st.sampled_from([None, 2]),
        difference=st.sampled_from([-1, 1]),
    )
    def spend_what_is_held_from_the_middle(
        self, spent: int, held: int, gift: int, days: int | None, difference: int
    ) -> None:
        """Coins that would come first arrive and are spent before those that are held: both in several lots."""
        self.spend(spent, CREATORS[0])
        self.fund(coins=3, is_paid=True, days=None)
        self.hold(held, 20, again=False)
        self.fund(coins=4, is_paid=False, days=days)
        self.spend(gift, CREATORS[1])
        if self.model.standing():
            latest = self.model.standing()[-1]
            self._try_to_spend(latest, CREATORS[0], difference)
            self._try_to_spend(latest, CREATORS[0], refusal="room_not_live")
            self._try_to_spend(latest, CREATORS[0])

    @rule(
        coins=st.integers(2, 5),
        is_paid=st.booleans(),
        end=st.sampled_from(["release", "spend", "take back", "put back"]),
    )
    def let_a_lot_expire_that_is_held(self, coins: int, *, is_paid: bool, end: str) -> None:
        self.fund(coins=coins, is_paid=is_paid, days=1)
        lot = self.model.lots[-1]
        self.hold(coins, 200, again=False)
        self.wait(30)
        self.expire()
        latest = len(self.model.holds) - 1
        if end == "release":
            self.release(latest, again=False)
        elif end == "spend":
            self._try_to_spend(self._one(latest), CREATORS[0], again=True)
        else:
            self.take_back(self.model.lots.index(lot), "one", unspent_only=True, again=False)
            if end == "put back" and self.model.taken:
                self.put_back(len(self.model.taken) - 1, again=False)

    @rule(
        spent=st.integers(1, 2),
        portion=st.sampled_from(["one", "half", "free and one", "all unspent", "all"]),
        unspent_only=st.booleans(),
    )
    def take_back_what_is_held(self, spent: int, portion: str, *, unspent_only: bool) -> None:
        """Of one lot some coins are held with another's, some are spent, some are held alone, some are free."""
        self.fund(coins=2, is_paid=False, days=1)
        self.fund(coins=8, is_paid=True, days=2)
        lot = self.model.lots[-1]
        self.hold(4, 200, again=False)
        self.spend(spent, CREATORS[1])
        self.hold(2, 20, again=False)
        self.take_back(self.model.lots.index(lot), portion, unspent_only=unspent_only, again=True)

    @invariant()
    def held_coins_are_those_of_the_pile(self) -> None:
        rows = self.ask("select hold_id, state, coins, gift_id from hold where viewer_id = $1", self.viewer)
        assert {row["hold_id"]: (row["state"], row["coins"], row["gift_id"]) for row in rows} == {
            hold_id: (one.state, len(one.coins), one.gift.id if one.gift else None)
            for hold_id, one in self.model.holds.items()
        }
        pieces = self.ask("select hold_id, lot_id, coins from hold_piece where viewer_id = $1", self.viewer)
        assert {(row["hold_id"], row["lot_id"]): row["coins"] for row in pieces} == Counter(
            (hold_id, coin.lot.id) for hold_id, one in self.model.holds.items() for coin in one.coins
        )

    @invariant()
    def what_is_held_is_known_of_wallet_and_lots(self) -> None:
        standing = [coin for one in self.model.standing() for coin in one.coins]
        assert [row["held"] for row in self.ask("select held from wallet where viewer_id = $1", self.viewer)] == [
            len(standing)
        ]
        rows = self.ask("select lot_id, held from lot_state where viewer_id = $1 and held <> 0", self.viewer)
        assert {row["lot_id"]: row["held"] for row in rows} == Counter(coin.lot.id for coin in standing)


def hold_against_held_piles(url: str, *, examples: int, planted: bool = False) -> None:
    """Run the machine on a database.

    Raises:
        AssertionError, Exception: the books said something the piles do not.
    """
    with on_database(HeldStrip, url):
        run_machine(HeldStrip, examples=examples, steps=40, planted=planted)


def test_held_coins_are_a_pile_of_single_coins(database_url: str, is_further_server: bool) -> None:
    hold_against_held_piles(database_url, examples=25 if is_further_server else 100)
