"""The queue under any course of things: workers that are slow, fail, die or are overtaken bring each parcel once."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from plaudit.clock import ManualClock
from plaudit.connections import connect
from plaudit.db import Database
from plaudit.queues import Failure, LeaseLost
from tests.support import parcels as support
from tests.support.databases import owner_of
from tests.support.machines import START, FirstFailure, run_machine
from tests.support.parcels import LEASE_S, PAUSE_S_MAX, TABLE, Parcel, bring, parcels, send

pytestmark = pytest.mark.sql
FAILURE = Failure("nobody_home", "nobody was at home")


class QueueMachine(RuleBasedStateMachine):
    """Each example begins with an empty table; `held` is what workers believe to have."""

    runner: ClassVar[asyncio.Runner]
    url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock(START)
        self.queue = parcels()
        self.sent: list[UUID] = []
        self.held: list[Parcel] = []
        self.loose: set[UUID] = set()
        """Given back, or hurried, since they were claimed last."""

        async def open_all() -> Database:
            database = await Database(self.url).open()
            owner = await connect(owner_of(self.url))
            await owner.execute("truncate parcel, brought")
            await owner.close()
            return database

        self.database = self.runner.run(open_all())

    def teardown(self) -> None:
        self.runner.run(self._heal())
        self.runner.run(self.database.close())

    async def _heal(self) -> None:
        """Whoever was at it is gone; a worker without failures then brings all that is left."""
        self.clock.advance(timedelta(seconds=LEASE_S + PAUSE_S_MAX))
        await self.queue.run(self.database, self.clock, self._bring)
        assert Counter(await self._brought()) == Counter(self.sent)

    async def _bring(self, parcel: Parcel) -> None:
        async with self.database.transaction() as connection:
            await bring(connection, parcel, self.clock.now())

    async def _take(self, count: int) -> list[Parcel]:
        async with self.database.transaction() as connection:
            return await self.queue.take(connection, self.clock, count)

    async def _brought(self) -> list[UUID]:
        async with self.database.read() as connection:
            return [row["id"] for row in await connection.fetch("select id from brought")]

    async def _in_transaction(self, act: Any, *arguments: Any) -> None:
        async with self.database.transaction() as connection:
            await act(connection, *arguments)

    @rule(count=st.integers(1, 4))
    def send(self, count: int) -> None:
        ids = [UUID(int=len(self.sent) + number) for number in range(count)]
        self.sent += ids
        self.runner.run(self._in_transaction(send, ids, self.clock.now()))

    @rule(count=st.integers(1, 5))
    def claim(self, count: int) -> None:
        claimed = self.runner.run(self._take(count))
        now = self.clock.now()
        others = {parcel.id for parcel in self.held if parcel.leased_until > now} - self.loose
        assert others.isdisjoint(parcel.id for parcel in claimed), "leased to two at once"
        self.loose -= {parcel.id for parcel in claimed}
        self.held += claimed

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def bring(self, data: st.DataObject) -> None:
        """In time, late, or a second time."""
        parcel = data.draw(st.sampled_from(self.held))
        try:
            self.runner.run(self._bring(parcel))
        except LeaseLost:
            return

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        parcel = data.draw(st.sampled_from(self.held))
        self.loose.add(parcel.id)
        again_at = self.clock.now() + self.queue.backoff.pause(parcel.tries)
        self.runner.run(self._in_transaction(self.queue._postpone, parcel, again_at, FAILURE))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def die(self, data: st.DataObject) -> None:
        self.held.remove(data.draw(st.sampled_from(self.held)))

    @rule()
    def hurry(self) -> None:
        """What an operator does: all that is left is due now, whoever is at it."""
        self.loose |= set(self.sent)
        self.runner.run(
            self._in_transaction(
                lambda connection: connection.execute(
                    "update parcel set due_at = $1 where due_at is not null", self.clock.now()
                )
            )
        )

    @rule(seconds=st.sampled_from([1, 30, int(LEASE_S), 600]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    @invariant()
    def each_is_brought_once_at_most(self) -> None:
        brought = Counter(self.runner.run(self._brought()))
        assert not brought or max(brought.values()) == 1


@pytest.fixture
def machine(database_url: str) -> Iterator[type[QueueMachine]]:
    async def prepare() -> None:
        owner = await connect(owner_of(database_url))
        await owner.execute(TABLE)
        await owner.close()

    with asyncio.Runner() as runner:
        runner.run(prepare())
        QueueMachine.runner, QueueMachine.url = runner, database_url
        yield QueueMachine


def test_each_parcel_is_brought_once(machine: type[QueueMachine]) -> None:
    run_machine(machine, examples=40, steps=30)


@pytest.mark.parametrize(
    ("statement", "sound", "broken"),
    [
        ("_DONE", "tries = $1 and leased_until = $2", "($1::integer, $2::timestamptz) is not null"),
        ("_CLAIM", "set tries = tries + 1, due_at = $2", "set tries = tries + 1, due_at = due_at"),
        ("_POSTPONE", "due_at = $3", "due_at = case when $3::timestamptz is null then null end"),
    ],
)
def test_a_queue_that_forgets_a_part_is_found(
    machine: type[QueueMachine], monkeypatch: pytest.MonkeyPatch, statement: str, sound: str, broken: str
) -> None:
    """Work is committed without a lease, a lease keeps nobody out, a failure takes the item from the queue."""
    text: str = getattr(support, statement)
    assert sound in text
    monkeypatch.setattr(support, statement, text.replace(sound, broken))
    with pytest.raises(FirstFailure):
        run_machine(machine, examples=60, steps=30, planted=True)
