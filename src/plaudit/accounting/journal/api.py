"""The general ledger over HTTP, for operators: as JSON, or as one CSV file."""

from datetime import date
from typing import Annotated, TypeAlias

from litestar import Response, Router, get, post
from litestar.params import JSONBody, QueryParameter
from litestar.response import Stream

from plaudit.accounting import reading as days
from plaudit.accounting.api import CSV, TAGS, Currency, Entity, Format, as_file
from plaudit.accounting.journal import accounts as numbering
from plaudit.accounting.journal import reading
from plaudit.accounting.journal.answers import (
    ROWS,
    AccountAnswer,
    Balances,
    Journal,
    account_answer,
    balances_answer,
    journal_answer,
)
from plaudit.accounting.journal.export import balances_csv, journal_csv
from plaudit.accounting.journal.model import NewAccount
from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import IdempotencyConflict

First: TypeAlias = Annotated[
    date | None, QueryParameter(name="from", description="The first day; without it, the first of the month of `to`.")
]
Last: TypeAlias = Annotated[
    date | None, QueryParameter(name="to", description="The last day; without it, the last closed one.")
]


@get(
    "/journal",
    access=Access.FINANCE,
    operation_id="GetJournal",
    tags=TAGS,
    also_media_types=(CSV,),
    summary="General journal in double entry",
)
async def journal(  # noqa: PLR0913, PLR0917 - one for each parameter of the address
    database: Database,
    clock: Clock,
    first: First = None,
    last: Last = None,
    entity: Entity = None,
    currency: Currency = None,
    format: Format = "json",
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Response[Journal]:
    """Lines of closed days (UTC), the oldest first. Debits and credits of each entry are equal in its currency."""
    after = ROWS.after(cursor)
    async with database.snapshot() as connection:
        found = await days.extent(connection)
        asked = days.period_of(found, first, last, entity, currency, clock.now())
        period = reading.closed_part(asked, found)
        if format == "json":
            rows = await reading.lines(connection, period, after, limit + 1) if period else []
            return Response(journal_answer(rows, limit, found.last_closed_day))
    lines = journal_csv(reading.all_lines(database, period))
    last_day = period.last if period else asked.last
    return Stream(lines, media_type=CSV, headers=as_file(f"journal-{asked.first}-{last_day}"))  # type: ignore[return-value]  # the other media type


@get(
    "/balances",
    access=Access.FINANCE,
    operation_id="GetBalances",
    tags=TAGS,
    also_media_types=(CSV,),
    summary="Balances of the general ledger",
)
async def balances(
    database: Database,
    clock: Clock,
    first: First = None,
    last: Last = None,
    entity: Entity = None,
    currency: Currency = None,
    format: Format = "json",
) -> Response[Balances]:
    """Opening, debits, credits and closing of each account over closed days (UTC): what lies at each provider, what is
    owed to creators and as tax, deferred revenue."""
    async with database.snapshot() as connection:
        found = await days.extent(connection)
        asked = days.period_of(found, first, last, entity, currency, clock.now())
        period = reading.closed_part(asked, found)
        rows = await reading.balances(connection, period) if period else []
    if format == "json":
        return Response(balances_answer(period, rows))
    shown = period or asked
    name = f"balances-{shown.first}-{shown.last}"
    return Response(balances_csv(shown, rows), media_type=CSV, headers=as_file(name))  # type: ignore[arg-type]  # the other media type


@get("/accounts", access=Access.FINANCE, operation_id="ListAccounts", tags=TAGS, summary="How accounts are numbered")
async def list_accounts(
    database: Database, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[AccountAnswer]:
    """All decisions, the newest first. Of those that hold on a day, the one that names entity and party goes first."""
    async with database.read() as connection:
        found = await numbering.accounts(connection, numbering.ROWS.after(cursor), limit + 1)
    return numbering.ROWS.page(found, limit, lambda row: row.general_account_id, account_answer)


@post(
    "/accounts",
    access=Access.FINANCE,
    operation_id="NumberAccount",
    tags=TAGS,
    problems=(IdempotencyConflict,),
    summary="Decide how an account is numbered",
)
async def number_account(caller: Caller, database: Database, clock: Clock, data: JSONBody[NewAccount]) -> AccountAnswer:
    """From a day on: the journal of days before it keeps its numbers."""
    async with database.transaction() as connection:
        return account_answer(await numbering.number_account(connection, data, caller.person_id, clock))


router = Router("/v1/operator/accounting", route_handlers=[journal, balances, list_accounts, number_account])
