"""Work of creators and payouts that failed, for operators: whose, since when, why, and when it is tried again."""

from litestar import Response, Router, get
from litestar.params import FromQuery

from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_ROWS
from plaudit.pages import BY_TIME
from plaudit.payouts.stuck import Queue, list_stuck
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.web.pages.frame import page, viewer_of


@get("/operator/stuck", access=Access.FINANCE, personal=True, include_in_schema=False)
async def stuck(
    caller: Caller, database: Database, clock: Clock, queue: FromQuery[str] = "", before: FromQuery[str | None] = None
) -> Response[str]:
    """`queue`: only what is of this kind; one that is not known is not filtered by."""
    chosen = Queue(queue) if queue in set(Queue) else None
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await list_stuck(connection, chosen, BY_TIME.after_or_start(before), PAGE_ROWS + 1)
        shown = found[:PAGE_ROWS]
        people = await people_by_ids(connection, {work.creator_id for work in shown if work.creator_id is not None})
    return page(
        "stuck.html",
        viewer,
        nav="operator",
        work=shown,
        people=people,
        queues=[queue.value for queue in Queue],
        queue=chosen.value if chosen else "",
        next=BY_TIME.next(found, PAGE_ROWS, lambda work: (work.waiting_since, work.id)),
        first=before is None,
        now=clock.now(),
    )


router = Router("/", route_handlers=[stuck])
