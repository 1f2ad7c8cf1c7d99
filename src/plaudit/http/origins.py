"""Other sites: which may show our pages in a frame, and whose scripts may call the API (CORS)."""

from functools import lru_cache
from typing import Any

from plaudit.outgoing import is_loopback
from plaudit.settings import Settings

_PREFLIGHT_KEPT_S = b"7200"  # what Chromium takes at most
_ALLOWED_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_ALLOWED_HEADERS = b"Authorization, Content-Type, Last-Event-ID"
_EXPOSED_HEADERS = b"Retry-After, Location"

Headers = list[tuple[bytes, bytes]]


@lru_cache
def _words(origins: str) -> frozenset[bytes]:
    return frozenset(word.encode() for word in origins.split())


def framers(path: str, settings: Settings) -> str:
    """Who may show a page in a frame, as `frame-ancestors` has it: an overlay everybody, since it shows what any viewer
    sees and takes no clicks; an operator's page nobody else."""
    if path.startswith("/overlay"):
        return "*"
    if path.startswith("/operator") or not settings.frame_origins:
        return "'self'"
    return f"'self' {settings.frame_origins}"


def cross_origin_headers(scope: Any, settings: Settings) -> Headers:
    """What lets a script of another site read an answer of the API. Its cookies are never taken: whoever is somebody
    shows a token."""
    if not settings.api_origins or not scope["path"].startswith("/v1/"):
        return []
    headers: Headers = [(b"vary", b"Origin")]
    origin = _origin(scope)
    if origin in _words(settings.api_origins):
        headers += [(b"access-control-allow-origin", origin), (b"access-control-expose-headers", _EXPOSED_HEADERS)]
    return headers


def preflight_headers(scope: Any, settings: Settings) -> Headers | None:
    """What a browser asks before it lets a script of a site named in the settings call; None: another question."""
    asks = scope["method"] == "OPTIONS" and any(
        name == b"access-control-request-method" for name, _ in scope["headers"]
    )
    if not asks or not scope["path"].startswith("/v1/") or _origin(scope) not in _words(settings.api_origins):
        return None
    return [
        (b"access-control-allow-methods", _ALLOWED_METHODS),
        (b"access-control-allow-headers", _ALLOWED_HEADERS),
        (b"access-control-max-age", _PREFLIGHT_KEPT_S),
    ]


def _origin(scope: Any) -> bytes:
    found: bytes = next((value for name, value in scope["headers"] if name == b"origin"), b"")
    return found.lower()


def warnings_of(settings: Settings, host: str) -> list[str]:
    """What is odd about where people are said to reach this server, in one sentence each, for whoever starts it.

    Args:
        settings: of the process.
        host: the address it listens on.
    """
    found = []
    if settings.public_url == Settings().public_url and not is_loopback(host):
        found.append(
            f"PLAUDIT_PUBLIC_URL is not set, so links and sign-ins lead to {settings.public_url}, which only this"
            f" machine reaches, although {host} is listened on."
        )
    elif not settings.is_secure and not is_loopback(settings.public_host):
        found.append(
            f"PLAUDIT_PUBLIC_URL is {settings.public_url}: without https whoever is on the way reads sessions and"
            " tokens, and browsers keep no session in frames."
        )
    return found
