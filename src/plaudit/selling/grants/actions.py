"""Giving coins away: once per id, within the limits of a day."""

from datetime import timedelta
from uuid import UUID

from plaudit.brakes.model import SelfExcluded
from plaudit.brakes.reading import is_excluded
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import are_linked
from plaudit.decisions.model import SecondPersonNeeded
from plaudit.ids import require_uuid7
from plaudit.limits import (
    GRANT_COINS_MAX,
    GRANT_COINS_PER_OPERATOR_DAY_MAX,
    GRANT_COINS_PER_PERSON_DAY_MAX,
    GRANT_DAYS_MAX,
)
from plaudit.pages import Place
from plaudit.people.actions import people_by_ids
from plaudit.problems import IdempotencyConflict, InvalidField, NotFound
from plaudit.selling.grants.model import Grant, GrantLimitReached, GrantToOneself, NewGrant
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


async def needs_two(connection: Connection, clock: Clock, coins: int, operator_id: int) -> bool:
    """Whether an operator does not give so much alone, with what they gave today."""
    needed: bool = await connection.fetchval(SQL["needs_two"], coins, operator_id, clock.now())
    return needed


async def lock_grants(connection: Connection) -> None:
    """Give alone until the transaction ends."""
    await connection.execute(SQL["lock_grants"])


async def give(
    connection: Connection, clock: Clock, wanted: NewGrant, operator_id: int, decision_id: UUID | None = None
) -> Grant:
    """Give coins to a person: a promotional lot that is spent before bought ones.

    Raises:
        IdempotencyConflict: the id belongs to another grant.
        InvalidField: the id is no UUIDv7, or `expires_at` is past or too far away.
        NotFound: there is no such person.
        GrantToOneself, GrantLimitReached, SelfExcluded: it is not done.
        SecondPersonNeeded: it is too much for one to give, without a decision.
    """
    await lock_grants(connection)
    person_id = int(wanted.person_id)
    if known := await find(connection, wanted.id):
        asked = (person_id, wanted.coins, wanted.reason, wanted.expires_at, operator_id)
        if asked != (known.person_id, known.coins, known.reason, known.expires_at, known.granted_by):
            raise IdempotencyConflict
        return known
    require_uuid7(wanted.id, "body.id", clock)
    await check(connection, clock, wanted)
    if await are_linked(connection, operator_id, person_id):
        raise GrantToOneself
    await _check_limits(connection, clock, wanted.coins, person_id, operator_id)
    if decision_id is None and await needs_two(connection, clock, wanted.coins, operator_id):
        raise SecondPersonNeeded
    now = clock.now()
    await connection.execute(SQL["fund"], person_id, wanted.id, wanted.coins, now, wanted.expires_at)
    await connection.execute(
        SQL["add_grant"],
        *(person_id, wanted.id, wanted.coins, wanted.reason, wanted.expires_at, operator_id, now, decision_id),
    )
    made = await find(connection, wanted.id)
    assert made is not None, "it was made just now"
    return made


async def check(connection: Connection, clock: Clock, wanted: NewGrant) -> None:
    """Whether somebody can be given this, whoever gives it.

    Raises:
        InvalidField: `expires_at` is past or too far away.
        NotFound: there is no such person.
        SelfExcluded: they excluded themself.
    """
    now = clock.now()
    if wanted.expires_at and not now < wanted.expires_at <= now + timedelta(days=GRANT_DAYS_MAX):
        raise InvalidField(field="body.expires_at", reason=f"must be in the next {GRANT_DAYS_MAX} days")
    if not await people_by_ids(connection, {int(wanted.person_id)}):
        raise NotFound("There is no such person.", person_id=wanted.person_id)
    if await is_excluded(connection, int(wanted.person_id), now):
        raise SelfExcluded


async def _check_limits(connection: Connection, clock: Clock, coins: int, person_id: int, operator_id: int) -> None:
    by_operator, to_person = await _given_today(connection, clock, person_id, operator_id)
    for limit, coins_max, so_far in (
        ("operator", GRANT_COINS_PER_OPERATOR_DAY_MAX, by_operator),
        ("person", GRANT_COINS_PER_PERSON_DAY_MAX, to_person),
    ):
        if so_far + coins > coins_max:
            raise GrantLimitReached(limit=limit, coins_max=coins_max, coins_left=max(0, coins_max - so_far))


async def _given_today(
    connection: Connection, clock: Clock, person_id: int | None, operator_id: int
) -> tuple[int, int]:
    """Coins an operator gave away today (UTC), and those a person was given."""
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    given = await connection.fetchrow(SQL["granted_today"], operator_id, person_id, today)
    assert given is not None
    return given["by_operator"], given["to_person"]


async def left_today(connection: Connection, clock: Clock, person_id: int | None, operator_id: int) -> int:
    """How many coins an operator may still give today: to this person, or to anybody."""
    by_operator, to_person = await _given_today(connection, clock, person_id, operator_id)
    left = GRANT_COINS_PER_OPERATOR_DAY_MAX - by_operator
    if person_id is not None:
        left = min(left, GRANT_COINS_PER_PERSON_DAY_MAX - to_person)
    return max(0, min(left, GRANT_COINS_MAX))


async def find(connection: Connection, grant_id: UUID) -> Grant | None:
    """A grant by its id."""
    return await fetch_one(connection, SQL["find_grant"], Grant, grant_id)


async def list_grants(
    connection: Connection, before: Place, limit: int, *, person_id: int | None = None, granted_by: int | None = None
) -> list[Grant]:
    """Newest first, from the one after `before`; of everybody, or to one person, or by one operator."""
    return await fetch_all(connection, SQL["grants"], Grant, person_id, granted_by, *before, limit)
