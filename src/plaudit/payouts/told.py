"""What payout providers tell: how it is read, and how it reaches the inbox."""

from collections.abc import Mapping

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.inbox import actions as inbox
from plaudit.inbox.model import NewsOutcome, Side, StoredMessage
from plaudit.payouts.outcomes import PayoutNewsOutcome, apply
from plaudit.payouts.providers import PayoutProviders
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

    def __init__(self, providers: PayoutProviders, vault: Vault, clock: Clock) -> None:
        self.vault = vault
        self._providers = providers
        self._clock = clock

    async def read(self, message: StoredMessage) -> inbox.Applying:
        provider = self._providers.get(message.provider)
        if provider is None:
            raise ProviderUnavailable(message.provider, detail=f"there is no provider {message.provider} here")
        told = provider.read_event(message.body)

        async def apply_told(connection: Connection) -> inbox.Applied:
            if told is None:
                return inbox.Applied(NewsOutcome.IGNORED, "of no concern")
            outcome = await apply(connection, self._clock, told)
            return inbox.Applied(_OUTCOMES[outcome], f"payout {told.payout_id}: {told.status}, {outcome}")

        return apply_told


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
    event_id = provider.verify_webhook(headers, body)
    return await inbox.receive(database, clock, PayoutReader(providers, vault, clock), name, event_id, KIND, body)


async def apply_due(database: Database, clock: Clock, providers: PayoutProviders, vault: Vault) -> int:
    """Apply what waits and is due; how many were tried. Several workers may run this."""
    return await inbox.apply_due(database, clock, PayoutReader(providers, vault, clock))
