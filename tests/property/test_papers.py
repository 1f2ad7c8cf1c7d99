"""Papers add up: the tax inside a price, and the credit notes of a receipt that goes back in any parts."""

from hypothesis import given
from hypothesis import strategies as st

from plaudit.languages import formats
from plaudit.languages.model import LANGUAGES, Language, Voice
from plaudit.languages.speaking import speaking
from plaudit.money import Money, exponent, split_inclusive_tax
from plaudit.selling.reversals.amounts import Amounts, part_of_money

PRICES = st.integers(1, 10**9)
RATES = st.integers(0, 10_000)


STEPS = st.sampled_from([1, 100])


@given(PRICES, RATES, STEPS)
def test_net_and_tax_are_the_price_to_the_step(paid: int, rate_bps: int, step: int) -> None:
    gross = paid * step
    net, tax = split_inclusive_tax(gross, rate_bps, step)
    assert net + tax == gross
    assert net >= 0 <= tax
    assert net % step == 0 == tax % step, "all parts of what is paid can be paid"
    # The tax is that of the net, to half a step of the exact split.
    assert abs(tax * (10_000 + rate_bps) - gross * rate_bps) * 2 <= (10_000 + rate_bps) * step


@given(PRICES, RATES, STEPS, st.lists(st.integers(1, 100), min_size=1, max_size=12), st.integers(1, 10**6))
def test_credit_notes_of_all_parts_are_the_receipt(
    steps: int, rate_bps: int, step: int, shares: list[int], coins: int
) -> None:
    gross = steps * step
    _, tax = split_inclusive_tax(gross, rate_bps, step)
    paid, held = Amounts(minor=gross, tax_minor=tax, coins=coins), Amounts()
    parts = []
    for number, share in enumerate(shares, start=1):
        left = paid.minor - held.minor
        part = part_of_money(paid, held, left if number == len(shares) else left * share // 100 // step * step, step)
        assert part.tax_minor % step == 0 == part.net_minor % step
        assert part.net_minor + part.tax_minor == part.minor
        assert part.net_minor >= 0 <= part.tax_minor
        parts.append(part)
        held = Amounts(
            minor=held.minor + part.minor, tax_minor=held.tax_minor + part.tax_minor, coins=held.coins + part.coins
        )
    assert (held.minor, held.tax_minor, held.coins) == (gross, tax, coins)
    assert sum(part.net_minor for part in parts) == gross - tax


def test_a_tax_that_was_split_finer_goes_back_whole() -> None:
    paid = Amounts(minor=154_500, tax_minor=32_846, coins=350)
    first = part_of_money(paid, Amounts(), 100_200, 100)
    rest = part_of_money(paid, first, 54_300, 100)
    assert (first.tax_minor, first.tax_minor + rest.tax_minor) == (21_300, 32_846)


@given(
    st.sampled_from(LANGUAGES),
    st.sampled_from(["EUR", "USD", "JPY", "IDR", "IQD", "HUF", "BRL", "CLF", "MGA"]),
    st.integers(-(10**12), 10**12),
)
def test_written_amounts_keep_every_digit(language: Language, currency: str, minor: int) -> None:
    with speaking(Voice(language, language.locale)):
        exact = formats.format_money(Money(minor, currency), exact=True)
        short = formats.format_money(Money(minor, currency))
    digits = "".join(character for character in exact if character.isdecimal())
    assert int(digits) == abs(minor)
    assert len(digits) > exponent(currency)
    kept = "".join(character for character in short if character.isdecimal())
    assert int(kept) in {abs(minor), abs(minor) // 100 if minor % 100 == 0 else -1}
