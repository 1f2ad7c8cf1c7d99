"""PayPal's writing of money and locales: exact, and refused where PayPal has no such thing."""

import pytest

from plaudit.money import Money, exponent
from plaudit.selling.providers.errors import CurrencyNotTaken
from plaudit.selling.providers.paypal.checkout import paypal_locale
from plaudit.selling.providers.paypal.money import DECIMALS, Amount, step_minor


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (1, "USD", "0.01"),
        (100, "EUR", "1.00"),
        (1_099, "GBP", "10.99"),
        (999_999_999_999, "USD", "9999999999.99"),
        (150, "JPY", "150"),
        (1_000_000, "JPY", "1000000"),
        (39_900, "HUF", "399"),
        (30_000, "TWD", "300"),
    ],
)
def test_amounts_are_written_exactly_and_read_back(minor: int, currency: str, written: str) -> None:
    amount = Amount.of(Money(minor, currency))
    assert (amount.value, amount.currency_code) == (written, currency)
    assert amount.money() == Money(minor, currency)


def test_currencies_whose_decimals_are_not_those_of_iso() -> None:
    assert {code for code, decimals in DECIMALS.items() if decimals != exponent(code)} == {"HUF", "TWD"}


@pytest.mark.parametrize("currency", DECIMALS)
def test_all_that_can_be_written_are_multiples_of_the_step(currency: str) -> None:
    step = step_minor(currency)
    assert Amount.of(Money(7 * step, currency)).money() == Money(7 * step, currency)
    if step > 1:
        with pytest.raises(CurrencyNotTaken):
            Amount.of(Money(7 * step - 1, currency))


@pytest.mark.parametrize(
    ("minor", "currency"), [(15_000, "IDR"), (100, "KRW"), (39_950, "HUF"), (30_001, "TWD"), (1_000, "BHD")]
)
def test_what_paypal_does_not_take_is_refused(minor: int, currency: str) -> None:
    with pytest.raises(CurrencyNotTaken) as refused:
        Amount.of(Money(minor, currency))
    assert (refused.value.status, refused.value.code) == (422, "currency_not_taken")
    assert currency in refused.value.reason


@pytest.mark.parametrize(
    ("value", "currency"),
    [("1e2", "USD"), ("NaN", "USD"), ("1.005", "USD"), ("1.5", "JPY"), ("", "USD"), ("1,00", "EUR"), ("1", "XXX")],
)
def test_amounts_that_are_none_are_not_read(value: str, currency: str) -> None:
    with pytest.raises(ValueError, match=rf"{currency}|is no amount"):
        Amount(currency, value).money()


def test_amounts_are_read_with_decimals_their_currency_has_not() -> None:
    assert Amount("JPY", "150.00").money() == Money(150, "JPY")
    assert Amount("HUF", "399").money() == Money(39_900, "HUF")
    assert Amount("USD", "-3.50").money() == Money(-350, "USD")


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ("en", "en-US"), ("pt", "pt-BR"), ("ja", "ja-JP"), ("id", "id-ID"), ("de-AT", "de-AT"), ("pt_PT", "pt-PT"),
        ("zh-Hant-TW", "zh-Hant-TW"), ("sv", "sv"), ("x-klingon", None), ("", None),
    ],
)  # fmt: skip
def test_locales(wanted: str, written: str | None) -> None:
    assert paypal_locale(wanted) == written
