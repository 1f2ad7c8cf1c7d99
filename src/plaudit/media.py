"""Which addresses a page may load: pictures, streams and players. What a browser would block is refused when it is
given, and never asked for when it is shown."""

from typing import ClassVar
from urllib.parse import urlsplit

import msgspec

from plaudit.problems import Problem
from plaudit.settings import Settings

SETTING = "PLAUDIT_MEDIA_ORIGINS"


class MediaOriginNotAllowed(Problem):
    """`setting` must name `origin` before pages may load what `field` says."""

    code: ClassVar[str] = "media_origin_not_allowed"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "Pages may not load anything from this origin."

    class Fields(msgspec.Struct, frozen=True):
        field: str
        origin: str
        setting: str

    def __init__(self, field: str, origin: str) -> None:
        super().__init__(
            f"{field} is at {origin}, which {SETTING} does not name", field=field, origin=origin, setting=SETTING
        )


class MediaNotEncrypted(Problem):
    """A page that came by https loads nothing that comes without."""

    code: ClassVar[str] = "media_not_encrypted"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "Pages of this server load by https only."

    class Fields(msgspec.Struct, frozen=True):
        field: str
        origin: str

    def __init__(self, field: str, origin: str) -> None:
        super().__init__(f"{field} must begin with https://", field=field, origin=origin)


def media_origins(settings: Settings) -> list[str]:
    """Origins beside this server's that its pages may load from."""
    return named_origins(settings.media_origins, settings.stream_hls_url)


def named_origins(origins: str, stream_url: str) -> list[str]:
    """The same of the two settings that name them."""
    named = origins.split()
    if stream_url and (streams := origin_of(stream_url)) not in named:
        named.append(streams)
    return named


def origin_of(address: str) -> str:
    """Scheme, host and port of an address, as browsers compare them; empty: it is a path on this server."""
    if address.startswith("/") and not address.startswith(("//", "/\\")):
        return ""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:  # no host, or no port, that could be one
        return "null"
    if parts.scheme not in {"http", "https"} or not host:
        return "null"
    usual = {"http": 80, "https": 443}[parts.scheme]
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in {None, usual} else "")


def may_load(address: str, settings: Settings) -> bool:
    """Whether a page may load an address."""
    origin = origin_of(address)
    own = {"", origin_of(settings.public_url)}
    return origin in own or (origin in _compared(settings) and not _is_mixed(origin, settings))


def require_loadable(address: str, field: str, settings: Settings) -> str:
    """The address itself, if a page may load it.

    Raises:
        MediaOriginNotAllowed: its origin is not among those that are allowed.
        MediaNotEncrypted: it would come without encryption into a page that came with it.
    """
    origin = origin_of(address)
    if may_load(address, settings):
        return address
    if origin in _compared(settings):
        raise MediaNotEncrypted(field, origin)
    raise MediaOriginNotAllowed(field, origin)


def _compared(settings: Settings) -> set[str]:
    return {origin_of(origin) for origin in media_origins(settings)}


def _is_mixed(origin: str, settings: Settings) -> bool:
    return origin.startswith("http://") and settings.public_url.startswith("https://")
