"""The sandbox that pays out, as a plug-in. Its settings are the house's: others speak to it, too."""

from plaudit.payouts.providers.base import PayoutProvider
from plaudit.payouts.providers.plugin import PayoutPlugin
from plaudit.settings import Settings


def _make(settings: Settings) -> PayoutProvider | None:
    from plaudit.payouts.providers.sandbox.provider import from_settings

    return from_settings(settings)


SANDBOX = PayoutPlugin(name="sandbox", make=_make)
