"""The template environment: where templates lie, their filters, and the addresses of static files."""

import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from plaudit.languages.speaking import gettext, ngettext, plural_forms, voice
from plaudit.rooms import rooms
from plaudit.web.brand import brand
from plaudit.web.formatting import FILTERS
from plaudit.web.language import sign_in_address, switch
from plaudit.web.loading import loadable, loadable_origins
from plaudit.web.words import (
    closed_words,
    live_words,
    overlay_words,
    own_limit_words,
    room_words,
    shared_words,
    thanking_words,
    video_words,
)

WEB = Path(__file__).parent
STATIC = WEB / "static"
TEMPLATES = WEB / "templates"
PLACEHOLDER = "art/mark.svg"
"""What stands for a picture that a page may not load."""


@cache
def static_version() -> str:
    """Twelve hex digits over all static files: a new version of them gets new addresses, so browsers may keep them."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def static(path: str) -> str:
    """Address of a file below `static/`; an address stays what it is if the page may load it. Modules import each other
    relatively, so the version carries over."""
    if path.startswith("/") or "://" in path:
        return path if loadable(path) else static(PLACEHOLDER)
    return f"/static/{static_version()}/{path}"


def make_environment() -> Environment:
    """The environment of all pages: escapes by itself, refuses a name that was not given."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    environment.globals.update(
        brand=brand,
        static=static,
        loadable=loadable,
        loadable_origins=loadable_origins,
        plural_forms=plural_forms,
        spoken=voice,
        switch=switch,
        sign_in=sign_in_address,
        shared_words=shared_words,
        live_words=live_words,
        room_parts=[part for room in rooms() for part in room.parts],
        room_words=room_words,
        overlay_words=overlay_words,
        own_limit_words=own_limit_words,
        thanking_words=thanking_words,
        video_words=video_words,
        closed_words=closed_words,
    )
    # Added by the extension, which Jinja's types do not know.
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment
