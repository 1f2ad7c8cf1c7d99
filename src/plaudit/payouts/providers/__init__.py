"""The payout providers this server offers: one line for each. The first takes new payout methods."""

from collections.abc import Callable
from typing import TypeAlias

from plaudit.payouts.providers import sandbox
from plaudit.payouts.providers.base import PayoutProvider
from plaudit.providers import Providers
from plaudit.settings import Settings

PayoutProviders: TypeAlias = Providers[PayoutProvider]

MAKERS: tuple[Callable[[Settings], PayoutProvider | None], ...] = (sandbox.from_settings,)


def payout_providers(settings: Settings) -> PayoutProviders:
    """The providers the settings describe.

    Raises:
        SettingsError: a provider is described in part only.
    """
    return Providers.of_settings(settings, MAKERS)
