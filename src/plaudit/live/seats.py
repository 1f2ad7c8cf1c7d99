"""Who may watch in this process: seats are counted and taken in one step, before anything is waited for."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

from plaudit.limits import (
    GUEST_SEATS_PERCENT,
    OVERLAYS_PER_CREATOR_MAX,
    SOCKETS_PER_PERSON_MAX,
    VIDEOS_WATCHED_PER_CREATOR,
)
from plaudit.problems import TooBusy
from plaudit.settings import Settings

T = TypeVar("T")

_RETRY_AFTER_S = 5


class Watcher(NamedTuple):
    """Who wants to watch a room or video of somebody."""

    place_id: int
    creator_id: int
    person_id: int = 0
    """0: a guest, or an overlay."""
    is_overlay: bool = False
    address: str | None = None
    """Where a guest comes from, in the open internet; None: that cannot be told."""
    is_video: bool = False


class Seats:
    """The seats of one process. Guests leave some to people, one creator's rooms and videos leave some to others'."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._taken: Counter[tuple[str, object]] = Counter()
        self._places: dict[tuple[int, bool], Counter[int]] = {}  # seats taken in each room, or video, of a creator

    def check(self, watcher: Watcher) -> None:
        """Whether a seat is left.

        Raises:
            TooBusy: none, for this watcher.
        """
        places: Collection[int] = self._places.get((watcher.creator_id, watcher.is_video), ())
        most = VIDEOS_WATCHED_PER_CREATOR if watcher.is_video else self._settings.rooms_watched_per_creator
        is_crowd = watcher.place_id not in places and len(places) >= most
        if is_crowd or any(self._taken[what] >= most for what, most in self._counted(watcher)):
            raise TooBusy(retry_after_s=_RETRY_AFTER_S)

    @contextmanager
    def taken(self, watcher: Watcher) -> Iterator[None]:
        """A seat for as long as the block runs.

        Raises:
            TooBusy: none is left for this watcher.
        """
        self.check(watcher)
        counted = [what for what, _ in self._counted(watcher)]
        creators = watcher.creator_id, watcher.is_video
        places = self._places.setdefault(creators, Counter())
        self._taken.update(counted)
        places[watcher.place_id] += 1
        try:
            yield
        finally:
            _subtract(self._taken, counted)
            _subtract(places, [watcher.place_id])
            if not places:
                del self._places[creators]

    def _counted(self, watcher: Watcher) -> Sequence[tuple[tuple[str, object], int]]:
        """What is counted of a watcher, and how many there may be of each."""
        every = self._settings.sockets
        wanted: list[tuple[tuple[str, object], int]] = [(("all", None), every)]
        if watcher.is_overlay:
            return [*wanted, (("overlays", watcher.creator_id), OVERLAYS_PER_CREATOR_MAX)]
        if watcher.person_id:
            return [*wanted, (("person", watcher.person_id), SOCKETS_PER_PERSON_MAX)]
        wanted.append((("guests", None), max(1, every * GUEST_SEATS_PERCENT // 100)))
        if watcher.address is not None:
            wanted.append((("address", watcher.address), self._settings.guest_sockets_per_address))
        return wanted


def _subtract(counter: Counter[T], counted: Iterable[T]) -> None:
    """What is nothing any more is forgotten."""
    for one in counted:
        counter[one] -= 1
        if not counter[one]:
            del counter[one]
