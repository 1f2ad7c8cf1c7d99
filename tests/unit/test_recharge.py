"""What a request for coins comes to, where a buyer may come back to, and references of orders."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec
import pytest

from plaudit.problems import InvalidField
from plaudit.selling.orders.actions import amount_of, return_address
from plaudit.selling.orders.model import OrderRequest, QuoteRequest
from plaudit.selling.prices.pricing import Cost, Offer, Package, Price, PriceBook, SellerOfRecord
from plaudit.selling.providers.references import read_reference
from plaudit.selling.reversals.amounts import Amounts
from plaudit.settings import Settings

ID = UUID("0192f0c1-2345-7abc-8def-0123456789ab")
TICK = timedelta(microseconds=1)


def price(**changed: Any) -> Price:
    fields: dict[str, Any] = {
        "version": 1,
        "region": "US",
        "channel": "web",
        "currency": "USD",
        "unit_numerator": 37,
        "unit_denominator": 35,
        "step_minor": 1,
        "tax_name": "Sales tax",
        "tax_rate_bps": 0,
        "tax_included": False,
        "store_fee_bps": 0,
        "custom_amounts": True,
        "coins_min": 5,
        "coins_max": 1_000,
        "reference_numerator": 37,
        "reference_denominator": 35,
        "packages": (Package(70, 74),),
    }
    return Price(**fields | changed)


@pytest.mark.parametrize(
    ("asked", "amount"),
    [
        ({"package_coins": 70}, (70, 0, 0)),
        ({"coins": 71}, (71, 0, 0)),
        ({"missing_coins": 7}, (7, 0, 0)),
        ({"missing_coins": 2}, (5, 3, 0)),
        ({"amount_minor": 100, "currency": "USD"}, (94, 0, 0)),
        ({"amount_minor": 101, "currency": "USD"}, (95, 0, 0)),
        ({"amount_minor": 76, "currency": "USD"}, (71, 0, 0)),
    ],
)
def test_amounts(asked: dict[str, Any], amount: tuple[int, int, int]) -> None:
    assert amount_of(QuoteRequest(id=ID, **asked), price()) == amount


def test_what_the_coins_do_not_cost_is_not_charged() -> None:
    dear = price(unit_numerator=30, unit_denominator=1)
    assert amount_of(QuoteRequest(id=ID, amount_minor=200, currency="USD"), dear) == (6, 0, 20)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "coins"),
        ({"coins": 70, "package_coins": 70}, "coins"),
        ({"package_coins": 71}, "package_coins"),
        ({"coins": 4}, "coins"),
        ({"coins": 1_001}, "coins"),
        ({"missing_coins": 1_001}, "missing_coins"),
        ({"amount_minor": 4, "currency": "USD"}, "amount_minor"),
        ({"amount_minor": 10_000, "currency": "USD"}, "amount_minor"),
        ({"amount_minor": 100}, "currency"),
        ({"amount_minor": 100, "currency": "EUR"}, "currency"),
        ({"coins": 70, "currency": "USD"}, "currency"),
    ],
)
def test_amounts_that_cannot_be_bought_name_the_field(asked: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidField) as caught:
        amount_of(QuoteRequest(id=ID, **asked), price())
    assert caught.value.fields["field"] == field


def test_stores_sell_packages_only() -> None:
    store = price(channel="apple", custom_amounts=False)
    assert amount_of(QuoteRequest(id=ID, package_coins=70, channel="apple"), store).coins == 70
    with pytest.raises(InvalidField, match="package_coins must be given"):
        amount_of(QuoteRequest(id=ID, coins=70, channel="apple"), store)


SETTINGS = Settings(public_url="https://plaudit.example", return_hosts="shop.example other.example:8443")


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        (None, f"https://plaudit.example/orders/{ID}"),
        ("/rooms/7?recharged=1", "https://plaudit.example/rooms/7?recharged=1"),
        ("https://plaudit.example/wallet", "https://plaudit.example/wallet"),
        ("https://shop.example/back", "https://shop.example/back"),
        ("https://other.example:8443/", "https://other.example:8443/"),
    ],
)
def test_where_a_buyer_comes_back_to(asked: str | None, address: str) -> None:
    assert return_address(OrderRequest(id=ID, quote_id=ID, provider="sandbox", return_url=asked), SETTINGS) == address


@pytest.mark.parametrize(
    "asked",
    [
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "http://plaudit.example/",
        "http://shop.example/",
        "https://plaudit.example@evil.example/",
        "https://shop.example:444/",
        "https://plaudit.example.evil.example/",
        "javascript:alert(1)",
        "rooms/7",
        "/a b",
        "/a\nb",
        "/a\tb",
        "/ä",
        "https://[",
    ],
)
def test_where_a_buyer_must_not_be_sent(asked: str) -> None:
    with pytest.raises(InvalidField) as caught:
        return_address(OrderRequest(id=ID, quote_id=ID, provider="sandbox", return_url=asked), SETTINGS)
    assert caught.value.fields["field"] == "return_url"


@pytest.mark.parametrize(
    "reference", ["", "-", "7", "7-", "7-nothing", f"-{ID}", f"٣-{ID}", f"7 -{ID}", f"{10**20}-{ID}"]
)
def test_references_that_are_none_of_ours(reference: str) -> None:
    assert read_reference(reference) is None


def test_a_reference_is_read_back() -> None:
    assert read_reference(f"7-{ID}") == (7, ID)


def test_an_offer_holds_from_its_start_until_before_its_end() -> None:
    starts, ends = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 8, tzinfo=UTC)
    package = Package(70, 74, offer=Offer("NOVEMBER", 60, starts, ends))
    moments = (starts - TICK, starts, ends - TICK, ends, ends + TICK)
    assert [package.at(moment).price_minor for moment in moments] == [74, 60, 60, 74, 74]
    assert [package.at(moment).regular_minor for moment in moments] == [None, 74, 74, None, None]
    assert package.at(ends).offer is None
    assert (package.lowest_minor, Package(70, 74).lowest_minor) == (60, 74)


@pytest.mark.parametrize("kind", [Cost, Offer, Package, SellerOfRecord, Price, PriceBook, Amounts])
def test_what_was_priced_stays_what_it_is(kind: type[msgspec.Struct]) -> None:
    assert kind.__struct_config__.frozen


def test_what_is_left_of_a_price() -> None:
    """Without tax, and without what the channel keeps of the gross."""
    apple = price(tax_included=True, tax_rate_bps=1_900, store_fee_bps=3_000, store_fee_fixed_minor=5)
    assert apple.left_of(1_190) == 1_000 - Fraction(1_190 * 3, 10) - 5
    on_top = price(tax_rate_bps=1_000, store_fee_bps=1_500)
    assert on_top.left_of(1_000) == 1_000 - Fraction(1_100 * 15, 100)
