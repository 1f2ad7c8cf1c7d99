"""Headers every answer carries: what browsers may do with our pages, and who may frame them."""

from functools import lru_cache
from typing import Any

from plaudit.media import media_origins

# Everything a page needs comes from its own server. Hosts of streams are named in the settings.
_BASE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


@lru_cache
def content_security_policy(media_origins: str, *, may_be_framed: bool) -> bytes:
    """The policy of a page. `media_origins`: origins, divided by spaces, that pictures, streams and players may come
    from."""
    also = f" {media_origins}" if media_origins else ""
    return "; ".join(
        (
            "default-src 'self'",
            f"connect-src 'self'{also}",
            f"img-src 'self' data:{also}",
            f"media-src 'self' blob:{also}",
            f"frame-src 'self'{also}",
            "worker-src 'self' blob:",
            "style-src 'self' 'unsafe-inline'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {'*' if may_be_framed else chr(39) + 'self' + chr(39)}",
        )
    ).encode()


def with_headers(scope: Any, send: Any) -> Any:
    """A `send` that adds the headers; an answer that sets one itself keeps its own."""

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            added = [header for header in _BASE if header[0] not in present]
            if b"content-security-policy" not in present:
                settings = scope["plaudit"]["settings"]
                framed = scope["path"].startswith("/overlay")
                origins = " ".join(media_origins(settings))
                added.append((b"content-security-policy", content_security_policy(origins, may_be_framed=framed)))
            message["headers"] = [*message["headers"], *added]
        await send(message)

    return sending
