"""Who and what is let in, for owners: keys of servers, and who was given a role here."""

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from plaudit.injected import Clock, Database
from plaudit.people import actions, roles
from plaudit.people.access import Access
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.injected import Caller
from plaudit.people.key_api import KeyNumber
from plaudit.people.ways_in import WayIn
from plaudit.web.pages.frame import page, viewer_of


@get("/operator/access", access=Access.OWNER, include_in_schema=False)
async def access(caller: Caller, database: Database) -> Response[str]:
    """Keys in use first."""
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        keys = await actions.list_api_keys(connection)
        grants = await roles.list_grants(connection)
        people = await actions.people_by_ids(connection, {one.person_id for one in grants})
    return page(
        "access.html",
        viewer,
        nav="operator",
        keys=sorted(keys, key=lambda one: (one.revoked_at is not None, -one.id)),
        grants=grants,
        people=people,
    )


@post("/operator/access/keys/{key_id:int}/revoke", access=Access.OWNER, include_in_schema=False, status_code=303)
async def revoke(
    key_id: KeyNumber, database: Database, clock: Clock, doorkeeper: NamedDependency[Doorkeeper]
) -> Redirect:
    """Take a key away, and lead back."""
    async with database.transaction() as connection:
        await actions.revoke_api_key(connection, None, clock, key_id=key_id)
    doorkeeper.over([WayIn("key", key_id)])
    return Redirect("/operator/access", status_code=303)


router = Router("/", route_handlers=[access, revoke])
