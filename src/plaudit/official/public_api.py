"""What this server says of itself, signed, for everybody."""

from litestar import Response, Router, get

from plaudit.injected import Clock, Database, Settings
from plaudit.official.description import describe, sign
from plaudit.official.model import SignedDescription
from plaudit.people.access import Access
from plaudit.problems import NotFound
from plaudit.trail.signing import signing_key

OFFICIAL = "/.well-known/plaudit.json"

_HEADERS = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}


@get(OFFICIAL, access=Access.PUBLIC, include_in_schema=False)
async def get_official(database: Database, settings: Settings, clock: Clock) -> Response[SignedDescription]:
    """By the key that signs heads of the trail; nothing without one."""
    key = signing_key(settings)
    if key is None:
        raise NotFound("Nothing is signed here.")
    async with database.read() as connection:
        return Response(sign(await describe(connection, settings, clock.now()), key), headers=_HEADERS)


router = Router("/", route_handlers=[get_official])
