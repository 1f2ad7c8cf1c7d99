"""Accounts that count as one person's in decisions: found, linked, and parted with a reason."""

from litestar import Response, Router, get
from litestar.params import FromQuery

from plaudit.decisions import links
from plaudit.injected import Database
from plaudit.limits import GRANT_PEOPLE_SHOWN_MAX, NOTE_LENGTH_MAX, PAGE_ROWS
from plaudit.pages import BY_TIME
from plaudit.people.access import Access, fits_staff
from plaudit.people.actions import people_by_ids, people_called
from plaudit.people.injected import Caller
from plaudit.people.model import Person
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.freezes import PersonNumber, Who


@get("/operator/links", access=frozenset({Access.SAFETY, Access.FINANCE}), include_in_schema=False, personal=True)
async def person_links(
    caller: Caller,
    database: Database,
    who: Who = "",
    person: PersonNumber = None,
    show: FromQuery[str] = "",
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """`who` looks for people by number or handle; `person` is the one who was chosen; `show`: "all", or what holds."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        matches: list[Person] = []
        if who.strip():
            matches = await people_called(connection, who.strip().removeprefix("@"), GRANT_PEOPLE_SHOWN_MAX)
        holds = None if show == "all" else True
        place = BY_TIME.after_or_start(before)
        found = await links.list_links(connection, place, PAGE_ROWS + 1, person_id=person, holds=holds)
        shown = found[:PAGE_ROWS]
        ids = [id for one in shown for id in (one.person_id, one.other_id, one.linked_by, one.ended_by)]
        named = {int(id) for id in ids if id is not None}
        people = await people_by_ids(connection, named | ({person} if person else set()))
    return page(
        "links.html",
        viewer,
        nav="operator",
        who=who,
        matches=matches,
        chosen=people.get(person) if person else None,
        links=shown,
        people=people,
        show="all" if show == "all" else "",
        next=BY_TIME.next(found, PAGE_ROWS, lambda one: (one.linked_at, one.id)),
        may_link=fits_staff(Access.SAFETY, caller.roles, reading=False),
        note_length_max=NOTE_LENGTH_MAX,
    )


router = Router("/", route_handlers=[person_links])
