"""The audit of each day, by one of the processes."""

import logging

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import AUDIT_EVERY_S, AUDIT_RUN_S_MAX
from plaudit.schema.audit_runs import run_due
from plaudit.settings import Settings

log = logging.getLogger(__name__)


def audit_jobs(database: Database, settings: Settings, clock: Clock) -> list[Job]:
    """Looking whether it is time, and trying every law then."""

    async def look() -> None:
        report = await run_due(database, clock.now(), settings.audit_hour)
        if report and not report.ok:
            broken = ", ".join(law.name for law in report.laws if law.broken)
            log.error("the books do not balance: %s; /operator/audits has the rows", broken)

    return [Job("schema.audit", AUDIT_EVERY_S, look, run_s_max=AUDIT_RUN_S_MAX)]
