"""What operators proposed and others have to decide: each with what it changes, those that ended, and emergencies."""

from litestar import Response, Router, get
from litestar.params import FromQuery

from plaudit.decisions import actions
from plaudit.decisions.answers import answers
from plaudit.decisions.kinds import brought_kinds
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_ROWS
from plaudit.pages import BY_TIME
from plaudit.people.access import Access, fits_staff
from plaudit.people.injected import Caller
from plaudit.web.pages.frame import page, viewer_of

_SHOWN = {"open": (True, None), "ended": (False, None), "emergencies": (None, True)}


@get("/operator/decisions", access=Access.OPERATOR, include_in_schema=False, personal=True)
async def decisions(
    caller: Caller,
    database: Database,
    clock: Clock,
    settings: Settings,
    show: FromQuery[str] = "open",
    before: FromQuery[str | None] = None,
) -> Response[str]:
    """`show`: `open`, `ended` or `emergencies`; anything else is `open`."""
    chosen = show if show in _SHOWN else "open"
    is_open, emergency = _SHOWN[chosen]
    kinds = brought_kinds()
    decided_here = {kind.name for kind in kinds if fits_staff(kind.access, caller.roles, reading=False)}
    wanted = actions.Filter(open=is_open, emergency=emergency)
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await actions.list_decisions(connection, clock, wanted, BY_TIME.after_or_start(before), PAGE_ROWS + 1)
        shown = await answers(connection, kinds, found[:PAGE_ROWS])
        mine = {one.id for one in found if await actions.are_linked(connection, caller.person_id, one.proposed_by)}
        gains = {one.id for one in found if await actions.are_linked(connection, caller.person_id, one.beneficiary_id)}
    return page(
        "decisions.html",
        viewer,
        nav="operator",
        decisions=shown,
        mine=mine,
        gains=gains,
        may={one.id for one in found if one.kind in decided_here},
        me=str(caller.person_id),
        show=chosen,
        next=BY_TIME.next(found, PAGE_ROWS, lambda one: (one.proposed_at, one.id)),
        first=before is None,
        one_operator=settings.one_operator,
    )


router = Router("/", route_handlers=[decisions])
