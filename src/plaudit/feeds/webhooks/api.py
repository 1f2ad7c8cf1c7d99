"""Endpoints of hosts over HTTP, for operators."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, Parameter, QueryParameter
from msgspec import Meta

from plaudit.feeds.webhooks import actions
from plaudit.feeds.webhooks.jobs import SEND_JOB
from plaudit.feeds.webhooks.model import (
    Delivery,
    DeliveryState,
    Endpoint,
    EndpointChange,
    EndpointUnknown,
    NewEndpoint,
    PauseReason,
    ReplayRequest,
    Rotation,
    TooManyEndpoints,
    Try,
)
from plaudit.feeds.webhooks.sending import Dispatcher
from plaudit.injected import Clock, Database, Settings
from plaudit.jobs import JobRunner
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import IdempotencyConflict, NotFound

_TAGS = ["Operator"]
_LAST = 2**62  # below the last a bigint holds: the one after it is asked for too
Sequence = Annotated[int | None, Parameter(ge=1, le=_LAST, description="Only those of this event.")]


class EndpointAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint, and how it fares. Its secret is not shown again."""

    id: UUID
    url: str
    description: str
    kinds: Annotated[list[str], Meta(description="Empty: all but those that must be named.")]
    platform: Annotated[str | None, Meta(description="Only of people of this issuer; null: of all.")]
    created_at: datetime
    told_through: Annotated[int, Meta(description="Its cursor: later events have not been looked at for it.")]
    lost_through: Annotated[int, Meta(description="Events up to this were forgotten before it had them; 0: none.")]
    waiting: Annotated[int, Meta(description="Events it has not got yet.")]
    parked: Annotated[int, Meta(description="Events that were given up; they can be told again.")]
    failing_since: Annotated[datetime | None, Meta(description="Since when each try failed; null: the last did not.")]
    paused_at: Annotated[datetime | None, Meta(description="Since when it is told nothing; null: it is told.")]
    pause_reason: PauseReason | None
    last_try_at: datetime | None
    last_status: Annotated[int | None, Meta(description="Of the last answer; null: there was none.")]


class EndpointWithSecret(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that was made, or whose secret is new."""

    endpoint: EndpointAnswer
    secret: Annotated[
        str | None, Meta(description="What to verify signatures with. Shown this once; null: it was shown before.")
    ]


class DeliveryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An event for an endpoint, and what became of it."""

    sequence: int
    event_id: UUID
    type: str
    at: datetime
    subject: str
    state: DeliveryState
    tries: int
    due_at: Annotated[datetime, Meta(description="When it is tried next, while it waits.")]
    settled_at: datetime | None


class DeliveryPage(msgspec.Struct, frozen=True):
    """Events for an endpoint, the latest first."""

    items: list[DeliveryAnswer]
    next: Annotated[int | None, Meta(description="`before` of the next page; null: this is the last.")]


class TryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A request to an endpoint, and what came back."""

    id: UUID
    sequence: Annotated[int | None, Meta(description="Of the event; null: a test.")]
    event_id: UUID
    type: str
    at: datetime
    duration_ms: int
    status: Annotated[int | None, Meta(description="Null: there was no answer.")]
    error: Annotated[str, Meta(description="Why there was none; empty: there was.")]
    answer: Annotated[str, Meta(description="The first bytes of the answer.")]


def _endpoint(endpoint: Endpoint) -> EndpointAnswer:
    return msgspec.convert(endpoint, EndpointAnswer, from_attributes=True)


def _delivery(delivery: Delivery) -> DeliveryAnswer:
    fields = msgspec.structs.asdict(delivery)
    return DeliveryAnswer(sequence=fields.pop("position"), **fields)


def _try(one: Try) -> TryAnswer:
    fields = msgspec.structs.asdict(one)
    fields.pop("endpoint_id")
    return TryAnswer(sequence=fields.pop("position"), **fields)


@post(
    "",
    access=Access.OWNER,
    operation_id="CreateWebhook",
    tags=_TAGS,
    problems=(TooManyEndpoints, IdempotencyConflict),
    summary="Tell an endpoint what happens",
)
async def create(
    data: JSONBody[NewEndpoint], caller: Caller, database: Database, clock: Clock, settings: Settings
) -> EndpointWithSecret:
    """It is told what happens from now on. The secret is shown this once."""
    async with database.transaction() as connection:
        made, secret = await actions.create(connection, clock, settings, data, caller.person_id)
    return EndpointWithSecret(endpoint=_endpoint(made), secret=secret)


@get("", access=Access.OWNER, operation_id="ListWebhooks", tags=_TAGS, summary="Endpoints that are told")
async def list_all(
    database: Database, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[EndpointAnswer]:
    """Newest first."""
    async with database.read() as connection:
        found = await actions.list_endpoints(connection, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, lambda one: (one.created_at, one.id), _endpoint)


@get(
    "/{endpoint_id:uuid}",
    access=Access.OWNER,
    operation_id="GetWebhook",
    tags=_TAGS,
    problems=(EndpointUnknown,),
    summary="One endpoint",
)
async def get_one(endpoint_id: FromPath[UUID], database: Database) -> EndpointAnswer:
    """And how it fares."""
    async with database.read() as connection:
        return _endpoint(await actions.require(connection, endpoint_id))


@patch(
    "/{endpoint_id:uuid}",
    access=Access.OWNER,
    operation_id="ChangeWebhook",
    tags=_TAGS,
    problems=(EndpointUnknown,),
    summary="Change an endpoint",
)
async def change(
    endpoint_id: FromPath[UUID], data: JSONBody[EndpointChange], database: Database, clock: Clock, settings: Settings
) -> EndpointAnswer:
    """What is left out stays. Other types count for events from now on."""
    async with database.transaction() as connection:
        return _endpoint(await actions.change(connection, clock, settings, endpoint_id, data))


@delete(
    "/{endpoint_id:uuid}",
    access=Access.OWNER,
    operation_id="RemoveWebhook",
    tags=_TAGS,
    problems=(EndpointUnknown,),
    summary="Remove an endpoint",
)
async def remove(endpoint_id: FromPath[UUID], database: Database, clock: Clock) -> None:
    """It is told nothing any more; its secrets are forgotten."""
    async with database.transaction() as connection:
        await actions.remove(connection, clock, endpoint_id)


@post(
    "/{endpoint_id:uuid}/pause",
    access=Access.OWNER,
    operation_id="PauseWebhook",
    tags=_TAGS,
    problems=(EndpointUnknown,),
    status_code=200,
    summary="Pause an endpoint",
)
async def pause(endpoint_id: FromPath[UUID], database: Database, clock: Clock) -> EndpointAnswer:
    """Events wait for it, as long as they are kept. Repeating it changes nothing."""
    async with database.transaction() as connection:
        return _endpoint(await actions.pause(connection, clock, endpoint_id))


@post(
    "/{endpoint_id:uuid}/resume",
    access=Access.OWNER,
    operation_id="ResumeWebhook",
    tags=_TAGS,
    problems=(EndpointUnknown,),
    status_code=200,
    summary="Go on telling an endpoint",
)
async def resume(
    endpoint_id: FromPath[UUID], database: Database, clock: Clock, jobs: NamedDependency[JobRunner]
) -> EndpointAnswer:
    """From where it was left; what waits is tried at once."""
    async with database.transaction() as connection:
        resumed = await actions.resume(connection, clock, endpoint_id)
    jobs.wake(SEND_JOB)
    return _endpoint(resumed)


@post(
    "/{endpoint_id:uuid}/rotate",
    access=Access.OWNER,
    operation_id="RotateWebhookSecret",
    tags=_TAGS,
    problems=(EndpointUnknown,),
    status_code=200,
    summary="A new secret",
)
async def rotate(
    endpoint_id: FromPath[UUID], data: JSONBody[Rotation], database: Database, settings: Settings, clock: Clock
) -> EndpointWithSecret:
    """Shown this once. Messages carry a signature of each for as long as the one before is valid."""
    async with database.transaction() as connection:
        secret = await actions.rotate(connection, clock, settings, endpoint_id, data.old_valid_hours)
        return EndpointWithSecret(endpoint=_endpoint(await actions.require(connection, endpoint_id)), secret=secret)


@post(
    "/{endpoint_id:uuid}/test",
    access=Access.OWNER,
    operation_id="TestWebhook",
    tags=_TAGS,
    problems=(EndpointUnknown,),
    status_code=200,
    summary="Send a test event",
)
async def test(endpoint_id: FromPath[UUID], dispatcher: NamedDependency[Dispatcher]) -> TryAnswer:
    """Once, at once, paused or not; `webhook.test` with `sequence` 0. The answer is what came back."""
    return _try(await dispatcher.test(endpoint_id))


@get(
    "/{endpoint_id:uuid}/deliveries",
    access=Access.OWNER,
    operation_id="ListWebhookDeliveries",
    tags=_TAGS,
    problems=(EndpointUnknown,),
    summary="Events for an endpoint",
)
async def list_deliveries(
    endpoint_id: FromPath[UUID],
    database: Database,
    delivery_state: Annotated[
        DeliveryState | None, QueryParameter(name="state", description="Only those in this state.")
    ] = None,
    before: Annotated[int | None, Parameter(ge=1, le=_LAST, description="`next` of the page before.")] = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> DeliveryPage:
    """The latest first, and what became of each."""
    async with database.read() as connection:
        await actions.require(connection, endpoint_id)
        found = await actions.list_deliveries(connection, endpoint_id, delivery_state, before or _LAST, limit + 1)
    more = found[limit - 1].position if len(found) > limit else None
    return DeliveryPage([_delivery(one) for one in found[:limit]], more)


@get(
    "/{endpoint_id:uuid}/tries",
    access=Access.OWNER,
    operation_id="ListWebhookTries",
    tags=_TAGS,
    problems=(EndpointUnknown,),
    summary="Requests to an endpoint",
)
async def list_tries(
    endpoint_id: FromPath[UUID],
    database: Database,
    sequence: Sequence = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[TryAnswer]:
    """The latest first, with status, duration and what was answered."""
    async with database.read() as connection:
        await actions.require(connection, endpoint_id)
        found = await actions.list_tries(connection, endpoint_id, sequence, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, lambda one: (one.at, one.id), _try)


@post(
    "/{endpoint_id:uuid}/replay",
    access=Access.OWNER,
    operation_id="ReplayWebhook",
    tags=_TAGS,
    problems=(EndpointUnknown,),
    status_code=202,
    summary="Tell an endpoint everything again from a place on",
)
async def replay(
    endpoint_id: FromPath[UUID], data: JSONBody[ReplayRequest], database: Database, jobs: NamedDependency[JobRunner]
) -> EndpointAnswer:
    """As far as events are kept. They have the ids they had."""
    async with database.transaction() as connection:
        changed = await actions.replay(connection, endpoint_id, data.after)
    jobs.wake(SEND_JOB)
    return _endpoint(changed)


@post(
    "/{endpoint_id:uuid}/deliveries/{sequence:int}/replay",
    access=Access.OWNER,
    operation_id="ReplayWebhookDelivery",
    tags=_TAGS,
    problems=(EndpointUnknown, NotFound),
    status_code=202,
    summary="Tell an endpoint one event again",
)
async def replay_one(
    endpoint_id: FromPath[UUID],
    sequence: Annotated[int, Parameter(ge=1, le=_LAST)],
    database: Database,
    clock: Clock,
    jobs: NamedDependency[JobRunner],
) -> Response[None]:
    """With the id it had. One that waits is not told twice."""
    async with database.transaction() as connection:
        await actions.replay_one(connection, clock, endpoint_id, sequence)
    jobs.wake(SEND_JOB)
    return Response(None, status_code=202)


router = Router(
    "/v1/operator/webhooks",
    route_handlers=[
        create,
        list_all,
        get_one,
        change,
        remove,
        pause,
        resume,
        rotate,
        test,
        list_deliveries,
        list_tries,
        replay,
        replay_one,
    ],
)
