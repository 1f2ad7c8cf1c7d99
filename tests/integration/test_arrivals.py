"""Requests that come slowly, never, or too large, over real sockets: they are let go, and others are served."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
import uvicorn

from plaudit.http.arrivals import Arrivals
from plaudit.limits import REQUEST_BYTES_MAX
from plaudit.listening import listen
from tests.support.ports import LOOPBACK
from tests.support.serving import running
from tests.support.waiting import WAIT_S, eventually

WHOLE = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nhello"
SLOW_BODY = WHOLE.removesuffix(b"lo")


def held(connections_max: int = 100, head_s_max: int = 10 * WAIT_S, body_s_max: int = 10 * WAIT_S) -> Arrivals:
    """What connections are held to: to nothing that a test waits for, but for what it says."""
    return Arrivals(connections_max=connections_max, head_bytes_max=2_000, head_s_max=head_s_max, body_s_max=body_s_max)


class Peer:
    """A client that says and hears bytes."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> "Peer":
        self.reader, self.writer = await asyncio.open_connection(LOOPBACK, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    async def status(self) -> int:
        """Of the next answer."""
        async with asyncio.timeout(WAIT_S):
            line = await self.reader.readline()
            while await self.reader.readline() not in {b"\r\n", b""}:
                pass
        return int(line.split()[1])

    async def is_let_go(self) -> bool:
        """Whether the other side ends it; what it says before is passed over."""
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(WAIT_S):
                while await self.reader.read(1 << 16):
                    pass
        return True


@contextlib.asynccontextmanager
async def server(arrivals: Arrivals, over: asyncio.Event | None = None) -> AsyncIterator[int]:
    """The port of a server that answers 204 when it has heard all; to `/long` without an end, until its reader is gone,
    and then sets `over`."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        if scope["path"] == "/long":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            gone = asyncio.create_task(receive())
            while not gone.done():
                await send({"type": "http.response.body", "body": bytes(1 << 20), "more_body": True})
            assert over is not None
            over.set()
            return
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    listening = listen(LOOPBACK, 0)
    config = uvicorn.Config(
        application, http=cast("Any", arrivals.make), ws="none", lifespan="off", log_config=None,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    async with running(config, listening):
        yield listening.getsockname()[1]


async def test_whole_requests_are_answered_one_after_the_other() -> None:
    arrivals = held()
    async with server(arrivals) as port, Peer(port) as peer:
        for _ in range(3):
            peer.say(WHOLE)
            assert await peer.status() == 204
        peer.say(WHOLE + WHOLE)
        assert [await peer.status(), await peer.status()] == [204, 204]
        assert len(arrivals.waiting) == 1


async def test_who_says_nothing_or_half_a_head_is_let_go() -> None:
    async with server(held(head_s_max=1)) as port:
        async with Peer(port) as silent:
            assert await silent.is_let_go()
        async with Peer(port) as half:
            half.say(b"GET / HTTP/1.1\r\nHost:")
            assert await half.status() == 408
        async with Peer(port) as again:  # the same for a second request
            again.say(WHOLE)
            assert await again.status() == 204
            again.say(b"GET /")
            assert await again.status() == 408


async def test_a_body_that_does_not_end_is_let_go() -> None:
    async with server(held(body_s_max=1)) as port, Peer(port) as peer:
        peer.say(SLOW_BODY)
        assert await peer.status() == 408
        assert await peer.is_let_go()


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_head_that_is_too_large_is_refused(at_once: bool) -> None:
    head = b"GET / HTTP/1.1\r\nHost: here\r\n" + b"".join(b"x-%d: %s\r\n" % (n, b"y" * 90) for n in range(25))
    async with server(held()) as port, Peer(port) as peer:
        peer.say(head + (b"\r\n" if at_once else b""))
        assert await peer.status() == 431
        assert await peer.is_let_go()


async def test_a_body_without_an_end_is_let_go() -> None:
    async with server(held()) as port, Peer(port) as peer:
        peer.say(b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
        for _ in range(REQUEST_BYTES_MAX // len(chunk) + 2):
            peer.say(chunk)
        assert await peer.is_let_go()


@pytest.mark.parametrize("said", [b"", b"GET / HT", SLOW_BODY])
async def test_many_who_say_nothing_keep_nobody_out(said: bytes) -> None:
    arrivals = held(connections_max=10)
    async with contextlib.AsyncExitStack() as stack:
        port = await stack.enter_async_context(server(arrivals))
        idle = [await stack.enter_async_context(Peer(port)) for _ in range(10)]
        for peer in idle:
            peer.say(said)
        await eventually(lambda: len(arrivals.waiting) == 10, "all are there")
        for _ in range(20):
            async with Peer(port) as served:
                served.say(WHOLE)
                assert await served.status() == 204
        assert await idle[0].is_let_go()
        assert len(arrivals.waiting) <= 10


async def test_who_takes_nothing_of_an_answer_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plaudit.http.arrivals.ANSWER_STALLED_S", 1)
    over = asyncio.Event()
    async with server(held(), over) as port, Peer(port) as peer:
        cast("asyncio.ReadTransport", peer.writer.transport).pause_reading()
        peer.say(b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n")
        async with asyncio.timeout(WAIT_S):
            await over.wait()
