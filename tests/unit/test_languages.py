"""Languages: which one somebody reads, how it writes, and that nothing a buyer reads is left untranslated."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import nodes

from plaudit.languages import formats
from plaudit.languages.choosing import choose
from plaudit.languages.extraction import catalogue_of, forms_of, texts
from plaudit.languages.model import ENGLISH, LANGUAGES, Language, Voice, home_language, language_of, locale_of
from plaudit.languages.speaking import gettext, ngettext, plural_forms, speaking
from plaudit.money import Money
from plaudit.web.pages import frame
from plaudit.web.pages.filters import by_name, countries
from plaudit.web.templating import STATIC, TEMPLATES, make_environment

EVENING = datetime(2026, 11, 22, 18, 43, tzinfo=UTC)
TRANSLATIONS = [language for language in LANGUAGES if language != ENGLISH]
FORMAL = {
    "de": r"[a-zäöüß,] (Sie|Ihnen|Ihre?[mnrs]?)\b",
    "es": r"\b[Uu]sted(es)?\b",
    "id": r"\bAnda\b",
}
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


def test_time_zones_are_there_on_machines_that_bring_none() -> None:
    asked = "from plaudit.selling.prices.taxes import day_in; from datetime import datetime, UTC; "
    asked += (
        "print(day_in('JP', datetime(2026, 11, 30, 15, tzinfo=UTC)), day_in('US', datetime(2026, 12, 1, tzinfo=UTC)))"
    )
    environment = {**os.environ, "PYTHONTZPATH": ""}
    found = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["2026-12-01", "2026-12-01"]


def voice(tag: str, country: str | None = None) -> Voice:
    language = language_of(tag)
    assert language is not None
    return Voice(language, locale_of(language, country))


# Catalogues


@pytest.mark.parametrize("language", TRANSLATIONS, ids=lambda language: language.tag)
def test_every_text_is_translated(language: Language) -> None:
    catalogue = catalogue_of(language)
    missing = []
    for key, files in texts().items():
        found = catalogue.get(key if isinstance(key, str) else key[0])
        if found is None or found.id != key or found.fuzzy or "" in forms_of(found.string):
            missing.append(f"{key} ({', '.join(files)})")
    assert missing == [], "run `python -m plaudit.languages.extraction` and translate"


@pytest.mark.parametrize("language", TRANSLATIONS, ids=lambda language: language.tag)
def test_translations_keep_the_places_of_their_texts(language: Language) -> None:
    broken = []
    for message in catalogue_of(language):
        if not message.id:
            continue
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        wanted = set().union(*(PLACES.findall(source) for source in sources))
        broken += [form for form in forms_of(message.string) if set(PLACES.findall(form)) != wanted]
        broken += [form for form in forms_of(message.string) if re.search(r"%(?!\(\w+\)s)", form)]
    assert broken == []


@pytest.mark.parametrize("tag", FORMAL)
def test_people_are_spoken_to_in_one_way(tag: str) -> None:
    """As friends are; but for the form of withdrawal, whose words are the law's."""
    words = [form for one in catalogue_of(voice(tag).language) if one.id for form in forms_of(one.string)]
    spoken = [one for one in words if re.search(FORMAL[tag], one)]
    assert [one for one in spoken if not one.startswith("(")] == []


@pytest.mark.parametrize("language", TRANSLATIONS, ids=lambda language: language.tag)
def test_catalogues_hold_nothing_nobody_says(language: Language) -> None:
    assert {message.id for message in catalogue_of(language) if message.id} == set(texts())


NOT_WORDS = {"Plaudit", "API", "PDF", "UTC", "IBAN", "OBS", "Apple", "Google Play", "Enter", "Bearer"}
SHOWN_ATTRIBUTES = {"aria-label", "title", "placeholder", "alt", "data-label"}
_LOOKED_UP = {"_", "gettext", "ngettext"}
_OF_TAGS = re.compile(r"{% block (?:html_attributes|body_class) %}.*?{% endblock %}", re.DOTALL)
_SENTENCE = re.compile(r"[A-Z][a-z]+|.*[a-z]{2} [a-z]{2}.*")
_CLASSES = re.compile(r"\s?[a-z-]+(?: [a-z]+-[a-z-]+)*\s?")


class Shown(HTMLParser):
    """The text of a page, and its attributes that people read or hear."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if name in SHOWN_ATTRIBUTES and value]

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is None:
            self.texts.append(data)


def markup_of(source: str) -> str:
    """A template without what Jinja puts in its places."""
    tokens = make_environment().lex(_OF_TAGS.sub("", source))
    return "".join(value if kind == "data" else " " for _, kind, value in tokens if kind in ("data", "variable_begin"))


def literals(node: nodes.Node) -> Iterator[str]:
    """Strings that a template computes with and does not look up."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in _LOOKED_UP:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    for child in node.iter_child_nodes():
        yield from literals(child)


def bare_words(source: str) -> list[str]:
    """What a template shows that does not go through the catalogues."""
    shown = Shown(markup_of(source)).texts
    words = [word for text in shown for word in re.findall(r"[A-Za-z]{2,}", text)]
    said = literals(make_environment().parse(source))
    words += [text for text in said if _SENTENCE.match(text) and not _CLASSES.fullmatch(text)]
    return [word for word in words if word not in NOT_WORDS]


def parts_of(names: set[str]) -> set[str]:
    """Templates with those they extend, include and import."""
    found: set[str] = set()
    while names:
        found |= names
        texts_of = [(TEMPLATES / name).read_text("utf-8") for name in names]
        names = {
            part for text in texts_of for part in re.findall(r"""{% (?:include|extends|from) "([^"]+)"(?! ~)""", text)
        } - found
    return found


def translated_templates() -> set[str]:
    pages = {file.name for file in (TEMPLATES / "pages").glob("[!_]*.html")}
    assert pages >= frame.ENGLISH_ONLY
    parts = {f"parts/{file.name}" for file in (TEMPLATES / "parts").glob("*.html")}
    return parts_of({f"pages/{name}" for name in pages - frame.ENGLISH_ONLY} | parts)


def test_translated_pages_say_nothing_past_the_catalogues() -> None:
    names = translated_templates()
    assert {"base.html", "components.html", "pages/_paper.html", "pages/_reversals.html"} <= names
    found = {name: words for name in sorted(names) if (words := bare_words((TEMPLATES / name).read_text("utf-8")))}
    assert found == {}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>{{ _('Wallet') }} <b>Your coins</b></p>", ["Your", "coins"]),
        ("<p aria-label='Close'>{{ ngettext('coin', 'coins', 2) }}</p>", ["Close"]),
        ("{{ button('Sign in', variant='primary') }}{{ button(_('Sign in')) }}", ["Sign in"]),
        ("{{ 'Not live yet' if state else 'state state-error' }}<script>let Words;</script>", ["Not live yet"]),
        ("{% block body_class %}room-page{% endblock %}{# Not said #}<i class='one two' title='{{ name }}'></i>", []),
    ],
)
def test_words_that_nobody_translates_are_found(source: str, words: list[str]) -> None:
    assert bare_words(source) == words


ENGLISH_WHEN_PROBLEMS_HAVE_NO_WORDS = {
    "This ${reason}.",
    "The amount ${reason}.",
    "The server could not be reached.",
    "The server did not answer. Nothing happens twice: please try again.",
    "The server did not answer. Please try again.",
}
"""What the API says, in English, where the page has no words of its own for it."""


def scripts_of(templates: set[str]) -> set[Path]:
    """The scripts of templates, with those they import."""
    texts_of = [(TEMPLATES / name).read_text("utf-8") for name in templates]
    waiting = {STATIC / path for text in texts_of for path in re.findall(r"""static\('(js/[^']+)'\)""", text)}
    found: set[Path] = set()
    while waiting:
        script = waiting.pop()
        found.add(script)
        imported = re.findall(r"""(?:from|import) "(\.[^"]+)\"""", script.read_text("utf-8"))
        waiting |= {
            path for name in imported if "vendor" not in (path := (script.parent / name).resolve()).parts
        } - found
    return found


def test_scripts_of_translated_pages_say_nothing_of_their_own() -> None:
    scripts = scripts_of(translated_templates()) | {*(STATIC / "js" / "parts").glob("*.js")}
    assert {"wallet.js", "room.js", "gift-tray.js", "forms.js"} <= {script.name for script in scripts}
    found = {script.name: said for script in sorted(scripts) if (said := said_by(script.read_text("utf-8")))}
    assert found == {}


def test_pages_hand_their_words_to_the_components_they_load() -> None:
    pages = {f"pages/{file.name}" for file in (TEMPLATES / "pages").glob("*.html")} | {"style_guide.html"}
    live = {page for page in pages if any(script.parent.name == "components" for script in scripts_of({page}))}
    assert {"pages/room.html", "pages/overlay.html", "pages/catalogue_item.html"} <= live
    without = {
        page for page in live if not re.search(r"(live|room|video)_words\(", (TEMPLATES / page).read_text("utf-8"))
    }
    assert without == set()


def said_by(script: str) -> list[str]:
    """Sentences that stand in a script, and the text of its markup."""
    code = re.sub(r"(?s:/\*.*?\*/)|(?<!:)//.*", "", script)
    said = re.findall(r"""["`]([A-Z][a-z]+[ .:,][^"`]*)["`]""", code)
    said += re.findall(r"""(?:aria-label|title|placeholder|alt)="([A-Za-z][^"]*)\"""", code)
    said += re.findall(r"""(?:label|textContent|title|text|action): ?["`]([A-Z][^"`]*)["`]""", code)
    said += re.findall(r"""["`]([A-Z][a-z]+)["`]""", code)
    said += [text.strip() for text in re.findall(r"(?<!=)>(?!=)([^<>`]*[A-Za-z]{2}[^<>`]*)</", code) if bare(text)]
    return [
        text for text in said if bare(text) not in {"", *NOT_WORDS} and text not in ENGLISH_WHEN_PROBLEMS_HAVE_NO_WORDS
    ]


def bare(text: str) -> str:
    """What of a text is not computed."""
    return " ".join(re.findall(r"[A-Za-z]{2,}", re.sub(r"\$\{[^}]*}", "", text)))


# Choosing


@pytest.mark.parametrize(
    ("wishes", "accepted", "tag"),
    [
        ((), "", "en"),
        (("de",), "ja", "de"),
        ((None, "pt-PT"), "", "pt-BR"),
        (("fr",), "fr-FR, id;q=0.5, es-419;q=0.8", "es"),
        ((), "ja;q=0, de;q=0.1", "de"),
        ((), "de;q=wrong, *;q=0.5, EN-gb", "en"),
        ((), ",;=;q", "en"),
        (("../../etc",), "\x00", "en"),
    ],
)
def test_a_language_is_chosen(wishes: tuple[str | None, ...], accepted: str, tag: str) -> None:
    assert choose(wishes, accepted).tag == tag


def test_countries_have_their_language_and_their_way_to_write() -> None:
    found = [home_language(country).tag for country in ("DE", "MX", "BR", "JP", "ID", "GB", "SE", "XX")]
    assert found == ["de", "es", "pt-BR", "ja", "id", "en", "en", "en"]
    assert home_language(None) == ENGLISH
    assert [voice("es", "MX").locale, voice("en", "GB").locale, voice("de", "AT").locale] == ["es_MX", "en_GB", "de_AT"]
    assert [voice("en", "DE").locale, voice("ja", "US").locale, voice("de").locale] == ["en_US", "ja_JP", "de_DE"]


@pytest.mark.parametrize(
    ("code", "name"),
    [("US-UT", "Vereinigte Staaten (Utah)"), ("CA-QC", "Kanada (Québec)"), ("DE-BY", "Deutschland (BY)")],
)
def test_parts_of_countries_have_their_names(code: str, name: str) -> None:
    with speaking(voice("de")):
        assert formats.territory_name(code) == name


def test_countries_are_listed_by_their_names_in_the_language_of_the_reader() -> None:
    with speaking(voice("de")):
        assert [name for _, name in by_name(["ZA", "AT", "PL", "OM"])] == ["Oman", "Österreich", "Polen", "Südafrika"]
        assert {"GB", "XK"} <= dict(countries()).keys()
        assert dict(countries()).keys().isdisjoint({"UK", "EU", "AC"})


# Formats


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", ["$1,234.50", "¥120", "IQD 1,234.567", "IDR 15,000", "IDR 15,000.00", "19%", "25.5%", "1,234,567"]),
        ("de", ["1.234,50 $", "120 ¥", "1.234,567 IQD", "15.000 IDR", "15.000,00 IDR", "19 %", "25,5 %", "1.234.567"]),
        ("pt-BR", ["US$ 1.234,50", "JP¥ 120", "IQD 1.234,567", "IDR 15.000", "IDR 15.000,00", "19%", "25,5%", "1.234.567"]),  # noqa: E501
        ("ja", ["$1,234.50", "￥120", "IQD 1,234.567", "IDR 15,000", "IDR 15,000.00", "19%", "25.5%", "1,234,567"]),
        ("id", ["US$1.234,50", "JP¥120", "IQD 1.234,567", "Rp 15.000", "Rp 15.000,00", "19%", "25,5%", "1.234.567"]),
    ],
)  # fmt: skip
def test_money_has_the_decimals_of_iso_4217_and_the_signs_of_the_language(tag: str, expected: list[str]) -> None:
    with speaking(voice(tag)):
        written = [
            formats.format_money(Money(123_450, "USD")),
            formats.format_money(Money(120, "JPY")),
            formats.format_money(Money(1_234_567, "IQD")),
            formats.format_money(Money(1_500_000, "IDR")),
            formats.format_money(Money(1_500_000, "IDR"), exact=True),
            formats.format_share(1900),
            formats.format_share(2550),
            formats.format_number(1_234_567),
        ]
    assert [text.replace("\xa0", " ") for text in written] == expected


def test_odd_amounts_keep_their_decimals() -> None:
    with speaking(voice("id")):
        assert formats.format_money(Money(1_500_001, "IDR")) == "Rp\xa015.000,01"
        assert formats.format_money(Money(-1_500_000, "IDR")) == "-Rp\xa015.000"
        assert formats.format_unit_price(Fraction(106, 100), "USD") == "US$0,0106"
        assert [formats.format_example_amount(code) for code in ("EUR", "JPY", "IDR")] == ["4,99", "500", "500"]
        plain = [formats.format_plain_amount(Money(1_234_500, code)) for code in ("EUR", "JPY", "IDR", "KWD")]
        assert plain == ["12345,00", "1234500", "12345", "1234,500"]


@pytest.mark.parametrize(
    ("tag", "country", "expected"),
    [
        ("en", "GB", "22 Nov 2026, 18:43 GMT"),
        ("de", "DE", "22.11.2026, 19:43 MEZ"),
        ("es", "FR", "22 nov 2026, 19:43 CET"),
        ("ja", "JP", "2026/11/23 3:43 JST"),
        ("de", "US", "22.11.2026, 18:43 UTC"),
        ("id", "BR", "22 Nov 2026 18:43 UTC"),
    ],
)
def test_moments_of_a_paper_are_those_of_its_country(tag: str, country: str, expected: str) -> None:
    with speaking(voice(tag)):
        written = formats.format_instant_with_zone(EVENING, formats.zone_of(country, EVENING))
        assert written.replace(" 03:43", " 3:43") == expected
        assert formats.format_calendar_day(date(2026, 11, 22)) == formats.format_day(EVENING)


def test_plurals() -> None:
    with speaking(voice("de")):
        assert [formats.format_coins(count) for count in (0, 1, 12_500)] == ["0 Münzen", "1 Münze", "12.500 Münzen"]
        assert plural_forms("{count} coin", "{count} coins") == {"one": "{count} Münze", "other": "{count} Münzen"}
    with speaking(voice("pt-BR")):
        assert [ngettext("coin", "coins", count) for count in (0, 1, 2, 1_000_000)] == [
            "moeda",
            "moeda",
            "moedas",
            "moedas",
        ]
    with speaking(voice("ja")):
        assert plural_forms("{count} coin", "{count} coins") == {"other": "{count}コイン"}
    with speaking(voice("es")):
        assert set(plural_forms("{count} coin", "{count} coins")) == {"one", "many", "other"}
    assert gettext("%(name)s: your account", name="Ada") == "Ada: your account"
