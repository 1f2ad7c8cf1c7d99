"""Accounts that belong to one human or household, as operators know them: for decisions they are one."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import SQL
from plaudit.ids import IdMeta, require_uuid7
from plaudit.limits import NOTE_LENGTH_MAX
from plaudit.pages import Place
from plaudit.people.actions import require_person
from plaudit.problems import Conflict, IdempotencyConflict, InvalidField, NotFound
from plaudit.statements import fetch_all, fetch_one

PersonId = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="An account.", examples=["12"])]


class NewPersonLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Two accounts that are to count as one person's."""

    id: Annotated[UUID, IdMeta]
    person_id: PersonId
    other_id: PersonId
    note: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, pattern=r"\S", description="How it is known.")]


class PersonLink(msgspec.Struct, frozen=True, kw_only=True):
    """Two accounts that count as one person's, until it ended."""

    id: UUID
    person_id: str
    other_id: str
    note: str
    linked_by: str
    linked_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    ended_because: str | None
    """Null also of one that ended before it was asked."""


class LinkEnding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why two accounts are two people's after all."""

    reason: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, pattern=r"\S")]


class AlreadyLinked(Conflict):
    code: ClassVar[str] = "already_linked"
    title: ClassVar[str] = "These accounts are linked already."


class OwnLink(Conflict):
    code: ClassVar[str] = "own_link"
    title: ClassVar[str] = "Another operator must end a link of your own account."


class MergedForGood(Conflict):
    code: ClassVar[str] = "merged_for_good"
    title: ClassVar[str] = "These accounts were merged, as their platform said; they stay one person's."


async def link(connection: Connection, clock: Clock, new: NewPersonLink, operator_id: int) -> PersonLink:
    """Let two accounts count as one person's, once per id.

    Raises:
        InvalidField: the id is no UUIDv7, or an account would be linked with itself.
        IdempotencyConflict: the id was used for other accounts.
        NotFound: there is no such account.
        AlreadyLinked: they are.
    """
    pair = sorted((int(new.person_id), int(new.other_id)))
    await connection.execute(SQL["lock_decisions"])
    if known := await fetch_one(connection, SQL["person_link"], PersonLink, new.id):
        if [int(known.person_id), int(known.other_id), known.note] != [*pair, new.note]:
            raise IdempotencyConflict
        return known
    require_uuid7(new.id, "body.id", clock)
    if pair[0] == pair[1]:
        raise InvalidField(field="body.other_id", reason="must be another account")
    for person_id in pair:
        await require_person(connection, person_id)
    made = await fetch_one(
        connection, SQL["add_person_link"], PersonLink, new.id, *pair, new.note, operator_id, clock.now()
    )
    if made is None:
        raise AlreadyLinked
    return made


async def end(connection: Connection, clock: Clock, link_id: UUID, operator_id: int, reason: str) -> PersonLink:
    """Let two accounts count as two people's again, and why. Repeating it changes nothing.

    Raises:
        NotFound: there is no such link.
        OwnLink: one of them is the operator's, by this link or others.
        MergedForGood: their platform said that they are one.
    """
    await connection.execute(SQL["lock_decisions"])
    found = await fetch_one(connection, SQL["person_link"], PersonLink, link_id)
    if found is None:
        raise NotFound("There is no link with this id.")
    if found.ended_at is not None:
        return found
    if await connection.fetchval(SQL["are_linked"], operator_id, int(found.person_id)):
        raise OwnLink
    try:
        async with connection.transaction():
            ended = await fetch_one(
                connection, SQL["end_person_link"], PersonLink, link_id, operator_id, clock.now(), reason
            )
    except asyncpg.CheckViolationError as error:
        if error.constraint_name != "merged_stays_linked":
            raise
        raise MergedForGood from error
    assert ended is not None, "it holds, and nobody else is at it"
    return ended


async def list_links(
    connection: Connection, before: Place, limit: int, *, person_id: int | None = None, holds: bool | None = None
) -> list[PersonLink]:
    """Newest first. `person_id`: of which it is one; `holds`: only those that do, or ended; None: any."""
    return await fetch_all(connection, SQL["person_links"], PersonLink, *before, limit, person_id, holds)
