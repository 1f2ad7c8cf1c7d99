"""Charge and delivery under faults: no acknowledged gift is lost, none is charged twice, and the books balance."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from plaudit.clock import SystemClock
from plaudit.connections import Connection, connect
from plaudit.embedded import EmbeddedPostgres
from plaudit.ledger.deliverer import Deliverer
from plaudit.ledger.model import GiftOrder
from plaudit.ledger.shards import read_shards
from plaudit.ledger.writer import GiftWriter
from plaudit.postgresql import folder_for_sockets
from plaudit.schema import audit
from plaudit.schema.migrate import apply_to
from tests.support.cutting_proxy import CuttingProxy
from tests.support.gift_load import CREATORS, VIEWERS, GiftLoad, assert_books_hold, fund_viewers, until_delivered
from tests.support.processes import first_line
from tests.support.waiting import at_some_moment, eventually

_random = random.Random(7)


async def _writer(url: str) -> GiftWriter:
    connection = await connect(url)
    shards = await read_shards(connection)
    await connection.close()
    writer = GiftWriter(lambda: connect(url), shards, SystemClock())
    await writer.start()
    return writer


async def _until_more_delivered(connection: Connection) -> None:
    deliveries = "select count(*) from delivery"
    seen = await connection.fetchval(deliveries)

    async def more() -> bool:
        return bool(await connection.fetchval(deliveries) > seen)

    await eventually(more, "something more is delivered")


async def _kill(server: EmbeddedPostgres) -> None:
    """Kill the postmaster, whose sessions may acknowledge a little more, and wait until another runs."""
    killed = server.pid
    assert killed
    os.kill(killed, signal.SIGKILL)
    await eventually(lambda: server.pid not in (None, killed), "another server runs")


async def test_answer_lost_after_commit(database_url: str) -> None:
    """The writer asks again with the same ids, and nobody pays twice."""
    load = GiftLoad(await fund_viewers(database_url))
    with tempfile.TemporaryDirectory(prefix="pl-", dir=folder_for_sockets()) as folder:
        async with CuttingProxy(database_url, Path(folder)) as proxy:
            writer = await _writer(proxy.url)
            await load.send([load.order() for _ in range(50)], writer.charge_many)
            for _ in range(20):
                proxy.cut_next_answer.set()
                await load.send([load.order() for _ in range(50)], writer.charge_many)
            await writer.stop()
            assert proxy.cuts == 20
    assert not load.unknown
    await assert_books_hold(database_url, load)


async def test_several_writers_with_the_same_ids(database_url: str) -> None:
    """A retry that reaches another process while the first try is under way gets the same answer."""
    load = GiftLoad(await fund_viewers(database_url))
    writers = [await _writer(database_url) for _ in range(3)]

    async def send(orders: Sequence[GiftOrder], writer: GiftWriter) -> None:
        await at_some_moment(_random, within_s=0.01)
        await load.send(orders, writer.charge_many)

    for _ in range(40):
        orders = [load.order() for _ in range(25)]
        await asyncio.gather(*(send(orders, writer) for writer in writers))
    for writer in writers:
        await writer.stop()
    assert load.repeats == 2 * 40 * 25, "each gift is posted once and repeated by the other two"
    await assert_books_hold(database_url, load)


async def test_deliverers_killed_at_any_moment(database_url: str) -> None:
    """Deliverers die under load, again and again; every gift reaches its creator and its room once."""
    load, stop = GiftLoad(await fund_viewers(database_url)), asyncio.Event()
    writer = await _writer(database_url)
    sending = asyncio.create_task(load.send_until(stop, writer.charge_many, at_once=10))
    command = [sys.executable, "-m", "tests.support.deliverer_process", database_url]

    async def die_again_and_again() -> None:
        connection = await connect(database_url)
        for _ in range(4):
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: ASYNC220 - is killed
                assert await asyncio.to_thread(first_line, process)
                await _until_more_delivered(connection)
                await at_some_moment(_random, within_s=0.25)
                process.kill()
        await connection.close()

    await asyncio.gather(*(die_again_and_again() for _ in range(2)))
    stop.set()
    await sending
    await writer.stop()
    connection = await connect(database_url)
    shards = await read_shards(connection)
    deliverer = Deliverer(lambda: connect(database_url), shards, SystemClock(), lambda _: None)
    await deliverer.start()
    await until_delivered(database_url, connection)
    await deliverer.stop()
    received = await connection.fetchval("select sum(received) from gift_balance")
    await connection.close()
    assert received == 7 * len(load.posted)
    await assert_books_hold(database_url, load)


async def test_database_killed_under_load(tmp_path: Path) -> None:
    """The postmaster dies under load, three times, and there are more shards than connections; what was acknowledged is
    there, and retries settle the rest."""
    with EmbeddedPostgres(tmp_path / "data") as server:
        await apply_to(server.url, shards=32)
        shards = await fund_viewers(server.application_url)
        load, stop = GiftLoad(shards), asyncio.Event()
        writer = await _writer(server.application_url)
        deliverer = Deliverer(lambda: connect(server.application_url), shards, SystemClock(), lambda _: None)
        await deliverer.start()
        sending = asyncio.create_task(load.send_until(stop, writer.charge_many))
        for _ in range(3):
            await load.until_more_posted(100)
            await at_some_moment(_random, within_s=0.5)
            await _kill(server)
        await load.until_more_posted(100)
        stop.set()
        await sending
        unknown, load.unknown = load.unknown, []
        for at in range(0, len(unknown), 100):
            await load.send(unknown[at : at + 100], writer.charge_many)
        assert not load.unknown
        await until_delivered(server.application_url)
        await writer.stop()
        await deliverer.stop()
        await assert_books_hold(server.application_url, load)
        connection = await connect(server.application_url)
        report = await audit.run(connection)
        assert report.ok, audit.as_text(report)
        assert await connection.fetchval("select count(*) from gift_balance") == CREATORS
        assert await connection.fetchval("select count(*) from wallet") == VIEWERS
        await connection.close()
