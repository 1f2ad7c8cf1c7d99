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
from plaudit.http.short_way import ShortWay
from plaudit.ids import new_id
from plaudit.limits import BODY_BYTES_MAX
from plaudit.rules.model import GIFT_ROOM
from tests.support.live import ROSE, Platform, open_platform
from tests.support.ports import LOOPBACK
from tests.support.waiting import WAIT_S, eventually

GIFTS, SLASHED = "/v1/gifts", "/v1/gifts/"
LARGE = b'"' + b"x" * BODY_BYTES_MAX + b'"'
GUEST = {"Authorization": ""}
OF_EACH_REQUEST = {"date", "x-request-id"}
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
    (402, "insufficient_coins", GIFTS, {}, {"id": ANOTHER, "count": 5}),
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

TAKEN_SHORT = [said for said in SAID if said[0] in {200, 201, 402, 409} and said[2].partition("?")[0] == GIFTS]


@pytest.fixture
async def platform(database_url: str, clock: ManualClock) -> AsyncIterator[Platform]:
    async with open_platform(database_url, clock) as opened:
        yield opened


async def test_all_ways_in_say_the_same(
    platform: Platform, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    good = {"id": str(new_id(clock)), "room_id": room_id, "item_id": ROSE, "count": 1}
    parts = platform.house.parts
    front = Front(_unreachable, parts, hot_handlers=hot_handlers(), sockets=())
    without_front = Front(framework(), parts, hot_handlers={}, sockets=())
    hot = await _hear(platform, httpx2.ASGITransport(front, raise_app_exceptions=False), "ada", good)
    cold = await _hear(platform, httpx2.ASGITransport(without_front, raise_app_exceptions=False), "bob", good)
    assert [(status, document.get("code")) for status, _, document in hot] == [said[:2] for said in SAID]
    for said, by_front, by_framework in zip(SAID, hot, cold, strict=True):
        assert by_front == by_framework, said[2:]
    assert hot[1][2] == hot[0][2], "a repeated gift has its first answer"
    await _know(platform, "cyd")
    taken = _listen(monkeypatch)
    short = await _hear(platform, httpx2.AsyncHTTPTransport(), "cyd", good)
    for said, by_front, by_server in zip(SAID, hot, short, strict=True):
        assert by_front == by_server, said[2:]
    assert sum(taken) == len(TAKEN_SHORT), "what is amiss goes the long way"
    assert {"content-security-policy", "referrer-policy", "x-content-type-options"} <= hot[0][1].keys()


async def test_gifts_of_one_connection_are_answered_in_order(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However they arrive: known and not, at once, in pieces, several together; and the last one ends it."""
    room_id = await platform.live_room(await platform.creator("cleo"))
    token = (await platform.viewer("ada", coins=10)).headers["authorization"]
    taken = _listen(monkeypatch)

    def gift(more: str = "") -> tuple[bytes, bytes]:
        body = json.dumps({"id": str(platform.id()), "room_id": room_id, "item_id": ROSE}).encode()
        head = (
            f"POST {GIFTS} HTTP/1.1\r\nHost: here\r\nAuthorization: {token}\r\nContent-Type: application/json\r\n{more}"
        )
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode(), body

    reader, writer = await asyncio.open_connection(LOOPBACK, platform.processes[0].port)
    async with asyncio.timeout(WAIT_S):
        for said in ([b"".join(gift())], gift(), [b"".join((*gift(), *gift()))]):
            for piece in said:
                writer.write(piece)
                await writer.drain()
        left = [await _answer(reader) for _ in range(4)]
        writer.write(b"".join(gift()).replace(b"Host: here\r\n", b""))
        assert (await _said(reader))[0] == 400, "it names no host"
        writer.write(b"".join(gift("Expect: 100-continue\r\nConnection: close\r\n")))
        left.append(await _answer(reader))
        assert await reader.read() == b"", "it is over"
    writer.close()
    assert left == [9, 8, 7, 6, 5]
    assert taken[-1], "the last arrived whole"


async def test_who_hangs_up_has_sent_a_gift_all_the_same(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    ada = await platform.viewer("ada", coins=10)
    await _know(platform, "ada", "cleo")
    taken = _listen(monkeypatch)
    good = {"id": str(platform.id()), "room_id": room_id, "item_id": ROSE}
    body = json.dumps(good).encode()
    _, writer = await asyncio.open_connection(LOOPBACK, platform.processes[0].port)
    head = f"POST {GIFTS} HTTP/1.1\r\nHost: here\r\nAuthorization: {ada.headers['authorization']}\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()
    await eventually(lambda: taken == [True], "it is under way")
    writer.transport.abort()
    assert (await ada.post(GIFTS, json=good)).json()["coins_after"] == 9


async def test_a_socket_is_the_same_with_a_slash_more(platform: Platform) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    origin = platform.processes[0].origin.replace("http", "ws")
    async with connect(f"{origin}/v1/rooms/{room_id}/socket/") as socket, asyncio.timeout(WAIT_S):
        assert json.loads(await socket.recv())["type"] == "hello"


async def _unreachable(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError(f"the front passed on {scope['path']}")


async def _know(platform: Platform, *subjects: str) -> None:
    """Have at hand what rules ask of people, as a gift before would, once all that was told of them is heard."""
    people = [await platform.person_id(await platform.viewer(subject)) for subject in subjects]
    rules, now = platform.house.parts["rules"], platform.clock.now()
    await rules.know(people)
    async with platform.house.database.transaction() as connection:
        await connection.execute("select pg_notify('plaudit_ways_in', $1)", f"facts:{people[0]}")
    await eventually(lambda: rules.at_hand(GIFT_ROOM, people[0], people[0], now) is None, "the rules heard")
    await rules.know(people)


def _listen(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Which of the requests that come from now on are taken by the short way."""
    taken: list[bool] = []
    takes = ShortWay.takes

    def listening(way: ShortWay, *said: Any) -> bool:
        taken.append(takes(way, *said))
        return taken[-1]

    monkeypatch.setattr(ShortWay, "takes", listening)
    return taken


async def _answer(reader: asyncio.StreamReader) -> int:
    """The coins that the next answer says are left."""
    status, document = await _said(reader)
    assert status == 201
    left: int = document["coins_after"]
    return left


async def _said(reader: asyncio.StreamReader) -> tuple[int, dict[str, Any]]:
    """Status and document of the next answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split()[0])
    return int(head.split()[1]), json.loads(await reader.readexactly(length))


async def _hear(
    platform: Platform, transport: httpx2.AsyncBaseTransport, subject: str, good: dict[str, Any]
) -> list[tuple[int, Any, Any]]:
    """What somebody with two coins hears, all of SAID said to one way in: status, headers and document of each."""
    signed_in = (await platform.viewer(subject, coins=2)).headers["authorization"]
    of_a_server = (await platform.server(subject)).headers["authorization"]
    heard = []
    async with httpx2.AsyncClient(transport=transport, base_url=platform.processes[0].origin) as client:
        for _, _, path, more, body in SAID:
            headers = {"Authorization": signed_in, "Content-Type": "application/json"} | more
            if headers["Authorization"] == SERVER:
                headers["Authorization"] = of_a_server
            content = body if isinstance(body, bytes) else json.dumps(good | body)
            answer = await client.post(path, content=content, headers=headers)
            told = {name: value for name, value in answer.headers.items() if name not in OF_EACH_REQUEST}
            (request_id,) = answer.headers.get_list("x-request-id")
            document = answer.json()
            if "code" in document:
                assert document.pop("instance") == f"urn:plaudit:request:{request_id}"
            heard.append((answer.status_code, told, document))
    return heard
