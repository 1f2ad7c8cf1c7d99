"""What audits found, kept for whoever looks later: in another process, on another day. And the one of each day."""

import time
from datetime import datetime, timedelta

import msgspec

from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.limits import AUDIT_AGE_H_MAX, AUDIT_HOURS, AUDIT_RUNS_KEPT
from plaudit.schema import audit
from plaudit.schema.audit import AuditReport
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


class AuditRun(msgspec.Struct, frozen=True):
    """One audit: the moment it looked at, how long it took, and how many laws were broken."""

    run_no: int
    at: datetime
    laws: int
    broken: int
    took_ms: int | None
    by_itself: bool


class AuditFigures(msgspec.Struct, frozen=True):
    """The latest audit, and the moment of the last in which no law was broken."""

    at: datetime
    broken: int
    took_ms: int | None
    clean_at: datetime | None


async def figures(connection: Connection) -> AuditFigures | None:
    """What is watched of audits; None: there was none."""
    return await fetch_one(connection, SQL["audit_figures"], AuditFigures)


async def run_and_keep(database: Database) -> AuditReport:
    """Try every law now, and keep what was found."""
    async with database.read() as connection:
        report, took_ms = await timed(connection)
    async with database.transaction() as connection:
        await keep(connection, report, took_ms=took_ms)
    return report


async def timed(connection: Connection) -> tuple[AuditReport, int]:
    """What an audit finds now, and how many milliseconds it took; see `audit.run`."""
    began = time.monotonic_ns()
    report = await audit.run(connection)
    return report, (time.monotonic_ns() - began) // 1_000_000


async def run_due(database: Database, now: datetime, hour: int) -> AuditReport | None:
    """The audit of the day, if it is time for it and no other process is at it; else None.

    It is time in the AUDIT_HOURS from `hour` (UTC) on, once, and whenever the last is older than AUDIT_AGE_H_MAX.
    """
    async with database.read() as connection:
        last: datetime | None = await connection.fetchval(SQL["last_by_itself"])
        if not is_due(last, now, hour) or not await connection.fetchval(SQL["try_audit_lock"]):
            return None
        try:
            last = await connection.fetchval(SQL["last_by_itself"])  # another may just have ended
            if not is_due(last, now, hour):
                return None
            report, took_ms = await timed(connection)
            async with database.transaction() as writing:
                await keep(writing, report, took_ms=took_ms, by_itself=True)
            return report
        finally:
            await connection.execute(SQL["release_audit_lock"])


def is_due(last: datetime | None, now: datetime, hour: int) -> bool:
    """Whether the audit of the day is to run, when the last that ran by itself looked at that moment."""
    begins = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    if begins > now:
        begins -= timedelta(days=1)
    in_its_hours = now < begins + timedelta(hours=AUDIT_HOURS)
    if last is None:
        return in_its_hours
    return (in_its_hours and last < begins) or last < now - timedelta(hours=AUDIT_AGE_H_MAX)


async def keep(
    connection: Connection, report: AuditReport, *, took_ms: int | None = None, by_itself: bool = False
) -> None:
    """Keep what an audit found, and forget all but the latest AUDIT_RUNS_KEPT."""
    broken = sum(law.broken > 0 for law in report.laws)
    found = (report.moment, len(report.laws), broken, msgspec.to_builtins(report), took_ms, by_itself)
    await connection.execute(SQL["keep_audit"], *found)
    await connection.execute(SQL["forget_audits"], AUDIT_RUNS_KEPT)


async def last(connection: Connection) -> AuditReport | None:
    """What the latest audit found; None: there was none."""
    found = await connection.fetchval(SQL["last_audit"])
    return None if found is None else msgspec.convert(found, AuditReport)


async def find_all(connection: Connection, before: int, limit: int) -> list[AuditRun]:
    """Audits with a smaller number, newest first."""
    return await fetch_all(connection, SQL["audits"], AuditRun, before, limit)


async def find(connection: Connection, run_no: int) -> tuple[AuditRun, AuditReport] | None:
    """An audit and what it found; None: there is none with this number, or it was forgotten."""
    run = await fetch_one(connection, SQL["audit_of"], AuditRun, run_no)
    if run is None:
        return None
    return run, msgspec.convert(await connection.fetchval(SQL["report_of"], run_no), AuditReport)
