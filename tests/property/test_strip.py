"""The strip's arithmetic against the most naive way there is: every single coin an object that knows its lot."""

from collections import Counter
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

from plaudit.ledger.model import GiftOrder, GiftShare
from tests.support.machines import START, WalletMachine, on_database, run_machine

pytestmark = [pytest.mark.sql, pytest.mark.unsold]

FUND = "select fund($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
TAKE_BACK = "select * from take_back($1, $2, $3, $4, $5, $6, $7)"
PUT_BACK = "select put_back($1, $2, $3, $4)"
CREATORS = (1, 2)


@dataclass(frozen=True)
class Lot:
    """A lot of the model; `rank` is its place in the order of spending."""

    id: UUID
    coins: int
    is_paid: bool
    created_at: datetime
    expires_at: datetime | None

    @property
    def rank(self) -> tuple[bool, datetime, bool, datetime, UUID]:
        return (self.expires_at is None, self.expires_at or START, self.is_paid, self.created_at, self.id)


@dataclass
class Coin:
    """One coin: of which lot, which gift it paid for and who earned it, and which reversal claims it."""

    lot: Lot
    gift: GiftOrder | None = None
    creator_id: int | None = None
    reversal: UUID | None = None


@dataclass
class Model:
    """A wallet as piles of coins."""

    lots: list[Lot] = field(default_factory=list)
    open: list[Coin] = field(default_factory=list)
    spent: list[Coin] = field(default_factory=list)
    taken: dict[UUID, tuple[Lot, list[Coin], list[Coin]]] = field(default_factory=dict)
    put_back: list[UUID] = field(default_factory=list)

    def fund(self, lot: Lot) -> None:
        self.lots.append(lot)
        self._spendable([Coin(lot) for _ in range(lot.coins)])

    def _spendable(self, coins: list[Coin]) -> None:
        self.open = sorted(self.open + coins, key=lambda coin: coin.lot.rank)

    def unspent_of(self, lot: Lot) -> int:
        return sum(coin.lot is lot for coin in self.open)

    def spend(self, gift: GiftOrder) -> bool:
        if gift.coins > len(self.open):
            return False
        for creator_id in earners(gift):
            coin = self.open.pop(0)
            coin.gift, coin.creator_id = gift, creator_id
            self.spent.append(coin)
        return True

    def take_back(self, reversal: UUID, lot: Lot, coins: int, *, unspent_only: bool) -> tuple[int, int] | None:
        unspent = [coin for coin in self.open if coin.lot is lot][:coins]
        spent = [coin for coin in reversed(self.spent) if coin.lot is lot and coin.reversal is None][
            : coins - len(unspent)
        ]
        if len(unspent) + len(spent) < coins or (unspent_only and spent) or not lot.is_paid:
            return None
        for coin in unspent:
            self.open.remove(coin)
        for coin in spent:
            coin.reversal = reversal
        self.taken[reversal] = lot, unspent, spent
        return len(unspent), len(spent)

    def undo(self, reversal: UUID) -> None:
        _, unspent, spent = self.taken.pop(reversal)
        self._spendable(unspent)
        for coin in spent:
            coin.reversal = None
        self.put_back.append(reversal)

    def expire(self, now: datetime) -> None:
        self.open = [coin for coin in self.open if coin.lot.expires_at is None or coin.lot.expires_at > now]


def earners(gift: GiftOrder) -> list[int]:
    """Of each coin of a gift, who earns it."""
    shares = gift.shares or (GiftShare(gift.creator_id, gift.coins),)
    return [share.creator_id for share in shares for _ in range(share.coins)]


class Strip(WalletMachine):
    """One wallet an example."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()

    @initialize()
    def begin(self) -> None:
        self.fund(coins=9, is_paid=True, days=None)

    @rule(coins=st.integers(1, 12), is_paid=st.booleans(), days=st.sampled_from([None, None, 1, 2]))
    def fund(self, *, coins: int, is_paid: bool, days: int | None) -> None:
        now = self.clock.now()
        lot = Lot(self.new_id(), coins, is_paid, now, now + timedelta(days=days) if days else None)
        kind, reason, price = (
            ("paid", "recharge", (99, "USD")) if is_paid else ("promotional", "promotion", (None, None))
        )
        arguments = (*self.place, lot.id, kind, reason, coins, *price, now, lot.expires_at)
        assert self.ask(FUND, *arguments)[0][0] is True
        assert self.ask(FUND, *arguments)[0][0] is False
        self.model.fund(lot)

    @rule(coins=st.integers(1, 10), creator=st.sampled_from(CREATORS))
    def spend(self, coins: int, creator: int) -> None:
        gift = GiftOrder(self.new_id(), self.viewer, self.viewer + creator, self.viewer + creator, 1, 1, coins)
        outcome = self.runner.run(self.writer.charge(gift)).outcome
        assert outcome == ("posted" if self.model.spend(gift) else "insufficient")

    @rule(first=st.integers(1, 5), second=st.integers(1, 5), turned=st.booleans())
    def spend_on_two(self, first: int, second: int, *, turned: bool) -> None:
        """A gift that two creators earn, in the room of a third."""
        one, other = (self.viewer + creator for creator in (CREATORS[::-1] if turned else CREATORS))
        shares = GiftShare(one, first), GiftShare(other, second)
        host = self.viewer + 3
        gift = GiftOrder(
            self.new_id(), self.viewer, one, host, 1, 1, first + second, shown_shard=self.shards.of(host), shares=shares
        )
        outcome = self.runner.run(self.writer.charge(gift)).outcome
        assert outcome == ("posted" if self.model.spend(gift) else "insufficient")

    @rule(
        choice=st.integers(0, 50),
        portion=st.sampled_from(["one", "half", "half", "all unspent", "all", "one too many"]),
        unspent_only=st.booleans(),
        again=st.booleans(),
    )
    def take_back(self, choice: int, portion: str, *, unspent_only: bool, again: bool) -> None:
        lot = self.model.lots[choice % len(self.model.lots)]
        unspent = self.model.unspent_of(lot)
        left = unspent + sum(coin.lot is lot and coin.reversal is None for coin in self.model.spent)
        free = sum(coin.lot is lot for coin in self.model.open)
        portions = {"one": 1, "half": left // 2, "free and one": free + 1, "all unspent": unspent, "all": left}
        portions["one too many"] = left + 1
        coins = max(1, portions[portion])
        reversal = self.new_id()
        expected = self.model.take_back(reversal, lot, coins, unspent_only=unspent_only)
        arguments = (*self.place, reversal, lot.id, coins, unspent_only, self.clock.now())
        if expected is None:
            with pytest.raises(asyncpg.CheckViolationError):
                self.ask(TAKE_BACK, *arguments)
            return
        for _ in range(1 + again):
            assert tuple(self.ask(TAKE_BACK, *arguments)[0]) == expected

    @rule(before=st.integers(1, 3), between=st.integers(1, 3), after=st.integers(1, 3))
    def spend_a_lot_in_two_stretches(self, before: int, between: int, after: int) -> None:
        """Promotional coins come in the middle of a paid lot: its spent part lies in two places."""
        self.spend(before, CREATORS[0])
        self.fund(coins=between, is_paid=False, days=None)
        self.spend(between, CREATORS[1])
        self.spend(after, CREATORS[0])
        halved = next((place for place, lot in enumerate(self.model.lots) if lot.is_paid), 0)
        self.take_back(halved, "half", unspent_only=False, again=False)

    @precondition(lambda self: self.model.taken)
    @rule(choice=st.integers(0, 50), again=st.booleans())
    def put_back(self, choice: int, *, again: bool) -> None:
        reversal = list(self.model.taken)[choice % len(self.model.taken)]
        assert self.ask(PUT_BACK, *self.place, reversal, self.clock.now())[0][0] is True
        if again:
            assert self.ask(PUT_BACK, *self.place, reversal, self.clock.now())[0][0] is False
        self.model.undo(reversal)

    @precondition(lambda self: self.model.put_back)
    @rule(choice=st.integers(0, 50))
    def take_back_what_was_put_back(self, choice: int) -> None:
        """The same reversal again moves nothing: it is over."""
        reversal = self.model.put_back[choice % len(self.model.put_back)]
        row = self.ask("select * from lot_reversal where reversal_id = $1", reversal)[0]
        coins = row["coins_unspent"] + row["coins_spent"]
        arguments = (*self.place, reversal, row["lot_id"], coins, row["unspent_only"], self.clock.now())
        assert tuple(self.ask(TAKE_BACK, *arguments)[0]) == (row["coins_unspent"], row["coins_spent"])

    @rule(hours=st.sampled_from([1, 30]))
    def wait(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))

    @rule()
    def expire(self) -> None:
        self.ask("select expire_lots($1, 1000)", self.clock.now())
        self.model.expire(self.clock.now())

    @rule(coins=st.integers(2, 5), is_paid=st.booleans())
    def let_a_lot_expire_that_is_being_spent(self, coins: int, *, is_paid: bool) -> None:
        self.fund(coins=coins, is_paid=is_paid, days=1)
        self.spend(coins - 1, CREATORS[0])
        self.wait(30)
        self.expire()

    @rule(begin=st.integers(0, 40), length=st.integers(1, 12))
    def look_who_spent(self, begin: int, length: int) -> None:
        """The gifts of a stretch of the spent coins, the last first; none of coins that are not spent."""
        rows = self.ask("select id from gifts_between($1, $2, $3, $4)", *self.place, begin, begin + length)
        spent = reversed(self.model.spent[begin : begin + length])
        assert [row["id"] for row in rows] == list(dict.fromkeys(coin.gift.id for coin in spent if coin.gift))

    @invariant()
    def the_newest_gift_leads_to_all(self) -> None:
        rows = self.ask("select id from gifts_of($1, $2, null, 0)", *self.place)
        spent = reversed(self.model.spent)
        assert [row["id"] for row in rows] == list(dict.fromkeys(coin.gift.id for coin in spent if coin.gift))

    @invariant()
    def the_strip_is_the_pile(self) -> None:
        rows = self.ask("select * from strip where viewer_id = $1 order by start_coin", self.viewer)
        on_strip = [row["lot_id"] for row in rows for _ in range(row["start_coin"], row["end_coin"])]
        assert on_strip == [coin.lot.id for coin in self.model.spent + self.model.open]

    @invariant()
    def the_wallet_is_the_pile(self) -> None:
        rows = self.ask("select coins, spent from wallet where viewer_id = $1", self.viewer)
        assert [tuple(row) for row in rows] == [(len(self.model.open), len(self.model.spent))]

    @invariant()
    def lots_are_where_their_coins_are(self) -> None:
        rows = self.ask("select * from lot_state where viewer_id = $1", self.viewer)
        unspent = Counter(coin.lot.id for coin in self.model.open)
        spent = Counter(coin.lot.id for coin in self.model.spent)
        claimed = Counter(coin.lot.id for coin in self.model.spent if coin.reversal)
        assert {row["lot_id"]: (row["unspent"], row["spent"], row["reversed_spent"]) for row in rows} == {
            lot.id: (unspent[lot.id], spent[lot.id], claimed[lot.id]) for lot in self.model.lots
        }

    @invariant()
    def marks_are_on_the_gifts_that_were_paid(self) -> None:
        rows = self.ask(
            "select gift_id, reversal_id, creator_id, coins from gift_reversal "
            "where viewer_id = $1 and lifted_at is null",
            self.viewer,
        )
        expected = Counter(
            (coin.gift.id, coin.reversal, coin.creator_id) for coin in self.model.spent if coin.reversal and coin.gift
        )
        assert {(row["gift_id"], row["reversal_id"], row["creator_id"]): row["coins"] for row in rows} == expected

    @invariant()
    def creators_owe_what_is_marked(self) -> None:
        rows = self.ask(
            """select creator_id, sum(case direction when 'take' then coins else -coins end)::bigint as coins
            from clawback where creator_id between $1 and $1 + 9 group by creator_id""",
            self.viewer,
        )
        expected = Counter(coin.creator_id for coin in self.model.spent if coin.reversal)
        assert {row["creator_id"]: row["coins"] for row in rows if row["coins"]} == expected


def hold_against_piles(url: str, *, examples: int, planted: bool = False) -> None:
    """Run the machine on a database.

    Raises:
        AssertionError, Exception: the strip said something the piles do not.
    """
    with on_database(Strip, url):
        run_machine(Strip, examples=examples, steps=40, planted=planted)


def test_the_strip_equals_a_pile_of_single_coins(database_url: str, is_further_server: bool) -> None:
    hold_against_piles(database_url, examples=25 if is_further_server else 100)
