"""What a plug-in of a payout provider is."""

from collections.abc import Callable
from dataclasses import dataclass

from plaudit.payouts.providers.base import PayoutProvider
from plaudit.plugins import Plugin
from plaudit.settings import Settings


@dataclass(frozen=True, kw_only=True)
class PayoutPlugin(Plugin):
    """Brings a way to pay creators: its settings and the provider."""

    make: Callable[[Settings], PayoutProvider | None]
    """The provider of settings that describe it; None when its way is not chosen in them.

    Raises:
        SettingsError: it is described in part only.
    """
