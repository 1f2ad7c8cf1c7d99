"""PayPal Payouts, as a plug-in: what it brings."""

from plaudit.payouts.providers.base import PayoutProvider
from plaudit.payouts.providers.paypal.settings import PayPalPayoutSettings
from plaudit.payouts.providers.plugin import PayoutPlugin
from plaudit.settings import Settings


def _make(settings: Settings) -> PayoutProvider | None:
    from plaudit.payouts.providers.paypal.provider import from_settings

    return from_settings(settings)


PAYPAL = PayoutPlugin(name="paypal", settings=PayPalPayoutSettings, make=_make)
