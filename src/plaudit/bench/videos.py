"""Gifts on many videos beside gifts in a room, each at a steady rate: what rooms lose by it."""

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import httpx2
import msgspec

from plaudit.bench.http import Sender
from plaudit.bench.served import Served, served_platform
from plaudit.bench.sockets import cpu_s
from plaudit.bench.world import machine, percentile_ms
from plaudit.clock import SystemClock
from plaudit.connections import connect
from plaudit.embedded import Logins
from plaudit.limits import VIDEOS_PER_CALL_MAX
from plaudit.people.actions import create_api_key
from plaudit.people.development import ISSUER

VIDEOS = 10_000
OWNERS = 100
GIFTS_PER_S = 2_000
CONNECTIONS = 64  # of each kind
WARM_UP_S = 3.0
MEASURED_S = 8.0

_clock = SystemClock()


async def _tell_of_videos(platform: Served) -> tuple[list[str], int]:
    """Videos of many owners who take gifts, as a platform's server tells of them; and the cheapest item for them."""
    owner = await connect(platform.logins.owner)
    try:
        _, secret = await create_api_key(owner, "bench", ISSUER, _clock)
    finally:
        await owner.close()
    subjects = [f"owner-{number}" for number in range(OWNERS)]
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx2.AsyncClient(base_url=platform.url, headers=headers, timeout=60) as server:

        async def put(path: str, body: dict[str, Any], **more: str) -> Any:
            answer = await server.request("POST" if ":" in path else "PUT", path, json=body, headers=more)
            return answer.raise_for_status().json()

        await put("/v1/people:batch", {"people": [{"subject": one, "roles": ["creator"]} for one in subjects]})
        for one in subjects:
            await put("/v1/creators/me/video-gifts", {"enabled": True}, **{"Plaudit-Subject": one})
        videos = [
            {
                "external_id": f"v-{number}",
                "owner_subject": subjects[number % OWNERS],
                "title": "Benchmark",
                "duration_ms": 60_000,
                "published_at": "2020-01-01T00:00:00Z",
            }
            for number in range(VIDEOS)
        ]
        ids: list[str] = []
        for first in range(0, VIDEOS, VIDEOS_PER_CALL_MAX):
            told = await put("/v1/videos:batch", {"videos": videos[first : first + VIDEOS_PER_CALL_MAX]})
            ids += [one["video"]["id"] for one in told["items"]]
        items = (await server.get(f"/v1/videos/{ids[0]}/catalogue")).json()["items"]
    return ids, min(items, key=lambda one: int(one["coins"]))["id"]


class _Phase(msgspec.Struct, frozen=True):
    """Of one kind of target: gifts a second, how long each took; and of all kinds what a gift cost the server."""

    per_s: float
    latencies_s: list[float]
    server_us: float


async def _load(platform: Served, targets: Sequence[Iterator[str]]) -> list[_Phase]:
    """Gifts to each of some kinds of targets at once."""
    loop = asyncio.get_running_loop()
    host = f"{platform.host}:{platform.port}"
    kinds = [
        [
            Sender(token, host, target, pause_s=CONNECTIONS / GIFTS_PER_S)
            for token in platform.viewer_tokens[place * CONNECTIONS : (place + 1) * CONNECTIONS]
        ]
        for place, target in enumerate(targets)
    ]
    senders = [sender for kind in kinds for sender in kind]
    for sender in senders:
        await loop.create_connection(partial(_itself, sender), platform.host, platform.port)
    await asyncio.sleep(WARM_UP_S)
    for sender in senders:
        sender.restart_measuring()
    begin, used_s = time.perf_counter(), cpu_s(platform.pid)
    await asyncio.sleep(MEASURED_S)
    took, used_s = time.perf_counter() - begin, cpu_s(platform.pid) - used_s
    for sender in senders:
        sender.close()
    if wrong := [sender.first_wrong for sender in senders if sender.first_wrong]:
        raise RuntimeError(f"a gift was not charged: {wrong[0][:500]!r}")
    latencies = [[latency for sender in kind for latency in sender.latencies_s] for kind in kinds]
    server_us = used_s * 1_000_000 / sum(map(len, latencies))
    return [_Phase(len(one) / took, one, server_us) for one in latencies]


def _itself(sender: Sender) -> Sender:
    return sender


async def run(server: Logins) -> dict[str, Any]:
    """Measure, with the server in a process of its own beside the client and the database."""
    async with served_platform(server, viewers=2 * CONNECTIONS) as platform:
        ids, item_id = await _tell_of_videos(platform)
        room = itertools.repeat(f'"room_id":"{platform.room_id}","item_id":1')
        videos = (f'"video_id":"{one}","item_id":{item_id},"position_ms":42000' for one in itertools.cycle(ids))
        (alone,) = await _load(platform, [room])
        (only,) = await _load(platform, [videos])
        beside, on_videos = await _load(platform, [room, videos])
    return {
        "rooms_alone_per_s": round(alone.per_s),
        "rooms_beside_per_s": round(beside.per_s),
        "rooms_beside_to_alone": round(beside.per_s / alone.per_s, 3),
        "videos_beside_per_s": round(on_videos.per_s),
        "rooms_alone_p50_ms": percentile_ms(alone.latencies_s, 50),
        "rooms_beside_p50_ms": percentile_ms(beside.latencies_s, 50),
        "videos_beside_p50_ms": percentile_ms(on_videos.latencies_s, 50),
        "rooms_alone_p99_ms": percentile_ms(alone.latencies_s, 99),
        "rooms_beside_p99_ms": percentile_ms(beside.latencies_s, 99),
        "videos_beside_p99_ms": percentile_ms(on_videos.latencies_s, 99),
        "room_gift_server_us": round(alone.server_us),
        "video_gift_server_us": round(only.server_us),
        "video_to_room_server": round(only.server_us / alone.server_us, 2),
        "how": f"{GIFTS_PER_S:,} gifts a second to one room, then beside them as many over {VIDEOS:,} videos of "
        f"{OWNERS} owners in turn, for {MEASURED_S:g} s each; server, database and client on this machine",
        "machine": machine(),
    }
