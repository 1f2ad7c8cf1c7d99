"""Where somebody is signed in to the pages: they see it and end it, one or all; operators do so for them."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Router, delete, get
from litestar.di import NamedDependency
from litestar.params import Parameter

from plaudit.acts import Actor
from plaudit.injected import Clock, Database
from plaudit.people import sessions
from plaudit.people.access import Access
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.injected import Caller
from plaudit.people.sessions import OwnSession
from plaudit.people.ways_in import WayIn
from plaudit.problems import NotFound

TAGS = ["People"]
Number = Annotated[int, Parameter(ge=1, le=2**63 - 1)]


class SessionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A session of the pages."""

    id: str
    began_at: datetime
    expires_at: Annotated[datetime, msgspec.Meta(description="When it ends by itself.")]
    last_used_at: Annotated[datetime | None, msgspec.Meta(description="To the minute; null: not known yet.")]
    device: Annotated[str | None, msgspec.Meta(description="What the browser calls itself.")]
    network: Annotated[str | None, msgspec.Meta(description="Where it began: a /24 or /48.")]
    by_platform: Annotated[bool, msgspec.Meta(description="Whether a server of the platform handed its person over.")]
    is_this: Annotated[bool, msgspec.Meta(description="Whether it is the one that asks.")]


class SessionList(msgspec.Struct, frozen=True):
    """Sessions that hold, the newest first."""

    items: list[SessionAnswer]


def session_answer(one: OwnSession, caller: Caller) -> SessionAnswer:
    """A session as its person sees it."""
    return SessionAnswer(
        id=str(one.id),
        began_at=one.created_at,
        expires_at=one.expires_at,
        last_used_at=one.last_used_at,
        device=one.device,
        network=one.network,
        by_platform=one.by_platform,
        is_this=one.id == caller.session_id,
    )


@get("/v1/me/sessions", access=Access.VIEWER, operation_id="ListSessions", tags=TAGS, summary="Where I am signed in")
async def list_sessions(caller: Caller, database: Database, clock: Clock) -> SessionList:
    """Sessions of the pages. A token is none: it ends at its `exp`."""
    return await _listed(caller.person_id, caller, database, clock)


@delete("/v1/me/sessions", access=Access.VIEWER, operation_id="EndSessions", tags=TAGS, summary="Sign out elsewhere")
async def end_sessions(
    caller: Caller, database: Database, clock: Clock, doorkeeper: NamedDependency[Doorkeeper]
) -> None:
    """Ends all my sessions but the one that asks, and what is open of them."""
    await _end(caller.person_id, database, clock, doorkeeper, but=caller.session_id, by=Actor.OPERATOR)


@delete(
    "/v1/me/sessions/{session_id:int}",
    access=Access.VIEWER,
    operation_id="EndOneSession",
    tags=TAGS,
    summary="Sign out in one place",
)
async def end_one_session(
    session_id: Number, caller: Caller, database: Database, clock: Clock, doorkeeper: NamedDependency[Doorkeeper]
) -> None:
    """Ends one of my sessions, and what is open of it."""
    if not await _end(caller.person_id, database, clock, doorkeeper, only=session_id, by=Actor.OPERATOR):
        raise NotFound


@get(
    "/v1/operator/people/{person_id:int}/sessions",
    access=frozenset({Access.SUPPORT, Access.SAFETY}),
    operation_id="ListSessionsOfAnybody",
    tags=["Operator"],
    summary="Where somebody is signed in",
)
async def list_sessions_of(person_id: Number, caller: Caller, database: Database, clock: Clock) -> SessionList:
    """As they see it themselves."""
    return await _listed(person_id, caller, database, clock)


@delete(
    "/v1/operator/people/{person_id:int}/sessions",
    access=frozenset({Access.SUPPORT, Access.SAFETY}),
    operation_id="EndSessionsOfAnybody",
    tags=["Operator"],
    summary="Sign somebody out everywhere",
)
async def end_sessions_of(
    person_id: Number, database: Database, clock: Clock, doorkeeper: NamedDependency[Doorkeeper]
) -> None:
    """Ends all their sessions, and what is open of them. Their platform's tokens stay good until they expire."""
    await _end(person_id, database, clock, doorkeeper)


async def _listed(person_id: int, caller: Caller, database: Database, clock: Clock) -> SessionList:
    async with database.read() as connection:
        found = await sessions.sessions_of(connection, person_id, clock)
    return SessionList([session_answer(one, caller) for one in found])


async def _end(
    person_id: int,
    database: Database,
    clock: Clock,
    doorkeeper: Doorkeeper,
    *,
    only: int | None = None,
    but: int | None = None,
    by: Actor | None = None,
) -> list[int]:
    async with database.transaction() as connection:
        ended = await sessions.end_sessions_of(connection, person_id, clock, only=only, but=but, by=by)
    doorkeeper.over(WayIn("session", one) for one in ended)
    return ended


router = Router("/", route_handlers=[list_sessions, end_sessions, end_one_session, list_sessions_of, end_sessions_of])
