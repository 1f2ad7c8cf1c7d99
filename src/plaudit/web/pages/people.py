"""Who you are: in the demo a choice among its people, elsewhere what the platform says; and signing out."""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Redirect

from plaudit.acts import Actor
from plaudit.injected import Clock, Database, Settings
from plaudit.people.access import Access
from plaudit.people.addresses import local_address
from plaudit.people.cookies import session_cookies
from plaudit.people.credentials import Credentials
from plaudit.people.development import DevelopmentIssuer, in_demo
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.people.mailboxes import mailbox_of, wish
from plaudit.people.model import Role
from plaudit.people.sessions import begin_by_token, end_sessions_of, sessions_of
from plaudit.people.ways_in import WayIn
from plaudit.problems import NotFound
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.sign_in import sign_in_address


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


class MailWish(msgspec.Struct, frozen=True):
    """Whether somebody wants receipts by mail."""

    wanted: Literal["yes", "no"]


class SignOut(msgspec.Struct, frozen=True):
    """Where somebody is to be signed out; None: everywhere but here."""

    session: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)] | None = None


@get("/people", access=Access.PUBLIC, include_in_schema=False)
async def people(
    caller: CallerOrGuest,
    database: Database,
    settings: Settings,
    clock: Clock,
    next_page: Annotated[str | None, QueryParameter(name="next")] = None,
) -> Response[Any]:
    """Everybody there is to be in the demo; elsewhere who is signed in."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        mailbox = await mailbox_of(connection, viewer.person.id) if viewer.person else None
        signed_in_at = await sessions_of(connection, viewer.person.id, clock) if viewer.person else []
    if viewer.person is None and not in_demo(settings):
        return Redirect(sign_in_address(local_address(next_page, "/")), status_code=303)
    return page(
        "people.html",
        viewer,
        nav="people",
        mailbox=mailbox,
        signed_in_at=signed_in_at,
        session_id=caller.session_id if caller else None,
        mail_by=settings.mail_by,
        demo=in_demo(settings),
        people=demo_people(settings),
        next=local_address(next_page, ""),
    )


@post("/people", access=Access.PUBLIC, include_in_schema=False, status_code=303)
async def choose(
    data: Annotated[Choice, Body(media_type=RequestEncodingType.URL_ENCODED)],
    settings: Settings,
    clock: Clock,
    database: Database,
    doorkeeper: NamedDependency[Doorkeeper],
) -> Redirect:
    """Become somebody of the demo."""
    chosen = next((one for one in demo_people(settings) if one.subject == data.subject), None)
    if chosen is None:
        raise NotFound("Nobody of this name is in the demo.")
    token = DevelopmentIssuer.of(settings.data).mint(chosen.subject, chosen.roles, clock, claims=chosen.claims)
    caller = await doorkeeper.caller_of(Credentials(token))
    assert caller is not None, "only cookies are forgiven"
    async with database.transaction() as connection:
        begun = await begin_by_token(connection, caller, clock)
    cookies = session_cookies(begun.secret, settings, lasts_s=begun.lasts_s)
    return Redirect(local_address(data.next, _home_of(chosen)), status_code=303, cookies=cookies)


@post("/people/mail", access=Access.VIEWER, include_in_schema=False, status_code=303)
async def wish_for_mail(
    data: Annotated[MailWish, Body(media_type=RequestEncodingType.URL_ENCODED)],
    caller: Caller,
    database: Database,
    clock: Clock,
) -> Redirect:
    """Want receipts by mail, or have one's address removed."""
    async with database.transaction() as connection:
        await wish(connection, caller.person_id, clock, wanted=data.wanted == "yes")
    return Redirect("/people", status_code=303)


@post("/people/sessions", access=Access.VIEWER, include_in_schema=False, status_code=303)
async def sign_out_elsewhere(
    data: Annotated[SignOut, Body(media_type=RequestEncodingType.URL_ENCODED)],
    caller: Caller,
    database: Database,
    clock: Clock,
    doorkeeper: NamedDependency[Doorkeeper],
) -> Redirect:
    """End one of one's sessions, or all but this one."""
    async with database.transaction() as connection:
        but = None if data.session else caller.session_id
        ended = await end_sessions_of(
            connection, caller.person_id, clock, only=data.session, but=but, by=Actor.OPERATOR
        )
    doorkeeper.over(WayIn("session", one) for one in ended)
    return Redirect("/people", status_code=303)


def demo_people(settings: Settings) -> list[DemoPerson]:
    """The people of the demo; nobody outside it."""
    if not in_demo(settings):
        return []
    return msgspec.json.decode(Path(settings.demo_people).read_bytes(), type=list[DemoPerson])


def _home_of(person: DemoPerson) -> str:
    if person.group == "operator":
        return "/operator"
    return "/studio" if person.group == "creator" else "/"


router = Router("/", route_handlers=[people, choose, wish_for_mail, sign_out_elsewhere])
