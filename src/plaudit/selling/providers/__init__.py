"""The payment providers this server offers: one line for each."""

from collections.abc import Callable
from typing import TypeAlias

from plaudit.money import Money
from plaudit.providers import Providers
from plaudit.selling.prices.pricing import Price
from plaudit.selling.providers.apple import provider as apple
from plaudit.selling.providers.base import PaymentProvider
from plaudit.selling.providers.google import provider as google
from plaudit.selling.providers.paypal import provider as paypal
from plaudit.selling.providers.sandbox import provider as sandbox
from plaudit.selling.providers.stripe import checkout as stripe
from plaudit.selling.providers.stripe import intents as stripe_intent
from plaudit.settings import Settings

PaymentProviders: TypeAlias = Providers[PaymentProvider]

MAKERS: tuple[Callable[[Settings], PaymentProvider | None], ...] = (
    stripe.from_settings,
    paypal.from_settings,
    stripe_intent.from_settings,
    apple.from_settings,
    google.from_settings,
    sandbox.from_settings,
)
"""In the order in which buyers are offered them."""


def payment_providers(settings: Settings) -> PaymentProviders:
    """The providers the settings describe.

    Raises:
        SettingsError: a provider is described in part only.
    """
    return Providers.of_settings(settings, MAKERS)


def providers_on_the_web(providers: PaymentProviders, web: Price) -> list[str]:
    """Who takes payments of the web in the currency of these prices, the one that is offered first at the beginning."""
    most = Money(web.cost(web.coins_max).gross, web.currency)
    return [
        name for name in providers.names if (one := providers.get(name)) and "web" in one.channels and one.takes(most)
    ]
