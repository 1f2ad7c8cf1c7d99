"""Money in, spent and back again, told in any order and any number of times, against what really happened.

The provider's truth is kept in plain Python. Every change of it makes a message; messages are delivered at any time, in
any order, more than once, and again later when they have to wait. When all have come, the books must say the truth.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
import hypothesis.strategies as st
import pytest
from hypothesis.stateful import initialize, invariant, precondition, rule

from plaudit.clock import ManualClock
from plaudit.creators import clawback
from plaudit.inbox.model import NewsOutcome
from plaudit.ledger.model import GiftOrder
from plaudit.money import Money
from plaudit.problems import Problem
from plaudit.selling.inbox.applying import apply_news
from plaudit.selling.orders import actions
from plaudit.selling.orders.model import Order, OrderRequest, QuoteRequest
from plaudit.selling.providers import PaymentProviders, payment_providers
from plaudit.selling.providers.news import (
    News,
    Payment,
    PaymentNews,
    PaymentState,
    ReversalKind,
    ReversalNews,
    ReversalState,
)
from plaudit.selling.reversals import actions as reversals
from plaudit.selling.reversals import asking, execution
from plaudit.selling.reversals.amounts import Amounts, part_of_money
from plaudit.selling.reversals.model import RefundRequest, Reversal, WithdrawalRequest
from plaudit.settings import Secret, Settings
from plaudit.statements import statements
from tests.support.databases import broken_laws, run_aside
from tests.support.desk import SELLER
from tests.support.machines import START, BooksMachine, on_database, run_machine
from tests.support.plants import finders
from tests.support.price_shelf import publish_first_book

SETTINGS = Settings(
    sandbox_url="http://127.0.0.1:9",
    sandbox_api_key=Secret("-"),
    sandbox_webhook_secret=Secret("whsec_LQ=="),
    vault_keys=Secret("v" * 32),
    **SELLER,
)
_LEDGER = statements("plaudit.ledger")


@dataclass
class Truth:
    """A refund, dispute or void as the provider has it."""

    id: str
    kind: ReversalKind
    state: ReversalState
    minor: int
    ours: UUID | None = None

    @property
    def stands(self) -> bool:
        return self.state is not ReversalState.UNDONE


@dataclass
class Sale:
    """An order as the provider has it: paid or not, and what went back of it."""

    order: Order
    payment: Payment
    is_void_only: bool
    is_paid: bool = False
    reversals: dict[str, Truth] = field(default_factory=dict)

    @property
    def refunded(self) -> int:
        """What the provider itself gave back: it never gives more than it took."""
        kinds = {ReversalKind.REFUND, ReversalKind.VOID}
        return sum(truth.minor for truth in self.reversals.values() if truth.stands and truth.kind in kinds)

    @property
    def held(self) -> int:
        claims = sum(truth.minor for truth in self.reversals.values() if truth.stands)
        return min(claims, self.order.price_minor)


class MoneyPath(BooksMachine):
    """One viewer and one creator an example."""

    providers: ClassVar[PaymentProviders]

    def __init__(self) -> None:
        super().__init__()
        self.draw = random.Random(0)
        self.sales: list[Sale] = []
        self.untold: list[News] = []
        self.told: list[News] = []
        self.given = 0
        people = """insert into person (issuer_id, subject, handle, display_name, avatar, country, created_at)
            select 1, s, s, s, '', 'GB', $2 from unnest($1::text[]) s returning id"""
        names = [f"viewer {self.examples}", f"creator {self.examples}"]
        self.viewer, self.creator = [row["id"] for row in self.runner.run(self.owner.fetch(people, names, START))]

    def teardown(self) -> None:
        self.everything_arrives()

    @classmethod
    async def open(cls) -> None:
        await super().open()
        cls.providers = payment_providers(SETTINGS)
        await cls.owner.execute(
            """insert into issuer (issuer, audience, jwks, allowed_roles, created_at)
            values ('https://host.test', 'plaudit', '{}', '{viewer}', now())"""
        )
        async with cls.owner.transaction():
            await publish_first_book(cls.owner, ManualClock(START - timedelta(days=1)))

    @classmethod
    async def close(cls) -> None:
        await cls.providers.close()
        await super().close()

    def _ask(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        async def ask() -> list[asyncpg.Record]:
            async with self.database.transaction() as connection:
                return await connection.fetch(sql, *arguments)

        return self.runner.run(ask())

    @initialize()
    def begin(self) -> None:
        for is_void_only in (False, True, False):
            self.order(coins=200, is_void_only=is_void_only)
        for choice in range(3):
            self.pay(choice)
            self.hear(0, again=False)
        self.give(portion=2)

    # What really happens

    @rule(coins=st.integers(70, 700), is_void_only=st.booleans())
    def order(self, *, coins: int, is_void_only: bool) -> None:
        async def place() -> Order:
            async with self.database.transaction() as connection:
                wanted = QuoteRequest(id=self.new_id(), coins=coins)
                quote, *_ = await actions.make_quote(
                    connection, self.viewer, wanted, SETTINGS, self.clock, providers=self.providers
                )
                asked = OrderRequest(id=self.new_id(), quote_id=quote.quote_id, provider="sandbox")
                return await actions.place_order(connection, self.viewer, asked, self.providers, SETTINGS, self.clock)

        order = self.runner.run(place())
        payment = Payment(
            id=f"pay-{order.order_id}", reference=order.reference, state=PaymentState.OPEN, amount=order.price
        )
        self.sales.append(Sale(order, payment, is_void_only))

    @rule(choice=st.integers(0, 20))
    def pay(self, choice: int) -> None:
        sale = self.sales[choice % len(self.sales)]
        if not sale.is_paid:
            sale.is_paid = True
            paid = Payment(
                id=sale.payment.id,
                reference=sale.payment.reference,
                state=PaymentState.PAID,
                amount=sale.order.price,
                fee_minor=3,
                paid_at=self._moment(),
            )
            self.untold.append(PaymentNews(payment=paid))

    @rule(choice=st.integers(0, 20), portion=st.sampled_from([1, 2, 3]), is_done=st.booleans())
    def refund_at_the_desk(self, choice: int, portion: int, *, is_done: bool) -> None:
        self._begin(choice, ReversalKind.REFUND, portion, ReversalState.DONE if is_done else ReversalState.OPENED)

    @rule(choice=st.integers(0, 20), portion=st.sampled_from([1, 1, 2]))
    def dispute(self, choice: int, portion: int) -> None:
        """A bank may dispute what was refunded already: more is claimed than was paid."""
        self._begin(choice, ReversalKind.CHARGEBACK, portion, ReversalState.OPENED)

    def _begin(self, choice: int, kind: ReversalKind, portion: int, state: ReversalState) -> None:
        sale = self.sales[choice % len(self.sales)]
        price = sale.order.price_minor
        minor = price // portion
        if kind is ReversalKind.REFUND:
            minor = min(minor, price - sale.refunded)
        if sale.is_paid and not sale.is_void_only and minor > 0:
            truth = Truth(f"{kind}-{self.new_id()}", kind, state, minor)
            sale.reversals[truth.id] = truth
            self._tell(sale, truth)

    @rule(choice=st.integers(0, 20), share_percent=st.sampled_from([20, 50, 100]))
    def void(self, choice: int, share_percent: int) -> None:
        """A store takes a share back, and later more of it: each message says how much in all."""
        sale = self.sales[choice % len(self.sales)]
        if not (sale.is_paid and sale.is_void_only):
            return
        truth = sale.reversals.setdefault(
            "void", Truth(f"void-{sale.order.order_id}", ReversalKind.VOID, ReversalState.DONE, 0)
        )
        minor = round(Fraction(sale.order.price_minor * share_percent, 100) + Fraction(1, 10**9))
        if truth.stands and minor <= truth.minor:
            return
        truth.state, truth.minor = ReversalState.DONE, minor
        self._tell(sale, truth, share_ppm=share_percent * 10_000)

    @rule(choice=st.integers(0, 20), which=st.integers(0, 20), is_won=st.booleans())
    def dispute_and_decide(self, choice: int, which: int, *, is_won: bool) -> None:
        self.dispute(choice, 1)
        self.decide(choice, which, is_won=is_won)

    @rule(choice=st.integers(0, 20), which=st.integers(0, 20), is_won=st.booleans())
    def decide(self, choice: int, which: int, *, is_won: bool) -> None:
        """A refund arrives or fails, a dispute is lost or won, a void is lifted."""
        sale = self.sales[choice % len(self.sales)]
        if not sale.reversals:
            return
        truth = list(sale.reversals.values())[which % len(sale.reversals)]
        if truth.state is ReversalState.UNDONE or (truth.state is ReversalState.DONE and not is_won):
            return
        truth.state = ReversalState.UNDONE if is_won else ReversalState.DONE
        self._tell(sale, truth, share_ppm=0 if truth.kind is ReversalKind.VOID else None)

    def _moment(self) -> datetime:
        self.clock.advance(timedelta(seconds=1))
        return self.clock.now()

    def _tell(self, sale: Sale, truth: Truth, share_ppm: int | None = None) -> None:
        amount = Money(truth.minor, sale.order.currency) if share_ppm is None else None
        self.untold.append(
            ReversalNews(
                id=truth.id,
                kind=truth.kind,
                payment_id=sale.payment.id,
                state=truth.state,
                reversal_id=truth.ours,
                amount=amount,
                share_ppm=share_ppm,
                at=self._moment(),
            )
        )

    # What is done here

    @rule(choice=st.integers(0, 20), coins=st.integers(1, 60), is_withdrawal=st.booleans(), works=st.booleans())
    def give_back(self, choice: int, coins: int, *, is_withdrawal: bool, works: bool) -> None:
        """The buyer takes back what is unspent, or an operator refunds; then the provider does it, or fails."""
        sale = self.sales[choice % len(self.sales)]
        if sale.is_void_only:
            return
        reversal_id = self.new_id()

        async def ask() -> int | None:
            try:
                async with self.database.transaction() as connection:
                    if is_withdrawal:
                        wanted = WithdrawalRequest(id=reversal_id, order_id=sale.order.order_id)
                        made = await asking.withdraw(
                            connection, self.providers, self.viewer, wanted, SETTINGS, self.clock
                        )
                    else:
                        some = RefundRequest(id=reversal_id, coins=coins, reason="A test.")
                        order_id = sale.order.order_id
                        giving = await asking.plan_refund(connection, self.providers, 1, order_id, some, self.clock)
                        assert not isinstance(giving, Reversal), "its id is new"
                        made = await asking.give(connection, giving, 1, self.clock)
            except Problem:
                return None
            return made.amount_minor

        minor = self.runner.run(ask())
        if minor is None:
            return
        works = works and minor <= sale.order.price_minor - sale.refunded
        state = ReversalState.DONE if works else ReversalState.UNDONE
        truth = Truth(f"ours-{reversal_id}", ReversalKind.REFUND, state, minor, reversal_id)
        sale.reversals[truth.id] = truth
        self._tell(sale, truth)

    @rule(portion=st.integers(1, 4))
    def give(self, portion: int) -> None:
        """A part of what there is, or all of it."""
        rows = self._ask("select coins from wallet where viewer_id = $1", self.viewer)
        coins = max(1, rows[0]["coins"] // portion) if rows else 1
        gift = GiftOrder(self.new_id(), self.viewer, self.creator, self.creator, 1, 1, coins)
        if self.runner.run(self.writer.charge(gift)).outcome == "posted":
            self.given += coins

    @rule()
    def deliver_and_claw_back(self) -> None:
        for shard in self.shards.all():
            for source in self.shards.all():
                while self._ask(_LEDGER["deliver"], shard, source, self.clock.now(), 50, [self.creator]):
                    pass

        async def apply() -> None:
            async with self.database.read() as connection:
                while claimed := await clawback.CLAWBACKS.take(connection, self.clock, 500):
                    for due in claimed:
                        async with connection.transaction():
                            await clawback.apply(connection, self.clock, due)

        self.runner.run(apply())

    # What is heard of it

    @precondition(lambda self: self.untold or self.told)
    @rule(choice=st.integers(0, 50), again=st.booleans())
    def hear(self, choice: int, *, again: bool) -> None:
        """Any message there is, told before or not."""
        messages = self.told if again and self.told else self.untold or self.told
        self._hear(messages[choice % len(messages)])

    def _hear(self, news: News) -> NewsOutcome:
        async def hear() -> NewsOutcome:
            async with self.database.transaction() as connection:
                return (await apply_news(connection, "sandbox", news, SETTINGS, self.clock)).outcome

        outcome = self.runner.run(hear())
        if outcome is not NewsOutcome.WAITING and news in self.untold:
            self.untold.remove(news)
            self.told.append(news)
        return outcome

    @rule()
    def everything_arrives(self) -> None:
        """All that is still under way, some of it twice, in any order, with what was told before; then all is true."""
        rounds = 0
        while self.untold:
            rounds += 1
            assert rounds < 20, "messages wait for ever"
            batch = self.untold + self.draw.sample(self.told, min(3, len(self.told))) + self.untold[:2]
            self.draw.shuffle(batch)
            for news in batch:
                self._hear(news)
        self.deliver_and_claw_back()
        self._books_say_the_truth()

    def _books_say_the_truth(self) -> None:
        orders = [sale.order.order_id for sale in self.sales]
        rows = self._ask(
            """select o.order_id, o.state, coalesce(r.reversed_minor, 0) as minor,
                coalesce(r.reversed_coins, 0) as coins
            from recharge_order o left join order_reversed r using (shard, order_id) where o.order_id = any ($1)""",
            orders,
        )
        found = {row["order_id"]: row for row in rows}
        for sale in self.sales:
            row = found[sale.order.order_id]
            assert (row["state"] == "paid") == sale.is_paid
            assert row["minor"] == sale.held, f"{sale.order.order_id}: {row['minor']} is held, {sale.reversals}"
            share = Fraction(sale.order.coins * sale.held, sale.order.price_minor)
            # Each rounding and each undoing in between may leave the coins a little off the proportion of the money.
            assert abs(row["coins"] - share) <= 2 + sale.order.coins // sale.order.price_minor * (
                len(sale.reversals) + 1
            )
            if sale.held in (0, sale.order.price_minor):
                assert row["coins"] == share

    @invariant()
    def wallet_is_what_lots_say(self) -> None:
        bought = self._ask(
            """select coalesce(sum(unspent), 0)::bigint as unspent, coalesce(sum(spent), 0)::bigint as spent
            from lot_state where viewer_id = $1""",
            self.viewer,
        )[0]
        rows = self._ask("select coins, spent from wallet where viewer_id = $1", self.viewer)
        assert [tuple(row) for row in rows] == [(bought["unspent"], bought["spent"])]
        assert bought["spent"] == self.given

    @invariant()
    def never_more_goes_back_than_was_paid(self) -> None:
        rows = self._ask(
            """select asset, sum(case debit_kind when 'buyers' then amount else -amount end)::bigint as kept
            from transfer where reason not in ('refund_excess', 'refund_excess_undone') and reference in (
                select order_id from recharge_order where person_id = $1
                union all select reversal_id from reversal where person_id = $1)
            and 'buyers' in (debit_kind, credit_kind) group by asset""",
            self.viewer,
        )
        assert rows
        assert min(row["kept"] for row in rows) >= 0

    @invariant()
    def the_creator_has_what_is_not_marked(self) -> None:
        row = self._ask(
            """select coalesce(sum(received), 0)::bigint as received, coalesce(sum(balance), 0)::bigint as balance,
                (select coalesce(sum(coins), 0) from clawback_part
                    where creator_id = $1 and returned_at is null)::bigint as clawed
            from gift_balance where creator_id = $1""",
            self.creator,
        )[0]
        assert row["received"] == row["balance"] + row["clawed"]


def hold_against_truth(url: str, *, examples: int, planted: bool = False) -> None:
    """Run the machine on a database.

    Raises:
        AssertionError, Exception: the books say something that did not happen.
    """
    with on_database(MoneyPath, url):
        run_machine(MoneyPath, examples=examples, steps=30, planted=planted)


@pytest.mark.sql
def test_the_books_say_what_happened(database_url: str, is_further_server: bool) -> None:
    hold_against_truth(database_url, examples=10 if is_further_server else 40)
    assert run_aside(broken_laws(database_url)) == []


async def _nothing(*_: object) -> None:
    """What a forgetful programmer wrote."""


async def _never_heard_of(*_: object) -> tuple[NewsOutcome, str]:
    return NewsOutcome.IGNORED, ""


def _of_all_that_was_paid(paid: Amounts, _: Amounts, minor: int, step_minor: int) -> Amounts:
    return part_of_money(paid, Amounts(), minor, step_minor)


# Module, name, what stands there instead, and the rule, invariant, constraint or law that must see it.
BUGS: dict[str, tuple[Any, str, Any, str]] = {
    "what another held is not claimed when it is let go": (reversals, "catch_up", _nothing, "_books_say_the_truth"),
    "whatever is undone stays forgotten": (reversals, "_undone", _never_heard_of, "_books_say_the_truth"),
    "what is undone is taken again": (reversals, "_is_anew", lambda *_: True, "_books_say_the_truth"),
    "claims have no end": (
        execution,
        "part_of_money",
        _of_all_that_was_paid,
        "_books_say_the_truth or order_not_over_refunded",
    ),
}


@pytest.mark.audit_off
@pytest.mark.parametrize("bug", BUGS)
def test_planted_bug_is_found(bug: str, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, wrong, found_by = BUGS[bug]
    monkeypatch.setattr(module, name, wrong)
    found = finders(database_url, lambda: hold_against_truth(database_url, examples=400, planted=True))
    assert found & set(found_by.split(" or "))
