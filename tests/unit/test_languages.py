"""Languages: which one somebody reads, how it writes, and that nothing a buyer reads is left untranslated."""

import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from plaudit.languages import formats
from plaudit.languages.choosing import choose
from plaudit.languages.extraction import catalogue_of, forms_of, texts
from plaudit.languages.model import ENGLISH, LANGUAGES, Language, Voice, home_language, language_of, locale_of
from plaudit.languages.speaking import gettext, ngettext, plural_forms, speaking
from plaudit.money import Money
from plaudit.web.pages import frame
from plaudit.web.templating import STATIC, TEMPLATES

EVENING = datetime(2026, 11, 22, 18, 43, tzinfo=UTC)
TRANSLATIONS = [language for language in LANGUAGES if language != ENGLISH]
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


@pytest.mark.parametrize("language", TRANSLATIONS, ids=lambda language: language.tag)
def test_catalogues_hold_nothing_nobody_says(language: Language) -> None:
    assert {message.id for message in catalogue_of(language) if message.id} == set(texts())


NOT_WORDS = {"Plaudit", "API", "PDF", "UTC"}
_TEMPLATE_PARTS = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_SHOWN_ATTRIBUTES = re.compile(r"""\b(?:aria-label|title|placeholder|alt)="([^"]*)\"""")


def bare_words(template: Path) -> list[str]:
    """What a template shows that does not go through the catalogues."""
    text = _TEMPLATE_PARTS.sub(" ", template.read_text("utf-8"))
    shown = _SHOWN_ATTRIBUTES.findall(text) + re.sub(r"<[^>]*>", "\n", text).splitlines()
    return [word for line in shown for word in re.findall(r"[A-Za-z]{2,}", line) if word not in NOT_WORDS]


def parts_of(names: set[str]) -> set[str]:
    """Templates with those they extend and include."""
    found = set(names)
    for name in names:
        text = (TEMPLATES / name).read_text("utf-8")
        found |= set(re.findall(r"""{% (?:include|extends) "([^"]+)\"""", text))
    return found


def test_translated_pages_say_nothing_past_the_catalogues() -> None:
    names = parts_of({f"pages/{name}" for name in frame.TRANSLATED})
    assert {"base.html", "pages/_paper.html", "pages/_reversals.html"} <= names
    found = {name: words for name in sorted(names) if (words := bare_words(TEMPLATES / name))}
    assert found == {}


@pytest.mark.parametrize("name", ["recharge", "order", "wallet", "receipt"])
def test_scripts_of_translated_pages_say_nothing_of_their_own(name: str) -> None:
    script = re.sub(r"//.*|/\*.*?\*/", "", (STATIC / "js" / "pages" / f"{name}.js").read_text("utf-8"))
    said = re.findall(r"""["`]([A-Z][a-z]+[ .:][^"`]*)["`]""", script)
    assert set(said) == ({"The amount ${reason}."} if name == "recharge" else set()), "the API's own, shown in English"


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
