"""Small price books for tests of the linter, of files and of comparisons."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from plaudit.selling.prices.pricing import Package, Price, PriceBook, reference_of

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
RATES = {"USD": "1", "EUR": "9/10", "HUF": "320"}


def price(channel: str = "web", **changed: Any) -> Price:
    """Prices of the United States on a channel: 100 coins for 110 cents on the web, and for 149 in the apps."""
    web = channel == "web"
    fields: dict[str, Any] = {
        "version": 1,
        "region": "US",
        "channel": channel,
        "currency": "USD",
        "unit_numerator": 11 if web else 149,
        "unit_denominator": 10 if web else 100,
        "step_minor": 1,
        "tax_name": "VAT",
        "tax_rate_bps": 2_000,
        "tax_included": True,
        "store_fee_bps": 300 if web else 3_000,
        "custom_amounts": web,
        "coins_min": 10,
        "coins_max": 100_000,
        "packages": (Package(100, 110 if web else 149), Package(1_000, 1_100 if web else 1_490)),
    } | changed
    unit, rate = Fraction(fields["unit_numerator"], fields["unit_denominator"]), Fraction(RATES[fields["currency"]])
    reference = reference_of(unit, fields["tax_rate_bps"], rate, tax_included=fields["tax_included"])
    parts = {"reference_numerator": reference.numerator, "reference_denominator": reference.denominator}
    return Price(**parts | fields)


def book(*prices: Price, version: int = 1, effective_at: datetime = BEGIN) -> PriceBook:
    """A version of these prices; of the web and both apps without any."""
    return PriceBook(
        version=version,
        effective_at=effective_at,
        rates_date=BEGIN.date(),
        note="of a test",
        sources={"test": "made up"},
        rates=RATES,
        prices=prices or (price(), price("apple"), price("google")),
    )
