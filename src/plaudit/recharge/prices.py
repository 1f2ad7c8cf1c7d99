"""Which prices hold for whom."""

from plaudit.clock import Clock
from plaudit.db import Connection, fetch_all, fetch_one, statements
from plaudit.people.actions import require_person
from plaudit.problems import InvalidField
from plaudit.recharge.model import NoPrices, RegionSource
from plaudit.recharge.pricing import Price, PriceBook
from plaudit.settings import Settings

SQL = statements(__file__)


async def shard_of(connection: Connection, person_id: int) -> int:
    """The shard of a person's wallet, quotes and orders."""
    shard: int = await connection.fetchval(SQL["shard_of"], person_id)
    return shard


async def current_book(connection: Connection, clock: Clock) -> PriceBook:
    """The price book that holds now, without its prices.

    Raises:
        NoPrices: none has been published.
    """
    book = await fetch_one(connection, SQL["current_book"], PriceBook, clock.now())
    if book is None:
        raise NoPrices
    return book


async def regions(connection: Connection, book: PriceBook) -> list[str]:
    """The regions a price book has prices for."""
    return [row["region"] for row in await connection.fetch(SQL["regions"], book.version)]


async def prices(connection: Connection, book: PriceBook, region: str) -> list[Price]:
    """Prices of all channels of a region, the web first; empty when the book does not have it."""
    return await fetch_all(connection, SQL["prices"], Price, book.version, region)


async def region_prices(
    connection: Connection, book: PriceBook, person_id: int | None, requested: str | None, settings: Settings
) -> tuple[RegionSource, list[Price]]:
    """Prices for somebody, and why of that region: the country of the identity, else what was asked for, else ours.

    Raises:
        InvalidField: the region asked for has no prices.
        NoPrices: neither has the default region.
    """
    if person_id:
        person = await require_person(connection, person_id)
        if person.country and (found := await prices(connection, book, person.country)):
            return "identity", found
    if requested is not None:
        if found := await prices(connection, book, requested):
            return "requested", found
        raise InvalidField(field="region", reason=f"has no prices here: {requested}")
    if found := await prices(connection, book, settings.default_region):
        return "default", found
    raise NoPrices(f"The price book has no prices for the default region {settings.default_region}.")
