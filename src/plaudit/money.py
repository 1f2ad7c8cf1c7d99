"""Money: integer minor units of an ISO 4217 currency, and the exact proportions prices are made of."""

from fractions import Fraction
from functools import cache
from typing import Self

import msgspec
from iso4217 import Currency

from plaudit.problems import InvalidField


@cache
def exponent(currency: str) -> int:
    """Decimal places between the major and the minor unit; 0 for JPY, 2 for USD.

    Raises:
        InvalidField: not a currency with a minor unit in ISO 4217.
    """
    try:
        places = Currency(currency).exponent
    except ValueError:
        places = None
    if places is None:
        raise InvalidField(field="currency", reason=f"{currency!r} is not an ISO 4217 currency")
    return places


_PAYABLE_STEPS = {"HUF": 100, "IDR": 100}  # ISO 4217 gives a minor unit nobody pays in


def payable_step(currency: str) -> int:
    """The smallest amount people pay in, in minor units: 100 for HUF, whose fillér are gone, 1 for EUR."""
    return _PAYABLE_STEPS.get(currency, 1)


class Money(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount in the minor units of its currency. Amounts of two currencies refuse to mix."""

    amount_minor: int
    currency: str

    def _same(self, other: Self) -> Self:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other

    def __sub__(self, other: Self) -> "Money":
        return Money(self.amount_minor - self._same(other).amount_minor, self.currency)

    def __lt__(self, other: Self) -> bool:
        return self.amount_minor < self._same(other).amount_minor

    def __le__(self, other: Self) -> bool:
        return self.amount_minor <= self._same(other).amount_minor


def round_half_up(value: Fraction) -> int:
    """The nearest integer, halves away from zero."""
    doubled = abs(value) * 2 + 1
    rounded = doubled.numerator // (doubled.denominator * 2)
    return rounded if value >= 0 else -rounded


def round_to_step(value: Fraction, step: int) -> int:
    """The nearest multiple of a step, halves away from zero."""
    return round_half_up(value / step) * step


def round_up(value: Fraction) -> int:
    """The smallest integer that is not below."""
    return -(-value.numerator // value.denominator)


def round_down(value: Fraction) -> int:
    """The largest integer that is not above."""
    return value.numerator // value.denominator


def split_inclusive_tax(gross_minor: int, rate_bps: int, step_minor: int = 1) -> tuple[int, int]:
    """Net and tax inside a tax-inclusive amount, in steps that exist; they add up to it exactly."""
    return split_inclusive(gross_minor, Fraction(rate_bps, 10_000), step_minor)


def split_inclusive(gross_minor: int, rate: Fraction, step_minor: int = 1) -> tuple[int, int]:
    """The same at a rate that is finer than basis points: 1/8 is 12.5 %."""
    net = round_to_step(gross_minor / (1 + rate), step_minor)
    return min(net, gross_minor), max(gross_minor - net, 0)
