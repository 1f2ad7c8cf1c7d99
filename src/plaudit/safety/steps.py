"""Steps about whom a case is of, until they end or are lifted. Each is in its timeline."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ids import IdMeta, require_uuid7
from plaudit.moments import Moment
from plaudit.problems import IdempotencyConflict, InvalidField, NotFound
from plaudit.safety.cases import Reason, by_another, lock_open
from plaudit.safety.limits import STEP_DAYS_MAX
from plaudit.safety.looking import enter
from plaudit.safety.model import Case, EntryKind, Step, StepIsOver
from plaudit.safety.rulebook import STEP_WORDS, StepKind
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)


class NewStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something to be done about whom a case is of."""

    id: Annotated[UUID, IdMeta]
    kind: StepKind
    coins_max: Annotated[int, Meta(ge=0, le=2**53, description="Coins they may buy a day; of a cap only.")] | None = (
        None
    )
    reason: Reason
    ends_at: Annotated[Moment, Meta(description=f"Within {STEP_DAYS_MAX} days.")]


async def take_step(connection: Connection, clock: Clock, case_id: UUID, new: NewStep, operator_id: int) -> Step:
    """Do something about whom a case is of, once per id.

    Raises:
        NotFound: there is no such case.
        CaseIsOver: it was decided.
        InvalidField: the id is no UUIDv7, the end is past or too far away, or a cap says no coins.
        IdempotencyConflict: the id is of another step.
    """
    await fetch_one(connection, SQL["lock_case"], Case, case_id)
    if known := await fetch_one(connection, SQL["find_step"], Step, new.id):
        kept = (known.case_id, known.kind, known.coins_max, known.reason, known.ends_at)
        if kept != (case_id, new.kind, new.coins_max, new.reason, new.ends_at):
            raise IdempotencyConflict(id=new.id)
        return known
    require_uuid7(new.id, "body.id", clock)
    now = clock.now()
    if not now < new.ends_at <= now + timedelta(days=STEP_DAYS_MAX):
        raise InvalidField(field="body.ends_at", reason=f"must be in the next {STEP_DAYS_MAX} days")
    if (new.kind is StepKind.CAP) != (new.coins_max is not None):
        raise InvalidField(field="body.coins_max", reason="must be given for a cap, and for nothing else")
    case = await lock_open(connection, case_id)
    taken = (new.id, case_id, case.person_id, new.kind.value, new.coins_max, new.reason, now, new.ends_at)
    await connection.execute(SQL["add_step"], *taken, None, operator_id)
    words = f"{STEP_WORDS[new.kind]} (account {case.person_id}), until {new.ends_at:%Y-%m-%d %H:%M} UTC: {new.reason}"
    await enter(connection, case_id, now, operator_id, EntryKind.STEP, words)
    return await _step(connection, new.id)


async def lift_step(
    connection: Connection, clock: Clock, case_id: UUID, step_id: UUID, reason: str, operator_id: int
) -> Step:
    """End a step before its time. Repeating it with the same words changes nothing.

    Raises:
        NotFound: the case has no such step.
        OwnCase: it is of the operator, or of an account linked to theirs.
        StepIsOver: it was lifted before, by another or for another reason.
    """
    await fetch_one(connection, SQL["lock_case"], Case, case_id)
    step = await _step(connection, step_id)
    if step.case_id != case_id:
        raise NotFound("This case has no such step.", id=step_id)
    if step.lifted_at is not None:
        if (step.lifted_by, step.lifted_because) != (operator_id, reason):
            raise StepIsOver
        return step
    now = clock.now()
    await by_another(connection.execute(SQL["lift_step"], step_id, now, operator_id, reason))
    words = f"{STEP_WORDS[step.kind]} (account {step.person_id}): {reason}"
    await enter(connection, case_id, now, operator_id, EntryKind.STEP_LIFTED, words)
    return await _step(connection, step_id)


async def _step(connection: Connection, step_id: UUID) -> Step:
    step = await fetch_one(connection, SQL["find_step"], Step, step_id)
    if step is None:
        raise NotFound("There is no such step.", id=step_id)
    return step
