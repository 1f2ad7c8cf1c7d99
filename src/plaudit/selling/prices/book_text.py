"""The TOML text of a price book: what `book_file` reads back as the same book."""

from datetime import UTC
from fractions import Fraction
from typing import Any

import tomlkit
from tomlkit.items import Array, InlineTable, Table

from plaudit.selling.prices.pricing import Offer, Package, Price, PriceBook

_HEAD = (
    "A price book of Plaudit. Amounts are minor units of the currency, shares are basis points (1900 is 19 %),",
    "a unit price is minor units of one coin as a fraction, a rate is minor units of a currency for one US cent.",
)


def write_text(book: PriceBook) -> str:
    """A price book as a file, always the same for the same prices. Version and time are not part of it."""
    document = tomlkit.document()
    for line in _HEAD:
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    document.add("note", tomlkit.string(book.note))
    document.add("rates_date", tomlkit.item(book.rates_date))
    document.add("sources", _table(dict(sorted(book.sources.items()))))
    document.add("rates", _table({name: str(Fraction(rate)) for name, rate in sorted(book.rates.items())}))
    if book.sellers:
        sellers = tomlkit.table(is_super_table=True)
        for seller in book.sellers:
            tax_id = {"tax_id": seller.tax_id} if seller.tax_id else {}
            sellers.add(seller.code, _table({"name": seller.name, "address": seller.address} | tax_id))
        document.add("sellers", sellers)
    regions = tomlkit.table(is_super_table=True)
    for region in sorted({price.region for price in book.prices}):
        regions.add(region, _region([price for price in book.prices if price.region == region]))
    document.add("regions", regions)
    return tomlkit.dumps(document)


def _table(fields: dict[str, Any]) -> Table:
    table = tomlkit.table()
    for name, value in fields.items():
        table.add(name, value)
    return table


def _inline(fields: dict[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    table.update({name: value for name, value in fields.items() if value is not None})
    return table


def _tax(price: Price) -> InlineTable:
    return _inline({"name": price.tax_name, "rate_bps": price.tax_rate_bps, "included": price.tax_included})


def _region(prices: list[Price]) -> Table:
    """The channels of a region; what they share stands above them once."""
    first = prices[0]
    common = {price.seller_code for price in prices} == {first.seller_code} and first.seller_code
    table = _table({"currency": first.currency, "tax": _tax(first), **({"seller": common} if common else {})})
    for price in prices:
        own: dict[str, Any] = {}
        if price.currency != first.currency:
            own["currency"] = price.currency
        if _tax(price).unwrap() != _tax(first).unwrap():
            own["tax"] = _tax(price)
        if price.seller_code and not common:
            own["seller"] = price.seller_code
        table.add(price.channel, _channel(price, own))
    return table


def _channel(price: Price, own: dict[str, Any]) -> Table:
    return _table(
        own
        | {
            "unit_price": str(price.unit),
            "step_minor": price.step_minor,
            "store_fee_bps": price.store_fee_bps,
            "store_fee_fixed_minor": price.store_fee_fixed_minor,
            "coins_min": price.coins_min,
            "coins_max": price.coins_max,
            "custom_amounts": price.custom_amounts,
            "packages": _packages(price.packages),
        }
    )


def _packages(packages: tuple[Package, ...]) -> Array:
    """One line for each package."""
    found = tomlkit.array()
    for package in packages:
        claims = {"best_value": package.best_value or None, "saving_percent": package.saving_percent}
        limited = {"offer": _offer(package.offer)} if package.offer else {}
        found.add_line(_inline({"coins": package.coins, "price_minor": package.price_minor, **claims, **limited}))
    if packages:
        found.add_line(indent="")
    return found


def _offer(offer: Offer) -> InlineTable:
    return _inline(
        {
            "code": offer.code,
            "price_minor": offer.price_minor,
            "starts_at": offer.starts_at.astimezone(UTC),
            "ends_at": offer.ends_at.astimezone(UTC),
        }
    )
