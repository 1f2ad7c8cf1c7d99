"""Which language a page is in: asked for by `?lang`, remembered in a cookie, what the platform or the browser says."""

from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request
from litestar.datastructures import Cookie

from plaudit.languages.choosing import choose
from plaudit.languages.model import ENGLISH, LANGUAGES, Language, Voice, language_of, locale_of, place_of
from plaudit.languages.speaking import voice
from plaudit.limits import LANGUAGE_REMEMBERED_DAYS
from plaudit.people.model import Person

LANGUAGE_COOKIE = "plaudit_language"
PARAMETER = "lang"


class Wishes(msgspec.Struct, frozen=True):
    """What a request says of languages, and the page it asks for."""

    asked: Language | None = None
    """Chosen just now, so that it is remembered."""
    remembered: str | None = None
    accepted: str = ""
    path: str = "/"
    query: tuple[tuple[str, str], ...] = ()


_NO_WISHES = Wishes()
_wishes: ContextVar[Wishes] = ContextVar("wishes", default=_NO_WISHES)


def note_wishes(request: Request[Any, Any, Any]) -> None:
    """Keep what a request says of languages for the page that answers it."""
    query = parse_qsl(request.url.query, keep_blank_values=True)
    wishes = Wishes(
        asked=language_of(next((value for name, value in query if name == PARAMETER), None)),
        remembered=request.cookies.get(LANGUAGE_COOKIE),
        accepted=request.headers.get("accept-language", ""),
        path=request.url.path,
        query=tuple((name, value) for name, value in query if name != PARAMETER),
    )
    _wishes.set(wishes)


def voice_for(person: Person | None, *, translated: bool) -> Voice:
    """The voice of a page for somebody. One that is not translated is in English, with the numbers of the reader."""
    wishes = _wishes.get()
    asked = wishes.asked.tag if wishes.asked else None
    language = choose((asked, wishes.remembered, person.language if person else None), wishes.accepted)
    locale = locale_of(language, (person.country or place_of(person.language)) if person else None)
    return Voice(language if translated else ENGLISH, locale)


def tag_for(person: Person | None) -> str:
    """The language and place somebody reads in, as a BCP 47 tag: for what is in more languages than our texts."""
    return voice_for(person, translated=False).locale.replace("_", "-")


def memory() -> list[Cookie]:
    """What the browser is to remember of this request."""
    asked = _wishes.get().asked
    if asked is None:
        return []
    kept_s = LANGUAGE_REMEMBERED_DAYS * 86_400
    return [Cookie(key=LANGUAGE_COOKIE, value=asked.tag, max_age=kept_s, httponly=True, samesite="lax")]


def sign_in_address() -> str:
    """Where a guest signs in, to come back to the present page."""
    wishes = _wishes.get()
    if wishes.path.startswith("/sign-in") or wishes.path == "/enter":
        return "/sign-in"
    query = f"?{urlencode(wishes.query)}" if wishes.query else ""
    return f"/sign-in?{urlencode({'next': wishes.path + query})}"


def switch() -> list[dict[str, Any]]:
    """The languages there are, with the address of the present page in each; chosen: the one whose numbers it has."""
    wishes = _wishes.get()
    chosen = voice().locale
    return [
        {
            "tag": language.tag,
            "name": language.name,
            "address": f"{wishes.path}?{urlencode([*wishes.query, (PARAMETER, language.tag)])}",
            "chosen": language.locale.partition("_")[0] == chosen.partition("_")[0],
        }
        for language in LANGUAGES
    ]
