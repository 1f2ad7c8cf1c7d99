"""Other subjects of people, and accounts that are one, as their platform's server says, over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.params import JSONBody, Parameter
from msgspec import Meta

from plaudit.acts import changed
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people import moves
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.people.moves import PersonMove, SubjectMoved
from plaudit.people.telling import PersonUnknown
from plaudit.people.told_api import TAGS, SubjectInPath, require_path_subject
from plaudit.personal_data import merging
from plaudit.personal_data.merging import MoveObstructed, NewMerge, NewSubject, SubjectTaken
from plaudit.vault.sealing import vault_of


class PersonMoveAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where a subject leads."""

    id: UUID
    former_subject: str
    subject: Annotated[str, Meta(description="By which the person comes in now.")]
    person_id: str
    merged_id: Annotated[str | None, Meta(description="The account that is no more; null: another subject.")]
    moved_at: datetime


def _answer(move: PersonMove) -> PersonMoveAnswer:
    return PersonMoveAnswer(
        id=move.id,
        former_subject=move.former_subject,
        subject=move.subject,
        person_id=str(move.person_id),
        merged_id=None if move.merged_id is None else str(move.merged_id),
        moved_at=move.moved_at,
    )


@post(
    "/v1/people/{subject:str}/rename",
    access=Access.SERVER,
    scope=Scope.MERGE,
    operation_id="RenamePerson",
    tags=TAGS,
    status_code=200,
    summary="Say that somebody has another subject",
    problems=(PersonUnknown, SubjectMoved, SubjectTaken, MoveObstructed),
)
async def rename_person(
    subject: SubjectInPath, data: JSONBody[NewSubject], caller: Caller, database: Database, clock: Clock
) -> PersonMoveAnswer:
    """All they have stays theirs. Whatever comes by the former subject is answered with `subject_moved`."""
    require_path_subject(subject)
    async with database.transaction() as connection:
        move = await merging.rename(connection, clock, caller.issuer_id, subject, data)
        changed(connection, people=[str(move.person_id)])
    return _answer(move)


@post(
    "/v1/people/{subject:str}/merge",
    access=Access.SERVER,
    scope=Scope.MERGE,
    operation_id="MergePerson",
    tags=TAGS,
    status_code=200,
    summary="Say that two accounts are one person's",
    problems=(PersonUnknown, SubjectMoved, MoveObstructed),
)
async def merge_person(
    subject: SubjectInPath,
    data: JSONBody[NewMerge],
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
) -> PersonMoveAnswer:
    """The account of the path is no more: what comes by its subject is answered with `subject_moved`. Both count as one
    for good, in limits, breaks, controls of payouts and decisions. It must have nothing left."""
    require_path_subject(subject)
    async with database.transaction() as connection:
        move = await merging.merge(connection, clock, vault_of(settings), caller.issuer_id, subject, data)
        changed(connection, people=[str(move.person_id), str(move.merged_id)])
    return _answer(move)


class ListedMoveAnswer(PersonMoveAnswer, frozen=True, kw_only=True):
    """Where a subject leads, and who said so."""

    by_key: Annotated[str | None, Meta(description="The name of the server's key; null: said on the command line.")]


def _listed(move: PersonMove) -> ListedMoveAnswer:
    return ListedMoveAnswer(**msgspec.structs.asdict(_answer(move)), by_key=move.by_key)


@get(
    "/v1/operator/person-moves",
    access=frozenset({Access.SUPPORT, Access.SAFETY}),
    operation_id="ListPersonMoves",
    personal=True,
    tags=["Operator"],
    summary="People who are called otherwise, and accounts that are one",
)
async def list_moves(
    database: Database,
    person_id: Annotated[
        str | None, Parameter(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="Only what leads to or from them.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[ListedMoveAnswer]:
    """Newest first, with the key by which the platform's server said so."""
    async with database.read() as connection:
        found = await moves.list_moves(
            connection, BY_TIME.after(cursor), limit + 1, int(person_id) if person_id else None
        )
    return BY_TIME.page(found, limit, lambda move: (move.moved_at, move.id), _listed)


router = Router("/", route_handlers=[rename_person, merge_person, list_moves])
