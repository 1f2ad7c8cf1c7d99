"""Price points: what a store sells at, where that is not any amount."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias


class Points(NamedTuple):
    """Amounts in minor units from one until before another: those whose remainder by `every` is one of the endings."""

    start: int
    until: int
    every: int
    endings: tuple[int, ...]

    def has(self, minor: int) -> bool:
        return self.start <= minor < self.until and minor % self.every in self.endings

    def at_least(self, minor: int) -> int | None:
        """The first that is not below an amount."""
        minor = max(minor, self.start)
        first = minor + min((ending - minor) % self.every for ending in self.endings)
        return first if first < self.until else None

    def at_most(self, minor: int) -> int | None:
        """The last that is not above an amount."""
        minor = min(minor, self.until - 1)
        last = minor - min((minor - ending) % self.every for ending in self.endings)
        return last if last >= self.start else None


class Ladder(tuple[Points, ...]):
    """All price points of a currency."""

    __slots__ = ()

    def has(self, minor: int) -> bool:
        return any(points.has(minor) for points in self)

    def at_least(self, minor: int) -> int | None:
        """The lowest price point that is not below an amount; None: all are."""
        return min(_found(points.at_least(minor) for points in self), default=None)

    def at_most(self, minor: int) -> int | None:
        """The highest price point that is not above an amount; None: all are."""
        return max(_found(points.at_most(minor) for points in self), default=None)


def _found(amounts: Iterator[int | None]) -> Iterator[int]:
    return (amount for amount in amounts if amount is not None)


Ladders: TypeAlias = Callable[[str], Ladder | None]
"""The ladder of a currency; None: any amount that can be paid, or nobody knows."""


def any_amount(_currency: str) -> Ladder | None:
    """Of who sells at any amount."""
    return None
