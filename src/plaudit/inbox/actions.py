"""Keeping what providers send before anything else, applying it, trying again, replaying."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.inbox.bodies import seal_body, with_body
from plaudit.inbox.model import (
    Message,
    MessageFilter,
    MessageState,
    NewsOutcome,
    Replay,
    Side,
    StoredMessage,
    Unfinished,
)
from plaudit.limits import (
    INBOX_LEASE_S,
    INBOX_PAUSE_S_FIRST,
    INBOX_PAUSE_S_MAX,
    PAGE_LENGTH_MAX,
    PROVIDER_CALLS_AT_ONCE,
    WEBHOOK_APPLY_S,
    WEBHOOK_DETAIL_LENGTH_MAX,
    WEBHOOK_ERRORS_MAX,
    WEBHOOK_ID_LENGTH_MAX,
    WEBHOOK_REPLAY_MAX,
    WEBHOOKS_PER_RUN_MAX,
)
from plaudit.pages import Place
from plaudit.problems import NotFound, TooBusy, Unavailable
from plaudit.providers import ProviderUnavailable, SignatureNotValid
from plaudit.queues import Backoff, Failure, Queue, settle
from plaudit.statements import fetch_all, fetch_one, statements
from plaudit.vault.sealing import Vault

SQL = statements(__file__)

_OF_OTHERS = {ProviderUnavailable.code, Unavailable.code, TooBusy.code}
"""What a message fails with through no fault of its own."""


class Applied(NamedTuple):
    """What came of a message, in words, and what is to be done at once after the commit: a job does it otherwise."""

    outcome: NewsOutcome
    detail: str
    afterwards: Callable[[], Awaitable[None]] | None = None


Applying = Callable[[Connection], Awaitable[Applied]]


class Reader(Protocol):
    """How one side of the house understands what it is told."""

    side: Side
    vault: Vault
    """Which opens what is kept."""

    async def read(self, message: StoredMessage) -> Applying:
        """Ask the provider what a message says; the answer applies it in one transaction, any number of times.

        Raises:
            ProviderUnavailable: it does not answer, or is not here.
        """
        ...


def _queue(name: str, what: str, waiting: str) -> Queue[StoredMessage]:
    return Queue(
        name=name,
        what=what,
        item=StoredMessage,
        claim=SQL["claim_messages"],
        postpone=SQL["postpone_message"],
        waiting=waiting,
        key=lambda message: (message.message_id,),
        lease_s=INBOX_LEASE_S,
        backoff=Backoff(INBOX_PAUSE_S_FIRST, INBOX_PAUSE_S_MAX),
        at_once=PROVIDER_CALLS_AT_ONCE,
        claimed_max=PROVIDER_CALLS_AT_ONCE,
        per_run_max=WEBHOOKS_PER_RUN_MAX,
    )


MESSAGES: Mapping[Side, Queue[StoredMessage]] = {
    Side.PAYMENTS: _queue("selling.inbox", "What payment providers told is applied", SQL["waiting_payment_messages"]),
    Side.PAYOUTS: _queue("payouts.inbox", "What payout providers told is applied", SQL["waiting_payout_messages"]),
}
"""A queue of each side; its name is that of the job to wake."""


async def receive(
    database: Database, clock: Clock, reader: Reader, provider: str, event_id: str, kind: str, body: bytes
) -> NewsOutcome:
    """Keep a verified message; then apply it, or leave that to a job when it takes too long.

    Raises:
        SignatureNotValid: its id is longer than any provider's.
    """
    async with database.transaction() as connection:
        kept = await keep(connection, reader.vault, reader.side, provider, event_id, kind, body, clock.now())
    if kept is None:
        return NewsOutcome.REPEATED
    try:
        async with asyncio.timeout(WEBHOOK_APPLY_S):
            return await apply(database, clock, kept, reader)
    except TimeoutError:  # its sender would give up: the job goes on
        async with database.transaction() as connection:
            await MESSAGES[reader.side].again(connection, kept, clock.now())
    return NewsOutcome.WAITING


async def keep(
    connection: Connection,
    vault: Vault,
    side: Side,
    provider: str,
    event_id: str,
    kind: str,
    body: bytes,
    now: datetime,
) -> StoredMessage | None:
    """Keep a verified message, once; None: it was kept before. Whoever keeps it has INBOX_LEASE_S to apply it.

    Raises:
        SignatureNotValid: its id is longer than any provider's.
    """
    if not 1 <= len(event_id) <= WEBHOOK_ID_LENGTH_MAX:
        raise SignatureNotValid
    lease = now + timedelta(seconds=INBOX_LEASE_S)
    sealed = await seal_body(connection, vault, side, provider, event_id, body)
    kept = (side, provider, event_id, kind[:WEBHOOK_ID_LENGTH_MAX], now, sealed, lease)
    return await fetch_one(connection, SQL["keep_message"], StoredMessage, *kept)


async def find(connection: Connection, vault: Vault, message_id: UUID) -> StoredMessage:
    """A message with its bytes.

    Raises:
        NotFound: there is none with this id.
    """
    message = await fetch_one(connection, SQL["find_message_by_id"], StoredMessage, message_id)
    if message is None:
        raise NotFound("There is no such message.", message_id=message_id)
    return await with_body(connection, vault, message)


async def list_messages(connection: Connection, wanted: MessageFilter, after: Place, limit: int) -> list[Message]:
    """Messages, newest first, those after a place."""
    return await fetch_all(
        connection,
        SQL["list_messages"],
        Message,
        *(wanted.provider, wanted.state, wanted.since, wanted.until, *after, limit),
    )


async def count_unfinished(connection: Connection) -> Unfinished:
    """How many messages are not done with."""
    found = await fetch_one(connection, SQL["count_unfinished"], Unfinished)
    assert found is not None  # an aggregate
    return found


async def replays(connection: Connection, message_id: UUID) -> list[Replay]:
    """When somebody had a message applied again, the newest first."""
    return await fetch_all(connection, SQL["replays"], Replay, message_id, PAGE_LENGTH_MAX)


async def replay(database: Database, clock: Clock, message_id: UUID, person_id: int, reader: Reader) -> NewsOutcome:
    """Read a kept message again and apply it: nothing happens twice. WAITING: somebody is at it, or it must wait; one
    of another side is left to that side's job.

    Raises:
        NotFound: there is no such message.
    """
    now = clock.now()
    lease = now + timedelta(seconds=INBOX_LEASE_S)
    async with database.transaction() as connection:
        found, message = await find(connection, reader.vault, message_id), None
        if found.side is reader.side:
            message = await fetch_one(connection, SQL["claim_message"], StoredMessage, message_id, now, lease)
        else:
            await hurry(connection, message_id, now)
    outcome = await apply(database, clock, message, reader) if message else NewsOutcome.WAITING
    async with database.transaction() as connection:
        said = outcome if found.side is reader.side else None
        await connection.execute(SQL["write_replay"], message_id, now, person_id, said)
    return outcome


async def hurry(connection: Connection, message_id: UUID, now: datetime) -> None:
    """Have the job apply a message at once, again if it was applied, unless somebody is at it."""
    await connection.execute(SQL["hurry_message"], message_id, now)


async def queue_replays(connection: Connection, wanted: MessageFilter, person_id: int, now: datetime) -> int:
    """Have the jobs apply messages of a time again, WEBHOOK_REPLAY_MAX of them at most; how many."""
    queued: int = await connection.fetchval(
        SQL["queue_replays"],
        *(wanted.provider, wanted.state, wanted.since, wanted.until, now, WEBHOOK_REPLAY_MAX, person_id),
    )
    return queued


async def apply_due(database: Database, clock: Clock, reader: Reader) -> int:
    """Apply what waits on a side and is due; how many were tried. Several workers may run this."""

    async def handle(message: StoredMessage) -> None:
        await _read_and_apply(database, clock, message, reader)

    async def failed(connection: Connection, message: StoredMessage, failure: Failure) -> None:
        await _failed(connection, message, failure, clock)

    return await MESSAGES[reader.side].run(database, clock, handle, reader.side, failed=failed)


async def apply(database: Database, clock: Clock, message: StoredMessage, reader: Reader) -> NewsOutcome:
    """Apply a message that this caller kept or claimed; what fails is left to the job. What came of it."""
    outcome = NewsOutcome.WAITING

    async def handle(message: StoredMessage) -> None:
        nonlocal outcome
        outcome = await _read_and_apply(database, clock, message, reader)

    async def failed(connection: Connection, message: StoredMessage, failure: Failure) -> None:
        nonlocal outcome
        outcome = await _failed(connection, message, failure, clock)

    await MESSAGES[reader.side].handle(database, clock, [message], handle, failed)
    return outcome


async def _read_and_apply(database: Database, clock: Clock, message: StoredMessage, reader: Reader) -> NewsOutcome:
    """All that a message says in one transaction with its outcome."""
    async with database.read() as connection:
        message = await with_body(connection, reader.vault, message)
    applying = await reader.read(message)
    async with database.transaction() as connection:
        applied = await applying(connection)
        outcome = await _note(connection, message, applied, clock.now())
    if applied.afterwards is not None:
        await applied.afterwards()
    return outcome


async def _note(connection: Connection, message: StoredMessage, applied: Applied, now: datetime) -> NewsOutcome:
    """Write what came of a try. A replay does not take back what an earlier try did."""
    outcome, errors, due_at, failed_with = applied.outcome, 0, None, None
    if outcome is NewsOutcome.WAITING:
        errors, failed_with = 1, "not_known_yet"
        due_at = now + MESSAGES[message.side].backoff.pause(message.tries)
        if message.errors + 1 >= WEBHOOK_ERRORS_MAX:
            outcome, due_at = NewsOutcome.PROBLEM, None
    state = MessageState(outcome)
    kept = message.state is not MessageState.WAITING and state is MessageState.WAITING
    kept = kept or message.state is MessageState.APPLIED
    kept = kept or (message.state, state) == (MessageState.REPEATED, MessageState.IGNORED)
    written = (message.message_id, message.state if kept else state, applied.detail[:WEBHOOK_DETAIL_LENGTH_MAX])
    await settle(connection, SQL["message_tried"], message, *written, errors, now, due_at, failed_with)
    return outcome


async def _failed(connection: Connection, message: StoredMessage, failure: Failure, clock: Clock) -> NewsOutcome:
    """A message that breaks us so often is for a person to look at; what a silent provider costs is not counted."""
    counts = failure.code not in _OF_OTHERS
    is_over = counts and message.errors + 1 >= WEBHOOK_ERRORS_MAX
    await connection.execute(SQL["message_failed"], message.message_id, int(counts), clock.now(), is_over)
    return NewsOutcome.PROBLEM if is_over else NewsOutcome.WAITING
