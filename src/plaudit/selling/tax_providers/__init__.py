"""Who may say what tax a place has, before the dated table is asked. Each is a plug-in: a folder here, or a package."""

import asyncio
import logging
from datetime import datetime
from typing import TypeAlias

from plaudit.limits import TAX_PROVIDER_TIMEOUT_S
from plaudit.plugins import plugins
from plaudit.providers import ProviderRefused, Providers, ProviderUnavailable
from plaudit.selling.tax_providers.base import TaxAnswer, TaxNotKnown, TaxPlace, TaxProvider
from plaudit.selling.tax_providers.plugin import TaxPlugin
from plaudit.settings import Settings

log = logging.getLogger(__name__)

TaxProviders: TypeAlias = Providers[TaxProvider]


def tax_providers(settings: Settings) -> TaxProviders:
    """The providers the settings describe.

    Raises:
        SettingsError: a provider is described in part only.
    """
    described = [one for one in plugins(TaxPlugin) if settings.describe(one)]
    return Providers.of_settings(settings, [one.make for one in described])


async def ask(providers: TaxProviders, place: TaxPlace, at: datetime, settings: Settings) -> TaxAnswer | None:
    """What the first provider that knows a place says of it; None: the table is to say it. Never in a transaction.

    Raises:
        TaxNotKnown: one did not answer as it should, and the settings want its answer.
    """
    for provider in (found for name in providers.names if (found := providers.get(name))):
        try:
            async with asyncio.timeout(TAX_PROVIDER_TIMEOUT_S):
                answer = await provider.rate(place, at)
        except (ProviderUnavailable, ProviderRefused, TimeoutError) as error:
            log.warning("tax provider %s does not say the tax of %s: %s", provider.name, place.country, error)
            if settings.tax_answer_required:
                raise TaxNotKnown(place.country) from error
            continue
        if answer is not None:
            return answer
    return None
