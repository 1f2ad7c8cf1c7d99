"""Chat: said by people, held to a rate, gathered for a moment, and written as one frame a room."""

import asyncio
import logging
import time
from collections import OrderedDict, deque
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.db import Database, acting_key
from plaudit.gifts.model import RoomNotLive
from plaudit.ids import require_uuid7
from plaudit.ledger.model import Frame
from plaudit.limits import (
    CHAT_IDS_REMEMBERED,
    CHAT_MESSAGES_PER_10_S,
    CHAT_QUEUE_LENGTH_MAX,
    CHAT_SPEAKERS_REMEMBERED,
    CHAT_TEXT_LENGTH_MAX,
    CHAT_TICK_MS,
)
from plaudit.live.frames import ChatBody, KeptMessage, body_of
from plaudit.live.model import Room
from plaudit.problems import TooBusy, Unavailable
from plaudit.statements import statements
from plaudit.texts import plain

SQL = statements(__file__)

RATE_WINDOW_S = 10

log = logging.getLogger(__name__)


class _Said(NamedTuple):
    room: Room
    message: KeptMessage
    written: "asyncio.Future[None]"


class Chat:
    """The chat of all rooms, as far as it is said in this process."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._waiting: deque[_Said] = deque()
        self._arrived = asyncio.Event()
        self._ids: OrderedDict[tuple[int, str], asyncio.Future[None] | None] = OrderedDict()
        self._speakers: OrderedDict[int, deque[float]] = OrderedDict()
        self._task: asyncio.Task[None] | None = None
        self._on_frames: Any = lambda _: None

    def deliver_to(self, on_frames: Any) -> None:
        """Where frames go after they were written."""
        self._on_frames = on_frames

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="chat")

    async def stop(self) -> None:
        """Write what waits, then end."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._waiting:
            await self._write()

    async def say(self, room: Room, person_id: int, message_id: UUID, text: str) -> None:
        """Say something in a room; returns when it is written. The same id again appears once.

        Raises:
            InvalidField: the id is no UUIDv7, or the text is empty, too long or holds control characters.
            RoomNotLive: nobody would hear it.
            TooBusy: this person, or everybody together, says too much at once.
            Unavailable: it was not written; say it again with the same id.
        """
        require_uuid7(message_id, "id", self._clock)
        text = plain(text, "text", CHAT_TEXT_LENGTH_MAX)
        key = (person_id, str(message_id))
        if key in self._ids:
            known = self._ids[key]
            if known is not None:
                await asyncio.shield(known)
            return
        if room.state != "live":
            raise RoomNotLive
        if len(self._waiting) >= CHAT_QUEUE_LENGTH_MAX:
            raise TooBusy
        self._hold_to_rate(person_id)
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._remember(key, written)
        self._waiting.append(_Said(room, KeptMessage(key[1], person_id, text, acting_key.get()), written))
        self._arrived.set()
        await asyncio.shield(written)

    def saw(self, frame: Frame) -> None:
        """A frame of any process: what was said there need not be said again here."""
        if frame.kind == "chat" and frame.has_contents:
            body = body_of(frame)
            for message in body.messages if isinstance(body, ChatBody) else ():
                self._remember((message.sender_id, message.id), None)

    def _remember(self, key: tuple[int, str], written: "asyncio.Future[None] | None") -> None:
        self._ids[key] = written
        self._ids.move_to_end(key)
        while len(self._ids) > CHAT_IDS_REMEMBERED:
            self._ids.popitem(last=False)

    def _hold_to_rate(self, person_id: int) -> None:
        now = time.monotonic()
        spoken = self._speakers.setdefault(person_id, deque(maxlen=CHAT_MESSAGES_PER_10_S))
        self._speakers.move_to_end(person_id)
        if len(spoken) == CHAT_MESSAGES_PER_10_S and now - spoken[0] < RATE_WINDOW_S:
            raise TooBusy(retry_after_s=int(RATE_WINDOW_S - (now - spoken[0])) + 1)
        spoken.append(now)
        while len(self._speakers) > CHAT_SPEAKERS_REMEMBERED:
            self._speakers.popitem(last=False)

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            await asyncio.sleep(CHAT_TICK_MS / 1000)
            self._arrived.clear()
            await self._write()

    async def _write(self) -> None:
        said, self._waiting = list(self._waiting), deque()
        by_room: dict[int, list[_Said]] = {}
        for one in said:
            by_room.setdefault(one.room.id, []).append(one)
        try:
            frames = await self._append(list(by_room.values()))
        except Exception as error:
            log.warning("%d chat messages were not written: %r", len(said), error)
            for one in said:
                self._ids.pop((one.message.sender_id, one.message.id), None)
                one.written.set_exception(Unavailable())
                one.written.exception()  # whoever waits still gets it; nobody may be waiting any more
            return
        for one in said:
            one.written.set_result(None)
        self._on_frames(frames)

    async def _append(self, groups: list[list[_Said]]) -> list[Frame]:
        """One frame for each group of messages of the same room."""
        now = self._clock.now()
        rooms = [group[0].room for group in groups]
        bodies = [msgspec.to_builtins(ChatBody([one.message for one in group])) for group in groups]
        async with self._database.transaction() as connection:
            rows = await connection.fetch(
                SQL["append_frames"],
                [room.shard for room in rooms],
                [room.id for room in rooms],
                ["chat"] * len(rooms),
                [msgspec.json.encode(body).decode() for body in bodies],
                now,
            )
        return [
            Frame(
                {
                    "room_id": rooms[row["place"] - 1].id,
                    "seq": row["seq"],
                    "kind": "chat",
                    "at": now,
                    "body": bodies[row["place"] - 1],
                }
            )
            for row in rows
        ]
