"""A room that somebody watches in this process: its recent frames, its subscribers, its tally."""

import asyncio
from collections import deque
from typing import NamedTuple

from plaudit.ledger.model import Frame
from plaudit.limits import HUB_RING_BYTES_MAX, HUB_RING_FRAMES_MAX
from plaudit.live.message import Message
from plaudit.live.outlet import Outlet
from plaudit.live.sequence import Sequence
from plaudit.live.tally import Tally


class RoomKey(NamedTuple):
    """Where the frames of a room or video are kept."""

    shard: int
    room_id: int
    has_state: bool = True
    """Whether screens are told who watches and what was given in all. A video lasts, so all of its past is not read
    each time that somebody comes: its totals are kept."""


class Subscriber:
    """One screen. It has seen everything of its room up to `cursor`, and gets each frame after it once."""

    __slots__ = ("cursor", "is_counted", "outlet", "person_id", "room")

    def __init__(self, room: "OpenRoom", outlet: Outlet, person_id: int, *, is_counted: bool) -> None:
        self.room = room
        self.outlet = outlet
        self.person_id = person_id
        """0: a guest."""
        self.is_counted = is_counted
        self.cursor = 0


class OpenRoom:
    """What this process knows of a room while it is watched."""

    def __init__(self, key: RoomKey) -> None:
        self.key = key
        self.ready = asyncio.Event()
        self.sequence: Sequence[Frame] = Sequence()
        self.pending: list[tuple[int, Frame]] = []
        """Taken from the sequence, not yet shown."""
        self.shown = 0
        """The last number that live subscribers were given."""
        self.subscribers: set[Subscriber] = set()
        self.live: set[Subscriber] = set()
        """Those who have seen everything up to `shown`; the others are catching up."""
        self.tally = Tally(0, {})
        self.state: Message | None = None
        self.viewers = 0
        self.creator_id = 0
        """0: nobody asked yet."""
        self.gifts_closed = False
        """No gift reaches its creator just now."""
        self.ranked = True
        """People may be ranked by what they gave, where its creator is."""
        self.empty_since = 0.0
        self._ring: deque[tuple[int, bytes]] = deque()
        self._ring_bytes = 0

    def show(self, encoded: list[tuple[int, bytes]]) -> None:
        """Keep frames, in order and right after the last, for those who come back soon."""
        for seq, frame in encoded:
            self._ring.append((seq, frame))
            self._ring_bytes += len(frame)
            self.shown = seq
        while len(self._ring) > HUB_RING_FRAMES_MAX or (self._ring_bytes > HUB_RING_BYTES_MAX and len(self._ring) > 1):
            self._ring_bytes -= len(self._ring.popleft()[1])

    def forget_before(self, seq: int) -> None:
        """Those who come back read frames before this number where they are kept."""
        while self._ring and self._ring[0][0] < seq:
            self._ring_bytes -= len(self._ring.popleft()[1])

    def recent(self, after: int) -> list[tuple[int, bytes]] | None:
        """All frames after a number, up to `shown`; None when the ring does not reach back so far."""
        if not self._ring or self._ring[0][0] > after + 1:
            return None
        return [entry for entry in self._ring if entry[0] > after]

    def count_viewers(self) -> int:
        """People and guests who watch here; a person with two screens counts once."""
        counted = [subscriber.person_id for subscriber in self.subscribers if subscriber.is_counted]
        people = {person_id for person_id in counted if person_id}
        return len(people) + counted.count(0)
