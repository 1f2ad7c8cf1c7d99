"""Sessions of the pages over HTTP: begun by a token or a code, ended by whoever has them or by their platform."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, delete, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, HeaderParameter, JSONBody

from plaudit.injected import Clock, Database, Settings
from plaudit.limits import TOKEN_LENGTH_MAX
from plaudit.people import handoff, sessions
from plaudit.people.access import Access
from plaudit.people.addresses import local_address
from plaudit.people.back_channel import heed_logout
from plaudit.people.cookies import cookie_name, no_session_cookies, session_cookies
from plaudit.people.credentials import SAFE_METHODS, SESSION_COOKIE, credentials_of, is_of_another_site
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.handoff import NewSignInCode, SignInCode
from plaudit.people.injected import Caller
from plaudit.people.model import ForeignOrigin, Scope, TokenNotValid
from plaudit.people.moves import SubjectMoved, refuse_moved
from plaudit.people.openid import OpenId
from plaudit.people.sessions import EndedSession, Seen
from plaudit.people.told_api import SubjectInPath
from plaudit.people.ways_in import WayIn
from plaudit.problems import Forbidden, InvalidField

TAGS = ["People"]


UserAgent = Annotated[str | None, HeaderParameter(name="User-Agent", description="Shown to the person.")]


class SessionStarted(msgspec.Struct, frozen=True):
    """A session of the pages."""

    person_id: Annotated[str, msgspec.Meta(description="Whose it is.", examples=["12"])]
    expires_at: Annotated[datetime, msgspec.Meta(description="When it ends by itself: no later than the token.")]


@post(
    "/v1/session",
    access=Access.VIEWER,
    is_way_in=True,
    operation_id="StartSession",
    tags=TAGS,
    summary="Sign in to the pages",
)
async def start_session(
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
    network_address: NamedDependency[str | None],
    user_agent: UserAgent = None,
) -> Response[SessionStarted]:
    """A person's token in the `Authorization` header becomes a session, kept in a cookie that only the pages of this
    server can use. It ends with the token, when it is ended, or when the platform says so."""
    if caller.key_id is not None or caller.session_id is not None:
        raise Forbidden("A session is started with a person's token in the Authorization header.")
    async with database.transaction() as connection:
        begun = await sessions.begin_by_token(connection, caller, clock, Seen(user_agent, network_address))
    return Response(
        SessionStarted(str(caller.person_id), begun.expires_at),
        status_code=201,
        cookies=session_cookies(begun.secret, settings, lasts_s=begun.lasts_s),
    )


@delete(
    "/v1/session",
    access=Access.PUBLIC,
    foreign_credentials=True,
    operation_id="EndSession",
    tags=TAGS,
    summary="Sign out of the pages",
)
async def end_session(
    request: Request[Any, Any, Any],
    database: Database,
    settings: Settings,
    clock: Clock,
    doorkeeper: NamedDependency[Doorkeeper],
) -> Response[None]:
    """Ends the session of the cookie everywhere, and what is open of it. The token it began with stays good until it
    expires."""
    await end_session_of(request, database, settings, clock, doorkeeper)
    return Response(None, status_code=204, cookies=no_session_cookies(settings))


@post(
    "/v1/sign-in-codes",
    access=Access.SERVER,
    scope=Scope.PEOPLE,
    operation_id="MakeSignInCode",
    tags=TAGS,
    summary="Hand somebody over to the pages",
)
async def make_sign_in_code(
    data: JSONBody[NewSignInCode], caller: Caller, database: Database, settings: Settings, clock: Clock
) -> SignInCode:
    """A link that signs one person of the platform in, once and within a minute, and leads to `next`; in a window,
    or in a frame of a site the settings name (`PLAUDIT_FRAME_ORIGINS`)."""
    if not local_address(data.next, ""):
        raise InvalidField(field="next", reason="must be a path of this server, such as /rooms/12")
    code, expires_at = await handoff.make_sign_in_code(database, caller, data, data.next, clock)
    return SignInCode(code, f"{settings.public_url}/enter?{urlencode({'code': code})}", expires_at)


@delete(
    "/v1/people/{subject:str}/sessions",
    access=Access.SERVER,
    scope=Scope.PEOPLE,
    operation_id="EndSessionsOfPerson",
    tags=TAGS,
    summary="Sign somebody out of the pages",
    problems=(SubjectMoved,),
)
async def end_sessions_of_person(
    subject: SubjectInPath, caller: Caller, database: Database, clock: Clock, doorkeeper: NamedDependency[Doorkeeper]
) -> None:
    """Ends all sessions of a person of the platform, in windows and frames, and what is open of them: for a platform
    that hands its people over by code, when they sign out there. Nobody's sessions are no error."""
    async with database.transaction() as connection:
        await refuse_moved(connection, caller.issuer_id, [subject])
        ended = await sessions.end_platform_sessions(
            connection, caller.issuer_id, clock, subject=subject, platform_session=None
        )
    doorkeeper.over(WayIn("session", session_id) for session_id in ended)


class LogoutForm(msgspec.Struct, frozen=True):
    """What a platform posts."""

    logout_token: Annotated[str, msgspec.Meta(max_length=TOKEN_LENGTH_MAX)]


@post(
    "/v1/back-channel-logout",
    access=Access.PUBLIC,
    foreign_credentials=True,
    include_in_schema=False,
    status_code=200,
)
async def back_channel_logout(
    data: Annotated[LogoutForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
    database: Database,
    openid: NamedDependency[OpenId],
    doorkeeper: NamedDependency[Doorkeeper],
    clock: Clock,
) -> Response[dict[str, str] | None]:
    """OpenID Connect Back-Channel Logout 1.0: a platform's signed word that somebody signed out there."""
    headers = {"Cache-Control": "no-store"}
    try:
        await heed_logout(data.logout_token, database=database, openid=openid, doorkeeper=doorkeeper, clock=clock)
    except TokenNotValid as problem:
        body = {"error": "invalid_request", "error_description": str(problem.detail)}
        return Response(body, status_code=400, headers=headers)
    return Response(None, headers=headers)


async def end_session_of(
    request: Request[Any, Any, Any], database: Database, settings: Settings, clock: Clock, doorkeeper: Doorkeeper
) -> EndedSession | None:
    """End the session a request presents, for handlers with `foreign_credentials=True`: one that has ended already is
    no error. None: there was none that held.

    Raises:
        ForeignOrigin: a page of another site asks.
    """
    if request.method not in SAFE_METHODS and is_of_another_site(request.scope):
        raise ForeignOrigin  # whose request has no cookie, while the answer would take it away
    presented = credentials_of(request.scope, cookie=cookie_name(SESSION_COOKIE, settings))
    if presented is None or not presented.token.startswith(sessions.SESSION_PREFIX):
        return None
    async with database.transaction() as connection:
        ended = await sessions.end_session(connection, presented.token, clock)
    if ended:
        doorkeeper.over([WayIn("session", ended.id)])
    return ended
