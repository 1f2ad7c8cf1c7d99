"""Payouts on each rail over HTTP against a plain model: lost answers, duplicates, late failures, cancelling while it is
sent. The peer's own list says that nothing was paid twice."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from plaudit.clock import ManualClock
from plaudit.connections import connect
from plaudit.creators import actions as creators
from plaudit.creators.jobs import mature_due
from plaudit.creators.model import NewRewardRule
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.inbox import actions as inbox
from plaudit.payouts import actions, connections, methods, recalls
from plaudit.payouts.jobs import poll_due, send_due
from plaudit.payouts.kinds import MethodKind
from plaudit.payouts.model import PayoutMayBeSent, PayoutState, PayoutStateConflict
from plaudit.payouts.providers import PayoutProviders
from plaudit.payouts.providers.base import NothingToRecall
from plaudit.payouts.told import KIND, PayoutReader
from plaudit.payouts.vault import AccountVault
from plaudit.problems import Problem
from tests.support.databases import owner_of
from tests.support.deciding import of_house
from tests.support.earnings import give
from tests.support.machines import run_machine
from tests.support.payout_desk import ACCOUNT_KEY, open_pretend_vault
from tests.support.rails import FUNDS_MINOR, Rail, paypal_rail, stripe_rail

pytestmark = pytest.mark.unsold

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
OPERATOR = 999_999
DIAMONDS, EACH = 100_000, 2_000
STATES = [PayoutState.APPROVED, PayoutState.SENT, PayoutState.PAID, PayoutState.FAILED, PayoutState.RETURNED]
FORGET_THE_REST = """
    with s as (delete from payout_send) update payout set poll_at = null where poll_at is not null"""


class Rails(RuleBasedStateMachine):
    """Each example has a creator of its own, at a time of its own, and a peer where nothing has happened yet."""

    runner: ClassVar[asyncio.Runner]
    database: ClassVar[Database]
    rail: ClassVar[Rail]
    examples: ClassVar[int] = 0
    reached: ClassVar[set[PayoutState]] = set()

    def __init__(self) -> None:
        super().__init__()
        type(self).examples += 1
        self.clock = ManualClock(START + timedelta(days=100 * self.examples))
        self.creator = 7_000 + self.examples
        self.rail.reset()
        self.provider = self.runner.run(self._made())
        self.providers = PayoutProviders([self.provider])
        self.vault = AccountVault([ACCOUNT_KEY.reveal()])
        self.asked: list[UUID] = []
        self.refused: set[UUID] = set()
        self.was_paid: set[UUID] = set()

    async def _made(self) -> Any:
        return self.rail.provider(self.clock)

    def act(self, action: Any, *arguments: Any, **named: Any) -> Any:
        """An action in a transaction of its own; a problem is the answer."""

        async def run() -> Any:
            try:
                async with self.database.transaction() as connection:
                    return await action(connection, *arguments, **named)
            except Problem as problem:
                return problem

        return self.runner.run(run())

    @initialize()
    def begin(self) -> None:
        rule = NewRewardRule(numerator=1, denominator=1, maturity_s=0, note="of the test")
        self.runner.run(of_house(self.database, self.clock, creators.record_rule, rule))
        self.runner.run(open_pretend_vault(self.database))
        self.method = new_id(self.clock)
        stripe = self.rail.kind is MethodKind.STRIPE_ACCOUNT
        to = (
            connections.stripe_account("Ada", "US", "USD")
            if stripe
            else connections.paypal("Ada", "US", "USD", "ada@example.com")
        )
        kept = self.act(
            methods.keep_method, self.clock, self.vault, self.method, to,
            creator_id=self.creator, provider=self.provider.name,
        )  # fmt: skip
        if stripe:
            self.act(connections.begin, self.clock, kept)
            self.runner.run(self._connect())
        self.runner.run(give(self.database, self.creator, DIAMONDS))
        converted = self.act(
            creators.convert, self.clock, conversion_id=new_id(self.clock), creator_id=self.creator, coins=DIAMONDS
        )
        assert converted.diamonds == DIAMONDS
        self.runner.run(mature_due(self.database, self.clock))
        for state in self.rail.follow:  # every state of the peer is met in each example
            self._to(state)

    async def _connect(self) -> None:
        rail: Any = self.rail
        where = (self.database, self.clock, self.providers, self.creator, self.method)
        await connections.go_on(*where, "https://live.example/studio/payouts")
        (account,) = rail.control("all", kind="account")
        rail.control("onboard", account_id=account["id"])
        assert (await connections.refresh(*where)).state == "ready"

    def _to(self, state: str) -> None:
        payout_id = self._ask()
        assert payout_id is not None
        self.send("well", 1)
        (now,) = self.rail.held()[payout_id]
        if now != state:
            way = [state] if state in self.rail.follow.get(now, ()) else []
            for step in way:
                self.rail.move(payout_id, step)

    @rule()
    def ask(self) -> None:
        self._ask()

    def _ask(self) -> UUID | None:
        quote = self.act(
            actions.quote, self.clock, quote_id=new_id(self.clock), creator_id=self.creator, diamonds=EACH,
            method_id=self.method,
        )  # fmt: skip
        if isinstance(quote, Problem):  # as much as a day allows
            self.clock.advance(timedelta(days=1))
            return None
        payout_id = new_id(self.clock)
        self.act(actions.request, self.clock, payout_id=payout_id, creator_id=self.creator, quote_id=quote.id)
        approved = self.act(actions.approve, self.clock, self.providers, OPERATOR, payout_id)
        assert approved.state is PayoutState.APPROVED
        self.asked.append(payout_id)
        return payout_id

    @rule(how=st.sampled_from(["well", "down", "lost", "lost"]), processes=st.integers(1, 2))
    def send(self, how: str, processes: int) -> None:
        self.clock.advance(timedelta(hours=2))  # past any pause after a failure
        if how != "well":
            self.rail.fail(how)
        self._work(send_due, processes, self.vault)

    @rule(processes=st.integers(1, 2))
    def poll(self, processes: int) -> None:
        self.clock.advance(timedelta(days=2))
        self._work(poll_due, processes)

    def _work(self, job: Any, processes: int, *more: Any) -> None:
        async def all_at_once() -> None:
            await asyncio.gather(*(job(self.database, self.clock, self.providers, *more) for _ in range(processes)))

        self.runner.run(all_at_once())

    def _movable(self) -> list[tuple[UUID, str]]:
        return [(one, states[0]) for one, states in self.rail.held().items() if states[0] in self.rail.follow]

    @precondition(lambda self: self._movable())
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        """The bank, the receiver or the provider does something; late, too."""
        payout_id, state = data.draw(st.sampled_from(self._movable()))
        self.rail.move(payout_id, data.draw(st.sampled_from(self.rail.follow[state])))

    @precondition(lambda self: self.rail.events())
    @rule(data=st.data(), copies=st.integers(1, 3), at_once=st.booleans())
    def hear(self, data: st.DataObject, copies: int, *, at_once: bool) -> None:
        """Messages in any order, as often as the provider likes."""
        events = self.rail.events()
        some = data.draw(st.lists(st.sampled_from(range(len(events))), min_size=1, max_size=4))
        self.runner.run(self._hear([events[at] for at in some for _ in range(copies)], at_once=at_once))

    async def _hear(self, events: list[tuple[str, bytes]], *, at_once: bool) -> None:
        async def take(event_id: str, body: bytes) -> None:
            reader = PayoutReader(self.database, self.providers, self.vault.vault, self.clock)
            await inbox.receive(self.database, self.clock, reader, self.provider.name, event_id, KIND, body)

        if at_once:
            await asyncio.gather(*(take(*event) for event in events))
        else:
            for event in events:
                await take(*event)

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        """An operator wants it back while it may be on its way already."""
        payout_id = data.draw(st.sampled_from(self.asked))
        before = self.act(actions.find, payout_id, None)
        answer = self.act(actions.refuse, self.clock, OPERATOR, payout_id, "because")
        if before.may_be_refused or before.state is PayoutState.REFUSED:
            assert answer.state is PayoutState.REFUSED
            self.refused.add(payout_id)
        else:
            assert isinstance(answer, PayoutMayBeSent | PayoutStateConflict)

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def recall(self, data: st.DataObject) -> None:
        payout_id = data.draw(st.sampled_from(self.asked))
        before, held = self.act(actions.find, payout_id, None), self.rail.held().get(payout_id, ["none"])[0]

        async def run() -> Any:
            try:
                return await recalls.recall(self.database, self.clock, self.providers, OPERATOR, payout_id)
            except Problem as problem:
                return problem

        answer = self.runner.run(run())
        if before.state is not PayoutState.SENT:
            assert isinstance(answer, PayoutStateConflict)
        elif held in self.rail.recallable or self.rail.ends[held] == "back":
            assert answer.state is PayoutState.FAILED
        else:
            assert isinstance(answer, NothingToRecall)

    @invariant()
    def nothing_is_paid_twice(self) -> None:
        held = self.rail.held()
        assert {len(states) for states in held.values()} <= {1}
        assert not self.refused & held.keys()

    @invariant()
    def diamonds_are_where_the_books_say(self) -> None:
        if not self.asked:
            return
        found = [self.act(actions.find, payout_id, None) for payout_id in self.asked]
        self.reached.update(payout.state for payout in found)
        self.was_paid |= {payout.id for payout in found if payout.state is PayoutState.PAID}
        out = {state: EACH * sum(payout.state is state for payout in found) for state in PayoutState}
        balance = self.act(creators.balance_of, self.creator)
        under_way = out[PayoutState.APPROVED] + out[PayoutState.SENT]
        assert (balance.in_payout, balance.redeemed) == (under_way, out[PayoutState.PAID])
        assert balance.available == DIAMONDS - under_way - out[PayoutState.PAID]
        assert [payout.attention for payout in found if payout.attention] == []

    def teardown(self) -> None:
        """When everything is heard, the books say of each payout where its money is; and the peer has what they say."""
        for _ in range(3):
            self.send("well", 1)
            self.poll(1)
            self.runner.run(self._hear(self.rail.events(), at_once=False))
        held, paid_minor = self.rail.held(), 0
        for payout_id in self.asked:
            payout = self.act(actions.find, payout_id, None)
            where = "none" if payout_id in self.refused else self.rail.ends[held[payout_id][0]]
            back = PayoutState.RETURNED if payout_id in self.was_paid else PayoutState.FAILED
            expected = {"none": PayoutState.REFUSED, "way": PayoutState.SENT, "paid": PayoutState.PAID, "back": back}
            assert payout.state is expected[where], (payout, held.get(payout_id))
            assert payout.attention is None
            paid_minor += payout.net_minor if where in {"way", "paid"} else 0
        assert self.rail.funds() == FUNDS_MINOR - paid_minor
        self.act(lambda connection: connection.execute(FORGET_THE_REST))
        self.runner.run(self.provider.close())


RAILS: dict[str, Callable[[Path], AbstractContextManager[Any]]] = {
    "paypal": paypal_rail,
    "stripe": lambda _: stripe_rail(),
}


@pytest.mark.parametrize("name", RAILS)
def test_each_rail_agrees_with_a_plain_model(name: str, database_url: str, tmp_path: Path) -> None:
    async def open_database() -> Database:
        owner = await connect(owner_of(database_url))
        await owner.execute(  # how much waits for a person is no matter of this model
            "update decision_bound set value = 1000000000 where name ~ '^payout_(person|account|new|house|unnamed)'"
        )
        await owner.close()
        return await Database(database_url).open()

    machine = type(f"Rails_{name}", (Rails,), {"examples": 0, "reached": set()})
    with RAILS[name](tmp_path) as rail, asyncio.Runner() as runner:
        Rails.rail, Rails.runner, Rails.database = rail, runner, runner.run(open_database())
        try:
            run_machine(machine, examples=8, steps=25)
        finally:
            runner.run(Rails.database.close())
    assert set(STATES) <= machine.reached, "the machine does not get everywhere"  # type: ignore[attr-defined]
