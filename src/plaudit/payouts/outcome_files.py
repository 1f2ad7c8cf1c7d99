"""Files that say what became of payouts made by hand: read and checked whole, then applied whole or not at all."""

import csv
import io
from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.creators.actions import lock_creator
from plaudit.limits import (
    PAYOUT_BANK_REFERENCE_LENGTH_MAX,
    PAYOUT_OUTCOME_ERRORS_MAX,
    PAYOUT_OUTCOME_LINES_MAX,
    PAYOUT_REASON_LENGTH_MAX,
)
from plaudit.money import Money
from plaudit.payouts import bank
from plaudit.payouts.bank import BankOutcome, Marking
from plaudit.payouts.model import Payout, PayoutNotExported, PayoutOutcomeConflict
from plaudit.problems import Conflict, InvalidField
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)

COLUMNS = ("payout_id", "outcome", "reference", "reason")
"""The columns that are read; others are left alone. `reason` may be missing."""


class LineError(msgspec.Struct, frozen=True):
    """What is wrong with a line; `line` counts from 1, the header included."""

    line: int
    column: str
    reason: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line that says something about a payout."""

    line: int
    payout_id: UUID
    told: BankOutcome


class CheckedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line that fits what is known; `is_new`: applying it moves something."""

    line: int
    payout_id: UUID
    creator_id: int
    holder_name: str
    account_ending: str
    money: Money
    outcome: Literal["paid", "failed", "returned"]
    reference: str
    reason: str | None
    is_new: bool


class CheckedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file, line by line; with any error nothing of it is applied. `left_open`: lines without an outcome."""

    lines: list[CheckedLine]
    left_open: int
    errors: list[LineError]


class OutcomeFileRefused(Conflict):
    """Nothing was applied; `errors` says why, line by line."""

    code = "outcome_file_refused"
    title = "The file has errors; nothing of it was applied."

    class Fields(msgspec.Struct, frozen=True):
        errors: list[LineError]


async def check(connection: Connection, text: str) -> CheckedFile:
    """What applying the file would do now. Nothing is changed.

    Raises:
        InvalidField: it is no table with the columns that are needed.
    """
    lines, left_open, errors = read(text)
    payouts = await _payouts(connection, lines)
    checked: list[CheckedLine] = []
    seen: dict[UUID, list[Line]] = {}
    for line in lines:
        try:
            checked.append(
                await _check(connection, payouts.get(line.payout_id), line, seen.setdefault(line.payout_id, []))
            )
        except _Wrong as wrong:
            errors.append(LineError(line.line, wrong.column, wrong.reason))
    errors.sort(key=lambda error: error.line)
    return CheckedFile(lines=checked, left_open=left_open, errors=errors[:PAYOUT_OUTCOME_ERRORS_MAX])


async def apply(connection: Connection, clock: Clock, by: Marking, text: str) -> CheckedFile:
    """Apply a file: every line that is new, or nothing. Repeating it changes nothing.

    Raises:
        InvalidField: it is no table with the columns that are needed.
        OutcomeFileRefused: a line is wrong, or contradicts what is known.
        OwnBenefit, SecondPersonNeeded: a line is not the operator's to say.
    """
    await connection.execute(SQL["lock_outcome_files"])
    lines, _, _ = read(text)
    # Everybody else holds one creator at a time, so that nobody waits for us who holds what we wait for.
    for creator_id in sorted({payout.creator_id for payout in (await _payouts(connection, lines)).values()}):
        await lock_creator(connection, creator_id)
    file = await check(connection, text)
    if file.errors:
        raise OutcomeFileRefused(errors=[msgspec.structs.asdict(error) for error in file.errors])
    for line in sorted(file.lines, key=lambda one: (one.creator_id, one.line)):
        if line.is_new:
            told = BankOutcome(outcome=line.outcome, reference=line.reference, reason=line.reason)
            await bank.mark(connection, clock, by, line.payout_id, told)
    return file


def read(text: str) -> tuple[list[Line], int, list[LineError]]:
    """The lines that say something, how many say nothing, and those that cannot be read.

    Raises:
        InvalidField: no header with the columns that are needed, or too many lines.
    """
    rows = _rows(text)
    if len(rows) - 1 > PAYOUT_OUTCOME_LINES_MAX:
        raise InvalidField(field="csv", reason=f"must have at most {PAYOUT_OUTCOME_LINES_MAX} lines")
    header = [cell.strip().lower() for cell in (rows[0][1] if rows else [])]
    if missing := [column for column in COLUMNS[:3] if header.count(column) != 1]:
        raise InvalidField(field="csv", reason=f"must begin with a line of columns, {', '.join(missing)} among them")
    lines, errors, left_open = [], [], 0
    for number, cells in rows[1:]:
        cell = dict(zip(header, (text.strip() for text in cells), strict=False))
        if not any(cell.get(column) for column in COLUMNS[1:]):
            left_open += 1
            continue
        try:
            lines.append(_line(number, cell))
        except _Wrong as wrong:
            errors.append(LineError(number, wrong.column, wrong.reason))
    return lines, left_open, errors


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Lines that are not empty with their numbers; spreadsheets of half the world separate by semicolons."""
    text = text.removeprefix("\ufeff")
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise InvalidField(field="csv", reason=f"cannot be read at line {reader.line_num}: {error}") from error
    return rows


class _Wrong(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def _line(number: int, cell: dict[str, str]) -> Line:
    try:
        payout_id = UUID(cell.get("payout_id", ""))
    except ValueError:
        raise _Wrong("payout_id", "is not the id of a payout") from None
    reference, reason = cell.get("reference", ""), cell.get("reason") or None
    if len(reference) > PAYOUT_BANK_REFERENCE_LENGTH_MAX:
        raise _Wrong("reference", f"must have at most {PAYOUT_BANK_REFERENCE_LENGTH_MAX} characters")
    if reason is not None and len(reason) > PAYOUT_REASON_LENGTH_MAX:
        raise _Wrong("reason", f"must have at most {PAYOUT_REASON_LENGTH_MAX} characters")
    match cell.get("outcome", "").lower():
        case "paid" | "failed" | "returned" as outcome:
            told = BankOutcome(outcome=outcome, reference=reference, reason=reason)
        case _:
            raise _Wrong("outcome", "must be paid, failed or returned")
    try:
        return Line(line=number, payout_id=payout_id, told=bank.checked(told))
    except InvalidField as error:
        raise _Wrong(str(error.fields["field"]), str(error.fields["reason"])) from error


async def _payouts(connection: Connection, lines: Sequence[Line]) -> dict[UUID, Payout]:
    ids = list({line.payout_id for line in lines})
    found = await fetch_all(connection, SQL["payouts_by_ids"], Payout, ids)
    return {payout.id: payout for payout in found}


async def _check(connection: Connection, payout: Payout | None, line: Line, before: list[Line]) -> CheckedLine:
    """A line against what is known, and against the lines before it of the same payout."""
    if payout is None:
        raise _Wrong("payout_id", "is of no payout here")
    is_new = False
    if not any(other.told == line.told for other in before):
        if before:
            raise _Wrong("outcome", f"contradicts line {before[0].line}")
        is_new = not await _known(connection, payout, line)
    before.append(line)
    return CheckedLine(
        line=line.line,
        payout_id=payout.id,
        creator_id=payout.creator_id,
        holder_name=payout.holder_name,
        account_ending=payout.account_ending,
        money=Money(payout.net_minor, payout.currency),
        outcome=line.told.outcome,
        reference=line.told.reference,
        reason=line.told.reason,
        is_new=is_new,
    )


async def _known(connection: Connection, payout: Payout, line: Line) -> bool:
    try:
        return await bank.is_known(connection, payout, line.told)
    except PayoutNotExported:
        raise _Wrong("payout_id", "was not exported to be paid by hand") from None
    except PayoutOutcomeConflict as known:
        reference = known.fields["reference"]
        raise _Wrong(
            "outcome", f"contradicts what is known: {payout.state}" + (f", {reference}" if reference else "")
        ) from None
