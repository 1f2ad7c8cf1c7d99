"""The general journal and balances as CSV (RFC 4180, UTF-8): a row a line, with either a debit or a credit."""

from collections.abc import AsyncIterator, Iterable

from plaudit.accounting.journal.model import WORDS, Balance, JournalLine
from plaudit.accounting.model import Period
from plaudit.spreadsheets import csv_lines, decimal, text

JOURNAL_HEADER = (
    "date", "entry", "account", "account_name", "debit", "credit", "currency", "paper", "text", "tax_code", "entity",
    "party", "kind", "order_id",
)  # fmt: skip
BALANCES_HEADER = (
    "from", "to", "account", "account_name", "entity", "party", "kind", "currency", "opening", "debit", "credit",
    "closing",
)  # fmt: skip


async def journal_csv(pages: AsyncIterator[list[JournalLine]]) -> AsyncIterator[bytes]:
    """A journal, a piece for each page."""
    yield csv_lines([JOURNAL_HEADER])
    async for page in pages:
        yield csv_lines(map(_line, page))


def balances_csv(period: Period, found: Iterable[Balance]) -> bytes:
    """Balances of a period; below zero where credits are more."""
    return csv_lines([BALANCES_HEADER, *(_balance(period, one) for one in found)])


def _line(line: JournalLine) -> tuple[object, ...]:
    debit, credit = (decimal(amount, line.currency) if amount > 0 else "" for amount in (line.amount, -line.amount))
    return (
        *(line.day, line.entry_id, text(line.number), text(line.name), debit, credit, line.currency),
        *(line.paper or "", WORDS[line.entry], line.tax_code or "", line.entity, text(line.party)),
        *(line.account, line.order_id or ""),
    )


def _balance(period: Period, one: Balance) -> tuple[object, ...]:
    amounts = (one.opening_minor, one.debit_minor, one.credit_minor, one.closing_minor)
    return (
        *(period.first, period.last, text(one.number), text(one.name), one.entity, text(one.party), one.account),
        *(one.currency, *(decimal(minor, one.currency) for minor in amounts)),
    )
