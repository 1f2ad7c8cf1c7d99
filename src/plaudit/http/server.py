"""One serving process: an open house behind uvicorn, ended in order by a signal."""

import asyncio
import gc
import logging
import resource
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import uvicorn
import uvloop

from plaudit.clock import Clock
from plaudit.http.arrivals import Arrivals
from plaudit.http.assembly import create_app, short_way
from plaudit.http.house import House, open_house
from plaudit.limits import (
    DESCRIPTORS_KEPT,
    DRAIN_S,
    GARBAGE_OBJECTS_MAX,
    KEEP_ALIVE_S,
    LISTEN_BACKLOG,
    SOCKET_FRAME_BYTES_MAX,
    SOCKET_HEARTBEAT_S,
    SOCKET_MESSAGES_WAITING_MAX,
)
from plaudit.live.protocol import SocketProtocol
from plaudit.settings import Settings

log = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """Says when requests are answered, and tells the house that the end has come before it waits for open ones."""

    def __init__(self, config: uvicorn.Config, house: House, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._house = house
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._house.stopping.set()
        await super().shutdown(sockets)


def run(
    settings: Settings,
    database_url: str,
    listening: socket.socket,
    *,
    log_requests: bool = False,
    clock: Clock | None = None,
    on_ready: Callable[[], None] = lambda: None,
    jobs_after: int | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; then answer what is open, charge what waits, and return.

    Args:
        settings: of this process.
        database_url: a migrated database.
        listening: where to accept connections; closed at the end.
        log_requests: a line in the log for each request.
        clock: another than the machine's.
        on_ready: called when requests are answered.
        jobs_after: a pipe; periodic work begins when its other end is closed, at once without it.
    """
    uvloop.run(_serve(settings, database_url, listening, log_requests, clock, on_ready, jobs_after))


async def _serve(
    settings: Settings,
    database_url: str,
    listening: socket.socket,
    log_requests: bool,
    clock: Clock | None,
    on_ready: Callable[[], None],
    jobs_after: int | None,
) -> None:
    ending = asyncio.Event()
    # Before uvicorn takes the signals, and after it gives them back: a signal must never end us in the middle.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    async with open_house(settings, database_url, clock=clock, with_jobs=jobs_after is None) as house:
        if ending.is_set():
            return
        _collect_rarely()
        async with _jobs_later(house, jobs_after):
            await _Server(_config(house, log_requests=log_requests), house, on_ready).serve(sockets=[listening])


@asynccontextmanager
async def _jobs_later(house: House, jobs_after: int | None) -> AsyncIterator[None]:
    """Let the jobs of a house begin when the other end of a pipe is closed."""
    if jobs_after is None:
        yield
        return
    closed, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(jobs_after, closed.set)

    async def begin() -> None:
        await closed.wait()
        loop.remove_reader(jobs_after)
        await house.jobs.start()

    beginning = asyncio.create_task(begin())
    try:
        yield
    finally:
        beginning.cancel()
        await house.jobs.stop()


def _collect_rarely() -> None:
    """Leave what the house is made of to itself, and look for cycles seldom: a sixth of the time of a busy server went
    into searching objects that reference counts free anyway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_OBJECTS_MAX, 20, 100)


def _connections_max(wanted: int) -> int:
    """So many as are wanted, as far as this process may have files open: as many as it may ask for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    asked = wanted + DESCRIPTORS_KEPT if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < asked:
        with suppress(OSError, ValueError):  # a machine may promise more than it lets anybody have
            resource.setrlimit(resource.RLIMIT_NOFILE, (asked, hard))
            soft = asked
    return wanted if soft == resource.RLIM_INFINITY else max(1, min(wanted, soft - DESCRIPTORS_KEPT))


def _config(house: House, *, log_requests: bool) -> uvicorn.Config:
    settings = house.settings
    arrivals = Arrivals(
        connections_max=_connections_max(settings.connections),
        head_bytes_max=settings.request_head_bytes,
        head_s_max=settings.request_head_s,
        body_s_max=settings.request_body_s,
        short_way=None if log_requests else short_way(house),  # which logs nothing
    )
    return uvicorn.Config(
        create_app(house, log_requests=log_requests),
        loop="none",
        http=cast("Any", arrivals.make),  # the library calls it, and asks no more of it
        ws=SocketProtocol,
        ws_max_size=SOCKET_FRAME_BYTES_MAX,
        ws_max_queue=SOCKET_MESSAGES_WAITING_MAX,
        ws_ping_interval=SOCKET_HEARTBEAT_S,
        ws_ping_timeout=SOCKET_HEARTBEAT_S,
        ws_per_message_deflate=False,  # hundreds of kB for each socket, and frames are small
        lifespan="off",
        log_config=None,
        access_log=False,  # uvicorn's would show tokens in query strings
        server_header=False,
        proxy_headers=False,  # whose word is believed about a client is a setting of ours
        backlog=LISTEN_BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=DRAIN_S,
    )
