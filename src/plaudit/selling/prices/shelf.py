"""Whole price books, to and from the database. A version is written once and never changed."""

from datetime import datetime
from typing import Any

import msgspec

from plaudit.connections import Connection
from plaudit.problems import NotFound
from plaudit.selling.prices.pricing import Package, Price, PriceBook
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

_PRICE_FIELDS = [
    name for name in Price.__struct_fields__ if name not in {"packages", "tax_rate_ppm", "book_tax_rate_bps"}
]

_PACKAGE_FIELDS = (
    *("version", "region", "channel", "coins", "price_minor", "sort", "best_value", "saving_percent"),
    *("offer_code", "offer_price_minor", "offer_starts_at", "offer_ends_at"),
)


async def newest_version(connection: Connection) -> int:
    """The number of the newest version; 0 when there is none."""
    version: int = await connection.fetchval(SQL["newest_version"])
    return version


async def write_book(
    connection: Connection,
    book: PriceBook,
    *,
    published_at: datetime,
    published_by: int | None = None,
    copied_from: int | None = None,
) -> bool:
    """Keep a price book; it holds from its effective_at. False: its version is taken."""
    written = await connection.fetchval(
        SQL["write_book"],
        *(book.version, book.effective_at, book.rates_date, book.note, book.sources, book.rates),
        *(published_at, published_by, copied_from),
    )
    if written is None:
        return False
    version = book.version
    sellers = [(version, seller.code, seller.name, seller.address, seller.tax_id) for seller in book.sellers]
    prices = [[version, *(getattr(price, name) for name in _PRICE_FIELDS[1:])] for price in book.prices]
    packages = [
        (version, price.region, price.channel, *_package_row(package, sort))
        for price in book.prices
        for sort, package in enumerate(price.packages)
    ]
    await connection.executemany(SQL["write_seller"], sellers)
    await connection.executemany(SQL["write_price"], prices)
    await connection.executemany(SQL["write_package"], packages)
    return True


def as_rows(book: PriceBook) -> dict[str, Any]:
    """A book that is not published as rows of the tables would have it, of version 0."""
    packages = [
        dict(zip(_PACKAGE_FIELDS, (0, price.region, price.channel, *_package_row(package, sort)), strict=True))
        for price in book.prices
        for sort, package in enumerate(price.packages)
    ]
    prices = [{name: getattr(price, name) for name in _PRICE_FIELDS} | {"version": 0} for price in book.prices]
    rows = {"effective_at": book.effective_at, "rates": book.rates, "prices": prices, "packages": packages}
    found: dict[str, Any] = msgspec.to_builtins(rows)
    return found


def _package_row(package: Package, sort: int) -> tuple[object, ...]:
    offer = package.offer
    limited = (offer.code, offer.price_minor, offer.starts_at, offer.ends_at) if offer else (None,) * 4
    return (package.coins, package.price_minor, sort, package.best_value, package.saving_percent, *limited)


async def read_book(connection: Connection, version: int) -> PriceBook:
    """A version as it was written, with all its prices.

    Raises:
        NotFound: there is no such version.
    """
    book = await fetch_one(connection, SQL["book"], PriceBook, version)
    if book is None:
        raise NotFound("There is no such version of the price book.", version=version)
    prices = await fetch_all(connection, SQL["prices_of_book"], Price, version)
    return msgspec.structs.replace(book, prices=tuple(prices))
