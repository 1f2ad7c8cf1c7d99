"""Rooms over HTTP: made, run, listed, watched as events, thanked in, shown on overlays."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.limits import OVERLAY_TOKENS_MAX, PAGE_ROOMS_MAX
from tests.support.live import ROSE, Platform, open_platform
from tests.support.waiting import WAIT_S, eventually


@pytest.fixture
async def platform(database_url: str, clock: ManualClock) -> AsyncIterator[Platform]:
    async with open_platform(database_url, clock) as opened:
        yield opened


async def test_the_life_of_a_room(platform: Platform) -> None:
    creator = await platform.creator("cleo")
    made = (await creator.post("/v1/rooms", json={"title": "Tea", "cover": "dawn"})).json()
    assert (made["state"], made["creator"]["name"], made["started_at"]) == ("scheduled", "cleo", None)
    path = f"/v1/rooms/{made['id']}"
    live = (await creator.post(f"{path}/start")).json()
    assert live["state"] == "live"
    assert (await creator.post(f"{path}/start")).json() == live
    empty = {"title": "\u2800"}  # to a reader
    for refused in (await creator.patch(path, json=empty), await creator.post("/v1/rooms", json=empty)):
        assert (refused.status_code, refused.json()["field"]) == (400, "body.title")
    changed = await creator.patch(path, json={"title": "Tea and songs", "stage_url": "/streams/a.m3u8"})
    assert changed.json()["title"] == "Tea and songs"
    assert (await creator.patch(path, json={"gifts_enabled": False})).json()["gifts_enabled"] is False
    assert (await creator.post(f"{path}/end")).json()["state"] == "ended"
    assert (await creator.post(f"{path}/end")).status_code == 200
    assert (await creator.post(f"{path}/start")).json()["code"] == "room_ended"
    assert (await creator.patch(path, json={"title": "x"})).json()["code"] == "room_ended"
    page = (await (await platform.client()).get(f"{path}/frames")).json()
    assert [frame["event"] for frame in page["items"]] == ["started", "stage_changed", "gifts_paused", "ended"]
    assert (page["cursor"], page["next"]) == ("1:4", None)


async def test_only_its_creator_and_their_platform_run_a_room(platform: Platform) -> None:
    creator, other = await platform.creator("cleo"), await platform.creator("otto")
    viewer, server = await platform.viewer("ada"), await platform.server()
    room_id = await platform.live_room(creator)
    assert (await other.patch(f"/v1/rooms/{room_id}", json={"title": "Mine"})).json()["code"] == "not_your_room"
    assert (await viewer.post(f"/v1/rooms/{room_id}/end")).status_code == 403
    assert (await viewer.post("/v1/rooms", json={"title": "Mine"})).status_code == 403
    assert (await (await platform.client()).post("/v1/rooms", json={"title": "Mine"})).status_code == 401
    assert (await server.post(f"/v1/rooms/{room_id}/end")).json()["state"] == "ended"
    made = await server.post("/v1/rooms", json={"title": "For Otto", "creator_subject": "otto"})
    assert made.json()["creator"]["name"] == "otto"
    for body in ({"title": "x"}, {"title": "x", "creator_id": "1", "creator_subject": "otto"}):
        assert (await server.post("/v1/rooms", json=body)).json()["field"] == "body.creator_id"
    assert (await creator.post("/v1/rooms", json={"title": "x", "creator_id": "999"})).status_code == 400
    assert (await server.post("/v1/rooms", json={"title": "x", "creator_id": "999"})).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"title": ""},
        {"title": " "},
        {"title": "a\u0000b"},
        {"title": "a", "stage_url": "javascript:alert(1)"},
        {"title": "a", "cover": "../x"},
        {},
    ],
)
async def test_a_bad_room_is_told_its_field(platform: Platform, body: dict[str, Any]) -> None:
    answer = await (await platform.creator("cleo")).post("/v1/rooms", json=body)
    assert answer.status_code == 400
    assert answer.json()["field"].startswith("body.")


async def test_rooms_are_listed_live_ones_first(platform: Platform) -> None:
    creator = await platform.creator("cleo")
    rooms = [await platform.live_room(creator, f"Room {number}") for number in range(5)]
    await creator.post(f"/v1/rooms/{rooms[1]}/end")
    scheduled = (await creator.post("/v1/rooms", json={"title": "Soon"})).json()["id"]
    guest = await platform.client()
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await guest.get(f"/v1/rooms?limit=2{cursor}")).json()
        seen += [room["id"] for room in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [rooms[4], rooms[3], rooms[2], rooms[0], scheduled, rooms[1]]
    assert len((await guest.get("/v1/rooms?state=live")).json()["items"]) == 4
    for query in ("limit=0", "cursor=x", "cursor=9.1", "state=odd", "creator_id=0"):
        assert (await guest.get(f"/v1/rooms?{query}")).status_code == 400, query


async def test_the_first_page_leads_to_all_that_are_live(platform: Platform, owner_connection: OwnConnection) -> None:
    rooms = {await platform.live_room(await platform.creator("cleo"))}
    copied = await owner_connection.fetch(
        "insert into room (shard, creator_id, title, cover, state, created_at, started_at) "
        "select shard, creator_id, title, cover, state, created_at, started_at from room, generate_series(1, $1) "
        "returning id",
        2 * PAGE_ROOMS_MAX,
    )
    rooms |= {str(row["id"]) for row in copied}
    guest, pages, address = await platform.client(), 0, "/"
    seen: list[str] = []
    while address:
        text = (await guest.get(address)).text
        seen += re.findall(r'class="room-card" href="/rooms/([0-9]+)"', text)
        more = re.search(r'class="button" href="(/\?after=[^"]+)"', text)
        address, pages = more[1] if more else "", pages + 1
    assert (len(seen), set(seen), pages) == (len(rooms), rooms, 3)
    assert re.findall('class="room-card"', (await guest.get("/?after=nonsense")).text)


async def test_a_room_says_what_it_received(platform: Platform) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    for name, count in (("ada", 5), ("bob", 9), ("ada", 1)):
        viewer = await platform.viewer(name, coins=count)
        gift = {"id": str(platform.id()), "room_id": room_id, "item_id": ROSE, "count": count}
        assert (await viewer.post("/v1/gifts", json=gift)).status_code == 201
    guest = await platform.client()
    async with platform.screen(room_id, cursor="1:0") as screen:
        await screen.next(lambda _: len(screen.gift_ids) == 3)
        detail = (await guest.get(f"/v1/rooms/{room_id}")).json()
    assert (detail["coins"], detail["viewers"], detail["cursor"]) == (15, 1, screen.cursor)
    top = [(one["rank"], one["person"]["name"], one["coins"]) for one in detail["top_gifters"]]
    assert top == [(1, "bob", 9), (2, "ada", 6)]
    assert (await guest.get(f"/v1/rooms/{room_id}/top-gifters?limit=1")).json()["items"] == detail["top_gifters"][:1]
    first = (await guest.get(f"/v1/rooms/{room_id}/frames?limit=2")).json()
    rest = (await guest.get(f"/v1/rooms/{room_id}/frames?after={first['next']}")).json()
    assert [frame["seq"] for frame in first["items"] + rest["items"]] == screen.sequence
    assert (await guest.get(f"/v1/rooms/{room_id}/frames?after=9:1")).json()["code"] == "cursor_void"
    assert (await guest.get(f"/v1/rooms/{room_id}/frames?after=x")).json()["field"] == "query.after"
    assert (await guest.get("/v1/rooms/424242")).json()["code"] == "room_unknown"


async def events_of(client: Any, path: str, until: str, **headers: str) -> list[tuple[str, str, Any]]:
    """Server-sent events as (event, id, data), up to the first whose data holds a text."""
    found: list[tuple[str, str, Any]] = []
    fields: dict[str, str] = {}
    async with asyncio.timeout(WAIT_S), client.stream("GET", path, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
                continue
            if "data" in fields:
                found.append((fields["event"], fields.get("id", ""), json.loads(fields["data"])))
                if until in fields["data"]:
                    return found
            fields = {}
    raise AssertionError(f"the stream ended before {until!r}")


async def test_events_are_the_twin_of_the_socket(platform: Platform) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    viewer = await platform.viewer("ada", coins=5)
    path = f"/v1/rooms/{room_id}"
    assert (await viewer.post(f"{path}/chat", json={"id": str(platform.id()), "text": "first"})).status_code == 201
    found = await events_of(viewer, f"{path}/events", "first")
    assert found[0][0] == "hello"
    assert found[0][2]["viewer"]["name"] == "ada"
    cursor = found[-1][1]
    assert (await viewer.post(f"{path}/chat", json={"id": str(platform.id()), "text": "second"})).status_code == 201
    resumed = await events_of(viewer, f"{path}/events", "second", **{"Last-Event-ID": cursor})
    texts = [said["text"] for kind, _, data in resumed if kind == "frames"
             for frame in data["frames"] for said in frame["messages"]]  # fmt: skip
    assert texts == ["second"]
    assert (await viewer.get("/v1/rooms/424242/events")).status_code == 404
    await eventually(lambda: not platform.house.hub.sockets, "the hub has let go")


async def test_chat_over_http(platform: Platform) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    server, guest = await platform.server(), await platform.client()
    said = {"id": str(platform.id()), "text": "from the host's app"}
    path = f"/v1/rooms/{room_id}/chat"
    for _ in range(2):
        answer = await server.post(path, json=said, headers={"Plaudit-Subject": "ada"})
        assert answer.status_code == 201, answer.text
    assert (await guest.post(path, json=said)).status_code == 401
    assert (await server.post(path, json=said)).status_code == 403
    for text in ("a\u0000", "\u3164", "\u202e\u200b\u2800"):
        bad = await server.post(path, json=said | {"text": text}, headers={"Plaudit-Subject": "ada"})
        assert (bad.status_code, bad.json()["field"].rpartition(".")[2]) == (400, "text")
    frames = (await guest.get(f"/v1/rooms/{room_id}/frames")).json()["items"]
    assert [one["text"] for frame in frames if frame["kind"] == "chat" for one in frame["messages"]] == [said["text"]]


async def test_gifts_are_ticked_off_as_thanked(platform: Platform) -> None:
    creator = await platform.creator("cleo")
    room_id = await platform.live_room(creator)
    viewer = await platform.viewer("ada", coins=10)
    viewer_id = str(await platform.person_id(viewer))
    sent = []
    for _ in range(5):
        sent.append(str(platform.id()))
        await viewer.post("/v1/gifts", json={"id": sent[-1], "room_id": room_id, "item_id": ROSE})
    async with platform.screen(room_id, cursor="1:0") as screen:
        await screen.see(sent)
    first = (await creator.get("/v1/creators/me/gifts?limit=3")).json()
    second = (await creator.get(f"/v1/creators/me/gifts?room_id={room_id}&limit=3&cursor={first['next']}")).json()
    listed = first["items"] + second["items"]
    assert [gift["id"] for gift in listed] == sent[::-1]
    assert listed[0]["sender"]["name"] == "ada"
    body = {"gifts": [{"viewer_id": viewer_id, "id": gift_id} for gift_id in sent[:2]]}
    for _ in range(2):
        assert (await creator.post("/v1/creators/me/gifts/thank", json=body)).status_code == 204
    unthanked = (await creator.get("/v1/creators/me/gifts?thanked=false")).json()["items"]
    assert [gift["id"] for gift in unthanked] == sent[:1:-1]
    undone = await creator.request("DELETE", "/v1/creators/me/gifts/thank", json={"gifts": body["gifts"][:1]})
    assert undone.status_code == 204
    assert len((await creator.get("/v1/creators/me/gifts?thanked=true")).json()["items"]) == 1
    otto = await platform.creator("otto")
    assert (await otto.post("/v1/creators/me/gifts/thank", json=body)).status_code == 404
    assert (await otto.get(f"/v1/creators/me/gifts?room_id={room_id}")).json()["code"] == "not_your_room"
    assert (await otto.get("/v1/creators/me/gifts")).json() == {"items": [], "next": None, "room_id": None}
    assert (await viewer.get("/v1/creators/me/gifts")).status_code == 403


async def test_an_overlay_watches_and_nothing_else(platform: Platform) -> None:
    creator, otto = await platform.creator("cleo"), await platform.creator("otto")
    wanted = {"id": str(platform.id()), "label": "OBS"}
    made = (await creator.post("/v1/overlay-tokens", json=wanted)).json()
    assert made["token"].startswith("plo_")
    assert made["url"].endswith(made["token"])
    again = (await creator.post("/v1/overlay-tokens", json=wanted)).json()
    assert (again["token"], again["label"]) == (None, "OBS")
    assert (await otto.post("/v1/overlay-tokens", json=wanted)).json()["code"] == "idempotency_conflict"
    guest = await platform.client()
    assert (await guest.get("/v1/overlay", headers={"Authorization": f"Bearer {made['token']}"})).json()["room"] is None
    room_id = await platform.live_room(creator)
    shown = (await guest.get("/v1/overlay", headers={"Authorization": f"Bearer {made['token']}"})).json()
    assert (shown["room"]["id"], shown["creator"]["name"]) == (room_id, "cleo")
    others = await platform.live_room(otto)
    async with platform.screen(others, made["token"]) as elsewhere:
        assert await elsewhere.close_code() == 4401
    async with platform.screen(room_id, made["token"]) as overlay:
        hello = await overlay.next_of("hello")
        assert hello["viewer"] is None
        assert (await overlay.gift())["problem"]["code"] == "unauthenticated"
        state = await overlay.next_of("state")
        assert state["viewers"] == 0
        assert (await otto.delete(f"/v1/overlay-tokens/{made['id']}")).status_code == 404
        revoked = await creator.delete(f"/v1/overlay-tokens/{made['id']}")
        assert revoked.json()["revoked_at"] is not None
        assert await overlay.close_code() == 4401
    assert (await guest.get("/v1/overlay", headers={"Authorization": f"Bearer {made['token']}"})).status_code == 401
    assert (await guest.get("/v1/wallet", headers={"Authorization": f"Bearer {made['token']}"})).status_code == 401
    listed = (await creator.get("/v1/overlay-tokens")).json()["items"]
    assert [token["id"] for token in listed] == [made["id"]]
    assert "token" not in listed[0]
    mine = {"id": str(platform.id()), "room_id": others}
    assert (await creator.post("/v1/overlay-tokens", json=mine)).json()["code"] == "not_your_room"


async def test_there_are_so_many_overlay_tokens_and_no_more(platform: Platform) -> None:
    creator = await platform.creator("cleo")
    for _ in range(OVERLAY_TOKENS_MAX):
        assert (await creator.post("/v1/overlay-tokens", json={"id": str(platform.id())})).status_code == 201
    refused = await creator.post("/v1/overlay-tokens", json={"id": str(platform.id())})
    assert refused.json()["code"] == "too_many_overlay_tokens"
