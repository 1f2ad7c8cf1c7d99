"""Months as a table for spreadsheets."""

from plaudit.disclosure.months import Month, Months
from plaudit.spreadsheets import csv_lines, decimal

CSV = "text/csv"
_HEADER = ("month", "gifts", "coins", "currency", "paid", "given", "got_back")


def months_csv(found: Months) -> bytes:
    """A line for each month and currency; gifts and coins stand in the first of a month."""
    return csv_lines([_HEADER, *(line for month in found.months for line in _lines(month))])


def _lines(month: Month) -> list[tuple[object, ...]]:
    sums = [{one.currency: one for one in kind} for kind in (month.paid, month.given, month.back)]
    currencies = sorted({currency for kind in sums for currency in kind})
    counted: tuple[object, ...] = (month.gifts, month.coins)
    lines: list[tuple[object, ...]] = []
    for currency in currencies or [""]:
        amounts = [decimal(kind[currency].amount_minor, currency) if currency in kind else "" for kind in sums]
        lines.append((f"{month.month:%Y-%m}", *counted, currency, *amounts))
        counted = ("", "")
    return lines
