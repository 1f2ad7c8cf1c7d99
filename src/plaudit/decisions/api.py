"""Decisions over HTTP: what waits for somebody, and what another says to it."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, Parameter, QueryParameter
from msgspec import Meta

from plaudit.decisions import actions
from plaudit.decisions.answers import DecisionAnswer, answer, answers
from plaudit.decisions.asking import House
from plaudit.decisions.kinds import brought_kinds
from plaudit.decisions.limits import DECISION_REASON_LENGTH_MAX
from plaudit.decisions.model import (
    DecisionDiffers,
    DecisionNotOpen,
    DecisionOutdated,
    NotTheProposer,
    OutOfBounds,
    OwnBenefit,
    OwnProposal,
    SecondPersonNeeded,
)
from plaudit.injected import Clock, Database, Settings
from plaudit.jobs import JobRunner
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access, check_access
from plaudit.people.injected import Caller

_TAGS = ["Decisions"]
_DECIDERS = frozenset(kind.access for kind in brought_kinds())
"""Operators who may decide something. What is proposed all of them may read."""
Reason = Annotated[str, Meta(min_length=1, max_length=DECISION_REASON_LENGTH_MAX, pattern=r"\S")]


class Confirmation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody confirms: the content they have seen, not a name."""

    content_sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)", description="That of the decision, as read.")]
    emergency: (
        Annotated[Reason, Meta(description="Why it is confirmed by who proposed it; all other operators are told.")]
        | None
    ) = None


class DecisionRefusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody says no."""

    reason: Annotated[Reason, Meta(description="Its proposer reads it.")]


@get(
    "/v1/decisions",
    access=Access.OPERATOR,
    operation_id="ListDecisions",
    personal=True,
    tags=_TAGS,
    summary="What is proposed, and what was decided",
)
async def list_decisions(
    database: Database,
    clock: Clock,
    decision_state: Annotated[
        Literal["open", "ended"] | None, QueryParameter(name="state", description="Only those that are open, or not.")
    ] = None,
    kind: Annotated[str | None, Parameter(max_length=40, description="Only those of this kind.")] = None,
    emergency: Annotated[
        bool | None, Parameter(description="Only those of one operator alone in an emergency, or only the others.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[DecisionAnswer]:
    """Newest first. Filters add up."""
    wanted = actions.Filter(kind, None if decision_state is None else decision_state == "open", emergency)
    async with database.read() as connection:
        found = await actions.list_decisions(connection, clock, wanted, BY_TIME.after(cursor), limit + 1)
        shown = await answers(connection, brought_kinds(), found[:limit])
    return Page(shown, BY_TIME.next(found, limit, lambda one: (one.proposed_at, one.id)))


@get(
    "/v1/decisions/{decision_id:uuid}",
    access=Access.OPERATOR,
    operation_id="GetDecision",
    personal=True,
    tags=_TAGS,
    summary="One decision, with what it changes",
)
async def get_decision(decision_id: FromPath[UUID], database: Database) -> DecisionAnswer:
    """Figure by figure, from what was in force to what is to be."""
    async with database.read() as connection:
        found = await actions.find(connection, decision_id)
        return (await answers(connection, brought_kinds(), [found], whole=True))[0]


@post(
    "/v1/decisions/{decision_id:uuid}/confirm",
    access=_DECIDERS,
    step_up=True,
    operation_id="ConfirmDecision",
    tags=_TAGS,
    status_code=200,
    summary="Confirm what another proposed",
    problems=(
        *(DecisionNotOpen, DecisionDiffers, DecisionOutdated, SecondPersonNeeded, OwnBenefit, OutOfBounds),
        *(problem for kind in brought_kinds() for problem in kind.problems),
    ),
)
async def confirm(
    decision_id: FromPath[UUID],
    data: JSONBody[Confirmation],
    caller: Caller,
    database: Database,
    clock: Clock,
    settings: Settings,
    jobs: NamedDependency[JobRunner],
    house: NamedDependency[House],
) -> DecisionAnswer:
    """For whoever may propose such. It is carried out at once, and holds when its lead time is over. Repeating it
    changes nothing. Whatever carrying it out refuses is answered as it is there."""
    seen = bytes.fromhex(data.content_sha256)
    confirming = actions.Confirming(caller.person_id, seen, settings.one_operator, data.emergency)
    async with database.transaction() as connection:
        kind = brought_kinds().of((await actions.find(connection, decision_id)).kind)
        check_access(kind.access, caller)
        await actions.confirm(connection, clock, kind, decision_id, house, confirming)
        confirmed = await answer(connection, kind, await actions.find(connection, decision_id))
    for job in kind.wakes:
        jobs.wake(job)
    return confirmed


@post(
    "/v1/decisions/{decision_id:uuid}/refuse",
    access=_DECIDERS,
    operation_id="RefuseDecision",
    tags=_TAGS,
    status_code=200,
    summary="Say no to what another proposed",
    problems=(DecisionNotOpen, OwnProposal),
)
async def refuse(
    decision_id: FromPath[UUID],
    data: JSONBody[DecisionRefusal],
    caller: Caller,
    database: Database,
    clock: Clock,
) -> DecisionAnswer:
    """Its proposer reads the reason. For whoever may propose such. Repeating it changes nothing."""
    async with database.transaction() as connection:
        check_access(brought_kinds().of((await actions.find(connection, decision_id)).kind).access, caller)
        ended = await actions.refuse(connection, clock, decision_id, caller.person_id, data.reason)
        return (await answers(connection, brought_kinds(), [ended]))[0]


@post(
    "/v1/decisions/{decision_id:uuid}/withdraw",
    access=_DECIDERS,
    operation_id="WithdrawDecision",
    tags=_TAGS,
    status_code=200,
    summary="Take back what I proposed",
    problems=(DecisionNotOpen, NotTheProposer),
)
async def withdraw(
    decision_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    clock: Clock,
) -> DecisionAnswer:
    """As long as nobody decided it. Repeating it changes nothing."""
    async with database.transaction() as connection:
        ended = await actions.withdraw(connection, clock, decision_id, caller.person_id)
        return (await answers(connection, brought_kinds(), [ended]))[0]


@post(
    "/v1/decisions/{decision_id:uuid}/seen",
    access=Access.OPERATOR,
    operation_id="SeeDecision",
    tags=_TAGS,
    status_code=200,
    summary="Say that I have seen what another decided in an emergency",
    problems=(SecondPersonNeeded,),
)
async def see(decision_id: FromPath[UUID], caller: Caller, database: Database, clock: Clock) -> DecisionAnswer:
    """Operators' pages tell of it until then. Repeating it changes nothing."""
    async with database.transaction() as connection:
        seen = await actions.see(connection, clock, decision_id, caller.person_id)
        return (await answers(connection, brought_kinds(), [seen]))[0]


_HANDLERS: list[Any] = [list_decisions, get_decision, confirm, refuse, withdraw, see]
router = Router("/", route_handlers=_HANDLERS)
