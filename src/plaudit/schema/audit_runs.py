"""What audits found, kept for whoever looks later: in another process, on another day."""

import msgspec

from plaudit.db import Connection, statements
from plaudit.limits import AUDIT_RUNS_KEPT
from plaudit.schema.audit import AuditReport

SQL = statements(__file__)


async def keep(connection: Connection, report: AuditReport) -> None:
    """Keep what an audit found, and forget all but the latest AUDIT_RUNS_KEPT."""
    broken = sum(law.broken > 0 for law in report.laws)
    await connection.execute(SQL["keep_audit"], report.moment, len(report.laws), broken, msgspec.to_builtins(report))
    await connection.execute(SQL["forget_audits"], AUDIT_RUNS_KEPT)


async def last(connection: Connection) -> AuditReport | None:
    """What the latest audit found; None: there was none."""
    found = await connection.fetchval(SQL["last_audit"])
    return None if found is None else msgspec.convert(found, AuditReport)
