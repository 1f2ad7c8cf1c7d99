"""Statements as files: CSV with the rows of the page, PDF, and all of a year in one ZIP."""

import asyncio
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from plaudit.earnings.document import Row, StatementDocument, Table, statement_document
from plaudit.earnings.model import Content, StatementFile
from plaudit.languages.speaking import gettext as _
from plaudit.limits import PAPERS_AT_ONCE
from plaudit.money import Money
from plaudit.selling.papers.pdf import printed_sheet
from plaudit.settings import Settings
from plaudit.spreadsheets import csv_lines, decimal, text

CSV_MEDIA_TYPE = "text/csv"
PDF_MEDIA_TYPE = "application/pdf"
ZIP_MEDIA_TYPE = "application/zip"
_TEMPLATE = Path(__file__).with_name("statement.typ")
_COUNTED = ("movements", "coins", "granted", "pending", "available", "in_payout", "diamonds")
_PAID = ("gross", "fee", "net")
_HEADER = ("statement", "month", "table", "row", "text", "at", *_COUNTED, "rate", "currency", *_PAID)

_makers = ThreadPoolExecutor(PAPERS_AT_ONCE, thread_name_prefix="statements")


def statement_csv(content: Content) -> bytes:
    """A line for each row of the page, with the same figures; texts in the language that is spoken."""
    return csv_lines([_HEADER, *_lines(content)])


def _lines(content: Content) -> Sequence[tuple[object, ...]]:
    document, month = statement_document(content), f"{content.statement.month:%Y-%m}"
    return [(document.number, month, *_cells(table, row)) for table in document.tables for row in table.rows]


def _cells(table: Table, row: Row) -> tuple[object, ...]:
    figures = {column: row.figures.get(column) for column in table.columns}
    money = ["" if (minor := figures.get(column)) is None else decimal(minor, row.currency) for column in _PAID]
    return (
        *(table.key, text(row.key), text(row.label), row.at.isoformat() if row.at else ""),
        *("" if figures.get(column) is None else figures[column] for column in _COUNTED),
        *(text(row.rate), row.currency, *money),
    )


def statement_pdf(content: Content, settings: Settings) -> bytes:
    """The PDF of a statement, in the language that is spoken."""
    document = statement_document(content)
    return printed_sheet(_TEMPLATE, _words(document), document.issued_at, settings)


def _words(document: StatementDocument) -> dict[str, Any]:
    return {
        "title": document.title,
        "number": document.number,
        "issuer": document.issuer,
        "facts": [{"label": fact.label, "value": fact.value} for fact in document.facts],
        "tables": [
            {
                "title": table.title,
                "header": [table.label_title, *(table.column_title(column) for column in table.columns)],
                "rows": [[row.label, *(row.shown(column) for column in table.columns)] for row in table.rows],
                "has_ends": table.has_ends,
            }
            for table in document.tables
        ],
        "notes": document.notes,
    }


def file_name(content: Content, kind: StatementFile) -> str:
    """What the file of a statement is called."""
    return f"{content.statement.full_number}.{kind}"


async def made(content: Content, kind: StatementFile, settings: Settings) -> bytes:
    """The file of a statement, in the language that is spoken, made beside the event loop."""
    return await _beside(_file, content, kind, settings)


async def pack(contents: Sequence[Content], year: int, settings: Settings) -> bytes:
    """All statements of a year, each as PDF and CSV, and one CSV of all their rows."""
    return await _beside(_pack, contents, year, settings)


async def _beside(work: Any, *given: Any) -> bytes:
    speaks = copy_context()  # the language
    made_of: bytes = await asyncio.get_running_loop().run_in_executor(_makers, speaks.run, work, *given)
    return made_of


def _file(content: Content, kind: StatementFile, settings: Settings) -> bytes:
    return statement_pdf(content, settings) if kind is StatementFile.PDF else statement_csv(content)


def _pack(contents: Sequence[Content], year: int, settings: Settings) -> bytes:
    written = io.BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for content in contents:
            for kind in StatementFile:
                _add(archive, file_name(content, kind), _file(content, kind, settings), content.statement.month)
        rows = [line for content in contents for line in _lines(content)]
        _add(archive, f"{_('statements')}-{year}.csv", csv_lines([_HEADER, *rows]), date(year, 12, 1))
    return written.getvalue()


def _add(archive: ZipFile, name: str, body: bytes, month: date) -> None:
    """The same statements make the same file."""
    entry = ZipInfo(name, (month.year, month.month, 1, 0, 0, 0))
    entry.compress_type = ZIP_DEFLATED
    archive.writestr(entry, body)


def sums_of(contents: Sequence[Content]) -> list[Money]:
    """What was paid in some statements, by currency."""
    sums: dict[str, int] = {}
    for content in contents:
        for line in content.lines:
            if line.currency is not None and line.net_minor is not None:
                sums[line.currency] = sums.get(line.currency, 0) + line.net_minor
    return [Money(minor, currency) for currency, minor in sorted(sums.items())]
