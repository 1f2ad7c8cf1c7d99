"""Price books as files: read as written, and each mistake named by its place."""

from datetime import date, timedelta

import pytest

from plaudit.limits import PRICE_BOOK_TEXT_MAX
from plaudit.selling.prices.book_file import read_text
from plaudit.selling.prices.book_text import write_text
from plaudit.selling.prices.compare import compare
from plaudit.selling.prices.model import BookNotReadable
from plaudit.selling.prices.pricing import Offer, Package, PriceBook
from plaudit.selling.prices.seed import make_book
from tests.support.books import BEGIN, book, price

TEXT = """
note = "Spring"
rates_date = 2026-10-30
[rates]
EUR = "9/10"
USD = "1"
[sellers.ACME]
name = "Acme GmbH"
address = "Berlin"
[regions.DE]
currency = "EUR"
tax = {name = "MwSt", rate_bps = 1900, included = true}
seller = "ACME"
[regions.DE.web]
unit_price = "11/10"
step_minor = 1
store_fee_bps = 290
coins_min = 70
coins_max = 175000
custom_amounts = true
packages = [
    {coins = 70, price_minor = 77},
    {coins = 700, price_minor = 750, best_value = true, offer = {code = "spring", price_minor = 700, starts_at = 2026-12-01T00:00:00+01:00, ends_at = 2026-12-08T00:00:00+01:00}},
]
"""  # noqa: E501 - as people write it


def read(text: str) -> PriceBook:
    return read_text(text, 1, BEGIN)


def test_a_file_says_all_of_it() -> None:
    made = read(TEXT)
    (only,) = made.prices
    assert (made.note, made.rates_date, made.sellers[0].name) == ("Spring", date(2026, 10, 30), "Acme GmbH")
    assert (only.region, only.channel, only.currency, only.seller_code) == ("DE", "web", "EUR", "ACME")
    assert only.reference_unit * 9 == 11
    assert only.packages[0] == Package(70, 77)
    offer = only.packages[1].offer
    assert offer is not None
    assert offer.ends_at - offer.starts_at == timedelta(days=7)
    assert only.at(offer.starts_at).cost(700).gross == 700


def test_export_of_import_is_the_same_to_the_letter() -> None:
    for text in (write_text(read(TEXT)), write_text(make_book(1, BEGIN))):
        assert write_text(read(text)) == text
    first = make_book(1, BEGIN)
    assert read(write_text(first)) == first


def test_a_channel_may_differ_from_its_region() -> None:
    mixed = book(price(), price("apple", currency="EUR", tax_rate_bps=1_000))
    assert read(write_text(mixed)).prices == mixed.prices


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ('"Spring"', '"Spring', "the file", "is not TOML"),
        ('note = "Spring"', "", "note", "is missing"),
        ("rates_date = 2026-10-30", 'rates_date = "soon"', "rates_date", "date"),
        ('EUR = "9/10"', "EUR = 0.9", "rates.EUR", "got float"),
        ('EUR = "9/10"', 'EUR = "0"', "rates.EUR", "above zero"),
        ('EUR = "9/10"', 'XYZ = "9/10"', "rates.XYZ", "is not an ISO 4217 currency"),
        ('EUR = "9/10"', "", "rates.EUR", "is missing"),
        ("[sellers.ACME]", "[sellers.acme]", "sellers.acme", "capital letters"),
        ('seller = "ACME"', 'seller = "OTHER"', "regions.DE.web.seller", "is not among the sellers"),
        ("[regions.DE]", "[regions.Germany]\nx = 1\n[regions.DE]", "regions.Germany", "country code"),
        ("rate_bps = 1900", "rate_bps = 19.0", "regions.DE.tax.rate_bps", "must be whole number, got float"),
        ('unit_price = "11/10"', "unit_price = 1.1", "regions.DE.web.unit_price", "must be text, got float"),
        ('unit_price = "11/10"', 'unit_price = "1.1"', "regions.DE.web.unit_price", "a fraction"),
        ('unit_price = "11/10"', 'unit_price = "0"', "regions.DE.web.unit_price", "above zero"),
        ('unit_price = "11/10"', 'unit_price = "987654321098765431/7"', "unit_price", "too fine"),
        ("step_minor = 1", "step_minors = 1", "regions.DE.web.step_minors", "is not known here"),
        ("coins_max = 175000", "coins_max = 7", "regions.DE.web.coins_max", "below coins_min"),
        ("price_minor = 77", "price_minor = 0", "regions.DE.web.packages[0].price_minor", "must be"),
        ("coins = 700,", "coins = 70,", "regions.DE.web.packages[1].coins", "is there twice"),
        ("T00:00:00+01:00, ends", "T00:00:00, ends", "regions.DE.web.packages[1].offer.starts_at", "must be"),
        ("2026-12-08", "2026-11-08", "regions.DE.web.packages[1].offer.ends_at", "after starts_at"),
    ],
)
def test_a_mistake_is_named_by_its_place(old: str, new: str, place: str, reason: str) -> None:
    assert old in TEXT
    with pytest.raises(BookNotReadable) as caught:
        read(TEXT.replace(old, new, 1))
    assert any(path.endswith(place) and reason in said for path, said in caught.value.errors), caught.value.errors


def test_a_file_has_an_end() -> None:
    with pytest.raises(BookNotReadable, match="at most"):
        read("#" * (PRICE_BOOK_TEXT_MAX + 1))


def test_a_comparison_counts_after_tax_and_fees() -> None:
    dearer = book(price(packages=(Package(100, 120), Package(1_000, 1_100))), price("apple"), version=2)
    changes = compare(book(price(), price("apple")), dearer)
    assert (changes.same, len(changes.changes)) == (1, 1)
    (package, same) = changes.changes[0].packages
    assert package.before is not None
    assert package.after is not None
    # 110 cents: 92 without 20 % tax, less 3 % of 110 is 88.7; 120 cents: 100, less 3.6 is 96.4.
    assert (package.before.net.amount_minor, package.before.left.amount_minor) == (92, 89)
    assert (package.after.net.amount_minor, package.after.left.amount_minor) == (100, 96)
    assert (package.gross_change_bps, package.left_change_bps) == (909, 787)
    assert same.before == same.after


def test_a_comparison_names_what_begins_ends_and_is_said() -> None:
    claimed = price(packages=(Package(100, 110, best_value=True), Package(1_000, 1_100)), store_fee_bps=500)
    offered = Package(100, 150, offer=Offer("spring", 140, BEGIN, BEGIN + timedelta(days=2)))
    changes = compare(book(price(), price("google")), book(claimed, price("apple", packages=(offered,))))
    words = {change.channel: change.other_changes for change in changes.changes}
    assert words["web"] == ["share of the channel: 300 → 500", "100 coins: best value"]
    assert (words["apple"], words["google"]) == (["begins"], ["ends"])
