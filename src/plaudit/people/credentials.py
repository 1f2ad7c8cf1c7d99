"""What a request presents to say who is asking: a header, a cookie, or a protocol of a socket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from plaudit.limits import TOKEN_LENGTH_MAX
from plaudit.people.model import ForeignOrigin, TokenNotValid

SESSION_COOKIE = "plaudit_session"
SUBJECT_HEADER = "Plaudit-Subject"

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_WANTED = frozenset({b"authorization", b"cookie", b"plaudit-subject", b"origin", b"sec-fetch-site", b"host"})
SOCKET_PROTOCOL = "plaudit"
"""What a socket speaks. A browser cannot give it a header, so its token is one more protocol it asks for, and stays out
of the logs that addresses end up in."""
TOKEN_PROTOCOL = "plaudit.token."  # noqa: S105 - what a token comes behind, not a token


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token or key; `subject` is whom a server speaks for."""

    token: str
    subject: str | None = None
    forgiving: bool = False
    """A token that is no longer good makes a guest, not an error: a page opened with an old cookie."""


def credentials_of(scope: Mapping[str, Any], *, cookie: str = SESSION_COOKIE) -> Credentials | None:
    """The credentials of a request or socket; None when it presents none.

    Args:
        scope: the ASGI scope.
        cookie: the name the cookie of a session has here.

    Raises:
        TokenNotValid: a header that is not `Bearer`, or too long.
        ForeignOrigin: the cookie came with an unsafe request from a page of another site.
    """
    headers = _headers(scope)
    if authorization := headers.get(b"authorization"):
        scheme, _, token = authorization.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not token.strip(" "):
            raise TokenNotValid("must be sent as 'Authorization: Bearer …'")
        return Credentials(_short(token.strip(" ")), _subject(headers))
    if asked := socket_token(scope):
        return Credentials(_short(asked))
    if secret := cookie_of(headers.get(b"cookie", b""), cookie):
        safe = scope["type"] == "http" and scope["method"] in SAFE_METHODS
        if not safe and not _same_origin(headers):
            raise ForeignOrigin
        return Credentials(_short(secret), forgiving=safe)
    return None


def _headers(scope: Mapping[str, Any]) -> dict[bytes, bytes]:
    """The headers that say who asks, and from which page. Of two, whoever stands before us may have believed the other.

    Raises:
        TokenNotValid: one of them came twice.
    """
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name == b"cookie" and name in headers:  # this one may be divided (RFC 9113, 8.2.3)
            headers[name] += b"; " + value
        elif name in headers:
            raise TokenNotValid("comes with a header that was sent twice")
        elif name in _WANTED:
            headers[name] = value
    return headers


def _short(token: str) -> str:
    if len(token) > TOKEN_LENGTH_MAX:
        raise TokenNotValid(f"is longer than {TOKEN_LENGTH_MAX} characters")
    return token


def _subject(headers: Mapping[bytes, bytes]) -> str | None:
    raw = headers.get(b"plaudit-subject")
    if raw is None:
        return None
    try:
        return raw.decode().strip(" \t") or None
    except UnicodeDecodeError as error:
        raise TokenNotValid(f"comes with a {SUBJECT_HEADER} that is not UTF-8") from error


def socket_token(scope: Mapping[str, Any]) -> str | None:
    """The token among the protocols a socket asks for."""
    asked: list[str] = scope.get("subprotocols", []) if scope["type"] == "websocket" else []
    return next((one.removeprefix(TOKEN_PROTOCOL) for one in asked if one.startswith(TOKEN_PROTOCOL)), None)


def cookie_of(header: bytes, name: str) -> str | None:
    """The cookie of that name in a header `Cookie`."""
    start = f"{name}="
    for part in header.decode("latin-1").split(";"):
        if (cookie := part.strip()).startswith(start):
            return cookie[len(start) :] or None
    return None


def is_of_another_site(scope: Mapping[str, Any]) -> bool:
    """Whether the browser says that a page of another site asks."""
    headers = _headers(scope)
    return (b"sec-fetch-site" in headers or b"origin" in headers) and not _same_origin(headers)


def _same_origin(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the browser says that a page of ours asks. Who sends neither header is not believed."""
    if site := headers.get(b"sec-fetch-site"):
        return site == b"same-origin"
    origin, host = (headers.get(name, b"").decode("latin-1").lower() for name in (b"origin", b"host"))
    return host != "" and urlsplit(origin).netloc == host
