"""Money: whole minor units, currencies that refuse to mix, and rounding that says which way."""

from collections.abc import Callable
from fractions import Fraction
from operator import le, lt, sub

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.money import Money, exponent, payable_step, round_down, round_half_up, round_up, split_inclusive_tax
from plaudit.problems import InvalidField

amounts = st.integers(-(10**12), 10**12)


@given(amounts, amounts)
def test_it_is_counted_and_compared_as_its_minor_units(one: int, other: int) -> None:
    first, second = Money(one, "EUR"), Money(other, "".join(["E", "UR"]))
    assert first - second == Money(one - other, "EUR")
    assert (first < second, first <= second) == (one < other, one <= other)
    assert (first < Money(one, "EUR"), first <= Money(one, "EUR")) == (False, True)


@pytest.mark.parametrize("act", [sub, lt, le])
@pytest.mark.parametrize("other", ["EUR", "JPY", "USD"])
def test_two_currencies_do_not_mix(act: Callable[[Money, Money], object], other: str) -> None:
    with pytest.raises(ValueError, match=f"GBP and {other} do not mix"):
        act(Money(1, "GBP"), Money(1, other))


@pytest.mark.parametrize(
    ("value", "half_up", "up", "down"),
    [
        (Fraction(0), 0, 0, 0),
        (Fraction(7), 7, 7, 7),
        (Fraction(1, 3), 0, 1, 0),
        (Fraction(1, 2), 1, 1, 0),
        (Fraction(5, 3), 2, 2, 1),
        (Fraction(-1, 3), 0, 0, -1),
        (Fraction(-1, 2), -1, 0, -1),
        (Fraction(-5, 3), -2, -1, -2),
    ],
)
def test_rounding(value: Fraction, half_up: int, up: int, down: int) -> None:
    assert (round_half_up(value), round_up(value), round_down(value)) == (half_up, up, down)


@pytest.mark.parametrize(
    ("gross", "rate_bps", "net", "tax"),
    [(1_190_000, 1_900, 1_000_000, 190_000), (1, 1_900, 1, 0), (999, 0, 999, 0), (3, 10_000, 2, 1)],
)
def test_tax_inside_a_price(gross: int, rate_bps: int, net: int, tax: int) -> None:
    assert split_inclusive_tax(gross, rate_bps) == (net, tax)


def test_tax_of_forints_is_in_forints() -> None:
    assert split_inclusive_tax(154_500, 2_700, 100) == (121_700, 32_800)
    assert split_inclusive_tax(99, 2_700, 100) == (99, 0), "a store's own price may be finer than what people pay"


def test_units_of_currencies() -> None:
    assert [exponent(currency) for currency in ("JPY", "USD", "KWD")] == [0, 2, 3]
    assert [payable_step(currency) for currency in ("HUF", "IDR", "EUR")] == [100, 100, 1]


@pytest.mark.parametrize("currency", ["XAU", "eur", "EURO", ""])
def test_what_is_no_currency_with_a_minor_unit(currency: str) -> None:
    with pytest.raises(InvalidField, match="is not an ISO 4217 currency") as refused:
        exponent(currency)
    assert refused.value.fields["field"] == "currency"


def test_an_amount_stays_what_it_is() -> None:
    assert len({Money(1, "EUR"), Money(1, "EUR"), Money(1, "USD"), Money(2, "EUR")}) == 3
