"""Work that failed, over HTTP, for operators."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, Parameter
from msgspec import Meta

from plaudit.injected import Clock, Database
from plaudit.jobs import JobRunner
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.payouts.stuck import JOB_OF, Queue, StuckWork, list_stuck, retry
from plaudit.people.access import Access
from plaudit.problems import NotFound

_TAGS = ["Operator"]


class StuckWorkAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Work of creators or payouts whose last try failed. By itself it is tried again after longer and longer pauses."""

    id: UUID
    queue: Annotated[
        Queue,
        Meta(
            description="What is to be done. `clawback`: a creator's gifts are taken back, or given back; the next "
            "ones of that creator wait for it. `maturity`: diamonds become available. `conversion`: a gift balance is "
            "converted automatically. `send`: a payout goes to its provider. `poll`: its provider is asked about it. "
            "`event`: what a payout provider told is applied."
        ),
    ]
    creator_id: Annotated[str | None, Meta(description="Whose it is; null: an event, of which that is not known.")]
    reversal_id: Annotated[UUID | None, Meta(description="Of a clawback.")]
    direction: Annotated[str | None, Meta(description="Of a clawback: `take` or `return`.")]
    conversion_id: Annotated[UUID | None, Meta(description="Of a maturity.")]
    payout_id: Annotated[UUID | None, Meta(description="Of a payout that is sent or asked about.")]
    provider: Annotated[str | None, Meta(description="The payout provider.")]
    event_id: Annotated[str | None, Meta(description="What the provider calls the event.")]
    waiting_since: Annotated[datetime, Meta(description="Since when it is to be done.")]
    tries: int
    error: Annotated[str, Meta(description="What the last try failed with.")]
    due_at: Annotated[datetime, Meta(description="When it is tried again; in the past: as soon as its job runs.")]


def _answer(work: StuckWork) -> StuckWorkAnswer:
    fields = msgspec.structs.asdict(work)
    return StuckWorkAnswer(**fields | {"creator_id": None if work.creator_id is None else str(work.creator_id)})


@get(
    "/v1/operator/stuck-work",
    access=Access.FINANCE,
    operation_id="ListStuckWork",
    tags=_TAGS,
    summary="Work that failed",
)
async def list_all(
    database: Database,
    queue: Annotated[Queue | None, Parameter(description="Only what is of this kind.")] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[StuckWorkAnswer]:
    """Clawbacks, conversions and payouts whose last try failed, by when they were to be done, the latest first."""
    async with database.read() as connection:
        found = await list_stuck(connection, queue, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, lambda work: (work.waiting_since, work.id), _answer)


@post(
    "/v1/operator/stuck-work/{work_id:uuid}/retry",
    access=Access.FINANCE,
    operation_id="RetryStuckWork",
    tags=_TAGS,
    problems=(NotFound,),
    status_code=202,
    summary="Try work that failed again now",
)
async def retry_now(
    work_id: FromPath[UUID], database: Database, clock: Clock, jobs: NamedDependency[JobRunner]
) -> StuckWorkAnswer:
    """A job tries it, soon. Nothing happens twice."""
    async with database.transaction() as connection:
        work = await retry(connection, work_id, clock.now())
    jobs.wake(JOB_OF[work.queue])
    return _answer(work)


HANDLERS: list[Any] = [list_all, retry_now]
