"""Single gifts over room sockets: each viewer sends one, waits for the answer, sends the next."""

import asyncio
import time
from typing import Any

import httpx2
from picows import WSFrame, WSMsgType

from plaudit.bench.served import Served, live_room, served_platform
from plaudit.bench.sockets import Screen, allow_many_files, connect_all, cpu_s, disconnect_all
from plaudit.bench.world import machine, percentile_ms
from plaudit.clock import SystemClock
from plaudit.embedded import Logins
from plaudit.ids import new_id

SOCKETS = 600  # a socket may send 50 commands a second, so it takes many
ROOMS = 150
WARM_UP_S = 1.5
MEASURED_S = 6.0

_clock = SystemClock()
_ANSWER = b'{"type":"answer"'
_OK = b'"ok":true'


class _Viewer(Screen):
    """Sends gifts, one in flight."""

    def __init__(self, token: str) -> None:
        self.token = token
        self._sent_at = 0.0
        self.frames = 0
        self.wrong = b""
        self.latencies_s: list[float] = []

    def give(self) -> None:
        gift = f'{{"type":"gift","id":"{new_id(_clock)}","item_id":1,"count":1,"coins":1}}'.encode()
        self._sent_at = time.perf_counter()
        self.transport.send(WSMsgType.TEXT, gift)

    def received(self, frame: WSFrame) -> None:
        payload = frame.get_payload_as_bytes()
        if not payload.startswith(_ANSWER):
            self.frames += 1
            return
        self.latencies_s.append(time.perf_counter() - self._sent_at)
        if _OK not in payload[:120] and not self.wrong:
            self.wrong = payload
        self.give()

    def closed_with(self, code: int) -> None:
        self.wrong = self.wrong or f"closed with {code}".encode()


async def _load(platform: Served, rooms: list[str]) -> tuple[float, float, list[_Viewer]]:
    viewers = [_Viewer(token) for token in platform.viewer_tokens]
    origin = f"ws://{platform.host}:{platform.port}"
    addresses = [
        (f"{origin}/v1/rooms/{rooms[number % len(rooms)]}/socket", viewer) for number, viewer in enumerate(viewers)
    ]
    await connect_all(addresses)
    for viewer in viewers:
        viewer.give()
    await asyncio.sleep(WARM_UP_S)
    for viewer in viewers:
        viewer.latencies_s = []
    begin, cpu_begin = time.perf_counter(), cpu_s(platform.pid)
    await asyncio.sleep(MEASURED_S)
    took, cpu = time.perf_counter() - begin, cpu_s(platform.pid) - cpu_begin
    latencies = [list(viewer.latencies_s) for viewer in viewers]
    disconnect_all(viewers)
    for viewer, measured in zip(viewers, latencies, strict=True):
        viewer.latencies_s = measured
    return took, cpu, viewers


async def run(server: Logins) -> dict[str, Any]:
    """Measure, with the server in a process of its own beside the clients and the database."""
    allow_many_files()
    async with served_platform(server, viewers=SOCKETS) as platform:
        async with httpx2.AsyncClient(base_url=platform.url) as client:
            rooms = [await live_room(client, platform.creator_token) for _ in range(ROOMS)]
        took, cpu, viewers = await _load(platform, rooms)
        per_batch = await platform.gifts_per_batch()
    wrong = [viewer.wrong for viewer in viewers if viewer.wrong]
    if wrong:
        raise RuntimeError(f"a gift was not charged: {wrong[0][:500]!r}")
    latencies_s = [latency for viewer in viewers for latency in viewer.latencies_s]
    return {
        "gifts_per_s": round(len(latencies_s) / took),
        "p50_ms": percentile_ms(latencies_s, 50),
        "p99_ms": percentile_ms(latencies_s, 99),
        "server_cpu_us_per_gift": round(cpu / len(latencies_s) * 1e6, 1),
        "gifts_per_batch": per_batch,
        "sockets": SOCKETS,
        "rooms": ROOMS,
        "how": f"{SOCKETS} sockets in {ROOMS} rooms with one gift in flight each, for {MEASURED_S:g} s; "
        "server, database and clients on this machine",
        "machine": machine(),
    }
