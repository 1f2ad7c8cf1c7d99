"""Rooms at hand: the state every gift has to know, without a query a gift."""

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress

from plaudit.db import Database
from plaudit.gifts.model import RoomUnknown
from plaudit.limits import ROOM_REFRESH_MS, ROOMS_KNOWN_MAX
from plaudit.live.model import Room
from plaudit.live.reading import rooms_by_ids

log = logging.getLogger(__name__)


class RoomCache:
    """Rooms that are asked for, read again every second: one query for all of them. Who is not asked for is dropped."""

    def __init__(self, database: Database, own: Database) -> None:
        """`own`: to read again what is at hand; `database`: to read what somebody asks for."""
        self._database = database
        self._own = own
        self._rooms: dict[int, Room] = {}
        self._asked_for: set[int] = set()
        self._changed: dict[int, Room] = {}  # since the last reading began
        self._refresher: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._refresher = asyncio.create_task(self._refresh_for_ever(), name="rooms at hand")

    async def stop(self) -> None:
        if self._refresher:
            self._refresher.cancel()
            with suppress(asyncio.CancelledError):
                await self._refresher

    def at_hand(self, room_id: int) -> Room | None:
        """The room, removed or not, at most ROOM_REFRESH_MS old; None: not at hand."""
        self._asked_for.add(room_id)
        return self._rooms.get(room_id)

    async def find(self, room_id: int) -> Room:
        """The same, read when it is not at hand.

        Raises:
            RoomUnknown: there is none.
        """
        room = await self._room(room_id)
        if room is None:
            raise RoomUnknown(room_id=str(room_id))
        return room

    async def room(self, room_id: int) -> Room | None:
        """The room, at most ROOM_REFRESH_MS old; None: there is none, or none that is shown any more."""
        room = await self._room(room_id)
        return room if room and room.removed_at is None else None

    async def _room(self, room_id: int) -> Room | None:
        self._asked_for.add(room_id)
        if known := self._rooms.get(room_id):
            return known
        for room in await self._read(self._database, [room_id]):
            if room_id not in self._rooms:  # else it was changed here while it was read
                self.keep(room)
            return self._rooms.get(room_id, room)
        return None

    def keep(self, room: Room) -> None:
        """A room as it is now; whoever changes one says so."""
        self._changed[room.id] = room
        if room.id in self._rooms or len(self._rooms) < ROOMS_KNOWN_MAX:
            self._rooms[room.id] = room

    async def _refresh_for_ever(self) -> None:
        while True:
            await asyncio.sleep(ROOM_REFRESH_MS / 1000)
            try:
                await self._refresh()
            except Exception as error:
                log.warning("the state of rooms could not be read: %r", error)

    async def _refresh(self) -> None:
        wanted, self._asked_for = self._asked_for & self._rooms.keys(), set()
        self._changed = {}
        found = await self._read(self._own, wanted) if wanted else []
        # What changed here while they were read is newer than the reading.
        self._rooms = {room.id: room for room in found} | self._changed

    async def _read(self, database: Database, ids: Collection[int]) -> list[Room]:
        async with database.read() as connection:
            return list((await rooms_by_ids(connection, ids)).values())
