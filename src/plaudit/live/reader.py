"""What the hub reads: heads, missing frames, the past of a room, wallets. Always for many at once, never one a gift."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

import asyncpg

from plaudit.db import Database
from plaudit.ledger.model import Frame
from plaudit.ledger.shards import Shards
from plaudit.limits import (
    DATABASE_ACQUIRE_WAIT_S,
    FRAMES_BACKLOG_MAX,
    HUB_READ_FRAMES_MAX,
    HUB_ROOMS_READ_AT_ONCE,
    HUB_ROOMS_READ_KEPT,
    TOP_GIFTERS_LENGTH_MAX,
)
from plaudit.live import frames as wire_frames
from plaudit.live.open_room import OpenRoom, RoomKey
from plaudit.live.profiles import Profiles
from plaudit.live.tally import Tally
from plaudit.problems import TooBusy
from plaudit.statements import statements

SQL = statements(__file__)

NO_END = 2**62


class Standing(NamedTuple):
    """How a room stands: the number of its last frame, and what it received up to that, from whom most."""

    head: int
    coins: int
    top: list[tuple[int, int]]


def numbers(rows: Iterable[asyncpg.Record]) -> dict[int, int]:
    """Rows of two numbers as a mapping."""
    return {row[0]: row[1] for row in rows}


class Reader:
    """Reads for the hub; the numbers of frames are the truth, whatever was heard before."""

    def __init__(self, database: Database, own: Database, shards: Shards, profiles: Profiles) -> None:
        """`own`: for what all who watch need; `database`: for what one who comes asks for."""
        self._database = database
        self._own = own
        self._shards = shards
        self._profiles = profiles
        self._known: OrderedDict[int, Standing] = OrderedDict()
        self._turns = asyncio.Semaphore(HUB_ROOMS_READ_AT_ONCE)
        self.epoch = 0

    async def start(self) -> None:
        async with self._database.read() as connection:
            self.epoch = await connection.fetchval(SQL["epoch"])

    def begin_epoch(self, epoch: int) -> None:
        """What was read before is of another life of the database."""
        self.epoch = epoch
        self._known.clear()

    async def open(self, room: OpenRoom) -> None:
        """The head, the latest frames and the tally of a room that was not open.

        Raises:
            TooBusy: too many others are being read.
        """
        async with self._turn():
            head = await self.head(room.key)
            if room.key.has_state:
                room.tally = await self._tally(room.key, head)
        start = max(0, head - FRAMES_BACKLOG_MAX)
        latest = await self.encoded_frames(room.key, start, head)
        room.shown = start
        room.show(latest)
        room.sequence.move_to(head)

    async def look(self, key: RoomKey) -> Standing:
        """How a room stands that is not open; its past is read only when it is another than the last time.

        Raises:
            TooBusy: too many others are being read.
        """
        head = await self.head(key)
        known = self._known.get(key.room_id)
        if known is None or known.head != head:
            async with self._turn():
                tally = await self._tally(key, head)
            known = self._known[key.room_id] = Standing(head, tally.coins, tally.top(TOP_GIFTERS_LENGTH_MAX))
        self._known.move_to_end(key.room_id)
        if len(self._known) > HUB_ROOMS_READ_KEPT:
            self._known.popitem(last=False)
        return known

    async def _tally(self, key: RoomKey, head: int) -> Tally:
        async with self._database.read() as connection:
            gifters = numbers(await connection.fetch(SQL["gifters_of_room"], key.shard, key.room_id, head))
        return Tally(sum(gifters.values()), gifters)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(DATABASE_ACQUIRE_WAIT_S):
                await self._turns.acquire()
        except TimeoutError:
            raise TooBusy from None
        try:
            yield
        finally:
            self._turns.release()

    async def find_heads(self, rooms: Sequence[OpenRoom]) -> None:
        """Tell each room how far it has come."""
        if not rooms:
            return
        shards, ids = [room.key.shard for room in rooms], [room.key.room_id for room in rooms]
        async with self._own.read() as connection:
            heads = numbers(await connection.fetch(SQL["room_heads"], shards, ids))
        for room in rooms:
            room.sequence.offer(heads.get(room.key.room_id, 0), None)

    async def fill_gaps(self, rooms: Sequence[OpenRoom]) -> bool:
        """Read what is missing, a page of each room. Whether a room may have more."""
        if not rooms:
            return False
        known_before = [room.sequence.known for room in rooms]
        read = await self._frames(self._own, [(room.key, room.sequence.last, NO_END) for room in rooms])
        for room, known in zip(rooms, known_before, strict=True):
            frames = read.get(room.key.room_id, [])
            unheard = room.sequence.known == known
            for frame in frames:
                room.sequence.offer(frame.seq, frame)
            if unheard and len(frames) < HUB_READ_FRAMES_MAX:
                room.sequence.settle(frames[-1].seq if frames else 0)
        return any(len(frames) == HUB_READ_FRAMES_MAX for frames in read.values())

    async def _frames(
        self, database: Database, wanted: Sequence[tuple[RoomKey, int, int]], limit: int = HUB_READ_FRAMES_MAX
    ) -> dict[int, list[Frame]]:
        """Of each room the frames after a number, up to another, in order: at most `limit` each."""
        keys = [key for key, _, _ in wanted]
        async with database.read() as connection:
            rows = await connection.fetch(
                SQL["frames_after"],
                [key.shard for key in keys],
                [key.room_id for key in keys],
                [after for _, after, _ in wanted],
                [up_to for _, _, up_to in wanted],
                limit,
            )
        found: dict[int, list[Frame]] = {}
        for row in rows:
            found.setdefault(row["room_id"], []).append(Frame(row))
        return found

    async def encoded_frames(
        self, key: RoomKey, after: int, up_to: int, limit: int = HUB_READ_FRAMES_MAX
    ) -> list[tuple[int, bytes]]:
        """The frames of one room as screens read them: at most `limit`."""
        frames = (await self._frames(self._database, [(key, after, up_to)], limit)).get(key.room_id, [])
        people = {person_id for frame in frames for person_id in wire_frames.people_of(frame)}
        cards = await self._profiles.cards(people)
        encoded = []
        for turn, frame in enumerate(frames, 1):
            encoded.append((frame.seq, wire_frames.encode(frame, cards)))
            if turn % 16 == 0:
                await asyncio.sleep(0)  # a long past must not hold up what happens now
        return encoded

    async def head(self, key: RoomKey) -> int:
        """The number of a room's last frame."""
        async with self._database.read() as connection:
            heads = numbers(await connection.fetch(SQL["room_heads"], [key.shard], [key.room_id]))
        return heads.get(key.room_id, 0)

    async def wallets(self, people: Sequence[int]) -> dict[int, int]:
        """The coins of people; who never had any has none."""
        async with self._own.read() as connection:
            shards = [self._shards.of(person_id) for person_id in people]
            read = numbers(await connection.fetch(SQL["wallets_of"], shards, people))
        return {person_id: read.get(person_id, 0) for person_id in people}
