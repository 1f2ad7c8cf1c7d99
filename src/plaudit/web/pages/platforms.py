"""Platforms whose word about people is taken, for owners: how their tokens are checked and read; and one is stopped."""

from litestar import Response, Router, get

from plaudit.injected import Clock, Database, Settings
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.issuer_api import issuer_answer
from plaudit.people.issuers import list_issuers
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.proposals import proposed


@get("/operator/platforms", access=Access.OWNER, include_in_schema=False)
async def platforms(caller: Caller, database: Database, clock: Clock, settings: Settings) -> Response[str]:
    """Those that are believed first."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = [issuer_answer(one) for one in await list_issuers(connection)]
        proposals = await proposed(connection, clock, "issuer")
    return page(
        "platforms.html",
        viewer,
        nav="operator",
        platforms=sorted(found, key=lambda one: (not one.active, one.id)),
        proposals=proposals,
        one_operator=settings.one_operator,
        own=caller.issuer_id,
    )


router = Router("/", route_handlers=[platforms])
