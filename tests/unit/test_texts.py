"""What people write for others to read."""

import pytest

from plaudit.languages.speaking import gettext, ngettext
from plaudit.problems import InvalidField
from plaudit.texts import initial, plain, readable, require_readable, shows_nothing, without_turns

MARKED = ("בְּרֵאשִׁ֖ית", "ကြွေးကြော်သံ", "བསྒྲུབས་", "ที่นี่", "مُحَمَّدٌ", "Việt", "क्ष्म्य", "ᬓᬺᬱ᭄ᬡ")
"""Words of scripts whose letters carry many marks."""
FAMILY, SCOTLAND, QUEEN = "👨‍👩‍👧", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👸🏽"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ada", "Ada"),
        ("  Ada \t L.\n", "Ada L."),
        ("علی\u200cرضا", "علی\u200cرضا"),
        (f"{FAMILY} Ito", f"{FAMILY} Ito"),
        (f"Mac{SCOTLAND}", f"Mac{SCOTLAND}"),
        ("क्\u200dष", "क्\u200dष"),
        ("\u200dAda\u200c \u200d", "Ada"),
        ("Ada\u202egnik", "Adagnik"),
        ("A\u200bd\x00a", "A d a"),
        ("\u3164", ""),
        ("\u2800\u200d\u115f\u0301", ""),
        ("\U0001fae8", "\U0001fae8"),  # younger than this Python's tables
        ("a\u200fb\u00ad", "a b"),
        (
            "Z" + "\u0351" * 100 + "algo" + "\u0316\u034f" * 50,
            "Z" + "\u0351" * 4 + "algo" + "\u0316\u034f" * 4 + "\u034f" * 46,
        ),
        ("a" + "\u20dd" * 9, "a" + "\u20dd" * 4),
        *((text, text) for text in MARKED),
    ],
)
def test_a_name_keeps_what_is_read(written: str, read: str) -> None:
    assert readable(written) == read
    assert shows_nothing(written) == (read == "")


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "\u200b",
        "\u3164",
        "\u2800",
        "\u00a0\ufeff",
        "a\u202eb",
        "a\x07",
        "a\u200bb",
        "a\u200f",
        "a" + "\u0301" * 5,
    ],
)
def test_a_title_that_cannot_be_read_is_refused(written: str) -> None:
    with pytest.raises(InvalidField):
        require_readable(written, "title")


@pytest.mark.parametrize("written", ["Sixty rooftops", "علی\u200cرضا", FAMILY, "e\u0301", "夜のピアノ", *MARKED])
def test_a_title_that_can_be_read_stays(written: str) -> None:
    assert require_readable(written, "title") == written


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Ada", "A"),
        ("👑Queen", "👑"),
        (f"{FAMILY}Ito", FAMILY),
        (f"{QUEEN}Q", QUEEN),
        ("🇧🇷🇯🇵", "🇧🇷"),
        (SCOTLAND + "Mac", SCOTLAND),
        ("E\u0301milie", "E\u0301"),
        ("क्षिति", "क्"),
        ("A\u200dB", "A\u200d"),
        ("", ""),
    ],
)
def test_the_first_letter_is_what_a_reader_takes_for_it(name: str, first: str) -> None:
    assert initial(name) == first


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (" Such \n a\tview ", "Such a view"),
        ("a\u200fb", "a b"),
        ("3 \u202eroses", "3 roses"),
        ("a" + "\u0351" * 100, "a" + "\u0351" * 4),
        (f"{FAMILY} {SCOTLAND}", f"{FAMILY} {SCOTLAND}"),
        *((text, text) for text in MARKED),
    ],
)
def test_what_is_said_is_readable_as_names_are(written: str, said: str) -> None:
    assert plain(written, "text", 40) == said == readable(said)


@pytest.mark.parametrize("written", ["", " \n", "\u200f", "\u00ad\u2060", "\u3164", "a\x07b", "a" * 41])
def test_what_nobody_can_read_is_not_said(written: str) -> None:
    with pytest.raises(InvalidField):
        plain(written, "text", 40)


def test_a_name_in_a_sentence_turns_nothing_beside_it() -> None:
    assert gettext("%(name)s: 3 roses", name="علی") == "\u2068علی\u2069: 3 roses"
    assert ngettext("%(name)s: %(count)s rose", "%(name)s: %(count)s roses", 3, name="Ada", count=3) == "Ada: 3 roses"


def test_what_is_said_turns_nothing_around_it() -> None:
    assert without_turns("3 \u202eroses\u202c for \u2067you\u2069") == "3 roses for you"
