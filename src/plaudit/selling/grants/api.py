"""Coins operators give away, over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, Parameter
from msgspec import Meta

from plaudit.brakes.model import SelfExcluded
from plaudit.decisions.answers import DecisionAnswer
from plaudit.decisions.asking import House, told
from plaudit.decisions.model import REFUSED, Decision
from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.actions import card_of, people_by_ids
from plaudit.people.injected import Caller
from plaudit.people.model import Person, PersonCard
from plaudit.problems import NotFound
from plaudit.selling.grants import actions
from plaudit.selling.grants.decisions import GRANT, give_or_ask
from plaudit.selling.grants.model import Grant, GrantLimitReached, GrantToOneself, NewGrant

TAGS = ["Operator"]
PersonId = Annotated[
    str | None, Parameter(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="Only those to this person.")
]
OperatorId = Annotated[
    str | None, Parameter(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="Only those by this operator.")
]


class GrantAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Coins that were given away."""

    id: Annotated[UUID, Meta(description="Also that of the lot.")]
    person: PersonCard
    coins: int
    unspent: Annotated[int, Meta(description="Of its coins, those that can still be spent.")]
    expired: Annotated[int, Meta(description="Of its coins, those that were not spent in time.")]
    reason: str
    expires_at: Annotated[datetime | None, Meta(description="Until when they can be spent; null: without end.")]
    granted_by: PersonCard
    granted_at: datetime


def _card(people: dict[int, Person], person_id: int) -> PersonCard:
    person = people.get(person_id)
    return card_of(person) if person else PersonCard(str(person_id), "", "")


def _answer(grant: Grant, people: dict[int, Person]) -> GrantAnswer:
    return GrantAnswer(
        id=grant.grant_id,
        person=_card(people, grant.person_id),
        coins=grant.coins,
        unspent=grant.unspent,
        expired=grant.expired,
        reason=grant.reason,
        expires_at=grant.expires_at,
        granted_by=_card(people, grant.granted_by),
        granted_at=grant.granted_at,
    )


@post(
    "/operator/grants",
    access=Access.SUPPORT,
    operation_id="GrantCoins",
    tags=TAGS,
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=(NotFound, GrantToOneself, GrantLimitReached, SelfExcluded, *REFUSED),
    summary="Give coins to somebody",
)
async def grant_coins(
    data: JSONBody[NewGrant], caller: Caller, database: Database, clock: Clock, house: NamedDependency[House]
) -> Response[GrantAnswer]:
    """Idempotent by `id`. The coins are promotional: spent before bought ones, never refunded. There are limits a day
    (UTC) for an operator and for a person. 202 with the decision that waits for another operator, when it is more than
    one gives alone."""
    async with database.transaction() as connection:
        asked = await give_or_ask(connection, clock, house, data, caller.person_id)
        if isinstance(asked, Decision):
            return await told(connection, GRANT, asked)
        people = await people_by_ids(connection, {asked.person_id, asked.granted_by})
        return await told(connection, GRANT, _answer(asked, people))


@get(
    "/operator/grants",
    access=Access.SUPPORT,
    operation_id="ListGrants",
    personal=True,
    tags=TAGS,
    summary="Coins given away",
)
async def list_grants(
    database: Database,
    person_id: PersonId = None,
    granted_by: OperatorId = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[GrantAnswer]:
    """Newest first, with who gave them and why, and what is left."""
    async with database.read() as connection:
        found = await actions.list_grants(
            connection,
            BY_TIME.after(cursor),
            limit + 1,
            person_id=int(person_id) if person_id else None,
            granted_by=int(granted_by) if granted_by else None,
        )
        named = {one for grant in found[:limit] for one in (grant.person_id, grant.granted_by)}
        people = await people_by_ids(connection, named)
    return BY_TIME.page(
        found, limit, lambda grant: (grant.granted_at, grant.grant_id), lambda grant: _answer(grant, people)
    )


HANDLERS = (grant_coins, list_grants)
