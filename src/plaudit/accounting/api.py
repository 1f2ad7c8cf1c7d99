"""Books for accountants over HTTP, for operators: as JSON in pages, or as one CSV file."""

from datetime import date
from typing import Annotated, Literal

from litestar import Response, Router, get
from litestar.params import Parameter, QueryParameter
from litestar.response import Stream

from plaudit.accounting import reading
from plaudit.accounting.answers import ROWS, RollForward, UnspentAnswers, roll_forward_answer, unspent_answer
from plaudit.accounting.export import roll_forward_csv, unspent_csv
from plaudit.accounting.model import Unspent
from plaudit.accounting.prepaid import PrepaidReport, base_date_of, prepaid_report
from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import Cursor, Limit
from plaudit.people.access import Access
from plaudit.problems import InvalidField

TAGS = ["Accounting"]
CSV = "text/csv"

Entity = Annotated[
    str | None, Parameter(pattern=r"^[A-Z0-9]{1,20}$(?!\n)", description="Only those of this seller of record.")
]
Currency = Annotated[str | None, Parameter(pattern=r"^[A-Z]{3}$(?!\n)", description="Only those in this currency.")]
Format = Annotated[Literal["json", "csv"], Parameter(description="`csv`: all of it as one file.")]


@get(
    "/roll-forward",
    access=Access.FINANCE,
    operation_id="GetRollForward",
    tags=TAGS,
    also_media_types=(CSV,),
    summary="Deferred revenue day by day",
)
async def roll_forward(  # noqa: PLR0913, PLR0917 - one for each parameter of the address
    database: Database,
    clock: Clock,
    first: Annotated[
        date | None,
        QueryParameter(name="from", description="The first day; without it, the first of the month of `to`."),
    ] = None,
    last: Annotated[
        date | None, QueryParameter(name="to", description="The last day; without it, the last closed one.")
    ] = None,
    entity: Entity = None,
    currency: Currency = None,
    format: Format = "json",
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Response[RollForward]:
    """Closed days (UTC), the oldest first: opening + sold + put back − used − refunded − expired = closing."""
    after = ROWS.after(cursor)
    async with database.snapshot() as connection:
        found = await reading.extent(connection)
        period = reading.period_of(found, first, last, entity, currency, clock.now())
        if format == "json":
            rows = await reading.roll_forward(connection, period, after, limit + 1)
            return Response(roll_forward_answer(rows, limit, found))
    lines = roll_forward_csv(reading.all_days(database, period))
    return Stream(lines, media_type=CSV, headers=as_file(f"roll-forward-{period.first}-{period.last}"))  # type: ignore[return-value]  # the other media type


@get(
    "/unspent",
    access=Access.FINANCE,
    operation_id="GetUnspent",
    tags=TAGS,
    also_media_types=(CSV,),
    summary="Unspent coins at the end of a day",
)
async def unspent(
    database: Database,
    clock: Clock,
    at: Annotated[date | None, QueryParameter(description="The day; without it, today until now.")] = None,
    zone: Annotated[str, Parameter(max_length=60, description="Where the day ends.")] = "UTC",
    base_date: Annotated[
        Literal["japan"] | None,
        Parameter(description="Instead of `at` and `zone`: the latest 31 March or 30 September that is over in Japan."),
    ] = None,
    entity: Entity = None,
    currency: Currency = None,
    format: Format = "json",
) -> Response[UnspentAnswers]:
    """By entity, region, channel and currency, with what they cost without tax."""
    now = clock.now()
    if base_date is not None:
        if at is not None:
            raise InvalidField(field="at", reason="cannot be given together with base_date")
        at, zone = reading.japan_base_dates(now)[0], reading.JAPAN
    moment = reading.end_of(at, zone, now) if at is not None else now
    async with database.snapshot() as connection:
        found = await reading.unspent_at(connection, moment)
    rows = [row for row in found if _is_wanted(row, entity, currency)]
    if format == "json":
        return Response(UnspentAnswers(at=moment, items=[unspent_answer(row) for row in rows]))
    name = f"unspent-{at or now.date()}"
    return Response(unspent_csv(moment, rows), media_type=CSV, headers=as_file(name))  # type: ignore[arg-type]  # the other media type


@get(
    "/prepaid",
    access=Access.FINANCE,
    operation_id="GetPrepaidReport",
    tags=TAGS,
    summary="Unused coins at a base date of Japan's Payment Services Act",
)
async def prepaid(
    database: Database,
    clock: Clock,
    base_date: Annotated[
        date | None,
        Parameter(description="A 31 March or 30 September that is over in Japan; without it, the latest."),
    ] = None,
) -> PrepaidReport:
    """By issuer, as the books were when that day ended in Japan: coins that were paid for and sold there, what was paid
    for them, whether that is above ten million yen, and the half that is to be laid by."""
    now = clock.now()
    day = base_date_of(base_date, now)
    async with database.snapshot() as connection:
        return await prepaid_report(connection, day, now)


def _is_wanted(row: Unspent, entity: str | None, currency: str | None) -> bool:
    return entity in {None, row.entity} and currency in {None, row.currency}


def as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}


router = Router("/v1/operator/accounting", route_handlers=[roll_forward, unspent, prepaid])
