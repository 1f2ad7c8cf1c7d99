"""The payout providers this server offers, each a plug-in. The first that takes a kind and a currency pays to it."""

from collections.abc import Iterable
from typing import TypeAlias

from plaudit.payouts.kinds import MethodKind
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


def provider_for(
    providers: PayoutProviders, kind: MethodKind, currency: str, preferred: str | None = None
) -> PayoutProvider | None:
    """Who pays to a kind of method in a currency: the preferred one if it can, else the first that does; None: nobody.
    An account at a provider is paid to by that one alone."""
    for name in [preferred, *providers.names]:
        provider = providers.get(name) if name else None
        if provider is None or kind not in provider.kinds or not provider.takes(currency):
            continue
        if provider.accounts is None or preferred in {None, name}:
            return provider
    return None


def ways(providers: PayoutProviders, currencies: Iterable[str]) -> dict[MethodKind, list[str]]:
    """Which kinds of methods somebody here pays to, and in which of some currencies."""
    wanted = list(currencies)
    found = {kind: [one for one in wanted if provider_for(providers, kind, one)] for kind in MethodKind}
    return {kind: takes for kind, takes in found.items() if takes}
