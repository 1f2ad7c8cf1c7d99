"""Audits that were run, whoever ran them and in whichever process, for operators."""

from typing import Annotated

from litestar import Response, Router, get
from litestar.params import FromPath, FromQuery
from msgspec import Meta

from plaudit.injected import Database
from plaudit.limits import PAGE_ROWS
from plaudit.pages import BY_NUMBER
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import NotFound
from plaudit.schema import audit_runs
from plaudit.web.pages.frame import page, viewer_of


@get("/operator/audits", access=Access.FINANCE, include_in_schema=False)
async def audits(caller: Caller, database: Database, before: FromQuery[str | None] = None) -> Response[str]:
    """When each was, how long it took, and what it found."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await audit_runs.find_all(connection, BY_NUMBER.after_or_start(before), PAGE_ROWS + 1)
    return page(
        "audits.html",
        viewer,
        nav="operator",
        runs=found[:PAGE_ROWS],
        next=BY_NUMBER.next(found, PAGE_ROWS, lambda run: run.run_no),
    )


@get("/operator/audits/{run_no:int}", access=Access.FINANCE, include_in_schema=False)
async def audit_of(
    run_no: Annotated[FromPath[int], Meta(ge=1, le=2**31 - 1)], caller: Caller, database: Database
) -> Response[str]:
    """Each law of one, with the rows against it."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await audit_runs.find(connection, run_no)
    if found is None:
        raise NotFound("There is no such audit, or it was forgotten.")
    run, report = found
    return page("audit_run.html", viewer, nav="operator", run=run, report=report)


router = Router("/", route_handlers=[audits, audit_of])
