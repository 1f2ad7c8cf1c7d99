"""Accounts of one human or household, over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath, JSONBody, Parameter

from plaudit.decisions import links
from plaudit.decisions.links import AlreadyLinked, LinkEnding, MergedForGood, NewPersonLink, OwnLink, PersonLink
from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import NotFound

_TAGS = ["Decisions"]


@get(
    "/v1/person-links",
    access=frozenset({Access.SAFETY, Access.FINANCE}),
    operation_id="ListPersonLinks",
    personal=True,
    tags=_TAGS,
    summary="Accounts that count as one person's",
)
async def list_links(
    database: Database,
    person_id: Annotated[
        str | None, Parameter(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="Only those of this account.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[PersonLink]:
    """Newest first, those that ended included."""
    of_person = int(person_id) if person_id else None
    async with database.read() as connection:
        found = await links.list_links(connection, BY_TIME.after(cursor), limit + 1, person_id=of_person)
    return Page(found[:limit], BY_TIME.next(found, limit, lambda one: (one.linked_at, one.id)))


@post(
    "/v1/person-links",
    access=Access.SAFETY,
    operation_id="LinkPeople",
    tags=_TAGS,
    summary="Let two accounts count as one person's",
    problems=(AlreadyLinked, NotFound),
)
async def link(data: JSONBody[NewPersonLink], caller: Caller, database: Database, clock: Clock) -> PersonLink:
    """Idempotent by `id`. Neither confirms what the other proposes or gains by, over any number of links."""
    async with database.transaction() as connection:
        return await links.link(connection, clock, data, caller.person_id)


@post(
    "/v1/person-links/{link_id:uuid}/end",
    access=Access.SAFETY,
    step_up=True,
    operation_id="EndPersonLink",
    tags=_TAGS,
    status_code=200,
    summary="Let two accounts count as two people's again",
    problems=(OwnLink, MergedForGood),
)
async def end(
    link_id: FromPath[UUID], data: JSONBody[LinkEnding], caller: Caller, database: Database, clock: Clock
) -> PersonLink:
    """Nobody ends a link of their own account. Repeating it changes nothing."""
    async with database.transaction() as connection:
        return await links.end(connection, clock, link_id, caller.person_id, data.reason)


_HANDLERS: list[Any] = [list_links, link, end]
router = Router("/", route_handlers=_HANDLERS)
