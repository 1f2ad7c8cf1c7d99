"""Guardians over HTTP for the servers of a platform, which knows families."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Router, delete, put
from litestar.params import Parameter
from msgspec import Meta

from plaudit.acts import changed
from plaudit.guardians import actions
from plaudit.guardians.model import IsOfAge, NotOfAge, TooManyGuardians
from plaudit.injected import Clock, Database
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.people.telling import PersonUnknown, find_told

_TAGS = ["People"]
_Subject = Annotated[str, Parameter(min_length=1, max_length=255, description="The minor, as the platform knows them.")]
_Guardian = Annotated[str, Parameter(min_length=1, max_length=255, description="The guardian, as it knows them.")]


class ToldGuardian(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody answers for a minor."""

    id: UUID
    guardian_id: Annotated[str, Meta(description="The person here.")]
    minor_id: str
    began_by: Literal["platform", "code"]
    began_at: datetime


@put(
    "/v1/people/{subject:str}/guardians/{guardian:str}",
    access=Access.SERVER,
    scope=Scope.PEOPLE,
    operation_id="TellGuardian",
    tags=_TAGS,
    problems=(PersonUnknown, NotOfAge, IsOfAge, TooManyGuardians),
    summary="Tell who answers for a minor",
)
async def tell_guardian(
    subject: _Subject, guardian: _Guardian, caller: Caller, database: Database, clock: Clock
) -> ToldGuardian:
    """The guardian's age has to be known by a level of `checked` or better first. Repeating it changes nothing."""
    async with database.transaction() as connection:
        minor = await find_told(connection, caller.issuer_id, subject, "path.subject")
        other = await find_told(connection, caller.issuer_id, guardian, "path.guardian")
        begun = await actions.begin(connection, clock, other.id, minor.id, by_platform=True)
        changed(connection, guardian_id=str(other.id), minor_id=str(minor.id))
    return ToldGuardian(
        id=begun.id,
        guardian_id=str(other.id),
        minor_id=str(minor.id),
        began_by=begun.began_by,
        began_at=begun.began_at,
    )


@delete(
    "/v1/people/{subject:str}/guardians/{guardian:str}",
    access=Access.SERVER,
    scope=Scope.PEOPLE,
    operation_id="TellGuardianGone",
    tags=_TAGS,
    problems=(PersonUnknown,),
    summary="Tell that somebody answers for a minor no more",
)
async def tell_guardian_gone(
    subject: _Subject, guardian: _Guardian, caller: Caller, database: Database, clock: Clock
) -> None:
    """What they agreed to, limited and stopped ends with it. Repeating it changes nothing."""
    async with database.transaction() as connection:
        minor = await find_told(connection, caller.issuer_id, subject, "path.subject")
        other = await find_told(connection, caller.issuer_id, guardian, "path.guardian")
        if found := await actions.of_pair(connection, other.id, minor.id):
            await actions.end(connection, clock, found, "platform")
            changed(connection, guardian_id=str(other.id), minor_id=str(minor.id))


router = Router("/", route_handlers=[tell_guardian, tell_guardian_gone])
