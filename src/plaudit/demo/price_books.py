"""The demo's price books: who sells where, and the taxes that are set in the middle of the past."""

from fractions import Fraction

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.asking import House
from plaudit.demo.past_plan import PastPlan
from plaudit.ids import new_id
from plaudit.money import round_up
from plaudit.selling.prices import actions, taxes
from plaudit.selling.prices.decisions import book_or_ask, tax_or_ask
from plaudit.selling.prices.model import NewTaxRate
from plaudit.selling.prices.pricing import Package, Price, PriceBook, SellerOfRecord
from plaudit.selling.prices.seed import BASE_COINS, make_book, own_taxes
from plaudit.selling.prices.shelf import newest_version

_FIRST_NOTE = "First prices. Taxes outside Europe are not set yet."
_SECOND_NOTE = "Taxes of Japan, Indonesia, Mexico and Korea are set; the rates of the ECB are of the same day."


async def publish_first(connection: Connection, plan: PastPlan, clock: Clock) -> bool:
    """Publish the book the past begins with, as who owns the tables; False when there is one already."""
    await taxes.record_published(connection, clock.now())
    if await newest_version(connection):
        return False
    await actions.publish_undecided(connection, await _book(connection, plan, _FIRST_NOTE, clock), clock)
    return True


async def publish_second(connection: Connection, house: House, plan: PastPlan, operator_id: int, clock: Clock) -> None:
    """Decide the taxes of the plan from that day on, and publish the book that has them, as its one operator."""
    for tax in plan.tax:
        decided = NewTaxRate(
            id=new_id(clock),
            country=tax.country,
            name=tax.name,
            rate_bps=tax.rate_bps,
            valid_from=taxes.day_in(tax.country, clock.now()),
            reason=f"Registered for {tax.name} in {tax.country}",
        )
        await tax_or_ask(connection, clock, house, decided, operator_id)
    book = await _book(connection, plan, _SECOND_NOTE, clock)
    await book_or_ask(connection, clock, house, book, None, operator_id)


async def _book(connection: Connection, plan: PastPlan, note: str, clock: Clock) -> PriceBook:
    rates = own_taxes(await taxes.taxes_at(connection, clock.now()))
    return _sold_by(make_book(await newest_version(connection) + 1, clock.now(), rates), note, plan)


def _sold_by(book: PriceBook, note: str, plan: PastPlan) -> PriceBook:
    """The book with the plan's sellers."""
    codes: dict[str, str] = {region: seller.code for seller in plan.seller for region in seller.regions}
    sellers = tuple(SellerOfRecord(one.code, one.name, one.address, one.tax_id) for one in plan.seller)
    prices = tuple(
        msgspec.structs.replace(price, seller_code=code) if (code := codes.get(price.region)) else price
        for price in book.prices
    )
    return msgspec.structs.replace(book, note=note, sellers=sellers, prices=prices)


def raised(book: PriceBook, region: str, percent: int) -> PriceBook:
    """The book with prices on the web of one region that are higher, at least by a step of its currency."""

    def higher(price: Price) -> Price:
        if (price.region, price.channel) != (region, "web"):
            return price
        base = round_up(price.unit * BASE_COINS * (100 + percent) / 100 / price.step_minor) * price.step_minor
        unit = Fraction(base, BASE_COINS)
        packages = tuple(Package(one.coins, base * one.coins // BASE_COINS) for one in price.packages)
        return msgspec.structs.replace(
            price, unit_numerator=unit.numerator, unit_denominator=unit.denominator, packages=packages
        )

    return msgspec.structs.replace(book, prices=tuple(map(higher, book.prices)))


def cheaper_in_bulk(book: PriceBook, region: str, percent: int, coins_from: int) -> PriceBook:
    """The book with a saving on the large packages on the web of one region, and the largest as the best value."""

    def cheaper(package: Package, largest: int) -> Package:
        if package.coins < coins_from:
            return package
        return Package(
            package.coins,
            package.price_minor * (100 - percent) // 100,
            best_value=package.coins == largest,
            saving_percent=percent,
        )

    def changed(price: Price) -> Price:
        if (price.region, price.channel) != (region, "web"):
            return price
        largest = max(one.coins for one in price.packages)
        return msgspec.structs.replace(price, packages=tuple(cheaper(one, largest) for one in price.packages))

    return msgspec.structs.replace(book, prices=tuple(map(changed, book.prices)))
