"""PayPal, as a plug-in: what it brings."""

from plaudit.selling.providers.base import PaymentProvider
from plaudit.selling.providers.paypal.settings import PayPalSettings
from plaudit.selling.providers.plugin import PaymentPlugin
from plaudit.settings import Settings


def _make(settings: Settings) -> PaymentProvider | None:
    from plaudit.selling.providers.paypal.provider import from_settings

    return from_settings(settings)


PAYPAL = PaymentPlugin(name="paypal", settings=PayPalSettings, make=_make)
