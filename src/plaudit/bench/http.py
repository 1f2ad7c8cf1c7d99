"""Single gifts over HTTP with keep-alive: as many connections as viewers, each with one gift in flight."""

import asyncio
import time
from collections.abc import Iterator
from functools import partial
from itertools import repeat
from typing import Any, cast

from plaudit.bench.served import Served, served_platform
from plaudit.bench.sockets import cpu_s
from plaudit.bench.world import machine, percentile_ms
from plaudit.clock import SystemClock
from plaudit.embedded import Logins
from plaudit.ids import new_id

CONNECTIONS = 64
WARM_UP_S = 1.5
MEASURED_S = 6.0

_clock = SystemClock()


class Sender(asyncio.Protocol):
    """One connection: sends a gift, waits for the answer, sends the next. Parses no more than it must.

    Args:
        token: whose gifts they are.
        host: of the server.
        targets: for each gift where it goes and what it is, as fields of JSON.
        pause_s: from one gift to the next, if the answer is there by then.
    """

    def __init__(self, token: str, host: str, targets: Iterator[str], pause_s: float = 0) -> None:
        self._head = (
            f"POST /v1/gifts HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()
        self._targets = targets
        self._pause_s = pause_s
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._sent_at = 0.0
        self.answers: dict[bytes, int] = {}
        self.latencies_s: list[float] = []
        self.first_wrong = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class
        self._send()

    def _send(self) -> None:
        body = f'{{"id":"{new_id(_clock)}",{next(self._targets)},"count":1}}'.encode()
        self._sent_at = time.perf_counter()
        if self._transport:
            self._transport.write(b"%s%d\r\n\r\n%s" % (self._head, len(body), body))

    def data_received(self, data: bytes) -> None:
        self._received += data
        head_end = self._received.find(b"\r\n\r\n")
        if head_end < 0:
            return
        at = self._received.lower().index(b"content-length:", 0, head_end) + 15
        length = int(self._received[at : self._received.index(b"\r\n", at)])
        if len(self._received) < head_end + 4 + length:
            return
        status = self._received[9:12]
        self.answers[status] = self.answers.get(status, 0) + 1
        self.latencies_s.append(time.perf_counter() - self._sent_at)
        if status != b"201" and not self.first_wrong:
            self.first_wrong = self._received
        self._received = b""
        if (rest_s := self._sent_at + self._pause_s - time.perf_counter()) > 0:
            asyncio.get_running_loop().call_later(rest_s, self._send)
        else:
            self._send()

    def restart_measuring(self) -> None:
        self.answers, self.latencies_s = {}, []

    def close(self) -> None:
        if self._transport:
            self._transport.abort()
            self._transport = None


def _itself(viewer: Sender) -> Sender:
    return viewer


async def _load(platform: Served) -> tuple[float, float, list[Sender]]:
    loop = asyncio.get_running_loop()
    host = f"{platform.host}:{platform.port}"
    room = repeat(f'"room_id":"{platform.room_id}","item_id":1')
    viewers = [Sender(token, host, room) for token in platform.viewer_tokens[:CONNECTIONS]]
    for viewer in viewers:
        await loop.create_connection(partial(_itself, viewer), platform.host, platform.port)
    await asyncio.sleep(WARM_UP_S)
    for viewer in viewers:
        viewer.restart_measuring()
    begin, cpu_begin = time.perf_counter(), cpu_s(platform.pid)
    await asyncio.sleep(MEASURED_S)
    took, cpu = time.perf_counter() - begin, cpu_s(platform.pid) - cpu_begin
    for viewer in viewers:
        viewer.close()
    return took, cpu, viewers


async def run(server: Logins) -> dict[str, Any]:
    """Measure, with the server in a process of its own beside the client and the database."""
    async with served_platform(server, viewers=CONNECTIONS) as platform:
        took, cpu, viewers = await _load(platform)
        per_batch = await platform.gifts_per_batch()
    wrong = [viewer.first_wrong for viewer in viewers if viewer.first_wrong]
    if wrong:
        raise RuntimeError(f"a gift was not charged: {wrong[0][:500]!r}")
    latencies_s = [latency for viewer in viewers for latency in viewer.latencies_s]
    return {
        "gifts_per_s": round(len(latencies_s) / took),
        "p50_ms": percentile_ms(latencies_s, 50),
        "p99_ms": percentile_ms(latencies_s, 99),
        "in_flight": CONNECTIONS,
        "gifts_per_batch": per_batch,
        "server_cpu_us_per_gift": round(cpu / len(latencies_s) * 1e6, 1),
        "how": f"{CONNECTIONS} keep-alive connections with one gift in flight each, for {MEASURED_S:g} s; "
        "server, database and client on this machine",
        "machine": machine(),
    }
