"""The batch writer: gifts wait in a bounded queue, and all that wait while one batch commits are the next batch."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

import asyncpg

from plaudit.clock import Clock
from plaudit.ledger.connections import Connect, Connections, NotConnected
from plaudit.ledger.model import BrakeWord, GiftOrder, GiftOutcome, GiftShare, OutcomeUnknown
from plaudit.ledger.shards import Shards
from plaudit.limits import (
    CHARGE_ATTEMPTS_MAX,
    CHARGE_RETRY_PAUSE_MS,
    COMBO_WINDOW_MS,
    GIFT_BATCH_LENGTH_MAX,
    GIFT_QUEUE_LENGTH_MAX,
    LEDGER_CONNECTIONS_MAX,
)
from plaudit.problems import TooBusy, Unavailable
from plaudit.statements import statements

SQL = statements(__file__)
log = logging.getLogger(__name__)

# What a batch may fail with and be tried again: ids make the second try safe even if the first one committed.
_PASSING_ERRORS = (
    NotConnected,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
    OSError,
    TimeoutError,
)

# Those of them after which a batch may have been committed all the same.
_UNCERTAIN_ERRORS = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    OSError,
    TimeoutError,
)


class _Ticket:
    """One caller, waiting for the outcomes of all the orders it brought."""

    __slots__ = ("future", "missing", "outcomes")

    def __init__(self, orders: int, future: "asyncio.Future[list[GiftOutcome]]") -> None:
        self.outcomes: list[Any] = [None] * orders
        self.missing = orders
        self.future = future

    def settle(self, place: int, outcome: GiftOutcome) -> None:
        self.outcomes[place] = outcome
        self.missing -= 1
        if not self.missing and not self.future.done():
            self.future.set_result(self.outcomes)

    def fail(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)


_NOTHING = repeat(None)

_Waiting = tuple[GiftOrder, _Ticket, int]


class _Lane:
    """The queue of one shard."""

    def __init__(
        self, shard: int, shards: Shards, connections: Connections, clock: Clock, on_charged: Callable[[], None]
    ) -> None:
        self._shard = shard
        self._shards = shards
        self._connections = connections
        self._clock = clock
        self._on_charged = on_charged
        self._arrived = asyncio.Event()
        self.queue: deque[_Waiting] = deque()
        self.gifts_charged = self.batches_charged = 0
        self.idle = asyncio.Event()

    def put(self, waiting: _Waiting) -> None:
        if not self.queue:
            self.idle.clear()
            self._arrived.set()
        self.queue.append(waiting)

    async def run(self) -> None:
        try:
            while True:
                if not self.queue:
                    self._arrived.clear()
                    self.idle.set()
                    await self._arrived.wait()
                await self._charge([])
        finally:
            self.idle.set()

    def _take(self) -> list[_Waiting]:
        """The next batch, sorted by viewer and arrival. An id that comes again, and all its viewer sent after it, wait
        for the batch after."""
        batch: list[_Waiting] = []
        keys = set()
        held = set()
        later: list[_Waiting] = []
        while self.queue and len(batch) < GIFT_BATCH_LENGTH_MAX:
            waiting = self.queue.popleft()
            viewer_id = waiting[0].viewer_id
            key = (viewer_id, waiting[0].id.int)  # hashed as two numbers, without a call
            if key in keys or viewer_id in held:
                held.add(viewer_id)
                later.append(waiting)
            else:
                keys.add(key)
                batch.append(waiting)
        self.queue.extendleft(reversed(later))
        batch.sort(key=_viewer)
        return batch

    async def _charge(self, batch: list[_Waiting]) -> None:
        """Charge these and answer them; of an empty batch all that wait when its turn has come."""
        try:
            row = await self._call(batch)
        except Exception as error:
            passing = isinstance(error, (*_PASSING_ERRORS, Unavailable))
            if len(batch) > 1 and not passing:  # one gift the database cannot take must not fail the others
                middle = len(batch) // 2
                await self._charge(batch[:middle])
                await self._charge(batch[middle:])
                return
            log.exception("%d gifts of shard %d could not be charged", len(batch), self._shard)
            failure = error if isinstance(error, Unavailable) else OutcomeUnknown()
            failure.__cause__ = error.__cause__ or error
            for _, ticket, _ in batch:
                ticket.fail(failure)
            return
        self._on_charged()
        self.batches_charged += 1
        self.gifts_charged += row[0].count("posted")
        *of_all, session_given, period_given, brakes = row.values()
        words = map(_word, brakes) if brakes else _NOTHING
        answers = map(GiftOutcome, *of_all, session_given or _NOTHING, period_given or _NOTHING, words)
        for (_, ticket, place), answer in zip(batch, answers, strict=True):
            ticket.settle(place, answer)

    async def _call(self, batch: list[_Waiting]) -> asyncpg.Record:
        def arguments() -> tuple[object, ...]:
            batch.extend(() if batch else self._take())
            return self._arguments([waiting[0] for waiting in batch])

        is_uncertain = False
        for attempt in range(1, CHARGE_ATTEMPTS_MAX + 1):
            try:
                (row,) = await self._connections.fetch(SQL["charge"], arguments)
            except _PASSING_ERRORS as error:
                log.warning("charging shard %d, attempt %d: %r", self._shard, attempt, error)
                is_uncertain = is_uncertain or isinstance(error, _UNCERTAIN_ERRORS)
                if attempt == CHARGE_ATTEMPTS_MAX and is_uncertain:
                    raise
                if attempt == CHARGE_ATTEMPTS_MAX:
                    raise Unavailable from error
                await asyncio.sleep(attempt * CHARGE_RETRY_PAUSE_MS / 1000)
            else:
                return row
        raise RuntimeError("no attempt is left")

    def _arguments(self, orders: list[GiftOrder]) -> tuple[object, ...]:
        of = self._shards.of
        key_ids = [order.key_id for order in orders]
        confirmed = [order.confirmed_minor for order in orders]
        return (
            self._shard,
            self._clock.now(),
            COMBO_WINDOW_MS,
            [line_of(order, of) for order in orders],
            [shown_in(order, of) for order in orders],
            [order.refusal is not None for order in orders],
            key_ids if any(key_ids) else None,
            confirmed if any(confirmed) else None,
        )


def shown_in(order: GiftOrder, shard_of: Callable[[int], int]) -> int:
    """The shard whose screens show a gift."""
    return shard_of(order.creator_id) if order.shown_shard is None else order.shown_shard


def line_of(order: GiftOrder, shard_of: Callable[[int], int]) -> tuple[object, ...]:
    """A `gift_line` before it is known what its combo is and which coins are its creator's."""
    return (
        order.id,
        order.viewer_id,
        order.creator_id,
        None,
        order.room_id,
        order.item_id,
        order.count,
        order.coins,
        None,
        None,
        order.message,
        order.anonymous,
        order.video_id,
        order.position_ms,
        _shares(order, shard_of),
    )


def _shares(order: GiftOrder, shard_of: Callable[[int], int]) -> list[tuple[int, int, int]] | None:
    """Who earns how many coins, in which shard. None: whom it is sent to has all of it where it is shown, as nearly
    always."""
    if not order.shares and order.shown_shard is None:
        return None
    whole = (GiftShare(order.creator_id, order.coins),)
    if order.shares in ((), whole) and shown_in(order, shard_of) == shard_of(order.creator_id):
        return None
    return [(share.creator_id, share.coins, shard_of(share.creator_id)) for share in order.shares or whole]


def _word(row: asyncpg.Record | None) -> BrakeWord | None:
    return None if row is None else BrakeWord(*row)


def _viewer(waiting: _Waiting) -> int:
    return waiting[0].viewer_id


class GiftWriter:
    """Charges gifts, batch by batch, and answers each of them after the commit."""

    def __init__(
        self, connect: Connect, shards: Shards, clock: Clock, on_charged: Callable[[], None] = lambda: None
    ) -> None:
        self._shards = shards
        self._connections = Connections(connect, LEDGER_CONNECTIONS_MAX)
        self._lanes = [_Lane(shard, shards, self._connections, clock, on_charged) for shard in shards.all()]
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    @property
    def waiting(self) -> int:
        """Gifts in the queue."""
        return sum(len(lane.queue) for lane in self._lanes)

    @property
    def gifts_charged(self) -> int:
        """Gifts charged since the start, without those that were refused or came again."""
        return sum(lane.gifts_charged for lane in self._lanes)

    @property
    def batches_charged(self) -> int:
        """Batches since the start."""
        return sum(lane.batches_charged for lane in self._lanes)

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(lane.run()) for lane in self._lanes]

    async def stop(self) -> None:
        """Charge what waits, then close. New gifts are turned away at once."""
        self._stopping = True
        if self._tasks:
            await asyncio.gather(*(lane.idle.wait() for lane in self._lanes))
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._connections.close()

    async def charge(self, order: GiftOrder) -> GiftOutcome:
        """Charge one gift.

        Raises:
            TooBusy: the queue is full, or the process is about to stop; nothing was charged.
            Unavailable: the database takes nothing; nothing was charged.
            OutcomeUnknown: the books could not be reached; ask again with the same id.
        """
        return (await self.charge_many((order,)))[0]

    async def charge_many(self, orders: Sequence[GiftOrder]) -> list[GiftOutcome]:
        """Charge gifts in this order for each viewer; one outcome each, in the order given.

        Raises:
            TooBusy, Unavailable, OutcomeUnknown: as `charge`; when it is unknown, some may have been charged.
        """
        return await self.submit(orders) if orders else []

    def submit(self, orders: Sequence[GiftOrder]) -> "asyncio.Future[list[GiftOutcome]]":
        """`charge_many` without waiting, for who has thousands under way; at least one order.

        Raises:
            TooBusy: the queue is full, or the process is about to stop; nothing was charged.
        """
        if self._stopping or self.waiting + len(orders) > GIFT_QUEUE_LENGTH_MAX:
            raise TooBusy
        ticket = _Ticket(len(orders), asyncio.get_running_loop().create_future())
        for place, order in enumerate(orders):
            self._lanes[self._shards.of(order.viewer_id)].put((order, ticket, place))
        return ticket.future
