"""State machines that hold the books against a plain model: how they run, and what those of one wallet share."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from random import Random
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

import asyncpg
import pytest
import uvloop
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, get_state_machine_test

from plaudit.clock import Clock, ManualClock
from plaudit.connections import Connection, OwnConnection, connect
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.ledger.shards import Shards, read_shards
from plaudit.ledger.writer import GiftWriter
from tests.support.databases import owner_of

T = TypeVar("T")

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
_TIMES = int(os.environ.get("TESTS_EXAMPLES", "1"))
"""How many times the examples of the gate to draw: exploring takes longer."""
_OWN_BITS = 32  # of an id, which tell examples apart
_MILESTONES = (
    "create or replace function gifts_between_milestones() returns integer language sql immutable as 'select 2'"
)
"""So close that examples pass some."""


class FirstFailure(BaseException):
    """What stopped a machine that looks for a planted bug is the cause. No other exception, so that Hypothesis does not
    play the example again: books that are wrong need not be wrong twice in the same way."""


def run_machine(machine: type[RuleBasedStateMachine], *, examples: int, steps: int, planted: bool = False) -> None:
    """Run a machine; how its examples are drawn is the affair of the profile.

    Args:
        planted: a bug is there to be found. The examples are always the same, so that one can say what finds it.

    Raises:
        AssertionError, Exception: the books said something the model does not.
        FirstFailure: the same where a bug is planted.
    """
    test = get_state_machine_test(
        machine,
        settings=settings(
            max_examples=examples * (1 if planted else _TIMES),
            stateful_step_count=steps,
            phases=[Phase.generate] if planted else tuple(Phase),
            derandomize=settings.default.derandomize or planted,  # type: ignore[union-attr]  # a profile is loaded
            report_multiple_bugs=False,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    if planted:
        test.hypothesis.inner_test = _failing_once(test.hypothesis.inner_test)  # type: ignore[attr-defined]  # Hypothesis puts it there
    test()


def _failing_once(play: Callable[..., None]) -> Callable[..., None]:
    @wraps(play)
    def played(*arguments: object, **named: object) -> None:
        try:
            play(*arguments, **named)
        except HypothesisException:  # how it steers
            raise
        except (Exception, pytest.fail.Exception) as failure:
            raise FirstFailure from failure

    return played


class Ids:
    """Ids no other example has. Lots of one moment are spent in the order of their ids, so an example that is played
    again must meet them in the same one."""

    def __init__(self, clock: Clock, example: int) -> None:
        self._clock = clock
        self._example = example
        self._chance = Random(0)

    def new(self) -> UUID:
        return new_id(self._clock, self._bits)

    def _bits(self, count: int) -> int:
        if count <= _OWN_BITS:
            return self._chance.getrandbits(count)
        return self._chance.getrandbits(count - _OWN_BITS) << _OWN_BITS | self._example


class StepRunner:
    """Runs the steps of a machine on the product's event loop. Python's own runner prepares for Ctrl-C each time, which
    costs as much as the step."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.close()

    def run(self, step: Coroutine[Any, Any, T]) -> T:
        return self._runner.get_loop().run_until_complete(step)


class BooksMachine(RuleBasedStateMachine):
    """All examples stay in one database, where the audit sees them. They share its connections, over which functions
    are compiled and statements planned once, and a clock that each sets back."""

    url: ClassVar[str]
    runner: ClassVar[StepRunner]
    clock: ClassVar[ManualClock]
    owner: ClassVar[OwnConnection]
    database: ClassVar[Database]
    connection: ClassVar[Connection]
    shards: ClassVar[Shards]
    writer: ClassVar[GiftWriter]
    examples: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).examples += 1
        self.clock.advance(START - self.clock.now())
        self.new_id = Ids(self.clock, self.examples * 1000).new

    @classmethod
    async def open(cls) -> None:
        cls.clock = ManualClock(START)
        cls.owner, cls.connection = await connect(owner_of(cls.url)), await connect(cls.url)
        await cls.owner.execute(_MILESTONES)
        cls.database = await Database(cls.url).open()
        cls.shards = await read_shards(cls.connection)
        cls.writer = GiftWriter(cls.database.connect, cls.shards, cls.clock)
        await cls.writer.start()

    @classmethod
    async def close(cls) -> None:
        await cls.writer.stop()
        await cls.database.close()
        for connection in (cls.owner, cls.connection):
            await connection.close()


@contextmanager
def on_database(machine: type[BooksMachine], url: str) -> Iterator[StepRunner]:
    """Let a machine run on a database, for as long as the block lasts."""
    with StepRunner() as runner:
        machine.runner, machine.url = runner, url
        runner.run(machine.open())
        try:
            yield runner
        finally:
            runner.run(machine.close())


class WalletMachine(BooksMachine):
    """One viewer an example."""

    def __init__(self) -> None:
        super().__init__()
        self.viewer = self.examples * 1000
        self.place = self.shards.of(self.viewer), self.viewer

    def ask(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        return self.runner.run(self.connection.fetch(sql, *arguments))
