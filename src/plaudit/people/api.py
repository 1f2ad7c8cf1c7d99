"""Who I am, and the session cookie of the pages."""

from typing import Annotated, Any

import msgspec
from litestar import Response, Router, delete, get, post
from litestar.connection import Request
from litestar.datastructures import Cookie

from plaudit.db import Database
from plaudit.people import actions
from plaudit.people.access import Access
from plaudit.people.credentials import SESSION_COOKIE
from plaudit.people.model import Caller, Role
from plaudit.problems import Forbidden
from plaudit.settings import Settings


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


@get("/v1/me", access=Access.VIEWER, operation_id="GetMe", tags=["People"], summary="Who I am")
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


@post(
    "/v1/session",
    access=Access.VIEWER,
    operation_id="StartSession",
    tags=["People"],
    status_code=204,
    summary="Sign in to the pages",
)
async def start_session(request: Request[Any, Any, Any], settings: Settings) -> Response[None]:
    """Keeps the token of the `Authorization` header in a cookie that only the pages of this server can use."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or token.startswith(actions.API_KEY_PREFIX):
        raise Forbidden("A session is started with a person's token in the Authorization header.")
    return Response(None, status_code=204, cookies=[session_cookie(token.strip(), settings)])


@delete(
    "/v1/session", access=Access.PUBLIC, operation_id="EndSession", tags=["People"], summary="Sign out of the pages"
)
async def end_session(settings: Settings) -> Response[None]:
    """Forgets the cookie. The token itself stays good until it expires."""
    return Response(None, status_code=204, cookies=[session_cookie("", settings)])


def session_cookie(token: str, settings: Settings) -> Cookie:
    """The cookie that signs a person in to the pages; an empty token signs out."""
    return Cookie(
        key=SESSION_COOKIE,
        value=token,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.public_url.startswith("https://"),
        max_age=None if token else 0,
    )


router = Router("/", route_handlers=[get_me, start_session, end_session])
