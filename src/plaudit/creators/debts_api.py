"""What creators owe, over HTTP: by creator, by age, and what was written off."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, Parameter
from msgspec import Meta

from plaudit.creators import debts
from plaudit.creators.debts import LARGEST_FIRST, Debt, DebtAge, NewWriteOff, NotOwed, WriteOff
from plaudit.creators.decisions import DEBT_WRITE_OFF
from plaudit.decisions.answers import DecisionAnswer
from plaudit.decisions.asking import House, Proposal, ask, content_of, told
from plaudit.decisions.model import REFUSED, Decision
from plaudit.ids import IdMeta
from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.actions import cards_of
from plaudit.people.injected import Caller
from plaudit.people.model import PersonCard

_TAGS = ["Operator"]


class DebtAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Diamonds a creator owes for gifts that were taken back."""

    creator: PersonCard
    diamonds: int
    pending: Annotated[int, Meta(description="Pending diamonds, which pay it off as they mature.")]
    since: Annotated[datetime, Meta(description="Since when something has been owed without a pause.")]
    written_off: Annotated[int, Meta(description="What was let off before and has not come back.")]


class WriteOffProposal(NewWriteOff, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A debt somebody proposes to write off."""

    id: Annotated[UUID, IdMeta]


class WriteOffAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Diamonds a creator was let off."""

    id: Annotated[UUID, Meta(description="Of the decision.")]
    creator: PersonCard
    diamonds: int
    reason: str
    written_off_at: datetime
    proposed_by: PersonCard
    confirmed_by: PersonCard


@get(
    "/operator/debts",
    access=Access.FINANCE,
    operation_id="ListDebts",
    personal=True,
    tags=_TAGS,
    summary="Creators who owe diamonds",
)
async def list_debts(database: Database, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT) -> Page[DebtAnswer]:
    """The largest debts first: of gifts that were taken back after their diamonds were paid out."""
    async with database.read() as connection:
        found = await debts.list_debts(connection, LARGEST_FIRST.after(cursor), limit + 1)
        people = await cards_of(connection, {debt.creator_id for debt in found[:limit]})

    def answer(debt: Debt) -> DebtAnswer:
        return DebtAnswer(
            creator=people[debt.creator_id],
            diamonds=debt.diamonds,
            pending=debt.pending,
            since=debt.since,
            written_off=debt.written_off,
        )

    return LARGEST_FIRST.page(found, limit, lambda debt: (debt.diamonds, debt.creator_id), answer)


@get("/operator/debts-by-age", access=Access.FINANCE, operation_id="ListDebtsByAge", tags=_TAGS, summary="Debts by age")
async def list_debts_by_age(database: Database, clock: Clock) -> list[DebtAge]:
    """How much has been owed for how long; ages nobody owes for are left out."""
    async with database.read() as connection:
        return await debts.debts_by_age(connection, clock)


@post(
    "/operator/debt-write-offs",
    access=Access.FINANCE,
    operation_id="WriteOffDebt",
    tags=_TAGS,
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=(NotOwed, *REFUSED),
    summary="Let a creator off what they owe",
)
async def write_off_debt(
    data: JSONBody[WriteOffProposal],
    caller: Caller,
    database: Database,
    clock: Clock,
    house: NamedDependency[House],
) -> Response[WriteOffAnswer]:
    """Idempotent by `id`. Two operators decide it, neither of them the creator. What comes back of gifts later pays
    first what is still owed, then this, so that nobody gains by being let off."""
    async with database.transaction() as connection:
        content = content_of(data, NewWriteOff)
        asked: WriteOff | Decision = await ask(
            connection, clock, house, DEBT_WRITE_OFF, Proposal(data.id, content, data.reason, caller.person_id)
        )
        if isinstance(asked, Decision):
            return await told(connection, DEBT_WRITE_OFF, asked)
        people = await cards_of(connection, _people_of([asked]))
        return await told(connection, DEBT_WRITE_OFF, _answer(asked, people))


@get(
    "/operator/debt-write-offs",
    access=Access.FINANCE,
    operation_id="ListDebtWriteOffs",
    personal=True,
    tags=_TAGS,
    summary="Debts that were written off",
)
async def list_write_offs(
    database: Database,
    creator_id: Annotated[
        str | None, Parameter(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="Only those of this creator.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[WriteOffAnswer]:
    """Newest first, with who decided it and why."""
    async with database.read() as connection:
        found = await debts.list_write_offs(
            connection, BY_TIME.after(cursor), limit + 1, int(creator_id) if creator_id else None
        )
        people = await cards_of(connection, _people_of(found[:limit]))
    return BY_TIME.page(
        found, limit, lambda one: (one.written_off_at, one.decision_id), lambda one: _answer(one, people)
    )


def _people_of(many: list[WriteOff]) -> set[int]:
    return {person for one in many for person in (one.creator_id, one.proposed_by, one.confirmed_by)}


def _answer(one: WriteOff, people: dict[int, PersonCard]) -> WriteOffAnswer:
    return WriteOffAnswer(
        id=one.decision_id,
        creator=people[one.creator_id],
        diamonds=one.diamonds,
        reason=one.reason,
        written_off_at=one.written_off_at,
        proposed_by=people[one.proposed_by],
        confirmed_by=people[one.confirmed_by],
    )


router = Router("/v1", route_handlers=[list_debts, list_debts_by_age, write_off_debt, list_write_offs])
