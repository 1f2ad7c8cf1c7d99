"""The volatile state of rooms: viewers over all processes, coins, top gifters, whether gifts can be received; told when
changed, every two seconds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

from plaudit.db import Database
from plaudit.limits import PRESENCE_KEPT_S, STATE_INTERVAL_MS, STATE_NUDGE_PAUSE_MS, VIEWERS_SEEN_WITHIN_S
from plaudit.live.conversation import State, TopGifter
from plaudit.live.message import Message, message
from plaudit.live.open_room import OpenRoom, Subscriber
from plaudit.live.profiles import Profiles
from plaudit.rules.memory import Rules
from plaudit.statements import statements

SQL = statements(__file__)

log = logging.getLogger(__name__)

SendTo = Callable[[Collection[Subscriber], Message], Awaitable[object]]


class StateTeller:
    """Reports how many watch here, learns how many watch elsewhere, and tells the rooms of this process."""

    def __init__(
        self,
        database: Database,
        profiles: Profiles,
        process_id: UUID,
        rooms: Mapping[int, OpenRoom],
        send_to: SendTo,
        rules: Rules,
    ) -> None:
        self._database = database
        self._profiles = profiles
        self._process_id = process_id
        self._rooms = rooms
        self._send_to = send_to
        self._rules = rules
        self._reported: set[int] = set()
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="room states")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        with suppress(Exception):  # a database that is gone has forgotten the viewers anyway
            async with self._database.read() as connection:
                await connection.execute(SQL["forget_viewers"], self._process_id, list(self._reported))

    def nudge(self) -> None:
        """Somebody waits for the first state of a room."""
        self._nudged.set()

    async def _run(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(STATE_INTERVAL_MS / 1000):
                    await self._nudged.wait()
            self._nudged.clear()
            try:
                await self.tell()
            except Exception as error:
                log.warning("the states of rooms could not be told: %r", error)
            await asyncio.sleep(STATE_NUDGE_PAUSE_MS / 1000)

    async def tell(self) -> None:
        """One round."""
        rooms = {room_id: room for room_id, room in self._rooms.items() if _is_told(room)}
        here = {room_id: room.count_viewers() for room_id, room in rooms.items()}
        if not here and not self._reported:
            return
        elsewhere = await self._exchange(here)
        closed, unranked = await self._ruled(rooms)
        changed: list[tuple[OpenRoom, list[tuple[int, int]]]] = []
        for room_id, room in rooms.items():
            viewers = here[room_id] + elsewhere.get(room_id, 0)
            seen = (viewers, room.creator_id in closed, room.creator_id not in unranked)
            if room.state is None or room.tally.changed or seen != (room.viewers, room.gifts_closed, room.ranked):
                room.viewers, room.gifts_closed, room.ranked = seen
                room.tally.changed = False
                changed.append((room, room.tally.top() if room.ranked else []))
        cards = await self._profiles.cards(person_id for _, top in changed for person_id, _ in top)
        for room, top in changed:
            gifters = [TopGifter(rank, cards[person_id], coins) for rank, (person_id, coins) in enumerate(top, 1)]
            room.state = message(
                State(
                    viewers=room.viewers,
                    coins=room.tally.coins,
                    top_gifters=gifters,
                    ranked=room.ranked,
                    gifts_closed=room.gifts_closed,
                )
            )
            await self._send_to(list(room.live), room.state)

    async def _ruled(self, rooms: Mapping[int, OpenRoom]) -> tuple[frozenset[int], frozenset[int]]:
        """The creators of rooms whom no gift reaches, and those where nobody is ranked by money alone. Whose a room is
        is asked once."""
        if unknown := [room_id for room_id, room in rooms.items() if not room.creator_id]:
            async with self._database.read() as connection:
                for row in await connection.fetch(SQL["creators_of_rooms"], unknown):
                    rooms[row["id"]].creator_id = row["creator_id"]
        creators = {room.creator_id for room in rooms.values()}
        return await self._rules.closed(creators), await self._rules.unranked(creators)

    async def _exchange(self, here: dict[int, int]) -> dict[int, int]:
        """Report our viewers, and read those of the other processes."""
        left = self._reported - here.keys()
        async with self._database.read() as connection:
            if left:
                await connection.execute(SQL["forget_viewers"], self._process_id, list(left))
                await connection.execute(SQL["forget_lost_viewers"], PRESENCE_KEPT_S)
            await connection.execute(SQL["report_viewers"], self._process_id, list(here), list(here.values()))
        self._reported = set(here)
        return await self.viewers_elsewhere(list(here))

    async def viewers_elsewhere(self, room_ids: Sequence[int]) -> dict[int, int]:
        """How many watch in other processes, by room."""
        async with self._database.read() as connection:
            rows = await connection.fetch(SQL["viewers_of_rooms"], room_ids, VIEWERS_SEEN_WITHIN_S, self._process_id)
        return {row["room_id"]: row["viewers"] for row in rows}


def _is_told(room: OpenRoom) -> bool:
    return room.key.has_state and room.ready.is_set() and bool(room.subscribers)
