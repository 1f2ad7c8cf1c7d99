"""The trail over HTTP, for operators: search, and the chains for others to prove."""

from typing import Annotated, Literal, TypeAlias

from litestar import Response, Router, get
from litestar.params import Parameter, QueryParameter
from litestar.response import Stream

from plaudit.acts import Actor, Kind, Outcome
from plaudit.injected import Database
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.moments import Moment
from plaudit.pages import BY_ID, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.trail import reading
from plaudit.trail.answers import ActAnswer, act_answer, acts_csv
from plaudit.trail.reading import Search

TAGS = ["Trail"]
CSV = "text/csv; charset=utf-8"
LINES = "application/x-ndjson"

_NUMBER = r"^[0-9]{1,18}$(?!\n)"
PersonId: TypeAlias = Annotated[str | None, Parameter(pattern=_NUMBER, description="Only this person's.")]
KeyId: TypeAlias = Annotated[str | None, Parameter(pattern=_NUMBER, description="Only by this API key.")]
Operation: TypeAlias = Annotated[
    str | None, Parameter(max_length=200, description="Of this API, such as `ApprovePayout`, of a page, or a command.")
]
About: TypeAlias = Annotated[str | None, Parameter(max_length=200, description="An id that it is about.")]


@get(
    "/acts",
    access=Access.OWNER,
    operation_id="ListActs",
    tags=TAGS,
    also_media_types=(CSV,),
    personal=True,
    summary="Who did what",
)
async def list_acts(  # noqa: PLR0913, PLR0917 - one for each parameter of the address
    database: Database,
    kind: Annotated[Kind | None, QueryParameter(description="Acts, reads of personal data, or refused tries.")] = None,
    actor: Annotated[Actor | None, QueryParameter(description="Only of such.")] = None,
    outcome: Annotated[Outcome | None, QueryParameter(description="Only those that ended so.")] = None,
    operation: Operation = None,
    person_id: PersonId = None,
    key_id: KeyId = None,
    about: About = None,
    since: Annotated[Moment | None, QueryParameter(description="Not before.")] = None,
    until: Annotated[Moment | None, QueryParameter(description="Before.")] = None,
    format: Annotated[Literal["json", "csv"], QueryParameter(description="As JSON, or all of it as a table.")] = "json",
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Response[Page[ActAnswer]]:
    """What operators, API keys and commands did, what personal data they read, and what was refused, newest first.
    Nobody can change it: see `plaudit verify`."""
    wanted = Search(
        kind=kind,
        actor=actor,
        outcome=outcome,
        operation=operation,
        person_id=_number(person_id),
        key_id=_number(key_id),
        about=about,
        since=since,
        until=until,
    )
    if format == "csv":
        return Stream(acts_csv(reading.all_found(database, wanted)), media_type=CSV, headers=_as_file("acts.csv"))  # type: ignore[return-value]  # the other media type
    async with database.read() as connection:
        found = await reading.find(connection, wanted, BY_ID.after(cursor), limit + 1)
    return Response(BY_ID.page(found, limit, lambda one: one.act.id, act_answer))


@get(
    "/acts/chain",
    access=Access.OWNER,
    operation_id="ExportActs",
    tags=TAGS,
    personal=True,
    include_in_schema=False,
    summary="The chain of the trail",
)
async def export_acts(
    database: Database, after: Annotated[int, Parameter(ge=0, le=2**63 - 1, description="A position.")] = 0
) -> Stream:
    """A line of JSON for each act after a position, as `plaudit verify` proves it."""
    return Stream(reading.chain(database, after), media_type=LINES, headers=_as_file("trail.ndjson"))


@get(
    "/deliveries/chain",
    access=Access.OWNER,
    operation_id="ExportDeliveries",
    tags=TAGS,
    personal=True,
    include_in_schema=False,
    summary="The chains of the books",
)
async def export_deliveries(database: Database) -> Stream:
    """A line of JSON for each delivery with its gifts, as `plaudit verify` proves it."""
    return Stream(reading.deliveries(database), media_type=LINES, headers=_as_file("books.ndjson"))


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


router = Router("/v1/operator", route_handlers=[list_acts, export_acts, export_deliveries])
