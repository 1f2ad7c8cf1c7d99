"""The log of events over HTTP, for servers that follow it with a cursor."""

import asyncio
import time
from typing import Annotated, Any

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import Parameter
from msgspec import Meta

from plaudit.connections import Connection
from plaudit.events.log import events_after, log_state, place_waiting, position_of, want_gifts
from plaudit.events.model import CATALOGUE, ON_REQUEST, CursorTooOld, Envelope, KeptEvent
from plaudit.injected import Clock, Database
from plaudit.limits import (
    EVENTS_KINDS_LENGTH_MAX,
    EVENTS_PER_PAGE_MAX,
    EVENTS_WAIT_POLL_MS,
    EVENTS_WAIT_S_MAX,
    PAGE_LENGTH_DEFAULT,
)
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.issuers import list_issuers
from plaudit.people.model import Scope
from plaudit.problems import InvalidField

_TAGS = ["Events"]


class EventPage(msgspec.Struct, frozen=True):
    """Events in their order."""

    items: list[Envelope]
    next: Annotated[str, Meta(description="`after` of the next call; keep it once these are dealt with.")]
    more: Annotated[bool, Meta(description="Whether there is more already.")]


class EventSchemas(msgspec.Struct, frozen=True):
    """What events look like, as JSON Schema (2020-12)."""

    envelope: dict[str, Any]
    data: Annotated[dict[str, dict[str, Any]], Meta(description="By type of event, what `data` is.")]
    components: Annotated[dict[str, dict[str, Any]], Meta(description="What both refer to.")]


def event_schemas() -> EventSchemas:
    """The schemas of the envelope and of each kind of event, and what they refer to."""
    schemas, components = msgspec.json.schema_components(
        [Envelope, *CATALOGUE.values()], ref_template="#/components/{name}"
    )
    return EventSchemas(schemas[0], dict(zip(CATALOGUE, schemas[1:], strict=True)), components)


@get(
    "/v1/events/schema",
    access=Access.PUBLIC,
    operation_id="GetEventSchemas",
    tags=_TAGS,
    summary="What events look like",
    sync_to_thread=False,
)
def get_schemas() -> EventSchemas:
    """A JSON Schema of each type of event. Fields may be added; none changes its meaning or goes away."""
    return event_schemas()


@get(
    "/v1/events",
    access=Access.SERVER,
    scope=Scope.EVENTS,
    operation_id="ListEvents",
    tags=_TAGS,
    problems=(CursorTooOld,),
    summary="What happened, in its order",
)
async def list_events(
    caller: Caller,
    database: Database,
    clock: Clock,
    stopping: NamedDependency[asyncio.Event],
    after: Annotated[
        str | None,
        Parameter(max_length=40, description="`next` of the answer before; without it, the oldest that is kept."),
    ] = None,
    kinds: Annotated[
        str | None,
        Parameter(
            max_length=EVENTS_KINDS_LENGTH_MAX,
            description="Types, with commas between. Without: all but those of gifts and combos.",
        ),
    ] = None,
    limit: Annotated[int, Parameter(ge=1, le=EVENTS_PER_PAGE_MAX, description="The most events wanted.")] = (
        PAGE_LENGTH_DEFAULT
    ),
    wait_s: Annotated[
        int, Parameter(ge=0, le=EVENTS_WAIT_S_MAX, description="How long to wait when there is nothing yet.")
    ] = 0,
) -> EventPage:
    """Events of the people of your platform, the same as by webhook. The same cursor gives the same again."""
    wanted = _kinds(kinds)
    async with database.transaction() as connection:
        if not set(wanted).isdisjoint(ON_REQUEST):
            await want_gifts(connection, clock.now())
        platform = next(one.issuer for one in await list_issuers(connection) if one.id == caller.issuer_id)
    until = time.monotonic() + wait_s
    while True:
        await place_waiting(database)
        async with database.snapshot() as connection:
            page = await _page(connection, after, platform, wanted, limit)
        if page.items or time.monotonic() >= until or stopping.is_set():
            return page
        await asyncio.sleep(EVENTS_WAIT_POLL_MS / 1000)


def _kinds(text: str | None) -> list[str]:
    wanted = [word.strip() for word in text.split(",")] if text else []
    if unknown := sorted(set(wanted) - CATALOGUE.keys()):
        raise InvalidField(field="query.kinds", reason=f"must not name {unknown[0]}: there is {', '.join(CATALOGUE)}")
    return wanted


async def _page(connection: Connection, after: str | None, platform: str, kinds: list[str], limit: int) -> EventPage:
    state = await log_state(connection)
    position = position_of(state, after)
    found: list[KeptEvent] = await events_after(
        connection, position, state.last, platform=platform, kinds=kinds, limit=limit + 1
    )
    shown, more = found[:limit], len(found) > limit
    through = shown[-1].position if more else state.last
    return EventPage([event.envelope(state.epoch) for event in shown], state.cursor(through), more)


router = Router("/", route_handlers=[get_schemas, list_events])
