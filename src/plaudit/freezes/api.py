"""What stands still, over HTTP: operators say so and lift it; a person reads what they are told."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, JSONBody, Parameter, QueryParameter
from msgspec import Meta

from plaudit.freezes import actions, reading
from plaudit.freezes.model import NUMBER, Freeze, FreezeIsOver, Frozen, Lifting, NewFreeze, OwnFreeze
from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller

_TAGS = ["Operator"]
ACCESS = frozenset({Access.SAFETY, Access.FINANCE})
_IsOpen = Annotated[bool, QueryParameter(name="open", description="Only what still holds.")]
_PersonId = Annotated[str | None, Parameter(pattern=NUMBER, description="Only of this person.")]


class FreezeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stands still, or did."""

    id: UUID
    what: Frozen
    person_id: Annotated[str, Meta(description="Whose it is.")]
    subject_id: Annotated[str | None, Meta(description="The lot, payout method, payout or room.")]
    reason: str
    message: Annotated[str | None, Meta(description="What the person reads; null: they are not told.")]
    frozen_by: Annotated[str | None, Meta(description="The operator; null: the command line.")]
    frozen_at: datetime
    ends_at: Annotated[datetime | None, Meta(description="Until when; null: until it is lifted.")]
    lifted_by: str | None
    lifted_at: datetime | None
    lifted_because: str | None


class ToldFreeze(msgspec.Struct, frozen=True, kw_only=True):
    """Something of yours that stands still."""

    id: UUID
    what: Frozen
    subject_id: Annotated[str | None, Meta(description="The lot, payout method, payout or room.")]
    message: str
    frozen_at: datetime
    ends_at: Annotated[datetime | None, Meta(description="Until when; null: until it is lifted.")]


def _answer(found: Freeze) -> FreezeAnswer:
    return FreezeAnswer(
        id=found.id,
        what=found.what,
        person_id=str(found.person_id),
        subject_id=found.subject_id,
        reason=found.reason,
        message=found.message,
        frozen_by=None if found.frozen_by is None else str(found.frozen_by),
        frozen_at=found.frozen_at,
        ends_at=found.ends_at,
        lifted_by=None if found.lifted_by is None else str(found.lifted_by),
        lifted_at=found.lifted_at,
        lifted_because=found.lifted_because,
    )


@post(
    "/v1/operator/freezes",
    access=ACCESS,
    operation_id="Freeze",
    tags=_TAGS,
    summary="Have something stand still",
)
async def freeze(data: JSONBody[NewFreeze], caller: Caller, database: Database, clock: Clock) -> FreezeAnswer:
    """At once. A wallet spends nothing; a creator gets no gift, converts nothing and is not paid; a lot, a payout
    method, a payout or a room stands still alone; a person in all of it. What a provider was told of already goes on
    there. Repeating it changes nothing."""
    async with database.transaction() as connection:
        return _answer(await actions.freeze(connection, clock, data, caller.person_id))


@post(
    "/v1/operator/freezes/{freeze_id:uuid}/lift",
    access=ACCESS,
    operation_id="LiftFreeze",
    tags=_TAGS,
    status_code=200,
    summary="Have it go on",
    problems=(OwnFreeze, FreezeIsOver),
)
async def lift(
    freeze_id: FromPath[UUID], data: JSONBody[Lifting], caller: Caller, database: Database, clock: Clock
) -> FreezeAnswer:
    """Nobody lifts what is of an account of theirs. Other freezes of the same thing hold on. Repeating it with the
    same reason changes nothing."""
    async with database.transaction() as connection:
        return _answer(await actions.lift(connection, clock, freeze_id, data.reason, caller.person_id))


@get(
    "/v1/operator/freezes",
    access=ACCESS,
    operation_id="ListFreezes",
    personal=True,
    tags=_TAGS,
    summary="What stands still, and did",
)
async def list_freezes(
    database: Database,
    clock: Clock,
    is_open: _IsOpen = False,
    person_id: _PersonId = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[FreezeAnswer]:
    """Newest first."""
    async with database.read() as connection:
        found = await reading.list_freezes(
            connection,
            clock.now(),
            BY_TIME.after(cursor),
            limit + 1,
            person_id=int(person_id) if person_id else None,
            is_open=is_open,
        )
    return BY_TIME.page(found, limit, lambda one: (one.frozen_at, one.id), _answer)


@get(
    "/v1/me/freezes",
    access=Access.VIEWER,
    operation_id="ListMyFreezes",
    tags=["People"],
    summary="What of mine stands still",
)
async def list_my_freezes(caller: Caller, database: Database, clock: Clock) -> Page[ToldFreeze]:
    """What you are told of, as long as it holds: its message, since when and until when."""
    async with database.read() as connection:
        found = await reading.told(connection, caller.person_id, clock.now())
    return Page(
        [
            ToldFreeze(
                id=one.id,
                what=one.what,
                subject_id=one.subject_id,
                message=one.message or "",
                frozen_at=one.frozen_at,
                ends_at=one.ends_at,
            )
            for one in found
        ],
        None,
    )


router = Router("/", route_handlers=[freeze, lift, list_freezes, list_my_freezes])
