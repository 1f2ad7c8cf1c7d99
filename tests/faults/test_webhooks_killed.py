"""A server is killed while it tells a host: all is told, in order within each subject, and hardly anything twice."""

import os
import signal
from pathlib import Path

from plaudit.clock import SystemClock
from plaudit.db import Database
from plaudit.events.log import record
from plaudit.feeds.webhooks import actions
from plaudit.feeds.webhooks.model import NewEndpoint
from plaudit.ids import new_id
from plaudit.limits import WEBHOOKS_PER_ENDPOINT_AT_ONCE
from tests.peers.host import Host, open_host
from tests.support.hooks import SETTINGS, started
from tests.support.server import serving, workers_on
from tests.support.waiting import eventually

ROOMS, EACH = 10, 12
SERVER = {
    "PLAUDIT_WEBHOOK_NETWORKS": SETTINGS.webhook_networks,
    "PLAUDIT_VAULT_KEYS": SETTINGS.vault_keys.reveal(),
}


async def _prepare(database: Database, host: Host) -> None:
    clock = SystemClock()
    new = NewEndpoint(new_id(clock), host.url)
    async with database.transaction() as connection:
        _, secret = await actions.create(connection, clock, SETTINGS, new, None)
        assert secret is not None
        host.secrets.append(secret)
        events = [started(room, str(turn)) for turn in range(EACH) for room in range(1, ROOMS + 1)]
        await record(connection, clock.now(), *events)


def _firsts(host: Host) -> dict[str, list[str]]:
    """The titles of each room in the order in which they came first; told twice counts once."""
    told: dict[str, list[str]] = {}
    for one in host.received:
        titles = told.setdefault(one.message["subject"], [])
        if one.message["data"]["title"] not in titles:
            titles.append(one.message["data"]["title"])
    return told


async def test_workers_share_the_work_and_one_that_dies_loses_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    async with open_host() as host:
        await _prepare(database, host)
        with serving(database_url, tmp_path / "log", "--workers", "2", **SERVER):
            await eventually(lambda: len(host.received) >= ROOMS, "some of it was told")
            os.kill(min(workers_on(database_url)), signal.SIGKILL)
            async with database.read() as connection:  # what it held is free at once, as after its leases
                await connection.execute("update webhook_delivery set leased_until = now() where leased_until > now()")
            await eventually(lambda: sum(map(len, _firsts(host).values())) == ROOMS * EACH, "everything was told")
    assert _firsts(host) == {f"room:{room}": [str(turn) for turn in range(EACH)] for room in range(1, ROOMS + 1)}
    assert len(host.received) - ROOMS * EACH <= 2 * WEBHOOKS_PER_ENDPOINT_AT_ONCE
    assert {tuple(one.verified) for one in host.received} == {tuple(host.secrets)}
    ids = {one.headers["webhook-id"] for one in host.received}
    assert len(ids) == ROOMS * EACH
