"""Filters of page templates beside those of every template: prices of one coin, shares, names of regions."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel import Locale
from babel.numbers import format_currency

from plaudit.money import Money, exponent
from plaudit.web.formatting import LOCALE

_NO_COUNTRY = frozenset({"EU", "UN", "EZ", "ZZ", "QO", "XA", "XB"})
_TERRITORIES = Locale.parse(LOCALE).territories


def per_coin(package: Any) -> str:
    """What one coin of a package costs, finer than can be paid: $0.0106."""
    return unit_price(Fraction(package.price.amount_minor, package.coins), package.price.currency)


def unit_price(minor: Fraction, currency: str) -> str:
    """A fraction of minor units with two more places than its currency has."""
    places = exponent(currency)
    value = Decimal(minor.numerator) / Decimal(minor.denominator) / Decimal(10) ** places
    return format_currency(round(value, places + 2), currency, locale=LOCALE, decimal_quantization=False)


def percent(bps: int) -> str:
    """Basis points as a share: 19 %, 2.9 %."""
    whole, rest = divmod(abs(bps), 100)
    places = f".{rest:02d}".rstrip("0") if rest else ""
    return f"{'−' if bps < 0 else ''}{whole}{places} %"


def region_name(code: str) -> str:
    """The name of a region: Germany."""
    return str(_TERRITORIES.get(code, code))


def countries() -> list[tuple[str, str]]:
    """Countries with their names, in the order of the names."""
    found = [(code, name) for code, name in _TERRITORIES.items() if len(code) == 2 and code.isalpha()]
    return sorted(((code, str(name)) for code, name in found if code not in _NO_COUNTRY), key=lambda entry: entry[1])


def money_of(minor: int, currency: str) -> Money:
    return Money(minor, currency)


def span(seconds: int) -> str:
    """A length of time in words: 7 days, 10 seconds."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length and seconds % length == 0:
            count = seconds // length
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"


def ago(value: datetime, now: datetime) -> str:
    """How long ago something was: just now, 3 minutes ago."""
    seconds = int(max(now - value, timedelta()).total_seconds())
    for length in (86_400, 3_600, 60):
        if seconds >= length:
            return f"{span(seconds // length * length)} ago"
    return "just now"


FILTERS = {
    "per_coin": per_coin,
    "percent": percent,
    "region_name": region_name,
    "money_of": money_of,
    "places": lambda money: exponent(money.currency),
    "span": span,
    "pair": lambda word: (word, word),
    "ago": ago,
}
