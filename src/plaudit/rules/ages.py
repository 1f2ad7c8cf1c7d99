"""Ages that somebody found out, as bounds in whole years, with who says so and until when; revoked at once."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ids import IdMeta, require_uuid7
from plaudit.limits import NOTE_LENGTH_MAX
from plaudit.moments import Moment
from plaudit.problems import Conflict, IdempotencyConflict, InvalidField, NotFound
from plaudit.rules.limits import AGE_WORD_LENGTH_MAX, AGE_YEARS_MAX, PROVED_AHEAD_S
from plaudit.rules.model import LEVELS, Level
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)
REPLACED = "The source says something else now."


class NewAssurance(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was found out about an age."""

    id: Annotated[UUID, IdMeta]
    at_least: Annotated[int, Meta(ge=0, le=AGE_YEARS_MAX, description="Whole years.", examples=[18])] = 0
    under: Annotated[int, Meta(ge=1, le=AGE_YEARS_MAX + 1, description="Younger than; null: not known.")] | None = None
    level: Annotated[
        str,
        Meta(
            pattern=r"^(claimed|checked|verified)$(?!\n)",
            description="claimed: they said so; checked: somebody looked; verified: a document proves it.",
        ),
    ]
    method: Annotated[
        str,
        Meta(
            pattern=r"^[a-z][a-z0-9_]{0,59}$(?!\n)", description="How, such as `id_document`.", examples=["id_document"]
        ),
    ]
    source: Annotated[
        str, Meta(min_length=1, max_length=AGE_WORD_LENGTH_MAX, pattern=r"\S", description="Who found it out.")
    ]
    proved_at: Annotated[Moment, Meta(description="When.")]
    until: Annotated[Moment, Meta(description="From when it proves nothing more; null: until revoked.")] | None = None


class Revocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why something is believed no more."""

    reason: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH_MAX, pattern=r"\S")]


class AgeAssurance(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out about an age, as it is kept. `level`: 0 inferred, 1 claimed, 2 checked, 3 verified."""

    id: UUID
    person_id: int
    at_least: int
    under: int | None
    level: int
    method: str
    source: str
    proved_at: datetime
    until: datetime | None
    recorded_at: datetime
    revoked_at: datetime | None
    revoked_because: str | None


class AssuranceIsOver(Conflict):
    code: ClassVar[str] = "assurance_is_over"
    title: ClassVar[str] = "This was taken back before, for another reason."


async def keep(connection: Connection, clock: Clock, person_id: int, new: NewAssurance) -> AgeAssurance:
    """Believe it from now on; once per id.

    Raises:
        InvalidField: the id is no UUIDv7, or its bounds or times make no sense.
        IdempotencyConflict: the id was used for another.
    """
    require_uuid7(new.id, "body.id", clock)
    now = clock.now()
    if new.under is not None and new.under <= new.at_least:
        raise InvalidField(field="body.under", reason="must be above at_least")
    if new.under is None and not new.at_least:
        raise InvalidField(field="body.at_least", reason="or under must be given")
    if new.proved_at > now + timedelta(seconds=PROVED_AHEAD_S):
        raise InvalidField(field="body.proved_at", reason="must not be in the future")
    if new.until is not None and new.until <= new.proved_at:
        raise InvalidField(field="body.until", reason="must be after proved_at")
    said = _said(person_id, new)
    await _add(connection, person_id, new, now)
    found = await fetch_one(connection, SQL["find_assurance"], AgeAssurance, new.id)
    assert found is not None, "it was just kept, or before"
    kept = (found.id, found.person_id, found.at_least, found.under, found.level, found.method, found.source)
    if (*kept, found.proved_at, found.until) != (*said, new.proved_at, new.until):
        raise IdempotencyConflict(id=new.id)
    return found


def _said(person_id: int, new: NewAssurance) -> tuple[UUID, int, int, int | None, int, str, str]:
    return new.id, person_id, new.at_least, new.under, int(LEVELS[new.level]), new.method, new.source


async def _add(connection: Connection, person_id: int, new: NewAssurance, now: datetime) -> None:
    said = _said(person_id, new)
    await fetch_one(connection, SQL["add_assurance"], AgeAssurance, *said, new.proved_at, new.until, now)


async def find(connection: Connection, person_id: int, assurance_id: UUID) -> AgeAssurance:
    """What was found out about somebody's age.

    Raises:
        NotFound: there is none of this person.
    """
    found = await fetch_one(connection, SQL["find_assurance"], AgeAssurance, assurance_id)
    if found is None or found.person_id != person_id:
        raise NotFound("There is no such proof of this person's age.", id=assurance_id)
    return found


async def revoke(connection: Connection, clock: Clock, person_id: int, assurance_id: UUID, reason: str) -> AgeAssurance:
    """Believe it no more. Repeating it with the same words changes nothing.

    Raises:
        NotFound: there is none of this person.
        AssuranceIsOver: it was revoked before, for another reason.
    """
    await find(connection, person_id, assurance_id)
    revoked = await fetch_one(connection, SQL["revoke_assurance"], AgeAssurance, assurance_id, clock.now(), reason)
    revoked = revoked or await fetch_one(connection, SQL["find_assurance"], AgeAssurance, assurance_id)
    assert revoked is not None, "it is there"
    if revoked.revoked_because != reason:
        raise AssuranceIsOver
    return revoked


async def replace(connection: Connection, clock: Clock, person_id: int, new: NewAssurance) -> AgeAssurance:
    """Believe a source's newest word, and none of its earlier ones any more; one that is later, or surer, stays.

    Raises:
        InvalidField, IdempotencyConflict: as `keep` says.
    """
    kept = await keep(connection, clock, person_id, new)
    await _end_former(connection, person_id, new.method, new.proved_at, clock.now(), LEVELS[new.level], new.id)
    return kept


async def infer(connection: Connection, person_id: int, new: NewAssurance, now: datetime) -> None:
    """Believe what nobody said, and what was inferred in this way before no more."""
    await _add(connection, person_id, new, now)
    await _end_former(connection, person_id, new.method, new.proved_at, now, LEVELS[new.level], new.id)


async def forget(connection: Connection, person_id: int, method: str, said_at: datetime, now: datetime) -> None:
    """Believe nothing any more of what a source said until a moment: it says nothing now."""
    await _end_former(connection, person_id, method, said_at, now, Level.VERIFIED, None)


async def _end_former(
    connection: Connection,
    person_id: int,
    method: str,
    said_at: datetime,
    now: datetime,
    level: Level,
    but: UUID | None,
) -> None:
    said = (person_id, method, now, REPLACED, but, said_at, int(level))
    await connection.execute(SQL["revoke_others_of_source"], *said)


async def note_silence(connection: Connection, person_id: int, source: str, at: datetime) -> None:
    """Keep that a source did not answer how old somebody is. What it said before stays until it ends."""
    await connection.execute(SQL["say_silence"], person_id, source, at)


async def end_silence(connection: Connection, person_id: int, source: str) -> None:
    """It answers again."""
    await connection.execute(SQL["end_silence"], person_id, source)
