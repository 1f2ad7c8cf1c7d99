"""What the front answers itself, gifts and sockets: nobody can tell that it was not the framework."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect

from plaudit.clock import ManualClock
from plaudit.http.assembly import framework, hot_handlers
from plaudit.http.front import Front
from plaudit.ids import new_id
from plaudit.limits import BODY_BYTES_MAX
from tests.support.live import ROSE, Platform, open_platform
from tests.support.waiting import WAIT_S

GIFTS, SLASHED = "/v1/gifts", "/v1/gifts/"
LARGE = b'"' + b"x" * BODY_BYTES_MAX + b'"'
GUEST = {"Authorization": ""}
SERVER = "the key of a server that speaks for nobody"
ANOTHER, OF_THE_FUTURE = "019ced16-9a70-7000-8000-000000000001", "01ffffff-ffff-7000-8000-000000000000"

# Status and code of the answer; address; headers; what differs from a good gift, or the whole body.
SAID: list[tuple[int, str | None, str, dict[str, str], dict[str, Any] | bytes]] = [
    (201, None, GIFTS, {}, {}),
    (200, None, GIFTS, {}, {}),
    (200, None, GIFTS, {"Content-Type": "Application/JSON; charset=utf-8"}, {}),
    (200, None, f"{GIFTS}?stray=1", {}, {}),
    (200, None, SLASHED, {}, {}),
    (200, None, "/v1//gifts//", {}, {}),
    (409, "gift_conflict", GIFTS, {}, {"count": 2}),
    (402, "insufficient_coins", SLASHED, {}, {"id": ANOTHER, "count": 5}),
    (404, "item_unknown", GIFTS, {}, {"id": ANOTHER, "item_id": 54_321}),
    (400, "invalid_field", GIFTS, {}, {"id": "7", "count": 0, "stray": 1}),
    (400, "invalid_field", GIFTS, {}, {"id": OF_THE_FUTURE}),
    (400, "invalid_field", f"{GIFTS}?stray=%00", {}, {}),
    (400, "invalid_field", GIFTS, {}, b""),
    (400, "invalid_body", SLASHED, {}, b"{"),
    (413, "body_too_large", GIFTS, {}, LARGE),
    (415, "wrong_media_type", GIFTS, {"Content-Type": "text/plain"}, {}),
    (415, "wrong_media_type", GIFTS, {"Content-Type": ""}, {}),
    (401, "unauthenticated", GIFTS, GUEST, {}),
    (401, "unauthenticated", GIFTS, GUEST | {"Accept": "text/html"}, LARGE),
    (401, "token_not_valid", GIFTS, {"Authorization": "Bearer nonsense"}, {}),
    (403, "role_missing", GIFTS, {"Authorization": SERVER}, {}),
]  # fmt: skip


@pytest.fixture
async def platform(database_url: str, clock: ManualClock) -> AsyncIterator[Platform]:
    async with open_platform(database_url, clock) as opened:
        yield opened


async def test_both_ways_in_say_the_same(platform: Platform, clock: ManualClock) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    good = {"id": str(new_id(clock)), "room_id": room_id, "item_id": ROSE, "count": 1}
    parts = platform.house.parts
    front = Front(_unreachable, parts, hot_handlers=hot_handlers(), sockets=())
    without_front = Front(framework(), parts, hot_handlers={}, sockets=())
    hot, cold = await _hear(platform, front, "ada", good), await _hear(platform, without_front, "bob", good)
    assert [(status, document.get("code")) for status, _, document in hot] == [said[:2] for said in SAID]
    for said, by_front, by_framework in zip(SAID, hot, cold, strict=True):
        assert by_front == by_framework, said[2:]
    assert hot[1][2] == hot[0][2], "a repeated gift has its first answer"
    assert {"content-security-policy", "referrer-policy", "x-content-type-options"} <= hot[0][1].keys()


async def test_a_socket_is_the_same_with_a_slash_more(platform: Platform) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    origin = platform.processes[0].origin.replace("http", "ws")
    async with connect(f"{origin}/v1/rooms/{room_id}/socket/") as socket, asyncio.timeout(WAIT_S):
        assert json.loads(await socket.recv())["type"] == "hello"


async def _unreachable(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError(f"the front passed on {scope['path']}")


async def _hear(platform: Platform, app: Any, subject: str, good: dict[str, Any]) -> list[tuple[int, Any, Any]]:
    """What somebody with two coins hears, all of SAID said to one way in: status, headers and document of each."""
    signed_in = (await platform.viewer(subject, coins=2)).headers["authorization"]
    of_a_server = (await platform.server(subject)).headers["authorization"]
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    heard = []
    async with httpx2.AsyncClient(transport=transport, base_url="http://plaudit.test") as client:
        for _, _, path, more, body in SAID:
            headers = {"Authorization": signed_in, "Content-Type": "application/json"} | more
            if headers["Authorization"] == SERVER:
                headers["Authorization"] = of_a_server
            content = body if isinstance(body, bytes) else json.dumps(good | body)
            answer = await client.post(path, content=content, headers=headers)
            heard.append((answer.status_code, dict(answer.headers), answer.json()))
    return heard
