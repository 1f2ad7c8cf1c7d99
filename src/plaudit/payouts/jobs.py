"""Work of payouts nobody waits for: sending, asking after what was sent, applying kept webhooks, reference rates."""

import asyncio
import logging
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.db import Connection, Database, fetch_all, statements
from plaudit.jobs import Job, growing_pause, handle_each
from plaudit.limits import (
    PAYOUT_EVENTS_PER_RUN_MAX,
    PAYOUT_JOBS_EVERY_S,
    PAYOUT_POLL_AFTER_S,
    PAYOUT_POLL_PAUSE_S_MAX,
    PAYOUT_REFERENCE_RATES_EVERY_S,
    PAYOUT_RETURN_POLL_S,
    PAYOUT_RETURN_WATCH_DAYS,
    PAYOUT_SEND_LEASE_S,
    PAYOUT_SEND_PAUSE_S_FIRST,
    PAYOUT_SEND_PAUSE_S_MAX,
    PAYOUT_SENDS_AT_ONCE,
    PAYOUT_SENDS_PER_RUN_MAX,
)
from plaudit.money import Money
from plaudit.payouts.model import PayoutState
from plaudit.payouts.outcomes import WaitingEvent, apply, apply_event, claim_events, note_send_error, postpone_event
from plaudit.payouts.providers import PayoutProviders
from plaudit.payouts.providers.base import PayoutOrder, PayoutProvider, ProviderPayout, ProviderUnavailable
from plaudit.payouts.rates import CURRENCIES, read_reference_rates, record_reference_rates
from plaudit.payouts.vault import AccountVault

SEND_JOB = "payouts.send"
"""The job to wake after an approval."""
POLL_JOB = "payouts.poll"
EVENT_JOB = "payouts.events"

SQL = statements(__file__)
log = logging.getLogger(__name__)


class Send(msgspec.Struct, frozen=True):
    """An approved payout this process has claimed; `attempts` counts this one."""

    payout_id: UUID
    creator_id: int
    attempts: int
    provider: str
    currency: str
    net_minor: int
    method_id: UUID
    holder_name: str
    country: str
    account_key: str | None
    sealed_account: bytes | None

    def order(self, vault: AccountVault) -> PayoutOrder:
        """What the provider is told.

        Raises:
            AccountNotReadable: the key of the bank account is not here.
        """
        numbers = vault.open(self.creator_id, self.method_id, self.account_key, self.sealed_account)
        return PayoutOrder(
            payout_id=self.payout_id,
            money=Money(self.net_minor, self.currency),
            holder_name=self.holder_name,
            country=self.country,
            iban=numbers.iban,
            bank_code=numbers.bank_code,
            account_number=numbers.account_number,
        )


class Poll(msgspec.Struct, frozen=True):
    """A payout to ask the provider about; `polls` counts this time."""

    payout_id: UUID
    creator_id: int
    provider: str
    state: PayoutState
    polls: int
    changed_at: datetime


async def send_due(database: Database, clock: Clock, providers: PayoutProviders, vault: AccountVault) -> int:
    """Send approved payouts whose time has come; answers how many were tried.

    An attempt of which nothing is known is looked up at the provider before it is repeated, and repeated under the
    same idempotency key: nothing is paid twice.
    """
    now = clock.now()
    lease = now + timedelta(seconds=PAYOUT_SEND_LEASE_S)
    async with database.transaction() as connection:
        claimed = await fetch_all(
            connection, SQL["claim_sends"], Send, now, lease, PAYOUT_SENDS_PER_RUN_MAX, providers.names
        )
    await handle_each(
        claimed,
        lambda send: _send(database, clock, providers, vault, send),
        lambda send, error: _postpone_send(database, clock, send, error),
        name=lambda send: f"sending of payout {send.payout_id}",
        at_once=PAYOUT_SENDS_AT_ONCE,
    )
    return len(claimed)


async def _send(database: Database, clock: Clock, providers: PayoutProviders, vault: AccountVault, send: Send) -> None:
    provider = providers.get(send.provider)
    if provider is None:
        await _postpone_send(database, clock, send, _missing(send.provider))
        return
    try:
        told = await _send_or_find(provider, vault, send)
    except ProviderUnavailable as error:
        await _postpone_send(database, clock, send, str(error))
        return
    async with database.transaction() as connection:
        await apply(connection, clock, told)


def _missing(provider: str) -> str:
    return f"there is no provider {provider} here"


async def _send_or_find(provider: PayoutProvider, vault: AccountVault, send: Send) -> ProviderPayout:
    if send.attempts > 1 and (known := await provider.fetch(send.payout_id)):
        return known
    return await provider.send(send.order(vault))


async def _postpone_send(database: Database, clock: Clock, send: Send, error: str) -> None:
    log.warning("payout %s was not sent (attempt %s): %s", send.payout_id, send.attempts, error)
    due_at = clock.now() + growing_pause(PAYOUT_SEND_PAUSE_S_FIRST, send.attempts, PAYOUT_SEND_PAUSE_S_MAX)
    async with database.transaction() as connection:
        await note_send_error(connection, send.creator_id, send.payout_id, due_at, error)


async def poll_due(database: Database, clock: Clock, providers: PayoutProviders) -> int:
    """Ask after payouts of which nothing was heard, in case a webhook is lost; answers how many were asked about."""
    now = clock.now()
    lease = now + timedelta(seconds=PAYOUT_SEND_LEASE_S)
    async with database.transaction() as connection:
        claimed = await fetch_all(connection, SQL["claim_polls"], Poll, now, lease, PAYOUT_SENDS_PER_RUN_MAX)
    await handle_each(
        claimed,
        lambda poll: _poll(database, clock, providers, poll),
        lambda poll, error: _postpone_failed_poll(database, clock, poll, error),
        name=lambda poll: f"looking up payout {poll.payout_id}",
        at_once=PAYOUT_SENDS_AT_ONCE,
    )
    return len(claimed)


async def _poll(database: Database, clock: Clock, providers: PayoutProviders, poll: Poll) -> None:
    provider = providers.get(poll.provider)
    if provider is None:
        await _postpone_failed_poll(database, clock, poll, _missing(poll.provider))
        return
    try:
        told = await provider.fetch(poll.payout_id)
    except ProviderUnavailable as error:
        await _postpone_failed_poll(database, clock, poll, str(error))
        return
    async with database.transaction() as connection:
        if told is not None:
            await apply(connection, clock, told)
        await _postpone_poll(connection, poll, _next_poll(poll, clock.now()), None)


async def _postpone_failed_poll(database: Database, clock: Clock, poll: Poll, error: str) -> None:
    log.warning("payout %s cannot be looked up: %s", poll.payout_id, error)
    now = clock.now()
    is_watched = _next_poll(poll, now) is not None
    async with database.transaction() as connection:
        await _postpone_poll(connection, poll, now + _poll_pause(poll) if is_watched else None, error)


async def _postpone_poll(connection: Connection, poll: Poll, poll_at: datetime | None, error: str | None) -> None:
    """Touches nothing when the payout has moved on: its new state has its own time."""
    await connection.execute(SQL["postpone_poll"], poll.creator_id, poll.payout_id, poll.state, poll_at, error)


def _next_poll(poll: Poll, now: datetime) -> datetime | None:
    """When to ask next; None: it need not be asked about any more."""
    if poll.state is PayoutState.PAID:
        later = now + timedelta(seconds=PAYOUT_RETURN_POLL_S)
        return later if later < poll.changed_at + timedelta(days=PAYOUT_RETURN_WATCH_DAYS) else None
    return now + _poll_pause(poll)


def _poll_pause(poll: Poll) -> timedelta:
    return growing_pause(PAYOUT_POLL_AFTER_S, poll.polls + 1, PAYOUT_POLL_PAUSE_S_MAX)


async def apply_kept_events(database: Database, clock: Clock, providers: PayoutProviders) -> int:
    """Apply webhooks that were kept and whose application failed or was interrupted; answers how many."""
    async with database.transaction() as connection:
        waiting = await claim_events(connection, clock, PAYOUT_EVENTS_PER_RUN_MAX)
    applied = 0

    async def apply_kept(event: WaitingEvent) -> None:
        nonlocal applied
        if (provider := providers.get(event.provider)) is None:
            await postpone(event, _missing(event.provider))
            return
        async with database.transaction() as connection:
            outcome = await apply_event(connection, clock, provider, event.event_id)
        applied += outcome is not None

    async def postpone(event: WaitingEvent, error: str) -> None:
        async with database.transaction() as connection:
            await postpone_event(connection, clock, event, error)

    await handle_each(
        waiting,
        apply_kept,
        postpone,
        name=lambda event: f"webhook {event.event_id} of {event.provider}",
        at_once=1,
    )
    return applied


async def update_reference_rates(database: Database, clock: Clock) -> int:
    """Bring payout rates that follow the ECB's reference rates up to date; answers how many are new."""
    reference = await asyncio.to_thread(read_reference_rates, CURRENCIES)
    async with database.transaction() as connection:
        return len(await record_reference_rates(connection, clock, reference))


def payout_jobs(database: Database, clock: Clock, providers: PayoutProviders, vault: AccountVault) -> list[Job]:
    """The jobs of payouts."""
    return [
        Job(SEND_JOB, PAYOUT_JOBS_EVERY_S, lambda: send_due(database, clock, providers, vault)),
        Job(POLL_JOB, PAYOUT_JOBS_EVERY_S, lambda: poll_due(database, clock, providers)),
        Job(EVENT_JOB, PAYOUT_JOBS_EVERY_S, lambda: apply_kept_events(database, clock, providers)),
        Job("payouts.rates", PAYOUT_REFERENCE_RATES_EVERY_S, lambda: update_reference_rates(database, clock)),
    ]
