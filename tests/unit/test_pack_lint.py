"""What the linter says of packs: those that came with Plaudit, and bad ones, with line and reason."""

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from plaudit.rules.linter import lint, loosens, read
from plaudit.rules.packs import RuleBook, read_pack, shipped_texts

KOREA = shipped_texts()["KR"].replace("from = 2026-12-01", "from = 2027-01-10")
IN_FORCE = read_pack(shipped_texts()["KR"])
BOOK = RuleBook((IN_FORCE,))
NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
LEAD = timedelta(days=7)


def line_of(text: str, beginning: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(beginning))


def test_packs_that_came_with_plaudit_have_no_fault_and_say_that_they_are_no_advice() -> None:
    texts = shipped_texts()
    assert len(texts) == 13 + 6
    assert {country: read(text).findings for country, text in texts.items()} == dict.fromkeys(texts, ())
    assert {country: read_pack(text).country for country, text in texts.items()} == {one: one for one in texts}
    assert {country for country, text in texts.items() if "This file is not legal advice" in text} == set(texts)


def test_a_pack_of_another_day_that_says_the_same_may_be_published() -> None:
    found = lint(KOREA, NOW, BOOK, LEAD)
    assert (found.findings, found.loosened) == ((), ())
    assert found.pack is not None


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        (
            'age = 19, guardian_age = 14, sources = ["majority", "kcc", "guardians"]',
            'sources = ["majority"]',
            "buy =",
            "actions.buy has no age",
        ),
        (
            "play_match = { allowed = true, age = 19",
            "play_match = { allowed = true, age = 19, guardian_age = 19",
            "play_match",
            "the guardian_age of actions.play_match must be below its age",
        ),
        ("\n[caps]", "\n[limits]", "[limits]", "limits is an unknown word"),
        ("subscribe = {", "gamble = {", "gamble", "gamble is an unknown word of [actions]"),
        ("subscribe = {", "# subscribe = {", "[actions]", "subscribe is missing: every action has a rule, and an age"),
        ("day = {", "year = {", "year", "year is an unknown word of [caps]"),
        ('sources = ["daily"]', "sources = []", "day", "caps.day has no source"),
        ('sources = ["daily"]', 'sources = ["daly"]', "day", "caps.day names a source that is not there: daly"),
        ('"KRW"', '"WON"', "day", "the currency of caps.day must be a code of ISO 4217"),
        (
            "amount_minor = 1000000",
            "amount_minor = 1e6",
            "day",
            "the amount_minor of caps.day must be a whole number above 0",
        ),
        (
            "buy = { allowed = true",
            'buy = { allowed = "yes"',
            "buy",
            "actions.buy must say whether it is allowed: true or false",
        ),
        (
            "buy = { allowed = true",
            'buy = { allowed = true, level = "sure"',
            "buy",
            "the level of actions.buy must be one of inferred, claimed, checked, verified",
        ),
        (
            "buy = { allowed = true",
            "buy = { allowed = true, until = 3",
            "buy",
            "until is an unknown word of actions.buy",
        ),
        (
            "buy = { allowed = true, age = 19",
            "buy = { allowed = true, age = true",
            "buy",
            "the age of actions.buy must be 1 to 30 years",
        ),
        (
            "receive = { allowed = true",
            "receive = { allowed = false",
            "convert",
            "convert is allowed and receive is not: only gifts that were received become diamonds",
        ),
        (
            "buy = { allowed = true",
            "buy = { allowed = false",
            "buy",
            "buy is not allowed and gifts are: there would be no coins to give",
        ),
        (
            "cash_out = { allowed = true, age = 19",
            "cash_out = { allowed = true, age = 18",
            "cash_out",
            "cash_out has a lower age than receive: there would be nothing to cash out",
        ),
        (
            "day = {",
            'month = { amount_minor = 5, currency = "KRW", sources = ["daily"] }\nday = {',
            "day",
            "the cap of a day is above that of a month",
        ),
        ('country = "KR"', 'country = "KOR"', "country", "country must be a code of ISO 3166 with two letters"),
        ("from = 2027-01-10", "from = 2027-01-01", "from", "from must be after today: a pack never begins in the past"),
        ("from = 2027-01-10", 'from = "soon"', "from", "from must be a day, such as 2026-12-01"),
        ('law = "Civil Act', 'name = "Civil Act', "name", "name is an unknown word of sources.majority"),
        (
            "checked_on = 2026-12-01",
            "checked_on = 2026-11-30",
            "[sources.guardians]",
            "guardians is of a day after checked_on",
        ),
        (
            "[boxes]",
            '[cards]\nof_adults = { value = true, sources = ["house"] }\n[boxes]',
            "of_adults",
            "of_adults is an unknown word of [cards]",
        ),
        (
            "[boxes]",
            '[cards]\nheld_by_adults = { value = 1, sources = ["house"] }\n[boxes]',
            "held_by_adults",
            "the value of cards.held_by_adults must be true or false",
        ),
        ('sources = ["odds"]', 'sources = ["house"]', None, None),
        ("\n[ranking]", "\n[ranking", "[ranking", "is not TOML"),
    ],
)
def test_a_bad_pack_is_refused_with_line_and_reason(old: str, new: str, line: str | None, reason: str | None) -> None:
    text = KOREA.replace(old, new, 1)
    assert text != KOREA
    said = [(one.line, one.reason) for one in lint(text, NOW, BOOK, LEAD).findings]
    if line is None or reason is None:
        assert said == []
        return
    assert (line_of(text, line), reason) in [(at, why[: len(reason)]) for at, why in said]


def test_what_loosens_may_not_hold_at_once() -> None:
    looser = KOREA.replace("buy = { allowed = true, age = 19", "buy = { allowed = true, age = 18")
    soon = looser.replace("2027-01-10", "2027-01-08")
    assert lint(looser, NOW, BOOK, LEAD).loosened == ("buy",)
    assert lint(looser, NOW, BOOK, LEAD).findings == ()
    said = lint(soon, NOW, BOOK, LEAD).findings
    assert [(one.line, one.reason) for one in said] == [
        (line_of(soon, "buy"), "buy is loosened; from must be 2027-01-09 or later")
    ]
    tighter = KOREA.replace("age = 19", "age = 21").replace("2027-01-10", "2027-01-02")
    assert lint(tighter, NOW, BOOK, LEAD).findings == ()
    assert lint(KOREA.replace("2027-01-10", "2027-01-02"), NOW, RuleBook(()), LEAD).findings != ()  # no rules before


def test_what_loosens_only_what_is_scheduled_loosens_too() -> None:
    tighter = msgspec.structs.replace(
        read_pack(KOREA.replace("buy = { allowed = true, age = 19", "buy = { allowed = true, age = 21")),
        version=3,
        starts_at=NOW + timedelta(days=2),
    )
    soon = KOREA.replace("2027-01-10", "2027-01-04")
    assert lint(soon, NOW, BOOK, LEAD).loosened == ()
    assert lint(soon, NOW, RuleBook((IN_FORCE, tighter)), LEAD).loosened == ("buy",)


@pytest.mark.parametrize(
    ("old", "new", "loosened"),
    [
        ("amount_minor = 1000000", "amount_minor = 1000001", ["caps.day"]),
        ("amount_minor = 1000000", "amount_minor = 999999", []),
        ('"KRW"', '"JPY"', ["caps.day"]),
        ('day = { amount_minor = 1000000, currency = "KRW", sources = ["daily"] }', "", ["caps.day"]),
        ("odds_shown = { value = true", "odds_shown = { value = false", ["boxes.odds_shown"]),
        (
            "\n[boxes]",
            '\n[cards]\nheld_by_adults = { value = true, sources = ["house"] }\n[boxes]',
            ["cards.held_by_adults"],
        ),
        ("by_money_alone = { value = true", "by_money_alone = { value = false", []),
        ("play_match = { allowed = true", "play_match = { allowed = false", []),
        ("play_match = { allowed = true", 'play_match = { allowed = true, level = "checked"', []),
    ],
)
def test_what_loosens_is_told_by_rule(old: str, new: str, loosened: list[str]) -> None:
    text = KOREA.replace(old, new, 1)
    assert text != KOREA
    assert list(loosens(IN_FORCE, read_pack(text))) == loosened


TEXAS = shipped_texts()["US-TX"].replace("from = 2026-12-01", "from = 2027-01-10")
STATES = RuleBook((read_pack(shipped_texts()["US"]), read_pack(shipped_texts()["US-TX"])))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('subdivision = "TX"', 'subdivision = "Texas"', "subdivision must be a code of ISO 3166-2"),
        ("buy = { allowed = true, age = 18", "buy = { allowed = true, age = 17", "buy is looser than in the country"),
        ('country = "US"', 'country = "AT"', "there is no pack of the country, whose rules this would narrow"),
        ("age = 18, guardian_age = 13, level", "level", "actions.buy has no age"),
    ],
)  # fmt: skip
def test_a_part_of_a_country_only_narrows_it(old: str, new: str, reason: str) -> None:
    assert (lint(TEXAS, NOW, STATES, LEAD).findings, lint(TEXAS, NOW, STATES, LEAD).loosened) == ((), ())
    found = lint(TEXAS.replace(old, new), NOW, STATES, LEAD)
    assert [one for one in found.findings if one.reason.startswith(reason)]


def test_a_rule_that_a_part_no_longer_has_is_loosened() -> None:
    without = "\n".join(line for line in TEXAS.splitlines() if not line.startswith("unlock"))
    assert list(loosens(STATES.pack("US-TX", NOW), read_pack(without))) == ["unlock"]
    nebraska = shipped_texts()["US-NE"].replace("from = 2026-12-01", "from = 2027-01-02")
    assert lint(nebraska, NOW, STATES, LEAD).loosened == (), "its country's rules held there before"


def test_every_word_of_a_pack_is_looked_at() -> None:
    """A word more anywhere is found, whatever it is called: what is misspelt never means nothing."""
    for match in re.finditer(r"^(\w+) = \{ ", KOREA, re.MULTILINE):
        text = f"{KOREA[: match.end()]}sorces = [], {KOREA[match.end() :]}"
        assert any("unknown word" in one.reason for one in read(text).findings), match[1]
