"""What part of an order goes back: whatever the parts and their order, nothing is lost and nothing is too much."""

from fractions import Fraction
from functools import reduce

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from plaudit.selling.reversals.amounts import Amounts, part_of_coins, part_of_money


@st.composite
def orders(draw: st.DrawFn) -> Amounts:
    minor = draw(st.integers(1, 10**6))
    return Amounts(
        minor=minor,
        tax_minor=draw(st.integers(0, minor // 2)),
        fee_minor=draw(st.integers(0, minor)),
        coins=draw(st.integers(1, 10**6)),
    )


def plus(a: Amounts, b: Amounts) -> Amounts:
    return a.without(Amounts().without(b))


def inside(part: Amounts, whole: Amounts) -> bool:
    pairs = [(part.minor, whole.minor), (part.tax_minor, whole.tax_minor), (part.net_minor, whole.net_minor),
             (part.fee_minor, whole.fee_minor), (part.coins, whole.coins)]  # fmt: skip
    return all(0 <= one <= most for one, most in pairs)


NOTHING = Amounts()


SIZES = st.lists(st.integers(0, 1000), max_size=12)


@given(orders(), SIZES)
def test_parts_of_money_add_up_to_the_order(paid: Amounts, sizes: list[int]) -> None:
    held = NOTHING
    for size in [*sizes, 1000]:
        part = part_of_money(paid, held, (paid.minor - held.minor) * size // 1000)
        assert inside(part, paid.without(held))
        held = plus(held, part)
        share = Fraction(held.minor, paid.minor)
        assert held.coins == int(paid.coins * share)
        assert abs(held.fee_minor - paid.fee_minor * share) <= Fraction(1, 2)
        assert abs(held.tax_minor - paid.tax_minor * share) <= Fraction(1, 2)
    assert held == paid


@given(orders(), SIZES)
def test_parts_of_coins_add_up_to_the_order(paid: Amounts, sizes: list[int]) -> None:
    held = NOTHING
    for size in [*sizes, 1000]:
        coins = (paid.coins - held.coins) * size // 1000
        part = part_of_coins(paid, held, coins)
        assert part.coins == coins
        assert inside(part, paid.without(held))
        held = plus(held, part)
        assert abs(held.minor - Fraction(paid.minor * held.coins, paid.coins)) <= Fraction(1, 2)
    assert held == paid


@given(orders(), SIZES, st.sampled_from([10, 100]))
def test_parts_of_coins_are_whole_steps_and_the_last_takes_the_rest(paid: Amounts, sizes: list[int], step: int) -> None:
    paid, held = msgspec.structs.replace(paid, minor=paid.minor * step), NOTHING
    for size in [*sizes, 1000]:
        part = part_of_coins(paid, held, (paid.coins - held.coins) * size // 1000, step)
        assert part.minor % step == 0
        assert inside(part, paid.without(held))
        held = plus(held, part)
        assert abs(held.minor - Fraction(paid.minor * held.coins, paid.coins)) <= Fraction(step, 2)
    assert held == paid


def test_what_cannot_be_paid_stays() -> None:
    """Somebody gave back part of a step at the provider's own desk: the rest of that step can never be written."""
    paid, held = Amounts(minor=1_000, coins=10), Amounts(minor=250, coins=2)
    assert part_of_coins(paid, held, 8, step_minor=100) == Amounts(minor=700, coins=8)


@given(orders(), st.lists(st.tuples(st.sampled_from(["money", "coins", "undo"]), st.integers(0, 1000)), max_size=12))
def test_parts_stay_inside_whatever_is_undone_between(paid: Amounts, steps: list[tuple[str, int]]) -> None:
    standing: list[Amounts] = []
    for what, size in steps:
        held = reduce(plus, standing, NOTHING)
        left = paid.without(held)
        assert inside(left, paid)
        if what == "undo":
            if standing:
                standing.pop((len(standing) - 1) * size // 1000)
            continue
        if what == "money":
            part = part_of_money(paid, held, left.minor * size // 1000)
        else:
            part = part_of_coins(paid, held, left.coins * size // 1000)
        assert inside(part, left)
        standing.append(part)
    held = reduce(plus, standing, NOTHING)
    rest = part_of_money(paid, held, paid.without(held).minor)
    assert plus(held, rest) == paid


def test_more_than_is_left_is_refused() -> None:
    paid = Amounts(minor=100, tax_minor=10, coins=70)
    for beyond in (101, -1):
        with pytest.raises(ValueError, match="is not from 0 to"):
            part_of_money(paid, NOTHING, beyond)
        with pytest.raises(ValueError, match="is not from 0 to"):
            part_of_coins(paid, NOTHING, beyond)


def test_the_net_is_what_is_left_without_the_tax() -> None:
    assert Amounts(minor=100, tax_minor=19).net_minor == 81


PAID = Amounts(minor=100, tax_minor=10, fee_minor=10, coins=100)


def test_a_part_is_never_less_than_nothing() -> None:
    """What was undone in between left more than the proportion taken: the next part takes nothing of it."""
    held = Amounts(minor=10, tax_minor=5, fee_minor=5, coins=50)
    assert part_of_money(PAID, held, 1) == Amounts(minor=1)
    settled = Amounts(minor=50, tax_minor=5, fee_minor=5, coins=10)
    assert part_of_coins(PAID, settled, 1) == Amounts(coins=1)


def test_a_part_is_never_more_than_is_left() -> None:
    """And what left less than the proportion is made up for, as far as there is any."""
    held = Amounts(minor=90, tax_minor=0, fee_minor=0, coins=0)
    assert part_of_money(PAID, held, 5) == Amounts(minor=5, tax_minor=5, fee_minor=10, coins=95)
    assert part_of_coins(PAID, Amounts(minor=0, coins=90), 5) == Amounts(minor=95, tax_minor=10, fee_minor=10, coins=5)
