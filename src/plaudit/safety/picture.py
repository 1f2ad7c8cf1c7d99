"""What is known of somebody when the rules look at them: gifts, orders, reversals and what they share with others."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import msgspec

from plaudit.instruments.model import InstrumentKind


class Flow(msgspec.Struct, frozen=True):
    """What one gave another within the window, whether they hid or not."""

    giver_id: int
    receiver_id: int
    gifts: int
    coins: int


class GivingDay(msgspec.Struct, frozen=True):
    """What somebody gave on a day (UTC), and to whom most of it."""

    day: date
    coins: int
    most_to: int
    most_coins: int


class Shared(msgspec.Struct, frozen=True):
    """An instrument, by the first signs of its hash, and all who were seen with it."""

    kind: InstrumentKind
    name: str
    people: frozenset[int]


class SeenOrder(msgspec.Struct, frozen=True):
    """An order of somebody; `is_declined` also of one that a bank declined before it was paid or expired."""

    id: UUID
    at: datetime
    coins: int
    is_declined: bool


class SeenReversal(msgspec.Struct, frozen=True):
    """Money of somebody that went back, and how many coins of gifts that had been thanked for it took."""

    id: UUID
    at: datetime
    kind: str
    thanked_coins: int


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody as the rules see them at a moment, WINDOW_DAYS back."""

    person_id: int
    at: datetime
    created_at: datetime
    given: tuple[Flow, ...] = ()
    received: tuple[Flow, ...] = ()
    near: tuple[Flow, ...] = ()
    """Ways of gifts among them and those within reach, each with many coins: what rings are made of."""
    days: tuple[GivingDay, ...] = ()
    givers_of: Mapping[int, int] = {}
    """How many gave to each of whom they gave to."""
    income_of: Mapping[int, int] = {}
    """How many coins came in at each of whom they gave to, and at themselves."""
    shared: tuple[Shared, ...] = ()
    """What they, and those who gave to them, share with others."""
    orders: tuple[SeenOrder, ...] = ()
    reversals: tuple[SeenReversal, ...] = ()
