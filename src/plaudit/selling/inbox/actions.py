"""The inbox: keeps what providers send before anything else, applies it, tries again, replays."""

from datetime import datetime, timedelta
from uuid import UUID

from plaudit.clock import Clock
from plaudit.db import Connection, Database, fetch_all, fetch_one, statements
from plaudit.limits import (
    PAGE_LENGTH_MAX,
    PROVIDER_CALLS_AT_ONCE,
    WEBHOOK_DETAIL_LENGTH_MAX,
    WEBHOOK_ERRORS_MAX,
    WEBHOOK_ID_LENGTH_MAX,
    WEBHOOK_LEASE_S,
    WEBHOOK_PAUSE_S_FIRST,
    WEBHOOK_PAUSE_S_MAX,
    WEBHOOK_REPLAY_MAX,
    WEBHOOKS_PER_RUN_MAX,
)
from plaudit.pages import Place
from plaudit.problems import NotFound, TooBusy, Unavailable
from plaudit.queues import Backoff, Failure, Queue, settle
from plaudit.selling.inbox.applying import Applied, apply_news
from plaudit.selling.inbox.model import Message, MessageFilter, MessageState, Replay, StoredMessage, Unfinished
from plaudit.selling.orders.capturing import carry_out_these
from plaudit.selling.orders.settlement import NewsOutcome
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.base import WebhookMessage
from plaudit.selling.providers.errors import ProviderUnavailable, SignatureNotValid
from plaudit.settings import Settings

SQL = statements(__file__)

_WEIGHT = [NewsOutcome.IGNORED, NewsOutcome.REPEATED, NewsOutcome.APPLIED, NewsOutcome.PROBLEM, NewsOutcome.WAITING]
"""Of several news in one message the one furthest to the right speaks for all."""

_OF_OTHERS = {ProviderUnavailable.code, Unavailable.code, TooBusy.code}
"""What a message fails with through no fault of its own."""

MESSAGES = Queue(
    name="selling.inbox",
    what="What payment providers told is applied",
    item=StoredMessage,
    claim=SQL["claim_messages"],
    postpone=SQL["postpone_message"],
    waiting=SQL["waiting_messages"],
    key=lambda message: (message.provider, message.event_id),
    lease_s=WEBHOOK_LEASE_S,
    backoff=Backoff(WEBHOOK_PAUSE_S_FIRST, WEBHOOK_PAUSE_S_MAX),
    at_once=PROVIDER_CALLS_AT_ONCE,
    claimed_max=PROVIDER_CALLS_AT_ONCE,
    per_run_max=WEBHOOKS_PER_RUN_MAX,
)


async def keep(
    connection: Connection, provider: str, message: WebhookMessage, body: bytes, now: datetime
) -> StoredMessage | None:
    """Keep a verified message, once; None: it was kept before. Whoever keeps it has WEBHOOK_LEASE_S to apply it.

    Raises:
        SignatureNotValid: its id is longer than any provider's.
    """
    if not 1 <= len(message.id) <= WEBHOOK_ID_LENGTH_MAX:
        raise SignatureNotValid
    lease = now + timedelta(seconds=WEBHOOK_LEASE_S)
    kind = message.kind[:WEBHOOK_ID_LENGTH_MAX]
    kept = (provider, message.id, kind, now, body, lease)
    return await fetch_one(connection, SQL["keep_message"], StoredMessage, *kept)


async def release(connection: Connection, message: StoredMessage, now: datetime) -> None:
    """Leave a message that is not applied yet to the job."""
    await MESSAGES.again(connection, message, now)


async def find(connection: Connection, message_id: UUID) -> StoredMessage:
    """A message with its bytes.

    Raises:
        NotFound: there is none with this id.
    """
    message = await fetch_one(connection, SQL["find_message_by_id"], StoredMessage, message_id)
    if message is None:
        raise NotFound("There is no such message.", message_id=message_id)
    return message


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


async def replay(
    database: Database,
    providers: PaymentProviders,
    message_id: UUID,
    person_id: int,
    settings: Settings,
    clock: Clock,
) -> NewsOutcome:
    """Read a kept message again and apply it: nothing happens twice. WAITING: somebody is at it, or it must wait.

    Raises:
        NotFound: there is no such message.
    """
    now = clock.now()
    lease = now + timedelta(seconds=WEBHOOK_LEASE_S)
    async with database.transaction() as connection:
        found = await find(connection, message_id)
        key = (found.provider, found.event_id)
        message = await fetch_one(connection, SQL["claim_message"], StoredMessage, *key, now, lease)
    outcome = await apply(database, providers, message, settings, clock) if message else NewsOutcome.WAITING
    async with database.transaction() as connection:
        await connection.execute(SQL["write_replay"], message_id, now, person_id, outcome)
    return outcome


async def queue_replays(connection: Connection, wanted: MessageFilter, person_id: int, now: datetime) -> int:
    """Have the job apply messages of a time again, WEBHOOK_REPLAY_MAX of them at most; how many."""
    queued: int = await connection.fetchval(
        SQL["queue_replays"],
        *(wanted.provider, wanted.state, wanted.since, wanted.until, now, WEBHOOK_REPLAY_MAX, person_id),
    )
    return queued


async def apply_due(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> int:
    """Apply what waits and is due; how many were tried. Several workers may run this."""

    async def handle(message: StoredMessage) -> None:
        await _read_and_apply(database, providers, message, settings, clock)

    async def failed(connection: Connection, message: StoredMessage, failure: Failure) -> None:
        await _failed(connection, message, failure, clock)

    return await MESSAGES.run(database, clock, handle, failed=failed)


async def apply(
    database: Database, providers: PaymentProviders, message: StoredMessage, settings: Settings, clock: Clock
) -> NewsOutcome:
    """Apply a message that this caller kept or claimed; what fails is left to the job. What came of it."""
    outcome = NewsOutcome.WAITING

    async def handle(message: StoredMessage) -> None:
        nonlocal outcome
        outcome = await _read_and_apply(database, providers, message, settings, clock)

    async def failed(connection: Connection, message: StoredMessage, failure: Failure) -> None:
        nonlocal outcome
        outcome = await _failed(connection, message, failure, clock)

    await MESSAGES.handle(database, clock, [message], handle, failed)
    return outcome


async def _read_and_apply(
    database: Database, providers: PaymentProviders, message: StoredMessage, settings: Settings, clock: Clock
) -> NewsOutcome:
    """Ask the provider what a message says, then apply all of it in one transaction with its outcome."""
    provider = providers.get(message.provider)
    if provider is None:
        raise ProviderUnavailable(message.provider)
    news = await provider.read_webhook(message.body)
    async with database.transaction() as connection:
        done = [await apply_news(connection, message.provider, one, settings, clock) for one in news]
        outcome = await _note(connection, message, done, clock.now())
    if decisions := [one.decision for one in done if one.decision]:
        await carry_out_these(database, providers, decisions, settings, clock)
    return outcome


async def _note(connection: Connection, message: StoredMessage, done: list[Applied], now: datetime) -> NewsOutcome:
    """Write what came of a try. A replay does not take back what an earlier try did."""
    outcome = max((one.outcome for one in done), key=_WEIGHT.index, default=NewsOutcome.IGNORED)
    detail = "; ".join(one.detail for one in done) or "of no concern"
    errors, due_at, failed_with = 0, None, None
    if outcome is NewsOutcome.WAITING:
        errors, failed_with = 1, "not_known_yet"
        due_at = now + MESSAGES.backoff.pause(message.tries)
        if message.errors + 1 >= WEBHOOK_ERRORS_MAX:
            outcome, due_at = NewsOutcome.PROBLEM, None
    state = MessageState(outcome)
    kept = message.state is not MessageState.WAITING and state is MessageState.WAITING
    kept = kept or message.state is MessageState.APPLIED
    kept = kept or (message.state, state) == (MessageState.REPEATED, MessageState.IGNORED)
    written = (message.provider, message.event_id, message.state if kept else state, detail[:WEBHOOK_DETAIL_LENGTH_MAX])
    await settle(connection, SQL["message_tried"], message, *written, errors, now, due_at, failed_with)
    return outcome


async def _failed(connection: Connection, message: StoredMessage, failure: Failure, clock: Clock) -> NewsOutcome:
    """A message that breaks us so often is for a person to look at; what a silent provider costs is not counted."""
    counts = failure.code not in _OF_OTHERS
    is_over = counts and message.errors + 1 >= WEBHOOK_ERRORS_MAX
    key = (message.provider, message.event_id)
    await connection.execute(SQL["message_failed"], *key, int(counts), clock.now(), is_over)
    return NewsOutcome.PROBLEM if is_over else NewsOutcome.WAITING
