"""Statements of creators: a creator's own by year, one to read and print, and those of all for operators."""

from datetime import date

from litestar import Response, Router, get
from litestar.params import FromPath, FromQuery

from plaudit.earnings import reading
from plaudit.earnings.document import statement_document
from plaudit.injected import Database
from plaudit.limits import PAGE_ROWS
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.web.pages.frame import page, viewer_of


@get("/studio/statements", access=Access.CREATOR, include_in_schema=False)
async def my_statements(caller: Caller, database: Database, before: FromQuery[str | None] = None) -> Response[str]:
    """By year, the latest month first."""
    after = reading.BY_MONTH.after_or_start(before)
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await reading.statements_of(connection, caller.person_id, after, PAGE_ROWS + 1)
    return page(
        "studio_statements.html",
        viewer,
        nav="studio",
        statements=found[:PAGE_ROWS],
        next=reading.BY_MONTH.next(found, PAGE_ROWS, lambda one: (one.month, one.edition)),
        first=before is None,
    )


@get("/studio/statements/{year:int}/{number:int}", access=Access.CREATOR, include_in_schema=False)
async def my_statement(year: FromPath[int], number: FromPath[int], caller: Caller, database: Database) -> Response[str]:
    """One of the caller's own; operators see those of others in their own place."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        content = await reading.own_statement(connection, caller.person_id, year, number)
    return page(
        "statement.html",
        viewer,
        nav="studio",
        content=content,
        document_of=statement_document,
        back="/studio/statements",
    )


@get("/operator/statements", access=Access.FINANCE, personal=True, include_in_schema=False)
async def statements_of_all(
    caller: Caller,
    database: Database,
    creator: FromQuery[str] = "",
    month: FromQuery[str] = "",
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """`creator`: our id of a person, `month` as 2026-11; what is neither is not looked for."""
    creator_id = int(creator) if creator.isascii() and creator.isdigit() and len(creator) < 19 else None
    of_month = _month(month)
    after = reading.BY_FULL_NUMBER.after_or_start(before)
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await reading.all_statements(connection, after, creator_id, of_month, PAGE_ROWS + 1)
        people = await people_by_ids(connection, {one.creator_id for one in found})
    return page(
        "statements.html",
        viewer,
        nav="operator",
        statements=found[:PAGE_ROWS],
        people=people,
        creator=creator_id or "",
        month=f"{of_month:%Y-%m}" if of_month else "",
        next=reading.BY_FULL_NUMBER.next(found, PAGE_ROWS, lambda one: (one.year, one.number)),
        first=before is None,
    )


@get("/operator/statements/{year:int}/{number:int}", access=Access.FINANCE, personal=True, include_in_schema=False)
async def statement(year: FromPath[int], number: FromPath[int], caller: Caller, database: Database) -> Response[str]:
    """As its creator sees it."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        content = await reading.statement_for(connection, caller, year, number)
    return page(
        "statement.html",
        viewer,
        nav="operator",
        content=content,
        document_of=statement_document,
        back="/operator/statements",
    )


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


router = Router("/", route_handlers=[my_statements, my_statement, statements_of_all, statement])
