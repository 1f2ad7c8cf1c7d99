"""Of whom nothing goes because it is old, for operators: who is held and why, placing a legal hold and lifting it."""

from litestar import Response, Router, get
from litestar.params import FromQuery

from plaudit.injected import Database
from plaudit.limits import GRANT_PEOPLE_SHOWN_MAX, PAGE_ROWS
from plaudit.pages import BY_TIME
from plaudit.people.access import Access, fits_staff
from plaudit.people.actions import people_by_ids, people_called
from plaudit.people.injected import Caller
from plaudit.people.model import Person
from plaudit.personal_data import holds as legal_holds
from plaudit.personal_data import retaining
from plaudit.personal_data.limits import HELD_PEOPLE_SHOWN_MAX, REASON_LENGTH_MAX
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.freezes import PersonNumber, Who

WHY = {
    "legal_hold": "legal hold",
    "frozen": "something stands still",
    "reversal": "a refund or dispute is open",
    "payment_problem": "somebody looks at a payment",
    "decision": "a decision about them is open",
}


@get("/operator/holds", access=Access.SAFETY, include_in_schema=False, personal=True)
async def holds(
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
        found = await legal_holds.list_holds(
            connection, BY_TIME.after_or_start(before), PAGE_ROWS + 1, person_id=person, is_open=show != "all"
        )
        held = await retaining.held_people(connection)
        shown = found[:PAGE_ROWS]
        ids = {id for one in shown for id in (one.person_id, one.placed_by, one.lifted_by) if id is not None}
        ids |= {one.person_id for one in held} | ({person} if person else set())
        people = await people_by_ids(connection, ids)
    return page(
        "holds.html",
        viewer,
        nav="operator",
        who=who,
        matches=matches,
        chosen=people.get(person) if person else None,
        holds=shown,
        held=held,
        held_max=HELD_PEOPLE_SHOWN_MAX,
        people=people,
        why=WHY,
        show="all" if show == "all" else "",
        next=BY_TIME.next(found, PAGE_ROWS, lambda one: (one.placed_at, one.id)),
        may_hold=fits_staff(Access.SAFETY, caller.roles, reading=False),
        reason_length_max=REASON_LENGTH_MAX,
    )


router = Router("/", route_handlers=[holds])
