"""How the queues stand, for operators: what waits, since when, and what failed."""

from litestar import Response, Router, get
from litestar.params import FromQuery

from plaudit.backlog.reading import standings
from plaudit.injected import Clock, Database
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.web.pages.frame import page, viewer_of

# Where the items of a queue are listed one by one.
LISTS = {
    "mail.send": "/operator/mails",
    "selling.inbox": "/operator/money-in?view=messages",
    "selling.reconciliation": "/operator/money-in?view=days",
    "selling.consumption": "/operator/stores/questions",
    "selling.links": "/operator/stores/links",
    "creators.claw_back": "/operator/stuck?queue=clawback",
    "creators.mature": "/operator/stuck?queue=maturity",
    "creators.convert": "/operator/stuck?queue=conversion",
    "payouts.send": "/operator/stuck?queue=send",
    "payouts.poll": "/operator/stuck?queue=poll",
    "payouts.inbox": "/operator/money-in?view=messages",
    "webhooks.send": "/operator/webhooks",
}


@get("/operator/queues", access=Access.OPERATOR, include_in_schema=False)
async def queues(caller: Caller, database: Database, clock: Clock, show: FromQuery[str] = "") -> Response[str]:
    """`show`: `failing` for those only in which something failed."""
    now = clock.now()
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await standings(connection, now)
    failing = [one for one in found if one.standing.failing]
    only_failing = show == "failing"
    return page(
        "queues.html",
        viewer,
        nav="operator",
        queues=failing if only_failing else found,
        only_failing=only_failing,
        failing=len(failing),
        late=sum(one.standing.late for one in found),
        stuck=sum(one.standing.stuck for one in found),
        overdue=sum(one.standing.overdue for one in found),
        lists=LISTS,
    )


router = Router("/", route_handlers=[queues])
