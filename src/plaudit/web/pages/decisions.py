"""What operators proposed and others have to decide: each with what it changes, those that ended, and emergencies."""

from typing import Any
from uuid import UUID

from litestar import Response, Router, get
from litestar.params import FromPath, FromQuery

from plaudit.connections import Connection
from plaudit.decisions import actions
from plaudit.decisions.answers import answers
from plaudit.decisions.kinds import brought_kinds
from plaudit.decisions.model import Decision
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
    wanted = actions.Filter(open=is_open, emergency=emergency)
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await actions.list_decisions(connection, clock, wanted, BY_TIME.after_or_start(before), PAGE_ROWS + 1)
        shown = await _shown(connection, caller, found[:PAGE_ROWS], whole=False)
    return page(
        "decisions.html",
        viewer,
        nav="operator",
        **shown,
        show=chosen,
        next=BY_TIME.next(found, PAGE_ROWS, lambda one: (one.proposed_at, one.id)),
        one_operator=settings.one_operator,
    )


@get("/operator/decisions/{decision_id:uuid}", access=Access.OPERATOR, include_in_schema=False, personal=True)
async def decision(
    decision_id: FromPath[UUID], caller: Caller, database: Database, settings: Settings
) -> Response[str]:
    """One of them, with all it changes."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        shown = await _shown(connection, caller, [await actions.find(connection, decision_id)], whole=True)
    return page(
        "decisions.html", viewer, nav="operator", **shown, show="one", next=None, one_operator=settings.one_operator
    )


async def _shown(connection: Connection, caller: Caller, found: list[Decision], *, whole: bool) -> dict[str, Any]:
    """Decisions as this operator may look at them."""
    kinds = brought_kinds()
    decided_here = {kind.name for kind in kinds if fits_staff(kind.access, caller.roles, reading=False)}
    return {
        "decisions": await answers(connection, kinds, found, whole=whole),
        "mine": {one.id for one in found if await actions.are_linked(connection, caller.person_id, one.proposed_by)},
        "gains": {
            one.id for one in found if await actions.are_linked(connection, caller.person_id, one.beneficiary_id)
        },
        "may": {one.id for one in found if one.kind in decided_here},
        "in_emergency": {kind.name for kind in kinds if kind.in_emergency},
        "me": str(caller.person_id),
    }


router = Router("/", route_handlers=[decisions, decision])
