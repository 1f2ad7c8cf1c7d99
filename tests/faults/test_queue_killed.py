"""A worker that is killed while it holds an item: another does it, once, when the lease is over."""

import asyncio
import subprocess
import sys
from datetime import datetime, timedelta
from uuid import uuid4

from plaudit.clock import SystemClock
from plaudit.connections import OwnConnection
from plaudit.db import Database
from tests.support.parcels import LEASE_S, TABLE, Parcel, bring, parcels, send


def claim_and_die(url: str) -> None:
    command = [sys.executable, "-m", "tests.support.parcels", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "held\n"
        worker.kill()


class LaterClock(SystemClock):
    """The machine's clock, when the leases of now are over."""

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=LEASE_S)


async def test_an_item_of_a_killed_worker_is_done_once_by_another(
    database_url: str, database: Database, owner_connection: OwnConnection
) -> None:
    await owner_connection.execute(TABLE)
    item = uuid4()
    await send(owner_connection, [item], SystemClock().now())
    await asyncio.to_thread(claim_and_die, database_url)
    clock = LaterClock()

    async def do(parcel: Parcel) -> None:
        async with database.transaction() as connection:
            await bring(connection, parcel, clock.now())

    assert await parcels().run(database, SystemClock(), do) == 0, "the dead one's lease still holds"
    assert await parcels().run(database, clock, do) == 1
    assert [
        tuple(row)
        for row in await owner_connection.fetch("select b.id, p.tries from brought b join parcel p using (id)")
    ] == [(item, 2)]
