"""The daily comparison over HTTP, for operators."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, Parameter, QueryParameter

from plaudit.injected import Clock, Database
from plaudit.jobs import JobRunner
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import Conflict, NotFound
from plaudit.selling.inbox.answers import Resolution
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reconciliation import actions
from plaudit.selling.reconciliation.answers import (
    DifferenceAnswer,
    RunAnswer,
    difference_answer,
    run_answer,
)
from plaudit.selling.reconciliation.model import DifferenceFilter, DifferenceState, RunRequest

TAGS = ["Operator"]
Provider = Annotated[
    str | None, Parameter(pattern=r"^[a-z0-9_]{1,30}$(?!\n)", description="Only those of this provider.")
]


@post(
    "/reconciliations",
    access=Access.FINANCE,
    operation_id="CompareDay",
    tags=TAGS,
    status_code=202,
    summary="Compare a day with a provider",
)
async def compare_day(
    data: JSONBody[RunRequest],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    clock: Clock,
    jobs: NamedDependency[JobRunner],
) -> RunAnswer:
    """It is done by a job, soon. The day before is compared by itself, once."""
    async with database.transaction() as connection:
        run = await actions.queue_run(connection, payment_providers, data, caller.person_id, clock)
        answer = run_answer(await actions.find_run(connection, run.run_id))
    jobs.wake(actions.RUNS.name)
    return answer


@get("/reconciliations", access=Access.FINANCE, operation_id="ListComparisons", tags=TAGS, summary="Compared days")
async def list_runs(
    database: Database, provider: Provider = None, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[RunAnswer]:
    """Newest first, with the sums of both sides."""
    async with database.read() as connection:
        found = await actions.list_runs(connection, provider, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, lambda run: (run.requested_at, run.run_id), run_answer)


@get(
    "/reconciliations/{run_id:uuid}",
    access=Access.FINANCE,
    operation_id="GetComparison",
    tags=TAGS,
    problems=(NotFound,),
    summary="One compared day",
)
async def get_run(run_id: FromPath[UUID], database: Database) -> RunAnswer:
    """With the sums of both sides."""
    async with database.read() as connection:
        return run_answer(await actions.find_run(connection, run_id))


@get(
    "/differences",
    access=Access.FINANCE,
    operation_id="ListDifferences",
    tags=TAGS,
    summary="What differs from providers",
)
async def list_differences(
    database: Database,
    provider: Provider = None,
    difference_state: Annotated[
        DifferenceState | None, QueryParameter(name="state", description="Only those in this state.")
    ] = None,
    day: Annotated[date | None, Parameter(description="Only those of this day, in UTC.")] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[DifferenceAnswer]:
    """Newest first. Filters add up."""
    wanted = DifferenceFilter(provider=provider, state=difference_state, day=day)
    async with database.read() as connection:
        found = await actions.list_differences(connection, wanted, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, lambda one: (one.noticed_at, one.difference_id), difference_answer)


@post(
    "/differences/{difference_id:uuid}/close",
    access=Access.FINANCE,
    operation_id="CloseDifference",
    tags=TAGS,
    problems=(NotFound, Conflict),
    status_code=200,
    summary="Say what became of a difference",
)
async def close_difference(
    difference_id: FromPath[UUID], data: JSONBody[Resolution], caller: Caller, database: Database, clock: Clock
) -> DifferenceAnswer:
    """It moves no money and no coins: it says what was done about it."""
    async with database.transaction() as connection:
        return difference_answer(
            await actions.close(connection, difference_id, caller.person_id, data.resolution, clock.now())
        )


router = Router("/v1/operator", route_handlers=[compare_day, list_runs, get_run, list_differences, close_difference])
