"""Packs: the rules of a country, as read from a file that the linter has passed."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import msgspec

from plaudit.rules.model import LEVELS, Level, RuleAction, brought_actions

SHIPPED = 0
"""The version of a pack that came with Plaudit."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule rests on."""

    law: str
    as_of: date
    url: str | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What holds of one action. `age`: from how many years on, known at which level. `guardian_age`: from how many
    years on where a guardian agrees; None: no guardian changes anything."""

    allowed: bool
    age: int
    level: Level
    sources: tuple[str, ...]
    guardian_age: int | None = None


class Cap(msgspec.Struct, frozen=True, kw_only=True):
    """The most money of one person in a period."""

    amount_minor: int
    currency: str
    sources: tuple[str, ...]


class Practice(msgspec.Struct, frozen=True, kw_only=True):
    """How something is done there: `ranking.by_money_alone`, `boxes.odds_shown`, `cards.held_by_adults`."""

    value: bool
    sources: tuple[str, ...]


def is_part(place: str) -> bool:
    """Whether a place is a part of a country: US-TX."""
    return "-" in place


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of a country, or those by which a part of it is stricter."""

    country: str
    """The place: `US`, `US-TX`."""
    version: int
    starts_at: datetime
    """From when it holds; what came with Plaudit held from the beginning, and this is its date."""
    checked_on: date
    """When its sources were last read."""
    rules: Mapping[str, Rule]
    caps: Mapping[str, Cap]
    """By `day` and `month`."""
    practices: Mapping[str, Practice]
    sources: Mapping[str, Source]

    def rule(self, action: RuleAction) -> Rule | None:
        """The rule of an action, or of the one it is like; None: the pack says nothing of it."""
        found = self.rules.get(action.name)
        if found is None and action.like is not None:
            return self.rule(brought_actions()[action.like])
        return found


class RuleBook:
    """All packs, and which holds when."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self._packs: dict[str, list[Pack]] = {}
        for pack in sorted(packs, key=lambda one: (one.version > SHIPPED, one.starts_at, one.version)):
            self._packs.setdefault(pack.country, []).append(pack)

    def pack(self, country: str, at: datetime) -> Pack | None:
        """The pack of a country that holds at a moment; None: there is none."""
        begun = [one for one in self._packs.get(country, []) if one.version == SHIPPED or one.starts_at <= at]
        return begun[-1] if begun else None

    def from_now(self, country: str, at: datetime) -> tuple[Pack, ...]:
        """The pack of a country that holds at a moment, and those that will after it."""
        held = self.pack(country, at)
        later = [one for one in self._packs.get(country, []) if one.version != SHIPPED and one.starts_at > at]
        return (held, *later) if held else tuple(later)

    def next_change(self, at: datetime) -> datetime | None:
        """When the next pack begins; None: none is known that will."""
        moments = (one.starts_at for packs in self._packs.values() for one in packs if one.version != SHIPPED)
        return min((one for one in moments if one > at), default=None)

    def packs(self, at: datetime) -> list[Pack]:
        """Those that hold at a moment, by country."""
        return [pack for country in sorted(self._packs) if (pack := self.pack(country, at))]

    def with_pack(self, pack: Pack) -> "RuleBook":
        """The same, in which a pack holds in its country whatever else does."""
        others = (one for country, packs in self._packs.items() if country != pack.country for one in packs)
        return RuleBook((*others, msgspec.structs.replace(pack, version=SHIPPED)))

    def forbidding(self, action: RuleAction, at: datetime) -> frozenset[str]:
        """The countries in which nobody may."""
        found = ((pack.country, pack.rule(action)) for pack in self.packs(at))
        return frozenset(country for country, rule in found if rule and not rule.allowed)

    def caps(self, countries: Iterable[str], at: datetime) -> list[tuple[Pack, str, Cap]]:
        """What money of one person is capped by in places, each with its pack and period: `day` or `month`."""
        packs = (self.pack(country, at) for country in sorted(countries))
        return [(pack, period, cap) for pack in packs if pack for period, cap in sorted(pack.caps.items())]

    def ranks_by_money(self, countries: Iterable[str], at: datetime) -> bool:
        """Whether givers may be ranked by what they gave alone, in all of some places; where no pack says anything of
        it they may."""
        return all(said for said in self._said("ranking.by_money_alone", countries, at))

    def shows_odds(self, countries: Iterable[str], at: datetime) -> bool:
        """Whether odds of boxes are shown, in any of some places; where no pack says anything of it they are."""
        said = list(self._said("boxes.odds_shown", countries, at))
        return any(said) or not said

    def cards_are_of_adults(self, country: str, at: datetime) -> bool:
        """Whether only adults hold credit cards of a country; where its pack says nothing of it others may, too."""
        return any(self._said("cards.held_by_adults", (country,), at))

    def _said(self, practice: str, countries: Iterable[str], at: datetime) -> Iterator[bool]:
        for country in countries:
            pack = self.pack(country, at)
            if pack and (found := pack.practices.get(practice)):
                yield found.value


def begins(day: date) -> datetime:
    """When a day begins, by which packs go: UTC."""
    return datetime.combine(day, time(), UTC)


def read_pack(text: str, version: int = SHIPPED, starts_at: datetime | None = None) -> Pack:
    """A pack out of a file without faults (`linter.lint`)."""
    said = tomllib.loads(text)
    return Pack(
        country=f"{said['country']}-{said['subdivision']}" if "subdivision" in said else said["country"],
        version=version,
        starts_at=starts_at or begins(said["from"]),
        checked_on=said["checked_on"],
        rules={name: _rule(one) for name, one in said["actions"].items()},
        caps={name: _cap(one) for name, one in said.get("caps", {}).items()},
        practices={
            f"{table}.{name}": Practice(value=one["value"], sources=tuple(one["sources"]))
            for table in ("ranking", "boxes", "cards")
            for name, one in said.get(table, {}).items()
        },
        sources={name: Source(**one) for name, one in said["sources"].items()},
    )


def _rule(said: Mapping[str, Any]) -> Rule:
    return Rule(
        allowed=said["allowed"],
        age=said["age"],
        level=LEVELS[said.get("level", "claimed")],
        sources=tuple(said["sources"]),
        guardian_age=said.get("guardian_age"),
    )


def _cap(said: Mapping[str, Any]) -> Cap:
    return Cap(amount_minor=said["amount_minor"], currency=said["currency"], sources=tuple(said["sources"]))


@lru_cache(maxsize=512)
def kept_pack(text: str, version: int, starts_at: datetime) -> Pack:
    """A pack that was published."""
    return read_pack(text, version, starts_at)


@cache
def shipped_texts() -> dict[str, str]:
    """The files that came with Plaudit, by country."""
    folder = resources.files("plaudit.rules") / "shipped"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    return {one.name.removesuffix(".toml"): one.read_text(encoding="utf-8") for one in files}


@cache
def shipped_packs() -> tuple[Pack, ...]:
    """What they say."""
    return tuple(read_pack(text) for text in shipped_texts().values())
