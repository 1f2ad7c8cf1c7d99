"""Roles given here, whatever the platform says: the first operator, and who an operator makes creator or operator."""

from datetime import datetime
from typing import ClassVar

import msgspec

from plaudit.clock import Clock
from plaudit.db import Connection, fetch_all, statements
from plaudit.people.model import Authority, Role
from plaudit.problems import Conflict

SQL = statements(__file__)


class RoleGrant(msgspec.Struct, frozen=True):
    """Somebody has a role by somebody's word; `granted_by` None: who owns the tables, on the command line."""

    person_id: int
    role: Role
    granted_by: int | None
    granted_at: datetime
    authority: Authority


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


async def list_grants(connection: Connection) -> list[RoleGrant]:
    """Everybody who has a role by somebody's word, the newest first."""
    return await fetch_all(connection, SQL["role_grants"], RoleGrant)
