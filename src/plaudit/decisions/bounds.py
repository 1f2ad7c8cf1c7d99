"""How far one decision may go: bounds, which are changed by decisions themselves."""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.db import Connection, fetch_all, fetch_one
from plaudit.decisions.actions import SQL
from plaudit.decisions.kinds import DecisionKind, Figure
from plaudit.decisions.model import Decision
from plaudit.languages.formats import format_number
from plaudit.limits import NOTE_LENGTH_MAX
from plaudit.people.access import Access
from plaudit.problems import InvalidField


class Bound(msgspec.Struct, frozen=True):
    """How far one decision may go, in the unit its name ends in."""

    name: str
    version: int
    value: int
    recorded_at: datetime


class NewBound(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Another value of a bound."""

    name: Annotated[str, Meta(min_length=1, max_length=60, description="A bound there is.")]
    value: Annotated[int, Meta(ge=0, le=2**53, description="In the unit its name ends in.")]
    note: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, pattern=r"\S", description="Why.")]


async def list_bounds(connection: Connection) -> list[Bound]:
    """Those in force, by name."""
    return await fetch_all(connection, SQL["bounds"], Bound)


async def _in_force(connection: Connection, _: Clock, new: NewBound) -> Bound | None:
    return await fetch_one(connection, SQL["bound_in_force"], Bound, new.name)


def _figures(one: NewBound | Bound) -> Iterable[Figure]:
    yield Figure(one.name, format_number(one.value), Fraction(one.value))


async def _check(connection: Connection, clock: Clock, new: NewBound) -> None:
    if await _in_force(connection, clock, new) is None:
        raise InvalidField(field="body.name", reason="must be a bound there is")


async def _widens(connection: Connection, new: NewBound) -> bool:
    return not await connection.fetchval(SQL["bound_is_narrower"], new.name, new.value)


async def _apply(connection: Connection, clock: Clock, new: NewBound, decision: Decision, _: Any) -> Bound:
    made = await fetch_one(connection, SQL["add_bound"], Bound, new.name, new.value, clock.now(), decision.id)
    assert made is not None, "there is one before it"
    return made


async def _made(connection: Connection, decision_id: UUID) -> Bound:
    made = await fetch_one(connection, SQL["decided_bound"], Bound, decision_id)
    assert made is not None, "a confirmed decision made one"
    return made


BOUND = DecisionKind(
    name="bound",
    title="Bound",
    access=Access.OWNER,
    content=NewBound,
    before=Bound,
    in_force=_in_force,
    figures=_figures,
    check=_check,
    takes_two=_widens,
    apply=_apply,
    made=_made,
)

KINDS = (BOUND,)
