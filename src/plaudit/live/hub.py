"""The hub of one process: frames in, as they are delivered or read; one shared message a room and tick out.

Frames come from the deliverers of this process, and from the database when another process delivered them, when one is
missing, or when somebody resumes. A room or video that nobody watches costs nothing.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.ledger.model import Frame
from plaudit.ledger.shards import Shards
from plaudit.limits import (
    HUB_FAN_OUT_STEP,
    HUB_POLL_MS,
    HUB_ROOM_LINGER_S,
    HUB_ROOMS_MAX,
    HUB_TICK_MS,
    TOP_GIFTERS_LENGTH_MAX,
    WALLETS_POLL_S,
)
from plaudit.live import frames as wire_frames
from plaudit.live.carrier import ROOMS, WALLETS, Carrier
from plaudit.live.catch_up import SLOW, bring_up, follow, hand_over
from plaudit.live.conversation import WalletMoved
from plaudit.live.message import Message, frames_messages, message
from plaudit.live.model import Room
from plaudit.live.open_room import OpenRoom, RoomKey, Subscriber
from plaudit.live.outlet import GOING_AWAY, TOO_SLOW, Outlet
from plaudit.live.profiles import Profiles
from plaudit.live.reader import Reader, Standing
from plaudit.live.seats import Seats
from plaudit.live.socket_watch import SocketWatch
from plaudit.live.state import StateTeller
from plaudit.problems import TooBusy
from plaudit.rules.memory import Rules

log = logging.getLogger(__name__)


class Hub:
    """Knows every socket of this process and brings each what it has not seen, once and in order."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is a part of the house
        self,
        database: Database,
        own: Database,
        shards: Shards,
        clock: Clock,
        profiles: Profiles,
        process_id: UUID,
        seats: Seats,
        rules: Rules,
        on_frame: Callable[[Frame], None] = lambda _: None,
    ) -> None:
        """`own`: connections that whoever comes cannot take; what one who comes asks for is read over others."""
        self.process_id = process_id
        self.profiles = profiles
        self.seats = seats
        self.rules = rules
        self.reader = Reader(database, own, shards, profiles)
        self.rooms: dict[int, OpenRoom] = {}
        self._on_frame = on_frame
        self._people: dict[int, set[Subscriber]] = {}
        self._sockets = 0
        self._following: set[asyncio.Task[None]] = set()
        self._coins: dict[int, int] = {}  # what the screens of those people show
        self._woken = asyncio.Event()
        self._moved: set[int] = set()
        self._wallets: dict[int, int | None] = {}
        self._wallets_moved: set[int] = set()
        self._carrier = Carrier(
            own.connect,
            process_id,
            self._rooms_moved_elsewhere,
            self._wallets_moved_elsewhere,
            self._work_waits,
            self._way_in_told,
        )
        self.on_work: Callable[[str], None] = lambda _: None
        """Called with the name of a job that has work."""
        self.on_way_in: Callable[[str | None], None] = lambda _: None
        """Called with what the database tells of ways in that end; None: some of it may have been missed."""
        self.clock = clock
        self.watch = SocketWatch(own, clock)
        self._states = StateTeller(own, profiles, process_id, self.rooms, self.send_to, rules)
        self._task: asyncio.Task[None] | None = None
        self._poll_at = 0.0
        self._wallets_poll_at = 0.0

    async def start(self) -> None:
        await self.reader.start()
        await self._carrier.start()
        await self._states.start()
        await self.watch.start()
        self._task = asyncio.create_task(self._run(), name="hub")

    async def stop(self) -> None:
        await self.watch.stop()
        await self._states.stop()
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        for task in self._following:
            task.cancel()
        await self._carrier.stop()

    # What others say

    def receive(self, frames: Iterable[Frame]) -> None:
        """Frames that were committed by this process, in any order."""
        for frame in frames:
            self._moved.add(frame.room_id)
            if room := self.rooms.get(frame.room_id):
                room.sequence.offer(frame.seq, frame if frame.has_contents else None)
        self._woken.set()

    def watched_rooms(self) -> list[int]:
        """Rooms whose frames are worth handing over with their contents."""
        return list(self.rooms)

    def wallet_moved(self, person_id: int, coins: int | None = None) -> None:
        """A wallet changed; its owner's screens are told. Without `coins` it is read."""
        self._wallets_moved.add(person_id)
        if person_id in self._people:
            self._wallets[person_id] = coins
            self._woken.set()

    def _rooms_moved_elsewhere(self, room_ids: list[int] | None) -> None:
        if room_ids is None:
            self._poll_at = 0.0
        for room_id in room_ids or ():
            if room := self.rooms.get(room_id):
                room.sequence.offer(room.sequence.known + 1, None)
        self._woken.set()

    def _wallets_moved_elsewhere(self, people: list[int] | None) -> None:
        for person_id in self._people if people is None else people:
            if person_id in self._people:
                self._wallets[person_id] = None
                self._woken.set()

    def _work_waits(self, job: str) -> None:
        self.on_work(job)

    def begin_epoch(self, epoch: int) -> None:
        """The database is of this epoch. When it is another than before, what was shown may not be there any more:
        every screen comes again, and is told so."""
        if epoch == self.reader.epoch:
            return
        log.warning("the database began a new life, epoch %d: all screens come again", epoch)
        self.reader.begin_epoch(epoch)
        readers = [reader for room in self.rooms.values() for reader in room.subscribers]
        self.rooms.clear()
        self._moved.clear()
        for reader in readers:
            reader.outlet.close(GOING_AWAY, "try again with the cursor")

    def _way_in_told(self, told: str | None) -> None:
        self.on_way_in(told)

    # Subscribers

    async def join(
        self,
        key: RoomKey,
        outlet: Outlet,
        *,
        person_id: int = 0,
        cursor: tuple[int, int] | None = None,
        is_counted: bool = True,
    ) -> Subscriber:
        """Let a screen watch a room: the past first, as its cursor says, then what comes.

        The outlet may be written to before this returns. Whoever joins must leave.
        """
        room = await self.open(key)
        subscriber = Subscriber(room, outlet, person_id, is_counted=is_counted)
        room.subscribers.add(subscriber)
        self._sockets += 1
        if person_id:
            self._people.setdefault(person_id, set()).add(subscriber)
        try:
            await bring_up(self.reader, subscriber, cursor, self._woken)
        except BaseException:
            self.leave(subscriber)
            raise
        if room.state:
            outlet.send(room.state)
        elif key.has_state:
            self._states.nudge()
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """Nothing more is sent to it. Leaving twice does no harm."""
        room = subscriber.room
        if subscriber not in room.subscribers:
            return
        room.live.discard(subscriber)
        room.subscribers.discard(subscriber)
        self._sockets -= 1
        if not room.subscribers:
            room.empty_since = asyncio.get_running_loop().time()
        others = self._people.get(subscriber.person_id)
        if others:
            others.discard(subscriber)
            if not others:
                del self._people[subscriber.person_id]
                self._coins.pop(subscriber.person_id, None)

    def start_joining(self, key: RoomKey, outlet: Outlet, **how: Any) -> "asyncio.Task[Subscriber]":
        """`join` in the background. An outlet that could not join is closed, so that it does not wait for ever."""
        task = asyncio.create_task(self.join(key, outlet, **how))

        def close_if_failed(joined: "asyncio.Task[Subscriber]") -> None:
            if not joined.cancelled() and (error := joined.exception()):
                log.warning("a screen could not join: %r", error)
                outlet.close(GOING_AWAY, "try again with the cursor")

        task.add_done_callback(close_if_failed)
        return task

    def leave_after(self, joining: "asyncio.Task[Subscriber]") -> None:
        """Leave, or stop joining. Does not wait, so that it works while everything is being cancelled."""
        joining.cancel()

        def leave(joined: "asyncio.Task[Subscriber]") -> None:
            if not joined.cancelled() and joined.exception() is None:
                self.leave(joined.result())

        joining.add_done_callback(leave)

    @property
    def sockets(self) -> int:
        """How many screens watch in this process."""
        return self._sockets

    async def viewers_elsewhere(self, room_id: int) -> int:
        """How many watch a room in other processes."""
        return (await self._states.viewers_elsewhere([room_id])).get(room_id, 0)

    async def look(self, room: Room) -> Standing:
        """How a room stands. One that is live is opened for it, since it may be asked for again soon; of any other the
        past is summed once, and again when more has happened.

        Raises:
            TooBusy: too many rooms are open in this process, or being read.
        """
        key = RoomKey(room.shard, room.id)
        if room.state != "live" and room.id not in self.rooms:
            return await self.reader.look(key)
        watched = await self.open(key)
        return Standing(watched.shown, watched.tally.coins, watched.tally.top(TOP_GIFTERS_LENGTH_MAX))

    async def viewers(self, room_id: int) -> int:
        """How many watch a room, here and in other processes."""
        here = self.rooms.get(room_id)
        return (here.count_viewers() if here else 0) + await self.viewers_elsewhere(room_id)

    async def open(self, key: RoomKey) -> OpenRoom:
        """The room, read if it was not open; it stays open for HUB_ROOM_LINGER_S at least.

        Raises:
            TooBusy: too many rooms are open in this process.
        """
        while True:
            room = self.rooms.get(key.room_id)
            if room is None:
                if len(self.rooms) >= HUB_ROOMS_MAX and not self._close_longest_empty():
                    raise TooBusy
                # Known from here on, so that what is delivered while it is read is kept.
                room = self.rooms[key.room_id] = OpenRoom(key)
                try:
                    await self.reader.open(room)
                except BaseException:
                    del self.rooms[key.room_id]
                    raise
                finally:
                    room.empty_since = asyncio.get_running_loop().time()
                    room.ready.set()
                return room
            await room.ready.wait()
            if self.rooms.get(key.room_id) is room:
                room.empty_since = asyncio.get_running_loop().time()
                return room

    # The tick

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(HUB_POLL_MS / 1000):
                    await self._woken.wait()
            self._woken.clear()
            started = loop.time()
            try:
                await self._tick(started)
            except Exception as error:
                log.warning("a tick of the hub failed and is tried again: %r", error)
                self._woken.set()
            await asyncio.sleep(max(0.0, HUB_TICK_MS / 1000 - (loop.time() - started)))

    async def _tick(self, now: float) -> None:
        open_rooms = [room for room in self.rooms.values() if room.ready.is_set()]
        if now >= self._poll_at:
            await self.reader.find_heads(open_rooms)
            self._poll_at = now + HUB_POLL_MS / 1000
        if now >= self._wallets_poll_at:
            self._wallets = dict.fromkeys(self._people) | self._wallets
            self._wallets_poll_at = now + WALLETS_POLL_S
            self._close_empty(now)
        await self._announce()
        if await self.reader.fill_gaps([room for room in open_rooms if room.sequence.has_gap]):
            self._woken.set()
        await self._show(open_rooms)
        await self._tell_wallets()

    async def _announce(self) -> None:
        rooms, self._moved = self._moved, set()
        people, self._wallets_moved = self._wallets_moved, set()
        await self._carrier.announce(ROOMS, list(rooms))
        await self._carrier.announce(WALLETS, list(people))

    async def _show(self, open_rooms: list[OpenRoom]) -> None:
        """Encode what is next in each room, and send it to those who have seen all before it."""
        for room in open_rooms:
            room.pending.extend(room.sequence.take())
        moved = [room for room in open_rooms if room.pending]
        if not moved:
            return
        people: set[int] = set()
        for room in moved:
            for _, frame in room.pending:
                people.update(wire_frames.people_of(frame))
        cards = await self.profiles.cards(people)
        for room in moved:
            pending, room.pending = room.pending, []
            encoded = [(seq, wire_frames.encode(frame, cards)) for seq, frame in pending]
            for _, frame in pending:
                if room.key.has_state:
                    room.tally.apply(frame)
                self._on_frame(frame)
            # Without a pause in between: who joins now either is among the readers or finds the frames in the ring.
            room.show(encoded)
            room.forget_before(max((seq for seq, frame in pending if wire_frames.changes_past(frame)), default=0))
            readers = list(room.live)
            shown = pending[0][0] - 1
            for shared in frames_messages(self.reader.epoch, encoded, backlog=False):
                slow = await self.send_to(readers, shared)
                if slow:
                    readers = [reader for reader in readers if reader not in slow]
                    self._let_fall_behind(slow, shown)
                shown = shared.last_seq

    async def send_to(self, readers: Collection[Subscriber], shared: Message) -> set[Subscriber]:
        """One message to many; those who have not taken enough of what was sent before do not get it."""
        slow = set()
        for served, reader in enumerate(readers, 1):
            if not reader.outlet.send(shared):
                slow.add(reader)
            if served % HUB_FAN_OUT_STEP == 0:
                await asyncio.sleep(0)
        return slow

    def _let_fall_behind(self, slow: Iterable[Subscriber], seen: int) -> None:
        """Slow readers follow at their own pace, or are let go if they do not move; the others do not notice."""
        for reader in slow:
            if reader in reader.room.live:
                reader.room.live.discard(reader)
                reader.cursor = seen
                task = asyncio.create_task(self._follow(reader))
                self._following.add(task)
                task.add_done_callback(self._following.discard)

    async def _follow(self, reader: Subscriber) -> None:
        try:
            if await hand_over(reader.outlet):
                await follow(self.reader, reader)
            else:
                reader.outlet.close(TOO_SLOW, SLOW)
        except Exception as error:
            log.warning("a slow reader could not be served: %r", error)
            reader.outlet.close(GOING_AWAY, "try again with the cursor")

    async def _tell_wallets(self) -> None:
        # What moves during the reading may not be in it: it is for the next tick.
        moved, self._wallets = self._wallets, {}
        unknown = [person_id for person_id, coins in moved.items() if coins is None]
        try:
            read = await self.reader.wallets(unknown) if unknown else {}
        except BaseException:
            self._wallets = moved | self._wallets
            raise
        if self._wallets:
            self._woken.set()
        for person_id, coins in moved.items():
            now = read.get(person_id, 0) if coins is None else coins
            screens = list(self._people.get(person_id, ()))
            if screens and self._coins.get(person_id) != now:
                self._coins[person_id] = now
                if await self.send_to(screens, message(WalletMoved(coins=now))):
                    del self._coins[person_id]  # so that the next poll tells it again

    def _close_longest_empty(self) -> bool:
        """Make room for another; False: all are watched."""
        empty = [room for room in self.rooms.values() if not room.subscribers and room.ready.is_set()]
        longest = min(empty, key=lambda room: room.empty_since, default=None)
        if longest:
            del self.rooms[longest.key.room_id]
        return longest is not None

    def _close_empty(self, now: float) -> None:
        for room_id, room in list(self.rooms.items()):
            if not room.subscribers and room.ready.is_set() and now - room.empty_since > HUB_ROOM_LINGER_S:
                del self.rooms[room_id]
