"""Stripe, as two plug-ins: a page of theirs, or one of the host."""

from plaudit.selling.providers.base import PaymentProvider
from plaudit.selling.providers.plugin import PaymentPlugin
from plaudit.selling.providers.stripe.settings import StripeSettings
from plaudit.settings import Settings


def _checkout(settings: Settings) -> PaymentProvider | None:
    from plaudit.selling.providers.stripe.checkout import from_settings

    return from_settings(settings)


def _intents(settings: Settings) -> PaymentProvider | None:
    from plaudit.selling.providers.stripe.intents import from_settings

    return from_settings(settings)


CHECKOUT = PaymentPlugin(name="stripe", settings=StripeSettings, make=_checkout)
INTENTS = PaymentPlugin(name="stripe_intent", settings=StripeSettings, make=_intents)
