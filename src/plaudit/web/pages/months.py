"""What somebody paid, gave and got back, month by month."""

from litestar import Response, Router, get
from litestar.params import FromQuery

from plaudit.disclosure.months import months_of
from plaudit.injected import Clock, Database
from plaudit.limits import MONTH_CREATORS_SHOWN
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.web.pages.frame import page, viewer_of


@get("/wallet/months", access=Access.VIEWER, include_in_schema=False)
async def months(caller: Caller, database: Database, clock: Clock, month: FromQuery[str] = "") -> Response[str]:
    """One month with who got most in it, and all before; `month` as in 2026-11, without it the last in which something
    was done."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await months_of(connection, caller.person_id, clock)
        known = {f"{one.month:%Y-%m}": one for one in found.months}
        latest = next((one for one in found.months if not one.is_empty), found.months[0])
        shown = known.get(month, latest)
        people = await people_by_ids(connection, [one.creator_id for one in shown.creators[:MONTH_CREATORS_SHOWN]])
    return page(
        "months.html",
        viewer,
        nav="wallet",
        found=found,
        shown=shown,
        before=next((one for one in found.months if one.month < shown.month), None),
        creators=[(one, people.get(one.creator_id)) for one in shown.creators[:MONTH_CREATORS_SHOWN]],
        is_empty=all(one.is_empty for one in found.months),
    )


router = Router("/", route_handlers=[months])
