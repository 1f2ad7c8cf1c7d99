"""Paying by hand, as a plug-in: what it brings."""

from plaudit.payouts.providers.base import PayoutProvider
from plaudit.payouts.providers.manual.settings import ManualSettings
from plaudit.payouts.providers.plugin import PayoutPlugin
from plaudit.settings import Settings


def _make(settings: Settings) -> PayoutProvider | None:
    from plaudit.payouts.providers.manual.provider import from_settings

    return from_settings(settings)


MANUAL = PayoutPlugin(name="manual", settings=ManualSettings, make=_make)
