"""Appeals of people and accounts that may be one person's, over HTTP: for operators of the role safety."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody, Parameter

from plaudit.decisions.links import AlreadyLinked
from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.safety import appeals, proposals
from plaudit.safety.answers import ProposedLink, SafetyAppeal, appeal_answer, proposal_answer
from plaudit.safety.cases import Reason, Words
from plaudit.safety.model import AppealIsOver, OwnCase, ProposalIsOver, Verdict

_TAGS = ["Safety"]
_Person = Annotated[str | None, Parameter(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="Only of this person.")]
_IsOpen = Annotated[bool | None, Parameter(description="Only open ones, or only decided ones.")]


class AppealAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody is answered; they read it."""

    text: Words


class LinkVerdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether two accounts are one person's, and how it is known."""

    verdict: Verdict
    reason: Reason


@get(
    "/v1/operator/appeals",
    access=Access.SAFETY,
    operation_id="ListAppeals",
    personal=True,
    tags=_TAGS,
    summary="What people say against what is held of theirs",
)
async def list_appeals(
    database: Database,
    is_open: _IsOpen = None,
    person_id: _Person = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[SafetyAppeal]:
    """Newest first; also of people who are not looked into."""
    of_person = int(person_id) if person_id else None
    async with database.read() as connection:
        found = await appeals.list_appeals(
            connection, BY_TIME.after(cursor), limit + 1, is_open=is_open, person_id=of_person
        )
    return BY_TIME.page(found, limit, lambda one: (one.made_at, one.id), appeal_answer)


@post(
    "/v1/operator/appeals/{appeal_id:uuid}/answer",
    access=Access.SAFETY,
    operation_id="AnswerAppeal",
    tags=_TAGS,
    status_code=200,
    summary="Answer somebody",
    problems=(AppealIsOver, OwnCase),
)
async def answer(
    appeal_id: FromPath[UUID], data: JSONBody[AppealAnswer], caller: Caller, database: Database, clock: Clock
) -> SafetyAppeal:
    """They read it: say neither by which rule nor by whom they were found. Repeating it changes nothing."""
    async with database.transaction() as connection:
        return appeal_answer(await appeals.answer(connection, clock, appeal_id, data.text, caller.person_id))


@get(
    "/v1/operator/link-proposals",
    access=Access.SAFETY,
    operation_id="ListLinkProposals",
    personal=True,
    tags=_TAGS,
    summary="Accounts that may be one person's",
)
async def list_proposals(
    database: Database,
    is_open: FromQuery[bool | None] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[ProposedLink]:
    """By what they share, newest first. Nothing counts by it until somebody links them."""
    async with database.read() as connection:
        found = await proposals.list_proposals(connection, BY_TIME.after(cursor), limit + 1, is_open=is_open)
    return BY_TIME.page(found, limit, lambda one: (one.proposed_at, one.id), proposal_answer)


@post(
    "/v1/operator/link-proposals/{proposal_id:uuid}/decide",
    access=Access.SAFETY,
    operation_id="DecideLinkProposal",
    tags=_TAGS,
    status_code=200,
    summary="Link two accounts, or say that they are two people's",
    problems=(ProposalIsOver, AlreadyLinked, OwnCase),
)
async def decide_proposal(
    proposal_id: FromPath[UUID], data: JSONBody[LinkVerdict], caller: Caller, database: Database, clock: Clock
) -> ProposedLink:
    """Two people's: they are not proposed again. Nobody decides of an account of theirs. Repeating it changes
    nothing."""
    async with database.transaction() as connection:
        decided = await proposals.decide(connection, clock, proposal_id, data.verdict, data.reason, caller.person_id)
    return proposal_answer(decided)


router = Router("/", route_handlers=[list_appeals, answer, list_proposals, decide_proposal])
