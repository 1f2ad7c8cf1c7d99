"""What people say against what is held of theirs, and notices to them. Who asks learns nothing: every word is taken."""

from typing import Annotated
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ids import IdMeta, require_uuid7
from plaudit.pages import Place
from plaudit.people.allowances import take
from plaudit.problems import IdempotencyConflict, NotFound
from plaudit.safety.cases import Words
from plaudit.safety.limits import APPEALS_PER_HOUR, NOTICES_TOLD_MAX
from plaudit.safety.looking import enter
from plaudit.safety.model import Appeal, AppealIsOpen, AppealIsOver, EntryKind, Notice, OwnCase
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


class NewAppeal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """That something is held wrongly."""

    id: Annotated[UUID, IdMeta]
    text: Annotated[Words, Meta(description="What is wrong, in your words.")]


async def appeal(connection: Connection, clock: Clock, new: NewAppeal, person_id: int) -> Appeal:
    """Keep what somebody says; one at a time. Once per id.

    Raises:
        InvalidField: the id is no UUIDv7.
        IdempotencyConflict: the id is of other words.
        AppealIsOpen: what they said before was not answered yet.
        TooOften: they said much within the hour.
    """
    if known := await fetch_one(connection, SQL["find_appeal"], Appeal, new.id):
        if (known.person_id, known.text) != (person_id, new.text):
            raise IdempotencyConflict(id=new.id)
        return known
    require_uuid7(new.id, "body.id", clock)
    await take(connection, person_id, "appeal", APPEALS_PER_HOUR, clock)
    now = clock.now()
    await connection.fetchval(SQL["add_appeal"], new.id, person_id, new.text, now)
    made = await fetch_one(connection, SQL["find_appeal"], Appeal, new.id)
    if made is None:
        raise AppealIsOpen
    if made.case_id is not None:
        await enter(connection, made.case_id, now, None, EntryKind.APPEAL, made.text)
    return made


async def list_appeals(
    connection: Connection,
    before: Place,
    limit: int,
    *,
    is_open: bool | None = None,
    person_id: int | None = None,
) -> list[Appeal]:
    """Newest first, from the one after `before`."""
    return await fetch_all(connection, SQL["appeals"], Appeal, is_open, person_id, *before, limit)


async def answer(connection: Connection, clock: Clock, appeal_id: UUID, words: str, operator_id: int) -> Appeal:
    """Answer somebody, who reads it. Repeating it with the same words changes nothing.

    Raises:
        NotFound: there is no such appeal.
        AppealIsOver: it was answered before, otherwise or by another.
        OwnCase: it is the operator's own, or of an account linked to theirs.
    """
    found = await fetch_one(connection, SQL["find_appeal"], Appeal, appeal_id)
    if found is None:
        raise NotFound("There is no such appeal.", id=appeal_id)
    now = clock.now()
    try:
        is_new = await connection.fetchval(SQL["answer_appeal"], appeal_id, words, operator_id, now)
    except asyncpg.CheckViolationError as error:
        if error.constraint_name == "appeal_is_answered_by_another":
            raise OwnCase from error
        raise
    answered = await fetch_one(connection, SQL["find_appeal"], Appeal, appeal_id)
    assert answered is not None, "appeals stay"
    if (answered.answer, answered.answered_by) != (words, operator_id):
        raise AppealIsOver
    if is_new and answered.case_id is not None:
        await enter(connection, answered.case_id, now, operator_id, EntryKind.ANSWER, words)
    return answered


async def notices(connection: Connection, person_id: int) -> list[Notice]:
    """What somebody is told of decisions about them, newest first."""
    return await fetch_all(connection, SQL["notices"], Notice, person_id, NOTICES_TOLD_MAX)
