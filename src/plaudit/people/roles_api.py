"""Who is an operator here, and of which role; owners take roles from others."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import delete, get
from litestar.di import NamedDependency
from litestar.params import FromPath, Parameter

from plaudit.injected import Clock, Database
from plaudit.people import actions, roles
from plaudit.people.access import Access
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.injected import Caller
from plaudit.people.model import Authority, PersonCard, Role
from plaudit.people.roles import OwnRole
from plaudit.people.ways_in import WayIn
from plaudit.problems import NotFound

TAGS = ["Operator"]
Number = Annotated[int, Parameter(ge=1, le=2**63 - 1)]
Given = Literal["creator", "owner", "support", "finance", "pricing", "catalogue", "safety", "auditor"]


class GrantAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody has a role by somebody's word."""

    person: PersonCard
    role: Role
    granted_by: Annotated[str | None, msgspec.Meta(description="The person; null: the command line.")]
    granted_at: datetime
    authority: Annotated[Authority, msgspec.Meta(description="By whose word.")]


class GrantList(msgspec.Struct, frozen=True):
    """Roles that were given here, the newest first; what platforms say is not among them."""

    items: list[GrantAnswer]


@get("/roles", access=Access.OWNER, operation_id="ListRoles", tags=TAGS, summary="Roles that were given here")
async def list_roles(database: Database) -> GrantList:
    """What platforms say of their people comes beside it."""
    async with database.read() as connection:
        grants = await roles.list_grants(connection)
        people = await actions.people_by_ids(connection, {one.person_id for one in grants})
    return GrantList(
        [
            GrantAnswer(
                person=actions.card_of(people[one.person_id]),
                role=one.role,
                granted_by=None if one.granted_by is None else str(one.granted_by),
                granted_at=one.granted_at,
                authority=one.authority,
            )
            for one in grants
        ]
    )


@delete(
    "/people/{person_id:int}/roles/{role:str}",
    access=Access.OWNER,
    operation_id="TakeRole",
    tags=TAGS,
    problems=(OwnRole,),
    summary="Take a role from somebody",
)
async def take_role(
    person_id: Number,
    role: FromPath[Given],
    caller: Caller,
    database: Database,
    clock: Clock,
    doorkeeper: NamedDependency[Doorkeeper],
) -> None:
    """What was given here; what a platform says stays. What is open of them closes."""
    async with database.transaction() as connection:
        taken = await roles.take_role(connection, person_id, Role(role), clock, by=caller.person_id)
        if Role(role) is Role.OWNER:  # also of those who were made operators before there were roles
            taken |= await roles.take_role(connection, person_id, Role.OPERATOR, clock, by=caller.person_id)
    if not taken:
        raise NotFound
    doorkeeper.over([WayIn("person", person_id)])


HANDLERS: tuple[Any, ...] = (list_roles, take_role)
"""For the router of `plaudit.admission`, which has what is proposed at the same addresses."""
