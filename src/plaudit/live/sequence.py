"""Order out of disorder: what arrives early, late, twice or not at all becomes 1, 2, 3 … once each."""

from typing import Generic, TypeVar

from plaudit.limits import HUB_AHEAD_FRAMES_MAX

T = TypeVar("T")


class Sequence(Generic[T]):
    """Numbered entries put back in order. What is missing shows as a gap, to be read from where all of them are."""

    __slots__ = ("_ahead", "known", "last")

    def __init__(self, last: int = 0) -> None:
        self.last = last
        """Everything up to here was taken."""
        self.known = last
        """The highest number heard of."""
        self._ahead: dict[int, T] = {}

    def offer(self, seq: int, entry: T | None) -> None:
        """An entry that arrived; None: only its number is known."""
        self.known = max(self.known, seq)
        if entry is not None and seq > self.last and len(self._ahead) < HUB_AHEAD_FRAMES_MAX:
            self._ahead.setdefault(seq, entry)

    def take(self) -> list[tuple[int, T]]:
        """The entries that are next, in order and without a gap. Each is given out once."""
        taken = []
        while (entry := self._ahead.pop(self.last + 1, None)) is not None:
            self.last += 1
            taken.append((self.last, entry))
        return taken

    def move_to(self, seq: int) -> None:
        """Take everything up to here for known."""
        self.last = max(self.last, seq)
        self.known = max(self.known, seq)
        for passed in [early for early in self._ahead if early <= self.last]:
            del self._ahead[passed]

    def settle(self, seq: int) -> None:
        """The source was read up to here and has no more: rumours of a higher number are forgotten."""
        self.known = max(seq, self.last, *self._ahead)

    @property
    def has_gap(self) -> bool:
        """Whether something is missing that nobody has brought."""
        return self.known > self.last and self.last + 1 not in self._ahead
