"""What a plug-in of a payment provider is."""

from collections.abc import Callable
from dataclasses import dataclass

from plaudit.selling.prices.channels import ChannelPlugin
from plaudit.selling.providers.base import PaymentProvider
from plaudit.settings import Settings


@dataclass(frozen=True, kw_only=True)
class PaymentPlugin(ChannelPlugin):
    """Brings a company that takes payments: its settings, its channel if it is an app store, and the provider."""

    make: Callable[[Settings], PaymentProvider | None]
    """The provider of settings that describe it; None when its way is not chosen in them.

    Raises:
        SettingsError: it is described in part only, or in a way that would let forgeries pass.
    """
