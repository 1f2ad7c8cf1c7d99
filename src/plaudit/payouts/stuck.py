"""Work of creators and payouts that failed and waits for its next try: what operators see, and how they hurry it."""

import enum
from datetime import datetime
from uuid import UUID

import msgspec

from plaudit.connections import Connection
from plaudit.creators import actions as creators
from plaudit.creators.clawback import CLAWBACKS
from plaudit.creators.jobs import CONVERSIONS, MATURITIES
from plaudit.inbox import actions as inbox
from plaudit.pages import BEGINNING, Place
from plaudit.payouts.jobs import MESSAGES, POLLS, SENDS
from plaudit.problems import NotFound
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


class Queue(enum.StrEnum):
    """What was to be done."""

    CLAWBACK = "clawback"
    """What a creator gives back, or gets again, of gifts whose money went back."""
    MATURITY = "maturity"
    """Diamonds of a conversion that are to become available."""
    CONVERSION = "conversion"
    """The gift balance of a creator who has it converted automatically."""
    SEND = "send"
    """An approved payout on its way to its provider."""
    POLL = "poll"
    """A payout its provider is asked about."""
    EVENT = "event"
    """What a payout provider told."""


JOB_OF = {
    Queue.CLAWBACK: CLAWBACKS.name,
    Queue.MATURITY: MATURITIES.name,
    Queue.CONVERSION: CONVERSIONS.name,
    Queue.SEND: SENDS.name,
    Queue.POLL: POLLS.name,
    Queue.EVENT: MESSAGES.name,
}
"""The job to wake when an item is to be tried now."""


class StuckWork(msgspec.Struct, frozen=True, kw_only=True):
    """An item whose last try failed. Of the ids those are there that it is about."""

    id: UUID
    queue: Queue
    creator_id: int | None
    reversal_id: UUID | None
    direction: str | None
    conversion_id: UUID | None
    payout_id: UUID | None
    provider: str | None
    event_id: str | None
    waiting_since: datetime
    tries: int
    error: str
    due_at: datetime


async def list_stuck(connection: Connection, queue: Queue | None, before: Place, limit: int) -> list[StuckWork]:
    """What failed, by when it was to be done, the latest first, from the one after `before`."""
    return await fetch_all(connection, SQL["stuck_work"], StuckWork, queue, None, *before, limit)


async def count_stuck(connection: Connection) -> int:
    """How much failed and waits for its next try."""
    count: int = await connection.fetchval(SQL["count_stuck_work"])
    return count


async def retry(connection: Connection, id: UUID, now: datetime) -> StuckWork:
    """Have an item tried again at once, by the next run of its job.

    Raises:
        NotFound: there is none, or it was done meanwhile.
    """
    found = await _find(connection, id)
    match found.queue:
        case Queue.CLAWBACK | Queue.MATURITY | Queue.CONVERSION:
            await creators.retry(connection, found.queue, id, now)
        case Queue.SEND | Queue.POLL:
            await connection.execute(SQL[f"retry_{found.queue}"], id, now)
        case Queue.EVENT:
            await inbox.hurry(connection, await connection.fetchval(SQL["message_of_stuck_work"], id), now)
    return await _find(connection, id)


async def _find(connection: Connection, id: UUID) -> StuckWork:
    found = await fetch_one(connection, SQL["stuck_work"], StuckWork, None, id, *BEGINNING, 1)
    if found is None:
        raise NotFound("There is no such work; it may be done by now.", id=id)
    return found
