"""The payout providers this server offers, each a plug-in. The first that takes a currency pays in it."""

from typing import TypeAlias

from plaudit.payouts.providers.base import PayoutProvider
from plaudit.payouts.providers.plugin import PayoutPlugin
from plaudit.plugins import plugins
from plaudit.providers import Providers
from plaudit.settings import Settings

PayoutProviders: TypeAlias = Providers[PayoutProvider]


def payout_providers(settings: Settings) -> PayoutProviders:
    """The providers the settings describe.

    Raises:
        SettingsError: a provider is described in part only.
    """
    described = [one for one in plugins(PayoutPlugin) if settings.describe(one)]
    return Providers.of_settings(settings, [one.make for one in described])


def provider_for(providers: PayoutProviders, currency: str, preferred: str | None = None) -> PayoutProvider | None:
    """Who pays in a currency: the preferred one if it can, else the first that does; None: nobody."""
    for name in [preferred, *providers.names]:
        provider = providers.get(name) if name else None
        if provider is not None and provider.takes(currency):
            return provider
    return None
