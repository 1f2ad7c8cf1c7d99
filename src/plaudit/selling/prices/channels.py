"""Where this server sells coins: on the web, and in the app stores it has an app in."""

from collections.abc import Sequence

import msgspec

from plaudit.selling.prices.pricing import Channel, Price
from plaudit.settings import Settings


def channels_of(settings: Settings) -> frozenset[Channel]:
    """The channels of a server: a store is one as soon as the settings name the app that sells there."""
    apps: dict[Channel, str] = {"apple": settings.apple_bundle_id, "google": settings.google_package}
    return frozenset({"web", *(channel for channel, app in apps.items() if app)})


def as_sold(prices: Sequence[Price], settings: Settings) -> list[Price]:
    """Prices of the channels of this server. Without an app nothing is said to be cheaper than in one."""
    channels = channels_of(settings)
    sold = [price for price in prices if price.channel in channels]
    return sold if channels - {"web"} else [_without_claims(price) for price in sold]


def _without_claims(price: Price) -> Price:
    packages = (msgspec.structs.replace(package, saving_percent=None) for package in price.packages)
    return msgspec.structs.replace(price, packages=tuple(packages))
