"""A message of a payment provider from its arrival: verified, then given to the inbox."""

from collections.abc import Mapping

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.inbox import actions as inbox
from plaudit.inbox.model import NewsOutcome
from plaudit.problems import NotFound
from plaudit.selling.inbox.actions import PaymentReader
from plaudit.selling.providers import PaymentProviders
from plaudit.settings import Settings


async def receive_webhook(
    database: Database,
    providers: PaymentProviders,
    name: str,
    headers: Mapping[str, str],
    body: bytes,
    settings: Settings,
    clock: Clock,
) -> NewsOutcome:
    """Verify a provider's message and keep it; then apply it, or leave that to a job when it takes too long.

    Raises:
        NotFound: there is no such provider.
        SignatureNotValid: it is not from the provider.
        ProviderUnavailable: whether it is cannot be found out now; the provider sends it again.
    """
    provider = providers.get(name)
    if provider is None:
        raise NotFound("There is no such provider.", provider=name)
    message = await provider.verify_webhook(headers, body)
    reader = PaymentReader(database, providers, settings, clock)
    return await inbox.receive(database, clock, reader, name, message.id, message.kind, body)
