"""The payment providers this server offers. Each is a plug-in: a folder here, or a package of its own."""

from typing import TypeAlias

from plaudit.money import Money
from plaudit.plugins import plugins
from plaudit.providers import Providers
from plaudit.selling.prices.pricing import WEB, Price
from plaudit.selling.providers.base import PaymentProvider
from plaudit.selling.providers.plugin import PaymentPlugin
from plaudit.settings import Settings

PaymentProviders: TypeAlias = Providers[PaymentProvider]


def payment_providers(settings: Settings) -> PaymentProviders:
    """The providers the settings describe, in the order in which buyers are offered them.

    Raises:
        SettingsError: a provider is described in part only.
    """
    described = [one for one in plugins(PaymentPlugin) if settings.describe(one)]
    return Providers.of_settings(settings, [one.make for one in described])


def providers_on_the_web(providers: PaymentProviders, web: Price) -> list[str]:
    """Who takes payments of the web in the currency of these prices, the one that is offered first at the beginning."""
    most = Money(web.cost(web.coins_max).gross, web.currency)
    known = [one for name in providers.names if (one := providers.get(name))]
    return [one.name for one in known if one.capabilities.channel == WEB and one.takes(most)]
