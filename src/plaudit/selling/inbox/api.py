"""The inbox and the problems of payments over HTTP, for operators."""

from typing import Annotated
from uuid import UUID

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, Parameter, QueryParameter

from plaudit.inbox import actions as inbox
from plaudit.inbox.model import MessageFilter, MessageState
from plaudit.injected import Clock, Database, Settings
from plaudit.jobs import JobRunner
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import Conflict, InvalidField, NotFound
from plaudit.selling.inbox import actions
from plaudit.selling.inbox.answers import (
    MessageAnswer,
    ProblemAnswer,
    RawMessageAnswer,
    Replayed,
    ReplayRequest,
    ReplaysQueued,
    Resolution,
    message_answer,
    problem_answer,
    raw_answer,
)
from plaudit.selling.orders import problems
from plaudit.selling.orders.model import PaymentProblemKind
from plaudit.selling.providers import PaymentProviders
from plaudit.vault.sealing import vault_of

TAGS = ["Operator"]
Provider = Annotated[
    str | None, Parameter(pattern=r"^[a-z0-9_]{1,30}$(?!\n)", description="Only those of this provider.")
]


@get(
    "/messages",
    access=frozenset({Access.SUPPORT, Access.FINANCE}),
    operation_id="ListMessages",
    tags=TAGS,
    summary="What providers told",
)
async def list_messages(
    database: Database,
    provider: Provider = None,
    message_state: Annotated[
        MessageState | None, QueryParameter(name="state", description="Only those in this state.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[MessageAnswer]:
    """Newest first. Filters add up."""
    wanted = MessageFilter(provider=provider, state=message_state)
    async with database.read() as connection:
        found = await inbox.list_messages(connection, wanted, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, lambda message: (message.received_at, message.message_id), message_answer)


@get(
    "/messages/{message_id:uuid}",
    access=frozenset({Access.SUPPORT, Access.FINANCE}),
    operation_id="GetMessage",
    personal=True,
    tags=TAGS,
    problems=(NotFound,),
    summary="One message as it came",
)
async def get_message(message_id: FromPath[UUID], database: Database, settings: Settings) -> RawMessageAnswer:
    """With its body, and who had it applied again."""
    async with database.read() as connection:
        message = await inbox.find(connection, vault_of(settings), message_id)
        return raw_answer(message, await inbox.replays(connection, message_id))


@post(
    "/messages/{message_id:uuid}/replay",
    access=frozenset({Access.SUPPORT, Access.FINANCE}),
    operation_id="ReplayMessage",
    tags=TAGS,
    problems=(NotFound,),
    status_code=200,
    summary="Apply a message again",
)
async def replay_message(
    message_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    payment_providers: NamedDependency[PaymentProviders],
    settings: Settings,
    clock: Clock,
    jobs: NamedDependency[JobRunner],
) -> Replayed:
    """The kept body is read again; nothing happens twice. What a payout provider told is left to a job."""
    outcome = await actions.replay(database, payment_providers, message_id, caller.person_id, settings, clock)
    async with database.read() as connection:
        message = await inbox.find(connection, vault_of(settings), message_id)
    jobs.wake(inbox.MESSAGES[message.side].name)
    return Replayed(MessageState(outcome), message_answer(message))


@post(
    "/messages/replay",
    access=frozenset({Access.SUPPORT, Access.FINANCE}),
    operation_id="ReplayMessages",
    tags=TAGS,
    status_code=202,
    summary="Apply the messages of a time again",
)
async def replay_messages(
    data: JSONBody[ReplayRequest], caller: Caller, database: Database, clock: Clock, jobs: NamedDependency[JobRunner]
) -> ReplaysQueued:
    """They are applied by a job, soon. Nothing happens twice."""
    if data.until <= data.since:
        raise InvalidField(field="body.until", reason="must be later than since")
    wanted = MessageFilter(provider=data.provider, state=data.state, since=data.since, until=data.until)
    async with database.transaction() as connection:
        queued = await inbox.queue_replays(connection, wanted, caller.person_id, clock.now())
    for queue in inbox.MESSAGES.values():
        jobs.wake(queue.name)
    return ReplaysQueued(queued)


@get(
    "/payment-problems",
    access=frozenset({Access.SUPPORT, Access.FINANCE}),
    operation_id="ListPaymentProblems",
    personal=True,
    tags=TAGS,
    summary="Payments somebody has to look at",
)
async def list_problems(
    database: Database,
    kind: Annotated[PaymentProblemKind | None, Parameter(description="Only those of this kind.")] = None,
    is_open: Annotated[
        bool | None, QueryParameter(name="open", description="Only those to look at, or only those resolved.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[ProblemAnswer]:
    """Newest first. Filters add up."""
    async with database.read() as connection:
        found = await problems.list_problems(connection, kind, is_open, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, lambda problem: (problem.noticed_at, problem.problem_id), problem_answer)


@post(
    "/payment-problems/{problem_id:uuid}/resolve",
    access=frozenset({Access.SUPPORT, Access.FINANCE}),
    operation_id="ResolvePaymentProblem",
    tags=TAGS,
    problems=(NotFound, Conflict),
    status_code=200,
    summary="Say how a problem was settled",
)
async def resolve_problem(
    problem_id: FromPath[UUID], data: JSONBody[Resolution], caller: Caller, database: Database, clock: Clock
) -> ProblemAnswer:
    """It moves no money and no coins: it says what was done about it."""
    async with database.transaction() as connection:
        return problem_answer(
            await problems.resolve(connection, problem_id, caller.person_id, data.resolution, clock.now())
        )


router = Router(
    "/v1/operator",
    route_handlers=[list_messages, get_message, replay_message, replay_messages, list_problems, resolve_problem],
)
