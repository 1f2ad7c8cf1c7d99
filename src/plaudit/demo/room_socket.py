"""A socket to one room that stays: it comes back with its cursor, and repeats what was not answered, by the same id."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any
from urllib.parse import urlencode

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from plaudit.clock import Clock
from plaudit.demo.client import Client
from plaudit.ids import new_id

log = logging.getLogger(__name__)

_ANSWER_WAIT_S = 60.0
_PAUSE_S_FIRST, _PAUSE_S_MAX = 0.3, 5.0
_NO_SUCH_ROOM = 4404
_CLOSE_WAIT_S = 1.0


class Sender(msgspec.Struct, frozen=True):
    id: str
    name: str


class HeardCombo(msgspec.Struct, frozen=True):
    count: int


class HeardGift(msgspec.Struct, frozen=True):
    """A gift as the room shows it."""

    id: str
    sender: Sender
    item_id: int
    count: int
    coins: int
    combo: HeardCombo


class HeardMessage(msgspec.Struct, frozen=True):
    sender: Sender
    text: str


class HeardFrame(msgspec.Struct, frozen=True):
    """One frame: of its lists the one that fits `kind` is filled."""

    seq: int
    kind: str
    gifts: list[HeardGift] = []
    messages: list[HeardMessage] = []
    event: str = ""


class _Viewer(msgspec.Struct, frozen=True):
    id: str


class _Incoming(msgspec.Struct, frozen=True):
    """Any message of the server; which fields are there depends on its type."""

    type: str
    cursor: str | None = None
    backlog: bool = False
    frames: list[HeardFrame] = []
    coins: int | None = None
    viewer: _Viewer | None = None
    id: str | None = None
    ok: bool = False
    gift: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None


class Answer(msgspec.Struct, frozen=True):
    """What became of a command; `problem` when it was refused."""

    gift: dict[str, Any] | None
    problem: dict[str, Any] | None

    @property
    def problem_code(self) -> str:
        return str((self.problem or {}).get("code", ""))


class RoomSocket:
    """`async with RoomSocket(...)`: connected until the block ends. `hear` gets each frame once, never the backlog."""

    def __init__(
        self,
        address: str,
        room_id: str,
        client: Client,
        clock: Clock,
        random: Random,
        hear: Callable[[HeardFrame], None],
    ) -> None:
        """`address` is the server's, `ws://host:port`."""
        self.room_id = room_id
        self.coins: int | None = None
        self.person_id = ""
        self.over = asyncio.Event()
        """Set when the room has ended."""
        self._address = f"{address}/v1/rooms/{room_id}/socket"
        self._client = client
        self._clock = clock
        self._random = random
        self._hear = hear
        self._cursor: str | None = None
        self._connection: ClientConnection | None = None
        self._waiting: dict[str, tuple[str, asyncio.Future[Answer]]] = {}
        self._decoder = msgspec.json.Decoder(_Incoming)
        self._task: asyncio.Task[None] | None = None
        self.greeted = asyncio.Event()
        """Set when the server has said who we are."""

    async def __aenter__(self) -> "RoomSocket":
        self._task = asyncio.create_task(self._stay(), name=f"socket of {self._client.who.subject}")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def say(self, text: str) -> Answer:
        """Say something in the chat; raises like `command`."""
        return await self.command({"type": "chat", "text": text})

    async def give(self, item_id: int, count: int, coins: int) -> Answer:
        """Send a gift at the total that was shown; raises like `command`."""
        return await self.command({"type": "gift", "item_id": item_id, "count": count, "coins": coins})

    async def command(self, fields: dict[str, Any]) -> Answer:
        """Send a command and wait for its answer, across broken connections.

        Raises:
            TimeoutError: no answer in a minute.
        """
        command_id = str(new_id(self._clock))
        text = msgspec.json.encode({**fields, "id": command_id}).decode()
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[command_id] = (text, answered)
        try:
            await self._send(text)
            async with asyncio.timeout(_ANSWER_WAIT_S):
                return await answered
        finally:
            del self._waiting[command_id]

    async def _send(self, text: str) -> None:
        if self._connection is not None:
            with suppress(ConnectionClosed):  # it goes out again after the reconnection
                await self._connection.send(text)

    async def _stay(self) -> None:
        pause_s = _PAUSE_S_FIRST
        while not self.over.is_set():
            try:
                await self._listen()
                pause_s = _PAUSE_S_FIRST
            except ConnectionClosed as closed:
                if closed.rcvd is not None and closed.rcvd.code == _NO_SUCH_ROOM:
                    self.over.set()
            except (OSError, InvalidHandshake, TimeoutError) as error:
                log.debug("room %s cannot be reached: %r", self.room_id, error)
            finally:
                self._connection = None
            await asyncio.sleep(pause_s * self._random.uniform(0.7, 1.3))
            pause_s = min(pause_s * 2, _PAUSE_S_MAX)

    async def _listen(self) -> None:
        query = f"?{urlencode({'cursor': self._cursor})}" if self._cursor else ""
        headers = {"Authorization": f"Bearer {self._client.token}"}
        async with connect(
            self._address + query, additional_headers=headers, compression=None, close_timeout=_CLOSE_WAIT_S
        ) as connection:
            self._connection = connection
            for text, answered in list(self._waiting.values()):
                if not answered.done():
                    await connection.send(text)
            async for received in connection:
                self._take(self._decoder.decode(received))

    def _take(self, message: _Incoming) -> None:
        if message.type in {"frames", "resync"} and message.cursor:
            self._cursor = message.cursor
        if message.type == "hello":
            self.coins = message.coins
            self.person_id = message.viewer.id if message.viewer else ""
            self.greeted.set()
        elif message.type == "wallet":
            self.coins = message.coins
        elif message.type == "answer" and message.id in self._waiting:
            answered = self._waiting[message.id][1]
            if not answered.done():
                answered.set_result(Answer(message.gift, None if message.ok else message.problem or {}))
        elif message.type == "frames" and not message.backlog:
            for frame in message.frames:
                if frame.event == "ended":
                    self.over.set()
                self._hear(frame)
