"""How numbers, money and times are written on pages. Display only: nothing computes with what comes out."""

from datetime import datetime
from decimal import Decimal

from babel.dates import format_date, format_datetime, get_timezone
from babel.numbers import format_currency, format_decimal

from plaudit.money import Money, exponent

LOCALE = "en_US"


def format_number(value: int) -> str:
    """An integer with its thousands grouped: 12,500."""
    return format_decimal(value, locale=LOCALE)


def format_counted(value: int, unit: str) -> str:
    """A number of things in words: 1 coin, 12,500 coins."""
    return f"{format_number(value)} {unit}{'' if value == 1 else 's'}"


def format_money(value: Money) -> str:
    """An amount with its currency sign and the decimals of its currency: $0.74, ¥120."""
    major = Decimal(value.amount_minor).scaleb(-exponent(value.currency))
    return format_currency(major, value.currency, locale=LOCALE)


def format_day(value: datetime, timezone: str = "UTC") -> str:
    """The day of an instant in a time zone: 22 Nov 2026."""
    return format_date(value.astimezone(get_timezone(timezone)), "d MMM y", locale=LOCALE)


def format_instant(value: datetime, timezone: str = "UTC") -> str:
    """Day and minute of an instant in a time zone: 22 Nov 2026, 18:43."""
    return format_datetime(value, "d MMM y, HH:mm", tzinfo=get_timezone(timezone), locale=LOCALE)


def iso_instant(value: datetime) -> str:
    """What the `datetime` attribute of a <time> element carries."""
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


FILTERS = {
    "number": format_number,
    "counted": format_counted,
    "money": format_money,
    "day": format_day,
    "instant": format_instant,
    "iso": iso_instant,
}
