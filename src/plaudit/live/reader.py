"""What the hub reads: heads, missing frames, the past of a room, wallets. Always for many at once, never one a gift."""

import asyncio
from collections.abc import Iterable, Sequence

import asyncpg

from plaudit.db import Database, statements
from plaudit.ledger.model import Frame
from plaudit.ledger.shards import Shards
from plaudit.limits import FRAMES_BACKLOG_MAX, HUB_READ_FRAMES_MAX
from plaudit.live import frames as wire_frames
from plaudit.live.open_room import OpenRoom, RoomKey
from plaudit.live.profiles import Profiles
from plaudit.live.tally import Tally

SQL = statements(__file__)

NO_END = 2**62


def numbers(rows: Iterable[asyncpg.Record]) -> dict[int, int]:
    """Rows of two numbers as a mapping."""
    return {row[0]: row[1] for row in rows}


class Reader:
    """Reads for the hub; the numbers of frames are the truth, whatever was heard before."""

    def __init__(self, database: Database, shards: Shards, profiles: Profiles) -> None:
        self._database = database
        self._shards = shards
        self._profiles = profiles
        self.epoch = 0

    async def start(self) -> None:
        async with self._database.read() as connection:
            self.epoch = await connection.fetchval(SQL["epoch"])

    async def open(self, room: OpenRoom) -> None:
        """The head, the latest frames and the tally of a room that was not open."""
        shard, room_id, has_state = room.key
        async with self._database.read() as connection:
            head = numbers(await connection.fetch(SQL["room_heads"], [shard], [room_id])).get(room_id, 0)
            gifters = await connection.fetch(SQL["gifters_of_room"], shard, room_id, head) if has_state else ()
        by_gifter = numbers(gifters)
        room.tally = Tally(sum(by_gifter.values()), by_gifter)
        start = max(0, head - FRAMES_BACKLOG_MAX)
        latest = await self.encoded_frames(room.key, start, head)
        room.shown = start
        room.show(latest)
        room.sequence.move_to(head)

    async def find_heads(self, rooms: Sequence[OpenRoom]) -> None:
        """Tell each room how far it has come."""
        if not rooms:
            return
        shards, ids = [room.key.shard for room in rooms], [room.key.room_id for room in rooms]
        async with self._database.read() as connection:
            heads = numbers(await connection.fetch(SQL["room_heads"], shards, ids))
        for room in rooms:
            room.sequence.offer(heads.get(room.key.room_id, 0), None)

    async def fill_gaps(self, rooms: Sequence[OpenRoom]) -> bool:
        """Read what is missing, a page of each room. Whether a room may have more."""
        if not rooms:
            return False
        known_before = [room.sequence.known for room in rooms]
        read = await self.frames([(room.key, room.sequence.last, NO_END) for room in rooms])
        for room, known in zip(rooms, known_before, strict=True):
            frames = read.get(room.key.room_id, [])
            unheard = room.sequence.known == known
            for frame in frames:
                room.sequence.offer(frame.seq, frame)
            if unheard and len(frames) < HUB_READ_FRAMES_MAX:
                room.sequence.settle(frames[-1].seq if frames else 0)
        return any(len(frames) == HUB_READ_FRAMES_MAX for frames in read.values())

    async def frames(
        self, wanted: Sequence[tuple[RoomKey, int, int]], limit: int = HUB_READ_FRAMES_MAX
    ) -> dict[int, list[Frame]]:
        """Of each room the frames after a number, up to another, in order: at most `limit` each."""
        keys = [key for key, _, _ in wanted]
        async with self._database.read() as connection:
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
        frames = (await self.frames([(key, after, up_to)], limit)).get(key.room_id, [])
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
        async with self._database.read() as connection:
            shards = [self._shards.of(person_id) for person_id in people]
            read = numbers(await connection.fetch(SQL["wallets_of"], shards, people))
        return {person_id: read.get(person_id, 0) for person_id in people}
