"""Work of payouts nobody waits for: sending, asking after what was sent, applying kept webhooks, reference rates."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.creators.actions import lock_creator
from plaudit.db import Database
from plaudit.inbox import actions as inbox
from plaudit.inbox.model import Side
from plaudit.jobs import Job
from plaudit.limits import (
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
from plaudit.payouts.kinds import MethodKind
from plaudit.payouts.model import PayoutState
from plaudit.payouts.outcomes import apply
from plaudit.payouts.providers import PayoutProviders
from plaudit.payouts.providers.base import PayoutOrder, PayoutProvider, ProviderPayout
from plaudit.payouts.rates import CURRENCIES, read_reference_rates, record_reference_rates
from plaudit.payouts.screening import ScreeningSources
from plaudit.payouts.screenings import SCREENINGS, screen_due
from plaudit.payouts.told import apply_due as apply_told_due
from plaudit.payouts.vault import AccountVault
from plaudit.queues import Backoff, Failure, Queue, TryFailed, settle
from plaudit.statements import statements

SQL = statements(__file__)


class Send(msgspec.Struct, frozen=True):
    """An approved payout this process has claimed; `tries` counts this one."""

    payout_id: UUID
    creator_id: int
    tries: int
    leased_until: datetime
    called_at: datetime | None
    provider: str
    currency: str
    net_minor: int
    method_id: UUID
    kind: MethodKind
    holder_name: str
    country: str
    account_key: str | None
    sealed_account: bytes | None
    account: str | None

    async def order(self, connection: Connection, vault: AccountVault) -> PayoutOrder:
        """What the provider is told.

        Raises:
            AccountNotReadable: the key of the bank account is not here.
        """
        order = PayoutOrder(
            payout_id=self.payout_id,
            money=Money(self.net_minor, self.currency),
            holder_name=self.holder_name,
            country=self.country,
            kind=self.kind,
            account=self.account,
            told_since=self.called_at if self.tries > 1 else None,
        )
        if self.kind is MethodKind.STRIPE_ACCOUNT:
            return order  # nothing of it is secret here
        numbers = await vault.open(connection, self.creator_id, self.method_id, self.account_key, self.sealed_account)
        return msgspec.structs.replace(order, **msgspec.structs.asdict(numbers))


class Poll(msgspec.Struct, frozen=True):
    """A payout to ask the provider about; `tries` counts this time."""

    payout_id: UUID
    creator_id: int
    provider: str
    provider_reference: str | None
    state: PayoutState
    tries: int
    leased_until: datetime
    changed_at: datetime


SENDS = Queue(
    name="payouts.send",
    what="Payouts are sent to their providers",
    item=Send,
    claim=SQL["claim_sends"],
    postpone=SQL["postpone_send"],
    waiting=SQL["waiting_sends"],
    key=lambda send: (send.creator_id, send.payout_id),
    lease_s=PAYOUT_SEND_LEASE_S,
    backoff=Backoff(PAYOUT_SEND_PAUSE_S_FIRST, PAYOUT_SEND_PAUSE_S_MAX),
    at_once=PAYOUT_SENDS_AT_ONCE,
    claimed_max=PAYOUT_SENDS_AT_ONCE,
    per_run_max=PAYOUT_SENDS_PER_RUN_MAX,
)

POLLS = Queue(
    name="payouts.poll",
    what="Providers are asked about payouts",
    item=Poll,
    claim=SQL["claim_polls"],
    postpone=SQL["postpone_poll"],
    waiting=SQL["waiting_polls"],
    key=lambda poll: (poll.creator_id, poll.payout_id, poll.state),
    lease_s=PAYOUT_SEND_LEASE_S,
    backoff=Backoff(2 * PAYOUT_POLL_AFTER_S, PAYOUT_POLL_PAUSE_S_MAX),
    at_once=PAYOUT_SENDS_AT_ONCE,
    claimed_max=PAYOUT_SENDS_AT_ONCE,
    per_run_max=PAYOUT_SENDS_PER_RUN_MAX,
)

MESSAGES = inbox.MESSAGES[Side.PAYOUTS]
QUEUES = (SENDS, POLLS, SCREENINGS, MESSAGES)


async def send_due(database: Database, clock: Clock, providers: PayoutProviders, vault: AccountVault) -> int:
    """Send approved payouts whose time has come; answers how many were tried.

    An attempt of which nothing is known is looked up at the provider before it is repeated, and repeated under the
    same idempotency key: nothing is paid twice.
    """

    async def send(send: Send) -> None:
        told = await _send_or_find(database, _provider(providers, send.provider), vault, send)
        async with database.transaction() as connection:
            await lock_creator(connection, send.creator_id)
            await settle(connection, SQL["hold_send"], send, send.creator_id, send.payout_id)
            await apply(connection, clock, told)

    return await SENDS.run(database, clock, send, providers.names)


def _provider(providers: PayoutProviders, name: str) -> PayoutProvider:
    provider = providers.get(name)
    if provider is None:
        raise TryFailed("no_provider", f"there is no provider {name} here")
    return provider


async def _send_or_find(
    database: Database, provider: PayoutProvider, vault: AccountVault, send: Send
) -> ProviderPayout:
    if send.tries > 1 and (known := await provider.fetch(send.payout_id)):
        return known
    async with database.read() as connection:
        order = await send.order(connection, vault)
    return await provider.send(order)


async def poll_due(database: Database, clock: Clock, providers: PayoutProviders) -> int:
    """Ask after payouts of which nothing was heard, in case a webhook is lost; answers how many were asked about."""

    async def ask(poll: Poll) -> datetime | None:
        told = await _provider(providers, poll.provider).fetch(poll.payout_id, poll.provider_reference)
        async with database.transaction() as connection:
            if told is not None:
                await apply(connection, clock, told)
            return await _next_or_end(connection, poll)

    async def _next_or_end(connection: Connection, poll: Poll) -> datetime | None:
        next_at = _next_poll(poll, clock.now())
        if next_at is None:
            await connection.execute(SQL["end_poll"], *POLLS.key(poll))
        return next_at

    async def failed(connection: Connection, poll: Poll, _: Failure) -> None:
        await _next_or_end(connection, poll)

    return await POLLS.run(database, clock, ask, failed=failed)


def _next_poll(poll: Poll, now: datetime) -> datetime | None:
    """When to ask next; None: it need not be asked about any more."""
    if poll.state is PayoutState.PAID:
        later = now + timedelta(seconds=PAYOUT_RETURN_POLL_S)
        return later if later < poll.changed_at + timedelta(days=PAYOUT_RETURN_WATCH_DAYS) else None
    return now + POLLS.backoff.pause(poll.tries)


async def update_reference_rates(database: Database, clock: Clock) -> int:
    """Bring payout rates that follow the ECB's reference rates up to date; answers how many are new."""
    async with database.transaction() as connection:
        reference = await read_reference_rates(connection, CURRENCIES, clock.now())
        return len(await record_reference_rates(connection, clock, reference))


def payout_jobs(
    database: Database, clock: Clock, providers: PayoutProviders, vault: AccountVault, sources: ScreeningSources
) -> list[Job]:
    """The jobs of payouts."""
    return [
        Job(SCREENINGS.name, PAYOUT_JOBS_EVERY_S, lambda: screen_due(database, clock, sources)),
        Job(SENDS.name, PAYOUT_JOBS_EVERY_S, lambda: send_due(database, clock, providers, vault)),
        Job(POLLS.name, PAYOUT_JOBS_EVERY_S, lambda: poll_due(database, clock, providers)),
        Job(MESSAGES.name, PAYOUT_JOBS_EVERY_S, lambda: apply_told_due(database, clock, providers, vault.vault)),
        Job("payouts.rates", PAYOUT_REFERENCE_RATES_EVERY_S, lambda: update_reference_rates(database, clock)),
    ]
