"""How little and how much providers take, and that no quote is promised that nobody does."""

from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest

from plaudit.money import Money
from plaudit.selling.orders.actions import Amount, amount_of
from plaudit.selling.orders.model import QuoteRequest
from plaudit.selling.prices.pricing import Package, Price
from plaudit.selling.providers import PaymentProviders, as_taken, payment_providers, providers_on_the_web, takers_of
from plaudit.settings import Secret, Settings

ID = UUID("0192f0c1-2345-7abc-8def-0123456789ab")
STRIPE = {"stripe_secret_key": Secret("sk_test_1"), "stripe_webhook_secrets": Secret("whsec_1")}
PAYPAL = {
    "paypal_client_id": "id", "paypal_client_secret": Secret("secret"), "paypal_webhook_id": "webhook",
}  # fmt: skip


def providers(**described: Any) -> PaymentProviders:
    return payment_providers(Settings.of_values(**described))


def price(currency: str = "EUR", **changed: Any) -> Price:
    """One coin costs one and a bit, from one coin on."""
    fields: dict[str, Any] = {
        "version": 1, "region": "DE", "channel": "web", "currency": currency, "unit_numerator": 37,
        "unit_denominator": 35, "step_minor": 1, "tax_name": "VAT", "tax_rate_bps": 0, "tax_included": True,
        "store_fee_bps": 0, "custom_amounts": True, "coins_min": 1, "coins_max": 1_000, "reference_numerator": 37,
        "reference_denominator": 35, "packages": (Package(10, 11), Package(70, 74)),
    }  # fmt: skip
    return Price(**fields | changed)


def test_missing_coins_are_raised_to_what_somebody_takes() -> None:
    taken = as_taken(price(), providers(**STRIPE))
    assert taken.cost(taken.coins_min).gross == 50
    assert amount_of(QuoteRequest(id=ID, missing_coins=3), taken) == Amount(47, left_over=44)
    assert [package.coins for package in taken.packages] == [70]


def test_the_least_of_all_on_offer_holds() -> None:
    both = providers(**STRIPE, **PAYPAL)
    assert as_taken(price(), both) == price()
    assert takers_of(both, Money(49, "EUR")) == ["paypal"]
    assert takers_of(both, Money(50, "EUR")) == ["stripe", "paypal"]


def test_prices_are_as_they_are_where_nobody_is_on_offer_or_a_store_sells() -> None:
    assert as_taken(price(), providers()) == price()
    assert as_taken(price(channel="apple"), providers(**STRIPE)) == price(channel="apple")


def test_a_least_in_dollars_is_converted_at_the_rate_of_the_book() -> None:
    """A rupiah is worth a 160th of a cent: Stripe's half a dollar is some 10,000 rupiah."""
    rupiah = price("IDR", unit_numerator=16_000, reference_numerator=1, unit_denominator=1, reference_denominator=1)
    assert rupiah.minor_per_us_cent == Fraction(16_000)
    taken = as_taken(rupiah, providers(**STRIPE))
    assert (taken.coins_min, taken.coins_max) == (60, 1_000)


def test_a_price_above_what_anybody_takes_is_not_offered() -> None:
    dear = price(coins_max=200_000_000, packages=(Package(70, 74), Package(150_000_000, 158_000_000)))
    taken = as_taken(dear, providers(**STRIPE))
    assert taken.cost(taken.coins_max).gross <= 99_999_999 < taken.taxed(taken.proportion(taken.coins_max + 1)).gross
    assert [package.coins for package in taken.packages] == [70]
    assert providers_on_the_web(providers(**STRIPE), price("UGX")) == []


@pytest.mark.parametrize("currency", ["USD", "EUR", "GBP", "JPY", "HUF", "TWD", "KWD", "ISK", "MGA", "IDR"])
def test_the_ends_of_a_range_are_taken_and_nothing_beyond(currency: str) -> None:
    known = providers(**STRIPE, **PAYPAL)
    ranges = {name: one.range_of(currency) for name in known.names if (one := known.get(name))}
    assert ranges["stripe"] is not None
    for name, taken in ranges.items():
        provider = known.get(name)
        assert provider is not None
        if taken is None:
            assert not provider.takes(Money(100_000, currency))
            continue
        assert provider.takes(Money(taken.least_minor, currency))
        assert not provider.takes(Money(taken.least_minor - 1, currency))
        if name == "stripe":
            assert provider.takes(Money(taken.most_minor, currency))
            assert not provider.takes(Money(taken.most_minor + 1, currency))


def test_the_tax_of_a_place_does_not_move_the_rate_of_the_book() -> None:
    """Half a dollar stays half a dollar, with the tax of a province or what an operator decided since."""
    canada = price("CAD", tax_included=False, unit_numerator=140, unit_denominator=100)
    decided = price("CAD", tax_included=False, unit_numerator=140, unit_denominator=100, tax_rate_bps=500,
                    book_tax_rate_bps=0)  # fmt: skip
    for found in (canada, canada.taxed_at("HST", 130_000), decided, decided.taxed_at("HST", 130_000)):
        assert found.minor_per_us_cent == canada.minor_per_us_cent
