"""Bounds of decisions over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from plaudit.decisions import bounds
from plaudit.decisions.answers import DecisionAnswer
from plaudit.decisions.asking import House, Proposal, ask, content_of, told
from plaudit.decisions.bounds import (
    BOUND,
    BeyondWidest,
    Bound,
    BoundAnswer,
    BoundHolds,
    BoundWithdrawal,
    NewBound,
    WiderBound,
)
from plaudit.decisions.model import REFUSED
from plaudit.ids import IdMeta
from plaudit.injected import Clock, Database
from plaudit.pages import Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import NotFound

_TAGS = ["Decisions"]


class BoundProposal(NewBound, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Another value of a bound somebody proposes."""

    id: Annotated[UUID, IdMeta] | None = None


@get(
    "/v1/decision-bounds",
    access=Access.OPERATOR,
    operation_id="ListDecisionBounds",
    tags=_TAGS,
    summary="How far one decision may go",
)
async def list_bounds(database: Database) -> Page[BoundAnswer]:
    """Those in force, by name."""
    async with database.read() as connection:
        return Page(await bounds.list_bounds(connection), None)


@post(
    "/v1/decision-bounds",
    access=BOUND.access,
    step_up=True,
    operation_id="ProposeDecisionBound",
    tags=_TAGS,
    status_code=201,
    other_answers={202: DecisionAnswer},
    summary="Propose how far one decision may go",
    problems=(*REFUSED, BeyondWidest),
)
async def propose_bound(
    data: JSONBody[BoundProposal], caller: Caller, database: Database, clock: Clock, house: NamedDependency[House]
) -> Response[Bound]:
    """202 with the decision that waits for another operator; 201 where one decides alone, who can narrow one only.
    A narrower one holds at once, a wider one when the bound `bound_lead_s` is over."""
    proposal = Proposal(data.id, content_of(data, NewBound), data.note, caller.person_id)
    async with database.transaction() as connection:
        return await told(connection, BOUND, await ask(connection, clock, house, BOUND, proposal))


@get(
    "/v1/decision-bounds/wider",
    access=Access.OPERATOR,
    operation_id="ListWiderDecisionBounds",
    tags=_TAGS,
    summary="What bounds are to be, and are not yet",
)
async def list_wider(database: Database) -> Page[WiderBound]:
    """What two owners decided, the soonest first."""
    async with database.read() as connection:
        return Page(await bounds.list_wider(connection), None)


@post(
    "/v1/decision-bounds/wider/{decision_id:uuid}/withdraw",
    access=BOUND.access,
    operation_id="WithdrawWiderDecisionBound",
    tags=_TAGS,
    status_code=200,
    summary="Leave a bound as it is",
    problems=(BoundHolds, NotFound),
)
async def withdraw_wider(
    decision_id: FromPath[UUID], data: JSONBody[BoundWithdrawal], caller: Caller, database: Database, clock: Clock
) -> WiderBound:
    """For any owner alone, before it holds. Repeating it changes nothing."""
    async with database.transaction() as connection:
        return await bounds.withdraw_wider(connection, clock, decision_id, caller.person_id, data.reason)


_HANDLERS: list[Any] = [list_bounds, propose_bound, list_wider, withdraw_wider]
router = Router("/", route_handlers=_HANDLERS)
