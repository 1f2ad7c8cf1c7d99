"""What creators give back when the money of gifts goes back: gift balance first, then the diamonds of the latest
conversions, pending ones before available ones, below zero if need be; and what they get again when the money stays."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.creators.actions import balance_of, lock_creator
from plaudit.creators.debts import recover
from plaudit.creators.model import (
    Clawback,
    ClawbackEntry,
    ClawbackPart,
    ClawedConversion,
    ClawedGift,
    GiftTakenBack,
)
from plaudit.limits import (
    CLAWBACK_CONVERSIONS_PAGE,
    CLAWBACK_LEASE_S,
    CLAWBACKS_CLAIMED_MAX,
    CLAWBACKS_PER_RUN_MAX,
    CREATOR_WORK_PAUSE_S_FIRST,
    CREATOR_WORK_PAUSE_S_MAX,
)
from plaudit.pages import Number, Places
from plaudit.queues import Backoff, Queue, settle
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


class NeverReceived(RuntimeError):
    """The books contradict themselves: coins are to be taken that the creator never had."""


CLAWBACKS = Queue(
    name="creators.claw_back",
    what="Gifts are taken back from creators, or given back",
    item=Clawback,
    claim=SQL["claim_clawbacks"],
    postpone=SQL["postpone_clawback"],
    waiting=SQL["waiting_clawbacks"],
    key=lambda due: (due.shard, due.reversal_id, due.creator_id, due.direction),
    lease_s=CLAWBACK_LEASE_S,
    backoff=Backoff(CREATOR_WORK_PAUSE_S_FIRST, CREATOR_WORK_PAUSE_S_MAX),
    at_once=1,
    claimed_max=CLAWBACKS_CLAIMED_MAX,
    per_run_max=CLAWBACKS_PER_RUN_MAX,
)
"""One of each creator at a time: the later ones of that creator wait until it is applied."""


async def apply(connection: Connection, clock: Clock, due: Clawback) -> None:
    """Apply one clawback, once.

    Raises:
        LeaseLost: another process has done it, or is at it.
        NeverReceived: the creator does not have the coins, converted or not.
    """
    await lock_creator(connection, due.creator_id)
    now = clock.now()
    await settle(connection, SQL["clawback_applied"], due, *CLAWBACKS.key(due), now)
    if due.direction == "take":
        await _take(connection, due, now)
    else:
        await _return(connection, due, now)
    event = "taken_back" if due.direction == "take" else "given_back"
    await connection.execute(SQL["tell_rooms"], due.creator_id, due.shard, due.reversal_id, event, now)
    await connection.execute(SQL["log_reversal"], due.creator_id, due.shard, due.reversal_id, due.direction, now)


async def _take(connection: Connection, due: Clawback, now: datetime) -> None:
    held = (await balance_of(connection, due.creator_id)).gift_balance
    from_balance = min(held, due.coins)
    if from_balance:
        reference = _reference(due, None)
        await _add_part(connection, due, reference, None, from_balance, 0, False, now)
        await _post(connection, due.creator_id, reference, "clawback_coins", "COIN", from_balance, now)
    left = due.coins - from_balance
    while left:
        page = await fetch_all(
            connection, SQL["conversions_to_claw"], ClawedConversion, due.creator_id, CLAWBACK_CONVERSIONS_PAGE
        )
        if not page:
            raise NeverReceived(f"creator {due.creator_id} never received {left} coins of reversal {due.reversal_id}")
        for conversion in page:
            taken = min(left, conversion.coins - conversion.coins_clawed)
            await _take_from(connection, due, conversion, taken, now)
            left -= taken
            if not left:
                break


async def _take_from(
    connection: Connection, due: Clawback, conversion: ClawedConversion, coins: int, now: datetime
) -> None:
    """Take coins of one conversion as the diamonds they became."""
    diamonds = conversion.diamonds_of(conversion.coins_clawed + coins) - conversion.diamonds_clawed
    reference = _reference(due, conversion.id)
    await _claw(connection, due.creator_id, conversion, conversion.coins_clawed + coins)
    await _add_part(connection, due, reference, conversion.id, coins, diamonds, conversion.is_pending, now)
    reason = "clawback_pending" if conversion.is_pending else "clawback_available"
    await _post(connection, due.creator_id, reference, reason, "DIAMOND", diamonds, now)


async def _return(connection: Connection, due: Clawback, now: datetime) -> None:
    parts = await fetch_all(connection, SQL["parts_to_return"], ClawbackPart, due.creator_id, due.reversal_id)
    for part in parts:
        diamonds, is_pending = 0, False
        if part.conversion_id is None:
            reason = "clawback_coins_returned"
            await _post(connection, due.creator_id, part.reference, reason, "COIN", part.coins, now)
        else:
            conversion = await fetch_one(
                connection, SQL["conversion_to_return"], ClawedConversion, due.creator_id, part.conversion_id
            )
            assert conversion is not None, "a part refers to its conversion"
            clawed = conversion.coins_clawed - part.coins
            diamonds, is_pending = conversion.diamonds_clawed - conversion.diamonds_of(clawed), conversion.is_pending
            await _claw(connection, due.creator_id, conversion, clawed)
            reason = "clawback_pending_returned" if is_pending else "clawback_available_returned"
            await _post(connection, due.creator_id, part.reference, reason, "DIAMOND", diamonds, now)
        await connection.execute(SQL["return_clawback_part"], due.creator_id, part.reference, now, diamonds, is_pending)
        if diamonds and not is_pending:
            await recover(connection, due.creator_id, part.reference, diamonds, now)


async def _claw(connection: Connection, creator_id: int, conversion: ClawedConversion, coins: int) -> None:
    await connection.execute(SQL["claw_conversion"], creator_id, conversion.id, coins, conversion.diamonds_of(coins))


async def _add_part(
    connection: Connection,
    due: Clawback,
    reference: UUID,
    conversion_id: UUID | None,
    coins: int,
    diamonds: int,
    was_pending: bool,
    now: datetime,
) -> None:
    await connection.execute(
        SQL["add_clawback_part"],
        *(due.creator_id, reference, due.reversal_id, conversion_id, coins, diamonds, was_pending, now),
    )


async def _post(
    connection: Connection, creator_id: int, reference: UUID, reason: str, asset: str, amount: int, now: datetime
) -> None:
    if amount:
        await connection.execute(
            SQL["post_clawback"], creator_id, reference, reason, reason.endswith("_returned"), asset, amount, now
        )


def _reference(due: Clawback, conversion_id: UUID | None) -> UUID:
    """The reference of one part's movements: the same whenever the same part is booked."""
    name = f"{due.reversal_id}:{due.creator_id}:{conversion_id}"
    return UUID(bytes=hashlib.sha256(name.encode()).digest()[:16])


async def list_clawbacks(
    connection: Connection, creator_id: int, before: tuple[datetime, UUID], limit: int
) -> list[ClawbackEntry]:
    """What was taken from a creator, by reversal, newest first, from the one after `before`."""
    return await fetch_all(connection, SQL["clawbacks"], ClawbackEntry, creator_id, *before, limit)


async def find_clawback(connection: Connection, creator_id: int, reversal_id: UUID) -> ClawbackEntry | None:
    """What one reversal took from a creator; None: nothing."""
    return await fetch_one(connection, SQL["clawback"], ClawbackEntry, creator_id, reversal_id)


LARGEST_FIRST: Places[tuple[int, UUID]] = Places(tuple[Number, UUID], (2**62, UUID(int=2**128 - 1)))
"""The places of gifts by their coins that were taken back."""


async def clawed_gifts(
    connection: Connection, creator_id: int, reversal_id: UUID, before: tuple[int, UUID], limit: int
) -> list[ClawedGift]:
    """The gifts to a creator that one reversal marks, the largest first, from the one after `before`."""
    return await fetch_all(connection, SQL["clawed_gifts"], ClawedGift, creator_id, reversal_id, *before, limit)


async def gifts_taken_back(
    connection: Connection,
    creator_id: int,
    reversal_ids: Sequence[UUID],
    before: tuple[int, UUID],
    limit: int,
    clock: Clock,
) -> list[GiftTakenBack]:
    """Gifts to a creator as they are shown, `limit` of each of some reversals, the largest first, from the one after
    `before`."""
    wanted = (creator_id, reversal_ids, *before, limit, clock.now())
    return await fetch_all(connection, SQL["gifts_taken_back"], GiftTakenBack, *wanted)
