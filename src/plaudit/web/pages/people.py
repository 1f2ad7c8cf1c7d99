"""Who you are: in the demo a choice among its people, elsewhere what the platform says; and signing out."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
from litestar import Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Redirect

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.people.access import Access
from plaudit.people.api import session_cookie
from plaudit.people.development import DevelopmentIssuer
from plaudit.people.model import Caller, Role
from plaudit.problems import NotFound
from plaudit.settings import Settings
from plaudit.web.pages.frame import local_address, page, viewer_of


class DemoPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody anybody may be in the demo."""

    subject: str
    group: Literal["you", "creator", "operator", "crowd"]
    roles: list[Role]
    claims: dict[str, str]
    """What a token says of this person: name, preferred_username, picture, country."""
    note: str = ""
    """A sentence whoever chooses should know."""

    @property
    def name(self) -> str:
        return self.claims.get("name", self.subject)


class Choice(msgspec.Struct, frozen=True):
    """Who somebody wants to be, and where to go then."""

    subject: str
    next: str = "/"


@get("/people", access=Access.PUBLIC, include_in_schema=False)
async def people(
    caller: Caller | None,
    database: Database,
    settings: Settings,
    next_page: Annotated[str | None, QueryParameter(name="next")] = None,
) -> Response[str]:
    """Everybody there is to be."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
    return page(
        "people.html",
        viewer,
        nav="people",
        demo=bool(settings.demo_people),
        people=demo_people(settings),
        next=local_address(next_page, ""),
    )


@post("/people", access=Access.PUBLIC, include_in_schema=False, status_code=303)
async def choose(
    data: Annotated[Choice, Body(media_type=RequestEncodingType.URL_ENCODED)], settings: Settings, clock: Clock
) -> Redirect:
    """Become somebody of the demo."""
    chosen = next((one for one in demo_people(settings) if one.subject == data.subject), None)
    if chosen is None:
        raise NotFound("Nobody of this name is in the demo.")
    token = DevelopmentIssuer.of(settings.data).mint(chosen.subject, chosen.roles, clock, claims=chosen.claims)
    target = local_address(data.next, _home_of(chosen))
    return Redirect(target, status_code=303, cookies=[session_cookie(token, settings)])


@post("/people/sign-out", access=Access.PUBLIC, include_in_schema=False, status_code=303)
async def sign_out(settings: Settings) -> Redirect:
    """Be a guest again."""
    return Redirect("/", status_code=303, cookies=[session_cookie("", settings)])


def demo_people(settings: Settings) -> list[DemoPerson]:
    """The people of the demo; nobody outside it."""
    if not settings.demo_people:
        return []
    return msgspec.json.decode(Path(settings.demo_people).read_bytes(), type=list[DemoPerson])


def _home_of(person: DemoPerson) -> str:
    if person.group == "operator":
        return "/operator"
    return "/studio" if person.group == "creator" else "/"


def sign_in_address(target: str) -> str:
    """Where somebody who is not signed in goes, to come back to a page of ours."""
    return f"/people?next={quote(target, safe='')}"


router = Router("/", route_handlers=[people, choose, sign_out])
