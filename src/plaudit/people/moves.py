"""Subjects that lead elsewhere: their person is called otherwise by now, or turned out to be another account's."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from plaudit.connections import Connection
from plaudit.pages import Place
from plaudit.problems import Conflict
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


class PersonMove(msgspec.Struct, frozen=True, kw_only=True):
    """Where a subject of a platform leads since its server said so."""

    id: UUID
    issuer_id: int
    former_subject: str
    said_subject: str
    """Whom it was said to lead to."""
    subject: str
    """What the platform calls the person now."""
    person_id: int
    merged_id: int | None
    """The account that is no more; None: the person was called otherwise."""
    moved_at: datetime
    by_key: str | None
    """The name of the key by which its server said so; None: who owns the tables."""


class SubjectMoved(Conflict):
    """`subject` leads to the person the platform calls `now`."""

    code: ClassVar[str] = "subject_moved"
    title: ClassVar[str] = "Your platform calls this person otherwise by now; use that account."

    class Fields(msgspec.Struct, frozen=True):
        subject: str
        now: str


class _Moved(msgspec.Struct, frozen=True):
    former: str
    now: str


async def refuse_moved(connection: Connection, issuer_id: int, subjects: Collection[str]) -> None:
    """That none of some subjects, by which nobody is known, leads elsewhere.

    Raises:
        SubjectMoved: one does.
    """
    for one in await fetch_all(connection, SQL["moved_subjects"], _Moved, issuer_id, sorted(set(subjects))):
        raise SubjectMoved(subject=one.former, now=one.now)


async def find_move(connection: Connection, move_id: UUID) -> PersonMove | None:
    """By its id; None: there is none."""
    return await fetch_one(connection, SQL["person_move"], PersonMove, move_id)


async def list_moves(
    connection: Connection, before: Place, limit: int, person_id: int | None = None
) -> list[PersonMove]:
    """Newest first, from the one after `before`; of everybody, or those that lead to or from somebody."""
    return await fetch_all(connection, SQL["person_moves"], PersonMove, *before, limit, person_id)


async def merged_into(connection: Connection, person_id: int) -> list[int]:
    """The accounts that turned out to be this person's, and those that had turned out to be theirs."""
    return [row["id"] for row in await connection.fetch(SQL["merged_into"], person_id)]
