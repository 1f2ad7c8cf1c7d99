"""Clawback against a plain model: gift balance first, then the latest conversions, below zero if need be, and back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import hypothesis.strategies as st
import pytest
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)

from plaudit.creators import actions, clawback
from plaudit.creators.model import BelowConversionMinimum
from plaudit.ledger.model import GiftOrder
from plaudit.queues import LeaseLost
from plaudit.statements import statements
from tests.support.databases import LAWS_OF_CAUSES, broken_laws, run_aside
from tests.support.machines import WalletMachine, on_database, run_machine

pytestmark = [pytest.mark.sql, pytest.mark.unsold]

RULE = (3, 4, timedelta(minutes=7))
"""Diamonds for coins, and how long they rest: not one to one, so that rounding shows."""
_LEDGER = statements("plaudit.ledger")


@dataclass
class Conversion:
    """A conversion of the model."""

    coins: int
    diamonds: int
    matures_at: datetime
    clawed: int = 0
    is_matured: bool = False

    def lost(self) -> int:
        return self.diamonds * self.clawed // self.coins


@dataclass
class Model:
    """One creator."""

    balance: int = 0
    available: int = 0
    drawn: int = 0
    conversions: list[Conversion] = field(default_factory=list)
    parts: dict[UUID, list[tuple[Conversion | None, int]]] = field(default_factory=dict)

    @property
    def pending(self) -> int:
        return sum(each.diamonds - each.lost() for each in self.conversions if not each.is_matured)

    def convert(self, now: datetime) -> bool:
        diamonds = self.balance * RULE[0] // RULE[1]
        if not diamonds:
            return False
        coins = -(-diamonds * RULE[1] // RULE[0])
        self.balance -= coins
        self.conversions.append(Conversion(coins, diamonds, now + RULE[2]))
        return True

    def mature(self, now: datetime) -> None:
        for each in self.conversions:
            if not each.is_matured and each.matures_at <= now:
                each.is_matured = True
                self.available += each.diamonds - each.lost()

    def take(self, reversal: UUID, coins: int) -> None:
        parts: list[tuple[Conversion | None, int]] = []
        if taken := min(coins, self.balance):
            parts.append((None, taken))
            self.balance -= taken
            coins -= taken
        for each in reversed(self.conversions):
            if taken := min(coins, each.coins - each.clawed):
                self._claw(each, taken)
                parts.append((each, taken))
                coins -= taken
        assert coins == 0
        self.parts[reversal] = parts

    def give_back(self, reversal: UUID) -> None:
        for each, coins in self.parts.pop(reversal):
            if each is None:
                self.balance += coins
            else:
                self._claw(each, -coins)

    def _claw(self, conversion: Conversion, coins: int) -> None:
        before = conversion.lost()
        conversion.clawed += coins
        if conversion.is_matured:
            self.available -= conversion.lost() - before


class Clawback(WalletMachine):
    """One viewer and one creator an example."""

    def __init__(self) -> None:
        super().__init__()
        self.creator = self.viewer + 1
        self.model = Model()
        self.lots: list[UUID] = []
        self.waiting: list[tuple[UUID, int]] = []
        self.taken: list[UUID] = []

    @initialize()
    def begin(self) -> None:
        self.receive(coins=12)

    @rule(coins=st.integers(1, 30))
    def receive(self, coins: int) -> None:
        """A lot that becomes one delivered gift."""
        lot, now = self.new_id(), self.clock.now()
        self.ask("select fund($1, $2, $3, 'paid', 'recharge', $4, 99, 'USD', $5)", *self.place, lot, coins, now)
        gift = GiftOrder(self.new_id(), self.viewer, self.creator, self.creator, 1, 1, coins)
        assert self.runner.run(self.writer.charge(gift)).outcome == "posted"
        self.lots.append(lot)
        self.waiting.append((lot, coins))

    @rule()
    def deliver(self) -> None:
        for shard in self.shards.all():
            for source in self.shards.all():
                while self.ask(_LEDGER["deliver"], shard, source, self.clock.now(), 50, [self.creator]):
                    pass
        self.model.balance += sum(coins for _, coins in self.waiting)
        self.waiting.clear()

    @rule()
    def convert(self) -> None:
        self.deliver()
        self.clock.advance(timedelta(milliseconds=1))  # the latest conversion is told by its time

        async def ask() -> bool:
            async with self.connection.transaction():
                try:
                    await actions.convert(
                        self.connection,
                        self.clock,
                        conversion_id=self.new_id(),
                        creator_id=self.creator,
                        coins=None,
                    )
                except BelowConversionMinimum:
                    return False
            return True

        assert self.runner.run(ask()) == self.model.convert(self.clock.now())

    @rule(choice=st.integers(0, 50), part=st.sampled_from([1, 2, 3]))
    def take_back(self, choice: int, part: int) -> None:
        """Some or all coins of a lot; what is not delivered waits."""
        lot = self.lots[choice % len(self.lots)]
        row = self.ask("select spent - reversed_spent as left from lot_state where lot_id = $1", lot)[0]
        if not row["left"]:
            return
        reversal, coins = self.new_id(), max(1, row["left"] // part)
        self.ask("select take_back($1, $2, $3, $4, $5, false, $6)", *self.place, reversal, lot, coins, self.clock.now())
        self._apply()
        if any(lot == waiting for waiting, _ in self.waiting):
            assert not self.ask("select from clawback_part where reversal_id = $1", reversal)
            self.deliver()
            self._apply()
        self.model.take(reversal, coins)
        self.taken.append(reversal)

    @precondition(lambda self: self.taken)
    @rule(choice=st.integers(0, 50))
    def put_back(self, choice: int) -> None:
        reversal = self.taken.pop(choice % len(self.taken))
        self.ask("select put_back($1, $2, $3, $4)", *self.place, reversal, self.clock.now())
        self._apply()
        self.model.give_back(reversal)

    @rule(choice=st.integers(0, 50))
    def take_back_and_put_back_before_it_was_applied(self, choice: int) -> None:
        lot = self.lots[choice % len(self.lots)]
        row = self.ask("select spent - reversed_spent as left from lot_state where lot_id = $1", lot)[0]
        if row["left"]:
            self.deliver()
            reversal, now = self.new_id(), self.clock.now()
            self.ask("select take_back($1, $2, $3, $4, 1, false, $5)", *self.place, reversal, lot, now)
            self.ask("select put_back($1, $2, $3, $4)", *self.place, reversal, now)
            self._apply()
            self._apply()
            self.model.take(reversal, 1)
            self.model.give_back(reversal)

    def _apply(self) -> None:
        async def apply() -> None:
            while claimed := await clawback.CLAWBACKS.take(self.connection, self.clock, 100):
                for due in claimed:
                    async with self.connection.transaction():
                        await clawback.apply(self.connection, self.clock, due)
                    with pytest.raises(LeaseLost):
                        async with self.connection.transaction():
                            await clawback.apply(self.connection, self.clock, due)

        self.runner.run(apply())

    @rule(minutes=st.sampled_from([1, 6, 7]))
    def wait(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))
        self.runner.run(actions.mature(self.connection, self.clock, 1000))
        self.model.mature(self.clock.now())

    @rule(portion=st.sampled_from(["one", "half", "all", "too many"]))
    def draw(self, portion: str) -> None:
        """A payout; more than is available is refused, below zero above all."""
        held = self.model.available
        diamonds = {"one": 1, "half": held // 2, "all": held, "too many": held + 1}[portion]
        diamonds = max(diamonds, 1)
        sql = "select post($1, $2, 'payout_requested', $3, $3, 'DIAMOND', $4, $5)"
        arguments = self.shards.of(self.creator), self.new_id(), self.creator, diamonds, self.clock.now()
        if diamonds > held:
            with pytest.raises(asyncpg.CheckViolationError):
                self.ask(sql, *arguments)
        else:
            self.ask(sql, *arguments)
            self.model.available -= diamonds

    @rule(coins=st.integers(8, 20))
    def draw_all_and_lose_it(self, coins: int) -> None:
        """The creator is paid, then the money goes back; what is earned later pays it off."""
        self.receive(coins)
        self.convert()
        self.wait(7)
        self.draw("all")
        self.take_back(len(self.lots) - 1, 1)
        self.draw("one")
        self.receive(coins // 2)
        self.convert()
        self.wait(7)
        self.draw("one")

    @invariant()
    def balances_agree(self) -> None:
        balance = self.runner.run(actions.balance_of(self.connection, self.creator))
        assert (balance.gift_balance, balance.pending, balance.available) == (
            self.model.balance, self.model.pending, self.model.available,
        )  # fmt: skip


def hold_against_model(url: str, *, examples: int, planted: bool = False) -> None:
    """Run the machine on a database.

    Raises:
        AssertionError, Exception: a creator has something else than the model says.
    """
    with on_database(Clawback, url) as runner:
        set_rule = "insert into reward_rule select 2, $1, $2, $3, 1, '2001-01-01', '2001-01-01', null, 'of this test'"
        runner.run(Clawback.owner.execute(set_rule, RULE[0], RULE[1], int(RULE[2].total_seconds())))
        run_machine(Clawback, examples=examples, steps=30, planted=planted)


@pytest.mark.audit_off
def test_clawback_agrees_with_the_model(database_url: str, is_further_server: bool) -> None:
    hold_against_model(database_url, examples=10 if is_further_server else 40)
    # Diamonds are drawn here without the payouts they would be for: the law of payouts must see that, and no other.
    broken = run_aside(broken_laws(database_url, but=LAWS_OF_CAUSES))
    assert [law.partition(":")[0] for law in broken] == ["payouts_equal_movements"]
