"""The payout providers this server offers: one line for each. The first that takes a currency pays in it."""

from collections.abc import Callable
from typing import TypeAlias

from plaudit.payouts.providers.base import PayoutProvider
from plaudit.payouts.providers.manual import provider as manual
from plaudit.payouts.providers.sandbox import provider as sandbox
from plaudit.providers import Providers
from plaudit.settings import Settings

PayoutProviders: TypeAlias = Providers[PayoutProvider]

MAKERS: tuple[Callable[[Settings], PayoutProvider | None], ...] = (manual.from_settings, sandbox.from_settings)


def payout_providers(settings: Settings) -> PayoutProviders:
    """The providers the settings describe.

    Raises:
        SettingsError: a provider is described in part only.
    """
    return Providers.of_settings(settings, MAKERS)


def provider_for(providers: PayoutProviders, currency: str, preferred: str | None = None) -> PayoutProvider | None:
    """Who pays in a currency: the preferred one if it can, else the first that does; None: nobody."""
    for name in [preferred, *providers.names]:
        provider = providers.get(name) if name else None
        if provider is not None and provider.takes(currency):
            return provider
    return None
