"""The cookies of people who sign in: their names, and how far browsers let them go."""

from typing import Any

from litestar.datastructures import Cookie

from plaudit.people.credentials import SESSION_COOKIE
from plaudit.settings import Settings

_HOST_ONLY = "__Host-"


class PartitionedCookie(Cookie):
    """A cookie of our pages inside a page of another site: apart for each such site (CHIPS), so that it follows nobody
    from one to the next, and browsers that refuse third-party cookies keep it."""

    def to_header(self, **kwargs: Any) -> str:
        return super().to_header(**kwargs) + "; Partitioned"  # the standard library writes this word from 3.14 on


def cookie_name(name: str, settings: Settings) -> str:
    """The name with the prefix that keeps other hosts and plain HTTP from setting it, where that can be had."""
    return _HOST_ONLY + name if settings.is_secure else name


def session_cookies(secret: str, settings: Settings, *, lasts_s: int, framed: bool = False) -> list[Cookie]:
    """What signs somebody in to the pages.

    Args:
        secret: of the session.
        settings: whether this server is reached by https.
        lasts_s: seconds until the session ends.
        framed: for pages inside a page of another site. Browsers take that by https, and from a loopback address.
    """
    name = cookie_name(SESSION_COOKIE, settings)
    if framed:
        return [PartitionedCookie(name, value=secret, max_age=lasts_s, httponly=True, secure=True, samesite="none")]
    return [Cookie(name, value=secret, max_age=lasts_s, httponly=True, secure=settings.is_secure, samesite="lax")]


def no_session_cookies(settings: Settings) -> list[Cookie]:
    """What signs somebody out of the pages, framed or not."""
    return [*session_cookies("", settings, lasts_s=0), *session_cookies("", settings, lasts_s=0, framed=True)]
