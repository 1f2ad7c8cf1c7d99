"""Figures for Prometheus: of one process, of several on one port, and who may read them."""

import dataclasses
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from plaudit.clock import ManualClock
from plaudit.ids import new_id
from plaudit.ledger import following
from plaudit.outgoing import tls_context
from plaudit.settings import Secret, Settings
from tests.support.desk import ORIGIN, Desk, open_desk
from tests.support.live import ROSE, Platform, open_platform
from tests.support.server import serving
from tests.support.waiting import WAIT_S, eventually, until

TOKEN = "a token of a scraper"


def figure(text: str, name: str, **labels: str) -> float:
    """One figure; 0 when it is not there yet."""
    found = (
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )
    return sum(found)


@pytest.fixture
async def platform(database_url: str, clock: ManualClock) -> AsyncIterator[Platform]:
    async with open_platform(database_url, clock) as opened:
        yield opened


async def test_answers_are_counted_by_route_and_gifts_when_they_are_charged(platform: Platform) -> None:
    async with httpx2.AsyncClient(
        verify=tls_context(), base_url=platform.processes[0].origin, timeout=WAIT_S
    ) as machine:
        before = (await machine.get("/metrics")).text
        await machine.get("/v1/rooms/1")
        await machine.head("/v1/rooms/2")
        await machine.get("/nothing/here")
        after = (await machine.get("/metrics")).text
    name = "plaudit_http_requests_total"
    for labels in (
        {"method": "GET", "route": "/v1/rooms/{room_id}", "status": "404"},
        {"method": "HEAD", "route": "/v1/rooms/{room_id}", "status": "404"},
        {"method": "GET", "route": "unmatched", "status": "404"},
    ):
        assert figure(after, name, **labels) == figure(before, name, **labels) + 1, labels
    assert "/nothing/here" not in after


async def test_gifts_batches_and_jobs_are_told(platform: Platform) -> None:
    before = await _looked(platform)
    room_id = await platform.live_room(await platform.creator("cleo"))
    ada = await platform.viewer("ada", coins=5)
    gift = {"id": str(new_id(platform.clock)), "room_id": room_id, "item_id": ROSE, "count": 1}
    assert [(await ada.post("/v1/gifts", json=gift)).status_code for _ in range(2)] == [201, 200]
    after = await _looked(platform)
    assert figure(after, "plaudit_gifts_charged_total") == figure(before, "plaudit_gifts_charged_total") + 1
    assert figure(after, "plaudit_gifts_waiting") == 0
    assert figure(after, "plaudit_database_pool") >= 1
    assert "plaudit_delivery_lag_seconds" in after
    async with platform.house.database.transaction() as connection:
        await following.begin(connection, "slow")

    async def is_behind() -> bool:
        return figure(await _looked(platform), "plaudit_follower_behind", follower="slow") == 1

    await eventually(is_behind, "one delivery is not read")
    async with platform.house.database.transaction() as connection:
        await following.end(connection, "slow")
    assert figure(await _looked(platform), "plaudit_follower_behind", follower="slow") == 0


async def _looked(platform: Platform) -> str:
    """The figures just after everything was looked at."""
    await platform.house.gauges.look()
    async with httpx2.AsyncClient(
        verify=tls_context(), base_url=platform.processes[0].origin, timeout=WAIT_S
    ) as machine:
        return (await machine.get("/metrics")).text


async def test_who_may_read_them(database_url: str, clock: ManualClock, desk: Desk) -> None:
    machine = await desk.client()
    assert (await machine.get("/metrics")).status_code == 200
    for header in ("X-Forwarded-For", "Forwarded", "Via"):
        assert (await machine.get("/metrics", headers={header: "for=127.0.0.1"})).status_code == 403
    guarded = dataclasses.replace(Settings(public_url=ORIGIN), metrics_token=Secret(TOKEN))
    async with open_desk(database_url, clock, guarded) as other:
        scraper = await other.client()
        for shown, status in ((f"Bearer {TOKEN}", 200), ("Bearer another", 403), (f"Basic {TOKEN}", 403), ("", 403)):
            answer = await scraper.get("/metrics", headers={"Authorization": shown, "X-Forwarded-For": "203.0.113.1"})
            assert answer.status_code == status, shown


def test_whichever_worker_is_asked_answers_for_all(database_url: str, tmp_path: Path) -> None:
    asked: dict[str, Any] = {"name": "plaudit_http_requests_total", "route": "/health"}
    with serving(database_url, tmp_path / "log", "--workers", "2") as server:

        def ask(path: str) -> str:
            return httpx2.get(server.address + path, timeout=WAIT_S).text  # each on a connection of its own

        workers: set[str] = set()

        def both_answer() -> bool:
            ask("/health")
            workers.update(file.name for file in _folder(server.process.pid).glob("counter_*.db"))
            return len(workers) == 2

        until(both_answer, "both workers have counted something")
        known = figure(ask("/metrics"), **asked)
        for _ in range(7):
            ask("/health")
        for _ in range(4):
            assert figure(ask("/metrics"), **asked) == known + 7
        worker = int(next(iter(workers)).removeprefix("counter_").removesuffix(".db"))
        os.kill(worker, signal.SIGKILL)
        until(lambda: not _lives(worker), "the worker is gone")
        assert figure(ask("/metrics"), **asked) >= known + 7, "what it did is still counted"
        folder = _folder(server.process.pid)
    assert not folder.exists()


def _folder(supervisor: int) -> Path:
    """Where the workers of a server keep their figures."""
    for child in Path(f"/proc/{supervisor}/task").glob("*/children"):
        for pid in child.read_text().split():
            for entry in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                if entry.startswith(b"PROMETHEUS_MULTIPROC_DIR="):
                    return Path(entry.partition(b"=")[2].decode())
    raise AssertionError("no worker runs")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
