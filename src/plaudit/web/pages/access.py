"""Who was given a role here, for owners: they propose one and take one away."""

from litestar import Response, Router, get
from litestar.params import FromQuery

from plaudit.injected import Clock, Database, Settings
from plaudit.limits import GRANT_PEOPLE_SHOWN_MAX, NOTE_LENGTH_MAX, PAGE_ROWS
from plaudit.people import roles
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids, people_called
from plaudit.people.doorkeeper import operator_role
from plaudit.people.injected import Caller
from plaudit.people.model import STAFF_ROLES, Person, Role
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.freezes import PersonNumber, Who
from plaudit.web.pages.proposals import proposed

GIVEN = (*(role for role in Role if role in STAFF_ROLES), Role.CREATOR)
MEANT = {
    Role.OWNER: "everything operators may, and who else is one",
    Role.SUPPORT: "buyers, orders, refunds, coins given away",
    Role.FINANCE: "payouts, rewards, accounting, audits",
    Role.PRICING: "prices, tax rates, rules of withdrawal",
    Role.CATALOGUE: "gifts and their art",
    Role.SAFETY: "freezes, words of gifts, linked accounts",
    Role.AUDITOR: "reads all of it, changes nothing",
    Role.CREATOR: "receives gifts and is paid",
}


@get("/operator/access", access=Access.OWNER, include_in_schema=False, personal=True)
async def access(
    caller: Caller,
    database: Database,
    clock: Clock,
    settings: Settings,
    who: Who = "",
    person: PersonNumber = None,
    start: FromQuery[int] = 0,
    said_start: FromQuery[int] = 0,
) -> Response[str]:
    """`who` looks for people by number or handle; `person` is the one who was chosen; `start`: which of the list is the
    first that is shown."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        chosen = (await people_by_ids(connection, {person})).get(person) if person else None
        matches: list[Person] = []
        if who.strip():
            matches = await people_called(connection, who.strip().removeprefix("@"), GRANT_PEOPLE_SHOWN_MAX)
        grants = await roles.list_grants(connection)
        said = await roles.list_said(connection, operator_role(settings), max(0, said_start), PAGE_ROWS + 1)
        first = max(0, start)
        shown = grants[first : first + PAGE_ROWS]
        named = {id for one in shown for id in (one.person_id, one.granted_by) if id is not None}
        named |= {one.person_id for one in said}
        people = await people_by_ids(connection, named)
        proposals = await proposed(connection, clock, "role")
    return page(
        "access.html",
        viewer,
        nav="operator",
        who=who,
        matches=matches,
        chosen=chosen,
        grants=shown,
        people=people,
        said=said[:PAGE_ROWS],
        more_said=max(0, said_start) + PAGE_ROWS if len(said) > PAGE_ROWS else None,
        proposals=proposals,
        one_operator=settings.one_operator,
        me=caller.person_id,
        given=[(role.value, f"{role.value}: {MEANT[role]}") for role in GIVEN],
        next=first + PAGE_ROWS if len(grants) > first + PAGE_ROWS else None,
        note_length_max=NOTE_LENGTH_MAX,
    )


router = Router("/", route_handlers=[access])
