"""Working on a case: notes, who is at it, what stands still, and the decision. Each is in its timeline."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.freezes import actions as freezing
from plaudit.freezes.model import Freeze, NewFreeze
from plaudit.freezes.reading import find as find_freeze
from plaudit.ids import IdMeta, require_uuid7
from plaudit.pages import Place
from plaudit.people.actions import require_person
from plaudit.problems import IdempotencyConflict, NotFound
from plaudit.safety.limits import (
    CASE_ENTRIES_TOLD_MAX,
    CASE_FINDINGS_TOLD_MAX,
    CASE_FREEZES_TOLD_MAX,
    CASE_STEPS_TOLD_MAX,
    CASE_TEXT_LENGTH_MAX,
    NEAR_TOLD_MAX,
    SHARED_CROWD_MAX,
)
from plaudit.safety.looking import enter
from plaudit.safety.model import (
    Case,
    CaseIsOver,
    Entry,
    EntryKind,
    KeptFinding,
    NearAccount,
    NoticeCode,
    Outcome,
    OwnCase,
    Step,
)
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

PersonId = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="An account.", examples=["12"])]
Words = Annotated[str, Meta(min_length=1, max_length=CASE_TEXT_LENGTH_MAX, pattern=r"\S")]
Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S", description="Why; operators read it.")]
LAST_ENTRY = 2**62


class NewCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody to be looked into by hand."""

    id: Annotated[UUID, IdMeta]
    person_id: PersonId
    text: Annotated[Words, Meta(description="What gave rise to it: the first note.")]


class NewDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a case ends."""

    outcome: Outcome
    reason: Annotated[Words, Meta(description="Why; operators read it.")]
    notice: Annotated[NoticeCode, Meta(description="What the person reads; null: they are not told.")] | None = None


class CaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """All of a case. Entries come newest first."""

    case: Case
    findings: list[KeptFinding]
    steps: list[Step]
    freezes: list[Freeze]
    entries: list[Entry]
    near: list[NearAccount]


async def find(connection: Connection, case_id: UUID) -> Case:
    """
    Raises:
        NotFound: there is no such case.
    """
    found = await fetch_one(connection, SQL["find_case"], Case, case_id)
    if found is None:
        raise NotFound("There is no such case.", id=case_id)
    return found


async def list_cases(
    connection: Connection,
    before: Place,
    limit: int,
    *,
    is_open: bool | None = None,
    person_id: int | None = None,
    assigned_to: int | None = None,
    rule: str | None = None,
) -> list[Case]:
    """Newest first, from the one after `before`. `rule`: in which it found something."""
    narrowed = (is_open, person_id, assigned_to, rule)
    return await fetch_all(connection, SQL["cases"], Case, *narrowed, *before, limit)


async def findings_of(connection: Connection, case_ids: list[UUID], limit: int) -> list[KeptFinding]:
    """What rules found in some cases, newest first."""
    return await fetch_all(connection, SQL["findings_of_cases"], KeptFinding, case_ids, limit)


async def read_file(connection: Connection, case_id: UUID) -> CaseFile:
    """All of a case.

    Raises:
        NotFound: there is no such case.
    """
    case = await find(connection, case_id)
    frozen = await connection.fetch(SQL["freezes_of_case"], case_id, CASE_FREEZES_TOLD_MAX)
    near = (case.person_id, SHARED_CROWD_MAX, NEAR_TOLD_MAX)
    entries = (case_id, LAST_ENTRY, CASE_ENTRIES_TOLD_MAX)
    return CaseFile(
        case=case,
        findings=await findings_of(connection, [case_id], CASE_FINDINGS_TOLD_MAX),
        steps=await fetch_all(connection, SQL["steps_of_case"], Step, case_id, CASE_STEPS_TOLD_MAX),
        freezes=[await find_freeze(connection, row["freeze_id"]) for row in frozen],
        entries=await fetch_all(connection, SQL["entries_of_case"], Entry, *entries),
        near=await fetch_all(connection, SQL["near_accounts"], NearAccount, *near),
    )


async def open_by_hand(connection: Connection, clock: Clock, new: NewCase, operator_id: int) -> Case:
    """Open a case of somebody; where one is open, that one is answered, with the words as a note. Once per id.

    Raises:
        InvalidField: the id is no UUIDv7.
        IdempotencyConflict: the id is of a case of somebody else.
        NotFound: there is no such person.
    """
    person_id = int(new.person_id)
    if known := await fetch_one(connection, SQL["find_case"], Case, new.id):
        if known.person_id != person_id:
            raise IdempotencyConflict(id=new.id)
        return known
    require_uuid7(new.id, "body.id", clock)
    await require_person(connection, person_id)
    now = clock.now()
    if await connection.fetchval(SQL["add_case"], new.id, person_id, now, operator_id, 0):
        await enter(connection, new.id, now, operator_id, EntryKind.OPENED, "")
    case = await fetch_one(connection, SQL["open_case"], Case, person_id)
    assert case is not None, "it is open now, and locked"
    if not await connection.fetchval(SQL["is_noted"], case.id, operator_id, new.text):  # the id may be no case's
        await enter(connection, case.id, now, operator_id, EntryKind.NOTE, new.text)
    return case


async def lock_open(connection: Connection, case_id: UUID) -> Case:
    """A case that is open, and stays so until the transaction ends.

    Raises:
        NotFound: there is no such case.
        CaseIsOver: it was decided.
    """
    case = await fetch_one(connection, SQL["lock_case"], Case, case_id)
    if case is None:
        raise NotFound("There is no such case.", id=case_id)
    if case.outcome is not None:
        raise CaseIsOver
    return case


async def note(connection: Connection, clock: Clock, case_id: UUID, text: str, operator_id: int) -> None:
    """Write something down; of a case that was decided as well.

    Raises:
        NotFound: there is no such case.
    """
    await find(connection, case_id)
    await enter(connection, case_id, clock.now(), operator_id, EntryKind.NOTE, text)


async def assign(
    connection: Connection, clock: Clock, case_id: UUID, assignee_id: int | None, operator_id: int
) -> Case:
    """Say who is at a case; None: nobody. Repeating it changes nothing.

    Raises:
        NotFound: there is no such case or person.
        CaseIsOver: it was decided.
    """
    case = await lock_open(connection, case_id)
    if case.assigned_to != assignee_id:
        if assignee_id is not None:
            await require_person(connection, assignee_id)
        await connection.execute(SQL["assign_case"], case_id, assignee_id)
        words = "nobody" if assignee_id is None else str(assignee_id)
        await enter(connection, case_id, clock.now(), operator_id, EntryKind.ASSIGNED, words)
    return await find(connection, case_id)


async def freeze(connection: Connection, clock: Clock, case_id: UUID, wanted: NewFreeze, operator_id: int) -> Freeze:
    """Have something stand still because of a case: of whom it is, or of who else is in it. Once per id.

    Raises:
        NotFound: there is no such case, person, or nothing of theirs that is called so.
        CaseIsOver: it was decided.
        IdempotencyConflict, InvalidField: see freezes.
    """
    await lock_open(connection, case_id)
    made = await freezing.freeze(connection, clock, wanted, operator_id)
    if await connection.execute(SQL["add_case_freeze"], made.id, case_id) == "INSERT 0 1":
        words = f"{made.what.value} of {made.person_id}: {made.reason}"
        await enter(connection, case_id, clock.now(), operator_id, EntryKind.FROZEN, words)
    return made


async def decide(connection: Connection, clock: Clock, case_id: UUID, new: NewDecision, operator_id: int) -> Case:
    """End a case. Who is cleared is free at once: its steps and freezes are lifted. Repeating it changes nothing.

    Raises:
        NotFound: there is no such case.
        CaseIsOver: it was decided before, by another or otherwise.
        OwnCase: it is of the operator, or of an account linked to theirs; or a freeze of it is.
    """
    known = await find(connection, case_id)
    if known.outcome is not None and (known.outcome, known.reason, known.notice, known.decided_by) == (
        new.outcome, new.reason, new.notice, operator_id,
    ):  # fmt: skip
        return known
    await lock_open(connection, case_id)
    now = clock.now()
    if new.outcome is Outcome.CLEARED:
        await _free(connection, clock, case_id, now, operator_id)
    decided = (new.outcome.value, operator_id, now, new.reason, new.notice and new.notice.value)
    await by_another(connection.execute(SQL["decide_case"], case_id, *decided))
    await enter(connection, case_id, now, operator_id, EntryKind.DECIDED, f"{new.outcome.value}: {new.reason}"[:2000])
    return await find(connection, case_id)


async def _free(connection: Connection, clock: Clock, case_id: UUID, now: datetime, operator_id: int) -> None:
    for row in await connection.fetch(SQL["steps_to_lift"], case_id, now):
        await by_another(connection.execute(SQL["lift_step"], row["id"], now, operator_id, "The case was cleared."))
    for row in await connection.fetch(SQL["freezes_to_lift"], case_id):
        lifted = await freezing.lift(connection, clock, row["freeze_id"], "The case was cleared.", operator_id)
        words = f"{lifted.what.value} of {lifted.person_id}"
        await enter(connection, case_id, now, operator_id, EntryKind.LIFTED, words)


async def by_another(change: Awaitable[object]) -> None:
    """
    Raises:
        OwnCase: a trigger says that it is about the operator.
    """
    try:
        await change
    except asyncpg.CheckViolationError as error:
        if error.constraint_name in {"step_is_lifted_by_another", "case_is_decided_by_another"}:
            raise OwnCase from error
        raise
