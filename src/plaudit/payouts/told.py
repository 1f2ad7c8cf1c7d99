"""What payout providers tell: how it is read, and how it reaches the inbox."""

from collections.abc import Mapping

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.inbox import actions as inbox
from plaudit.inbox.model import NewsOutcome, Side, StoredMessage
from plaudit.payouts.connections import keep, of_account
from plaudit.payouts.outcomes import PayoutNewsOutcome, apply
from plaudit.payouts.providers import PayoutProviders
from plaudit.payouts.providers.base import AccountSignal, PayoutProvider, PayoutSignal
from plaudit.problems import NotFound
from plaudit.providers import ProviderUnavailable
from plaudit.vault.sealing import Vault

KIND = "payout"
"""Of every message: what happened to the payout is in its body."""

_OUTCOMES: Mapping[PayoutNewsOutcome, NewsOutcome] = {
    PayoutNewsOutcome.APPLIED: NewsOutcome.APPLIED,
    PayoutNewsOutcome.NOTHING_NEW: NewsOutcome.REPEATED,
    PayoutNewsOutcome.CONTRADICTION: NewsOutcome.PROBLEM,
    PayoutNewsOutcome.UNKNOWN_PAYOUT: NewsOutcome.IGNORED,
}


class PayoutReader:
    """Reads messages of payout providers."""

    side = Side.PAYOUTS

    def __init__(self, database: Database, providers: PayoutProviders, vault: Vault, clock: Clock) -> None:
        self.vault = vault
        self._database = database
        self._providers = providers
        self._clock = clock

    async def read(self, message: StoredMessage) -> inbox.Applying:
        provider = self._providers.get(message.provider)
        if provider is None:
            raise ProviderUnavailable(message.provider, detail=f"there is no provider {message.provider} here")
        told = provider.read_event(message.body)
        if isinstance(told, AccountSignal):
            return await self._read_account(provider, told.account)
        if isinstance(told, PayoutSignal):
            told = await provider.fetch(told.payout_id, told.reference)

        async def apply_told(connection: Connection) -> inbox.Applied:
            if told is None:
                return inbox.Applied(NewsOutcome.IGNORED, "of no concern")
            outcome = await apply(connection, self._clock, told)
            return inbox.Applied(_OUTCOMES[outcome], f"payout {told.payout_id}: {told.status}, {outcome}")

        return apply_told

    async def _read_account(self, provider: PayoutProvider, account: str) -> inbox.Applying:
        """What it says of a creator's account depends on what the creator is paid in, which the books know."""
        if provider.accounts is None:
            raise ProviderUnavailable(provider.name, detail="it keeps no accounts")
        async with self._database.read() as connection:
            found = await of_account(connection, account)
        said = await provider.accounts.fetch(account, found[1].currency) if found else None

        async def apply_account(connection: Connection) -> inbox.Applied:
            if found is None or said is None:
                return inbox.Applied(NewsOutcome.IGNORED, "of no concern")
            known, method = found
            await keep(connection, self._clock, method.creator_id, method.id, said)
            outcome = NewsOutcome.REPEATED if known.state == said.state else NewsOutcome.APPLIED
            return inbox.Applied(outcome, f"account of method {method.id}: {said.state}")

        return apply_account


async def receive(
    database: Database,
    providers: PayoutProviders,
    vault: Vault,
    name: str,
    headers: Mapping[str, str],
    body: bytes,
    clock: Clock,
) -> NewsOutcome:
    """Verify a message and keep it; then apply it, or leave that to the job.

    Raises:
        NotFound: there is no such provider.
        SignatureNotValid: it is not from the provider.
    """
    provider = providers.get(name)
    if provider is None:
        raise NotFound("There is no payout provider of this name.")
    event_id = await provider.verify_webhook(headers, body)
    return await inbox.receive(
        database, clock, PayoutReader(database, providers, vault, clock), name, event_id, KIND, body
    )


async def apply_due(database: Database, clock: Clock, providers: PayoutProviders, vault: Vault) -> int:
    """Apply what waits and is due; how many were tried. Several workers may run this."""
    return await inbox.apply_due(database, clock, PayoutReader(database, providers, vault, clock))
