"""Books for accountants as CSV (RFC 4180, UTF-8): amounts in minor units and as decimals of their currency."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from plaudit.accounting.model import BALANCES, MONEY, DayFigures, Unspent
from plaudit.money import exponent

ROLL_FORWARD_HEADER = (
    "day", "kind", "entity", "currency",
    *(f"{name}_coins" for name in BALANCES),
    *(f"{name}_{form}" for name in (*BALANCES, *MONEY) for form in ("minor", "amount")),
)  # fmt: skip
UNSPENT_HEADER = ("at", "kind", "entity", "region", "channel", "currency", "coins", "minor", "amount")

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


async def roll_forward_csv(pages: AsyncIterator[list[DayFigures]]) -> AsyncIterator[bytes]:
    """A roll-forward, a piece for each page."""
    yield _lines([ROLL_FORWARD_HEADER])
    async for page in pages:
        yield _lines(map(_day, page))


def unspent_csv(at: datetime, rows: Iterable[Unspent]) -> bytes:
    """Unspent balances at a moment."""
    moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return _lines(
        [
            UNSPENT_HEADER,
            *(
                (
                    *(moment, row.kind, text(row.entity), text(row.region), text(row.channel), text(row.currency)),
                    *(row.coins, *_amount(row.minor, row.currency)),
                )
                for row in rows
            ),
        ]
    )


def _day(row: DayFigures) -> Sequence[object]:
    amounts = [_amount(getattr(row, f"{name}_minor"), row.currency) for name in (*BALANCES, *MONEY)]
    return (
        *(row.day.isoformat(), row.kind, text(row.entity), text(row.currency)),
        *(getattr(row, f"{name}_coins") for name in BALANCES),
        *(cell for amount in amounts for cell in amount),
    )


def decimal(minor: int, currency: str) -> str:
    """An amount with the decimal places of its currency: 1999 USD is 19.99, 1999 JPY is 1999."""
    return format(Decimal(minor).scaleb(-exponent(currency)), "f")


def _amount(minor: int, currency: str) -> tuple[int | str, str]:
    """Minor units and the decimal; both empty for what has no currency."""
    return (minor, decimal(minor, currency)) if currency else ("", "")


def text(value: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def _lines(rows: Iterable[Sequence[object]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()
