"""Reports of scams over HTTP: anybody reports, and reads the reply; operators look and answer."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_LENGTH_DEFAULT, SCAM_REPORTS_PER_MINUTE
from plaudit.official import scams
from plaudit.official.scams import (
    NewScamReport,
    ReplyMissing,
    ScamAnswer,
    ScamKind,
    ScamReport,
    ScamReportIsClosed,
    ScamState,
)
from plaudit.official.strangers import Strangers
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.allowances import TooOften
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.problems import NotFound, TooBusy

_TAGS = ["Official"]
ACCESS = frozenset({Access.SAFETY, Access.SUPPORT})
_IsOpen = Annotated[bool, QueryParameter(name="open", description="Only what nobody closed.")]


class ScamReportState(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever has the id of a report may know: not what it says."""

    id: UUID
    state: ScamState
    reply: Annotated[str | None, Meta(description="What was found; null: nobody answered yet.")]
    reported_at: datetime


class ScamReportAnswer(ScamReportState, frozen=True, kw_only=True):
    """A report as operators read it."""

    person_id: Annotated[str | None, Meta(description="Null: somebody who was not signed in.")]
    kind: ScamKind
    about: str
    words: str
    answered_by: str | None
    answered_at: datetime | None


def _state(found: ScamReport) -> ScamReportState:
    return ScamReportState(id=found.id, state=found.state, reply=found.reply, reported_at=found.reported_at)


def _answer(found: ScamReport) -> ScamReportAnswer:
    return ScamReportAnswer(
        id=found.id,
        state=found.state,
        reply=found.reply,
        reported_at=found.reported_at,
        person_id=None if found.person_id is None else str(found.person_id),
        kind=found.kind,
        about=found.about,
        words=found.words,
        answered_by=None if found.answered_by is None else str(found.answered_by),
        answered_at=found.answered_at,
    )


@post(
    "/v1/scam-reports",
    access=Access.PUBLIC,
    operation_id="ReportScam",
    tags=_TAGS,
    problems=(TooOften, TooBusy),
    summary="Report a scam",
)
async def report_scam(
    data: JSONBody[NewScamReport],
    caller: CallerOrGuest,
    database: Database,
    clock: Clock,
    strangers: NamedDependency[Strangers],
    network_address: NamedDependency[str | None],
) -> ScamReportState:
    """Of a shop, a message, a person or a document that pretends to be ours. Nobody has to sign in. Who keeps the id
    reads the reply."""
    person_id = (caller.person_id or None) if caller else None
    if person_id is None:
        strangers.take("report", network_address, clock.now().timestamp(), SCAM_REPORTS_PER_MINUTE)
    async with database.transaction() as connection:
        return _state(await scams.report(connection, clock, data, person_id))


@get(
    "/v1/scam-reports/{report_id:uuid}",
    access=Access.PUBLIC,
    operation_id="GetScamReport",
    tags=_TAGS,
    problems=(NotFound,),
    summary="What became of a report",
)
async def get_scam_report(report_id: FromPath[UUID], database: Database) -> ScamReportState:
    """For whoever has its id."""
    async with database.read() as connection:
        return _state(await scams.require(connection, report_id))


@get(
    "/v1/operator/scam-reports",
    access=ACCESS,
    operation_id="ListScamReports",
    personal=True,
    tags=_TAGS,
    summary="Reports of scams",
)
async def list_scam_reports(
    database: Database, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT, *, is_open: _IsOpen = True
) -> Page[ScamReportAnswer]:
    """The newest first."""
    async with database.read() as connection:
        found = await scams.list_reports(connection, BY_TIME.after(cursor), limit + 1, is_open=is_open)
    return BY_TIME.page(found, limit, lambda one: (one.reported_at, one.id), _answer)


@post(
    "/v1/operator/scam-reports/{report_id:uuid}/answer",
    access=ACCESS,
    operation_id="AnswerScamReport",
    tags=_TAGS,
    status_code=200,
    problems=(NotFound, ScamReportIsClosed, ReplyMissing),
    summary="Say what became of a report",
)
async def answer_scam_report(
    report_id: FromPath[UUID], data: JSONBody[ScamAnswer], caller: Caller, database: Database, clock: Clock
) -> ScamReportAnswer:
    """Who reported it reads the reply, so one is needed to close it. Repeating it changes nothing."""
    async with database.transaction() as connection:
        return _answer(await scams.answer(connection, clock, report_id, data, caller.person_id))


router = Router("/", route_handlers=[report_scam, get_scam_report, list_scam_reports, answer_scam_report])
