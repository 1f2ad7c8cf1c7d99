"""Wishes over HTTP."""

from litestar import Router, get

from plaudit.people.access import Access


@get("/v1/wishes", access=Access.PUBLIC, operation_id="ListWishes", tags=["Wishes"], summary="Wishes")
async def list_wishes() -> list[str]:
    """None."""
    return []


router = Router("/", route_handlers=[list_wishes])
