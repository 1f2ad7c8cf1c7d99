"""Headers every answer carries: what browsers may do with our pages, and who may frame them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from plaudit.http.origins import cross_origin_headers, framers
from plaudit.media import named_origins
from plaudit.tracing import request_id

Headers = tuple[tuple[bytes, bytes], ...]
_ADDS_UP = {b"vary"}

# Everything a page needs comes from its own server. Hosts of streams are named in the settings.
_BASE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)

_BY_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")
_NOT_KEPT = (b"cache-control", b"no-store")
"""What does not say how long it holds is of one person at one moment."""


def content_security_policy(media_origins: Sequence[str], framers: str) -> bytes:
    """The policy of a page.

    Args:
        media_origins: that pictures, streams and players may come from.
        framers: who may show it in a frame.
    """
    also = "".join(f" {origin}" for origin in media_origins)
    return "; ".join(
        (
            "default-src 'self'",
            f"connect-src 'self'{also}",
            f"img-src 'self' data:{also}",
            f"media-src 'self' blob:{also}",
            f"frame-src 'self'{also}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {framers}",
        )
    ).encode()


def with_headers(scope: Any, send: Any) -> Any:
    """A `send` that adds the headers; an answer that sets one itself keeps its own, and what it varies by adds up."""

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            added = [header for header in headers_around(scope) if header[0] not in present - _ADDS_UP]
            request = (b"x-request-id", request_id().encode())
            message["headers"] = [*message["headers"], request, *added]
        await send(message)

    return sending


def headers_around(scope: Any) -> Headers:
    """What an answer carries beside its own, and beside the id of its request."""
    settings = scope["plaudit"]["settings"]
    standing = _standing(
        settings.media_origins, settings.stream_hls_url, framers(scope["path"], settings), settings.is_secure
    )
    shared = cross_origin_headers(scope, settings)
    return (*standing, *shared) if shared else standing


@lru_cache
def _standing(origins: str, stream_url: str, framers: str, is_secure: bool) -> Headers:
    """What an answer carries that says nothing else."""
    policy = b"content-security-policy", content_security_policy(named_origins(origins, stream_url), framers)
    return (*_BASE, *([_BY_HTTPS_ONLY] if is_secure else []), _NOT_KEPT, policy)
