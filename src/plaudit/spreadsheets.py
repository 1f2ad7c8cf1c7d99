"""Tables for spreadsheets as CSV (RFC 4180, UTF-8): what nobody's spreadsheet takes for a formula, and amounts."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from plaudit.money import exponent

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as they stand in a file."""
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()


def decimal(minor: int, currency: str) -> str:
    """An amount with the decimal places of its currency: 1999 USD is 19.99, 1999 JPY is 1999."""
    return format(Decimal(minor).scaleb(-exponent(currency)), "f")


def text(value: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
