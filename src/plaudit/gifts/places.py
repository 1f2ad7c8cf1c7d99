"""Where gifts are given: what a gift asks of a room or a video. The rules are theirs who keep it."""

from datetime import datetime
from functools import cache
from typing import Protocol

import msgspec

from plaudit.gifts.model import Item
from plaudit.ledger.model import GiftOrder
from plaudit.problems import Problem
from plaudit.rooms import rooms


class Giver(msgspec.Struct, frozen=True):
    """Who gives, as far as rules ask."""

    person_id: int
    issuer_id: int | None
    """Their platform; None: none that is known."""
    countries: frozenset[str] = frozenset()
    """Where they are, as far as evidence names countries; empty too when the place does not ask."""


class GiftPlace(Protocol):
    """A room or video, as it is at hand."""

    @property
    def id(self) -> int: ...

    @property
    def creator_id(self) -> int:
        """Who receives what is given here, unless somebody else is named."""
        ...

    @property
    def shard(self) -> int:
        """Of its frames."""
        ...

    @property
    def asks_where(self) -> bool:
        """Whether its rules ask where the giver is."""
        ...

    def refusal(self, gift: GiftOrder, item: Item, giver: Giver, now: datetime) -> Problem | None:
        """Why this may not be given here; None: it may, as far as the place decides."""
        ...


class Places(Protocol):
    """Where rooms, or videos, are looked up; kept by whoever has them."""

    def at_hand(self, place_id: int) -> GiftPlace | None:
        """The place if it is already known here."""
        ...

    async def find(self, place_id: int) -> GiftPlace:
        """The place, read from the database when it is not at hand.

        Raises:
            NotFound: there is none.
        """
        ...


class VideoPlaces(Places, Protocol):
    """Videos, which a platform can also vouch for as they are given to."""

    async def named_by(self, token: str) -> int:
        """The video that a token is about, made known by it.

        Raises:
            Problem: the token is not good, or what it says cannot be kept.
        """
        ...


@cache
def brought_refusals() -> tuple[type[Problem], ...]:
    """Why places of other rooms refuse gifts."""
    return tuple(problem for room in rooms() if room.refusals for problem in room.bring(room.refusals))
