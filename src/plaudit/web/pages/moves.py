"""People whom their platform calls otherwise, and accounts that turned out to be one: what leads where, who said so."""

from litestar import Response, Router, get
from litestar.params import FromQuery

from plaudit.injected import Database
from plaudit.limits import GRANT_PEOPLE_SHOWN_MAX, PAGE_ROWS
from plaudit.pages import BY_TIME
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids, people_called
from plaudit.people.injected import Caller
from plaudit.people.model import Person
from plaudit.people.moves import list_moves
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.freezes import PersonNumber, Who


@get("/operator/moves", access=frozenset({Access.SUPPORT, Access.SAFETY}), include_in_schema=False, personal=True)
async def moves(
    caller: Caller,
    database: Database,
    who: Who = "",
    person: PersonNumber = None,
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """`who` looks for people by number or handle; `person` is the one who was chosen."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        matches: list[Person] = []
        if who.strip():
            matches = await people_called(connection, who.strip().removeprefix("@"), GRANT_PEOPLE_SHOWN_MAX)
        found = await list_moves(connection, BY_TIME.after_or_start(before), PAGE_ROWS + 1, person)
        shown = found[:PAGE_ROWS]
        named = {id for one in shown for id in (one.person_id, one.merged_id, person) if id is not None}
        people = await people_by_ids(connection, named | ({person} if person else set()))
    return page(
        "moves.html",
        viewer,
        nav="operator",
        who=who,
        matches=matches,
        chosen=people.get(person) if person else None,
        moves=shown,
        people=people,
        next=BY_TIME.next(found, PAGE_ROWS, lambda one: (one.moved_at, one.id)),
        first=before is None,
    )


router = Router("/", route_handlers=[moves])
