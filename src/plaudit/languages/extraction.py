"""Gathers the texts of code and templates, and brings the catalogues up to date:
`python -m plaudit.languages.extraction`.

A text that is new stays empty there until somebody translates it, and a test fails as long as it is."""

import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from plaudit.languages.model import ENGLISH, LANGUAGES, Language
from plaudit.languages.speaking import CATALOGUES

PACKAGE = Path(__file__).parent.parent
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "later": None,
    "ngettext": (1, 2),
    "plural_forms": (1, 2),
}
_METHODS = [("languages/**.py", "ignore"), ("**.py", "python"), ("web/templates/**.html", "jinja2.ext:babel_extract")]
_OPTIONS = {"web/templates/**.html": {"trimmed": "true", "encoding": "utf-8"}}
_WIDTH = 116
_HEADER = """\
# Plaudit in {name}.
msgid ""
msgstr ""
"Language: {tag}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals};\\n"

"""

Found: TypeAlias = dict[str | tuple[str, str], list[str]]
"""Texts, and singulars with their plurals, with the files they are in."""


@cache
def texts() -> Found:
    """All texts that people read in their language."""
    found: Found = {}
    for path, _line, message, _comments, _context in _extracted():
        key = (message[0], message[1]) if isinstance(message, tuple) else message
        found.setdefault(key, []).append(path)
    return found


def _extracted() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    methods = [("languages/formats.py", "python"), *_METHODS]
    yield from extract_from_dir(PACKAGE, methods, _OPTIONS, KEYWORDS)


def catalogue_of(language: Language) -> Catalog:
    """The texts of a language as they are kept."""
    with (CATALOGUES / f"{language.catalogue}.po").open("rb") as file:
        return read_po(file, locale=language.catalogue)


def new_catalogue(language: Language) -> Catalog:
    """An empty catalogue. Languages whose nouns do not change have one form, which Babel does not know of all."""
    catalogue = Catalog(language.catalogue, fuzzy=False)
    if not Locale.parse(language.locale).plural_form.tags:
        catalogue.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    return catalogue


def update(language: Language) -> int:
    """Bring a catalogue up to date; how many of its texts are still to be translated."""
    present = catalogue_of(language)
    fresh = new_catalogue(language)
    for key, files in sorted(texts().items(), key=lambda entry: (sorted(set(entry[1])), str(entry[0]))):
        known = present.get(key if isinstance(key, str) else key[0])
        kept = known.string if known is not None and known.id == key else None
        fresh.add(key, kept, locations=[(file, 0) for file in sorted(set(files))])
    with (CATALOGUES / f"{language.catalogue}.po").open("wb") as file:
        plurals = fresh.plural_forms.rstrip(";")
        file.write(_HEADER.format(name=language.name, tag=language.tag, plurals=plurals).encode())
        write_po(file, fresh, width=_WIDTH, omit_header=True, include_lineno=False)
    return sum(1 for message in fresh if message.id and "" in forms_of(message.string))


def forms_of(string: str | Sequence[str] | None) -> tuple[str, ...]:
    """The forms of a translation: one, or those of its plural."""
    return (string or "",) if string is None or isinstance(string, str) else tuple(string)


if __name__ == "__main__":
    for each in LANGUAGES:
        if each != ENGLISH:
            sys.stdout.write(f"{each.tag}: {update(each)} texts to translate\n")
