"""Prices of a region that are worth a lie about where one is."""

from datetime import timedelta

import msgspec

from plaudit.clock import ManualClock
from plaudit.connections import connect
from plaudit.selling.prices.pricing import Price
from plaudit.selling.prices.seed import make_book
from plaudit.selling.prices.shelf import write_book
from tests.support.databases import owner_of
from tests.support.desk import Desk

FEWEST = 100
"""Coins that can be bought there: of fewer, fees leave less than creators can be paid for them."""


async def sell_cheaply_in_indonesia(desk: Desk, clock: ManualClock) -> None:
    """A second price book, where coins cost a fifth less in Indonesia."""

    def lowered(price: Price) -> Price:
        if price.region != "ID":
            return price
        return msgspec.structs.replace(
            price,
            unit_numerator=price.unit_numerator * 4,
            unit_denominator=price.unit_denominator * 5,
            reference_numerator=price.reference_numerator * 4,
            reference_denominator=price.reference_denominator * 5,
            coins_min=FEWEST if price.custom_amounts else price.coins_min,
        )

    book = make_book(2, clock.now() - timedelta(hours=1))
    book = msgspec.structs.replace(book, prices=tuple(lowered(price) for price in book.prices))
    owner = await connect(owner_of(desk.house.database.url))
    try:
        async with owner.transaction():
            await write_book(owner, book, published_at=clock.now())
    finally:
        await owner.close()
