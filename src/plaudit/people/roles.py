"""Roles given here, whatever the platform says: the first operator, and who an operator makes creator or operator."""

from datetime import datetime
from typing import ClassVar

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.people.model import OPERATOR_ROLES, STAFF_ROLES, Authority, Role
from plaudit.problems import Conflict
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)


class RoleGrant(msgspec.Struct, frozen=True):
    """Somebody has a role by somebody's word; `granted_by` None: who owns the tables, on the command line."""

    person_id: int
    role: Role
    granted_by: int | None
    granted_at: datetime
    authority: Authority


class SaidOperator(msgspec.Struct, frozen=True):
    """Somebody who is an operator by their platform's word alone."""

    person_id: int
    roles: list[Role]
    """As the platform says them."""
    since: datetime | None
    """Since when it says so without a break; None: since before that was kept."""
    seen_at: datetime | None
    """Their last sign-in, or the moment their newest token was made; None: a server only told of them."""


class OwnRole(Conflict):
    code: ClassVar[str] = "own_role"
    title: ClassVar[str] = "Nobody takes the role of an operator from themselves."


async def roles_granted(connection: Connection, person_id: int) -> frozenset[Role]:
    """What somebody may be beyond what their platform says."""
    return frozenset(Role(row["role"]) for row in await connection.fetch(SQL["roles_granted"], person_id))


async def grant_role(connection: Connection, person_id: int, role: Role, clock: Clock) -> None:
    """Give somebody a role, as who owns the tables; who has it already keeps it."""
    await connection.execute(SQL["grant_role"], person_id, role, clock.now())


async def take_role(connection: Connection, person_id: int, role: Role, clock: Clock, *, by: int | None) -> bool:
    """Take a role that was given here; whether there was one. What the platform says stays.

    Raises:
        OwnRole: an operator would lock themselves out.
    """
    if by == person_id and role in {Role.OPERATOR, Role.OWNER}:
        raise OwnRole
    return await connection.fetchval(SQL["take_role"], person_id, role, by, clock.now()) is not None


async def list_said(connection: Connection, operator_role: Role | None, start: int, limit: int) -> list[SaidOperator]:
    """Operators by their platform's word alone, whom nobody here gave a role; `operator_role`: what a platform's
    operators are here, None: nothing."""
    counted = OPERATOR_ROLES if operator_role else STAFF_ROLES
    return await fetch_all(
        connection, SQL["said_operators"], SaidOperator, sorted(counted), sorted(OPERATOR_ROLES), start, limit
    )


async def list_grants(connection: Connection) -> list[RoleGrant]:
    """Everybody who has a role by somebody's word, the newest first."""
    return await fetch_all(connection, SQL["role_grants"], RoleGrant)
