"""The browser's end of the room socket, against a real socket that breaks on purpose."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Thread
from types import MappingProxyType
from typing import Any

import pytest
from playwright.sync_api import Page
from websockets.sync.server import ServerConnection, serve

from tests.browser.conftest import OpenPage
from tests.support.style_guide import style_guide_server
from tests.support.waiting import WAIT_S

Script = Callable[[ServerConnection, int], None]
NOW = "2031-05-04T03:02:01Z"
HELLO = {
    "type": "hello",
    "room_id": "7",
    "cursor": "1:0",
    "now": NOW,
    "heartbeat_s": 25,
    "viewer": None,
    "coins": None,
}
START = """async (address) => {
  const root = new URL(".", document.querySelector("script[src$='desk.js']").src);
  const { RoomSocket } = await import(root + "room-socket.js");
  window.seen = { seqs: [], states: [], resyncs: 0 };
  window.room = new RoomSocket({ roomId: "7", address });
  room.addEventListener("frames", ({ detail }) => seen.seqs.push(...detail.frames.map((frame) => frame.seq)));
  room.addEventListener("connection", ({ detail }) => seen.states.push(detail.reason ?? detail.state));
  room.addEventListener("resync", () => { seen.resyncs += 1; });
  room.start();
}"""


@pytest.fixture
def page(open_page: OpenPage) -> Iterator[Page]:
    with style_guide_server() as address:
        opened = open_page()
        opened.goto(address)
        yield opened


@contextmanager
def _room(script: Script, heads: Mapping[int, str] = MappingProxyType({})) -> Iterator[tuple[str, list[str]]]:
    """A socket that plays a script for each connection in turn; gives its address and the paths that were asked for."""
    paths: list[str] = []

    def handle(connection: ServerConnection) -> None:
        assert connection.request is not None
        paths.append(connection.request.path)
        connection.send(json.dumps(HELLO | {"cursor": heads.get(len(paths), "1:0")}))
        script(connection, len(paths))

    with serve(handle, "127.0.0.1", 0) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/room", paths
        server.shutdown()


def _until(page: Page, condition: str) -> None:
    """Waits for a condition in the page: by the debugger, as the policy of the page forbids Playwright's own way."""
    page.evaluate(
        f"""() => new Promise((resolve, reject) => {{
          const late = setTimeout(() => reject(new Error("never: {condition.replace('"', "'")}")), {WAIT_S * 1000});
          const timer = setInterval(() => {{
            if (!({condition})) return;
            clearTimeout(late);
            clearInterval(timer);
            resolve();
          }}, 20);
        }})"""
    )


def _frames(connection: ServerConnection, *seqs: int, epoch: int = 1) -> None:
    frames = [{"seq": seq, "kind": "chat", "messages": []} for seq in seqs]
    connection.send(json.dumps({"type": "frames", "cursor": f"{epoch}:{seqs[-1]}", "backlog": False, "frames": frames}))


def _stay(connection: ServerConnection) -> None:
    for _ in connection:
        pass


def test_resumes_by_cursor_and_shows_nothing_twice(page: Page) -> None:
    def script(connection: ServerConnection, turn: int) -> None:
        if turn == 1:
            _frames(connection, 1, 2)
            connection.close(4408)
        else:
            _frames(connection, 2, 3)
            _stay(connection)

    with _room(script) as (address, paths):
        page.evaluate(START, address)
        _until(page, "seen.seqs.length >= 3")
        page.evaluate("room.close()")
    assert page.evaluate("seen.seqs") == [1, 2, 3]
    assert paths == ["/room", "/room?cursor=1%3A2"]
    assert page.evaluate("seen.states") == ["connecting", "online", "offline", "connecting", "online", "closed"]


def test_resync_forgets_the_cursor(page: Page) -> None:
    def script(connection: ServerConnection, turn: int) -> None:
        _frames(connection, 40, 41)
        connection.send(json.dumps({"type": "resync", "cursor": "2:9", "reason": "epoch"}))
        _frames(connection, 8, 9, epoch=2)
        _stay(connection)

    with _room(script) as (address, _):
        page.evaluate(START, address)
        _until(page, "seen.seqs.length >= 4")
        assert page.evaluate("[seen.seqs, seen.resyncs, room.cursor]") == [[40, 41, 8, 9], 1, "2:9"]
        page.evaluate("room.close()")


def test_what_was_missed_is_news_while_it_is_young(page: Page) -> None:
    """History is what came before the first hello, however a connection brings it."""

    def script(connection: ServerConnection, turn: int) -> None:
        def past(cursor: str, *frames: tuple[int, str]) -> None:
            shown = [{"seq": seq, "kind": "chat", "at": f"2031-05-04T03:{at}Z", "messages": []} for seq, at in frames]
            connection.send(json.dumps({"type": "frames", "cursor": cursor, "backlog": True, "frames": shown}))

        if turn == 1:
            connection.close(1012)
        elif turn == 2:
            past("1:2", (1, "00:59"), (2, "01:05"))  # with a room that was empty when it was first seen
            connection.close(1012)
        else:
            past("1:4", (3, "00:30"), (4, "02:00"))
            connection.send(json.dumps({"type": "resync", "cursor": "2:9", "reason": "epoch"}))
            past("2:10", (10, "02:00"))
            _stay(connection)

    with _room(script, {3: "2:10"}) as (address, _):
        page.evaluate(START, address)
        page.evaluate(
            """() => {
              window.told = [];
              room.addEventListener("frames", ({ detail: { backlog, frames } }) => {
                told.push(...frames.map((frame) => [frame.seq, backlog]));
              });
            }"""
        )
        _until(page, "told.length >= 5")
        page.evaluate("room.close()")
    assert page.evaluate("told") == [[1, True], [2, False], [3, True], [4, False], [10, True]]


def test_a_gift_without_answer_is_sent_again_under_its_own_id(page: Page) -> None:
    received: list[dict[str, Any]] = []

    def script(connection: ServerConnection, turn: int) -> None:
        for message in connection:
            gift = json.loads(message)
            received.append(gift)
            if turn == 1:
                connection.close(1011)
                return
            connection.send(json.dumps({"type": "answer", "id": gift["id"], "ok": True, "gift": {}}))

    with _room(script) as (address, _):
        page.evaluate(START, address)
        _until(page, "room.state === 'online'")
        answer = page.evaluate("room.sendGift({ item_id: 1, count: 1, coins: 1 })")
        page.evaluate("room.close()")
    assert answer["ok"] is True
    assert [gift["id"] for gift in received] == [answer["id"]] * 2
    assert received[0] == received[1]


def test_a_gift_that_is_under_way_is_not_sent_twice(page: Page) -> None:
    received: list[str] = []

    def script(connection: ServerConnection, turn: int) -> None:
        for message in connection:
            command = json.loads(message)
            received.append(command["id"])
            if command["type"] == "chat":  # the gift's answer comes behind it
                for waiting in received:
                    connection.send(json.dumps({"type": "answer", "id": waiting, "ok": True}))

    with _room(script) as (address, _):
        page.evaluate(START, address)
        _until(page, "room.state === 'online'")
        answers = page.evaluate(
            """() => {
              const gift = { item_id: 1, count: 1, coins: 1, id: "one" };
              return Promise.all([room.sendGift(gift), room.sendGift(gift), room.sendChat("Hello", "two")]);
            }"""
        )
        page.evaluate("room.close()")
    assert [answer["id"] for answer in answers] == ["one", "one", "two"]
    assert received == ["one", "two"]


def test_a_refused_token_is_not_tried_again(page: Page) -> None:
    with _room(lambda connection, turn: connection.close(4401)) as (address, paths):
        page.evaluate(START, address)
        _until(page, "seen.states.includes('signed_out')")
    assert page.evaluate("room.state") == "closed"
    assert len(paths) == 1


def test_ids_are_version_7_and_sort_by_time(page: Page) -> None:
    ids = page.evaluate(
        """async () => {
          const root = new URL(".", document.querySelector("script[src$='desk.js']").src);
          const { uuid7 } = await import(root + "uuid7.js");
          return [0, 1, 1763836991123, 2 ** 47].map((now) => uuid7(now));
        }"""
    )
    assert ids == sorted(ids)
    assert {(made[14], made[19] in "89ab") for made in ids} == {("7", True)}
    assert ids[2].replace("-", "")[:12] == f"{1763836991123:012x}"
