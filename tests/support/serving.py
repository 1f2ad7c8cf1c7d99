"""ASGI applications on sockets of the event loop of a test."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from plaudit.live.protocol import SocketProtocol
from tests.support.ports import LOOPBACK


class _Server(uvicorn.Server):
    """Says when it is up, and leaves the signals of the process alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: Any, port: int) -> AsyncIterator[None]:
    """An application on a port, for as long as the block runs."""
    async with running(uvicorn.Config(app, host=LOOPBACK, port=port, log_level="error", ws=SocketProtocol)):
        yield


@asynccontextmanager
async def running(config: uvicorn.Config, listening: socket.socket | None = None) -> AsyncIterator[None]:
    """A server of this configuration, on a socket if one is given; it is up when the block begins."""
    server = _Server(config)
    ended = asyncio.create_task(server.serve([listening] if listening else None))
    up = asyncio.create_task(server.up.wait())
    await asyncio.wait({ended, up}, return_when=asyncio.FIRST_COMPLETED)
    up.cancel()
    try:
        assert not ended.done(), "the server ended as soon as it began"
        yield
    finally:
        server.should_exit = True
        await ended
