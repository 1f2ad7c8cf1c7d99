"""Reference rates: units of currencies for one euro on a day, exactly as they were published."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

import msgspec

from plaudit.money import exponent, round_half_up

EURO = "EUR"
PIVOT = "USD"
"""Quoted on every day that has rates."""


class RateRow(msgspec.Struct, frozen=True):
    """A row of the table."""

    day: date
    currency: str
    per_euro: Decimal


class Rates(msgspec.Struct, frozen=True):
    """What was published for one day."""

    day: date
    per_euro: Mapping[str, Decimal]
    """Without the euro itself."""

    def quote(self, currency: str) -> Fraction | None:
        """Units for one euro; None: not published."""
        if currency == EURO:
            return Fraction(1)
        found = self.per_euro.get(currency)
        return None if found is None else Fraction(found)

    def minor_per_minor(self, currency: str, into: str) -> Fraction | None:
        """Minor units of another currency for one of this; None: one of the two is not published."""
        if currency == into:
            return Fraction(1)
        one, other = self.quote(currency), self.quote(into)
        if one is None or other is None:
            return None
        return other / one * Fraction(10) ** (exponent(into) - exponent(currency))

    def shown(self, currency: str, into: str) -> str:
        """How many units of a currency are one of another, as it was published or to twelve digits. Both are quoted."""
        one, other = self.quote(currency), self.quote(into)
        assert one is not None
        assert other is not None
        units = one / other
        with localcontext(prec=12):
            return format((Decimal(units.numerator) / units.denominator).normalize(), "f")

    def convert(self, minor: int, currency: str, into: str) -> int | None:
        """An amount in another currency, to the nearest minor unit; None: it has no rate."""
        rate = self.minor_per_minor(currency, into)
        return None if rate is None else round_half_up(minor * rate)
