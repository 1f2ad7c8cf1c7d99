"""Conversion, maturity and payouts against a plain model, in any order, with repeats, conflicts and lost answers."""

import asyncio
import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from plaudit.clock import ManualClock
from plaudit.connections import connect
from plaudit.creators import actions as creators
from plaudit.creators.jobs import mature_due
from plaudit.creators.model import BelowConversionMinimum, InsufficientGiftBalance, NewRewardRule
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.inbox import actions as inbox
from plaudit.inbox.model import Side
from plaudit.limits import PAYOUT_QUOTE_VALID_S
from plaudit.payouts import actions, bank, exports, methods, rates
from plaudit.payouts.bank import BankOutcome, Marking
from plaudit.payouts.jobs import poll_due, send_due
from plaudit.payouts.methods import BankAccount
from plaudit.payouts.model import (
    BelowPayoutThreshold,
    DailyPayoutLimit,
    InsufficientDiamonds,
    NewPayoutTerms,
    NothingToExport,
    PayoutMayBeSent,
    PayoutNotExported,
    PayoutOutcomeConflict,
    PayoutQuote,
    PayoutQuoteExpired,
    PayoutQuoteUsed,
    PayoutState,
    PayoutStateConflict,
)
from plaudit.payouts.providers import PayoutProviders
from plaudit.payouts.providers.base import PayoutStatus, ProviderPayout
from plaudit.payouts.providers.manual.provider import ManualPayoutProvider
from plaudit.payouts.told import KIND, PayoutReader, apply_due
from plaudit.payouts.vault import AccountVault
from plaudit.problems import IdempotencyConflict, Problem
from tests.support.databases import owner_of
from tests.support.deciding import of_house
from tests.support.earnings import Mood, PretendBank, give
from tests.support.machines import run_machine
from tests.support.payout_desk import ACCOUNT_KEY, open_pretend_vault

pytestmark = pytest.mark.unsold

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
OPERATOR = 999_999
DIAMONDS_MIN, DIAMONDS_PER_DAY_MAX = 10, 300
MATURITY_S = 60
FOLLOWING = {
    PayoutStatus.PROCESSING: [PayoutStatus.PAID, PayoutStatus.FAILED],
    PayoutStatus.PAID: [PayoutStatus.RETURNED],
}
ENDS: dict[PayoutState, list[PayoutStatus]] = {
    PayoutState.REQUESTED: [],
    PayoutState.CANCELLED: [],
    PayoutState.REFUSED: [],
    PayoutState.APPROVED: [],
    PayoutState.SENT: [],
    PayoutState.FAILED: [PayoutStatus.FAILED],
    PayoutState.PAID: [PayoutStatus.PAID],
    PayoutState.RETURNED: [PayoutStatus.PAID, PayoutStatus.RETURNED],
}
"""Where a payout may be brought at once, and what the bank says on the way: Hypothesis leaves single rules out of whole
examples, and would get to some ends by chance only."""
FORGET_THE_REST = """
    with s as (delete from payout_send), h as (update payout set provider = 'past' where state = 'approved')
    update payout set poll_at = null where poll_at is not null"""
who = st.integers(0, 1)
ends = st.sampled_from(list(ENDS))
references = st.sampled_from(["A", "B"])


@dataclass
class Earner:
    """What a creator should have, in the plainest way."""

    coins: int = 0
    pending: list[tuple[datetime, int]] = field(default_factory=list)
    available: int = 0
    in_payout: int = 0
    redeemed: int = 0
    requested_on: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass
class Asked:
    """A payout as the model remembers it."""

    creator: int
    quote: PayoutQuote
    day: str
    by_hand: bool
    state: str = "requested"
    called: bool = False
    """Whether a provider was told."""
    marked: dict[str, str] = field(default_factory=dict)
    """Outcomes an operator marked, with the bank's reference."""


class Payouts(RuleBasedStateMachine):
    """Each example works with creators of its own, at a time of its own, in one database."""

    runner: ClassVar[asyncio.Runner]
    database: ClassVar[Database]
    examples: ClassVar[int] = 0
    reached: ClassVar[set[tuple[str, bool]]] = set()
    conversions = Bundle("conversions")
    quotes = Bundle("quotes")
    payouts = Bundle("payouts")
    events = Bundle("events")

    def __init__(self) -> None:
        super().__init__()
        Payouts.examples += 1
        self.clock = ManualClock(START + timedelta(days=100 * self.examples))
        self.ids = [self.examples * 10 + self.examples % 2, self.examples * 10 + 2 + self.examples % 2]  # one shard
        self.earners = [Earner(), Earner()]
        self.asked: dict[UUID, Asked] = {}
        self.converted: dict[UUID, tuple[int, int | None, Any]] = {}
        self.ratio = (1, 1)
        self.bank = PretendBank()
        self.providers = PayoutProviders([self.bank, ManualPayoutProvider()])
        self.vault = AccountVault([ACCOUNT_KEY.reveal()])
        self.methods: dict[tuple[int, bool], UUID] = {}
        self.exported: set[UUID] = set()

    def act(self, action: Any, *arguments: Any, **named: Any) -> Any:
        """An action in a transaction of its own; a problem is the answer."""

        async def run() -> Any:
            try:
                async with self.database.transaction() as connection:
                    return await action(connection, *arguments, **named)
            except Problem as problem:
                return problem

        return self.runner.run(run())

    @initialize(target=payouts, wanted=st.tuples(ends, ends, ends, ends))
    def begin(self, wanted: tuple[PayoutState, ...]) -> Any:
        terms = NewPayoutTerms(
            fee_fixed_minor=1, fee_fixed_currency="USD", fee_bps=100, diamonds_min=DIAMONDS_MIN,
            diamonds_per_day_max=DIAMONDS_PER_DAY_MAX, note="of the test",
        )  # fmt: skip
        self.runner.run(of_house(self.database, self.clock, rates.record_terms, terms))
        self.decide_rule((1, 1))
        account = BankAccount(
            holder_name="Ada", country="US", currency="USD", bank_code="021000021", account_number="123456"
        )
        self.runner.run(open_pretend_vault(self.database))
        for creator, by_hand in itertools.product((0, 1), (False, True)):
            method = new_id(self.clock)
            self.act(
                methods.add_method, self.clock, self.vault, method_id=method, creator_id=self.ids[creator],
                provider="manual" if by_hand else "sandbox", account=account,
            )  # fmt: skip
            self.methods[creator, by_hand] = method
        for creator in (0, 1):
            self.receive(creator, 250)
            self.convert(creator, 200)
        self.wait(MATURITY_S)
        self.mature(1)
        all_ways = zip(self.methods, wanted, strict=True)
        return multiple(*(self.cash_out(creator, 20, end, by_hand=by_hand) for (creator, by_hand), end in all_ways))

    @rule(ratio=st.sampled_from([(1, 1), (1, 2), (3, 2), (2, 7)]))
    def decide_rule(self, ratio: tuple[int, int]) -> None:
        self.ratio = ratio
        new = NewRewardRule(numerator=ratio[0], denominator=ratio[1], maturity_s=MATURITY_S, note="of the test")
        self.runner.run(of_house(self.database, self.clock, creators.record_rule, new))

    @rule(creator=who, coins=st.integers(1, 400))
    def receive(self, creator: int, coins: int) -> None:
        self.runner.run(give(self.database, self.ids[creator], coins))
        self.earners[creator].coins += coins

    @rule(target=conversions, creator=who, coins=st.one_of(st.none(), st.integers(1, 300)))
    def convert(self, creator: int, coins: int | None) -> Any:
        conversion_id, earner = new_id(self.clock), self.earners[creator]
        answer = self._convert(conversion_id, creator, coins)
        numerator, denominator = self.ratio
        wanted = earner.coins if coins is None else coins
        diamonds = wanted * numerator // denominator
        if diamonds == 0:
            assert isinstance(answer, BelowConversionMinimum)
            return multiple()
        if wanted > earner.coins:
            assert isinstance(answer, InsufficientGiftBalance)
            assert answer.fields == {"coins_short": wanted - earner.coins}
            return multiple()
        used = min(c for c in range(wanted + 1) if c * numerator // denominator == diamonds)
        assert (answer.coins, answer.diamonds) == (used, diamonds)
        earner.coins -= used
        earner.pending.append((self.clock.now() + timedelta(seconds=MATURITY_S), diamonds))
        self.converted[conversion_id] = creator, coins, answer
        return conversion_id

    def _convert(self, conversion_id: UUID, creator: int, coins: int | None) -> Any:
        return self.act(
            creators.convert, self.clock, conversion_id=conversion_id, creator_id=self.ids[creator], coins=coins
        )

    @rule(conversion=conversions)
    def convert_again(self, conversion: UUID) -> None:
        creator, coins, first = self.converted[conversion]
        again = self._convert(conversion, creator, coins)
        assert (again.id, again.coins, again.diamonds, again.matures_at) == (
            first.id, first.coins, first.diamonds, first.matures_at,
        )  # fmt: skip

    @rule(conversion=conversions, other=st.integers(1, 300), swap=st.booleans())
    def convert_with_other_body(self, conversion: UUID, other: int, *, swap: bool) -> None:
        creator, coins, _ = self.converted[conversion]
        if swap:
            assert isinstance(self._convert(conversion, 1 - creator, coins), IdempotencyConflict)
        elif other != coins:
            assert isinstance(self._convert(conversion, creator, other), IdempotencyConflict)

    @rule(seconds=st.sampled_from([1, 59, 60, 61, PAYOUT_QUOTE_VALID_S, 86_400]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    @rule(processes=st.integers(1, 3))
    def mature(self, processes: int) -> None:
        async def all_at_once() -> None:
            await asyncio.gather(*(mature_due(self.database, self.clock) for _ in range(processes)))

        self.runner.run(all_at_once())
        for earner in self.earners:
            ripe = [entry for entry in earner.pending if entry[0] <= self.clock.now()]
            earner.available += sum(diamonds for _, diamonds in ripe)
            earner.pending = [entry for entry in earner.pending if entry not in ripe]

    @rule(target=quotes, creator=who, diamonds=st.integers(1, 320), by_hand=st.booleans())
    def quote(self, creator: int, diamonds: int, *, by_hand: bool) -> Any:
        answer = self.act(
            actions.quote, self.clock, quote_id=new_id(self.clock), creator_id=self.ids[creator],
            diamonds=diamonds, method_id=self.methods[creator, by_hand],
        )  # fmt: skip
        if problem := self._unpayable(creator, diamonds):
            assert isinstance(answer, problem)
            return multiple()
        gross = diamonds // 2
        fee = 1 + (gross * 100 + 5_000) // 10_000
        assert (answer.gross_minor, answer.fee_minor, answer.net_minor) == (gross, fee, gross - fee)
        return creator, answer

    def _unpayable(self, creator: int, diamonds: int) -> type[Problem] | None:
        earner = self.earners[creator]
        if diamonds < DIAMONDS_MIN:
            return BelowPayoutThreshold
        if diamonds > earner.available:
            return InsufficientDiamonds
        today = earner.requested_on[self.clock.now().date().isoformat()]
        return DailyPayoutLimit if today + diamonds > DIAMONDS_PER_DAY_MAX else None

    @rule(target=payouts, quoted=quotes)
    def request(self, quoted: tuple[int, PayoutQuote]) -> Any:
        creator, quote = quoted
        payout_id, earner = new_id(self.clock), self.earners[creator]
        answer = self._request(payout_id, creator, quote.id)
        expected: type[Problem] | None
        if any(asked.quote.id == quote.id for asked in self.asked.values()):
            expected = PayoutQuoteUsed
        elif self.clock.now() >= quote.expires_at:
            expected = PayoutQuoteExpired
        else:
            expected = self._unpayable(creator, quote.diamonds)
        if expected:
            assert isinstance(answer, expected)
            return multiple()
        assert answer.state is PayoutState.REQUESTED
        day = self.clock.now().date().isoformat()
        earner.available -= quote.diamonds
        earner.in_payout += quote.diamonds
        earner.requested_on[day] += quote.diamonds
        by_hand = quote.method_id == self.methods[creator, True]
        self.asked[payout_id] = Asked(creator, quote, day, by_hand)
        return payout_id

    def _request(self, payout_id: UUID, creator: int, quote_id: UUID) -> Any:
        return self.act(
            actions.request, self.clock, payout_id=payout_id, creator_id=self.ids[creator], quote_id=quote_id
        )

    @rule(payout=payouts, quoted=quotes)
    def request_again(self, payout: UUID, quoted: tuple[int, PayoutQuote]) -> None:
        asked = self.asked[payout]
        assert self._request(payout, asked.creator, asked.quote.id).state == asked.state
        if quoted[1].id != asked.quote.id:
            assert isinstance(self._request(payout, quoted[0], quoted[1].id), IdempotencyConflict)

    @rule(target=payouts, creator=who, diamonds=st.integers(DIAMONDS_MIN, 60), end=ends, by_hand=st.booleans())
    def cash_out(self, creator: int, diamonds: int, end: PayoutState, *, by_hand: bool) -> Any:
        quoted = self.quote(creator, diamonds, by_hand=by_hand)
        if not isinstance(quoted, tuple):
            return multiple()
        payout_id: Any = self.request(quoted)
        if end is PayoutState.CANCELLED:
            self.cancel(payout_id)
        elif end is PayoutState.REFUSED:
            self.refuse(payout_id)
        elif end is not PayoutState.REQUESTED:
            self.approve(payout_id)
        if end is PayoutState.SENT or ENDS[end]:
            self.export(1) if by_hand else self.send(Mood.WELL, 1)
        for status in ENDS[end]:
            if by_hand:
                self.mark(payout_id, status.value, "A")
            else:
                self.webhook(self.bank.settle(payout_id, status), 1, at_once=False)
        return payout_id

    @rule(payout=payouts)
    def refuse(self, payout: UUID) -> None:
        asked = self.asked[payout]
        answer = self.act(actions.refuse, self.clock, OPERATOR, payout, "because")
        if asked.state == "approved" and asked.called:
            assert isinstance(answer, PayoutMayBeSent)
            return
        if asked.state == "approved":
            self._give_back(asked, "refused")
        self._decided(asked, answer, "refused")

    @rule(payout=payouts)
    def cancel(self, payout: UUID) -> None:
        asked = self.asked[payout]
        self._decided(asked, self.act(actions.cancel, self.clock, self.ids[asked.creator], payout), "cancelled")

    def _decided(self, asked: Asked, answer: Any, state: str) -> None:
        if asked.state == "requested":
            self._give_back(asked, state)
        if asked.state == state:
            assert answer.state == state
        else:
            assert isinstance(answer, PayoutStateConflict)

    def _give_back(self, asked: Asked, state: str) -> None:
        earner, diamonds = self.earners[asked.creator], asked.quote.diamonds
        asked.state = state
        earner.in_payout -= diamonds
        earner.available += diamonds
        earner.requested_on[asked.day] -= diamonds

    @rule(payout=payouts)
    def approve(self, payout: UUID) -> None:
        asked = self.asked[payout]
        answer = self.act(actions.approve, self.clock, self.providers, OPERATOR, payout)
        if asked.state == "requested":
            asked.state = "approved"
        if asked.state in {"refused", "cancelled"}:
            assert isinstance(answer, PayoutStateConflict)
        else:
            assert answer.state == asked.state

    @rule(mood=st.sampled_from(Mood), processes=st.integers(1, 2))
    def send(self, mood: Mood, processes: int) -> None:
        self.clock.advance(timedelta(hours=1))  # past any pause after a failure
        self.bank.mood = mood
        taken_before = set(self.bank.payouts)  # their answer was lost: they are looked up, which a silent bank answers
        self._work(send_due, processes, self.vault)
        for payout_id, asked in self.asked.items():
            if asked.by_hand:
                continue
            asked.called = asked.called or asked.state == "approved"
            is_found = mood is Mood.SILENT and payout_id in taken_before
            if asked.state == "approved" and (is_found or mood in {Mood.WELL, Mood.REFUSING}):
                self._told(payout_id, self.bank.payouts[payout_id].status)

    @rule(processes=st.integers(1, 2))
    def poll(self, processes: int) -> None:
        self.clock.advance(timedelta(days=2))  # everything of which news may come is due
        self.bank.mood = Mood.WELL
        self._work(poll_due, processes)
        for payout_id, asked in self.asked.items():
            if asked.state in {"sent", "paid"} and not asked.by_hand:
                self._told(payout_id, self.bank.payouts[payout_id].status)

    @rule(at_once=st.integers(1, 3))
    def export(self, at_once: int) -> None:
        """Some at once share nothing: one finds what waits, the others nothing."""
        waiting = {payout_id for payout_id, asked in self.asked.items() if asked.by_hand and asked.state == "approved"}

        async def export() -> Any:
            try:
                async with self.database.transaction() as connection:
                    return await exports.export(
                        connection, self.clock, export_id=new_id(self.clock), currency=None, operator_id=OPERATOR
                    )
            except NothingToExport:
                return None

        async def all_at_once() -> list[Any]:
            return await asyncio.gather(*(export() for _ in range(at_once)))

        made = [answer for answer in self.runner.run(all_at_once()) if answer]
        assert [one.payouts for one in made] == ([len(waiting)] if waiting else [])
        assert not waiting & self.exported
        self.exported |= waiting
        for payout_id in waiting:
            self.asked[payout_id].state = "sent"

    @rule(
        payout=payouts, outcome=st.sampled_from(["paid", "paid", "failed", "returned"]), reference=st.sampled_from("AB")
    )
    def mark(self, payout: UUID, outcome: Any, reference: str) -> None:
        asked = self.asked[payout]
        told = BankOutcome(outcome=outcome, reference=reference, reason=None if outcome == "paid" else "because")
        answer = self.act(bank.mark, self.clock, Marking(OPERATOR, may_be_alone=True), payout, told)
        if payout not in self.exported:
            assert isinstance(answer, PayoutNotExported)
        elif outcome in asked.marked:
            assert (
                (answer.state == asked.state)
                if asked.marked[outcome] == reference
                else isinstance(answer, PayoutOutcomeConflict)
            )
        elif asked.state != ("paid" if outcome == "returned" else "sent"):
            assert isinstance(answer, PayoutOutcomeConflict)
        else:
            asked.marked[outcome] = reference
            self._told(payout, PayoutStatus(outcome))
            assert answer.state == outcome == asked.state

    def _work(self, job: Any, processes: int, *more: Any) -> None:
        async def all_at_once() -> None:
            await asyncio.gather(*(job(self.database, self.clock, self.providers, *more) for _ in range(processes)))

        self.runner.run(all_at_once())

    def _unsettled(self) -> list[ProviderPayout]:
        taken = (self.bank.payouts.get(payout_id) for payout_id in self.asked)  # in an order that can be repeated
        return [payout for payout in taken if payout and payout.status in FOLLOWING]

    @precondition(lambda self: self._unsettled())
    @rule(target=events, data=st.data())
    def settle(self, data: st.DataObject) -> Any:
        payout = data.draw(st.sampled_from(self._unsettled()))
        told = [self.bank.settle(payout.payout_id, data.draw(st.sampled_from(FOLLOWING[payout.status])))]
        if self.bank.payouts[payout.payout_id].status in FOLLOWING and data.draw(st.booleans()):
            told.append(self.bank.settle(payout.payout_id, PayoutStatus.RETURNED))
        return multiple(*told)

    @rule(event=events, times=st.integers(1, 3), at_once=st.booleans())
    def webhook(self, event: str, times: int, *, at_once: bool) -> None:
        body = self.bank.events[event]

        async def take() -> None:
            reader = PayoutReader(self.database, self.providers, self.vault.vault, self.clock)
            await inbox.receive(self.database, self.clock, reader, self.bank.name, event, KIND, body)

        async def all_of_them() -> None:
            if at_once:
                await asyncio.gather(*(take() for _ in range(times)))
            else:
                for _ in range(times):
                    await take()

        self.runner.run(all_of_them())
        told = self.bank.read_event(body)
        self._told(told.payout_id, told.status)

    @rule(event=events)
    def webhook_kept_and_process_killed(self, event: str) -> None:
        body = self.bank.events[event]
        self.act(inbox.keep, self.vault.vault, Side.PAYOUTS, self.bank.name, event, KIND, body, self.clock.now())
        self.clock.advance(timedelta(minutes=1))
        self._work(apply_due, 2, self.vault.vault)
        told = self.bank.read_event(body)
        self._told(told.payout_id, told.status)

    def _told(self, payout_id: UUID, status: PayoutStatus) -> None:
        """What news does, whenever it comes: it moves a payout on, and never back."""
        asked = self.asked[payout_id]
        earner, diamonds = self.earners[asked.creator], asked.quote.diamonds
        if status is PayoutStatus.PROCESSING and asked.state == "approved":
            asked.state = "sent"
        if status is PayoutStatus.FAILED and asked.state in {"approved", "sent"}:
            self._give_back(asked, "failed")
        if status in {PayoutStatus.PAID, PayoutStatus.RETURNED} and asked.state in {"approved", "sent"}:
            asked.state = "paid"
            earner.in_payout -= diamonds
            earner.redeemed += diamonds
        if status is PayoutStatus.RETURNED and asked.state == "paid":
            asked.state = "returned"
            earner.redeemed -= diamonds
            earner.available += diamonds

    @invariant()
    def states_are_seen(self) -> None:
        self.reached.update((asked.state, asked.by_hand) for asked in self.asked.values())

    @invariant()
    def balances_agree(self) -> None:
        for creator, earner in zip(self.ids, self.earners, strict=True):
            balance = self.act(creators.balance_of, creator)
            assert balance.gift_balance == earner.coins
            assert balance.pending == sum(diamonds for _, diamonds in earner.pending)
            assert (balance.available, balance.in_payout, balance.redeemed) == (
                earner.available, earner.in_payout, earner.redeemed,
            )  # fmt: skip

    @invariant()
    def nothing_is_paid_twice(self) -> None:
        assert len(self.bank.orders_taken) == len(set(self.bank.orders_taken))

    def teardown(self) -> None:
        for payout_id, asked in self.asked.items():
            payout = self.act(actions.find, payout_id, None)
            assert payout.state == asked.state
            assert payout.attention is None
        # The next example has a bank of its own, which knows nothing of these.
        self.act(lambda connection: connection.execute(FORGET_THE_REST))


def test_payouts_agree_with_a_plain_model(database_url: str) -> None:
    async def open_database() -> Database:
        owner = await connect(owner_of(database_url))
        await owner.execute(  # how much waits for a person is no matter of this model
            "update decision_bound set value = 1000000000 where name ~ '^payout_(person|account|new|house)'"
        )
        await owner.close()
        return await Database(database_url).open()

    with asyncio.Runner() as runner:
        Payouts.runner, Payouts.database = runner, runner.run(open_database())
        try:
            run_machine(Payouts, examples=60, steps=40)
        finally:
            runner.run(Payouts.database.close())
    everywhere = set(itertools.product(PayoutState, (False, True)))
    assert Payouts.reached == everywhere, "the machine does not get everywhere"


@pytest.mark.parametrize("coins", [1, 2, 3, 7, 10**15])
@pytest.mark.parametrize("ratio", [(1, 1), (1, 2), (3, 2), (2, 7), (999_999_937, 7)])
def test_a_rule_uses_no_coin_that_makes_no_diamond(ratio: tuple[int, int], coins: int) -> None:
    from plaudit.creators.model import RewardRule

    rule = RewardRule(1, *ratio, 0, 1, START, "")
    used, diamonds = rule.reward(coins)
    assert used <= coins
    assert diamonds == coins * ratio[0] // ratio[1] == used * ratio[0] // ratio[1]
    assert diamonds == 0 or (used - 1) * ratio[0] // ratio[1] < diamonds
