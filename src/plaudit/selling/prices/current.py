"""Which prices hold for whom, and who sells."""

from datetime import datetime

from plaudit.clock import Clock
from plaudit.connections import Connection, fixed
from plaudit.selling.prices.channels import as_sold
from plaudit.selling.prices.pricing import Channel, NoPrices, NoSeller, Price, PriceBook, SellerOfRecord
from plaudit.selling.prices.taxes import day_in
from plaudit.settings import Settings
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


async def current_book(connection: Connection, clock: Clock) -> PriceBook:
    """The price book that holds now, looked at now: without its prices.

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


async def prices(connection: Connection, book: PriceBook, region: str, settings: Settings) -> list[Price]:
    """Prices of a region in the channels of this server, the web first; empty when the book does not have it.

    They are those of the moment the book is looked at: with the tax rate of that day there, and the offers that hold.
    """
    moment = book.moment
    found = await fetch_all(connection, SQL["prices"], Price, book.version, region, day_in(region, moment))
    return [price.at(moment) for price in as_sold(found, settings)]


async def seller_of(
    connection: Connection, region: str, at: datetime, settings: Settings, channel: Channel = "web"
) -> SellerOfRecord:
    """Who sells in a region at a moment: who the price book of that moment names, else the seller of the settings.

    Raises:
        NoSeller: neither names somebody with an address.
    """
    return _complete(await named_seller(connection, region, at, channel), region, settings)


async def require_seller(connection: Connection, book: PriceBook, region: str, settings: Settings) -> SellerOfRecord:
    """Who sells in a region by a price book.

    Raises:
        NoSeller: neither the book nor the settings name somebody with an address.
    """
    ((code, *named),) = await fixed(connection, SQL["seller_in_book"], book.version, region)
    return _complete(SellerOfRecord(code, *named) if code else None, region, settings)


def _complete(named: SellerOfRecord | None, region: str, settings: Settings) -> SellerOfRecord:
    found = named or SellerOfRecord(
        settings.seller_code, settings.seller_name, settings.seller_address, settings.seller_tax_id
    )
    if not (found.name.strip() and found.address.strip()):
        raise NoSeller(region)
    return found


async def named_seller(
    connection: Connection, region: str, at: datetime, channel: Channel = "web"
) -> SellerOfRecord | None:
    """Who the price book of a moment names as the seller in a region; None: nobody, so that the settings decide."""
    return await fetch_one(connection, SQL["seller_of"], SellerOfRecord, at, region, channel)
