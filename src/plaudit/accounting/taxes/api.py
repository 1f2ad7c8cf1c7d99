"""Tax returns and lists of papers over HTTP, for operators: as JSON, or as one CSV file."""

from datetime import date
from typing import Annotated, TypeAlias

from litestar import Response, Router, get
from litestar.params import Parameter, QueryParameter
from litestar.response import Stream

from plaudit.accounting.api import CSV, TAGS, Currency, Entity, Format, as_file
from plaudit.accounting.taxes import reading
from plaudit.accounting.taxes.answers import ROWS, PaperAnswer, TaxReturnAnswer, paper_answer, tax_return_answer
from plaudit.accounting.taxes.export import papers_csv, tax_return_csv
from plaudit.accounting.taxes.model import PaperFilter, PaperKind
from plaudit.countries import Country
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import Cursor, Limit, Page
from plaudit.people.access import Access

First: TypeAlias = Annotated[
    date | None, QueryParameter(name="from", description="The first day; without it, the first of the month of `to`.")
]
Last: TypeAlias = Annotated[
    date | None, QueryParameter(name="to", description="The last day; without it, the end of the last month.")
]
Zone: TypeAlias = Annotated[str, Parameter(max_length=60, description="Whose days these are.")]


@get(
    "/tax-return",
    access=Access.FINANCE,
    operation_id="GetTaxReturn",
    tags=TAGS,
    also_media_types=(CSV,),
    summary="Tax by seller, country and rate",
)
async def tax_return(
    database: Database,
    clock: Clock,
    settings: Settings,
    first: First = None,
    last: Last = None,
    zone: Zone = "UTC",
    entity: Entity = None,
    format: Format = "json",
) -> Response[TaxReturnAnswer]:
    """Each paper counts in the period of its issue, so a period that is over does not change: a refund of later is a
    correction of later. What app stores sold is listed apart, because they are the sellers there and owe the tax."""
    now = clock.now()
    period = reading.period_of(first, last, zone, entity, now)
    async with database.snapshot() as connection:
        found = await reading.tax_return(connection, period, settings, now)
    if format == "json":
        return Response(tax_return_answer(found))
    name = f"tax-return-{period.first}-{period.last}"
    return Response(tax_return_csv(found), media_type=CSV, headers=as_file(name))  # type: ignore[arg-type]  # the other media type


@get(
    "/papers",
    access=Access.FINANCE,
    operation_id="ListTaxPapers",
    personal=True,
    tags=TAGS,
    also_media_types=(CSV,),
    summary="Receipts and credit notes of a period",
)
async def papers(  # noqa: PLR0913, PLR0917 - one for each parameter of the address
    database: Database,
    clock: Clock,
    first: First = None,
    last: Last = None,
    zone: Zone = "UTC",
    entity: Entity = None,
    country: Annotated[Country | None, Parameter(description="Only those of buyers there.")] = None,
    currency: Currency = None,
    kind: Annotated[PaperKind | None, Parameter(description="Only those of this kind.")] = None,
    format: Format = "json",
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Response[Page[PaperAnswer]]:
    """The papers a tax return is made of, the oldest first, with what showed where each buyer is."""
    after = ROWS.after(cursor)
    period = reading.period_of(first, last, zone, entity, clock.now())
    wanted = PaperFilter(country=country, currency=currency, kind=kind)
    if format == "json":
        async with database.read() as connection:
            found = await reading.papers(connection, period, wanted, after, limit + 1)
        return Response(ROWS.page(found, limit, lambda paper: paper.place, paper_answer))
    lines = papers_csv(reading.all_papers(database, period, wanted))
    return Stream(lines, media_type=CSV, headers=as_file(f"papers-{period.first}-{period.last}"))  # type: ignore[return-value]  # the other media type


router = Router("/v1/operator/accounting", route_handlers=[tax_return, papers])
