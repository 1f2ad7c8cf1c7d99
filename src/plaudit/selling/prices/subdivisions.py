"""Tax below countries, in states and provinces: rates by the days they hold, and decisions of operators.

They hold in the countries that the settings name, for buyers of whom it is known in which part they are.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.countries import Country
from plaudit.decisions.model import Decision
from plaudit.languages.subdivision_names import NAMES
from plaudit.problems import IdempotencyConflict
from plaudit.selling.prices.model import IdMeta, Reason
from plaudit.selling.prices.taxes import day_in, require_days, require_within
from plaudit.settings import Settings
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

SUBDIVISION_PATTERN = r"^[A-Z0-9]{1,3}$(?!\n)"
_BODY = ("country", "subdivision", "name", "rate_ppm", "valid_from", "valid_until")


class SubdivisionRate(msgspec.Struct, frozen=True, kw_only=True):
    """A rate of a part of a country, for the days there from `valid_from` until before `valid_until`."""

    subdivision_tax_rate_id: int
    country: str
    subdivision: str
    name: str
    rate_ppm: int
    valid_from: date
    valid_until: date | None
    source: str
    is_override: bool
    recorded_at: datetime
    recorded_by: int | None
    request_id: UUID | None


class NewSubdivisionRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A tax rate of a state or province that an operator decides."""

    id: Annotated[UUID, IdMeta]
    country: Country
    subdivision: Annotated[
        str, Meta(pattern=SUBDIVISION_PATTERN, description="As in ISO 3166-2, without the country.", examples=["QC"])
    ]
    name: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"\S", description="As receipts show it.")]
    rate_ppm: Annotated[int, Meta(ge=0, le=1_000_000, description="In millionths: 149750 is 14.975 %.")]
    valid_from: Annotated[date, Meta(description="The first day there; not in the past.")]
    valid_until: Annotated[date, Meta(description="The first day it holds no more.")] | None = None
    reason: Reason


async def rate_below(connection: Connection, country: str, subdivision: str, at: datetime) -> SubdivisionRate | None:
    """The rate of a part of a country at a moment; None: none is known."""
    day = day_in(country, at)
    return await fetch_one(connection, SQL["subdivision_rate"], SubdivisionRate, country, subdivision, day)


async def rates_of(connection: Connection, country: str, at: datetime) -> list[int]:
    """The rates of all parts of a country that have one at a moment, in millionths."""
    rows = await connection.fetch(SQL["subdivision_rates_on"], country, day_in(country, at))
    return [row["rate_ppm"] for row in rows]


async def parts_of(connection: Connection, country: str, at: datetime, settings: Settings) -> dict[str, str]:
    """The parts of a country by code, with their names, in the order of these; none where the tax is the country's."""
    if country not in settings.tax_subdivisions.split():
        return {}
    rows = await connection.fetch(SQL["subdivision_rates_on"], country, day_in(country, at))
    found = {row["subdivision"]: row["subdivision"] for row in rows} | dict(NAMES.get(country, {}))
    return dict(sorted(found.items(), key=lambda part: part[1]))


async def rates_below(
    connection: Connection, country: str | None, before: int | None, limit: int
) -> list[SubdivisionRate]:
    """All rates ever recorded, the newest first."""
    return await fetch_all(connection, SQL["subdivision_rates"], SubdivisionRate, country, before, limit)


async def rate_on(connection: Connection, country: str, subdivision: str, day: date) -> SubdivisionRate | None:
    """The rate of a part of a country on a day; None: none is known."""
    return await fetch_one(connection, SQL["subdivision_rate"], SubdivisionRate, country, subdivision, day)


async def known_rate(connection: Connection, new: NewSubdivisionRate) -> SubdivisionRate | None:
    """What an id made before.

    Raises:
        IdempotencyConflict: it came with another decision.
    """
    known = await fetch_one(connection, SQL["subdivision_rate_of_request"], SubdivisionRate, new.id)
    if known and [*(getattr(known, name) for name in _BODY), known.source] != [
        *(getattr(new, name) for name in _BODY),
        new.reason,
    ]:
        raise IdempotencyConflict
    return known


async def check_rate(connection: Connection, clock: Clock, new: NewSubdivisionRate) -> None:
    """Whether an operator's rate may be.

    Raises:
        InvalidField: days that have passed, or none at all between the two.
        OutOfBounds: it is too far from what holds, held lately or will hold.
    """
    require_days(new.country, new.valid_from, new.valid_until, clock)
    await require_within(connection, clock, new.country, new.subdivision, new.rate_ppm, new.valid_from)


async def record_decided(
    connection: Connection, clock: Clock, new: NewSubdivisionRate, decision: Decision
) -> SubdivisionRate:
    """What was decided a rate to be."""
    body = [getattr(new, name) for name in _BODY]
    written = (*body, new.reason, True, clock.now(), decision.proposed_by, new.id, decision.id)
    made = await fetch_one(connection, SQL["write_subdivision_rate"], SubdivisionRate, *written)
    assert made is not None, "its decision has its id"
    return made


async def decided_rate(connection: Connection, decision_id: UUID) -> SubdivisionRate:
    """The rate that a confirmed decision made."""
    rate = await fetch_one(connection, SQL["subdivision_rate_of_decision"], SubdivisionRate, decision_id)
    assert rate is not None, "a confirmed decision made one"
    return rate
