"""Cases of minors over HTTP: what one would come to, opening it, how far it is, and going on with what was refused."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from plaudit.acts import changed
from plaudit.connections import Connection
from plaudit.decisions.answers import DecisionAnswer
from plaudit.decisions.asking import told
from plaudit.decisions.model import REFUSED, Decision, OwnBenefit, SecondPersonNeeded
from plaudit.injected import Clock, Database
from plaudit.jobs import JobRunner
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.money import Money
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import IdempotencyConflict, NotFound
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reversals import minors, minors_plan
from plaudit.selling.reversals.minors_model import (
    CreatorLoss,
    MinorPeriod,
    MinorRefund,
    MinorRefundPlan,
    NewMinorRefund,
    NothingToGiveBack,
)
from plaudit.selling.reversals.model import State
from plaudit.selling.reversals.refunds import SENDS, GivesBack

_TAGS = ["Operator"]
_WHO = frozenset({Access.SUPPORT, Access.FINANCE})


class CaseOrderAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An order of a case, and how far its money is."""

    order_id: UUID
    amount: Money
    coins: int
    reversal_id: UUID
    state: Annotated[State, Meta(description="`undone`: the provider refused it; the case can go on.")]


class MinorRefundAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A case, and how far it is."""

    id: UUID
    person_id: str
    since: datetime
    until: datetime
    reason: str
    requested_by: str
    decided_at: datetime
    decision_id: Annotated[UUID | None, Meta(description="Null: one operator gave it back alone.")]
    orders: list[CaseOrderAnswer]
    creators: Annotated[list[CreatorLoss], Meta(description="Who loses what.")]
    is_complete: Annotated[bool, Meta(description="All of the money is with the payer.")]


async def case_answer(connection: Connection, found: MinorRefund) -> MinorRefundAnswer:
    """A case as it is now."""
    orders = await minors.orders_of(connection, found.id)
    return MinorRefundAnswer(
        id=found.id,
        person_id=str(found.person_id),
        since=found.since,
        until=found.until,
        reason=found.reason,
        requested_by=str(found.requested_by),
        decided_at=found.decided_at,
        decision_id=found.decision_id,
        orders=[
            CaseOrderAnswer(
                order_id=one.order_id,
                amount=one.amount,
                coins=one.coins,
                reversal_id=one.reversal_id,
                state=one.state,
            )
            for one in orders
        ],
        creators=await minors.losses(connection, found),
        is_complete=all(one.state is State.DONE for one in orders),
    )


@post(
    "/operator/minor-refunds:preview",
    access=_WHO,
    personal=True,
    operation_id="PreviewMinorRefund",
    tags=_TAGS,
    status_code=200,
    summary="What a minor's case would give back, and who would lose what",
)
async def preview_minor_refund(
    data: JSONBody[MinorPeriod], database: Database, payment_providers: NamedDependency[PaymentProviders], clock: Clock
) -> MinorRefundPlan:
    """Of all that was paid in the period. Nothing is kept."""
    async with database.transaction() as connection:
        return await minors_plan.plan(connection, payment_providers, data, clock)


@post(
    "/operator/minor-refunds",
    access=_WHO,
    operation_id="OpenMinorRefund",
    tags=_TAGS,
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=(NotFound, NothingToGiveBack, OwnBenefit, IdempotencyConflict, *REFUSED),
    summary="Give back all that a minor paid in a period",
)
async def open_minor_refund(
    data: JSONBody[NewMinorRefund],
    caller: Caller,
    database: Database,
    clock: Clock,
    jobs: NamedDependency[JobRunner],
    house: NamedDependency[GivesBack],
) -> Response[MinorRefundAnswer]:
    """All at once: unspent coins leave the wallet, gifts are taken back from every creator, and the money goes back the
    way it came. 202 with the decision that waits for another operator, when it is more than one gives back alone; it is
    outdated once the minor spends more. Idempotent by `id`."""
    async with database.transaction() as connection:
        made = await minors.give_or_ask(connection, clock, house, data, caller.person_id)
        if isinstance(made, Decision):
            return await told(connection, minors.MINOR_REFUND, made)
        changed(connection, person_id=str(made.person_id))
        answer = await case_answer(connection, made)
    jobs.wake(SENDS)
    return Response(answer, status_code=201)


@get(
    "/operator/minor-refunds",
    access=_WHO,
    personal=True,
    operation_id="ListMinorRefunds",
    tags=_TAGS,
    summary="Cases of minors",
)
async def list_minor_refunds(
    database: Database, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[MinorRefundAnswer]:
    """Newest first."""
    async with database.read() as connection:
        found = await minors.list_cases(connection, BY_TIME.after(cursor), limit + 1)
        answers = [await case_answer(connection, one) for one in found[:limit]]
    return Page(answers, BY_TIME.next(found, limit, lambda one: (one.decided_at, one.id)))


@get(
    "/operator/minor-refunds/{case_id:uuid}",
    access=_WHO,
    personal=True,
    operation_id="GetMinorRefund",
    tags=_TAGS,
    problems=(NotFound,),
    summary="One of them",
)
async def get_minor_refund(case_id: FromPath[UUID], database: Database) -> MinorRefundAnswer:
    """How far each of its orders is."""
    async with database.read() as connection:
        return await case_answer(connection, await minors.find(connection, case_id))


@post(
    "/operator/minor-refunds/{case_id:uuid}/resume",
    access=_WHO,
    operation_id="ResumeMinorRefund",
    tags=_TAGS,
    status_code=200,
    problems=(NotFound, OwnBenefit, SecondPersonNeeded),
    summary="Give back again what providers refused of a case",
)
async def resume_minor_refund(
    case_id: FromPath[UUID],
    caller: Caller,
    database: Database,
    clock: Clock,
    payment_providers: NamedDependency[PaymentProviders],
    jobs: NamedDependency[JobRunner],
) -> MinorRefundAnswer:
    """What is under way or done stays. What a provider does not answer to is tried again by itself."""
    async with database.transaction() as connection:
        found = await minors.resume(connection, clock, payment_providers, case_id, caller.person_id)
        answer = await case_answer(connection, found)
    jobs.wake(SENDS)
    return answer


HANDLERS = (preview_minor_refund, open_minor_refund, list_minor_refunds, get_minor_refund, resume_minor_refund)
