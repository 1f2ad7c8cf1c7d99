"""Prices are exact: never a coin more than was paid for, never more than one step too dear, whatever the price book."""

from datetime import UTC, datetime
from fractions import Fraction

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from plaudit.selling.prices.pricing import Package, Price, reference_of
from plaudit.selling.prices.seed import make_book

BOOK = make_book(1, datetime(2026, 11, 1, tzinfo=UTC))
WEB = [price for price in BOOK.prices if price.channel == "web"]

made_up = st.builds(
    Price,
    version=st.just(1),
    region=st.just("XX"),
    channel=st.just("web"),
    currency=st.just("USD"),
    unit_numerator=st.integers(1, 10**9),
    unit_denominator=st.integers(1, 10**9),
    step_minor=st.sampled_from([1, 5, 100]),
    tax_name=st.just("VAT"),
    tax_rate_bps=st.integers(0, 10_000),
    tax_included=st.booleans(),
    store_fee_bps=st.just(0),
    custom_amounts=st.just(True),
    coins_min=st.just(1),
    coins_max=st.just(1_000_000),
    reference_numerator=st.just(1),
    reference_denominator=st.just(1),
)
prices = st.sampled_from(WEB) | made_up
coins = st.integers(1, 175_000)
amounts = st.integers(1, 10**9)


@given(prices, coins)
def test_a_price_is_at_least_the_proportion_and_at_most_a_step_more(price: Price, n: int) -> None:
    listed = price.proportion(n)
    assert 0 <= listed - price.unit * n < price.step_minor
    assert listed % price.step_minor == 0
    cost = price.cost(n)
    assert cost.gross == listed if price.tax_included else cost.net == listed
    assert abs(cost.net * Fraction(price.tax_rate_bps, 10_000) - cost.tax) <= 1  # inside, the net is what is rounded


@given(prices, coins, coins)
def test_more_coins_never_cost_less(price: Price, n: int, m: int) -> None:
    assert price.cost(min(n, m)).gross <= price.cost(max(n, m)).gross


@given(prices, coins)
def test_coins_to_money_to_coins_costs_the_same(price: Price, n: int) -> None:
    paid = price.cost(n).gross
    again = price.coins_for(paid)
    assert again >= n
    assert price.cost(min(again, price.coins_max)).gross == paid or again > price.coins_max
    assert price.unit * (again - n) < price.step_minor + 1  # of coins below a minor unit, several have one price


@given(prices, amounts)
def test_money_to_coins_never_costs_more_than_the_money(price: Price, amount_minor: int) -> None:
    n = price.coins_for(amount_minor)
    if n > price.coins_max:
        assert n == price.coins_max + 1
        assert price.cost(price.coins_max).gross <= amount_minor
        return
    assert price.cost(n).gross <= amount_minor < price.cost(n + 1).gross
    assert price.unit * n <= amount_minor


@given(prices, amounts, amounts)
def test_more_money_never_buys_fewer_coins(price: Price, a: int, b: int) -> None:
    assert price.coins_for(min(a, b)) <= price.coins_for(max(a, b))


def test_packages_of_the_web_are_exact_multiples_of_the_unit() -> None:
    for price in WEB:
        for package in price.packages:
            assert Fraction(package.price_minor) == price.unit * package.coins
            assert package.price_minor % price.step_minor == 0


def test_no_store_is_cheaper_than_the_web_and_its_packages_keep_their_listed_price() -> None:
    by_region = {price.region: price for price in WEB}
    assert {price.channel for price in BOOK.prices if price.packages} == {"web", "apple", "google"}
    for price in BOOK.prices:
        for package in price.packages:
            assert price.cost(package.coins).gross >= by_region[price.region].cost(package.coins).gross


def test_the_same_sources_make_the_same_book_and_it_agrees_with_public_prices() -> None:
    assert make_book(1, datetime(2026, 11, 1, tzinfo=UTC)) == BOOK
    find = {(price.region, price.channel): price for price in BOOK.prices}
    assert find["US", "web"].packages[0] == Package(70, 74)
    assert [(package.coins, package.price_minor) for package in find["US", "google"].packages][:3] == [
        (5, 7), (70, 99), (350, 499),
    ]  # fmt: skip
    assert find["US", "apple"].packages == find["US", "google"].packages[1:]  # Apple sells nothing for seven cents
    assert {"US", "GB", "DE", "FR", "JP", "BR", "ID", "MX"} <= {price.region for price in WEB}
    assert find["DE", "web"].tax_rate_bps == 1900
    assert find["JP", "web"].currency == "JPY"


def test_prices_of_regions_are_compared_with_tax_in_cents() -> None:
    unit, rate = Fraction(148), Fraction(150, 100)  # a yen and forty-eight sen at 1.5 yen for one cent
    assert reference_of(unit, 1_000, rate, tax_included=True) == Fraction(148 * 2, 3)
    assert reference_of(unit, 1_000, rate, tax_included=False) == Fraction(148 * 2 * 11, 3 * 10)


def test_a_price_is_that_of_its_region_and_channel() -> None:
    for prices_in_order in (BOOK.prices, BOOK.prices[::-1]):
        book = msgspec.structs.replace(BOOK, prices=prices_in_order)
        assert [book.price(price.region, price.channel) for price in prices_in_order] == list(prices_in_order)
        assert book.price("XX", "web") is None


def test_a_book_is_looked_at_when_it_begins_or_later() -> None:
    later = datetime(2027, 1, 1, tzinfo=UTC)
    assert BOOK.moment == BOOK.effective_at
    assert msgspec.structs.replace(BOOK, at=later).moment == later
