"""How numbers, money and times are written on pages, as filters. Display only: nothing computes with what comes out."""

from typing import Any

from plaudit.languages import formats
from plaudit.languages.speaking import gettext, ngettext
from plaudit.texts import initial


def counted(value: int, unit: str) -> str:
    """A number of things in words: 1 coin, 12,500 coins. Other units than these are English only."""
    if unit == "coin":
        return formats.format_coins(value)
    if unit == "diamond":
        return formats.format_diamonds(value)
    if unit == "day":
        return formats.format_days(value)
    return f"{formats.format_number(value)} {unit}{'' if value == 1 else 's'}"


def coin_unit(value: int) -> str:
    """The word after a number of coins."""
    return ngettext("coin", "coins", abs(value))


def diamond_unit(value: int) -> str:
    """The word after a number of diamonds."""
    return ngettext("diamond", "diamonds", abs(value))


FILTERS: dict[str, Any] = {
    "translated": gettext,
    "initial": initial,
    "number": formats.format_number,
    "counted": counted,
    "coin_unit": coin_unit,
    "diamond_unit": diamond_unit,
    "money": formats.format_money,
    "day": formats.format_day,
    "month_name": formats.format_month,
    "calendar_day": formats.format_calendar_day,
    "example_amount": formats.format_example_amount,
    "plain_amount": formats.format_plain_amount,
    "instant": formats.format_instant,
    "instant_with_zone": formats.format_instant_with_zone,
    "territory": formats.territory_name,
    "share": formats.format_share,
    "iso": formats.iso_instant,
}
