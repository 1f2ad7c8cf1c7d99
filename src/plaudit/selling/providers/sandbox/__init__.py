"""The sandbox that takes payments, as a plug-in. Its settings are the house's: others speak to it, too."""

from plaudit.selling.providers.base import PaymentProvider
from plaudit.selling.providers.plugin import PaymentPlugin
from plaudit.settings import Settings


def _make(settings: Settings) -> PaymentProvider | None:
    from plaudit.selling.providers.sandbox.provider import from_settings

    return from_settings(settings)


SANDBOX = PaymentPlugin(name="sandbox", make=_make)
