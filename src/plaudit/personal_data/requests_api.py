"""Exports and erasures of everybody, over HTTP, for operators who look after them."""

from datetime import datetime
from typing import Annotated

from litestar import Router, get
from litestar.params import Parameter, QueryParameter
from msgspec import Meta

from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.personal_data import erasures, requests
from plaudit.personal_data.api import DataExportAnswer, export_answer
from plaudit.personal_data.erasure_api import ErasureAnswer, ObstacleAnswer, erasure_answer
from plaudit.personal_data.model import Erasure, Export, ExportState, Obstacle
from plaudit.personal_data.requests import ErasureState, answer_by, state_of

TAGS = ["Personal data"]
_OfPerson = Annotated[str | None, Parameter(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="Only of this person.")]
_AnswerBy = Annotated[datetime, Meta(description="When the month is over in which the law wants an answer.")]
_By = Annotated[str | None, Meta(description="The operator who asked in their stead; null: none.")]
_Why = Annotated[str | None, Meta(description="Why that operator did.")]


class ExportRequest(DataExportAnswer, frozen=True, kw_only=True):
    """A copy of all that is held of somebody, for operators."""

    operator_id: _By
    reason: _Why
    answer_by: _AnswerBy


class ErasureRequest(ErasureAnswer, frozen=True, kw_only=True):
    """Somebody who is to be erased, or was, for operators."""

    operator_id: _By
    reason: _Why
    answer_by: _AnswerBy
    state: ErasureState
    obstacles: Annotated[
        list[ObstacleAnswer], Meta(description="What is in the way now, and was not given up, of one that waits.")
    ]


def _export(found: Export) -> ExportRequest:
    answer = export_answer(found)
    return ExportRequest(
        **{name: getattr(answer, name) for name in answer.__struct_fields__},
        operator_id=None if found.operator_id is None else str(found.operator_id),
        reason=found.reason,
        answer_by=answer_by(found.asked_at),
    )


def _erasure(found: Erasure, in_the_way: list[Obstacle]) -> ErasureRequest:
    answer = erasure_answer(found)
    return ErasureRequest(
        **{name: getattr(answer, name) for name in answer.__struct_fields__},
        operator_id=None if found.operator_id is None else str(found.operator_id),
        reason=found.reason,
        answer_by=answer_by(found.asked_at),
        state=state_of(found),
        obstacles=[ObstacleAnswer(one.code, one.amount, one.is_theirs) for one in in_the_way],
    )


@get(
    "/operator/data-exports",
    access=Access.SUPPORT,
    operation_id="ListDataExports",
    personal=True,
    tags=TAGS,
    summary="Who asked for a copy of their data",
)
async def list_exports(
    database: Database,
    export_state: Annotated[ExportState | None, QueryParameter(name="state", description="Only those in it.")] = None,
    person_id: _OfPerson = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[ExportRequest]:
    """The newest first."""
    person = int(person_id) if person_id else None
    async with database.read() as connection:
        found = await requests.list_exports(
            connection, BY_TIME.after(cursor), limit + 1, state=export_state, person_id=person
        )
    return BY_TIME.page(found, limit, lambda one: (one.asked_at, one.id), _export)


@get(
    "/operator/erasures",
    access=Access.SUPPORT,
    operation_id="ListErasures",
    personal=True,
    tags=TAGS,
    summary="Who is to be erased, and who was",
)
async def list_erasures(
    database: Database,
    clock: Clock,
    erasure_state: Annotated[ErasureState | None, QueryParameter(name="state", description="Only those in it.")] = None,
    person_id: _OfPerson = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[ErasureRequest]:
    """The newest first."""
    person = int(person_id) if person_id else None
    async with database.snapshot() as connection:
        found = await requests.list_erasures(
            connection, BY_TIME.after(cursor), limit + 1, state=erasure_state, person_id=person
        )
        in_the_way = await erasures.obstacles_of(connection, found[:limit], clock.now())
    return BY_TIME.page(
        found, limit, lambda one: (one.asked_at, one.id), lambda one: _erasure(one, in_the_way.get(one.id, []))
    )


router = Router("/v1", route_handlers=[list_exports, list_erasures])
