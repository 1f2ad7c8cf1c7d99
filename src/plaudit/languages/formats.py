"""How numbers, money and times are written in the locale that is spoken. Nothing computes with what comes out."""

from copy import copy
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_datetime, format_skeleton, get_timezone, get_timezone_gmt, get_timezone_name
from babel.numbers import NumberPattern, format_decimal, format_percent

from plaudit.languages.speaking import ngettext, voice
from plaudit.languages.subdivision_names import NAMES
from plaudit.money import Money, exponent, payable_step

UTC_ZONE = "UTC"
_ENGLISH_DAY = "d MMM y"
_SIGN, _SPACE = "¤", "\xa0"


def format_number(value: int) -> str:
    """An integer with its thousands grouped: 12,500."""
    return format_decimal(value, locale=voice().locale)


def format_coins(value: int) -> str:
    """A number of coins in words: 1 coin, 12,500 coins."""
    return ngettext("%(number)s coin", "%(number)s coins", value, number=format_number(value))


def format_diamonds(value: int) -> str:
    """A number of diamonds in words: 1 diamond, 8,400 diamonds."""
    return ngettext("%(number)s diamond", "%(number)s diamonds", value, number=format_number(value))


def format_days(value: int) -> str:
    """A number of days in words: 14 days."""
    return ngettext("%(number)s day", "%(number)s days", value, number=format_number(value))


def format_money(value: Money, *, exact: bool = False) -> str:
    """An amount with its currency sign and the decimals ISO 4217 gives its currency: $0.74, ¥120, Rp 15.000.

    Decimals nobody pays in are left away while they are zero, unless `exact`.
    """
    places = exponent(value.currency)
    whole = not exact and payable_step(value.currency) == 10**places and value.amount_minor % 10**places == 0
    return _written(Decimal(value.amount_minor).scaleb(-places), value.currency, 0 if whole else places)


def format_unit_price(minor: Fraction, currency: str) -> str:
    """A fraction of minor units with two more places than its currency has: $0.0106."""
    places = exponent(currency)
    value = Decimal(minor.numerator) / Decimal(minor.denominator) / Decimal(10) ** places
    return _written(round(value, places + 2), currency, places + 2)


def _written(major: Decimal, currency: str, places: int) -> str:
    """Babel's own digits are those of cash (none for IQD); these are ours."""
    pattern = _money_pattern(voice().locale, currency, places)
    written: str = pattern.apply(major, voice().locale, currency=currency, currency_digits=False)
    return written


@cache
def _money_pattern(locale: str, currency: str, places: int) -> NumberPattern:
    written = Locale.parse(locale)
    pattern: NumberPattern = copy(written.currency_formats["standard"])
    pattern.frac_prec = (places, places)
    sign = written.currency_symbols.get(currency, currency)
    if sign[-1].isalpha() and pattern.prefix[0].endswith(_SIGN):  # letters stand apart from digits: Rp 15.000
        pattern.prefix = (f"{pattern.prefix[0]}{_SPACE}", f"{pattern.prefix[1]}{_SPACE}")
    return pattern


def format_share(bps: int) -> str:
    """Basis points as a share with the decimals they have: 19%, 25.5 %."""
    places = 2 if bps % 10 else 1 if bps % 100 else 0
    pattern = copy(Locale.parse(voice().locale).percent_formats[None])
    pattern.frac_prec = (places, places)
    return format_percent(Decimal(bps) / 10_000, format=pattern, locale=voice().locale)


def format_day(value: datetime, timezone: str = UTC_ZONE) -> str:
    """The day of an instant in a time zone: 22 Nov 2026."""
    here = value.astimezone(get_timezone(timezone))
    return format_date(here, _ENGLISH_DAY if _is_english() else "medium", locale=voice().locale)


def format_month(value: date) -> str:
    """A month by a day in it: November 2026."""
    written: str = format_skeleton("yMMMM", value, locale=voice().locale)
    return written


def format_calendar_day(value: date) -> str:
    """A day of the calendar: 22 Nov 2026."""
    return format_date(value, _ENGLISH_DAY if _is_english() else "medium", locale=voice().locale)


def format_example_amount(currency: str) -> str:
    """How somebody may write an amount of a currency, without its sign: 4.99, 4,99, 500."""
    places = exponent(currency)
    whole = not places or payable_step(currency) == 10**places
    return format_decimal(Decimal(500) if whole else Decimal("4.99"), locale=voice().locale)


def format_plain_amount(value: Money) -> str:
    """An amount as somebody may write it, without its sign and groups: 1250.00, 1250,00, 500."""
    places = exponent(value.currency)
    whole = payable_step(value.currency) == 10**places and value.amount_minor % 10**places == 0
    pattern = "0" if whole or not places else f"0.{'0' * places}"
    return format_decimal(Decimal(value.amount_minor).scaleb(-places), pattern, locale=voice().locale)


def format_instant(value: datetime, timezone: str = UTC_ZONE) -> str:
    """Day and minute of an instant in a time zone: 22 Nov 2026, 18:43."""
    if _is_english():
        return format_datetime(value, f"{_ENGLISH_DAY}, HH:mm", tzinfo=get_timezone(timezone), locale=voice().locale)
    day = format_day(value, timezone)
    minute = format_datetime(value, "HH:mm", tzinfo=get_timezone(timezone), locale=voice().locale)
    between = Locale.parse(voice().locale).datetime_formats["medium"]
    return str(between).replace("'", "").format(minute, day)


def format_instant_with_zone(value: datetime, timezone: str) -> str:
    """The same with the name of the zone: 22.11.2026, 19:43 MEZ."""
    here = value.astimezone(get_timezone(timezone))
    zone = get_timezone_name(here, width="short", locale=voice().locale)
    if zone[0] in "+-":  # it has no name in this language
        zone = get_timezone_gmt(here, width="long", locale=voice().locale)
    return f"{format_instant(value, timezone)} {zone}"


def _is_english() -> bool:
    return voice().locale.startswith("en")


def zone_of(country: str, at: datetime) -> str:
    """The time zone of a country whose clocks all show the same at a moment; UTC otherwise."""
    zones = get_global("territory_zones").get(country, [])
    offsets = {at.astimezone(get_timezone(zone)).utcoffset() for zone in zones}
    return str(zones[0]) if len(offsets) == 1 else UTC_ZONE


def territory_name(code: str) -> str:
    """The name of a country or region: Germany; of a part of one: United States (Texas)."""
    whole, _, part = code.partition("-")
    name = str(Locale.parse(voice().locale).territories.get(whole, whole))
    return f"{name} ({NAMES.get(whole, {}).get(part, part)})" if part else name


def iso_instant(value: datetime) -> str:
    """What the `datetime` attribute of a <time> element carries."""
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
