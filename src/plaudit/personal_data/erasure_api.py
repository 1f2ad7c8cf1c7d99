"""Erasing people, over HTTP: a person themself or their platform's server, and operators in their stead."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, delete, get, post
from litestar.params import JSONBody, Parameter
from msgspec import Meta

from plaudit.injected import Clock, Database
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.personal_data import erasures
from plaudit.personal_data.model import (
    AskedBy,
    Asking,
    Erasure,
    ErasureBegun,
    ErasureObstructed,
    ErasureUnderWay,
    NewErasure,
    NewErasureOf,
)
from plaudit.problems import NotFound

TAGS = ["Personal data"]
PersonNumber = Annotated[int, Parameter(ge=1, le=2**63 - 1)]


class ErasureAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is to be nobody here, or is."""

    id: UUID
    person_id: str
    asked_by: AskedBy
    asked_at: datetime
    begins_at: Annotated[datetime, Meta(description="Until then it can be taken back.")]
    withdrawn_at: datetime | None
    begun_at: datetime | None
    erased_at: datetime | None
    gives_up_coins: bool
    gives_up_earnings: bool


class ObstacleAnswer(msgspec.Struct, frozen=True):
    """What stands in the way."""

    code: Annotated[str, Meta(examples=["coins"])]
    amount: Annotated[int, Meta(description="How many, or how much.")]
    can_be_given_up: bool


class ErasureStanding(msgspec.Struct, frozen=True):
    """Whether somebody is to be erased, and what stands in the way."""

    erasure: ErasureAnswer | None
    obstacles: list[ObstacleAnswer]


def erasure_answer(found: Erasure) -> ErasureAnswer:
    return ErasureAnswer(
        id=found.id,
        person_id=str(found.person_id),
        asked_by=found.asked_by,
        asked_at=found.asked_at,
        begins_at=found.begins_at,
        withdrawn_at=found.withdrawn_at,
        begun_at=found.begun_at,
        erased_at=found.erased_at,
        gives_up_coins=found.gives_up_coins,
        gives_up_earnings=found.gives_up_earnings,
    )


@post(
    "/me/erasure",
    access=Access.VIEWER,
    scope=Scope.DATA,
    operation_id="AskToEraseMe",
    tags=TAGS,
    summary="Have my data erased",
    problems=(ErasureObstructed, ErasureUnderWay),
)
async def ask_to_erase_me(
    data: JSONBody[NewErasure], caller: Caller, database: Database, clock: Clock
) -> ErasureAnswer:
    """In two weeks, unless you take it back. The books stay, under a number that leads to nobody."""
    by = AskedBy.PERSON if caller.key_id is None else AskedBy.PLATFORM
    async with database.transaction() as connection:
        return erasure_answer(await erasures.ask(connection, clock, data, caller.person_id, Asking(by=by)))


@get(
    "/me/erasure",
    access=Access.VIEWER,
    scope=Scope.DATA,
    operation_id="GetMyErasure",
    personal=True,
    tags=TAGS,
    summary="Whether my data is to be erased",
)
async def get_my_erasure(caller: Caller, database: Database, clock: Clock) -> ErasureStanding:
    """And what stands in the way."""
    return await _standing(caller.person_id, database, clock)


@delete(
    "/me/erasure",
    access=Access.VIEWER,
    scope=Scope.DATA,
    operation_id="StayAfterAll",
    tags=TAGS,
    summary="Keep my data, after all",
    problems=(NotFound, ErasureBegun),
)
async def stay(caller: Caller, database: Database, clock: Clock) -> None:
    """As long as it has not begun."""
    async with database.transaction() as connection:
        await erasures.withdraw(connection, clock, caller.person_id)


@post(
    "/operator/people/{person_id:int}/erasure",
    access=Access.OWNER,
    operation_id="ErasePerson",
    tags=TAGS,
    summary="Have somebody's data erased",
    problems=(NotFound, ErasureObstructed, ErasureUnderWay),
)
async def erase_person(
    person_id: PersonNumber, data: JSONBody[NewErasureOf], caller: Caller, database: Database, clock: Clock
) -> ErasureAnswer:
    """For somebody who asked by letter, say."""
    asking = Asking(by=AskedBy.OPERATOR, operator_id=caller.person_id, reason=data.reason)
    async with database.transaction() as connection:
        return erasure_answer(await erasures.ask(connection, clock, data, person_id, asking))


@get(
    "/operator/people/{person_id:int}/erasure",
    access=Access.OWNER,
    operation_id="GetErasure",
    personal=True,
    tags=TAGS,
    summary="Whether somebody's data is to be erased",
)
async def get_erasure(person_id: PersonNumber, database: Database, clock: Clock) -> ErasureStanding:
    """And what stands in the way."""
    return await _standing(person_id, database, clock)


@delete(
    "/operator/people/{person_id:int}/erasure",
    access=Access.OWNER,
    operation_id="KeepPerson",
    tags=TAGS,
    summary="Keep somebody's data, after all",
    problems=(NotFound, ErasureBegun),
)
async def keep_person(person_id: PersonNumber, database: Database, clock: Clock) -> None:
    """As long as it has not begun."""
    async with database.transaction() as connection:
        await erasures.withdraw(connection, clock, person_id)


async def _standing(person_id: int, database: Database, clock: Clock) -> ErasureStanding:
    async with database.snapshot() as connection:
        asked = await erasures.open_of(connection, person_id)
        found = await erasures.obstacles(connection, person_id, clock.now())
    return ErasureStanding(
        None if asked is None else erasure_answer(asked),
        [ObstacleAnswer(one.code, one.amount, one.is_theirs) for one in found],
    )


router = Router(
    "/v1",
    route_handlers=[
        ask_to_erase_me, get_my_erasure, stay, erase_person, get_erasure, keep_person,
    ],
)  # fmt: skip
