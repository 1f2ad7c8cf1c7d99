"""Limits that belong to the spender, against a plain model of what was given, by whom, when, and what is held."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import initialize, invariant, rule

from plaudit.brakes import actions, reading
from plaudit.brakes.model import MILLIONTHS, Kind, NewBreak, NewLimit
from plaudit.connections import Connection
from plaudit.ids import new_id
from plaudit.ledger import holds
from plaudit.ledger.model import GiftOrder, GiftOutcome
from plaudit.ledger.writer import GiftWriter
from plaudit.limits import LIMIT_AMOUNT_MINOR_MAX
from tests.support.machines import BooksMachine, on_database, run_machine

pytestmark = [pytest.mark.sql, pytest.mark.unsold]

PEOPLE = """
insert into person (id, issuer_id, subject, handle, display_name, avatar, created_at, platform_roles)
overriding system value
select n, i.id, n::text, 'p' || n, n::text, 'a', now(), '{viewer}' from generate_series($1::bigint, $1 + 3) n
cross join (select min(id) as id from issuer) i
"""
ISSUER = """
insert into issuer (issuer, audience, jwks, allowed_roles, active, created_at)
values ('https://brakes.test', 'a', '{}', '{viewer}', true, now()) on conflict do nothing"""
FUND = "select fund($1, $2, $3, $4, $5, $6, $7, $8, $9)"
LINK = """
insert into person_link (id, person_id, other_id, note, linked_by, linked_at) values ($1, $2, $3, 'one', $4, $5)"""
UNLINK = "update person_link set ended_by = $2, ended_at = $3 where id = $1"

COIN_WORTH = 1_500_000
"""What a coin is worth that was not bought in dollars: a cent and a half."""
LIMITED = (Kind.DAY, Kind.WEEK, Kind.MONTH, Kind.SESSION, Kind.GIFT, Kind.CREATOR, Kind.ASK)
GAP = timedelta(minutes=30)
ZONES = ("UTC", "Asia/Tokyo", "America/Los_Angeles", "Europe/Berlin")
DELAYS = {Kind.WEEK: 7, Kind.MONTH: 7, Kind.CREATOR: 7}


class Prices:
    """Of every person."""

    async def coin_worth(self, _: int) -> tuple[str, int] | None:
        return "USD", COIN_WORTH


@dataclass
class Given:
    """A gift in the model."""

    viewer: int
    creator: int
    worth: int
    at: datetime


@dataclass
class Windows:
    """Those of a spender that are under way: where each began, and where it ends."""

    of: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    session_since: datetime | None = None


PERIODS = ("day", "week", "month")


def boundary(period: str, at: datetime, zone: str, after: int) -> datetime:
    """Where the period of a moment began (0), or ends (1)."""
    day: date = at.astimezone(ZoneInfo(zone)).date()
    if period == "week":
        day = day - timedelta(days=day.weekday()) + timedelta(days=7 * after)
    elif period == "month":
        day = day.replace(day=1)
        if after:
            day = (day + timedelta(days=32)).replace(day=1)
    else:
        day += timedelta(days=after)
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(at.tzinfo)


class Model:
    """What holds whom, in the plainest way: all gifts are looked at each time."""

    def __init__(self) -> None:
        self.coins: dict[int, list[int]] = defaultdict(list)
        """The worth of each unspent coin, in the order in which they are spent."""
        self.gifts: list[Given] = []
        self.said: dict[tuple[int, Kind], list[tuple[datetime, datetime, int | None]]] = defaultdict(list)
        self.zones: dict[int, str] = {}
        self.first_said: dict[int, datetime] = {}
        self.pauses: dict[int, datetime] = {}
        self.links: set[tuple[int, int]] = set()
        self.windows: dict[int, Windows] = {}
        """Of each account; those of one person have the same."""

    def members(self, viewer: int) -> list[int]:
        found = {viewer}
        while True:
            more = found | {b for a, b in self.links if a in found} | {a for a, b in self.links if b in found}
            if more == found:
                return sorted(found)
            found = more

    def in_force(self, viewer: int, kind: Kind, now: datetime) -> int | None:
        said = [one for one in self.said[viewer, kind] if one[1] <= now]
        return max(said, key=lambda one: one[1])[2] if said else None

    def strictest(self, viewer: int, kind: Kind, now: datetime) -> int | None:
        found = [self.in_force(one, kind, now) for one in self.members(viewer)]
        return min((one for one in found if one is not None), default=None)

    def is_braked(self, viewer: int, now: datetime) -> bool:
        return any(self.strictest(viewer, kind, now) is not None for kind in LIMITED) or any(
            self.pauses.get(one, now) > now for one in self.members(viewer)
        )

    def zone(self, viewer: int) -> str:
        first = min(
            (one for one in self.members(viewer) if one in self.first_said), key=lambda v: (self.first_said[v], v)
        )
        return self.zones[first]

    def lay(self, viewer: int, now: datetime, zone_before: str | None) -> None:
        """Windows begin, or go on."""
        members = self.members(viewer)
        if not self.is_braked(viewer, now):
            for one in members:
                self.windows.pop(one, None)
            return
        zone = self.zone(viewer)
        before = next((self.windows[one] for one in members if one in self.windows), None)
        windows = Windows()
        if before is not None:
            self.turn(before, members, now, zone_before or zone)
            windows.of, windows.session_since = dict(before.of), before.session_since
            if zone_before is not None and zone_before != zone:
                for name, (since, until) in windows.of.items():
                    windows.of[name] = since, boundary(name, until - timedelta(microseconds=1), zone, 1)
        for one in members:
            self.windows[one] = windows
        self.turn(windows, members, now, zone)

    def turn(self, windows: Windows, members: list[int], now: datetime, zone: str) -> None:
        for name in PERIODS:
            if name not in windows.of or now >= windows.of[name][1]:
                windows.of[name] = boundary(name, now, zone, 0), boundary(name, now, zone, 1)
        last = max((one.at for one in self.gifts if one.viewer in members), default=None)
        if windows.session_since is None or (last is not None and now - last >= GAP):
            windows.session_since = now

    def worth(self, viewer: int, coins: int) -> int:
        ahead = self.coins[viewer][:coins]
        return sum(ahead) + (coins - len(ahead)) * COIN_WORTH

    def give(
        self, viewer: int, creator: int, coins: int, now: datetime, confirmed: int | None
    ) -> tuple[str, str | None]:
        """What becomes of a gift, and what holds it."""
        worth = self.worth(viewer, coins)
        if self.is_braked(viewer, now):
            held = self.held(viewer, creator, worth, now, confirmed)
            if held:
                return "braked", held
        if len(self.coins[viewer]) < coins:
            return "insufficient", None
        del self.coins[viewer][:coins]
        self.gifts.append(Given(viewer, creator, worth, now))
        return "posted", None

    def given(self, viewer: int, since: datetime, creator: int | None = None) -> int:
        members = self.members(viewer)
        return sum(
            one.worth
            for one in self.gifts
            if one.viewer in members and one.at >= since and creator in {None, one.creator}
        )

    def held(self, viewer: int, creator: int, worth: int, now: datetime, confirmed: int | None) -> str | None:
        members = self.members(viewer)
        if any(self.pauses.get(one, now) > now for one in members):
            return "pause"
        windows = self.windows[viewer]
        self.turn(windows, members, now, self.zone(viewer))
        last = max((one.at for one in self.gifts if one.viewer in members), default=now)
        assert windows.session_since is not None
        since = {name: windows.of[name][0] for name in PERIODS} | {"session": windows.session_since}
        until: dict[str, datetime | None] = {name: windows.of[name][1] for name in PERIODS}
        until |= {"session": last + GAP, "gift": None, "creator": windows.of["month"][1]}
        passed = []
        for name in ("gift", "creator", "session", *PERIODS):
            most = self.strictest(viewer, Kind(name), now)
            given = 0
            if name == "creator":
                given = self.given(viewer, windows.of["month"][0], creator)
            elif name != "gift":
                given = self.given(viewer, since[name])
            if most is not None and worth > most * MILLIONTHS - given:
                passed.append(name)
        if passed:
            if "gift" in passed:
                return "gift"
            latest = max(end for name in passed if (end := until[name]))
            return next(name for name in passed if until[name] == latest)
        ask = self.strictest(viewer, Kind.ASK, now)
        if ask is not None and worth > ask * MILLIONTHS and worth > (confirmed or 0) * MILLIONTHS:
            return "ask"
        return None


amounts = st.one_of(st.none(), st.integers(1, 120))
viewers = st.integers(0, 2)
creators = st.integers(6, 7)


class Brakes(BooksMachine):
    """Three people with wallets; two of them may turn out to be one."""

    def __init__(self) -> None:
        super().__init__()
        self.base = 5_000_000 + self.examples * 1000
        self.model = Model()
        self.link: UUID | None = None
        self.second: GiftWriter = type(self).another

    another: GiftWriter
    is_ready = False

    @classmethod
    async def open(cls) -> None:
        await super().open()
        await cls.owner.execute(ISSUER)
        cls.another = GiftWriter(cls.database.connect, cls.shards, cls.clock)
        await cls.another.start()

    @classmethod
    async def close(cls) -> None:
        await cls.another.stop()
        await super().close()

    def person(self, viewer: int) -> int:
        return self.base + viewer

    @initialize(coins=st.lists(st.integers(20, 200), min_size=3, max_size=3))
    def begin(self, coins: list[int]) -> None:
        self.runner.run(self.owner.execute(PEOPLE, self.base))
        for viewer, amount in enumerate(coins):
            self.recharge(viewer, amount, "USD", 2)

    @rule(viewer=viewers, coins=st.integers(1, 100), currency=st.sampled_from(["USD", "EUR"]), cents=st.integers(1, 3))
    def recharge(self, viewer: int, coins: int, currency: str, cents: int) -> None:
        person = self.person(viewer)
        self.clock.advance(timedelta(milliseconds=1))
        self.runner.run(
            self.connection.fetchval(
                FUND,
                *(self.shards.of(person), person, self.new_id(), "paid", "recharge", coins, coins * cents, currency),
                self.clock.now(),
            )
        )
        self.model.coins[viewer] += [cents * MILLIONTHS if currency == "USD" else COIN_WORTH] * coins

    def _say(self, viewer: int, kind: Kind, zone: str | None, **said: Any) -> None:
        async def say() -> None:
            async with self.database.transaction() as connection:
                await actions.set_limit(
                    connection, self.clock, Prices(), self.person(viewer), kind,
                    NewLimit(id=new_id(self.clock), time_zone=zone, **said), may_raise=True,
                )  # fmt: skip

        self.runner.run(say())

    @rule(viewer=viewers, kind=st.sampled_from(LIMITED), amount=amounts, zone=st.sampled_from([None, *ZONES]))
    def set_limit(self, viewer: int, kind: Kind, amount: int | None, zone: str | None) -> None:
        self.clock.advance(timedelta(milliseconds=1))
        now = self.clock.now()
        self._come_due()
        zone_before = (
            self.model.zone(viewer) if any(o in self.model.first_said for o in self.model.members(viewer)) else None
        )
        self._say(viewer, kind, zone, amount_minor=amount, currency=amount and "USD")
        held = self.model.in_force(viewer, kind, now)
        if viewer not in self.model.first_said:
            self.model.first_said[viewer] = now
            self.model.zones[viewer] = zone or "UTC"
        said = self.model.said[viewer, kind]
        said[:] = [one for one in said if one[1] <= now]
        looser = held is not None and (amount is None or amount > held)
        said.append((now, now + timedelta(days=DELAYS.get(kind, 1)) if looser else now, amount))
        if zone is not None:
            self.model.zones[viewer] = zone
        if not looser or zone is not None:
            self.model.lay(viewer, now, zone_before)

    @rule(viewer=viewers, kind=st.sampled_from(LIMITED))
    def withdraw(self, viewer: int, kind: Kind) -> None:
        async def withdraw() -> None:
            async with self.database.transaction() as connection:
                await actions.withdraw(connection, self.clock, self.person(viewer), kind)

        self._come_due()
        self.runner.run(withdraw())
        said = self.model.said[viewer, kind]
        said[:] = [one for one in said if one[1] <= self.clock.now()]

    @rule(viewer=viewers)
    def take_break(self, viewer: int) -> None:
        async def take() -> None:
            async with self.database.transaction() as connection:
                new = NewBreak(id=new_id(self.clock), days=1)
                await actions.take_break(connection, self.clock, Prices(), self.person(viewer), new)

        self.clock.advance(timedelta(milliseconds=1))
        self._come_due()
        now = self.clock.now()
        self.runner.run(take())
        if viewer not in self.model.first_said:
            self.model.first_said[viewer], self.model.zones[viewer] = now, "UTC"
        self.model.pauses[viewer] = now + timedelta(days=1)
        self.model.lay(viewer, now, None)

    @rule()
    def link_or_part(self) -> None:
        self.clock.advance(timedelta(milliseconds=1))
        self._come_due()
        now, (one, other) = self.clock.now(), (self.person(0), self.person(1))
        zones = [self.model.zone(v) if v in self.model.windows else None for v in (0, 1)]
        if self.link is None:
            self.link = new_id(self.clock)
            self.runner.run(self.connection.execute(LINK, self.link, one, other, self.person(3), now))
            before = zones[0] or zones[1]
            self.model.links.add((0, 1))
            if self.model.first_said.keys() & {0, 1}:
                self.model.lay(0, now, before)
        else:
            self.runner.run(self.connection.execute(UNLINK, self.link, self.person(3), now))
            self.link = None
            self.model.links.clear()
            if self.model.first_said.keys() & {0, 1}:
                for viewer in (0, 1):
                    shared = self.model.windows.get(viewer)
                    if shared is not None:
                        self.model.windows[viewer] = Windows(dict(shared.of), shared.session_since)
                    self.model.lay(viewer, now, zones[0])

    def _order(self, viewer: int, creator: int, coins: int, confirmed: int | None = None) -> GiftOrder:
        person, to = self.person(viewer), self.base + creator
        return GiftOrder(new_id(self.clock), person, to, to, 1, 1, coins, confirmed_minor=confirmed)

    def _same(self, outcome: GiftOutcome, expected: tuple[str, str | None]) -> None:
        stopped = outcome.brake.stopped_by if outcome.brake else None
        assert (outcome.outcome, stopped) == expected

    @rule(
        batch=st.lists(
            st.tuples(viewers, creators, st.integers(1, 40), st.one_of(st.none(), st.integers(1, 100))),
            min_size=1,
            max_size=8,
        )
    )
    def give(self, batch: list[tuple[int, int, int, int | None]]) -> None:
        self.clock.advance(timedelta(milliseconds=1))
        self._come_due()
        batch.sort(key=lambda one: one[0])
        orders = [self._order(*one) for one in batch]
        # One after the other: those of two shards are charged in no order that a model could know.
        for (viewer, creator, coins, confirmed), order in zip(batch, orders, strict=True):
            outcome = self.runner.run(self.writer.charge(order))
            self._same(outcome, self.model.give(viewer, creator, coins, self.clock.now(), confirmed))
            again = self.runner.run(self.writer.charge(order))
            assert (again.outcome == "repeated") == (outcome.outcome == "posted")

    @rule(viewer=viewers, creator=creators, coins=st.integers(1, 60), asks=st.booleans())
    def give_what_is_held(self, viewer: int, creator: int, coins: int, *, asks: bool) -> None:
        """Coins are set aside and then given: limits hold them, and nobody is asked. What is held stays theirs."""
        if asks:
            self.set_limit(viewer, Kind.ASK, 1, None)
        if len(self.model.coins[viewer]) < coins:
            return
        self.clock.advance(timedelta(milliseconds=1))
        self._come_due()
        order = self._order(viewer, creator, coins)
        aside = holds.NewHold(
            hold_id=new_id(self.clock), viewer_id=order.viewer_id, purpose="goal_pledge", coins=coins,
            ends_at=self.clock.now() + timedelta(days=1),
        )  # fmt: skip

        async def give() -> str:
            async with self.database.transaction() as connection:
                await holds.hold(connection, self.clock, aside)
                outcome = await holds.spend(connection, self.clock, aside.hold_id, order)
                if outcome.outcome != "posted":
                    await holds.release(connection, self.clock, order.viewer_id, aside.hold_id)
                return outcome.outcome

        expected = self.model.give(viewer, creator, coins, self.clock.now(), LIMIT_AMOUNT_MINOR_MAX)
        assert self.runner.run(give()) == expected[0]

    @rule(viewer=viewers, creator=creators, coins=st.integers(1, 10), times=st.integers(2, 25))
    def storm(self, viewer: int, creator: int, coins: int, times: int) -> None:
        """The same gift many times at once, over two writers, from all accounts of the person: exactly what fits."""
        self.clock.advance(timedelta(milliseconds=1))
        self._come_due()
        orders = [self._order(viewer, creator, coins) for _ in range(times)]

        async def both() -> list[GiftOutcome]:
            writers = self.writer, self.second
            return list(await asyncio.gather(*(writers[n % 2].charge(order) for n, order in enumerate(orders))))

        outcomes = [one.outcome for one in self.runner.run(both())]
        expected = [self.model.give(viewer, creator, coins, self.clock.now(), None)[0] for _ in orders]
        assert sorted(outcomes) == sorted(expected)

    @rule(viewer=viewers, coins=st.integers(1, 9), kind=st.sampled_from([Kind.DAY, Kind.SESSION, Kind.GIFT]))
    def reach(self, viewer: int, coins: int, kind: Kind) -> None:
        """A limit of what some coins are worth: those pass, one more does not, not after it was raised, but later."""
        self.set_limit(viewer, kind, -(-self.model.worth(viewer, coins) // MILLIONTHS), None)
        self.give([(viewer, 6, coins, None), (viewer, 6, coins + 1, None)])
        self.set_limit(viewer, kind, 10_000, None)
        self.give([(viewer, 6, coins + 1, None)])
        self.wait(GAP)
        self.give([(viewer, 6, coins, None), (viewer, 6, 1, None)])

    @rule(viewer=viewers, coins=st.integers(1, 9))
    def reach_for_one_creator(self, viewer: int, coins: int) -> None:
        """What one creator may get in a month says nothing of another."""
        self.set_limit(viewer, Kind.CREATOR, -(-self.model.worth(viewer, coins) // MILLIONTHS), None)
        self.give([(viewer, 6, coins, None), (viewer, 7, coins, None), (viewer, 6, coins, None)])

    @rule(viewer=viewers)
    def give_all(self, viewer: int) -> None:
        """Coins of several prices in one gift, after one that was counted at the first price."""
        self.recharge(viewer, 4, "USD", 3)
        self.set_limit(viewer, Kind.MONTH, 100_000, None)
        self.give([(viewer, 6, 1, None), (viewer, 6, len(self.model.coins[viewer]) - 1, None)])

    @rule(coins=st.integers(1, 5), times=st.integers(2, 12))
    def storm_from_both(self, coins: int, times: int) -> None:
        """Two accounts of one person give at once: together no more than fits."""
        ahead = [coin for viewer in (0, 1) for coin in self.model.coins[viewer][:60]]
        if self.link is None or len(ahead) < 120 or len(set(ahead)) > 1:
            return
        self.clock.advance(timedelta(milliseconds=1))
        self._come_due()
        orders = [self._order(n % 2, 6, coins) for n in range(times)]

        async def both() -> list[GiftOutcome]:
            return list(
                await asyncio.gather(*((self.writer, self.second)[n % 2].charge(o) for n, o in enumerate(orders)))
            )

        outcomes = self.runner.run(both())
        posted = sum(one.outcome == "posted" for one in outcomes)
        expected = [self.model.give(0, 6, coins, self.clock.now(), None)[0] for _ in orders].count("posted")
        assert posted == expected
        for order, outcome in zip(orders, outcomes, strict=True):
            if outcome.outcome == "posted" and order.viewer_id != self.person(0):
                spent = self.model.coins[1][:coins]
                del self.model.coins[1][:coins]
                self.model.coins[0][:0] = spent
                moved = next(one for one in self.model.gifts[::-1] if one.viewer == 0 and one.at == self.clock.now())
                moved.viewer = 1

    @rule(
        wait=st.sampled_from(
            [GAP, GAP - timedelta(milliseconds=2), timedelta(hours=7), timedelta(days=1), timedelta(days=8)]
        )
    )
    def wait(self, wait: timedelta) -> None:
        self.clock.advance(wait)

    def _come_due(self) -> None:
        """Limits whose time has come hold from now on, as by the job."""
        now = self.clock.now()
        self.runner.run(actions.lay_due(self.database, self.clock))
        for viewer in (0, 1, 2):
            if viewer in self.model.windows:
                self.model.lay(viewer, now, None)

    @invariant()
    def the_books_count_as_the_model(self) -> None:
        now = self.clock.now()

        async def read(connection: Connection) -> list[Any]:
            return [await reading.brake_of(connection, self.person(viewer), now) for viewer in (0, 1, 2)]

        for viewer, brake in enumerate(self.runner.run(read(self.connection))):
            if brake is None:
                continue
            windows = self.model.windows[viewer]
            since = {name: windows.of[name][0] for name in PERIODS if now < windows.of[name][1]}
            for name, begun in since.items():
                assert getattr(brake, f"{name}_since") == begun
                assert getattr(brake, f"{name}_given") == self.model.given(viewer, begun)


def hold_against_a_model(url: str, *, examples: int, planted: bool = False) -> None:
    """Run the machine on a database.

    Raises:
        AssertionError, Exception: the books said something the model does not.
    """
    with on_database(Brakes, url):
        run_machine(Brakes, examples=examples, steps=25, planted=planted)


def test_limits_hold_exactly_what_the_model_holds(database_url: str, is_further_server: bool) -> None:
    hold_against_a_model(database_url, examples=10 if is_further_server else 40)
