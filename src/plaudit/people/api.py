"""Who I am; and all that people and servers ask over HTTP to come in."""

from typing import Annotated

import msgspec
from litestar import Router, get

from plaudit.injected import Database
from plaudit.people import actions
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.model import Role, Scope
from plaudit.people.session_api import (
    back_channel_logout,
    end_session,
    end_sessions_of_person,
    make_sign_in_code,
    start_session,
)


class Me(msgspec.Struct, frozen=True):
    """The person a token or session stands for."""

    id: Annotated[str, msgspec.Meta(description="The person here.", examples=["12"])]
    issuer: Annotated[str, msgspec.Meta(description="The platform that vouches for the person.")]
    subject: Annotated[str, msgspec.Meta(description="The person there.")]
    handle: Annotated[str, msgspec.Meta(description="What the platform calls the person for short.")]
    name: Annotated[str, msgspec.Meta(description="The name to show.")]
    avatar: Annotated[str, msgspec.Meta(description="Address of a picture; empty: none.")]
    country: Annotated[str | None, msgspec.Meta(description="ISO 3166 alpha-2, when the platform says it.")]
    roles: Annotated[list[Role], msgspec.Meta(description="What the person may be, as the token says.")]


@get("/v1/me", access=Access.VIEWER, scope=Scope.PEOPLE, operation_id="GetMe", tags=["People"], summary="Who I am")
async def get_me(caller: Caller, database: Database) -> Me:
    """The person the token, session or `Plaudit-Subject` stands for."""
    async with database.read() as connection:
        person = await actions.require_person(connection, caller.person_id)
    return Me(
        id=str(person.id),
        issuer=person.issuer,
        subject=person.subject,
        handle=person.handle,
        name=person.display_name,
        avatar=person.avatar,
        country=person.country,
        roles=sorted(caller.roles),
    )


router = Router(
    "/",
    route_handlers=[get_me, start_session, end_session, make_sign_in_code, end_sessions_of_person, back_channel_logout],
)
