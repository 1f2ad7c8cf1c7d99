"""Limits as they are answered, and as pages show them."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from plaudit.brakes import reading
from plaudit.brakes.model import MILLIONTHS, Brake, Kind, Night, Pause, Said, minor
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ledger.model import Period
from plaudit.money import Money


class WaitingLimit(msgspec.Struct, frozen=True, kw_only=True):
    """A looser limit that will hold, unless it is withdrawn. All null: there will be none."""

    amount: Money | None
    minutes: int | None
    night: Night | None
    effective_at: datetime


class LimitAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of limit. Amount, minutes and night null: there is none."""

    kind: Kind
    amount: Money | None
    minutes: int | None
    night: Night | None
    waiting: Annotated[WaitingLimit | None, Meta(description="What was asked for and does not hold yet.")]
    raise_after_s: Annotated[int, Meta(description="How long a looser limit of this kind waits, in seconds.")]


class PauseAnswer(msgspec.Struct, frozen=True):
    """Until when nothing can be bought or given."""

    kind: Literal["break", "exclusion"]
    ends_at: datetime


class PeriodAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How far gifts of a day, week or month are."""

    period: Period
    given: Money
    limit: Money
    ends_at: datetime


class LimitsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody lets themselves spend. Accounts that are linked share what holds: of each kind the strictest."""

    currency: Annotated[str | None, Meta(description="Of the amounts; null: no limit was ever set.")]
    time_zone: Annotated[str | None, Meta(description="Where days, weeks, months and nights begin.")]
    limits: list[LimitAnswer]
    pause: PauseAnswer | None
    session_given: Annotated[
        Money | None, Meta(description="What gifts of this session were worth; null: there is no limit.")
    ]
    periods: Annotated[list[PeriodAnswer], Meta(description="Those that have a limit, the longest first.")]


class Meter(msgspec.Struct, frozen=True, kw_only=True):
    """What pages always show of limits: this session, and the longest period that has one. Each `remind_minutes` of a
    session its giver is told how far they are."""

    currency: str
    session_minor: int
    session_since: datetime | None
    """None: nothing was given in this session."""
    remind_minutes: int | None
    period: Period | None
    given_minor: int | None
    limit_minor: int | None
    stopped_until: datetime | None
    is_stopped: bool
    """By a guardian, until they let it go on."""


def meter_of(brake: Brake) -> Meter:
    """What is shown of a brake."""
    name, most, given = next(((n, m, g) for n, m, g, _, _ in brake.periods), (None, None, None))
    return Meter(
        currency=brake.currency,
        session_minor=minor(brake.session_given),
        session_since=brake.session_since if brake.session_given else None,
        remind_minutes=brake.remind_minutes,
        period=name,
        given_minor=None if given is None else minor(given),
        limit_minor=None if most is None else most // MILLIONTHS,
        stopped_until=brake.stopped_until,
        is_stopped=brake.is_stopped,
    )


async def read_meter(connection: Connection, person_id: int | None, clock: Clock) -> Meter | None:
    """What pages show somebody; None: they have no limits."""
    brake = await reading.brake_of(connection, person_id, clock.now()) if person_id else None
    return meter_of(brake) if brake else None


async def read_limits(connection: Connection, person_id: int, clock: Clock) -> LimitsAnswer:
    """All that somebody said, and how far they are."""
    now = clock.now()
    terms = await reading.read_terms(connection, person_id)
    currency = terms.currency if terms else None
    said = await reading.said_limits(connection, person_id, now)
    delays = await reading.raise_delays_s(connection)
    brake = await reading.brake_of(connection, person_id, now)
    return LimitsAnswer(
        currency=currency,
        time_zone=terms.time_zone if terms else None,
        limits=[_limit(kind, said, currency or "", delays[kind]) for kind in Kind],
        pause=_pause(await reading.pause_of(connection, person_id, now)),
        session_given=Money(minor(brake.session_given), brake.currency) if brake else None,
        periods=[
            PeriodAnswer(
                period=name,
                given=Money(minor(given), brake.currency),
                limit=Money(most // MILLIONTHS, brake.currency),
                ends_at=until,
            )
            for name, most, given, _, until in brake.periods
        ]
        if brake
        else [],
    )


def _limit(kind: Kind, all_said: list[Said], currency: str, raise_after_s: int) -> LimitAnswer:
    held = next((one for one in all_said if one.kind is kind and one.holds), None)
    waits = next((one for one in all_said if one.kind is kind and not one.holds), None)
    return LimitAnswer(
        kind=kind,
        amount=_amount(held, currency),
        minutes=held.minutes if held else None,
        night=held.night if held else None,
        waiting=WaitingLimit(
            amount=_amount(waits, currency), minutes=waits.minutes, night=waits.night, effective_at=waits.effective_at
        )
        if waits
        else None,
        raise_after_s=raise_after_s,
    )


def _amount(said: Said | None, currency: str) -> Money | None:
    return None if said is None or said.amount_minor is None else Money(said.amount_minor, currency)


def _pause(found: Pause | None) -> PauseAnswer | None:
    return PauseAnswer(found.kind, found.ends_at) if found else None
