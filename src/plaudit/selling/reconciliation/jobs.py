"""The daily comparison as periodic work."""

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import RECONCILE_EVERY_S, RECONCILE_RUN_S_MAX
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reconciliation.actions import RUNS, queue_daily, run_due
from plaudit.settings import Settings

QUEUES = (RUNS,)


def reconciliation_jobs(database: Database, providers: PaymentProviders, settings: Settings, clock: Clock) -> list[Job]:
    """Queue the day before, and do what is queued."""

    async def reconcile() -> int:
        await queue_daily(database, providers, clock)
        return await run_due(database, providers, settings, clock)

    return [Job(RUNS.name, RECONCILE_EVERY_S, reconcile, run_s_max=RECONCILE_RUN_S_MAX)]
