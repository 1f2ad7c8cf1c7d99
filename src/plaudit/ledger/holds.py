"""Holds: coins of a wallet set aside for a purpose until a time, then spent by their lots or given back to them.

A hold ends once: spent, released, lapsed at its time, or broken because the money of one of its lots went back
(docs/decisions/0014-coins-that-are-held.md).
"""

from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.ids import require_uuid7
from plaudit.ledger.model import GiftOrder, GiftOutcome
from plaudit.ledger.shards import read_shards, shard_of
from plaudit.ledger.writer import line_of, shown_in
from plaudit.limits import (
    COMBO_WINDOW_MS,
    HOLD_DAYS_MAX,
    HOLD_LEASE_S,
    HOLD_PAUSE_S_FIRST,
    HOLD_PAUSE_S_MAX,
    HOLDS_LAPSED_PER_RUN_MAX,
    HOLDS_OPEN_MAX,
)
from plaudit.problems import Conflict, IdempotencyConflict, InvalidField, NotFound, Problem, StandsStill
from plaudit.queues import Backoff, Queue
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

HoldState = Literal["held", "spent", "released", "lapsed", "broken"]


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Coins that are set aside, or were. `gift_id` is what they paid for."""

    hold_id: UUID
    viewer_id: int
    purpose: str
    coins: int
    held_at: datetime
    ends_at: datetime
    state: HoldState
    ended_at: datetime | None
    gift_id: UUID | None


class NewHold(msgspec.Struct, frozen=True, kw_only=True):
    """Coins to be set aside until `ends_at`. `purpose` is a word of the room that does it, in small letters."""

    hold_id: UUID
    viewer_id: int
    purpose: str
    coins: int
    ends_at: datetime


class DueHold(msgspec.Struct, frozen=True):
    """A hold whose time is over."""

    shard: int
    viewer_id: int
    hold_id: UUID
    tries: int
    leased_until: datetime


class HoldUnknown(NotFound):
    code: ClassVar[str] = "hold_unknown"
    title: ClassVar[str] = "This viewer has no such hold."

    class Fields(msgspec.Struct, frozen=True):
        hold_id: UUID


class HoldNotCovered(Problem):
    """Nothing is held: `coins_short` of the coins are missing."""

    code: ClassVar[str] = "hold_not_covered"
    status: ClassVar[int] = 402
    title: ClassVar[str] = "There are not enough free coins in the wallet."

    class Fields(msgspec.Struct, frozen=True):
        coins: int
        coins_short: int


class TooManyHolds(Conflict):
    code: ClassVar[str] = "too_many_holds"
    title: ClassVar[str] = "Coins of this wallet are held for too many things already."

    class Fields(msgspec.Struct, frozen=True):
        holds_max: int


class HoldEnded(Conflict):
    """`state` says how; "lapsed" also when its time is over and it is still to be let go."""

    code: ClassVar[str] = "hold_ended"
    title: ClassVar[str] = "These coins are not held any more."

    class Fields(msgspec.Struct, frozen=True):
        hold_id: UUID
        state: HoldState


class HoldOfAnotherPrice(Conflict):
    """A hold is spent whole. `coins` are held."""

    code: ClassVar[str] = "hold_of_another_price"
    title: ClassVar[str] = "Another number of coins is held."

    class Fields(msgspec.Struct, frozen=True):
        hold_id: UUID
        coins: int


async def hold(connection: Connection, clock: Clock, wanted: NewHold) -> Hold:
    """Set aside the coins that would be spent next. Once per id; repeating it answers what became of the hold.

    Raises:
        IdempotencyConflict: the id belongs to another hold.
        InvalidField: the id is no UUIDv7, `coins` is not positive, or `ends_at` is past or HOLD_DAYS_MAX away.
        HoldNotCovered, TooManyHolds, StandsStill: nothing is held.
    """
    require_uuid7(wanted.hold_id, "hold_id", clock)
    if wanted.coins <= 0:
        raise InvalidField(field="coins", reason="must be positive", least=1)
    now, shard = clock.now(), await shard_of(connection, wanted.viewer_id)
    in_time = now < wanted.ends_at <= now + timedelta(days=HOLD_DAYS_MAX)
    answer = await connection.fetchrow(
        SQL["hold"],
        *(shard, wanted.viewer_id, wanted.hold_id, wanted.purpose, wanted.coins, now, wanted.ends_at),
        *(HOLDS_OPEN_MAX, not in_time),
    )
    assert answer is not None, "hold() answers one row"
    match answer["outcome"]:
        case "conflict":
            raise IdempotencyConflict(id=wanted.hold_id)
        case "refused":
            raise InvalidField(field="ends_at", reason=f"must be in the next {HOLD_DAYS_MAX} days")
        case "frozen":
            raise StandsStill
        case "too_many":
            raise TooManyHolds(holds_max=HOLDS_OPEN_MAX)
        case "insufficient":
            raise HoldNotCovered(coins=wanted.coins, coins_short=answer["coins_short"])
    return await find(connection, wanted.viewer_id, wanted.hold_id)


async def spend(connection: Connection, clock: Clock, hold_id: UUID, order: GiftOrder) -> GiftOutcome:
    """Pay for a gift by exactly the coins that are held. Once per gift: repeating it repeats the answer.

    The gift is posted, repeated, a conflict (its id belongs to another gift, or to one that was paid otherwise),
    frozen, or refused as `order.refusal` says; the hold stays as it is unless the gift is posted. Deliverers find the
    gift by themselves.

    Raises:
        HoldUnknown: the sender has no such hold.
        HoldEnded: it was spent on another gift, let go or broken, or its time is over.
        HoldOfAnotherPrice: the gift costs more or less than is held.
    """
    shards, now = await read_shards(connection), clock.now()
    shown_shard = shown_in(order, shards.of)
    answer = await connection.fetchrow(
        SQL["spend_hold"],
        *(shards.of(order.viewer_id), hold_id, now, COMBO_WINDOW_MS, line_of(order, shards.of), shown_shard),
        *(order.refusal is not None, order.viewer_id),
    )
    assert answer is not None, "spend_hold() answers one row"
    outcome = GiftOutcome(
        answer["outcome"],
        0,
        answer["coins_after"],
        answer["combo_id"],
        answer["combo_count"],
        answer["charged_at"],
    )
    if outcome.outcome == "refused":
        _check_spendable(await find(connection, order.viewer_id, hold_id), order, now)
    return outcome


def _check_spendable(found: Hold, order: GiftOrder, now: datetime) -> None:
    if found.state != "held" or found.ends_at <= now:
        raise HoldEnded(hold_id=found.hold_id, state="lapsed" if found.state == "held" else found.state)
    if found.coins != order.coins:
        raise HoldOfAnotherPrice(hold_id=found.hold_id, coins=found.coins)


async def release(connection: Connection, clock: Clock, viewer_id: int, hold_id: UUID) -> Hold:
    """Let a hold go: its coins are free again, and those that expired meanwhile expire. One that was let go, lapsed or
    broken before stays as it is.

    Raises:
        HoldUnknown: the viewer has no such hold.
        HoldEnded: it was spent.
    """
    shard = await shard_of(connection, viewer_id)
    await connection.execute(SQL["release_hold"], shard, viewer_id, hold_id, clock.now())
    found = await find(connection, viewer_id, hold_id)
    if found.state == "spent":
        raise HoldEnded(hold_id=hold_id, state=found.state)
    return found


async def find(connection: Connection, viewer_id: int, hold_id: UUID) -> Hold:
    """A hold as it is.

    Raises:
        HoldUnknown: the viewer has no such hold.
    """
    shard = await shard_of(connection, viewer_id)
    found = await fetch_one(connection, SQL["find_hold"], Hold, shard, viewer_id, hold_id)
    if found is None:
        raise HoldUnknown(hold_id=hold_id)
    return found


async def open_holds(connection: Connection, viewer_id: int) -> list[Hold]:
    """What a viewer's coins are held for, HOLDS_OPEN_MAX at most, those that end first before others."""
    shard = await shard_of(connection, viewer_id)
    return await fetch_all(connection, SQL["open_holds"], Hold, shard, viewer_id)


LAPSES = Queue(
    name="ledger.lapse",
    what="Coins that were held too long are free again",
    item=DueHold,
    claim=SQL["claim_holds"],
    postpone=SQL["postpone_hold"],
    waiting=SQL["waiting_holds"],
    key=lambda due: (due.shard, due.hold_id),
    lease_s=HOLD_LEASE_S,
    backoff=Backoff(HOLD_PAUSE_S_FIRST, HOLD_PAUSE_S_MAX),
    at_once=1,
    claimed_max=HOLDS_LAPSED_PER_RUN_MAX,
    per_run_max=HOLDS_LAPSED_PER_RUN_MAX,
)


async def lapse_due(database: Database, clock: Clock) -> int:
    """Let go holds whose time is over, each in a transaction of its own; answers how many were."""
    lapsed = 0

    async def lapse(due: DueHold) -> None:
        nonlocal lapsed
        async with database.transaction() as connection:
            lapsed += await connection.fetchval(SQL["release_hold"], due.shard, due.viewer_id, due.hold_id, clock.now())

    await LAPSES.run(database, clock, lapse)
    return lapsed
