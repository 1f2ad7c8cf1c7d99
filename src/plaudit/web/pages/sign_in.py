"""Coming in and going out: ways to sign in, the way back from a platform, a code from its server, and signing out."""

from typing import Annotated, Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Redirect

from plaudit.injected import Clock, Database, Settings
from plaudit.languages.speaking import later
from plaudit.limits import SIGN_IN_ATTEMPT_S
from plaudit.people import sessions
from plaudit.people.access import Access
from plaudit.people.addresses import local_address
from plaudit.people.cookies import cookie_name, no_session_cookies, session_cookies
from plaudit.people.development import in_demo
from plaudit.people.doorkeeper import Doorkeeper
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.people.model import Issuer
from plaudit.people.openid import (
    CALLBACK,
    Again,
    Attempt,
    OpenId,
    PlatformAway,
    Returned,
    SignInDenied,
    SignInLapsed,
    SignInNotValid,
    SignInTooWeak,
    SomebodyElse,
)
from plaudit.people.session_api import end_session_of
from plaudit.people.sessions import CodeNotValid, Seen, UsedCode
from plaudit.policy.networks import client_address
from plaudit.problems import Problem
from plaudit.web.pages.frame import page, viewer_of

ATTEMPT_COOKIE = "plaudit_sign_in"
_NO_REFERRER = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
_FRAMES = frozenset({"iframe", "frame", "embed", "object"})

_WORDS: dict[type[Problem], tuple[str, str]] = {
    SignInDenied: (
        later("You are not signed in"),
        later("Your platform did not let you in, or you chose not to come. Nothing has changed."),
    ),
    SignInLapsed: (
        later("That took a little too long"),
        later("This sign-in began a while ago or in another window. Please begin again."),
    ),
    PlatformAway: (
        later("Your platform does not answer"),
        later("It is not you: the sign-in there cannot be reached just now. Try again in a moment."),
    ),
    SignInNotValid: (
        later("That answer cannot be trusted"),
        later("What came back from your platform is not what was asked for, so nobody was signed in."),
    ),
    SignInTooWeak: (
        later("Your platform did not ask you"),
        later(
            "For this, your platform has to be sure that it is you, just now. It did not ask; whoever runs it can help."
        ),
    ),
    SomebodyElse: (
        later("That was somebody else"),
        later("Another account signed in than the one you are here with, so nothing has changed. Sign in as yourself."),
    ),
    CodeNotValid: (
        later("This way in is used up"),
        later("A link to come in is good once, for a minute. Go back to where you found it and open it again."),
    ),
}
"""Title and text of what may go wrong, to be looked up in the reader's language."""


class Way(msgspec.Struct, frozen=True):
    """One way to sign in, called by its label, else by its host; without either it leads to the people of the demo."""

    address: str
    label: str | None = None
    host: str = ""


@get("/sign-in", access=Access.PUBLIC, include_in_schema=False)
async def sign_in(
    caller: CallerOrGuest,
    database: Database,
    settings: Settings,
    openid: NamedDependency[OpenId],
    next_page: Annotated[str | None, QueryParameter(name="next")] = None,
    by: Annotated[int | None, QueryParameter(name="by", ge=1)] = None,
    again: Annotated[bool, QueryParameter(name="again")] = False,
) -> Response[Any]:
    """The ways to sign in; with only one, straight on. `again`: who is signed in proves that it is them, where they are
    known."""
    target = local_address(next_page, "/")
    platforms = await openid.ways()
    ways = _ways(platforms, settings, target)
    proving = Again(caller.person_id, caller.session_id) if again and caller else None
    if proving and caller:
        by = caller.issuer_id
    elif len(ways) == 1:
        by = platforms[0].id if platforms else by
    chosen = next((one for one in platforms if one.id == by), None)
    if chosen is not None:
        return await _leave(openid, chosen, target, settings, again=proving)
    if len(ways) == 1:
        return Redirect(ways[0].address, status_code=303)
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
    return page("sign_in.html", viewer, ways=ways, problem=None, again="")


async def _leave(
    openid: OpenId, chosen: Issuer, target: str, settings: Settings, *, again: Again | None
) -> Response[Any]:
    try:
        address, attempt = await openid.begin(chosen, target, again=again)
    except PlatformAway as problem:
        return _not_signed_in(problem, target)
    cookie = _attempt_cookie(attempt.text(), SIGN_IN_ATTEMPT_S, settings)
    return Redirect(address, status_code=303, headers={"Cache-Control": "no-store"}, cookies=[cookie])


@get(CALLBACK, access=Access.PUBLIC, foreign_credentials=True, is_way_in=True, include_in_schema=False)
async def come_back(
    request: Request[Any, Any, Any],
    settings: Settings,
    openid: NamedDependency[OpenId],
    given_state: Annotated[str, QueryParameter(name="state")] = "",
    code: Annotated[str, QueryParameter(name="code")] = "",
    error: Annotated[str, QueryParameter(name="error")] = "",
    issuer: Annotated[str, QueryParameter(name="iss")] = "",
) -> Response[Any]:
    """From the platform's sign-in page, with its word."""
    attempt = Attempt.of(request.cookies.get(cookie_name(ATTEMPT_COOKIE, settings)))
    target = local_address(attempt.next if attempt else None, "/")
    forgotten = _attempt_cookie("", 0, settings)
    try:
        seen = Seen(request.headers.get("user-agent"), client_address(request.scope, settings))
        begun = await openid.finish(attempt, Returned(given_state, code, error, issuer), seen)
    except (SignInDenied, SignInLapsed, PlatformAway, SignInNotValid, SignInTooWeak, SomebodyElse) as problem:
        request.scope["plaudit_problem"] = problem  # type: ignore[typeddict-unknown-key]  # read by the trail
        answer = _not_signed_in(problem, target, again=bool(attempt and attempt.again))
        answer.set_cookie(forgotten)
        return answer
    cookies = [forgotten, *session_cookies(begun.secret, settings, lasts_s=begun.lasts_s)]
    return Redirect(target, status_code=303, headers=_NO_REFERRER, cookies=cookies)


@get("/sign-in/done", access=Access.VIEWER, include_in_schema=False)
async def signed_in_again(
    caller: Caller, database: Database, next_page: Annotated[str | None, QueryParameter(name="next")] = None
) -> Response[str]:
    """After somebody signed in again in a window of its own: the page that asked hears of it and goes on."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
    return page("signed_in_again.html", viewer, back=local_address(next_page, "/"))


@get("/enter", access=Access.PUBLIC, foreign_credentials=True, is_way_in=True, include_in_schema=False)
async def enter(
    request: Request[Any, Any, Any],
    database: Database,
    settings: Settings,
    clock: Clock,
    doorkeeper: NamedDependency[Doorkeeper],
    code: Annotated[str, QueryParameter(name="code")] = "",
) -> Response[Any]:
    """Come in by a code that a platform's server asked for. In a frame, as the browser says, the cookie is kept apart
    for the site around it."""
    try:
        seen = Seen(request.headers.get("user-agent"), client_address(request.scope, settings))
        used, begun = await _use(database, code, clock, seen)
    except CodeNotValid as problem:
        request.scope["plaudit_problem"] = problem  # type: ignore[typeddict-unknown-key]  # read by the trail
        return _not_signed_in(problem, "")
    await end_session_of(request, database, settings, clock, doorkeeper)  # of whoever was here before
    framed = request.headers.get("sec-fetch-dest") in _FRAMES
    cookies = session_cookies(begun.secret, settings, lasts_s=begun.lasts_s, framed=framed)
    return Redirect(local_address(used.next, "/"), status_code=303, headers=_NO_REFERRER, cookies=cookies)


async def _use(database: Database, code: str, clock: Clock, seen: Seen) -> tuple[UsedCode, sessions.NewSession]:
    async with database.transaction() as connection:
        used = await sessions.use_code(connection, code, clock)
        begun = await sessions.begin_session(
            connection, used.person_id, used.roles, clock, key_id=used.key_id, seen=seen
        )
        return used, begun


@post("/sign-out", access=Access.PUBLIC, foreign_credentials=True, include_in_schema=False, status_code=200)
async def sign_out(
    request: Request[Any, Any, Any],
    database: Database,
    settings: Settings,
    clock: Clock,
    doorkeeper: NamedDependency[Doorkeeper],
    openid: NamedDependency[OpenId],
) -> Response[Any]:
    """Be a guest again, here and at the platform. Its page is gone to by a page of ours, not by the form: forms may
    send people nowhere but here."""
    ended = await end_session_of(request, database, settings, clock, doorkeeper)
    onward = await openid.sign_out_address(ended) if ended else None
    if onward is None:
        return Redirect("/", status_code=303, cookies=no_session_cookies(settings))
    answer = page("signed_out.html", onward=onward, platform=_host(onward))
    answer.headers["Referrer-Policy"] = "no-referrer"
    for cookie in no_session_cookies(settings):
        answer.set_cookie(cookie)
    return answer


def _ways(platforms: list[Issuer], settings: Settings, target: str) -> list[Way]:
    ways = [
        Way(f"/sign-in?{urlencode({'by': one.id, 'next': target})}", one.sign_in_label, _host(one.issuer))
        for one in platforms
    ]
    if settings.sign_in_url:
        address = settings.sign_in_url.replace("{return_to}", quote(settings.public_url + target, safe=""))
        ways.append(Way(address, host=_host(settings.sign_in_url)))
    if in_demo(settings):
        ways.append(Way(f"/people?{urlencode({'next': target})}"))
    return ways


def _host(address: str) -> str:
    return urlsplit(address).hostname or address


def _not_signed_in(problem: Problem, target: str, *, again: bool = False) -> Response[str]:
    """What went wrong, and the way to try again; without a target there is none here."""
    address = sign_in_address(target) + ("&again=true" if again else "") if target else ""
    return page("sign_in.html", status=problem.status, ways=[], problem=_WORDS[type(problem)], again=address)


def _attempt_cookie(text: str, lasts_s: int, settings: Settings) -> Cookie:
    """Lax, so that it comes along when the platform sends somebody back."""
    name = cookie_name(ATTEMPT_COOKIE, settings)
    return Cookie(name, value=text, max_age=lasts_s, httponly=True, secure=settings.is_secure, samesite="lax")


def sign_in_address(target: str) -> str:
    """Where somebody who is not signed in goes, to come back to a page of ours."""
    return f"/sign-in?{urlencode({'next': target})}"


router = Router("/", route_handlers=[sign_in, come_back, signed_in_again, enter, sign_out])
