"""Looks at a pack, as a file, and says what keeps it from being published, with line and reason. Pure."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from plaudit.countries import country_code
from plaudit.money import exponent
from plaudit.problems import InvalidField
from plaudit.rules.limits import PACK_FINDINGS_MAX, PACK_LENGTH_MAX, RULE_AGE_MAX
from plaudit.rules.model import LEVELS, brought_actions
from plaudit.rules.packs import Cap, Pack, Practice, Rule, RuleBook, is_part, read_pack

_TABLES: Mapping[str, frozenset[str]] = {
    "actions": frozenset({"allowed", "age", "guardian_age", "level", "sources"}),
    "caps": frozenset({"amount_minor", "currency", "sources"}),
    "ranking": frozenset({"value", "sources"}),
    "boxes": frozenset({"value", "sources"}),
    "cards": frozenset({"value", "sources"}),
    "sources": frozenset({"law", "url", "as_of"}),
}
_NAMES: Mapping[str, frozenset[str]] = {
    "caps": frozenset({"day", "month"}),
    "ranking": frozenset({"by_money_alone"}),
    "boxes": frozenset({"odds_shown"}),
    "cards": frozenset({"held_by_adults"}),
}
_VALUES = frozenset({"country", "subdivision", "from", "checked_on"})
_NEEDS = (
    ("cash_out", "convert", "only diamonds are cashed out"),
    ("convert", "receive", "only gifts that were received become diamonds"),
    ("gift_room", "receive", "nobody could receive them"),
    ("gift_video", "receive", "nobody could receive them"),
    ("unlock", "sell_content", "nobody could sell it"),
    ("subscribe", "receive", "nobody could receive what it pays"),
)
"""What is allowed only where something else is."""


class PackFinding(msgspec.Struct, frozen=True):
    """What is wrong with a pack."""

    line: int
    """Where, from 1."""
    reason: str


class Lint(msgspec.Struct, frozen=True):
    """What a file comes to: a pack, or what keeps it from being one."""

    findings: tuple[PackFinding, ...]
    pack: Pack | None
    loosened: tuple[str, ...] = ()
    """What it would allow that the pack before it does not."""


def lint(text: str, now: datetime, book: RuleBook, loosening_lead: timedelta) -> Lint:
    """A file that is to be published, held against what holds in its country and what will: what is looser than any of
    it may not hold before a lead is over.

    Its `from` is after today: nobody is bound by what they could not read.
    """
    found = read(text)
    if found.pack is None:
        return found
    pack, lines = found.pack, lines_of(text)
    findings: list[PackFinding] = []
    if pack.starts_at <= now:
        findings.append(PackFinding(lines["from"], "from must be after today: a pack never begins in the past"))
    findings += _widens(pack, book.pack(pack.country.partition("-")[0], now), lines)
    before = book.from_now(pack.country, now) or (None,)
    loosened = tuple(dict.fromkeys(one for former in before for one in loosens(former, pack)))
    if loosened and now < pack.starts_at < now + loosening_lead:
        soonest = (now + loosening_lead + timedelta(days=1, microseconds=-1)).date()
        findings += [
            PackFinding(_line(lines, one), f"{one} is loosened; from must be {soonest} or later") for one in loosened
        ]
    return Lint(tuple(findings[:PACK_FINDINGS_MAX]), None if findings else pack, loosened)


def _widens(part: Pack, whole: Pack | None, lines: Mapping[str, int]) -> Iterator[PackFinding]:
    """What a part of a country would have looser than the country, where it changes nothing: the stricter holds."""
    if not is_part(part.country):
        return
    if whole is None:
        yield PackFinding(lines["country"], "there is no pack of the country, whose rules this would narrow")
        return
    for name, rule in part.rules.items():
        if rule.allowed and (former := whole.rules.get(name)) and _is_looser(former, rule):
            yield PackFinding(_line(lines, name), f"{name} is looser than in the country: a part may only be stricter")


def read(text: str) -> Lint:
    """A file, held against nothing but itself."""
    if len(text) > PACK_LENGTH_MAX:
        return Lint((PackFinding(1, f"a pack has at most {PACK_LENGTH_MAX} characters"),), None)
    try:
        said = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        return Lint((PackFinding(int(line[1]) if line else 1, f"is not TOML: {error}"),), None)
    lines = lines_of(text)
    if findings := _placed(_wrong(said), lines):
        return Lint(findings, None)
    pack = read_pack(text)
    findings = _placed(_contradictions(pack), lines)
    return Lint(findings, None if findings else pack)


def _placed(found: Iterable[tuple[str, str]], lines: Mapping[str, int]) -> tuple[PackFinding, ...]:
    findings = [PackFinding(_line(lines, place), why) for place, why in found]
    return tuple(sorted(findings, key=lambda one: (one.line, one.reason))[:PACK_FINDINGS_MAX])


def lines_of(text: str) -> dict[str, int]:
    """On which line each table and each value of it begins."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[([\w.-]+)\]", line):
            table = header[1]
            found.setdefault(table, number)
        elif key := re.match(r"\s*([\w.-]+)\s*=", line):
            found.setdefault(f"{table}.{key[1]}" if table else key[1], number)
    return found


def _line(lines: Mapping[str, int], place: str) -> int:
    """Of a place, or of what it is in; an action is known by its name alone."""
    near = (place, f"actions.{place}", place.rpartition(".")[0])
    return next((lines[one] for one in near if one in lines), 1)


def _wrong(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is no pack, with its place."""
    for name in sorted(said.keys() - _VALUES - _TABLES.keys()):
        yield name, f"{name} is an unknown word"
    country = said.get("country")
    if not isinstance(country, str) or country_code(country) != country:
        yield "country", "country must be a code of ISO 3166 with two letters"
    part = said.get("subdivision", "X")
    if not isinstance(part, str) or not re.fullmatch("[A-Z0-9]{1,3}", part):
        yield "subdivision", "subdivision must be a code of ISO 3166-2 without its country, such as TX"
    for name in ("from", "checked_on"):
        if not _is_day(said.get(name)):
            yield name, f"{name} must be a day, such as 2026-12-01"
    for table, words in _TABLES.items():
        yield from _table_is_wrong(said, table, words)
    actions = {} if "subdivision" in said else said.get("actions")
    for action in brought_actions().values() if "subdivision" not in said else ():
        if action.like is None and isinstance(actions, dict) and action.name not in actions:
            yield "actions", f"{action.name} is missing: every action has a rule, and an age"


def _table_is_wrong(said: Mapping[str, Any], table: str, words: frozenset[str]) -> Iterator[tuple[str, str]]:
    may_lack = {"caps", "cards", "ranking", "boxes"} if "subdivision" in said else {"caps", "cards"}
    rows = said.get(table, {} if table in may_lack else None)
    if not isinstance(rows, dict):
        yield table, f"[{table}] is missing"
        return
    known = brought_actions().keys() if table == "actions" else _NAMES.get(table)
    sources = said.get("sources")
    for name, row in rows.items():
        place = f"{table}.{name}"
        if known is not None and name not in known:
            yield place, f"{name} is an unknown word of [{table}]"
        elif not isinstance(row, dict):
            yield place, f"{place} must be a table of {', '.join(sorted(words))}"
        else:
            for word in sorted(row.keys() - words):
                yield f"{place}.{word}", f"{word} is an unknown word of {place}"
            yield from _ROWS[table](place, row)
            if "sources" in words:
                yield from _unsourced(place, row, sources if isinstance(sources, dict) else {})


def _action_is_wrong(place: str, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not isinstance(row.get("allowed"), bool):
        yield place, f"{place} must say whether it is allowed: true or false"
    age = row.get("age")
    if age is None:
        yield place, f"{place} has no age"
    elif not _is_whole(age) or not 1 <= age <= RULE_AGE_MAX:
        yield place, f"the age of {place} must be 1 to {RULE_AGE_MAX} years"
    younger = row.get("guardian_age")
    if younger is not None and (not _is_whole(younger) or not 1 <= younger <= RULE_AGE_MAX):
        yield place, f"the guardian_age of {place} must be 1 to {RULE_AGE_MAX} years"
    elif younger is not None and _is_whole(age) and younger >= age:
        yield place, f"the guardian_age of {place} must be below its age"
    if row.get("level", "claimed") not in LEVELS:
        yield place, f"the level of {place} must be one of {', '.join(LEVELS)}"


def _cap_is_wrong(place: str, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not _is_whole(row.get("amount_minor")) or row["amount_minor"] <= 0:
        yield place, f"the amount_minor of {place} must be a whole number above 0"
    try:
        exponent(row.get("currency", ""))
    except (InvalidField, TypeError):
        yield place, f"the currency of {place} must be a code of ISO 4217"


def _practice_is_wrong(place: str, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not isinstance(row.get("value"), bool):
        yield place, f"the value of {place} must be true or false"


def _source_is_wrong(place: str, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not isinstance(row.get("law"), str) or not row["law"].strip():
        yield place, f"{place} must name its law"
    if not _is_day(row.get("as_of")):
        yield place, f"{place} must say as of which day"
    if "url" in row and not (isinstance(row["url"], str) and re.fullmatch(r"https?://\S+", row["url"])):
        yield place, f"the url of {place} must begin with https://"


_ROWS = {
    "actions": _action_is_wrong,
    "caps": _cap_is_wrong,
    "ranking": _practice_is_wrong,
    "boxes": _practice_is_wrong,
    "cards": _practice_is_wrong,
    "sources": _source_is_wrong,
}


def _unsourced(place: str, row: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    sources = row.get("sources")
    if not isinstance(sources, list) or not sources or not all(isinstance(one, str) for one in sources):
        yield place, f"{place} has no source"
        return
    for one in sources:
        if one not in known:
            yield place, f"{place} names a source that is not there: {one}"


def _contradictions(pack: Pack) -> Iterator[tuple[str, str]]:
    """Where it contradicts itself."""
    yield from _caps_contradict(pack)
    yield from _sources_contradict(pack)
    if not is_part(pack.country):
        yield from _actions_contradict(pack)


def _actions_contradict(pack: Pack) -> Iterator[tuple[str, str]]:
    rules = pack.rules
    for name, needed, why in _NEEDS:
        if rules[name].allowed and not rules[needed].allowed:
            yield f"actions.{name}", f"{name} is allowed and {needed} is not: {why}"
    if (rules["gift_room"].allowed or rules["gift_video"].allowed) and not rules["buy"].allowed:
        yield "actions.buy", "buy is not allowed and gifts are: there would be no coins to give"
    if rules["message"].allowed and not (rules["gift_room"].allowed or rules["gift_video"].allowed):
        yield "actions.message", "message is allowed and no gift is that it could go with"
    if rules["cash_out"].age < rules["receive"].age and rules["cash_out"].allowed:
        yield "actions.cash_out", "cash_out has a lower age than receive: there would be nothing to cash out"


def _caps_contradict(pack: Pack) -> Iterator[tuple[str, str]]:
    day, month = pack.caps.get("day"), pack.caps.get("month")
    if day and month and day.currency != month.currency:
        yield "caps.month", "the caps of a day and of a month are in two currencies"
    elif day and month and day.amount_minor > month.amount_minor:
        yield "caps.day", "the cap of a day is above that of a month"


def _sources_contradict(pack: Pack) -> Iterator[tuple[str, str]]:
    rows: tuple[Rule | Cap | Practice, ...] = (*pack.rules.values(), *pack.caps.values(), *pack.practices.values())
    used = {name for one in rows for name in one.sources}
    for name in sorted(pack.sources.keys() - used):
        yield f"sources.{name}", f"no rule rests on {name}"
    for name, source in sorted(pack.sources.items()):
        if source.as_of > pack.checked_on:
            yield f"sources.{name}", f"{name} is of a day after checked_on"


def loosens(before: Pack | None, after: Pack) -> Iterator[str]:
    """What a pack lets be done that the one before it does not. Where there was none, everything was asked for."""
    if before is None and is_part(after.country):
        return  # its country's rules hold there as before
    if before is None:
        yield from (name for name, rule in after.rules.items() if rule.allowed)
        return
    for name, rule in after.rules.items():
        former = before.rules.get(name)
        if rule.allowed and ((former is None and not is_part(after.country)) or (former and _is_looser(former, rule))):
            yield name
    yield from (name for name in before.rules if name not in after.rules)
    for period, former_cap in before.caps.items():
        cap = after.caps.get(period)
        if cap is None or cap.currency != former_cap.currency or cap.amount_minor > former_cap.amount_minor:
            yield f"caps.{period}"
    if _says(before, "ranking.by_money_alone", False) and not _says(after, "ranking.by_money_alone", False):
        yield "ranking.by_money_alone"
    if _says(before, "boxes.odds_shown", True) and not _says(after, "boxes.odds_shown", True):
        yield "boxes.odds_shown"
    if _says(after, "cards.held_by_adults", True) and not _says(before, "cards.held_by_adults", True):
        yield "cards.held_by_adults"


def _is_looser(former: Rule, rule: Rule) -> bool:
    return (
        not former.allowed or rule.age < former.age or rule.level < former.level or _asks_fewer_guardians(former, rule)
    )


def _asks_fewer_guardians(former: Rule, rule: Rule) -> bool:
    """Whether somebody may with a guardian who could not before."""
    return rule.guardian_age is not None and rule.guardian_age < (former.guardian_age or former.age)


def _says(pack: Pack, practice: str, value: bool) -> bool:
    found: Practice | None = pack.practices.get(practice)
    return found is not None and found.value is value


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
