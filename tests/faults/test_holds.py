"""Held coins under races and faults: each is spent once or comes back once, whoever comes first and whatever dies."""

import asyncio
import os
import random
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import asyncpg
import msgspec
import pytest

from plaudit.clock import ManualClock, SystemClock
from plaudit.connections import Connection, DatabaseUnreachable, OwnConnection, connect
from plaudit.db import Database
from plaudit.embedded import EmbeddedPostgres
from plaudit.ids import new_id
from plaudit.ledger import holds
from plaudit.ledger.holds import Hold, NewHold
from plaudit.ledger.model import GiftOrder, GiftOutcome
from plaudit.ledger.shards import read_shards
from plaudit.ledger.writer import line_of
from plaudit.postgresql import folder_for_sockets
from plaudit.problems import IdempotencyConflict, Problem
from plaudit.schema import audit
from plaudit.schema.migrate import apply_to
from tests.support.cutting_proxy import CuttingProxy
from tests.support.lots import GRANT_DECIDED
from tests.support.waiting import at_some_moment, eventually, until_waiting

pytestmark = [pytest.mark.sql, pytest.mark.unsold]

T = TypeVar("T")
START = datetime(2026, 11, 22, 12, tzinfo=UTC)
VIEWER, CREATOR = 2, 31
FUND = "select fund(shard_of($1), $1, $2, 'paid', 'recharge', $3, 99, 'USD', $4, $5)"
_chance = random.Random(11)


@dataclass
class Purse:
    """One viewer, and what somebody may do to the coins at any moment, each on a connection that is given."""

    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    lots: list[UUID] = field(default_factory=list)

    async def fund(self, connection: Connection, coins: int, days: int | None = None) -> UUID:
        lot, now = new_id(self.clock), self.clock.now()
        await connection.execute(FUND, VIEWER, lot, coins, now, now + timedelta(days=days) if days else None)
        self.lots.append(lot)
        return lot

    def wanted(self, coins: int, hours: int = 10) -> NewHold:
        ends_at = self.clock.now() + timedelta(hours=hours)
        return NewHold(hold_id=new_id(self.clock), viewer_id=VIEWER, purpose="trial", coins=coins, ends_at=ends_at)

    def gift(self, coins: int) -> GiftOrder:
        return GiftOrder(new_id(self.clock), VIEWER, CREATOR, CREATOR, 1, 1, coins)

    async def hold(self, connection: Connection, wanted: NewHold) -> str:
        return (await holds.hold(connection, self.clock, wanted)).state

    async def spend(self, connection: Connection, hold_id: UUID, gift: GiftOrder) -> str:
        return (await holds.spend(connection, self.clock, hold_id, gift)).outcome

    async def release(self, connection: Connection, hold_id: UUID) -> str:
        return (await holds.release(connection, self.clock, VIEWER, hold_id)).state

    async def charge(self, connection: Connection, coins: int) -> str:
        shards, gift = await read_shards(connection), self.gift(coins)
        row = await connection.fetchrow(
            "select * from public.charge($1, $2, 5000, $3, $4, $5)",
            *(shards.of(VIEWER), self.clock.now(), [line_of(gift, shards.of)], [shards.of(CREATOR)], [False]),
        )
        assert row is not None
        return str(row["outcomes"][0])

    async def take_back(self, connection: Connection, lot: UUID, coins: int, *, unspent_only: bool = False) -> str:
        taken = await connection.fetchrow(
            "select * from take_back(shard_of($1), $1, $2, $3, $4, $5, $6)",
            *(VIEWER, new_id(self.clock), lot, coins, unspent_only, self.clock.now()),
        )
        assert taken is not None
        return f"{taken['coins_unspent']} unspent, {taken['coins_spent']} spent"

    async def expire(self, connection: Connection) -> str:
        return f"{await connection.fetchval('select expire_lots($1, 100)', self.clock.now())} expired"


Act = Callable[[Connection], Awaitable[str]]


@asynccontextmanager
async def _opened(url: str, count: int) -> AsyncIterator[list[OwnConnection]]:
    connections = [await connect(url) for _ in range(count)]
    try:
        yield connections
    finally:
        for connection in connections:
            await connection.close()


async def _saying(act: Act, connection: Connection) -> str:
    try:
        return await act(connection)
    except Problem as problem:
        return problem.code
    except asyncpg.CheckViolationError as error:
        return str(error.constraint_name)


async def _one_after_the_other(url: str, first: Act, second: Act) -> tuple[str, str]:
    """Both at once: the second waits for the first, which has done its part and is still to be committed."""
    async with _opened(url, 3) as (one, other, watcher):
        transaction = one.transaction()
        await transaction.start()
        said = await _saying(first, one)
        waiting = asyncio.create_task(_saying(second, other))
        await until_waiting(watcher, one.get_server_pid(), waiting)
        assert not waiting.done(), "the second does not wait for the first"
        await transaction.commit()
        return said, await waiting


@pytest.fixture
async def purse(database_url: str) -> Purse:
    """Ten coins of one lot."""
    made = Purse()
    async with _opened(database_url, 1) as (connection,):
        await made.fund(connection, 10)
    return made


@pytest.fixture
async def held(database_url: str, purse: Purse) -> UUID:
    """All ten of them held."""
    wanted = purse.wanted(10)
    async with _opened(database_url, 1) as (connection,):
        await purse.hold(connection, wanted)
    return wanted.hold_id


async def test_two_want_to_hold_the_same_coins(database_url: str, purse: Purse) -> None:
    one, other = purse.wanted(6), purse.wanted(6)
    said = await _one_after_the_other(database_url, lambda c: purse.hold(c, one), lambda c: purse.hold(c, other))
    assert said == ("held", "hold_not_covered")


async def test_one_hold_is_asked_for_twice_at_once(database_url: str, purse: Purse) -> None:
    one = purse.wanted(6)
    said = await _one_after_the_other(database_url, lambda c: purse.hold(c, one), lambda c: purse.hold(c, one))
    assert said == ("held", "held")
    async with _opened(database_url, 1) as (connection,):
        assert await connection.fetchval("select coins from wallet where viewer_id = $1", VIEWER) == 4


async def test_two_viewers_use_one_id_at_once(database_url: str, purse: Purse) -> None:
    one, neighbour = purse.wanted(6), VIEWER + 2
    other = msgspec.structs.replace(one, viewer_id=neighbour)
    async with Database(database_url, connections=2) as database, _opened(database_url, 1) as (watcher,):
        await watcher.execute(FUND, neighbour, new_id(purse.clock), 10, purse.clock.now(), None)
        async with database.transaction() as connection:
            await purse.hold(connection, one)
            waiting = asyncio.create_task(_in_transaction(database, partial(purse.hold, wanted=other)))
            await until_waiting(watcher, connection.get_server_pid(), waiting)
        with pytest.raises(IdempotencyConflict):
            await waiting


async def _in_transaction(database: Database, act: Act) -> str:
    async with database.transaction() as connection:
        return await act(connection)


async def test_a_gift_and_a_hold_want_the_same_coins(database_url: str, purse: Purse) -> None:
    one, other = purse.wanted(6), purse.wanted(4)
    said = await _one_after_the_other(database_url, lambda c: purse.hold(c, one), lambda c: purse.charge(c, 6))
    assert said == ("held", "insufficient")
    said = await _one_after_the_other(database_url, lambda c: purse.charge(c, 4), lambda c: purse.hold(c, other))
    assert said == ("posted", "hold_not_covered")


@dataclass(frozen=True)
class Race:
    """Two that want one hold, in the order in which they come: what each is told, and what becomes of the hold."""

    acts: tuple[str, str]
    said: tuple[str, str]
    state: str


RACES = [
    Race(("spend", "release"), ("posted", "hold_ended"), "spent"),
    Race(("release", "spend"), ("released", "hold_ended"), "released"),
    Race(("spend", "spend on another"), ("posted", "hold_ended"), "spent"),
    Race(("spend", "spend"), ("posted", "repeated"), "spent"),
    Race(("release", "release"), ("released", "released"), "released"),
    Race(("take back", "spend"), ("4 unspent, 0 spent", "hold_ended"), "broken"),
    Race(("spend", "take back"), ("posted", "0 unspent, 4 spent"), "spent"),
    Race(("spend", "take back what is unspent"), ("posted", "lot_unspent_not_enough"), "spent"),
    Race(("take back what is unspent", "spend"), ("4 unspent, 0 spent", "hold_ended"), "broken"),
    Race(("take back", "release"), ("4 unspent, 0 spent", "broken"), "broken"),
    Race(("release", "take back"), ("released", "4 unspent, 0 spent"), "released"),
]


@pytest.mark.parametrize("race", RACES, ids=lambda race: " and ".join(race.acts))
async def test_two_want_one_hold(database_url: str, purse: Purse, held: UUID, race: Race) -> None:
    gift, lot = purse.gift(10), purse.lots[0]
    acts: dict[str, Act] = {
        "spend": lambda c: purse.spend(c, held, gift),
        "spend on another": lambda c: purse.spend(c, held, purse.gift(10)),
        "release": lambda c: purse.release(c, held),
        "take back": lambda c: purse.take_back(c, lot, 4),
        "take back what is unspent": lambda c: purse.take_back(c, lot, 4, unspent_only=True),
    }
    first, second = race.acts
    assert await _one_after_the_other(database_url, acts[first], acts[second]) == race.said
    async with _opened(database_url, 1) as (connection,):
        assert (await holds.find(connection, VIEWER, held)).state == race.state


async def test_what_expired_comes_back_while_others_expire(database_url: str) -> None:
    """Both write the account of what expired: who waits for a wallet does not hold it yet."""
    purse, neighbour = Purse(), VIEWER + 2
    async with _opened(database_url, 3) as (one, other, watcher):
        await purse.fund(one, 10, days=1)
        now = purse.clock.now()
        await one.execute(FUND, neighbour, new_id(purse.clock), 10, now, now + timedelta(hours=1))
        wanted = purse.wanted(4, hours=72)
        await purse.hold(one, wanted)
        purse.clock.advance(timedelta(days=2))
        transaction = one.transaction()
        await transaction.start()
        await purse.hold(one, purse.wanted(1))
        expiring = asyncio.create_task(purse.expire(other))
        await until_waiting(watcher, one.get_server_pid(), expiring)
        assert await purse.release(one, wanted.hold_id) == "released"
        await transaction.commit()
        assert await expiring == "1 expired"  # the neighbour's: those of the viewer have expired with the hold
        [sums] = await one.fetch("select sum(coins) as free, sum(held) as held from wallet")
        assert tuple(sums) == (0, 1)
        assert await one.fetchval("select sum(coins_expired) from lot") == 19


async def test_everything_about_one_wallet_at_once(database_url: str) -> None:
    """What nobody may do is refused by name, nobody waits for another in a circle, and the books are whole after it."""
    purse, said = Purse(), Counter[str]()
    known = [purse.wanted(1)]

    async def hold(connection: Connection) -> str:
        known.append(purse.wanted(_chance.randrange(1, 15), hours=_chance.choice([1, 40])))
        return await purse.hold(connection, known[-1])

    async def spend(connection: Connection) -> str:
        one = _chance.choice(known[-12:])
        return await purse.spend(connection, one.hold_id, purse.gift(one.coins))

    async def lapse(_: Connection) -> str:
        purse.clock.advance(timedelta(minutes=10))
        await holds.lapse_due(database, purse.clock)
        return "looked for lapsed holds"

    acts: list[Act] = [
        *(hold, hold, spend, spend, lapse, purse.expire),
        lambda c: purse.release(c, _chance.choice(known[-12:]).hold_id),
        lambda c: purse.charge(c, _chance.randrange(1, 6)),
        lambda c: purse.take_back(c, _chance.choice(purse.lots), _chance.randrange(1, 4)),
    ]

    async def work(connection: Connection) -> None:
        for _ in range(60):
            said[await _saying(_chance.choice(acts), connection)] += 1

    async with Database(database_url, connections=2) as database, _opened(database_url, 6) as connections:
        for number in range(6):
            await purse.fund(connections[0], 40, days=[None, 1, 2][number % 3])
        await asyncio.gather(*(work(connection) for connection in connections))
        assert await connections[0].fetchval("select count(*) from hold where error is not null") == 0
        states = {row["state"] for row in await connections[0].fetch("select state from hold")}
    assert said.keys() >= {"held", "posted", "hold_ended"}, said
    assert states >= {"spent", "released", "broken", "lapsed"}, states


async def test_the_answer_is_lost_after_the_commit(database_url: str) -> None:
    """Whoever asks again with the same ids gets the same answer, and nothing is held or paid twice."""
    purse = Purse()
    async with _opened(database_url, 1) as (direct,):
        await purse.fund(direct, 100)
        with tempfile.TemporaryDirectory(prefix="pl-", dir=folder_for_sockets()) as folder:
            async with CuttingProxy(database_url, Path(folder)) as proxy:
                for _ in range(5):
                    wanted, gift = purse.wanted(4), purse.gift(4)
                    await _cut(proxy, purse, partial(purse.hold, wanted=wanted))
                    assert (await holds.find(direct, VIEWER, wanted.hold_id)).state == "held"
                    assert await purse.hold(direct, wanted) == "held"
                    await _cut(proxy, purse, partial(purse.spend, hold_id=wanted.hold_id, gift=gift))
                    assert (await holds.find(direct, VIEWER, wanted.hold_id)).state == "spent"
                    assert await purse.spend(direct, wanted.hold_id, gift) == "repeated"
                assert proxy.cuts == 10
        [wallet] = await direct.fetch("select coins, held, spent from wallet where viewer_id = $1", VIEWER)
        assert tuple(wallet) == (70, 0, 30)


async def _cut(proxy: CuttingProxy, purse: Purse, ask: Act) -> None:
    """Ask, and get no answer. The statements were understood before, so that it is the answer itself that is cut."""
    connection = await connect(proxy.url)
    before = purse.wanted(1)
    await purse.hold(connection, before)
    await purse.spend(connection, before.hold_id, purse.gift(1))
    proxy.cut_next_answer.set()
    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError)):
        await ask(connection)
    connection.terminate()


@dataclass
class User:
    """Somebody who holds, then spends or releases, asks again until there is an answer, and remembers it."""

    url: str
    clock: SystemClock = field(default_factory=SystemClock)
    told: dict[UUID, str] = field(default_factory=dict)

    async def use_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            ends_at = self.clock.now() + timedelta(days=1)
            wanted = NewHold(hold_id=new_id(self.clock), viewer_id=VIEWER, purpose="trial", coins=3, ends_at=ends_at)
            gift = GiftOrder(new_id(self.clock), VIEWER, CREATOR, CREATOR, 1, 1, 3)
            await self._until_told(partial(holds.hold, clock=self.clock, wanted=wanted))
            ends: list[Callable[[Connection], Awaitable[Hold | GiftOutcome]]] = [
                partial(holds.spend, clock=self.clock, hold_id=wanted.hold_id, order=gift),
                partial(holds.release, clock=self.clock, viewer_id=VIEWER, hold_id=wanted.hold_id),
            ]
            answer = await self._until_told(_chance.choice(ends))
            self.told[wanted.hold_id] = "spent" if isinstance(answer, GiftOutcome) else answer.state

    async def _until_told(self, ask: Callable[[Connection], Awaitable[T]]) -> T:
        while True:
            try:
                connection = await connect(self.url)
            except DatabaseUnreachable:
                await at_some_moment(_chance, within_s=0.05)
                continue
            try:
                async with connection.transaction():
                    return await ask(connection)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
                await at_some_moment(_chance, within_s=0.05)
            finally:
                connection.terminate()


async def _kill(server: EmbeddedPostgres) -> None:
    killed = server.pid
    assert killed
    os.kill(killed, signal.SIGKILL)
    await eventually(lambda: server.pid not in (None, killed), "another server runs")


async def test_the_database_is_killed_while_coins_are_held(tmp_path: Path) -> None:
    """Three times; what was acknowledged is there, what was asked again happens once, and the books are whole."""
    with EmbeddedPostgres(tmp_path / "data") as server:
        await apply_to(server.url)
        async with _opened(server.url, 1) as (connection,):
            await connection.execute(GRANT_DECIDED, VIEWER, new_id(SystemClock()), 1_000_000, SystemClock().now(), None)
        user, stop = User(server.application_url), asyncio.Event()
        async with asyncio.TaskGroup() as using:
            for _ in range(4):
                using.create_task(user.use_until(stop))
            for kill in range(1, 4):
                await eventually(partial(_has, user.told, 40 * kill), "more is acknowledged")
                await at_some_moment(_chance, within_s=0.3)
                await _kill(server)
            stop.set()
        async with _opened(server.application_url, 1) as (connection,):
            found = {row["hold_id"]: row["state"] for row in await connection.fetch("select hold_id, state from hold")}
            assert found == user.told
            spent = Counter(user.told.values())["spent"]
            assert 0 < spent < len(found)
            [wallet] = await connection.fetch("select spent, held from wallet")
            assert tuple(wallet) == (3 * spent, 0)
            report = await audit.run(connection)
            assert report.ok, audit.as_text(report)


def _has(told: dict[UUID, str], count: int) -> bool:
    return len(told) >= count
