"""Figures as periodic work."""

from plaudit.http.metrics import Gauges
from plaudit.jobs import Job


def metric_jobs(gauges: Gauges) -> list[Job]:
    """Looking, now and then, at what is not counted where it happens."""
    return [gauges.job]
