"""What a page may load from elsewhere. What was stored and is no longer allowed gives way to a drawing of ours."""

from contextvars import ContextVar
from typing import Any

from litestar import Request

from plaudit.media import may_load, media_origins, origin_of
from plaudit.settings import Settings

_settings: ContextVar[Settings | None] = ContextVar("settings of a page", default=None)


def note_origins(request: Request[Any, Any, Any]) -> None:
    """Keep what the server of a request allows for the page that answers it."""
    _settings.set(request.scope["plaudit"]["settings"])  # type: ignore[typeddict-item]  # written by the front


def loadable(address: str | None) -> bool:
    """Whether the present page may load an address; outside a page, whatever there is."""
    settings = _settings.get()
    return bool(address) and (settings is None or may_load(address or "", settings))


def loadable_origins() -> str:
    """Origins the scripts of the present page may load from, one blank between."""
    settings = _settings.get()
    return " ".join(origin_of(origin) for origin in media_origins(settings)) if settings else ""
