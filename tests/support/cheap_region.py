"""Prices of a region that are worth a lie about where one is."""

from datetime import timedelta

import msgspec

from plaudit.clock import ManualClock
from plaudit.selling.prices.pricing import Price
from plaudit.selling.prices.seed import make_book
from plaudit.selling.prices.shelf import write_book
from tests.support.desk import Desk


async def sell_cheaply_in_indonesia(desk: Desk, clock: ManualClock) -> None:
    """A second price book, where coins cost half in Indonesia."""

    def halved(price: Price) -> Price:
        if price.region != "ID":
            return price
        return msgspec.structs.replace(
            price, unit_denominator=price.unit_denominator * 2, reference_denominator=price.reference_denominator * 2
        )

    book = make_book(2, clock.now() - timedelta(hours=1))
    book = msgspec.structs.replace(book, prices=tuple(halved(price) for price in book.prices))
    async with desk.house.database.transaction() as connection:
        await write_book(connection, book, published_at=clock.now())
