"""One creator, one address, one person with too many rooms and screens: they are refused, and others are served."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from plaudit.clock import ManualClock
from plaudit.limits import SOCKETS_PER_PERSON_MAX
from plaudit.live.outlet import TOO_MANY
from plaudit.settings import Settings
from tests.support.live import ROSE, Platform, open_platform
from tests.support.waiting import eventually

ROOMS = 3
GUESTS = 2
HELD = Settings(
    rooms_per_creator=ROOMS, guest_sockets_per_address=GUESTS, rooms_watched_per_creator=2,
    trusted_proxies="127.0.0.0/8",
)  # fmt: skip


@pytest.fixture
async def platform(database_url: str, clock: ManualClock) -> AsyncIterator[Platform]:
    async with open_platform(database_url, clock, settings=HELD) as opened:
        yield opened


async def test_rooms_that_are_not_live_are_read_without_being_opened(platform: Platform) -> None:
    creator, guest = await platform.creator("cleo"), await platform.client()
    ada = await platform.viewer("ada", coins=20)
    room_id = await platform.live_room(creator)
    scheduled = (await creator.post("/v1/rooms", json={"title": "Soon"})).json()["id"]
    for count in (3, 4):
        gift = {"id": str(platform.id()), "room_id": room_id, "item_id": ROSE, "count": count}
        assert (await ada.post("/v1/gifts", json=gift)).status_code == 201
        await _delivered(platform, room_id)
    assert (await guest.get(f"/v1/rooms/{room_id}")).json()["coins"] == 7  # live, and opened
    await creator.post(f"/v1/rooms/{room_id}/end")
    hub = platform.house.hub
    hub.rooms.clear()
    for _ in range(2):
        detail = (await guest.get(f"/v1/rooms/{room_id}")).json()
        assert [(one["person"]["name"], one["coins"]) for one in detail["top_gifters"]] == [("ada", 7)]
        assert (detail["coins"], detail["viewers"], detail["cursor"].partition(":")[2]) == (7, 0, "4")
        assert len((await guest.get(f"/v1/rooms/{room_id}/top-gifters")).json()["items"]) == 1
        assert (await guest.get(f"/v1/rooms/{scheduled}")).json()["coins"] == 0
    assert hub.rooms == {}


async def _delivered(platform: Platform, room_id: str) -> None:
    """Wait until what was given has reached the room."""
    guest = await platform.client()

    async def shown() -> bool:
        frames = (await guest.get(f"/v1/rooms/{room_id}/frames")).json()["items"]
        given = sum(len(frame["gifts"]) for frame in frames if frame["kind"] == "gift")
        return given == platform.house.gift_writer.gifts_charged

    await eventually(shown, "all gifts are delivered")


async def test_a_full_hub_lets_go_of_rooms_nobody_watches(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plaudit.live.hub.HUB_ROOMS_MAX", 2)
    guest = await platform.client()
    rooms = [await platform.live_room(await platform.creator(name)) for name in ("cleo", "otto", "mia")]
    async with platform.screen(rooms[0]) as screen:
        await screen.next_of("frames")
        for room_id in rooms * 2:
            assert (await guest.get(f"/v1/rooms/{room_id}")).status_code == 200
        assert int(rooms[0]) in platform.house.hub.rooms
        async with platform.screen(rooms[1]) as other:
            await other.next_of("frames")
            assert (await guest.get(f"/v1/rooms/{rooms[2]}")).json()["code"] == "too_busy"


async def test_a_creator_has_so_many_rooms_that_have_not_ended(platform: Platform) -> None:
    creator = await platform.creator("cleo")
    asked = [{"title": "Tea", "id": str(platform.id())} for _ in range(4 * ROOMS)]
    answers = await asyncio.gather(*(creator.post("/v1/rooms", json=one) for one in asked))
    assert Counter(answer.status_code for answer in answers) == {201: ROOMS, 409: 3 * ROOMS}
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["code"], refused["rooms_max"]) == ("too_many_rooms", ROOMS)
    first = next(place for place, answer in enumerate(answers) if answer.status_code == 201)
    again = await creator.post("/v1/rooms", json=asked[first])
    assert again.json()["id"] == answers[first].json()["id"]
    await creator.post(f"/v1/rooms/{again.json()['id']}/end")
    assert (await creator.post("/v1/rooms", json={"title": "Tea"})).status_code == 201
    assert (await (await platform.creator("otto")).post("/v1/rooms", json={"title": "Tea"})).status_code == 201


async def test_screens_that_come_at_once_are_counted(platform: Platform) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    token = platform.token("ada")
    codes: Counter[int] = Counter()
    everybody_came, over = asyncio.Event(), asyncio.Event()

    async def watch() -> None:
        async with platform.screen(room_id, token) as screen:
            came = asyncio.create_task(screen.next(lambda _: False))
            closed = asyncio.create_task(screen.socket.wait_closed())
            await asyncio.wait({closed, asyncio.create_task(over.wait())}, return_when=asyncio.FIRST_COMPLETED)
            came.cancel()
            codes[screen.socket.close_code or 0] += 1
            if codes[TOO_MANY] == 2 * SOCKETS_PER_PERSON_MAX:
                everybody_came.set()

    watching = [asyncio.create_task(watch()) for _ in range(3 * SOCKETS_PER_PERSON_MAX)]
    await everybody_came.wait()
    over.set()
    await asyncio.gather(*watching)
    assert codes == {TOO_MANY: 2 * SOCKETS_PER_PERSON_MAX, 0: SOCKETS_PER_PERSON_MAX}


async def test_guests_of_one_address_leave_seats_to_others(platform: Platform) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    path = f"/v1/rooms/{room_id}/events"
    crowd, other = await platform.client(), await platform.client()
    crowd.headers["X-Forwarded-For"], other.headers["X-Forwarded-For"] = "192.0.2.7, 8.8.8.8", "8.8.4.4"
    async with AsyncExitStack() as stack:
        reading = []
        for client in [crowd] * GUESTS + [other]:
            answer = await stack.enter_async_context(client.stream("GET", path))
            reading.append(answer.aiter_lines())
            assert (await anext(reading[-1])).startswith("event")  # its seat is taken
        refused = await stack.enter_async_context(crowd.stream("GET", path))
        assert refused.status_code == 429
        async with platform.screen(room_id, platform.token("ada")) as screen:
            await screen.next_of("frames")


async def test_rooms_of_one_creator_leave_the_hub_to_others(platform: Platform) -> None:
    cleo = await platform.creator("cleo")
    rooms = [await platform.live_room(cleo) for _ in range(3)]
    async with platform.screen(rooms[0]) as first, platform.screen(rooms[1]) as second:
        await first.next_of("frames")
        await second.next_of("frames")
        async with platform.screen(rooms[2]) as third:
            assert await third.close_code() == TOO_MANY
        async with platform.screen(await platform.live_room(await platform.creator("otto"))) as other:
            await other.next_of("frames")


async def test_jobs_and_screens_have_connections_when_those_who_ask_have_taken_all(platform: Platform) -> None:
    """Chat is written and shown, and jobs run."""
    room_id = await platform.live_room(await platform.creator("cleo"))
    house = platform.house
    async with platform.screen(room_id, platform.token("ada")) as screen, AsyncExitStack() as stack:
        await screen.next_of("frames")
        for _ in range(house.settings.database_connections):
            await stack.enter_async_context(house.database.read())
        said = await screen.command(type="chat", id=str(platform.id()), text="hello")
        assert said["ok"]
        await screen.hear("hello")
        before = {state.name: state.runs for state in house.jobs.states}
        for name in before:
            house.jobs.wake(name)
        await eventually(lambda: all(state.runs > before[state.name] for state in house.jobs.states), "all jobs ran")
        assert not [state.name for state in house.jobs.states if state.error]
