"""Figures for Prometheus: what is counted where it happens, what is looked at now and then, and who may read them.

With several workers each keeps its figures in a file of its own, in a folder that `plaudit serve` makes and names in
PROMETHEUS_MULTIPROC_DIR; whichever is asked answers for all of them.
"""

import hmac
import os
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from litestar import Request, Response, Router, get
from litestar.types import ASGIApp
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from plaudit.backlog.reading import QueueStanding, standings
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.exchange.rates import newest_day
from plaudit.injected import Settings
from plaudit.jobs import Job, JobState
from plaudit.ledger import following, lives
from plaudit.ledger.writer import GiftWriter
from plaudit.limits import METRICS_EVERY_S, METRICS_REMEMBERED
from plaudit.live.hub import Hub
from plaudit.people.access import Access
from plaudit.problems import Forbidden
from plaudit.readiness.checks.upkeep import last_backup
from plaudit.readiness.watch import Readiness
from plaudit.rooms import rooms
from plaudit.schema import audit_runs
from plaudit.selling.prices.taxes import published_day
from plaudit.selling.reconciliation.actions import count_unsettled
from plaudit.statements import statements

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SQL = statements(__file__)

_ALL = CollectorRegistry()
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_REQUESTS = Counter("plaudit_http_requests", "Answers.", ["method", "route", "status"], registry=_ALL)
_LATENCY = Histogram(
    "plaudit_http_request_seconds", "Until an answer was over.", ["route"], buckets=_SECONDS, registry=_ALL
)
_GIFTS = Counter("plaudit_gifts_charged", "Gifts charged.", registry=_ALL)
_BATCHES = Counter("plaudit_gift_batches_charged", "Batches of gifts charged.", registry=_ALL)
_WAITING = Gauge("plaudit_gifts_waiting", "Gifts not charged yet.", registry=_ALL, multiprocess_mode="livesum")
_SOCKETS = Gauge("plaudit_sockets", "Screens that watch.", registry=_ALL, multiprocess_mode="livesum")
_POOL = Gauge("plaudit_database_pool", "Connections.", ["state"], registry=_ALL, multiprocess_mode="livesum")
_UNDELIVERED = Gauge(
    "plaudit_gift_batches_undelivered", "Charged, not delivered.", registry=_ALL, multiprocess_mode="livemostrecent"
)
_LAG = Gauge(
    "plaudit_delivery_lag_seconds", "Age of the oldest of them.", registry=_ALL, multiprocess_mode="livemostrecent"
)
_STUCK = Gauge("plaudit_stuck_work", "Failed, tried again.", registry=_ALL, multiprocess_mode="livemostrecent")
_QUEUES = {
    figure: Gauge(f"plaudit_queue_{figure}", words, ["queue"], registry=_ALL, multiprocess_mode="livemostrecent")
    for figure, words in {
        "waiting": "Items in it.",
        "overdue": "Due, and nobody is at them.",
        "failing": "Their last try failed.",
        "stuck": "They failed again and again.",
        "late": "Somebody outside wanted them done by now.",
        "lag_seconds": "Since when the oldest of those overdue is due.",
    }.items()
}
_BEHIND = Gauge(
    "plaudit_follower_behind", "Entries not read.", ["follower"], registry=_ALL, multiprocess_mode="livemostrecent"
)
_SUCCESS = Gauge(
    "plaudit_job_success_timestamp_seconds", "Last success.", ["job"], registry=_ALL, multiprocess_mode="max"
)
_FAILURES = Gauge("plaudit_job_failures", "Failures in a row.", ["job"], registry=_ALL, multiprocess_mode="livesum")
_BLOCKING = Gauge(
    "plaudit_readiness_blocking", "What keeps it from selling.", registry=_ALL, multiprocess_mode="livemax"
)
_RATES_AGE = Gauge(
    "plaudit_rates_age_days", "Since the day they are of.", ["rates"], registry=_ALL, multiprocess_mode="livemostrecent"
)
_AUDIT = {
    figure: Gauge(f"plaudit_audit_{figure}", words, registry=_ALL, multiprocess_mode="livemostrecent")
    for figure, words in {
        "broken_laws": "Laws that the latest audit found broken.",
        "seconds": "How long it took.",
        "timestamp_seconds": "The moment it looked at.",
        "clean_timestamp_seconds": "The moment the last audit looked at that found none.",
    }.items()
}
_UPKEEP = {
    figure: Gauge(f"plaudit_{figure}", words, registry=_ALL, multiprocess_mode="livemostrecent")
    for figure, words in {
        "backup_timestamp_seconds": "The last backup, or segment of the write-ahead log in the archive.",
        "payouts_wait": "1: the database was restored, and no payout leaves until somebody compared them.",
        "reconciliation_differences": "Between us and payment providers, waiting for somebody.",
    }.items()
}


def measured(application: ASGIApp) -> ASGIApp:
    """The same application with each answer counted by its route, never by its address."""

    async def measuring_application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        status = 0
        began = time.perf_counter()

        async def observed(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await application(scope, receive, observed)
        finally:
            count(scope["method"], scope.get("path_template", "unmatched"), status, time.perf_counter() - began)

    return measuring_application


def count(method: str, route: str, status: int, took_s: float) -> None:
    """Count an answer."""
    requests, latency = _counted(method, route, status)
    requests.inc()
    latency.observe(took_s)


@lru_cache(maxsize=METRICS_REMEMBERED)
def _counted(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Where such an answer is counted: to find it by its labels costs more than to count."""
    return _REQUESTS.labels(method, route, status), _LATENCY.labels(route)


class Gauges:
    """What is looked at now and then in one process."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        gift_writer: GiftWriter,
        hub: Hub,
        readiness: Readiness,
        jobs: Callable[[], Collection[JobState]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._gift_writer = gift_writer
        self._hub = hub
        self._readiness = readiness
        self._jobs = jobs
        self._gifts = self._batches = 0
        self._followers = {name for room in rooms() for name in room.followers}

    @property
    def job(self) -> Job:
        return Job("metrics", METRICS_EVERY_S, self.look)

    async def look(self) -> None:
        writer = self._gift_writer
        _GIFTS.inc(writer.gifts_charged - self._gifts)
        _BATCHES.inc(writer.batches_charged - self._batches)
        self._gifts, self._batches = writer.gifts_charged, writer.batches_charged
        _WAITING.set(writer.waiting)
        _SOCKETS.set(self._hub.sockets)
        pool = self._database.pool
        _POOL.labels("idle").set(pool.get_idle_size())
        _POOL.labels("busy").set(pool.get_size() - pool.get_idle_size())
        _BLOCKING.set(len(self._readiness.blocking))
        for state in self._jobs():
            _FAILURES.labels(state.name).set(state.failures_in_a_row)
            if state.ended_at and state.error is None:
                _SUCCESS.labels(state.name).set(state.ended_at.timestamp())
        now = self._clock.now()
        async with self._database.read() as connection:
            row = await connection.fetchrow(SQL["work_waiting"])
            behind = await following.behind(connection)
            queues = await standings(connection, now)
            exchange_day = await newest_day(connection)
            await _show_upkeep(connection)
        for rates, day in (("exchange", exchange_day), ("tax", published_day())):
            if day is not None:
                _RATES_AGE.labels(rates).set((now.date() - day).days)
        assert row is not None
        oldest = row["oldest"]
        lag = now - oldest if oldest else timedelta(0)
        _UNDELIVERED.set(row["batches"])
        _LAG.set(max(lag.total_seconds(), 0))
        _STUCK.set(row["stuck"])
        for queue in queues:
            _show(queue, now)
        for name in self._followers | behind.keys():
            _BEHIND.labels(name).set(behind.get(name, 0))
        self._followers |= behind.keys()


async def _show_upkeep(connection: Connection) -> None:
    """What people look after, as the database knows it."""
    audited = await audit_runs.figures(connection)
    backed_up_at = await last_backup(connection)
    life = await lives.newest(connection)
    unsettled = await count_unsettled(connection)
    if audited:
        _AUDIT["broken_laws"].set(audited.broken)
        _AUDIT["seconds"].set((audited.took_ms or 0) / 1000)
        _AUDIT["timestamp_seconds"].set(audited.at.timestamp())
        _AUDIT["clean_timestamp_seconds"].set(audited.clean_at.timestamp() if audited.clean_at else 0)
    if backed_up_at:
        _UPKEEP["backup_timestamp_seconds"].set(backed_up_at.timestamp())
    _UPKEEP["payouts_wait"].set(life is not None and life.payouts_compared_at is None)
    _UPKEEP["reconciliation_differences"].set(unsettled.differences)


def _show(queue: QueueStanding, now: datetime) -> None:
    standing = queue.standing
    late = now - standing.overdue_since if standing.overdue_since else timedelta(0)
    for figure, gauge in _QUEUES.items():
        value = late.total_seconds() if figure == "lag_seconds" else getattr(standing, figure)
        gauge.labels(queue.name).set(value)


def figures() -> bytes:
    """All of them, of all workers."""
    if not os.environ.get(FOLDER):
        return generate_latest(_ALL)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # of a library that is typed in part
    return generate_latest(registry)


def forget_process(pid: int, folder: str) -> None:
    """What a worker that is gone had just now no longer counts; what it did still does."""
    mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]  # of a library that is typed in part


@get("/metrics", access=Access.PUBLIC, foreign_credentials=True, include_in_schema=False)
async def get_metrics(request: Request[Any, Any, Any], settings: Settings) -> Response[bytes]:
    """For whoever has the token of the settings; without one set, for this machine itself and nobody behind a proxy."""
    if not _may_read(request, settings):
        raise Forbidden
    return Response(figures(), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _may_read(request: Request[Any, Any, Any], settings: Settings) -> bool:
    if settings.metrics_token:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(
            token.encode(), settings.metrics_token.reveal().encode()
        )
    named = {settings.forwarded_header.lower(), "forwarded", "x-forwarded-for", "x-real-ip", "via"}
    if request.client is None or named & request.headers.keys():
        return False
    return ip_address(request.client.host).is_loopback


router = Router("/", route_handlers=[get_metrics])
