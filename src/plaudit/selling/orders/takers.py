"""Whether this server can sell coins, and who takes the money where it can."""

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.selling.prices.current import current_book, prices, seller_of
from plaudit.selling.prices.pricing import NoPrices, NoSeller, Price
from plaudit.selling.providers import PaymentProviders, providers_on_the_web
from plaudit.settings import Settings


class SellingObstacle(msgspec.Struct, frozen=True):
    """Why nothing can be sold: a stable code, and what to do about it in words for the operator."""

    code: str
    text: str


async def obstacles(
    connection: Connection, providers: PaymentProviders, settings: Settings, clock: Clock
) -> list[SellingObstacle]:
    """What keeps this server from selling coins in its default region; empty: it sells."""
    found = []
    region, now = settings.default_region, clock.now()
    try:
        web = next(iter(await prices(connection, await current_book(connection, clock), region, settings)), None)
    except NoPrices:
        web = None
    if web is None:
        found.append(SellingObstacle("no_prices", f"no price book with prices for {region} is published"))
    try:
        await seller_of(connection, region, now, settings)
    except NoSeller:
        text = "no seller is named: set PLAUDIT_SELLER_NAME and PLAUDIT_SELLER_ADDRESS, or name one in the price book"
        found.append(SellingObstacle(NoSeller.code, text))
    if not (providers_on_the_web(providers, web) if web else providers.names):
        found.append(
            SellingObstacle("no_payment_provider", "no payment provider is set up that takes payments on the web")
        )
    return found


async def takers(
    connection: Connection, providers: PaymentProviders, web: Price, settings: Settings, clock: Clock
) -> list[str]:
    """Who takes payments of the web at these prices, as they are offered; nobody while nobody is named who sells."""
    try:
        await seller_of(connection, web.region, clock.now(), settings)
    except NoSeller:
        return []
    return providers_on_the_web(providers, web)
