"""The grounds of a command: the database of the settings as far as it can be reached, and clients of its own."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx2

from plaudit.clock import Clock
from plaudit.connections import DatabaseUnreachable
from plaudit.db import Database
from plaudit.embedded import naming_the_setting
from plaudit.outgoing import tls_context
from plaudit.payouts.providers import PayoutProviders, payout_providers
from plaudit.readiness.model import Grounds
from plaudit.selling.providers import PaymentProviders, payment_providers
from plaudit.settings import Settings, SettingsError


@asynccontextmanager
async def grounds_of_command(data: Path | None, url: str, clock: Clock) -> AsyncIterator[Grounds]:
    """What a command looks at, as the application sees it.

    `data`: another folder than that of the settings.
    """
    settings = Settings.from_environment()
    settings = dataclasses.replace(settings, data=data) if data else settings
    async with AsyncExitStack() as stack:
        database, database_problem = await _database(stack, settings, url)
        payments, payouts, providers_problem = await _providers(stack, settings)
        yield Grounds(
            settings=settings,
            clock=clock,
            client=await stack.enter_async_context(httpx2.AsyncClient(verify=tls_context(), follow_redirects=False)),
            database=database,
            database_problem=database_problem,
            payments=payments,
            payouts=payouts,
            providers_problem=providers_problem,
        )


async def _database(stack: AsyncExitStack, settings: Settings, url: str) -> tuple[Database | None, str]:
    try:
        with naming_the_setting(settings):
            return await stack.enter_async_context(Database(url)), ""
    except DatabaseUnreachable as error:
        return None, str(error)


async def _providers(
    stack: AsyncExitStack, settings: Settings
) -> tuple[PaymentProviders | None, PayoutProviders | None, str]:
    try:
        payments, payouts = payment_providers(settings), payout_providers(settings)
    except SettingsError as error:
        return None, None, str(error)
    stack.push_async_callback(payments.close)
    stack.push_async_callback(payouts.close)
    return payments, payouts, ""
