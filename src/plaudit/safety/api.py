"""Cases over HTTP: for operators of the role safety."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, JSONBody, Parameter

from plaudit.freezes.model import NewFreeze
from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.safety import cases, steps
from plaudit.safety.answers import (
    CaseFreeze,
    SafetyCase,
    SafetyCaseFile,
    SafetyStep,
    case_answer,
    file_answer,
    freeze_answer,
    step_answer,
)
from plaudit.safety.cases import NewCase, NewDecision, PersonId, Reason, Words
from plaudit.safety.model import CaseIsOver, OwnCase, StepIsOver
from plaudit.safety.steps import NewStep

_TAGS = ["Safety"]
_Person = Annotated[str | None, Parameter(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="Only of this person.")]
_AtIt = Annotated[str | None, Parameter(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="Only who is at it.")]
_Rule = Annotated[str | None, Parameter(max_length=60, description="Only those in which this rule found something.")]
_IsOpen = Annotated[bool | None, Parameter(description="Only open ones, or only decided ones.")]


class CaseNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to be written down."""

    text: Words


class CaseAssignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is at a case; null: nobody."""

    person_id: PersonId | None


class StepLifting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a step ends before its time."""

    reason: Reason


@get(
    "/v1/operator/safety-cases",
    access=Access.SAFETY,
    operation_id="ListSafetyCases",
    personal=True,
    tags=_TAGS,
    summary="Who is looked into, and was",
)
async def list_cases(
    database: Database,
    is_open: _IsOpen = None,
    person_id: _Person = None,
    assigned_to: _AtIt = None,
    rule: _Rule = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[SafetyCase]:
    """Newest first."""
    async with database.read() as connection:
        found = await cases.list_cases(
            connection,
            BY_TIME.after(cursor),
            limit + 1,
            is_open=is_open,
            person_id=int(person_id) if person_id else None,
            assigned_to=int(assigned_to) if assigned_to else None,
            rule=rule,
        )
    return BY_TIME.page(found, limit, lambda one: (one.opened_at, one.id), case_answer)


@post(
    "/v1/operator/safety-cases",
    access=Access.SAFETY,
    operation_id="OpenSafetyCase",
    tags=_TAGS,
    summary="Look into somebody by hand",
)
async def open_case(data: JSONBody[NewCase], caller: Caller, database: Database, clock: Clock) -> SafetyCase:
    """One case of somebody is open at a time: the words become a note of it. Idempotent by `id`."""
    async with database.transaction() as connection:
        return case_answer(await cases.open_by_hand(connection, clock, data, caller.person_id))


@get(
    "/v1/operator/safety-cases/{case_id:uuid}",
    access=Access.SAFETY,
    operation_id="GetSafetyCase",
    personal=True,
    tags=_TAGS,
    summary="A case with all that is in it",
)
async def get_case(case_id: FromPath[UUID], database: Database) -> SafetyCaseFile:
    """Findings with their evidence, steps, what stands still, and what happened, newest first."""
    async with database.snapshot() as connection:
        return file_answer(await cases.read_file(connection, case_id))


@get(
    "/v1/operator/safety-cases/{case_id:uuid}/file",
    access=Access.SAFETY,
    operation_id="ExportSafetyCase",
    personal=True,
    tags=_TAGS,
    summary="A case as a file",
)
async def export_case(case_id: FromPath[UUID], database: Database) -> Response[SafetyCaseFile]:
    """The same as JSON to be saved, for who decides outside."""
    async with database.snapshot() as connection:
        file = file_answer(await cases.read_file(connection, case_id))
    headers = {"Content-Disposition": f'attachment; filename="case-{case_id}.json"', "Cache-Control": "no-store"}
    return Response(file, headers=headers)


@post(
    "/v1/operator/safety-cases/{case_id:uuid}/notes",
    access=Access.SAFETY,
    operation_id="NoteInSafetyCase",
    tags=_TAGS,
    status_code=204,
    summary="Write something down in a case",
)
async def note(
    case_id: FromPath[UUID], data: JSONBody[CaseNote], caller: Caller, database: Database, clock: Clock
) -> None:
    """It stays as it is written."""
    async with database.transaction() as connection:
        await cases.note(connection, clock, case_id, data.text, caller.person_id)


@post(
    "/v1/operator/safety-cases/{case_id:uuid}/assignment",
    access=Access.SAFETY,
    operation_id="AssignSafetyCase",
    tags=_TAGS,
    status_code=200,
    summary="Say who is at a case",
    problems=(CaseIsOver,),
)
async def assign(
    case_id: FromPath[UUID], data: JSONBody[CaseAssignment], caller: Caller, database: Database, clock: Clock
) -> SafetyCase:
    """Repeating it changes nothing."""
    assignee = int(data.person_id) if data.person_id else None
    async with database.transaction() as connection:
        return case_answer(await cases.assign(connection, clock, case_id, assignee, caller.person_id))


@post(
    "/v1/operator/safety-cases/{case_id:uuid}/steps",
    access=Access.SAFETY,
    operation_id="TakeSafetyStep",
    tags=_TAGS,
    summary="Do something about whom a case is of",
    problems=(CaseIsOver,),
)
async def take_step(
    case_id: FromPath[UUID], data: JSONBody[NewStep], caller: Caller, database: Database, clock: Clock
) -> SafetyStep:
    """Until it ends, or is lifted: diamonds mature later, their bank asks at each order, they buy so many coins a day,
    or their payouts wait. They are told nothing of it. Idempotent by `id`."""
    async with database.transaction() as connection:
        return step_answer(await steps.take_step(connection, clock, case_id, data, caller.person_id))


@post(
    "/v1/operator/safety-cases/{case_id:uuid}/steps/{step_id:uuid}/lift",
    access=Access.SAFETY,
    operation_id="LiftSafetyStep",
    tags=_TAGS,
    status_code=200,
    summary="End a step before its time",
    problems=(OwnCase, StepIsOver),
)
async def lift_step(
    case_id: FromPath[UUID],
    step_id: FromPath[UUID],
    data: JSONBody[StepLifting],
    caller: Caller,
    database: Database,
    clock: Clock,
) -> SafetyStep:
    """Nobody lifts what is of an account of theirs. Repeating it with the same reason changes nothing."""
    async with database.transaction() as connection:
        lifted = await steps.lift_step(connection, clock, case_id, step_id, data.reason, caller.person_id)
    return step_answer(lifted)


@post(
    "/v1/operator/safety-cases/{case_id:uuid}/freezes",
    access=Access.SAFETY,
    operation_id="FreezeInSafetyCase",
    tags=_TAGS,
    summary="Have something stand still because of a case",
    problems=(CaseIsOver,),
)
async def freeze(
    case_id: FromPath[UUID], data: JSONBody[NewFreeze], caller: Caller, database: Database, clock: Clock
) -> CaseFreeze:
    """As any freeze; when the case is cleared, it is lifted with it. Idempotent by `id`."""
    async with database.transaction() as connection:
        return freeze_answer(await cases.freeze(connection, clock, case_id, data, caller.person_id))


@post(
    "/v1/operator/safety-cases/{case_id:uuid}/decision",
    access=Access.SAFETY,
    operation_id="DecideSafetyCase",
    tags=_TAGS,
    status_code=200,
    summary="End a case",
    problems=(CaseIsOver, OwnCase),
)
async def decide(
    case_id: FromPath[UUID], data: JSONBody[NewDecision], caller: Caller, database: Database, clock: Clock
) -> SafetyCase:
    """Who is cleared is free at once. Nobody decides of an account of theirs. Repeating it changes nothing."""
    async with database.transaction() as connection:
        return case_answer(await cases.decide(connection, clock, case_id, data, caller.person_id))


_HANDLERS: list[Any] = [
    list_cases, open_case, get_case, export_case, note, assign, take_step, lift_step, freeze, decide,
]  # fmt: skip
router = Router("/", route_handlers=_HANDLERS)
