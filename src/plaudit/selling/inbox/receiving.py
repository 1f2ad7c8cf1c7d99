"""A message from its arrival: verified, kept, and applied at once where that is quick."""

import asyncio
from collections.abc import Mapping

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.limits import WEBHOOK_APPLY_S
from plaudit.problems import NotFound
from plaudit.selling.inbox import actions as inbox
from plaudit.selling.orders.settlement import NewsOutcome
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
    async with database.transaction() as connection:
        kept = await inbox.keep(connection, name, message, body, clock.now())
    if kept is None:
        return NewsOutcome.REPEATED
    try:
        async with asyncio.timeout(WEBHOOK_APPLY_S):
            return await inbox.apply(database, providers, kept, settings, clock)
    except TimeoutError:  # its sender would give up: the job goes on
        async with database.transaction() as connection:
            await inbox.release(connection, kept, clock.now())
    return NewsOutcome.WAITING
