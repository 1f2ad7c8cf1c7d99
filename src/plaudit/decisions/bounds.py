"""How far one decision may go: bounds, which are changed by decisions themselves."""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any, ClassVar
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import SQL, lock
from plaudit.decisions.kinds import DecisionKind, Figure
from plaudit.decisions.model import Decision
from plaudit.languages.formats import format_number
from plaudit.limits import NOTE_LENGTH_MAX
from plaudit.people.access import Access
from plaudit.problems import Conflict, InvalidField, NotFound
from plaudit.statements import fetch_all, fetch_one


class Bound(msgspec.Struct, frozen=True):
    """How far one decision may go, in the unit its name ends in."""

    name: str
    version: int
    value: int
    recorded_at: datetime


class WiderBound(msgspec.Struct, frozen=True, kw_only=True):
    """What a bound is to be, days after two owners decided it; any owner alone takes it back before."""

    decision_id: UUID
    name: str
    value: int
    recorded_at: datetime
    effective_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    reason: str | None
    """Why it was withdrawn."""


class BoundAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A bound in force, in the unit its name ends in."""

    name: str
    version: int
    value: int
    recorded_at: datetime
    widest: Annotated[int, Meta(description="How far the installation lets it go, whoever decides.")]


class BoundWithdrawal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a bound stays as it is."""

    reason: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, pattern=r"\S")]


class BeyondWidest(Conflict):
    """`widest`: how far this bound may go, in the unit its name ends in."""

    code: ClassVar[str] = "beyond_widest"
    title: ClassVar[str] = "The installation lets nobody set this bound so far."

    class Fields(msgspec.Struct, frozen=True):
        widest: int


class BoundHolds(Conflict):
    code: ClassVar[str] = "bound_holds"
    title: ClassVar[str] = "This is no longer waiting: it holds, or something narrower took its place. Propose another."


class NewBound(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Another value of a bound."""

    name: Annotated[str, Meta(min_length=1, max_length=60, description="A bound there is.")]
    value: Annotated[int, Meta(ge=0, le=2**53, description="In the unit its name ends in.")]
    note: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, pattern=r"\S", description="Why.")]


async def list_bounds(connection: Connection) -> list[BoundAnswer]:
    """Those in force, by name."""
    return await fetch_all(connection, SQL["bounds"], BoundAnswer)


async def list_wider(connection: Connection) -> list[WiderBound]:
    """What two owners decided and is not in force yet, the soonest first."""
    return await fetch_all(connection, SQL["wider_bounds"], WiderBound)


async def withdraw_wider(
    connection: Connection, clock: Clock, decision_id: UUID, withdrawn_by: int, reason: str
) -> WiderBound:
    """Leave a bound as it is, before a wider one holds. Repeating it changes nothing.

    Raises:
        NotFound: no wider bound is of this decision.
        BoundHolds: it is too late.
    """
    await lock(connection, clock)
    found = await fetch_one(connection, SQL["wider_bound"], WiderBound, decision_id)
    if found is None:
        raise NotFound("No wider bound is of this decision.")
    if found.withdrawn_at is None:
        done = await connection.execute(SQL["withdraw_bound"], decision_id, withdrawn_by, clock.now(), reason)
        if done == "INSERT 0 0":
            raise BoundHolds
    made = await fetch_one(connection, SQL["wider_bound"], WiderBound, decision_id)
    assert made is not None, "bounds are kept"
    return made


async def set_widest(connection: Connection, clock: Clock, name: str, value: int, note: str) -> None:
    """How far a bound may go, whoever decides; for the login that owns the tables.

    Raises:
        InvalidField: there is no such bound.
    """
    if await connection.fetchval(SQL["bound_widest"], name) is None:
        raise InvalidField(field="name", reason="must be a bound there is")
    await connection.execute(SQL["set_bound_widest"], name, value, note, clock.now())


async def _in_force(connection: Connection, _: Clock, new: NewBound) -> Bound | None:
    return await fetch_one(connection, SQL["bound_in_force"], Bound, new.name)


def _figures(one: NewBound | Bound) -> Iterable[Figure]:
    yield Figure(one.name, format_number(one.value), Fraction(one.value))


async def _check(connection: Connection, clock: Clock, new: NewBound) -> None:
    if await _in_force(connection, clock, new) is None:
        raise InvalidField(field="body.name", reason="must be a bound there is")
    if not await connection.fetchval(SQL["bound_is_within"], new.name, new.value):
        raise BeyondWidest(widest=await connection.fetchval(SQL["bound_widest"], new.name))


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
    problems=(BeyondWidest,),
)

KINDS = (BOUND,)
