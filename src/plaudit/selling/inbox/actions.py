"""How selling understands what payment providers tell."""

from functools import partial
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.inbox import actions as inbox
from plaudit.inbox.model import NewsOutcome, Side, StoredMessage
from plaudit.providers import ProviderUnavailable
from plaudit.selling.inbox.applying import apply_news
from plaudit.selling.orders.capturing import carry_out_these
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.providers.news import News
from plaudit.settings import Settings
from plaudit.vault.sealing import vault_of

_WEIGHT = [NewsOutcome.IGNORED, NewsOutcome.REPEATED, NewsOutcome.APPLIED, NewsOutcome.PROBLEM, NewsOutcome.WAITING]
"""Of several news in one message the one furthest to the right speaks for all."""


class PaymentReader:
    """Reads messages of payment providers. What they decide is carried out after the commit."""

    side = Side.PAYMENTS

    def __init__(self, database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._providers = providers
        self._settings = settings
        self.vault = vault_of(settings)
        self._clock = clock

    async def read(self, message: StoredMessage) -> inbox.Applying:
        provider = self._providers.get(message.provider)
        if provider is None:
            raise ProviderUnavailable(message.provider)
        news = list(await provider.read_webhook(message.body))

        async def apply(connection: Connection) -> inbox.Applied:
            return await self._apply(connection, message.provider, news)

        return apply

    async def _apply(self, connection: Connection, provider: str, news: list[News]) -> inbox.Applied:
        done = [await apply_news(connection, provider, one, self._settings, self._clock) for one in news]
        outcome = max((one.outcome for one in done), key=_WEIGHT.index, default=NewsOutcome.IGNORED)
        detail = "; ".join(one.detail for one in done) or "of no concern"
        decisions = [one.decision for one in done if one.decision]
        carry_out = partial(carry_out_these, self._database, self._providers, decisions, self._settings, self._clock)
        return inbox.Applied(outcome, detail, carry_out if decisions else None)


async def apply_due(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> int:
    """Apply what waits and is due; how many were tried. Several workers may run this."""
    return await inbox.apply_due(database, clock, PaymentReader(database, providers, settings, clock))


async def replay(
    database: Database,
    providers: PaymentProviders,
    message_id: UUID,
    person_id: int,
    settings: Settings,
    clock: Clock,
) -> NewsOutcome:
    """Read a kept message again and apply it; see inbox.replay."""
    reader = PaymentReader(database, providers, settings, clock)
    return await inbox.replay(database, clock, message_id, person_id, reader)
