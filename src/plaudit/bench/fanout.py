"""Frames to the sockets of one room: what a delivery costs, what a socket weighs, how soon a gift is seen."""

import asyncio
import re
import time
from datetime import datetime
from typing import Any

import httpx2
from picows import WSFrame

from plaudit.bench.served import Served, served_platform
from plaudit.bench.sockets import Screen, allow_many_files, connect_all, cpu_s, disconnect_all, resident_bytes
from plaudit.bench.world import machine, percentile_ms
from plaudit.clock import SystemClock
from plaudit.embedded import Logins
from plaudit.ids import new_id

SOCKETS = (1_000, 5_000)
GIVERS = 8
GIFTS_PER_S = 100  # each becomes a frame, or a few together
SAMPLED_EVERY = 50  # sockets whose messages are read for the time they took
WARM_UP_S = 2.0
MEASURED_S = 6.0

_clock = SystemClock()
_FRAMES = b'{"type":"frames"'
_CURSOR = re.compile(rb'"cursor":"\d+:(\d+)"')
_AT = re.compile(rb'"kind":"gift","at":"([^"]+)"')


class _Watcher(Screen):
    """Counts frames by the cursors of messages; some look at the times of the gifts too."""

    def __init__(self, *, is_sampled: bool) -> None:
        self._is_sampled = is_sampled
        self.seen = self.messages = 0
        self.latencies_s: list[float] = []
        self.closed = 0

    def received(self, frame: WSFrame) -> None:
        payload = frame.get_payload_as_bytes()
        if not payload.startswith(_FRAMES):
            return
        self.messages += 1
        if cursor := _CURSOR.search(payload, 0, 60):
            self.seen = int(cursor[1])
        if self._is_sampled and b'"backlog":false' in payload[:80]:
            now = time.time()
            self.latencies_s += [now - datetime.fromisoformat(at.decode()).timestamp() for at in _AT.findall(payload)]

    def closed_with(self, code: int) -> None:
        self.closed = code


async def _give(client: httpx2.AsyncClient, platform: Served, number: int) -> None:
    """One giver: gifts at a steady pace."""
    headers = {"Authorization": f"Bearer {platform.viewer_tokens[number]}"}
    pause_s = GIVERS / GIFTS_PER_S
    due = time.perf_counter() + pause_s * number / GIVERS
    while True:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        due += pause_s
        gift = {"id": str(new_id(_clock)), "room_id": platform.room_id, "item_id": 1}
        answer = await client.post("/v1/gifts", json=gift, headers=headers)
        if answer.status_code != httpx2.codes.CREATED:
            raise RuntimeError(f"a gift was not charged: {answer.text}")


async def _measure(platform: Served, sockets: int) -> dict[str, Any]:
    before = resident_bytes(platform.pid)
    watchers = [_Watcher(is_sampled=number % SAMPLED_EVERY == 0) for number in range(sockets)]
    address = f"ws://{platform.host}:{platform.port}/v1/rooms/{platform.room_id}/socket"
    await connect_all([(address, watcher) for watcher in watchers])
    await asyncio.sleep(WARM_UP_S)
    idle_bytes = (resident_bytes(platform.pid) - before) / sockets
    async with httpx2.AsyncClient(base_url=platform.url) as client:
        givers = [asyncio.create_task(_give(client, platform, number)) for number in range(GIVERS)]
        await asyncio.sleep(WARM_UP_S)
        for watcher in watchers:
            watcher.messages, watcher.latencies_s = 0, []
        seen_before = sum(watcher.seen for watcher in watchers)
        begin, cpu_begin = time.perf_counter(), cpu_s(platform.pid)
        await asyncio.sleep(MEASURED_S)
        took, cpu = time.perf_counter() - begin, cpu_s(platform.pid) - cpu_begin
        frames = sum(watcher.seen for watcher in watchers) - seen_before
        messages = sum(watcher.messages for watcher in watchers)
        latencies_s = [latency for watcher in watchers for latency in watcher.latencies_s]
        for giver in givers:
            giver.cancel()
        failed = [
            giver for giver in await asyncio.gather(*givers, return_exceptions=True) if isinstance(giver, RuntimeError)
        ]
    closed = [watcher.closed for watcher in watchers if watcher.closed]
    disconnect_all(watchers)
    if failed or closed:
        raise RuntimeError(f"the measurement does not count: {failed[:1] or f'sockets closed with {closed[:1]}'}")
    return {
        "deliveries_per_s": round(frames / took),
        "deliveries_per_cpu_s": round(frames / cpu),
        "messages_per_s": round(messages / took),
        "messages_per_cpu_s": round(messages / cpu),
        "cpu_us_per_delivery": round(cpu / frames * 1e6, 2),
        "server_cores_used": round(cpu / took, 2),
        "kb_per_idle_socket": round(idle_bytes / 1000, 1),
        "p50_ms": percentile_ms(latencies_s, 50),
        "p95_ms": percentile_ms(latencies_s, 95),
        "p99_ms": percentile_ms(latencies_s, 99),
    }


async def run(server: Logins) -> dict[str, Any]:
    """Measure, with the server in a process of its own; a delivery is one frame to one socket.

    The figures without a prefix are of the smaller room; those of the larger one carry its number of sockets.
    """
    allow_many_files()
    figures: dict[str, Any] = {}
    for sockets in SOCKETS:
        async with served_platform(server, viewers=GIVERS) as platform:
            measured = await _measure(platform, sockets)
        prefix = "" if sockets == SOCKETS[0] else f"{sockets}_sockets_"
        figures |= {prefix + name: value for name, value in measured.items()}
    return figures | {
        "sockets": list(SOCKETS),
        "how": f"{GIFTS_PER_S} gifts/s into one room for {MEASURED_S:g} s, one message of all new frames a tick; "
        "times are from the delivery in the books to the screen; server, database and clients on this machine",
        "machine": machine(),
    }
