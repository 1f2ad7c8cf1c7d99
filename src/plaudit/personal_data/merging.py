"""What a platform found out of its people: somebody is called otherwise, or two accounts are one person's."""

from typing import Annotated, ClassVar
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.events.log import record
from plaudit.events.model import PersonMoved, PersonReference
from plaudit.ids import IdMeta, new_id, require_uuid7
from plaudit.payouts.names import NameMatch, compare, vouched_for
from plaudit.people.actions import require_subject
from plaudit.people.model import Person
from plaudit.people.moves import PersonMove, find_move
from plaudit.people.telling import Subject, find_told
from plaudit.personal_data.erasures import obstacles, open_of
from plaudit.personal_data.model import Obstacle
from plaudit.problems import Conflict, IdempotencyConflict, InvalidField
from plaudit.statements import fetch_all, statements
from plaudit.vault.sealing import Vault

SQL = statements(__file__)


class NewSubject(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the platform calls somebody from now on."""

    id: Annotated[UUID, IdMeta]
    subject: Subject


class NewMerge(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The account that somebody's turned out to be."""

    id: Annotated[UUID, IdMeta]
    into: Annotated[Subject, Meta(description="Of the account that stays.")]


class SubjectTaken(Conflict):
    code: ClassVar[str] = "subject_taken"
    title: ClassVar[str] = "This subject is somebody's, or was and leads elsewhere."


class MoveObstructed(Conflict):
    """`obstacles`: what the account has or is in the middle of, by code."""

    code: ClassVar[str] = "move_obstructed"
    title: ClassVar[str] = "A server's key alone cannot do this as long as there is what is listed."

    class Fields(msgspec.Struct, frozen=True):
        obstacles: dict[str, int]


async def rename(connection: Connection, clock: Clock, issuer_id: int, former: str, new: NewSubject) -> PersonMove:
    """Have somebody come in by another subject, once per id. The former one leads to them.

    Raises:
        InvalidField: the id is no UUIDv7.
        IdempotencyConflict: it was used for something else.
        PersonUnknown, SubjectMoved: nobody is known by the former subject.
        SubjectTaken: the other is or was somebody's.
        MoveObstructed: they are an operator, or have more than a key alone may lead elsewhere.
    """
    if known := await find_move(connection, new.id):
        said = (known.issuer_id, known.former_subject, known.said_subject, known.merged_id)
        if said != (issuer_id, former, new.subject, None):
            raise IdempotencyConflict(id=new.id)
        return known
    require_uuid7(new.id, "body.id", clock)
    person = await find_told(connection, issuer_id, former, "path.subject")
    if found := await fetch_all(connection, SQL["rename_obstacles"], Obstacle, person.id):
        raise MoveObstructed(obstacles={one.code: one.amount for one in found})
    await _move_subject(connection, clock, "rename_person", new, person.id)
    return await _told(connection, clock, new.id, person.issuer)


async def rename_as_owner(
    connection: Connection, clock: Clock, issuer_id: int, former: str, subject: str
) -> PersonMove:
    """The same, whoever they are and whatever they have; for the login that owns the tables.

    Raises:
        PersonUnknown, SubjectMoved, SubjectTaken: as `rename` says.
    """
    person = await find_told(connection, issuer_id, former, "former")
    new = NewSubject(id=new_id(clock), subject=require_subject(subject))
    await _move_subject(connection, clock, "move_subject", new, person.id)
    return await _told(connection, clock, new.id, person.issuer)


async def _move_subject(connection: Connection, clock: Clock, statement: str, new: NewSubject, person_id: int) -> None:
    try:
        async with connection.transaction():
            await connection.execute(SQL[statement], new.id, person_id, new.subject, clock.now())
    except (asyncpg.UniqueViolationError, asyncpg.CheckViolationError) as error:
        if error.constraint_name not in {"person_issuer_id_subject_key", "person_comes_by_their_subject"}:
            raise
        raise SubjectTaken from error


async def merge(
    connection: Connection, clock: Clock, vault: Vault, issuer_id: int, former: str, new: NewMerge
) -> PersonMove:
    """Let an account be another from now on, once per id: what comes by its subject is led there, both count as one for
    good, and the one that goes stands still. It must have nothing left.

    Raises:
        InvalidField: the id is no UUIDv7, or an account would be merged into itself.
        IdempotencyConflict: it was used for something else.
        PersonUnknown, SubjectMoved: nobody is known by one of the subjects.
        MoveObstructed: the account that goes has something left, or they are known to be two people.
    """
    if known := await find_move(connection, new.id):
        said = (known.issuer_id, known.former_subject, known.said_subject, known.merged_id is None)
        if said != (issuer_id, former, new.into, False):
            raise IdempotencyConflict(id=new.id)
        return known
    require_uuid7(new.id, "body.id", clock)
    goes = await find_told(connection, issuer_id, former, "path.subject")
    stays = await find_told(connection, issuer_id, new.into, "body.into")
    if goes.id == stays.id:
        raise InvalidField(field="body.into", reason="must be another account")
    if found := await _obstacles(connection, clock, vault, goes, stays):
        raise MoveObstructed(obstacles=found)
    try:
        async with connection.transaction():
            await connection.execute(SQL["merge_person"], new.id, goes.id, stays.id, clock.now())
    except asyncpg.CheckViolationError as error:
        if error.constraint_name != "merge_is_not_obstructed":
            raise
        found = await _obstacles(connection, clock, vault, goes, stays)
        raise MoveObstructed(obstacles=found) from error
    return await _told(connection, clock, new.id, stays.issuer)


async def _obstacles(connection: Connection, clock: Clock, vault: Vault, goes: Person, stays: Person) -> dict[str, int]:
    found = {one.code: one.amount for one in await obstacles(connection, goes.id, clock.now())}
    if any([await open_of(connection, one.id) for one in (goes, stays)]):
        found["erasure"] = 1
    names = [await vouched_for(connection, vault, one.id) for one in (goes, stays)]
    if names[0] and names[1] and compare(names[0], names[1]) is not NameMatch.MATCH:
        found["other_name"] = 1
    return found


async def _told(connection: Connection, clock: Clock, move_id: UUID, issuer: str) -> PersonMove:
    made = await find_move(connection, move_id)
    assert made is not None, "it was made in this transaction"
    who = PersonReference(str(made.person_id), issuer, made.subject)
    merged = None if made.merged_id is None else str(made.merged_id)
    await record(connection, clock.now(), PersonMoved(who=who, former_subject=made.former_subject, merged_id=merged))
    return made
