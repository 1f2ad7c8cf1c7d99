"""The audit: every law of the books as a statement that must answer no rows, all in one snapshot."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from plaudit.connections import Connection, allow
from plaudit.db import snapshot_on
from plaudit.limits import AUDIT_ROWS_SHOWN_MAX, AUDIT_SORT_MEMORY_MB
from plaudit.rooms import rooms


class Law(msgspec.Struct, frozen=True):
    """One law: its name, what it says, and the statement that finds rows which break it."""

    name: str
    statement: str
    sql: str


class LawResult(msgspec.Struct, frozen=True):
    """Whether a law holds; `broken` counts the rows against it, `rows` shows the first of them."""

    name: str
    statement: str
    broken: int
    rows: list[dict[str, Any]]


class AuditReport(msgspec.Struct, frozen=True):
    """What one audit found, and the moment of the snapshot it looked at."""

    at: str
    laws: list[LawResult]

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)

    @property
    def ok(self) -> bool:
        return not any(law.broken for law in self.laws)


@cache
def laws() -> tuple[Law, ...]:
    """The laws of all rooms, those of the lowest first."""
    return tuple(_law(file) for room in rooms() for file in room.files("audit"))


def _law(file: Path) -> Law:
    first_line, _, sql = file.read_text(encoding="utf-8").partition("\n")
    return Law(name=file.stem, statement=first_line.removeprefix("--").strip(), sql=sql.strip().removesuffix(";"))


async def run(connection: Connection, *, sort_memory_mb: int = AUDIT_SORT_MEMORY_MB) -> AuditReport:
    """Try every law. The connection must not be in a transaction: the audit needs one snapshot of its own."""
    results = []
    async with snapshot_on(connection):
        await allow(connection, None)
        await connection.execute(f"set local work_mem = '{sort_memory_mb}MB'")
        at = await connection.fetchval("select to_json(now() at time zone 'UTC') #>> '{}'")
        for law in laws():
            found = await connection.fetch(law.sql)
            results.append(
                LawResult(
                    name=law.name,
                    statement=law.statement,
                    broken=len(found),
                    rows=[{key: _plain(value) for key, value in row.items()} for row in found[:AUDIT_ROWS_SHOWN_MAX]],
                )
            )
    return AuditReport(at=f"{at}Z", laws=results)


def _plain(value: Any) -> Any:
    """A value as JSON can say it."""
    try:
        json.dumps(value)
    except TypeError:
        return value.hex() if isinstance(value, bytes) else str(value)
    return value


def as_text(report: AuditReport) -> str:
    """The report for a person at a terminal."""
    lines = [f"Audit of the books as of {report.at}"]
    for law in report.laws:
        lines.append(f"  {'holds ' if not law.broken else 'BROKEN'}  {law.statement}")
        lines.extend(f"          {row}" for row in law.rows)
        if law.broken > len(law.rows):
            lines.append(f"          … {law.broken - len(law.rows)} more rows")
    lines.append("The books balance." if report.ok else "The books DO NOT balance.")
    return "\n".join(lines)
