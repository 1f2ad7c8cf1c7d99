"""Room sockets over real connections: hello, resume, gifts, chat, slow readers, several processes."""

import asyncio
import json
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.ledger import lives
from plaudit.limits import (
    CHAT_TEXT_LENGTH_MAX,
    FRAMES_BACKLOG_MAX,
    SOCKET_COMMANDS_BURST,
    SOCKETS_PER_PERSON_MAX,
)
from tests.support.live import Platform, open_platform, serving
from tests.support.waiting import WAIT_S, eventually

TELL_WALLET = "select pg_notify('plaudit_wallets', ':' || $1::bigint)"
READERS_OF_WALLETS = "select count(*) > 0 from pg_locks where relation = 'wallet'::regclass and not granted"


@pytest.fixture
async def platform(database_url: str, clock: ManualClock) -> AsyncIterator[Platform]:
    async with open_platform(database_url, clock) as opened:
        yield opened


async def test_hello_says_who_watches_and_what_they_have(platform: Platform) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    viewer = await platform.viewer("ada", coins=340)
    person_id = await platform.person_id(viewer)
    async with platform.screen(room_id, platform.token("ada")) as screen:
        hello = await screen.next_of("hello")
        assert hello["viewer"]["id"] == str(person_id)
        assert hello["coins"] == 340
        assert hello["room_id"] == room_id
        state = await screen.next_of("state")
        assert state["viewers"] == 1
        assert screen.frames[0]["event"] == "started"
        assert state["gifts_closed"] is False
        too_young = {"born_on": "2015-01-01", "country": "KR"}
        told = await (await platform.server()).put("/v1/people/cleo", json=too_young)
        assert told.status_code == 200, told.text
        await screen.next(lambda message: message["type"] == "state" and message["gifts_closed"])
    async with platform.screen(room_id) as guest:
        hello = await guest.next_of("hello")
        assert (hello["viewer"], hello["coins"]) == (None, None)


async def test_a_gift_is_answered_shown_and_counted(platform: Platform) -> None:
    creator = await platform.creator("cleo")
    room_id = await platform.live_room(creator)
    await platform.viewer("ada", coins=10)
    async with platform.screen(room_id, platform.token("ada")) as screen, platform.screen(room_id) as guest:
        answer = await screen.gift(count=3, coins=3)
        assert answer["ok"], answer
        assert answer["gift"]["coins_after"] == 7
        assert answer["gift"]["combo"]["count"] == 3
        for watching in (screen, guest):
            await watching.see([answer["gift"]["id"]])
            shown = watching.frames[-1]["gifts"][0]
            assert shown["sender"]["name"] == "ada"
            assert (shown["count"], shown["coins"], shown["item_id"]) == (3, 3, 1)
        await screen.have(7)
        state = await guest.next(lambda message: message["type"] == "state" and message["coins"] == 3)
        assert state["top_gifters"][0]["person"]["name"] == "ada"
        again = await screen.command(type="gift", id=answer["id"], item_id=1, count=3, coins=3)
        assert again["gift"] == answer["gift"]
        other = await screen.command(type="gift", id=answer["id"], item_id=1, count=4, coins=4)
        assert other["problem"]["code"] == "gift_conflict"


async def test_what_cannot_be_sent_is_answered_with_a_reason(platform: Platform) -> None:
    creator = await platform.creator("cleo")
    room_id = await platform.live_room(creator)
    await platform.viewer("ada", coins=2)
    async with platform.screen(room_id, platform.token("ada")) as screen:
        assert (await screen.gift(count=5))["problem"]["coins_short"] == 3
        assert (await screen.gift(coins=9))["problem"]["code"] == "price_changed"
        assert (await screen.gift(item_id=99_999))["problem"]["code"] == "item_unknown"
        assert (await screen.gift(count=0))["problem"]["field"] == "count"
        wrong = await screen.command(type="gift", id="not-an-id", item_id=1)
        assert wrong["problem"]["field"] == "id"
        await screen.socket.send("{")
        assert (await screen.next_of("answer"))["problem"]["code"] == "invalid_body"
        await screen.socket.send(json.dumps({"type": "dance"}))
        assert (await screen.next_of("answer"))["problem"]["field"] == "type"
        await screen.socket.send(b"\xff\xfe")
        assert (await screen.next_of("answer"))["problem"]["code"] == "invalid_body"
        await screen.socket.send(json.dumps({"type": "chat", "id": str(platform.id()), "text": "x" * 5_000}))
        assert (await screen.next_of("answer"))["problem"]["code"] == "invalid_body"
        assert (await screen.gift(count=2))["ok"]
    async with platform.screen(room_id) as guest:
        assert (await guest.gift())["problem"]["code"] == "unauthenticated"
        await guest.socket.send('{"type":"ping"}')
        await guest.next_of("pong")
    async with platform.screen(room_id, platform.token("cleo")) as own:
        assert (await own.gift())["problem"]["code"] == "own_room"


async def test_chat_is_seen_once_and_kept_clean(platform: Platform) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    async with platform.screen(room_id, platform.token("ada")) as screen, platform.screen(room_id) as guest:
        one = str(platform.id())
        first, second = await asyncio.gather(
            screen.socket.send(json.dumps({"type": "chat", "id": one, "text": " hello \n there "})),
            screen.socket.send(json.dumps({"type": "chat", "id": one, "text": "hello there"})),
        )
        assert first is second is None
        for _ in range(2):
            assert (await screen.next_of("answer"))["ok"]
        for text in ("nul \0 inside", "", "   ", "y" * (CHAT_TEXT_LENGTH_MAX + 1), "bell \x07"):
            answer = await screen.command(type="chat", id=str(platform.id()), text=text)
            assert answer["problem"]["field"] == "text", text
        await screen.socket.send(f'{{"type":"chat","id":"{platform.id()}","text":"half \\ud800"}}')
        assert not (await screen.next_of("answer"))["ok"]
        answer = await screen.command(type="chat", id=str(platform.id()), text="<b>bold</b>")
        assert answer["ok"]
        await guest.hear("<b>bold</b>")
        assert guest.texts == ["hello there", "<b>bold</b>"]
        said = [await screen.command(type="chat", id=str(platform.id()), text="again") for _ in range(10)]
        assert said[-1]["problem"]["code"] == "too_busy"
        assert said[-1]["problem"]["retry_after_s"] >= 1


async def test_a_socket_is_held_to_a_rate(platform: Platform) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    async with platform.screen(room_id, platform.token("ada")) as screen:
        for _ in range(SOCKET_COMMANDS_BURST + 300):
            await screen.socket.send(json.dumps({"type": "ping", "id": "1"}))
        assert await screen.close_code() == 4429
        problems = {message["problem"]["code"] for message in screen.messages if message["type"] == "answer"}
        assert problems == {"too_busy"}


async def test_a_person_has_so_many_screens_and_no_more(platform: Platform) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    token = platform.token("ada")
    async with AsyncExitStack() as stack:
        for _ in range(SOCKETS_PER_PERSON_MAX):
            screen = await stack.enter_async_context(platform.screen(room_id, token))
            await screen.next_of("frames")
        async with platform.screen(room_id, token) as one_too_many:
            assert await one_too_many.close_code() == 4429


@pytest.mark.parametrize(
    ("room", "token", "code"), [("424242", "", 4404), ("x", "", 4404), (None, "nonsense", 4401), (None, "plo_no", 4401)]
)
async def test_what_is_not_there_is_closed_with_a_code(
    platform: Platform, room: str | None, token: str, code: int
) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    async with platform.screen(room or room_id, token) as screen:
        assert await screen.close_code() == code
    assert await platform.house.trail.keep_refusals(all_of_them=True) == (code == 4401), "those who are let in nowhere"


async def give(platform: Platform, client: Any, room_id: str, times: int) -> list[str]:
    """The ids of gifts that were charged one after the other."""
    sent = []
    for _ in range(times):
        sent.append(str(platform.id()))
        answer = await client.post("/v1/gifts", json={"id": sent[-1], "room_id": room_id, "item_id": 1})
        assert answer.status_code == 201, answer.text
    return sent


async def watch_with_breaks(platform: Platform, room_id: str, number: int, done: asyncio.Event) -> list[int]:
    """What a screen sees that loses its connection all the time and comes back, each time to another process."""
    seen: list[int] = []
    cursor, process = "1:0", number
    while not done.is_set():
        async with platform.screen(room_id, cursor=cursor, process=process % 2) as screen:
            for _ in range(number % 3 + 1):
                if not done.is_set():
                    await screen.next_of("frames")
            seen += screen.sequence
            if screen.sequence:  # one that came last may have heard nothing
                cursor, process = screen.cursor, process + 1
    async with platform.house.database.read() as connection:
        head: int = await connection.fetchval("select seq from room_head where room_id = $1", int(room_id))
    if not seen or seen[-1] < head:
        async with platform.screen(room_id, cursor=cursor, process=process % 2) as screen:
            await screen.next(lambda _: head in screen.sequence)
            seen += screen.sequence
    return seen


async def test_breaks_under_load_lose_and_double_nothing(database_url: str, clock: ManualClock) -> None:
    async with open_platform(database_url, clock, processes=2) as platform:
        room_id = await platform.live_room(await platform.creator("cleo"))
        viewers = [await platform.viewer(f"viewer-{number}", coins=1_000) for number in range(4)]
        done = asyncio.Event()
        watching = [asyncio.create_task(watch_with_breaks(platform, room_id, number, done)) for number in range(6)]
        sent = [one for many in await asyncio.gather(*(give(platform, viewer, room_id, 60) for viewer in viewers))
                for one in many]  # fmt: skip
        done.set()
        sent += await give(platform, viewers[0], room_id, 1)  # so that whoever waits for a frame gets one
        async with asyncio.timeout(WAIT_S):
            seen = await asyncio.gather(*watching)
        async with platform.screen(room_id, cursor="1:0") as screen:
            await screen.see(sent)
            assert sorted(screen.gift_ids) == sorted(sent)
            frames = screen.sequence
        # Each saw all there was when it left; what was delivered later some have seen too.
        assert seen == [frames[: len(sequence)] for sequence in seen]
        assert min(len(sequence) for sequence in seen) > 0


async def test_a_cursor_of_another_time_is_void(platform: Platform) -> None:
    creator = await platform.creator("cleo")
    room_id = await platform.live_room(creator)
    for cursor in ("7:1", "1:999"):
        async with platform.screen(room_id, cursor=cursor) as screen:
            resync = await screen.next_of("resync")
            assert resync["reason"] == "epoch"
            await screen.next_of("frames")
            assert screen.sequence == [1]


async def test_screens_come_again_when_the_database_went_back(platform: Platform) -> None:
    creator = await platform.creator("cleo")
    room_id = await platform.live_room(creator)
    async with platform.screen(room_id, cursor="1:0") as screen:
        await screen.next_of("frames")
        async with platform.house.database.transaction() as connection:
            assert await lives.begin(connection, platform.clock.now()) == 1
            assert await lives.begin(connection, platform.clock.now(), anew=True) == 2
        with pytest.raises(ConnectionClosed):
            await screen.next(lambda _: False)
    async with platform.screen(room_id, cursor="1:1") as screen:
        assert (await screen.next_of("resync"))["cursor"] == "2:0"
        assert (await screen.next_of("frames"))["cursor"] == "2:1"


async def test_without_a_cursor_the_last_frames_come(platform: Platform) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    async with platform.house.database.transaction() as connection:
        for number in range(80):
            await connection.fetchval(
                "select append_frame($1, $2, 'room', $3, $4)",
                (await platform.house.rooms.room(int(room_id))).shard,  # type: ignore[union-attr]
                int(room_id),
                {"event": "gifts_paused" if number % 2 else "gifts_resumed", "stage_url": None, "stage_kind": "hls"},
                platform.clock.now(),
            )
    async with platform.screen(room_id) as screen:
        await screen.next(lambda _: 81 in screen.sequence)
        assert screen.sequence == list(range(82 - FRAMES_BACKLOG_MAX, 82))
        assert {message["backlog"] for message in screen.messages if message["type"] == "frames"} == {True}


async def test_a_slow_reader_is_let_go_and_harms_nobody(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plaudit.live.catch_up.SOCKET_DRAIN_WAIT_S", 3)
    room_id = await platform.live_room(await platform.creator("cleo"))
    process = platform.processes[0]
    reader, writer = await asyncio.open_connection("127.0.0.1", process.port, limit=1024)
    raw: sockets.socket = writer.get_extra_info("socket")
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4_096)
    writer.write(
        f"GET /v1/rooms/{room_id}/socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    assert b"101" in await reader.readline()
    reader._transport.pause_reading()  # type: ignore[attr-defined]  # never reads again
    hub = process.house.hub
    async with platform.screen(room_id) as good:
        await good.next_of("frames")
        await eventually(lambda: hub.sockets == 2, "both are there")
        watched = hub.rooms[int(room_id)]
        room = await platform.house.rooms.room(int(room_id))
        assert room is not None
        text = "z" * 50_000

        async def until_shown(seq: int) -> None:
            await eventually(lambda: watched.shown >= seq, "the hub has shown all so far")

        async with asyncio.timeout(WAIT_S):
            for number in range(200):
                body = {"messages": [{"id": str(platform.id()), "sender_id": room.creator_id, "text": text}]}
                async with platform.house.database.transaction() as connection:
                    await connection.fetchval(
                        "select append_frame($1, $2, 'chat', $3, $4)",
                        room.shard, room.id, body, platform.clock.now(),
                    )  # fmt: skip
                if number % 20 == 0:
                    hub._poll_at = 0.0
                    await until_shown(number + 2)
                if hub.sockets == 1:
                    break
            await eventually(lambda: hub.sockets == 1, "the slow one is let go")
        last = number + 2
        await good.next(lambda _: last in good.sequence)
        assert good.sequence == list(range(1, last + 1))
    writer.close()


@pytest.mark.parametrize("ahead_s", [-120, 120])
async def test_viewers_are_counted_whatever_the_clocks_of_machines_say(
    database_url: str, clock: ManualClock, ahead_s: int
) -> None:
    async with (
        open_platform(database_url, clock) as platform,
        serving(database_url, ManualClock(clock.now() + timedelta(seconds=ahead_s))) as other,
    ):
        platform.processes.append(other)
        room_id = await platform.live_room(await platform.creator("cleo"))
        async with platform.screen(room_id) as one, platform.screen(room_id, process=1) as two:
            for screen in (one, two):
                await screen.next(lambda message: message["type"] == "state" and message["viewers"] == 2)


async def test_two_processes_show_the_same(database_url: str, clock: ManualClock) -> None:
    async with open_platform(database_url, clock, processes=2) as platform:
        room_id = await platform.live_room(await platform.creator("cleo"))
        await platform.viewer("ada", coins=100)
        token = platform.token("ada")
        async with (
            platform.screen(room_id, token, process=0) as here,
            platform.screen(room_id, token, process=1) as there,
        ):
            await here.next_of("frames")
            await there.next_of("frames")
            gifts = [(await (here if number % 2 else there).gift())["gift"]["id"] for number in range(20)]
            said = await there.command(type="chat", id=str(platform.id()), text="from there")
            assert said["ok"]
            for screen in (here, there):
                await screen.see(gifts)
                await screen.hear("from there")
            assert [frame for frame in here.frames if frame["seq"] > 1] == [
                frame for frame in there.frames if frame["seq"] > 1
            ]
            # One person on two screens of two processes: each process counts its own.
            await here.next(lambda message: message["type"] == "state" and message["viewers"] == 2)
            repeated = await here.command(type="chat", id=said["id"], text="from there")
            assert repeated["ok"]
            last = await here.gift()
            await here.see([last["gift"]["id"]])
            assert here.texts == ["from there"]


async def test_a_wallet_that_grows_is_told(platform: Platform) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    viewer = await platform.viewer("ada")
    person_id = await platform.person_id(viewer)
    async with platform.screen(room_id, platform.token("ada")) as screen:
        await screen.next_of("frames")
        await platform.fund(person_id, 500)
        platform.house.hub.wallet_moved(person_id)
        assert await screen.next(lambda message: message["type"] == "wallet" and message["coins"] == 500)
        await platform.fund(person_id, 50)
        async with platform.house.database.read() as connection:
            await connection.execute("select pg_notify('plaudit_wallets', $1)", f":{person_id}")
        assert await screen.next(lambda message: message["type"] == "wallet" and message["coins"] == 550)


async def test_a_wallet_that_moves_while_others_are_read_is_read_itself(
    platform: Platform, owner_connection: OwnConnection
) -> None:
    room_id = await platform.live_room(await platform.creator("cleo"))
    ada, bob = [await platform.person_id(await platform.viewer(name, coins=50)) for name in ("ada", "bob")]
    async with (
        platform.screen(room_id, platform.token("ada")),
        platform.screen(room_id, platform.token("bob")) as screen,
    ):
        assert (await screen.next_of("wallet"))["coins"] == 50
        async with owner_connection.transaction(), platform.house.database.read() as connection:
            await owner_connection.execute("lock table wallet in access exclusive mode")
            await connection.execute(TELL_WALLET, ada)
            await eventually(lambda: connection.fetchval(READERS_OF_WALLETS), "somebody waits for the table")
            await connection.execute(TELL_WALLET, bob)
            await eventually(lambda: bob in platform.house.hub._wallets, "the hub has heard it")
        await platform.fund(bob, 1)
        async with platform.house.database.read() as connection:
            await connection.execute(TELL_WALLET, bob)
        assert (await screen.next_of("wallet"))["coins"] == 51
