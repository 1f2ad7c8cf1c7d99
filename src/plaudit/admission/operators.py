"""Roles given here: by a decision of which who is given one has no part; alone only those that decide nothing."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.admission.model import Admission, Given, HeldRoles, MadeRole, NewRole, Note, RoleHeld
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.kinds import DecisionKind, Figure
from plaudit.decisions.model import Decision
from plaudit.ids import IdMeta
from plaudit.people.access import Access
from plaudit.people.actions import require_person
from plaudit.people.model import Role
from plaudit.people.roles import roles_granted
from plaudit.problems import NotFound
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)


class WantedRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A role somebody is to have."""

    id: Annotated[UUID, IdMeta] | None = None
    person_id: Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="Who.", examples=["12"])]
    role: Given
    note: Note


async def _in_force(connection: Connection, _: Clock, new: NewRole) -> HeldRoles:
    return HeldRoles(sorted(await roles_granted(connection, int(new.person_id))))


def _figures(one: NewRole | HeldRoles) -> Iterable[Figure]:
    if isinstance(one, NewRole):
        yield Figure("Role given here", one.role)
    else:
        yield Figure("Role given here", ", ".join(one.roles) or "none")


async def _check(connection: Connection, clock: Clock, new: NewRole) -> None:
    await require_person(connection, int(new.person_id))
    held = (await _in_force(connection, clock, new)).roles
    if new.role in held or (new.role == "owner" and Role.OPERATOR in held):
        raise RoleHeld


async def _beneficiary(_: Connection, new: NewRole) -> int:
    return int(new.person_id)


async def _takes_two(connection: Connection, new: NewRole) -> bool:
    """Else one person would make the second."""
    return bool(await connection.fetchval(SQL["role_takes_two"], new.role))


async def _apply(connection: Connection, _: Clock, __: NewRole, decision: Decision, ___: Any) -> MadeRole:
    return await _role(connection, await connection.fetchval(SQL["admit_role"], decision.id))


async def _made(connection: Connection, decision_id: UUID) -> MadeRole:
    made = await fetch_one(connection, SQL["admission"], Admission, decision_id)
    assert made is not None, "a confirmed decision gave it"
    return await _role(connection, made.role_grant_id)


async def _role(connection: Connection, number: int | None) -> MadeRole:
    given = await fetch_one(connection, SQL["given_role"], MadeRole, number)
    assert given is not None, "what was given is kept"
    return given


ROLE = DecisionKind(
    name="role",
    title="Role of an operator",
    access=Access.OWNER,
    content=NewRole,
    before=HeldRoles,
    in_force=_in_force,
    figures=_figures,
    check=_check,
    subject=lambda new: f"{new.person_id} {new.role}",
    beneficiary=_beneficiary,
    takes_two=_takes_two,
    apply=_apply,
    made=_made,
    problems=(NotFound, RoleHeld),
)
