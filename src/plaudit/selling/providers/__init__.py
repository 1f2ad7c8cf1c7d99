"""The payment providers this server offers. Each is a plug-in: a folder here, or a package of its own."""

import math
from typing import TypeAlias

from plaudit.money import Money
from plaudit.plugins import plugins
from plaudit.providers import Providers
from plaudit.selling.prices.pricing import WEB, Price
from plaudit.selling.providers.base import AmountRange, NamedMethod, PaymentProvider
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
    return [one.name for one, _ in _on_the_web(providers, web)]


def takers_of(providers: PaymentProviders, price: Money) -> list[str]:
    """Who takes a payment of the web of this amount."""
    known = [one for name in providers.names if (one := providers.get(name))]
    return [one.name for one in known if one.capabilities.channel == WEB and one.takes(price)]


def methods_of(provider: PaymentProvider, currency: str) -> dict[str, NamedMethod]:
    """What of a provider is chosen by name for this currency."""
    named = provider.capabilities.methods
    return {one.code: one for one in named if not one.currencies or currency in one.currencies}


def as_taken(price: Price, providers: PaymentProviders) -> Price:
    """A price with only what somebody on offer takes: no amount that nobody does is shown or promised. As it is where
    an app store sells, or nobody is on offer."""
    ranges = [taken for _, taken in _on_the_web(providers, price)] if price.channel == WEB else []
    if not ranges:
        return price
    return price.within(min(_least_minor(taken, price) for taken in ranges), max(taken.most_minor for taken in ranges))


def _on_the_web(providers: PaymentProviders, web: Price) -> list[tuple[PaymentProvider, AmountRange]]:
    known = [one for name in providers.names if (one := providers.get(name)) and one.capabilities.channel == WEB]
    found = [(one, taken) for one in known if (taken := one.range_of(web.currency))]
    cheapest, dearest = web.cost(web.coins_min).gross, web.cost(web.coins_max).gross
    return [(one, at) for one, at in found if at.most_minor >= cheapest and _least_minor(at, web) <= dearest]


def _least_minor(taken: AmountRange, price: Price) -> int:
    """The least a provider takes, at the exchange rates of the price book where it says that in dollars."""
    return max(taken.least_minor, math.ceil(taken.least_us_cents * price.minor_per_us_cent))
