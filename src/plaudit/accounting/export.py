"""Books for accountants as CSV (RFC 4180, UTF-8): amounts in minor units and as decimals of their currency."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime

from plaudit.accounting.model import BALANCES, MONEY, DayFigures, Unspent
from plaudit.spreadsheets import csv_lines, decimal, text

ROLL_FORWARD_HEADER = (
    "day", "kind", "entity", "currency",
    *(f"{name}_coins" for name in BALANCES),
    *(f"{name}_{form}" for name in (*BALANCES, *MONEY) for form in ("minor", "amount")),
)  # fmt: skip
UNSPENT_HEADER = ("at", "kind", "entity", "region", "channel", "currency", "coins", "minor", "amount")


async def roll_forward_csv(pages: AsyncIterator[list[DayFigures]]) -> AsyncIterator[bytes]:
    """A roll-forward, a piece for each page."""
    yield csv_lines([ROLL_FORWARD_HEADER])
    async for page in pages:
        yield csv_lines(map(_day, page))


def unspent_csv(at: datetime, rows: Iterable[Unspent]) -> bytes:
    """Unspent balances at a moment."""
    moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return csv_lines(
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


def _amount(minor: int, currency: str) -> tuple[int | str, str]:
    """Minor units and the decimal; both empty for what has no currency."""
    return (minor, decimal(minor, currency)) if currency else ("", "")
