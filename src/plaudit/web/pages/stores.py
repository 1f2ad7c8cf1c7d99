"""App stores, for operators: purchases that are nobody's for certain, what stores asked about use, and what they are
told of links out of their apps."""

from uuid import UUID

from litestar import Response, Router, get
from litestar.params import FromPath, FromQuery

from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_ROWS, STORE_CANDIDATES_MAX
from plaudit.pages import BY_TIME
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.selling.stores import actions, consumption, linked
from plaudit.selling.stores.model import LinkReportState, RequestState, TransactionState
from plaudit.web.pages.frame import page, viewer_of


@get("/operator/stores", access=Access.SUPPORT, personal=True, include_in_schema=False)
async def purchases(
    caller: Caller, database: Database, chosen: FromQuery[str] = "held", before: FromQuery[str | None] = None
) -> Response[str]:
    """Purchases in a state, those that are held unless another is chosen."""
    state = TransactionState(chosen) if chosen in set(TransactionState) else TransactionState.HELD
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await actions.list_transactions(connection, state, BY_TIME.after_or_start(before), PAGE_ROWS + 1)
        people = await people_by_ids(connection, {one.presented_by for one in found if one.presented_by})
    shown = found[:PAGE_ROWS]
    return page(
        "stores.html",
        viewer,
        nav="operator",
        view="purchases",
        rows=shown,
        people=people,
        chosen=state.value,
        choices=[one.value for one in TransactionState],
        next=BY_TIME.next(found, PAGE_ROWS, lambda one: (one.noticed_at, one.id)),
    )


@get("/operator/stores/questions", access=Access.SUPPORT, personal=True, include_in_schema=False)
async def questions(
    caller: Caller, database: Database, clock: Clock, chosen: FromQuery[str] = "", before: FromQuery[str | None] = None
) -> Response[str]:
    """What stores asked about use, newest first."""
    state = RequestState(chosen) if chosen in set(RequestState) else None
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await consumption.list_requests(connection, state, BY_TIME.after_or_start(before), PAGE_ROWS + 1)
        people = await people_by_ids(connection, {one.person_id for one in found})
    shown = found[:PAGE_ROWS]
    return page(
        "stores.html",
        viewer,
        nav="operator",
        view="questions",
        rows=shown,
        people=people,
        chosen=state.value if state else "",
        choices=["", *(one.value for one in RequestState)],
        next=BY_TIME.next(found, PAGE_ROWS, lambda one: (one.noticed_at, one.id)),
        now=clock.now(),
    )


@get("/operator/stores/links", access=Access.SUPPORT, include_in_schema=False)
async def links(
    caller: Caller, database: Database, clock: Clock, chosen: FromQuery[str] = "", before: FromQuery[str | None] = None
) -> Response[str]:
    """What stores are told of links out of their apps, newest first."""
    state = LinkReportState(chosen) if chosen in set(LinkReportState) else None
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await linked.list_reports(connection, state, BY_TIME.after_or_start(before), PAGE_ROWS + 1)
        people = await people_by_ids(connection, {one.closed_by for one in found if one.closed_by})
    return page(
        "store_links.html",
        viewer,
        nav="operator",
        rows=found[:PAGE_ROWS],
        people=people,
        chosen=state.value if state else "",
        choices=["", *(one.value for one in LinkReportState)],
        next=BY_TIME.next(found, PAGE_ROWS, lambda one: (one.happened_at, one.report_id)),
        now=clock.now(),
    )


@get("/operator/stores/purchases/{purchase_id:uuid}", access=Access.SUPPORT, personal=True, include_in_schema=False)
async def purchase(purchase_id: FromPath[UUID], caller: Caller, database: Database) -> Response[str]:
    """One purchase, and the orders it may be for."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await actions.find_transaction(connection, purchase_id)
        candidates = await actions.candidates(connection, found, STORE_CANDIDATES_MAX)
        named = {found.presented_by, found.resolved_by, *(one.person_id for one in candidates)} - {None}
        people = await people_by_ids(connection, {one for one in named if one})
    return page("store_purchase.html", viewer, nav="operator", purchase=found, candidates=candidates, people=people)


router = Router("/", route_handlers=[purchases, questions, links, purchase])
