"""Price books come back from their files to the letter, tax adds up to the cent, claims that pass are true."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from plaudit.money import split_inclusive_tax
from plaudit.selling.orders.model import Quote
from plaudit.selling.orders.signing import is_signed, sign
from plaudit.selling.prices.book_file import read_text
from plaudit.selling.prices.book_text import write_text
from plaudit.selling.prices.compare import compare
from plaudit.selling.prices.lint import Surroundings, lint
from plaudit.selling.prices.model import BookNotReadable
from plaudit.selling.prices.pricing import Offer, Package, Price, PriceBook
from tests.support.books import BEGIN, book, price

unhurried = settings(max_examples=60)
CLAIMS = {"best_value_not_lowest", "best_value_alone", "saving_false", "saving_in_the_app", "currency_mismatch"}
moments = st.integers(0, 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
minor = st.integers(1, 10**9)


@st.composite
def packages(draw: st.DrawFn) -> tuple[Package, ...]:
    found = []
    for coins in draw(st.lists(st.integers(1, 100_000), max_size=4, unique=True)):
        begins = draw(moments)
        offer = draw(
            st.none()
            | st.builds(
                Offer,
                code=st.from_regex(r"\A[a-z0-9-]{1,40}\Z"),
                price_minor=minor,
                starts_at=st.just(begins),
                ends_at=st.just(begins + timedelta(seconds=draw(st.integers(1, 10**9)))),
            )
        )
        saving = draw(st.sampled_from([None, None, None, 1, 50, 99]))
        is_best = draw(st.sampled_from([False, False, False, True]))
        found.append(Package(coins, draw(minor), is_best, saving, offer))
    return tuple(found)


@st.composite
def prices(draw: st.DrawFn, region: str, channel: str) -> Price:
    unit = Fraction(draw(st.integers(1, 10**6)), draw(st.integers(1, 10**4)))
    low = draw(st.integers(1, 1_000))
    return price(
        channel,
        region=region,
        currency=draw(st.sampled_from(["USD", "EUR", "HUF"])),
        unit_numerator=unit.numerator,
        unit_denominator=unit.denominator,
        step_minor=draw(st.sampled_from([1, 5, 100])),
        tax_name=draw(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=40)),
        tax_rate_bps=draw(st.integers(0, 10_000)),
        tax_included=draw(st.booleans()),
        store_fee_bps=draw(st.integers(0, 10_000)),
        store_fee_fixed_minor=draw(st.integers(0, 100)),
        custom_amounts=draw(st.booleans()),
        coins_min=low,
        coins_max=draw(st.integers(low, 10**6)),
        packages=draw(packages()),
    )


@st.composite
def books(draw: st.DrawFn) -> PriceBook:
    regions = draw(st.lists(st.sampled_from(["DE", "HU", "JP", "US"]), min_size=1, max_size=2, unique=True))
    channels = draw(st.sampled_from([["web"], ["web", "apple"], ["web", "apple", "google"], ["google"]]))
    made = [draw(prices(region, channel)) for region in sorted(regions) for channel in channels]
    return msgspec.structs.replace(
        book(*made),
        note=draw(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=100)),
        rates={"EUR": "9/10", "HUF": "320", "USD": "1"},
    )


@unhurried
@given(books())
def test_a_book_comes_back_from_its_file(made: PriceBook) -> None:
    text = write_text(made)
    assert read_text(text, made.version, made.effective_at) == made
    assert write_text(read_text(text, 1, BEGIN)) == text


@unhurried
@given(st.text(max_size=200) | st.sampled_from(list(range(0, 4_000, 37))).map(lambda cut: write_text(book())[:cut]))
def test_any_text_is_a_book_or_is_refused_by_place(text: str) -> None:
    try:
        read_text(text, 1, BEGIN)
    except BookNotReadable as error:
        problem = error
    else:
        return
    assert problem.errors
    assert all(path and reason for path, reason in problem.errors)


@unhurried
@given(books(), books())
def test_looking_and_comparing_never_fail(made: PriceBook, current: PriceBook) -> None:
    assert compare(made, made).changes == []
    compare(current, made)
    lint(made, Surroundings(past=(current, made), current=current, default_region="US"))


@st.composite
def claims(draw: st.DrawFn) -> PriceBook:
    """Books that say much about packages which all channels sell, at prices near each other: some of it is true."""

    def packages_of(channel: str) -> tuple[Package, ...]:
        found, best = [], draw(st.sampled_from([None, 100, 500, 1_000]))
        for coins in (100, 500, 1_000):
            price_minor = coins * draw(st.integers(90, 130) if channel == "web" else st.integers(100, 200)) // 100
            begins = draw(moments)
            cheaper = Offer("now", price_minor * 4 // 5, begins, begins + timedelta(days=30))
            saving = draw(st.sampled_from([None, None, None, 1, 20])) if channel == "web" else None
            offer = draw(st.sampled_from([None, None, cheaper]))
            found.append(Package(coins, price_minor, coins == best, saving, offer))
        return tuple(found)

    return book(
        *(
            price(channel, packages=packages_of(channel), custom_amounts=draw(st.booleans()))
            for channel in draw(st.sampled_from([["web", "apple"], ["web", "apple", "google"]]))
        )
    )


def passes(made: PriceBook) -> bool:
    """A book that does not is never published."""
    return not CLAIMS & {finding.code for finding in lint(made, Surroundings())}


@settings(max_examples=500)
@given(books() | claims(), moments)
def test_what_is_said_in_a_book_that_passes_is_true_at_every_moment(made: PriceBook, moment: datetime) -> None:
    if not passes(made):
        return
    held = [one.at(moment) for one in made.prices]
    for one in held:
        for package in one.packages:
            each = Fraction(package.price_minor, package.coins)
            others = [Fraction(other.price_minor, other.coins) for other in one.packages if other is not package]
            others += [one.unit] if one.custom_amounts else []
            if package.best_value:
                assert each < min(others)
            if package.saving_percent is not None:
                stores = [other for other in held if other.region == one.region and other.channel != "web"]
                theirs = [store.cost(package.coins).gross for store in stores if store.package(package.coins)]
                assert one.taxed(package.price_minor).gross * 100 <= min(theirs) * (100 - package.saving_percent)


@pytest.mark.parametrize("claim", ["best_value", "saving_percent"])
def test_some_books_that_pass_say_something(claim: str) -> None:
    said = find(
        claims(),
        lambda made: passes(made) and any(getattr(one, claim) for price in made.prices for one in price.packages),
    )
    assert passes(said)


@unhurried
@given(st.integers(1, 10**12), st.integers(0, 10_000))
def test_tax_inside_a_price_adds_up_to_the_cent(gross: int, rate_bps: int) -> None:
    net, tax = split_inclusive_tax(gross, rate_bps)
    assert net + tax == gross
    exact = Fraction(gross * 10_000, 10_000 + rate_bps)
    assert -Fraction(1, 2) < net - exact <= Fraction(1, 2)
    assert tax >= 0


@unhurried
@given(st.integers(1, 10**6), st.integers(0, 10_000), st.integers(0, 10_000))
def test_another_rate_changes_the_split_of_a_price_with_tax_and_the_total_of_one_without(
    listed: int, before_bps: int, after_bps: int
) -> None:
    inside = [price(tax_rate_bps=bps).taxed(listed) for bps in (before_bps, after_bps)]
    assert inside[0].gross == inside[1].gross == listed
    on_top = [price(tax_rate_bps=bps, tax_included=False).taxed(listed) for bps in (before_bps, after_bps)]
    assert on_top[0].net == on_top[1].net == listed
    assert (on_top[0].gross <= on_top[1].gross) or before_bps > after_bps


QUOTE = Quote(
    shard=1,
    person_id=7,
    quote_id=UUID("0192f0c1-2345-7abc-8def-0123456789ab"),
    request="{}",
    book_version=1,
    region="US",
    region_source="default",
    channel="web",
    coins=70,
    coins_left_over=0,
    unused_minor=0,
    currency="USD",
    net_minor=74,
    tax_minor=0,
    price_minor=74,
    tax_name="Sales tax",
    tax_rate_bps=0,
    store_fee_bps=290,
    created_at=BEGIN,
    expires_at=BEGIN + timedelta(minutes=15),
)
KEY = b"k" * 32


@pytest.mark.parametrize("field", [name for name in Quote.__struct_fields__ if name != "signature"])
@unhurried
@given(st.data())
def test_a_signature_is_of_every_field(field: str, data: st.DataObject) -> None:
    signed = msgspec.structs.replace(QUOTE, signature=sign(QUOTE, KEY))
    assert is_signed(signed, KEY)
    before = getattr(QUOTE, field)
    kinds: dict[type, st.SearchStrategy[Any]] = {
        int: st.integers(),
        str: st.text(),
        UUID: st.uuids(),
        datetime: moments,
        type(None): st.uuids(),
    }
    after = data.draw(kinds[type(before)].filter(lambda value: value != before))
    assert not is_signed(msgspec.structs.replace(signed, **{field: after}), KEY)


@unhurried
@given(st.binary(min_size=32), st.text())
def test_another_key_or_a_made_up_signature_is_no_good(key: bytes, made_up: str) -> None:
    signed = msgspec.structs.replace(QUOTE, signature=sign(QUOTE, KEY))
    assert is_signed(signed, key) == (key == KEY)
    assert not is_signed(msgspec.structs.replace(QUOTE, signature=made_up), KEY)
