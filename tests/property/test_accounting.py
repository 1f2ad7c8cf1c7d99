"""Closed days against the most naive books there are: every coin an object, counted again at each midnight."""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest

from plaudit.accounting import actions as accounting
from plaudit.accounting import reading
from plaudit.accounting.model import BALANCES, FLOWS, MONEY, DayFigures, Period
from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder
from plaudit.ledger.shards import read_shards
from plaudit.ledger.writer import GiftWriter
from plaudit.money import Money, round_half_up
from plaudit.problems import Problem
from plaudit.selling.orders import actions as order_actions
from plaudit.selling.orders.model import Order, OrderRequest, QuoteRequest
from plaudit.selling.orders.settlement import Seller, settle
from plaudit.selling.providers import payment_providers
from plaudit.selling.providers.news import Payment, PaymentState, ReversalKind, ReversalNews, ReversalState
from plaudit.selling.reversals import actions as reversals
from plaudit.selling.reversals import asking
from plaudit.selling.reversals.model import WithdrawalRequest
from plaudit.settings import Secret, Settings
from tests.property.test_strip import Lot, Model
from tests.support.desk import SELLER
from tests.support.price_shelf import put_on_shelf

pytestmark = [pytest.mark.sql, pytest.mark.unsold]

START = datetime(2027, 3, 28, 21, 30, tzinfo=UTC)
SETTINGS = Settings(
    sandbox_url="http://127.0.0.1:9",
    sandbox_api_key=Secret("-"),
    sandbox_webhook_secret=Secret("whsec_LQ=="),
    **SELLER,
)
SELLERS = {"DE": Seller("ACMEEU", "Acme Europe", "Berlin", ""), "JP": Seller("ACMEJP", "Acme Japan", "Tokyo", "")}
FUND = "select fund($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"

Key = tuple[str, str, str]  # kind, entity, currency


@dataclass
class Purse:
    """One viewer: coins as piles, and what each lot cost."""

    person_id: int
    shard: int
    country: str
    model: Model = field(default_factory=Model)
    orders: list[Order] = field(default_factory=list)


@dataclass
class Naive:
    """What happened, day by day and lot by lot; and the money beside it."""

    keys: dict[UUID, Key] = field(default_factory=dict)
    nets: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    flows: defaultdict[tuple[date, UUID], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    money: defaultdict[tuple[date, Key], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def cost(self, lot_id: UUID, coins: int) -> int:
        net, of = self.nets[lot_id]
        return round_half_up(Fraction(net * coins, of))

    def days(self, first: date, last: date) -> dict[tuple[date, Key], Counter[str]]:
        """The figures of each day that has any."""
        found: dict[tuple[date, Key], Counter[str]] = {}
        held: Counter[UUID] = Counter()
        day = first
        while day <= last:
            figures: defaultdict[Key, Counter[str]] = defaultdict(Counter)
            for lot_id, key in self.keys.items():
                self._roll(figures[key], lot_id, held, self.flows[day, lot_id])
            for key in {*figures, *(key for of, key in self.money if of == day)}:
                figures[key].update({f"{name}_minor": amount for name, amount in self.money[day, key].items()})
                if any(figures[key].values()):
                    found[day, key] = figures[key]
            day += timedelta(days=1)
        return found

    def _roll(self, figures: Counter[str], lot_id: UUID, held: Counter[UUID], moved: Counter[str]) -> None:
        figures["opening_coins"] += held[lot_id]
        figures["opening_minor"] += self.cost(lot_id, held[lot_id])
        for name in FLOWS:
            sign = 1 if name in {"sold", "put_back"} else -1
            before = self.cost(lot_id, held[lot_id])
            held[lot_id] += sign * moved[name]
            figures[f"{name}_coins"] += moved[name]
            figures[f"{name}_minor"] += sign * (self.cost(lot_id, held[lot_id]) - before)
        figures["closing_coins"] += held[lot_id]
        figures["closing_minor"] += self.cost(lot_id, held[lot_id])


class World:
    """A few viewers of two sellers, and what they do."""

    def __init__(self, database: Database, seed_number: int) -> None:
        self.database = database
        self.random = random.Random(seed_number)
        self.clock = ManualClock(START)
        self.naive = Naive()
        self.purses: list[Purse] = []
        self.known: dict[UUID, str] = {}
        self.lost: Counter[UUID] = Counter()
        self.seen: list[tuple[datetime, Counter[Key]]] = []
        self.providers = payment_providers(SETTINGS)

    async def open(self, owner: OwnConnection) -> None:
        await put_on_shelf(self.database.url, ManualClock(START - timedelta(days=1)))
        async with self.database.transaction() as connection:
            await connection.execute("select ensure_gift_partitions($1, 2)", START)
            shards = await read_shards(connection)
        issuer_id = await owner.fetchval(
            """insert into issuer (issuer, audience, jwks, allowed_roles, active, created_at)
            values ('test', 'test', '{}', '{}', true, $1) returning id""",
            START,
        )
        for country in ("DE", "JP", "JP", "DE"):
            person_id = await owner.fetchval(
                """insert into person (issuer_id, subject, handle, display_name, avatar, country, created_at)
                values ($3, gen_random_uuid()::text, 'x', 'x', '', $1, $2) returning id""",
                country,
                START,
                issuer_id,
            )
            self.purses.append(Purse(person_id, shards.of(person_id), country))
        self.writer = GiftWriter(self.database.connect, shards, self.clock)
        await self.writer.start()

    async def close(self) -> None:
        await self.writer.stop()
        await self.providers.close()

    @property
    def today(self) -> date:
        return self.clock.now().date()

    async def step(self) -> None:
        self.clock.advance(timedelta(minutes=self.random.choice([1, 20, 50, 200, 600])))
        purse = self.random.choice(self.purses)
        await self.random.choices(
            [self.buy, self.grant, self.give, self.reverse, self.withdraw, self.undo, self.expire, self.close_some],
            [5, 2, 9, 4, 1, 3, 2, 3],
        )[0](purse)
        unspent: Counter[Key] = Counter()
        for one in self.purses:
            unspent.update(self.naive.keys[coin.lot.id] for coin in one.model.open)
        self.seen.append((self.clock.now() + timedelta(milliseconds=1), unspent))

    async def buy(self, purse: Purse) -> None:
        async with self.database.transaction() as connection:
            asked = QuoteRequest(id=new_id(self.clock), coins=self.random.randint(70, 250))
            quote, *_ = await order_actions.make_quote(
                connection, purse.person_id, asked, SETTINGS, self.clock, providers=self.providers
            )
            wanted = OrderRequest(id=new_id(self.clock), quote_id=quote.quote_id, provider="sandbox")
            order = await order_actions.place_order(
                connection, purse.person_id, wanted, self.providers, SETTINGS, self.clock
            )
            payment = Payment(
                id=f"pay-{order.order_id}", reference=order.reference, state=PaymentState.PAID, amount=order.price,
                fee_minor=7,
            )  # fmt: skip
            await settle(connection, order, payment, SELLERS[purse.country], self.clock.now())
        purse.orders.append(order)
        key = ("paid", SELLERS[purse.country].code, order.currency)
        self._fund(purse, Lot(order.order_id, order.coins, True, self.clock.now(), None), key, order.net_minor)
        self.naive.money[self.today, key].update(gross_sales=order.price_minor, sale_tax=order.tax_minor, sale_fee=7)

    async def grant(self, purse: Purse) -> None:
        """Promotional coins, and paid ones that came otherwise than by an order; both may expire."""
        now = self.clock.now()
        is_paid = self.random.random() < 0.3
        lot = Lot(
            new_id(self.clock), self.random.randint(1, 60), is_paid, now,
            self.random.choice([None, now + timedelta(hours=30)]),
        )  # fmt: skip
        kind, reason, price = ("paid", "recharge", 101) if is_paid else ("promotional", "promotion", None)
        async with self.database.transaction() as connection:
            currency = "JPY" if is_paid else None
            await connection.execute(
                FUND,
                purse.shard,
                purse.person_id,
                lot.id,
                kind,
                reason,
                lot.coins,
                price,
                currency,
                now,
                lot.expires_at,
            )
        self._fund(purse, lot, (kind, "", "JPY" if is_paid else ""), price or 0)

    def _fund(self, purse: Purse, lot: Lot, key: Key, net: int) -> None:
        purse.model.fund(lot)
        self.naive.keys[lot.id] = key
        self.naive.nets[lot.id] = net, lot.coins
        self.naive.flows[self.today, lot.id]["sold"] += lot.coins

    async def give(self, purse: Purse) -> None:
        coins = self.random.randint(1, max(1, len(purse.model.open) * 2 // 3))
        gift = GiftOrder(new_id(self.clock), purse.person_id, 1, 1, 1, 1, coins)
        outcome = await self.writer.charge(gift)
        before = len(purse.model.spent)
        assert purse.model.spend(gift) == (outcome.outcome == "posted")
        for coin in purse.model.spent[before:]:
            self.naive.flows[self.today, coin.lot.id]["used"] += 1

    async def reverse(self, purse: Purse) -> None:
        if not purse.orders:
            return
        order = self.random.choice(purse.orders)
        minor = max(1, order.price_minor // self.random.choice([1, 2, 3]))
        await self._tell(purse, order, ReversalNews(
            id=str(new_id(self.clock)), kind=self.random.choice(list(ReversalKind)), payment_id=f"pay-{order.order_id}",
            state=self.random.choice([ReversalState.OPENED, ReversalState.DONE]), amount=Money(minor, order.currency),
            fee_minor=self.random.choice([0, 15]),
        ))  # fmt: skip

    async def undo(self, purse: Purse) -> None:
        async with self.database.read() as connection:
            rows = await connection.fetch(
                """select * from reversal
                where person_id = $1 and state <> 'undone' and provider_reversal_id is not null order by reversal_id""",
                purse.person_id,
            )
        if not rows:
            return
        row = self.random.choice(rows)
        order = next(order for order in purse.orders if order.order_id == row["order_id"])
        await self._tell(purse, order, ReversalNews(
            id=row["provider_reversal_id"], kind=ReversalKind(row["kind"]), payment_id=f"pay-{order.order_id}",
            state=ReversalState.UNDONE, amount=Money(row["claimed_minor"], order.currency),
        ))  # fmt: skip

    async def _tell(self, purse: Purse, order: Order, news: ReversalNews) -> None:
        async with self.database.transaction() as connection:
            await reversals.apply_reversal_news(connection, order, news, SELLERS[purse.country], self.clock.now())
        await self._notice(purse)

    async def withdraw(self, purse: Purse) -> None:
        if not purse.orders:
            return
        asked = WithdrawalRequest(id=new_id(self.clock), order_id=self.random.choice(purse.orders).order_id)
        try:
            async with self.database.transaction() as connection:
                await asking.withdraw(connection, self.providers, purse.person_id, asked, SETTINGS, self.clock)
        except Problem:
            return
        await self._notice(purse)

    async def _notice(self, purse: Purse) -> None:
        """What became of reversals, as their rows say; which coins it took is for the model to say."""
        async with self.database.read() as connection:
            rows = await connection.fetch(
                "select * from reversal where person_id = $1 order by created_at, step", purse.person_id
            )
        lots = {lot.id: lot for lot in purse.model.lots}
        for row in rows:
            reversal_id, lot = row["reversal_id"], lots[row["order_id"]]
            money = self.naive.money[self.today, self.naive.keys[lot.id]]
            column = "chargebacks" if row["kind"] == "chargeback" else "gross_refunds"
            flows = self.naive.flows[self.today, lot.id]
            if reversal_id not in self.known:
                if row["coins"]:
                    taken = purse.model.take_back(reversal_id, lot, row["coins"], unspent_only=False)
                    assert taken == (row["coins_unspent"], row["coins_spent"])
                    flows["refunded"] += row["coins_unspent"]
                self._money(money, column, row, 1)
                money["dispute_fee"] += row["dispute_fee_minor"]
            elif row["state"] == "undone" and self.known[reversal_id] != "undone":
                if row["coins"]:
                    purse.model.undo(reversal_id)
                    flows["put_back"] += row["coins_unspent"]
                self._money(money, column, row, -1)
                money["dispute_fee"] -= row["dispute_fee_minor"] if row["dispute_fee_returned"] else 0
            self.known[reversal_id] = row["state"]
            lost = 0 if row["excess_returned"] or row["state"] == "undone" else row["excess_minor"]
            money[column] += lost - self.lost[reversal_id]
            self.lost[reversal_id] = lost

    @staticmethod
    def _money(money: Counter[str], column: str, row: Any, sign: int) -> None:
        money[column] += sign * row["amount_minor"]
        money["refund_tax"] += sign * row["tax_minor"]
        money["refund_fee"] += sign * row["fee_returned_minor"]

    async def expire(self, _: Purse) -> None:
        async with self.database.transaction() as connection:
            await connection.fetchval("select expire_lots($1, 100)", self.clock.now())
        for purse in self.purses:
            before = Counter(coin.lot.id for coin in purse.model.open)
            purse.model.expire(self.clock.now())
            before.subtract(coin.lot.id for coin in purse.model.open)
            for lot_id, coins in before.items():
                self.naive.flows[self.today, lot_id]["expired"] += coins

    async def close_some(self, _: Purse) -> None:
        """The job runs, and is stopped somewhere."""
        await accounting.close_due(self.database, self.clock, slices_max=self.random.choice([1, 7, 40, 1_000]))


async def closed_days(database: Database, period: Period) -> dict[tuple[date, Key], DayFigures]:
    rows = [row async for page in reading.all_days(database, period) for row in page]
    return {(row.day, (row.kind, row.entity, row.currency)): row for row in rows}


@pytest.mark.parametrize("seed_number", range(5))
async def test_closed_days_equal_naive_books(
    seed_number: int, database: Database, owner_connection: OwnConnection
) -> None:
    world = World(database, seed_number)
    await world.open(owner_connection)
    for _ in range(90):
        await world.step()
    await world.close()
    last = world.today
    world.clock.advance(timedelta(days=1, hours=2))
    while await accounting.close_due(database, world.clock):
        pass
    assert {key[2] for key in world.naive.keys.values()} == {"EUR", "JPY", ""}

    found = await closed_days(database, Period(START.date(), last))
    expected = world.naive.days(START.date(), last)
    assert found.keys() == expected.keys()
    for key, figures in expected.items():
        row = found[key]
        names = [f"{name}_{form}" for name in BALANCES for form in ("coins", "minor")]
        names += [f"{name}_minor" for name in MONEY if name != "revenue_reversed"]
        assert {name: getattr(row, name) for name in names} == {name: figures[name] for name in names}, key
        net_refunds = figures["gross_refunds_minor"] + figures["chargebacks_minor"] - figures["refund_tax_minor"]
        assert row.revenue_reversed_minor == net_refunds - figures["refunded_minor"] + figures["put_back_minor"]

    async with database.snapshot() as connection:
        for moment, unspent in world.random.sample(world.seen, 12):
            counted: Counter[Key] = Counter()
            for one in await reading.unspent_at(connection, moment):
                counted[one.kind, one.entity, one.currency] += one.coins
            assert counted == +unspent

    async with database.transaction() as connection:
        await accounting.reopen(connection, START.date() + timedelta(days=1), "A test.", world.clock)
    while await accounting.close_due(database, world.clock):
        pass
    assert await closed_days(database, Period(START.date(), last)) == found
