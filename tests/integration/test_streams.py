"""Streams: keys, and rooms that go live and end with what the media server tells, in whatever order it tells it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from plaudit.clock import ManualClock
from plaudit.limits import STREAM_SILENCE_S
from plaudit.live.streams.jobs import end_due
from plaudit.people.model import Role
from plaudit.setting_kinds import Secret
from plaudit.settings import Settings
from tests.support.live import Platform, open_platform

SECRET = "s" * 32
GRACE_S = 20
SETTINGS = Settings(
    stream_rtmp_url="rtmp://media.example/live",
    stream_hls_url="https://media.example/hls",
    stream_secret=Secret(SECRET),
    stream_grace_s=GRACE_S,
)


@pytest.fixture
async def platform(database_url: str, clock: ManualClock) -> AsyncIterator[Platform]:
    async with open_platform(database_url, clock, settings=SETTINGS) as opened:
        yield opened


class Media:
    """A media server that tells what happens, and the clock it happens by."""

    def __init__(self, platform: Platform, client: httpx2.AsyncClient, clock: ManualClock) -> None:
        self.platform = platform
        self.client = client
        self.clock = clock

    async def tell(self, call: str, name: str, secret: str = SECRET) -> httpx2.Response:
        return await self.client.post(
            f"/v1/streams/rtmp?secret={secret}",
            content=urlencode({"app": "live", "call": call, "name": name, "clientid": "7", "addr": "192.0.2.7"}),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )

    async def publish(self, key: str) -> str:
        """The name to show it under."""
        answer = await self.tell("publish", key)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

    async def done(self, name: str) -> None:
        assert (await self.tell("publish_done", name)).status_code == 204

    async def later(self, seconds: float) -> int:
        """Time passes; how many rooms ended then."""
        self.clock.advance(timedelta(seconds=seconds))
        house = self.platform.house
        return await end_due(house.database, house.rooms, house.hub, self.clock)

    async def rooms(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.client.get("/v1/rooms")).json()["items"]
        return items


@pytest.fixture
async def media(platform: Platform, clock: ManualClock) -> Media:
    return Media(platform, await platform.client(), clock)


async def new_key(platform: Platform, creator: httpx2.AsyncClient) -> str:
    made = await creator.put("/v1/creators/me/stream-key", json={"id": str(platform.id())})
    assert made.status_code == 200, made.text
    key: str = made.json()["key"]
    return key


async def test_a_key_is_shown_once_renewed_and_revoked(platform: Platform, media: Media) -> None:
    creator, otto = await platform.creator("cleo"), await platform.creator("otto")
    path = "/v1/creators/me/stream-key"
    nothing = (await creator.get(path)).json()
    assert (nothing["server"], nothing["id"], nothing["key"]) == ("rtmp://media.example/live", None, None)
    wanted = {"id": str(platform.id())}
    made = (await creator.put(path, json=wanted)).json()
    assert made["key"].startswith("pls-")
    assert (await creator.put(path, json=wanted)).json() == made | {"key": None}
    assert (await creator.get(path)).json() == made | {"key": None}
    assert (await otto.put(path, json=wanted)).json()["code"] == "idempotency_conflict"
    renewed = await new_key(platform, creator)
    assert (await media.tell("publish", made["key"])).status_code == 403
    assert (await creator.put(path, json=wanted)).json()["code"] == "idempotency_conflict"
    assert await media.publish(renewed) != renewed
    assert (await creator.get(path)).json()["used_at"] is not None
    for _ in range(2):
        assert (await creator.delete(path)).status_code == 204
    assert (await media.tell("publish", renewed)).status_code == 403
    assert (await (await platform.viewer("ada")).put(path, json=wanted)).status_code == 403


async def test_keys_renewed_at_once_leave_one(platform: Platform, media: Media) -> None:
    creator = await platform.creator("cleo")
    made = await asyncio.gather(*(new_key(platform, creator) for _ in range(5)))
    answers = [(await media.tell("publish", key)).status_code for key in made]
    assert sorted(answers) == [302, 403, 403, 403, 403]


async def test_a_room_goes_live_and_ends_by_itself(platform: Platform, media: Media) -> None:
    creator = await platform.creator("cleo")
    prepared = (await creator.post("/v1/rooms", json={"title": "Tea"})).json()
    key = await new_key(platform, creator)
    async with platform.screen(prepared["id"]) as screen:
        name = await media.publish(key)
        assert key not in name
        started = await screen.next(lambda _: bool(screen.frames))
        assert started is not None
        stage = f"https://media.example/hls/{name}.m3u8"
        assert (screen.frames[0]["event"], screen.frames[0]["stage_url"]) == ("started", stage)
        (room,) = await media.rooms()
        assert (room["id"], room["state"], room["stage_url"]) == (prepared["id"], "live", stage)
        await media.done(name)
        assert await media.later(GRACE_S - 1) == 0
        assert await media.later(1) == 1
        await screen.next(lambda _: screen.frames[-1].get("event") == "ended")
    assert (await media.rooms())[0]["state"] == "ended"
    assert await media.later(GRACE_S) == 0


async def test_a_stream_that_comes_back_goes_on_in_its_room(platform: Platform, media: Media) -> None:
    creator = await platform.creator("cleo")
    key = await new_key(platform, creator)
    name = await media.publish(key)
    await media.done(name)
    assert await media.later(GRACE_S - 1) == 0
    assert await media.publish(key) == name
    await media.done(name)  # of the connection before, late
    assert (await media.tell("update_publish", name)).status_code == 204
    assert await media.later(GRACE_S + 1) == 0
    (room,) = await media.rooms()
    assert (room["state"], room["title"]) == ("live", "cleo")


async def test_words_that_come_twice_or_in_another_order_do_no_harm(platform: Platform, media: Media) -> None:
    creator = await platform.creator("cleo")
    key = await new_key(platform, creator)
    names = await asyncio.gather(*(media.publish(key) for _ in range(5)))
    assert len(set(names)) == 1
    assert len(await media.rooms()) == 1
    await asyncio.gather(*(media.done(names[0]) for _ in range(3)))
    await media.tell("update_publish", names[0])  # sent before the end, heard after it
    assert await media.later(STREAM_SILENCE_S) == 1
    assert (await media.tell("update_publish", names[0])).status_code == 403
    await media.done(names[0])
    await media.done("never-heard-of")
    await media.done(key)  # an end that is heard before the beginning
    second = await media.publish(key)
    assert second not in names
    assert [room["state"] for room in await media.rooms()] == ["live", "ended"]
    await media.done(key)  # a server that keeps the name the tool gave
    assert await media.later(GRACE_S) == 1


async def test_a_media_server_that_falls_silent_ends_its_streams(platform: Platform, media: Media) -> None:
    creator = await platform.creator("cleo")
    name = await media.publish(await new_key(platform, creator))
    for _ in range(5):
        assert await media.later(STREAM_SILENCE_S - 1) == 0
        assert (await media.tell("update_publish", name)).status_code == 204
    assert await media.later(STREAM_SILENCE_S) == 1


async def test_a_room_ended_by_hand_stays_so(platform: Platform, media: Media) -> None:
    creator = await platform.creator("cleo")
    key = await new_key(platform, creator)
    name = await media.publish(key)
    (room,) = await media.rooms()
    await creator.post(f"/v1/rooms/{room['id']}/end")
    assert (await media.tell("update_publish", name)).status_code == 204
    await media.done(name)
    assert await media.later(GRACE_S) == 0
    assert await media.publish(key) != name
    assert [room["state"] for room in await media.rooms()] == ["live", "ended"]


async def test_a_stream_shows_in_the_room_that_is_live(platform: Platform, media: Media) -> None:
    creator = await platform.creator("cleo")
    room_id = await platform.live_room(creator)
    await creator.post("/v1/rooms", json={"title": "Tomorrow"})
    async with platform.screen(room_id) as screen:
        name = await media.publish(await new_key(platform, creator))
        await screen.next(lambda _: any(frame.get("event") == "stage_changed" for frame in screen.frames))
        assert screen.frames[-1]["stage_url"].endswith(f"/{name}.m3u8")
    assert [room["id"] for room in await media.rooms() if room["state"] == "live"] == [room_id]


async def test_who_is_cut_off(platform: Platform, media: Media) -> None:
    creator = await platform.creator("cleo")
    key = await new_key(platform, creator)
    name = await media.publish(key)
    await creator.delete("/v1/creators/me/stream-key")
    for named in (name, key):
        assert (await media.tell("update_publish", named)).status_code == 403
    again = await new_key(platform, creator)
    assert await media.publish(again) == name
    await media.done(key)  # of what was cut off, after it came back by the new key
    assert await media.later(GRACE_S + 1) == 0
    plain = await platform.client(platform.token("cleo", Role.VIEWER))
    assert (await plain.get("/v1/me")).json()["roles"] == ["viewer"]
    refused = await media.tell("publish", again)
    assert (refused.status_code, refused.json()["code"]) == (403, "stream_refused")


async def test_what_is_no_word_of_the_media_server(platform: Platform, media: Media) -> None:
    key = await new_key(platform, await platform.creator("cleo"))
    assert (await media.tell("publish", key, secret="t" * 32)).status_code == 403
    assert (await media.client.post("/v1/streams/rtmp")).status_code == 400
    for call, name, field in (
        ("watch", key, "body.call"),
        ("publish", "", "body.name"),
        ("publish", "a\nb", "body.name"),
    ):
        assert (await media.tell(call, name)).json()["field"] == field
    assert (await media.tell("publish", "a" * 20_000)).status_code == 413
    assert await media.rooms() == []


async def test_without_a_media_server_there_are_no_keys(database_url: str, clock: ManualClock) -> None:
    async with open_platform(database_url, clock) as platform:
        creator = await platform.creator("cleo")
        refused = await creator.put("/v1/creators/me/stream-key", json={"id": str(platform.id())})
        assert (refused.status_code, refused.json()["code"]) == (404, "streams_not_offered")
        assert (await creator.post("/v1/streams/rtmp?secret=")).status_code in {403, 404}
