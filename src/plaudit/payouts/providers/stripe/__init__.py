"""Stripe Connect, as a plug-in: what it brings."""

from plaudit.payouts.providers.base import PayoutProvider
from plaudit.payouts.providers.plugin import PayoutPlugin
from plaudit.payouts.providers.stripe.settings import StripeConnectSettings
from plaudit.settings import Settings


def _make(settings: Settings) -> PayoutProvider | None:
    from plaudit.payouts.providers.stripe.provider import from_settings

    return from_settings(settings)


STRIPE = PayoutPlugin(name="stripe", settings=StripeConnectSettings, make=_make)
