"""Work that waits in tables: claimed under a lease, each item handled alone, tried again after growing pauses.

A queue is a table and three statements of its room:

- `claim`: `$1` now, `$2` the end of the lease, `$3` how many, then what narrows it. It takes what is due with `skip
  locked`, counts the try and moves the item's time to the end of the lease: a worker that dies loses it by that alone.
- `postpone`: `$1` tries and `$2` leased_until of the item, `$3` when again, `$4` a code and `$5` words of what failed
  (null: nothing did), then the item's key.
- `waiting`: `$1` now; of each item in the queue `since`, `due_at`, `tries`, `leased_until` and `failed_with`; of a
  queue whose items somebody wants by a time (`is_timed`), that time as `wanted_by`.

Whatever ends an item is a statement that asks for the same tries and leased_until (`settle`), in the transaction with
all that the item did: of two workers who have had one item, one can commit.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.limits import QUEUE_CODES_SHOWN_MAX, QUEUE_ERROR_LENGTH_MAX, QUEUE_STUCK_TRIES
from plaudit.problems import Problem
from plaudit.providers import ProviderRefused
from plaudit.statements import fetch_all, fetch_one

log = logging.getLogger(__name__)


class Leased(Protocol):
    """An item as it was claimed."""

    @property
    def tries(self) -> int:
        """How often it was claimed, this time included."""
        ...

    @property
    def leased_until(self) -> datetime | None:
        """Until when nobody else takes it."""
        ...


Item = TypeVar("Item")
Held = TypeVar("Held", bound=Leased)


class LeaseLost(Exception):
    """The item is another worker's by now, or done: nothing of this try may be committed."""


class TryFailed(Exception):
    """A try did not come through although nothing is broken here. `code` is a stable word."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True)
class Backoff:
    """Pauses between tries: `first_s` after the first, twice as long after each, `max_s` at most."""

    first_s: float
    max_s: float

    def pause(self, tries: int) -> timedelta:
        """How long to wait after so many tries."""
        return timedelta(seconds=min(self.first_s * 2.0 ** min(max(tries - 1, 0), 30), self.max_s))


class Failure(NamedTuple):
    """What a try failed with: a stable code, and words for people, without what may be secret."""

    code: str
    words: str


def failure_of(error: Exception) -> Failure:
    """A problem of ours by its code and reason; any other exception by its class and the first line it says: what
    follows there may be the data of a row."""
    if isinstance(error, ProviderRefused):
        return Failure(error.code, _kept(error.reason))
    if isinstance(error, Problem):
        return Failure(error.code, _kept(str(error.fields.get("reason") or error)))
    if isinstance(error, TryFailed):
        return Failure(error.code, _kept(str(error)))
    kind = type(error).__name__
    first_line = str(error).partition("\n")[0]
    return Failure(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind).lower(), _kept(f"{kind}: {first_line}"))


def _kept(words: str) -> str:
    """Such that a row can keep it: a provider's words may hold what PostgreSQL's text cannot."""
    return words.replace("\0", "").encode(errors="replace").decode()[:QUEUE_ERROR_LENGTH_MAX]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a queue fares at one moment."""

    waiting: int
    """Items in it, due or not."""
    overdue: int
    """Whose time has come, and nobody is at them."""
    under_way: int
    failing: int
    """Whose last try failed."""
    stuck: int
    """Of those, tried QUEUE_STUCK_TRIES times at least. They are tried again all the same."""
    since: datetime | None
    """Since when the oldest is in the queue."""
    overdue_since: datetime | None
    late: int
    """Whose time is over by which somebody outside wanted them done."""
    wanted_by: datetime | None
    """The earliest time by which somebody outside wants one done."""
    failed_with: dict[str, int]
    """How many failed with what, the most frequent codes."""


_STANDING = """
with item as materialized ({waiting})
select count(*) as waiting,
    count(*) filter (where due_at <= $1 and not coalesce(leased_until > $1, false)) as overdue,
    count(*) filter (where leased_until > $1) as under_way,
    count(failed_with) as failing,
    count(failed_with) filter (where tries >= $2) as stuck,
    min(since) as since,
    min(due_at) filter (where due_at <= $1 and not coalesce(leased_until > $1, false)) as overdue_since,
    {timed},
    coalesce((
        select jsonb_object_agg(failed_with, items) from (
            select failed_with, count(*) as items from item where failed_with is not null
            group by failed_with order by items desc, failed_with limit $3) c
    ), '{{}}') as failed_with
from item
"""
_TIMED = "count(*) filter (where wanted_by <= $1) as late, min(wanted_by) as wanted_by"
_UNTIMED = "0 as late, null::timestamptz as wanted_by"


async def settle(connection: Connection, statement: str, item: Leased, *arguments: Any) -> None:
    """End an item by a statement that asks whether it is still ours (`$1` tries, `$2` leased_until) and answers a value
    then.

    Raises:
        LeaseLost: it is not.
    """
    if await connection.fetchval(statement, item.tries, item.leased_until, *arguments) is None:
        raise LeaseLost


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What can be asked how much waits in it."""

    name: str
    """That of the job that works on it."""
    what: str
    """What is done with an item, for operators."""
    waiting: str
    is_timed: bool = False
    """Whether somebody outside wants its items done by a time."""

    async def standing(self, connection: Connection, now: datetime) -> Standing:
        """How much waits, since when, and what failed."""
        statement = _STANDING.format(waiting=self.waiting, timed=_TIMED if self.is_timed else _UNTIMED)
        found = await fetch_one(connection, statement, Standing, now, QUEUE_STUCK_TRIES, QUEUE_CODES_SHOWN_MAX)
        assert found is not None  # aggregates
        return found


@dataclass(frozen=True, kw_only=True)
class Queue(Watched, Generic[Held]):
    """A queue by its statements; see the top of this file."""

    item: type[Held]
    claim: str
    postpone: str
    key: Callable[[Held], tuple[Any, ...]]
    """What names an item in `postpone`."""
    lease_s: float
    """A try that takes longer is given up."""
    backoff: Backoff
    at_once: int
    """Items handled at the same time."""
    claimed_max: int
    """Items claimed at the same time."""
    per_run_max: int

    async def run(
        self,
        database: Database,
        clock: Clock,
        handle: Callable[[Held], Awaitable[datetime | None]],
        *narrowed: Any,
        failed: Callable[[Connection, Held, Failure], Awaitable[None]] | None = None,
        limit: int | None = None,
    ) -> int:
        """Handle what is due, `limit` (per_run_max) items at most; how many were tried. Any number of workers may.

        `handle` settles its item, or answers when to look at it again. What it raises is kept with the item, which is
        tried again later; `failed` then has a word in the same transaction. No failure stops another item.
        """
        tried, most = 0, limit or self.per_run_max
        while tried < most:
            async with database.transaction() as connection:
                claimed = await self.take(connection, clock, min(self.claimed_max, most - tried), *narrowed)
            if not claimed:
                break
            await self.handle(database, clock, claimed, handle, failed)
            tried += len(claimed)
        return tried

    async def take(self, connection: Connection, clock: Clock, count: int, *narrowed: Any) -> list[Held]:
        """Claim so many items at most; after the commit, until the lease ends, they are nobody else's."""
        now = clock.now()
        lease = now + timedelta(seconds=self.lease_s)
        return await fetch_all(connection, self.claim, self.item, now, lease, count, *narrowed)

    async def again(self, connection: Connection, item: Held, due_at: datetime) -> None:
        """Give an item back, to be looked at again at a time; nothing when it has moved on."""
        await self._postpone(connection, item, due_at, None)

    async def handle(
        self,
        database: Database,
        clock: Clock,
        claimed: list[Held],
        handle: Callable[[Held], Awaitable[datetime | None]],
        failed: Callable[[Connection, Held, Failure], Awaitable[None]] | None = None,
    ) -> None:
        """What `run` does with items it has claimed."""
        await handle_each(
            claimed,
            lambda item: self._try(database, clock, item, handle),
            lambda item, error: self._failed(database, clock, item, error, failed),
            at_once=self.at_once,
        )

    async def _try(
        self, database: Database, clock: Clock, item: Held, handle: Callable[[Held], Awaitable[datetime | None]]
    ) -> None:
        if item.leased_until is None or clock.now() >= item.leased_until:
            return  # those before it took too long; it is anybody's again
        try:
            async with asyncio.timeout(self.lease_s):
                again_at = await handle(item)
        except LeaseLost:
            log.warning("%s: %s is another worker's by now", self.name, self.key(item))
            return
        if again_at is not None:
            async with database.transaction() as connection:
                await self.again(connection, item, again_at)

    async def _failed(
        self,
        database: Database,
        clock: Clock,
        item: Held,
        error: Exception,
        failed: Callable[[Connection, Held, Failure], Awaitable[None]] | None,
    ) -> None:
        failure = failure_of(error)
        unexpected = not isinstance(error, Problem | TryFailed)
        said = (self.name, self.key(item), item.tries, failure.code, failure.words)
        log.warning("%s: %s failed, try %s: %s, %s", *said, exc_info=error if unexpected else None)
        async with database.transaction() as connection:
            is_ours = await self._postpone(connection, item, clock.now() + self.backoff.pause(item.tries), failure)
            if is_ours and failed is not None:
                await failed(connection, item, failure)

    async def _postpone(self, connection: Connection, item: Held, due_at: datetime, failure: Failure | None) -> bool:
        """False: the item has moved on, or is another worker's; its time is not ours to set."""
        said = failure or (None, None)
        try:
            await settle(connection, self.postpone, item, due_at, *said, *self.key(item))
        except LeaseLost:
            return False
        return True


async def handle_each(
    items: Iterable[Item],
    handle: Callable[[Item], Awaitable[object]],
    failed: Callable[[Item, Exception], Awaitable[object]],
    *,
    at_once: int,
) -> None:
    """Handle items, so many at once and each alone: what breaks at one of them stops no other.

    `failed` is told what broke. All have ended when this ends, and when it is cancelled.
    """
    turns = asyncio.Semaphore(at_once)

    async def handle_one(item: Item) -> None:
        async with turns:
            try:
                await _unless_cancelled(handle, item)
            except Exception as error:  # whatever it is, it is about this item
                await _tell(failed, item, error)

    async with asyncio.TaskGroup() as group:
        for item in items:
            group.create_task(handle_one(item))


async def _unless_cancelled(handle: Callable[[Item], Awaitable[object]], item: Item) -> None:
    """A cancellation that comes from within, such as a library's own timeout, is a failure like any other."""
    try:
        await handle(item)
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise RuntimeError("cancelled from within") from error


async def _tell(failed: Callable[[Item, Exception], Awaitable[object]], item: Item, error: Exception) -> None:
    try:
        await failed(item, error)
    except Exception:  # of a queue: it is tried again when its lease ends
        log.exception("that a %s failed could not be noted", type(item).__name__)
