"""Looking after an installation as periodic work."""

from plaudit.jobs import Job
from plaudit.readiness.watch import Readiness


def readiness_jobs(readiness: Readiness) -> list[Job]:
    """Looking, now and then, what keeps it from selling."""
    return [readiness.job]
