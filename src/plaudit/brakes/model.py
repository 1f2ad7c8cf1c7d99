"""Limits, pauses, and what somebody is told whose own brake holds something."""

import enum
from datetime import datetime
from typing import Annotated, ClassVar, Literal, Protocol, runtime_checkable
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.ids import IdMeta
from plaudit.ledger.model import BrakeName, BrakeWord, Period
from plaudit.limits import BREAK_DAYS_MAX, EXCLUSION_DAYS_MAX, EXCLUSION_DAYS_MIN, LIMIT_AMOUNT_MINOR_MAX
from plaudit.money import Money
from plaudit.problems import Conflict, Forbidden, Moment

MILLIONTHS = 1_000_000
"""Of a minor unit: what the books count in."""


class Kind(enum.StrEnum):
    """What somebody can limit. Day, week and month count gifts, and purchases apart; the others gifts only."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SESSION = "session"
    GIFT = "gift"
    CREATOR = "creator"
    """To one creator, in a month."""
    ASK = "ask"
    """What a gift may be worth without being confirmed."""
    NIGHT = "night"
    REMIND_AMOUNT = "remind_amount"
    """A reminder each time so much was given in a session."""
    REMIND_MINUTES = "remind_minutes"
    """A reminder each time a session lasts so long."""


IN_MONEY = frozenset(Kind) - {Kind.NIGHT, Kind.REMIND_MINUTES}

Minute = Annotated[int, Meta(ge=0, le=1439, description="Minutes after midnight.")]
TimeZone = Annotated[
    str, Meta(min_length=1, max_length=64, description="Of the IANA database.", examples=["Europe/Berlin"])
]


class Night(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From when until when nothing is given, or only what is confirmed; over midnight when it ends before it begins."""

    from_minute: Minute
    to_minute: Minute
    asks: Annotated[bool, Meta(description="Gifts are possible once they are confirmed.")] = False


class NewLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody wants of one kind. Without an amount, minutes or a night: no such limit."""

    id: Annotated[UUID, IdMeta]
    amount_minor: Annotated[int, Meta(ge=1, le=LIMIT_AMOUNT_MINOR_MAX)] | None = None
    currency: (
        Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="What was shown; refused when it is another.")]
        | None
    ) = None
    minutes: Annotated[int, Meta(ge=5, le=1440)] | None = None
    night: Night | None = None
    time_zone: TimeZone | None = None


class NewBreak(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A break to begin now. It cannot be ended early."""

    id: Annotated[UUID, IdMeta]
    days: Annotated[int, Meta(ge=1, le=BREAK_DAYS_MAX)]


class NewExclusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A self-exclusion to begin now. Nobody can end it early."""

    id: Annotated[UUID, IdMeta]
    days: Annotated[int, Meta(ge=EXCLUSION_DAYS_MIN, le=EXCLUSION_DAYS_MAX)]
    understood: Annotated[Literal[True], Meta(description="The person was told, and said yes a second time.")]


class Terms(msgspec.Struct, frozen=True):
    """How somebody's limits are read."""

    currency: str
    time_zone: str


class Said(msgspec.Struct, frozen=True):
    """A limit as it was said."""

    kind: Kind
    amount_minor: int | None
    minutes: int | None
    night_from_minute: int | None
    night_to_minute: int | None
    night_asks: bool | None
    effective_at: datetime
    holds: bool
    """It holds; else it waits."""

    @property
    def night(self) -> Night | None:
        if self.night_from_minute is None or self.night_to_minute is None:
            return None
        return Night(self.night_from_minute, self.night_to_minute, bool(self.night_asks))

    @property
    def is_none(self) -> bool:
        """Whether it says that there is no such limit."""
        return self.amount_minor is None and self.minutes is None and self.night_from_minute is None


class Pause(msgspec.Struct, frozen=True):
    """A break or a self-exclusion."""

    kind: Literal["break", "exclusion"]
    ends_at: datetime


class GuardianLimit(msgspec.Struct, frozen=True):
    """A limit that somebody's guardian set, in the currency of their limits."""

    set_by: int
    kind: Kind
    amount_minor: int | None
    night_from_minute: int | None
    night_to_minute: int | None
    set_at: datetime

    @property
    def night(self) -> Night | None:
        if self.night_from_minute is None or self.night_to_minute is None:
            return None
        return Night(self.night_from_minute, self.night_to_minute)


class Brake(msgspec.Struct, frozen=True, kw_only=True):
    """What the books hold of a person at a moment. Amounts are in millionths of the minor unit."""

    currency: str
    coin_worth: int
    stopped_until: datetime | None
    is_stopped: bool
    """A guardian stopped all of it, until they let it go on."""
    day_max: int | None
    week_max: int | None
    month_max: int | None
    session_max: int | None
    remind_each: int | None
    night_since: datetime | None
    night_until: datetime | None
    night_asks: bool | None
    session_since: datetime
    remind_minutes: int | None
    session_given: int
    day_given: int
    day_since: datetime
    day_until: datetime
    week_given: int
    week_since: datetime
    week_until: datetime
    month_given: int
    month_since: datetime
    month_until: datetime
    accounts: list[int]
    """Those it is shared by."""

    def is_night(self, now: datetime) -> bool:
        """Whether the night rule holds, and refuses."""
        if self.night_since is None or self.night_until is None or self.night_asks:
            return False
        return self.night_since <= now < self.night_until

    @property
    def periods(self) -> list[tuple[Period, int, int, datetime, datetime]]:
        """The periods that have a limit, the longest first: name, limit, given, since, until."""
        all_: list[tuple[Period, int | None, int, datetime, datetime]] = [
            ("month", self.month_max, self.month_given, self.month_since, self.month_until),
            ("week", self.week_max, self.week_given, self.week_since, self.week_until),
            ("day", self.day_max, self.day_given, self.day_since, self.day_until),
        ]
        return [(name, most, given, since, until) for name, most, given, since, until in all_ if most is not None]


@runtime_checkable
class CoinPrices(Protocol):
    """What is asked for the money of a person."""

    async def coin_worth(self, person_id: int) -> tuple[str, int] | None:
        """The currency of their prices, and what a coin is worth in it, in millionths of the minor unit; None without
        prices."""
        ...


def minor(millionths: int) -> int:
    """To the nearest minor unit."""
    return (millionths + MILLIONTHS // 2) // MILLIONTHS


def asked_minor(millionths: int) -> int:
    """What has to be confirmed, in whole minor units: never less than it is."""
    return -(-millionths // MILLIONTHS)


# What can go wrong


class OwnLimitReached(Conflict):
    """The person's own brake holds it. `room` may still be spent until `ends_at`; null: the brake is for each gift."""

    code: ClassVar[str] = "own_limit_reached"
    title: ClassVar[str] = "A limit of yours holds this."

    class Fields(msgspec.Struct, frozen=True):
        brake: BrakeName
        room: Money | None
        ends_at: Moment | None


class ConfirmationNeeded(Conflict):
    """The person wants to be asked first. Sent again with `confirmed_minor` of this amount, it goes on."""

    code: ClassVar[str] = "confirmation_needed"
    title: ClassVar[str] = "You wanted to be asked before this."

    class Fields(msgspec.Struct, frozen=True):
        amount: Money


class OnlyYouRaise(Forbidden):
    code: ClassVar[str] = "only_you_raise"
    title: ClassVar[str] = "A server may lower limits and begin breaks; raising a limit is for the person alone."


class LimitCurrencyDiffers(Conflict):
    """Limits keep the currency in which the first was set, as long as there is one."""

    code: ClassVar[str] = "limit_currency_differs"
    title: ClassVar[str] = "These limits are in another currency."

    class Fields(msgspec.Struct, frozen=True):
        currency: str


class LimitsNotPriced(Conflict):
    code: ClassVar[str] = "limits_not_priced"
    title: ClassVar[str] = "There are no prices yet, so that no limit can be set in money."


class SelfExcluded(Conflict):
    code: ClassVar[str] = "self_excluded"
    title: ClassVar[str] = "This person excluded themself, and is given nothing."


def refusal_of(word: BrakeWord) -> OwnLimitReached | ConfirmationNeeded:
    """What the sender of a gift is told that their brake holds."""
    assert word.stopped_by is not None, "it was sent"
    if word.stopped_by == "ask":
        return ConfirmationNeeded(amount=Money(asked_minor(word.worth), word.currency))
    room = None if word.room is None else Money(word.room // MILLIONTHS, word.currency)
    return OwnLimitReached(brake=word.stopped_by, room=room, ends_at=word.ends_at)
