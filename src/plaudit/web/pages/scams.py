"""Reporting a scam, what became of it, and the queue in which operators look at reports."""

from contextlib import suppress
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect

from plaudit.ids import new_id
from plaudit.injected import Clock, Database
from plaudit.languages.speaking import later
from plaudit.limits import (
    PAGE_ROWS,
    SCAM_ABOUT_LENGTH_MAX,
    SCAM_REPLY_LENGTH_MAX,
    SCAM_REPORTS_PER_MINUTE,
    SCAM_WORDS_LENGTH_MAX,
)
from plaudit.official import scams
from plaudit.official.scams import NewScamReport, ReplyMissing, ScamAnswer, ScamKind, ScamReportIsClosed, ScamState
from plaudit.official.scams_api import ACCESS
from plaudit.official.strangers import Strangers
from plaudit.pages import BY_TIME
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.allowances import TooOften
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.problems import TooBusy
from plaudit.web.pages.frame import page, viewer_of

KINDS = {
    ScamKind.SHOP: later("A shop or page that sells coins"),
    ScamKind.MESSAGE: later("A mail or message"),
    ScamKind.PERSON: later("Somebody who says they are one of us, or asks for money"),
    ScamKind.DOCUMENT: later("A receipt or payout note"),
    ScamKind.OTHER: later("Something else"),
}
STATES = {
    ScamState.NEW: later("We have it"),
    ScamState.LOOKED_AT: later("Somebody looks at it"),
    ScamState.CONFIRMED: later("It is a scam"),
    ScamState.NOT_CONFIRMED: later("We found no scam"),
}
OPERATORS_STATES = {
    ScamState.NEW: "New",
    ScamState.LOOKED_AT: "Being looked at",
    ScamState.CONFIRMED: "Confirmed",
    ScamState.NOT_CONFIRMED: "Not confirmed",
}


class Report(msgspec.Struct, frozen=True):
    """The form of somebody who reports."""

    kind: ScamKind = ScamKind.OTHER
    about: str = ""
    words: str = ""


class Finding(msgspec.Struct, frozen=True):
    """The form of an operator."""

    state: Literal["looked_at", "confirmed", "not_confirmed"]
    reply: str = ""


Form = Annotated[Report, Body(media_type=RequestEncodingType.URL_ENCODED)]
FindingForm = Annotated[Finding, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/report-a-scam", access=Access.PUBLIC, include_in_schema=False)
async def form(caller: CallerOrGuest, database: Database, about: FromQuery[str] = "") -> Response[str]:
    """What happened? `about` fills in what it is about."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
    return page(
        "report_a_scam.html",
        viewer,
        given=Report(about=about[:SCAM_ABOUT_LENGTH_MAX]),
        problem=None,
        kinds=KINDS,
        about_max=SCAM_ABOUT_LENGTH_MAX,
        words_max=SCAM_WORDS_LENGTH_MAX,
    )


@post("/report-a-scam", access=Access.PUBLIC, include_in_schema=False, status_code=303)
async def report(
    data: Form,
    caller: CallerOrGuest,
    database: Database,
    clock: Clock,
    strangers: NamedDependency[Strangers],
    network_address: NamedDependency[str | None],
) -> Redirect | Response[str]:
    """Kept, and shown under its id; or the form again, with what was written."""
    words, about = data.words.strip()[:SCAM_WORDS_LENGTH_MAX], data.about.strip()[:SCAM_ABOUT_LENGTH_MAX]
    problem = None if words else "empty"
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
    if words:
        new = NewScamReport(id=new_id(clock), kind=data.kind, about=about, words=words)
        try:
            if viewer.person_id is None:
                strangers.take("report", network_address, clock.now().timestamp(), SCAM_REPORTS_PER_MINUTE)
            async with database.transaction() as connection:
                await scams.report(connection, clock, new, viewer.person_id)
            return Redirect(f"/report-a-scam/{new.id}", status_code=303)
        except (TooOften, TooBusy):
            problem = "busy"
    return page(
        "report_a_scam.html",
        viewer,
        status=429 if problem == "busy" else 400,
        given=data,
        problem=problem,
        kinds=KINDS,
        about_max=SCAM_ABOUT_LENGTH_MAX,
        words_max=SCAM_WORDS_LENGTH_MAX,
    )


@get("/report-a-scam/{report_id:uuid}", access=Access.PUBLIC, include_in_schema=False)
async def reported(report_id: FromPath[UUID], caller: CallerOrGuest, database: Database) -> Response[str]:
    """What became of a report, for whoever has its address."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        found = await scams.require(connection, report_id)
    return page("scam_reported.html", viewer, found=found, states=STATES)


@get("/operator/scam-reports", access=ACCESS, include_in_schema=False, personal=True)
async def queue(
    caller: Caller, database: Database, show: FromQuery[str] = "", before: FromQuery[str | None] = None
) -> Response[str]:
    """`show`: "all", or those nobody closed."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        place = BY_TIME.after_or_start(before)
        found = await scams.list_reports(connection, place, PAGE_ROWS + 1, is_open=show != "all")
        named = {one for found_one in found for one in (found_one.person_id, found_one.answered_by) if one}
        people = await people_by_ids(connection, named)
    return page(
        "scam_reports.html",
        viewer,
        nav="operator",
        reports=found[:PAGE_ROWS],
        people=people,
        kinds=KINDS,
        states=OPERATORS_STATES,
        show="all" if show == "all" else "",
        next=BY_TIME.next(found, PAGE_ROWS, lambda one: (one.reported_at, one.id)),
        first=before is None,
        reply_max=SCAM_REPLY_LENGTH_MAX,
    )


@post("/operator/scam-reports/{report_id:uuid}", access=ACCESS, include_in_schema=False, status_code=303)
async def answer(
    report_id: FromPath[UUID], data: FindingForm, caller: Caller, database: Database, clock: Clock
) -> Redirect:
    """Say what was found; what cannot be leaves the report as it is."""
    found = ScamAnswer(state=data.state, reply=data.reply.strip()[:SCAM_REPLY_LENGTH_MAX] or None)
    with suppress(ScamReportIsClosed, ReplyMissing):  # the page shows how it stands
        async with database.transaction() as connection:
            await scams.answer(connection, clock, report_id, found, caller.person_id)
    return Redirect("/operator/scam-reports", status_code=303)


router = Router("/", route_handlers=[form, report, reported, queue, answer])
