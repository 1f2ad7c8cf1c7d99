"""The page of a browser source: gifts over somebody's picture. Its token is read by its script, not here."""

from litestar import Response, Router, get

from plaudit.people.access import Access
from plaudit.web.pages.frame import page


@get("/overlay", access=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def overlay() -> Response[str]:
    """The same for everybody; an address with a token must not travel on in a referrer."""
    answer = page("overlay.html")
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


router = Router("/", route_handlers=[overlay])
