"""Statements over HTTP: as data, as PDF and CSV, and all of a year in one file."""

from datetime import date
from typing import Annotated, TypeAlias

from litestar import Response, Router, get
from litestar.params import FromPath, Parameter

from plaudit.connections import Connection
from plaudit.earnings import reading
from plaudit.earnings.answers import StatementAnswer, StatementEntry, answer_of, entry_of
from plaudit.earnings.files import CSV_MEDIA_TYPE, PDF_MEDIA_TYPE, ZIP_MEDIA_TYPE, file_name, made, pack
from plaudit.earnings.limits import STATEMENT_PACKS_PER_HOUR
from plaudit.earnings.model import Content, Month, StatementFile
from plaudit.injected import Clock, Database, Settings
from plaudit.languages.model import Voice, voice_of_buyer
from plaudit.languages.speaking import speaking
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.actions import require_person
from plaudit.people.allowances import TooOften, take
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.problems import NotFound
from plaudit.selling.papers.api import PaperLanguage

_TAGS = ["Statements"]
_OWNER = frozenset({Access.VIEWER, Access.SUPPORT, Access.FINANCE})
Year: TypeAlias = Annotated[int, Parameter(ge=2_000, le=9_998, description="Of the number.")]
Number: TypeAlias = Annotated[int, Parameter(ge=1, le=2**31 - 1, description="After `S` in the number.")]


@get(
    "/v1/creators/me/statements",
    access=Access.VIEWER,
    scope=Scope.MONEY_READ,
    operation_id="ListMyStatements",
    tags=_TAGS,
    summary="My statements",
)
async def list_statements(
    caller: Caller, database: Database, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[StatementEntry]:
    """One of each month in which something was there or moved, issued a little after the month is over (UTC). The
    latest month first; of each month the edition that holds before those it corrects."""
    async with database.read() as connection:
        found = await reading.statements_of(connection, caller.person_id, reading.BY_MONTH.after(cursor), limit + 1)
    return reading.BY_MONTH.page(found, limit, lambda one: (one.month, one.edition), entry_of)


@get(
    "/v1/statements/{year:int}/{number:int}",
    access=_OWNER,
    scope=Scope.MONEY_READ,
    operation_id="GetStatement",
    personal=True,
    tags=_TAGS,
    problems=(NotFound,),
    summary="A statement",
)
async def get_statement(
    year: FromPath[Year], number: FromPath[Number], caller: Caller, database: Database
) -> StatementAnswer:
    """For its creator, and for operators. It never changes; what is found later is corrected by another."""
    async with database.snapshot() as connection:
        return answer_of(await reading.statement_for(connection, caller, year, number))


@get(
    "/v1/statements/{year:int}/{number:int}/pdf",
    access=_OWNER,
    scope=Scope.MONEY_READ,
    operation_id="GetStatementPdf",
    personal=True,
    tags=_TAGS,
    problems=(NotFound, TooOften),
    media_type=PDF_MEDIA_TYPE,
    summary="A statement as PDF",
)
async def get_statement_pdf(
    year: FromPath[Year],
    number: FromPath[Number],
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
    language: PaperLanguage = None,
) -> Response[bytes]:
    """The same statement in the same language has the same bytes."""
    async with database.transaction() as connection:
        await take(connection, caller.person_id, "paper", settings.papers_per_hour, clock)
        content = await reading.statement_for(connection, caller, year, number)
        voice = await _voice(connection, content.statement.creator_id, language)
    return await _file(content, StatementFile.PDF, voice, settings)


@get(
    "/v1/statements/{year:int}/{number:int}/csv",
    access=_OWNER,
    scope=Scope.MONEY_READ,
    operation_id="GetStatementCsv",
    personal=True,
    tags=_TAGS,
    problems=(NotFound,),
    media_type=CSV_MEDIA_TYPE,
    summary="A statement as CSV",
)
async def get_statement_csv(
    year: FromPath[Year],
    number: FromPath[Number],
    caller: Caller,
    database: Database,
    settings: Settings,
    language: PaperLanguage = None,
) -> Response[bytes]:
    """The rows of the page, with the same figures."""
    async with database.snapshot() as connection:
        content = await reading.statement_for(connection, caller, year, number)
        voice = await _voice(connection, content.statement.creator_id, language)
    return await _file(content, StatementFile.CSV, voice, settings)


@get(
    "/v1/creators/me/statement-packs/{year:int}",
    access=Access.VIEWER,
    scope=Scope.MONEY_READ,
    operation_id="GetStatementPack",
    tags=_TAGS,
    problems=(NotFound, TooOften),
    media_type=ZIP_MEDIA_TYPE,
    summary="My statements of a year in one file",
)
async def get_statement_pack(
    year: FromPath[Year],
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
    language: PaperLanguage = None,
) -> Response[bytes]:
    """A ZIP of those of its months, corrections included: each as PDF and CSV, and all their rows as one CSV."""
    async with database.transaction() as connection:
        await take(connection, caller.person_id, "statement_pack", STATEMENT_PACKS_PER_HOUR, clock)
        found = await reading.statements_of_year(connection, caller.person_id, year)
        if not found:
            raise NotFound("There is no statement of that year.", year=year)
        contents = [await reading.content_of(connection, one) for one in found]
        voice = await _voice(connection, caller.person_id, language)
    with speaking(voice):
        body = await pack(contents, year, settings)
    return _answer(body, ZIP_MEDIA_TYPE, f"statements-{year}.zip")


@get(
    "/v1/operator/statements",
    access=Access.FINANCE,
    operation_id="ListStatements",
    personal=True,
    tags=_TAGS,
    summary="Statements of all creators",
)
async def list_all_statements(
    database: Database,
    creator_id: Annotated[int | None, Parameter(ge=1, le=2**63 - 1, description="Only those of this person.")] = None,
    month: Annotated[Month | None, Parameter(description="Only those of this month.")] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[StatementEntry]:
    """The newest number first."""
    after = reading.BY_FULL_NUMBER.after(cursor)
    of_month = date.fromisoformat(f"{month}-01") if month else None
    async with database.read() as connection:
        found = await reading.all_statements(connection, after, creator_id, of_month, limit + 1)
    return reading.BY_FULL_NUMBER.page(found, limit, lambda one: (one.year, one.number), entry_of)


async def _voice(connection: Connection, creator_id: int, asked: str | None) -> Voice:
    creator = await require_person(connection, creator_id)
    return voice_of_buyer(asked or creator.language, creator.country or "")


async def _file(content: Content, kind: StatementFile, voice: Voice, settings: Settings) -> Response[bytes]:
    with speaking(voice):
        body = await made(content, kind, settings)
    media_type = PDF_MEDIA_TYPE if kind is StatementFile.PDF else CSV_MEDIA_TYPE
    return _answer(body, media_type, file_name(content, kind))


def _answer(body: bytes, media_type: str, name: str) -> Response[bytes]:
    how = "inline" if media_type == PDF_MEDIA_TYPE else "attachment"
    headers = {"Content-Disposition": f'{how}; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(body, media_type=media_type, headers=headers)


router = Router(
    "/",
    route_handlers=[
        list_statements,
        get_statement,
        get_statement_pdf,
        get_statement_csv,
        get_statement_pack,
        list_all_statements,
    ],
)
