"""Rooms that a platform's server makes: its own ids, its creators, covers and streams by address, and their removal."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from plaudit.clock import ManualClock
from plaudit.settings import Settings
from tests.support.live import ROSE, Platform, open_platform

MEDIA = "https://media.example"


@pytest.fixture
async def platform(database_url: str, clock: ManualClock) -> AsyncIterator[Platform]:
    settings = Settings(media_origins=MEDIA, stream_hls_url="https://streams.example/hls")
    async with open_platform(database_url, clock, settings=settings) as opened:
        yield opened


async def creators_of(server: Any, *subjects: str) -> None:
    for subject in subjects:
        assert (await server.put(f"/v1/people/{subject}", json={"roles": ["creator"]})).status_code == 200


async def test_a_room_is_made_once_for_each_id(platform: Platform) -> None:
    server = await platform.server()
    await creators_of(server, "cleo", "otto")
    wanted = {"id": str(platform.id()), "external_id": "show/7", "title": "Tea", "creator_subject": "cleo"}
    answers = await asyncio.gather(*(server.post("/v1/rooms", json=wanted) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({answer.text for answer in answers}) == 1
    made = answers[0].json()
    await server.patch(f"/v1/rooms/{made['id']}", json={"title": "Tea and songs"})
    again = (await server.post("/v1/rooms", json=wanted)).json()
    assert (again["id"], again["title"]) == (made["id"], "Tea and songs")
    for other in ({"title": "Coffee"}, {"creator_subject": "otto"}, {"external_id": "show/8"}):
        refused = await server.post("/v1/rooms", json=wanted | other)
        assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_conflict"), other
    taken = await server.post("/v1/rooms", json=wanted | {"id": str(platform.id())})
    assert (taken.json()["code"], taken.json()["room_id"]) == ("external_id_taken", made["id"])
    alone = {"external_id": "show/9", "title": "Cake", "creator_subject": "cleo"}
    answers = await asyncio.gather(*(server.post("/v1/rooms", json=alone) for _ in range(3)))
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (await server.post("/v1/rooms", json=alone | {"title": "Pie"})).json()["code"] == "external_id_taken"


async def test_a_room_is_found_by_either_id(platform: Platform) -> None:
    server, guest = await platform.server(), await platform.client()
    await creators_of(server, "cleo")
    wanted = {"external_id": "show-7", "title": "Tea", "creator_subject": "cleo"}
    made = (await server.post("/v1/rooms", json=wanted)).json()
    await server.post("/v1/rooms", json={"title": "Another", "creator_subject": "cleo"})
    for client in (server, guest):
        assert (await client.get("/v1/rooms?external_id=show-7")).json()["items"] == [made]
        assert (await client.get("/v1/rooms?external_id=show-8")).json()["items"] == []
    assert (await guest.get(f"/v1/rooms/{made['id']}")).json()["external_id"] == "show-7"
    cleo = await platform.creator("cleo")
    refused = await cleo.post("/v1/rooms", json={"external_id": "mine", "title": "Tea"})
    assert refused.json()["field"] == "body.external_id"


async def test_only_creators_that_were_told_of_have_rooms(platform: Platform) -> None:
    server = await platform.server()
    unknown = await server.post("/v1/rooms", json={"title": "Tea", "creator_subject": "clep"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "person_unknown")
    assert unknown.json()["field"] == "body.creator_subject"
    assert "PUT /v1/people/{subject}" in unknown.json()["title"]
    assert (await server.get("/v1/people/clep")).status_code == 404  # nobody was made
    ada = str(await platform.person_id(await platform.viewer("ada")))
    for named, field in (({"creator_subject": "ada"}, "creator_subject"), ({"creator_id": ada}, "creator_id")):
        refused = await server.post("/v1/rooms", json={"title": "Tea"} | named)
        assert (refused.status_code, refused.json()["code"]) == (422, "not_a_creator")
        assert refused.json()["field"] == f"body.{field}"
    for_ada = await server.post("/v1/rooms", json={"title": "Tea"}, headers={"Plaudit-Subject": "ada"})
    assert for_ada.json()["field"] == "header.Plaudit-Subject"
    await creators_of(server, "ada")
    assert (await server.post("/v1/rooms", json={"title": "Tea", "creator_subject": "ada"})).status_code == 201


async def test_a_room_that_ends_before_it_begins_answers_like_any_other(platform: Platform) -> None:
    creator, guest = await platform.creator("cleo"), await platform.client()
    room = (await creator.post("/v1/rooms", json={"title": "Tea"})).json()
    path = f"/v1/rooms/{room['id']}"
    ended = await creator.post(f"{path}/end")
    assert (ended.status_code, ended.json()["state"], ended.json()["started_at"]) == (200, "ended", None)
    assert (await creator.post(f"{path}/end")).json() == ended.json()
    assert (await creator.post(f"{path}/start")).json()["code"] == "room_ended"
    assert [frame["event"] for frame in (await guest.get(f"{path}/frames")).json()["items"]] == ["ended"]


async def test_starts_and_ends_at_once_leave_one_of_each(platform: Platform) -> None:
    creator, guest = await platform.creator("cleo"), await platform.client()
    for _ in range(3):
        path = f"/v1/rooms/{(await creator.post('/v1/rooms', json={'title': 'Tea'})).json()['id']}"
        await asyncio.gather(*(creator.post(f"{path}/{what}") for what in ("start", "end", "start", "end")))
        frames = [frame["event"] for frame in (await guest.get(f"{path}/frames")).json()["items"]]
        assert frames in (["started", "ended"], ["ended"])
        assert (await guest.get(path)).json()["state"] == "ended"


async def test_a_room_that_never_began_is_gone_when_it_is_removed(platform: Platform) -> None:
    server, guest = await platform.server(), await platform.client()
    await creators_of(server, "cleo")
    wanted = {"id": str(platform.id()), "external_id": "show-7", "title": "Tea", "creator_subject": "cleo"}
    room = (await server.post("/v1/rooms", json=wanted)).json()
    path = f"/v1/rooms/{room['id']}"
    assert (await (await platform.creator("otto")).delete(path)).status_code == 403
    for _ in range(2):
        assert (await server.delete(path)).json() == {"id": room["id"], "kept": False}
    assert (await guest.get(path)).json()["code"] == "room_unknown"
    assert (await guest.get("/v1/rooms")).json()["items"] == []
    for call in (server.post(f"{path}/start"), server.patch(path, json={"title": "x"}), server.post(f"{path}/end")):
        assert (await call).status_code == 404
    assert (await server.post("/v1/rooms", json=wanted)).json()["code"] == "room_removed"
    again = await server.post("/v1/rooms", json=wanted | {"id": str(platform.id())})
    assert again.status_code == 201
    assert (await server.delete("/v1/rooms/424242")).status_code == 404


async def test_a_room_with_gifts_stays_in_the_books_when_it_is_removed(platform: Platform) -> None:
    creator, viewer = await platform.creator("cleo"), await platform.viewer("ada", coins=5)
    room_id = await platform.live_room(creator)
    gift: dict[str, Any] = {"id": str(platform.id()), "room_id": room_id, "item_id": ROSE, "count": 2}
    sent = await viewer.post("/v1/gifts", json=gift)
    assert sent.status_code == 201
    async with platform.screen(room_id, cursor="1:0") as screen:
        await screen.see([gift["id"]])
        for _ in range(2):
            assert (await creator.delete(f"/v1/rooms/{room_id}")).json() == {"id": room_id, "kept": True}
        await screen.next(lambda _: any(frame.get("event") == "ended" for frame in screen.frames))
    assert (await viewer.get(f"/v1/rooms/{room_id}")).status_code == 404
    assert (await viewer.get(f"/rooms/{room_id}")).status_code == 404
    assert (await creator.get(f"/studio/live/{room_id}")).status_code == 404
    assert (await viewer.post("/v1/gifts", json=gift)).json()["id"] == gift["id"]  # its first answer
    late = await viewer.post("/v1/gifts", json=gift | {"id": str(platform.id())})
    assert late.json()["code"] == "room_not_live"
    assert len((await creator.get(f"/v1/creators/me/gifts?room_id={room_id}")).json()["items"]) == 1


async def test_what_a_page_could_not_load_is_refused(platform: Platform) -> None:
    creator = await platform.creator("cleo")
    good = {
        "title": "Tea",
        "cover_url": f"{MEDIA}/tea.webp",
        "cover_alt": "A cup of tea",
        "stage_url": "https://streams.example/hls/a.m3u8",
    }
    made = await creator.post("/v1/rooms", json=good)
    assert {field: made.json()[field] for field in good} == good
    path = f"/v1/rooms/{made.json()['id']}"
    refused: Any
    for field in ("cover_url", "stage_url"):
        for address in (
            "https://cdn.example/a",
            "https://media.example:8443/a",
            "http://media.example/a",
            "//cdn.example/a",
        ):
            for call in (creator.post("/v1/rooms", json={"title": "Tea", field: address}),
                         creator.patch(path, json={field: address})):  # fmt: skip
                refused = await call
                if address.startswith("//"):
                    assert refused.status_code in {400, 422}
                    continue
                problem = refused.json()
                assert (refused.status_code, problem["code"]) == (422, "media_origin_not_allowed")
                assert (problem["field"], problem["setting"]) == (f"body.{field}", "PLAUDIT_MEDIA_ORIGINS")
                assert problem["origin"] == address.removesuffix("/a")
    cleared = await creator.patch(path, json={"cover_url": None, "stage_url": None})
    assert (cleared.json()["cover_url"], cleared.json()["stage_url"]) == (None, None)
    policy = (await creator.get("/")).headers["content-security-policy"]
    for directive in ("connect-src", "img-src", "media-src", "frame-src"):
        allowed = next(one for one in policy.split("; ") if one.startswith(directive))
        assert allowed.endswith(f"{MEDIA} https://streams.example")


async def test_what_is_no_longer_allowed_gives_way_to_a_drawing(database_url: str, clock: ManualClock) -> None:
    facts = {"name": "Cleo", "picture": f"{MEDIA}/cleo.webp", "roles": ["creator"]}
    async with open_platform(database_url, clock, settings=Settings(media_origins=MEDIA)) as before:
        server = await before.server()
        await server.put("/v1/people/cleo", json=facts)
        new = {
            "title": "Tea",
            "creator_subject": "cleo",
            "cover_url": f"{MEDIA}/a.webp",
            "stage_url": f"{MEDIA}/a.m3u8",
        }
        room_id = (await server.post("/v1/rooms", json=new)).json()["id"]
        await server.post(f"/v1/rooms/{room_id}/start")
        page = (await server.get(f"/rooms/{room_id}")).text
        assert page.count(f'src="{MEDIA}/') > 1
    async with open_platform(database_url, clock) as after:
        guest = await after.client()
        for path in ("/", f"/rooms/{room_id}"):
            shown = (await guest.get(path)).text
            assert "Tea" in shown
            assert MEDIA not in shown
        assert (await guest.get(f"/v1/rooms/{room_id}")).json()["cover_url"] == f"{MEDIA}/a.webp"
