"""What creators owe after gifts were taken back: since when, let off by decision, recovered from what comes back."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.creators.actions import lock_creator
from plaudit.decisions.model import Decision
from plaudit.limits import DEBTS_AGED_MAX, NOTE_LENGTH_MAX
from plaudit.pages import Number, Place, Places
from plaudit.problems import Conflict
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

LARGEST_FIRST: Places[tuple[int, int]] = Places(tuple[Number, Number], (2**62, 0))
"""The places of debts: the largest first, then by creator."""


class Debt(msgspec.Struct, frozen=True, kw_only=True):
    """Diamonds a creator owes, without a day between since `since`; `pending` ones pay it off as they mature."""

    creator_id: int
    diamonds: int
    pending: int
    since: datetime
    written_off: int
    """What was let off before and has not come back."""


class DebtAge(msgspec.Struct, frozen=True, kw_only=True):
    """All that has been owed for at least `days_min` days, and fewer than the next of these."""

    days_min: int
    creators: int
    diamonds: int


class NewWriteOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Diamonds a creator is to be let off, and why."""

    creator_id: Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="Who owes them.", examples=["12"])]
    diamonds: Annotated[int, Meta(ge=1, le=2**62, description="No more than is owed.")]
    reason: Annotated[
        str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, pattern=r"\S", description="The creator reads it.")
    ]


class WriteOff(msgspec.Struct, frozen=True, kw_only=True):
    """Diamonds a creator was let off."""

    decision_id: UUID
    creator_id: int
    diamonds: int
    reason: str
    written_off_at: datetime
    proposed_by: int
    confirmed_by: int


class NotOwed(Conflict):
    """`diamonds` is what is owed."""

    code: ClassVar[str] = "not_owed"
    title: ClassVar[str] = "The creator does not owe that much."

    class Fields(msgspec.Struct, frozen=True):
        diamonds: int


async def debt_of(connection: Connection, creator_id: int) -> Debt | None:
    """What a creator owes; None: nothing."""
    return await fetch_one(connection, SQL["debt"], Debt, creator_id)


async def list_debts(connection: Connection, after: tuple[int, int], limit: int) -> list[Debt]:
    """What creators owe, the largest first, from the one after `after`."""
    return await fetch_all(connection, SQL["debts"], Debt, *after, limit)


async def debts_by_age(connection: Connection, clock: Clock) -> list[DebtAge]:
    """The DEBTS_AGED_MAX largest debts by how long they have been owed; ages nobody owes for are left out."""
    return await fetch_all(connection, SQL["debts_by_age"], DebtAge, clock.now(), DEBTS_AGED_MAX)


async def check(connection: Connection, clock: Clock, wanted: NewWriteOff) -> None:
    """Whether so much is owed.

    Raises:
        NotOwed: less is.
    """
    owed = await debt_of(connection, int(wanted.creator_id))
    if owed is None or wanted.diamonds > owed.diamonds:
        raise NotOwed(diamonds=owed.diamonds if owed else 0)


async def write_off(connection: Connection, clock: Clock, wanted: NewWriteOff, decision: Decision) -> WriteOff:
    """Let a creator off what two people decided.

    Raises:
        NotOwed: less is owed by now.
    """
    creator_id = int(wanted.creator_id)
    await lock_creator(connection, creator_id)
    await check(connection, clock, wanted)
    now = clock.now()
    await connection.execute(SQL["add_write_off"], creator_id, decision.id, wanted.diamonds, wanted.reason, now)
    await connection.execute(SQL["post_write_off"], creator_id, decision.id, wanted.diamonds, now)
    return await decided(connection, decision.id)


async def decided(connection: Connection, decision_id: UUID) -> WriteOff:
    """What a confirmed decision wrote off."""
    found = await fetch_one(connection, SQL["write_off"], WriteOff, decision_id)
    assert found is not None, "a confirmed decision wrote it off"
    return found


async def list_write_offs(
    connection: Connection, before: Place, limit: int, creator_id: int | None = None
) -> list[WriteOff]:
    """Newest first, from the one after `before`; of everybody or of one creator."""
    return await fetch_all(connection, SQL["write_offs"], WriteOff, *before, limit, creator_id)


async def recover(connection: Connection, creator_id: int, reference: UUID, diamonds: int, now: datetime) -> None:
    """Of diamonds that came back, take what is above zero and was let off before: so much was never owed. Under the
    creator's lock."""
    recovered = await connection.fetchval(SQL["recoverable"], creator_id, diamonds)
    if recovered:
        await connection.execute(SQL["add_recovery"], creator_id, reference, recovered)
        await connection.execute(SQL["post_recovery"], creator_id, reference, recovered, now)
