"""What went wrong, as a page for a person: what happened, what is safe, and what to do next."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response
from litestar.response import Redirect

from plaudit.languages.speaking import later
from plaudit.people.cookies import cookie_name
from plaudit.people.credentials import SESSION_COOKIE
from plaudit.problems import Problem, Unauthenticated
from plaudit.web.pages.frame import note_request, page
from plaudit.web.pages.sign_in import sign_in_address

_SAFE = later("Nothing was taken or sent.")
_WORDS = {
    403: (later("This is not for you to see"), later("Sign in as somebody who may.")),
    404: (later("There is nothing here"), later("The address may be mistyped, or what was here is gone.")),
    410: (later("This is gone"), later("Whoever published it took it away. What was given stays given.")),
    429: (later("A moment, please"), later("Many people are here just now. Try again in a few seconds.")),
}
_OURS = (later("That went wrong on our side"), later("It has been noted. Please try again in a moment."))
_OTHER = (later("This address does not work"), later("Something in it is missing, mistyped or out of date."))


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Whether a person's browser asks for a page, not a program for data."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/")


def answer(request: Request[Any, Any, Any], problem: Problem) -> Response[Any]:
    """The page of a problem. Somebody who is not signed in is asked to, and comes back afterwards."""
    if isinstance(problem, Unauthenticated) and request.method == "GET":
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return Redirect(sign_in_address(target), status_code=303)
    note_request(request)
    title, text = _words(problem)
    return page(
        "problem.html",
        status=problem.status,
        title=title,
        text=text,
        detail=_detail(problem),
        safe=_SAFE if problem.status >= 500 else "",
        reference=problem.fields.get("incident", ""),
        status_code=problem.status,
        of_a_video=problem.code.startswith("video_"),
        signed_in=_has_session(request) and not isinstance(problem, Unauthenticated),
    )


def _has_session(request: Request[Any, Any, Any]) -> bool:
    parts: Mapping[str, Any] = request.scope.get("plaudit", {})  # type: ignore[assignment]  # written by the front
    return "settings" in parts and cookie_name(SESSION_COOKIE, parts["settings"]) in request.cookies


def _words(problem: Problem) -> tuple[str, str]:
    """Title and text, to be looked up in the reader's language."""
    return _WORDS.get(problem.status, _OURS if problem.status >= 500 else _OTHER)


def _detail(problem: Problem) -> str:
    """What is particular to a problem that has no words of its own: the API's, in English."""
    return problem.detail or problem.title if _words(problem) is _OTHER else ""
