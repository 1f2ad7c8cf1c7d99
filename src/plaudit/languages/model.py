"""The languages there are, and what a text is spoken in."""

from functools import cache

import msgspec
from babel.core import get_global
from babel.languages import get_official_languages
from babel.localedata import exists


class Language(msgspec.Struct, frozen=True):
    """A language with a catalogue; `tag` as in HTML, `name` as its speakers call it, `locale` when nothing is known
    of where they are."""

    tag: str
    name: str
    locale: str

    @property
    def code(self) -> str:
        """The language without its country."""
        return self.tag.partition("-")[0]

    @property
    def catalogue(self) -> str:
        """What the file of its texts is called."""
        return self.tag.replace("-", "_")


ENGLISH = Language("en", "English", "en_US")
"""The language the texts are written in; it has no catalogue."""

LANGUAGES = (
    ENGLISH,
    Language("de", "Deutsch", "de_DE"),
    Language("es", "Español", "es_ES"),
    Language("pt-BR", "Português (Brasil)", "pt_BR"),
    Language("ja", "日本語", "ja_JP"),
    Language("id", "Bahasa Indonesia", "id_ID"),
)


class Voice(msgspec.Struct, frozen=True):
    """What texts are spoken in, and the locale that numbers, money and time are written by. On a page that is not
    translated yet the two differ."""

    language: Language
    locale: str


PLAIN = Voice(ENGLISH, ENGLISH.locale)


def language_of(tag: str | None) -> Language | None:
    """The language for a tag like `pt-BR`, `pt_PT` or `es-419`: the one of its first part. None when there is none."""
    code = (tag or "").replace("_", "-").partition("-")[0].lower()
    return next((language for language in LANGUAGES if language.code == code), None)


def locale_of(language: Language, country: str | None) -> str:
    """How a language is written in a country where it is spoken officially; else as usual."""
    return _written_in(language, country) if country else language.locale


def place_of(tag: str | None) -> str | None:
    """The country a tag like `pt-BR` or `zh-Hant-TW` writes for: only how it writes, not where anybody is."""
    parts = (tag or "").replace("_", "-").split("-")[1:]
    return next((part.upper() for part in parts if len(part) == 2 and part.isalpha()), None)


@cache
def _written_in(language: Language, country: str) -> str:
    local = f"{language.code}_{country}"
    spoken = language.code in get_official_languages(country, de_facto=True)
    return local if spoken and exists(local) else language.locale


def home_language(country: str | None) -> Language:
    """The language most people of a country read, where there is a catalogue of it; else English."""
    likely = get_global("likely_subtags").get(f"und_{country}", "") if country else ""
    return language_of(likely) or ENGLISH


def voice_of_buyer(reads: str | None, region: str) -> Voice:
    """What papers and mails of a sale are written in: what the buyer reads, else the language of the country of it."""
    language = language_of(reads) or home_language(region)
    return Voice(language, locale_of(language, region))
