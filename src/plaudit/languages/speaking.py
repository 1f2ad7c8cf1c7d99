"""Texts in the language of whoever is spoken to. `_` and `ngettext` look a text up when they are called."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from plaudit.languages.model import ENGLISH, PLAIN, Language, Voice
from plaudit.texts import isolated

CATALOGUES = Path(__file__).parent / "catalogues"
_PLURAL_SAMPLES = (1, 0, 2, 3, 5, 11, 21, 100, 1_000_000)

_spoken: ContextVar[Voice] = ContextVar("spoken", default=PLAIN)


def voice() -> Voice:
    """What is spoken now."""
    return _spoken.get()


@contextmanager
def speaking(chosen: Voice) -> Iterator[None]:
    """Everything inside is said and written in this voice."""
    token = _spoken.set(chosen)
    try:
        yield
    finally:
        _spoken.reset(token)


def gettext(message: str, /, **values: Any) -> str:
    """A text, with its places like `%(name)s` filled in when there are values."""
    return _filled(_texts(voice().language).gettext(message), values)


def ngettext(singular: str, plural: str, number: int, /, **values: Any) -> str:
    """A text about a number of things, in the form the language has for that number."""
    return _filled(_texts(voice().language).ngettext(singular, plural, number), values)


def _filled(text: str, values: Mapping[str, Any]) -> str:
    placed = {name: isolated(value) if isinstance(value, str) else value for name, value in values.items()}
    return text % placed if values else text


def later(message: str) -> str:
    """A text of a table, noted for the catalogues and looked up when it is shown."""
    return message


def plural_forms(singular: str, plural: str) -> dict[str, str]:
    """A text in all forms the spoken language has, by the names CLDR gives them: what scripts choose from."""
    rule = Locale.parse(voice().language.locale).plural_form
    forms = {rule(number): ngettext(singular, plural, number) for number in reversed(_PLURAL_SAMPLES)}
    return {"other": ngettext(singular, plural, _PLURAL_SAMPLES[4])} | forms


@cache
def _texts(language: Language) -> NullTranslations:
    if language is ENGLISH or language == ENGLISH:
        return NullTranslations()
    with (CATALOGUES / f"{language.catalogue}.po").open("rb") as file:
        catalogue = read_po(file, locale=language.catalogue)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
