"""How well the rules tell cheats from honest people, in a simulated world that knows."""

import time
from collections.abc import Set as AbstractSet

import msgspec

from plaudit.safety.judging import Finding, judge, score
from plaudit.safety.rulebook import RuleBook
from plaudit.safety.world import World


class Measure(msgspec.Struct, frozen=True):
    """Of the people a rule names: who cheated, who did not; and of those planted for it, whom it missed."""

    name: str
    cheats: int
    honest: int
    planted: int
    missed: int

    @property
    def precision_permille(self) -> int:
        """Of those it names, how many cheat; of nobody, all."""
        named = self.cheats + self.honest
        return 1000 * self.cheats // named if named else 1000

    @property
    def recall_permille(self) -> int:
        """Of those planted for it, how many it names."""
        return 1000 * (self.planted - self.missed) // self.planted if self.planted else 1000


class Measured(msgspec.Struct, frozen=True):
    """Of every rule, and of all cases together; and how long looking at everybody took."""

    people: int
    rules: list[Measure]
    cases: Measure
    elapsed_ms: int


def measure(world: World, book: RuleBook) -> Measured:
    """Look at everybody once."""
    began = time.perf_counter()
    found: list[Finding] = []
    of_cases: set[int] = set()
    for picture in world.pictures(book):
        theirs = judge(picture, book)
        found += theirs
        if score(theirs) >= book.case_score:
            of_cases.update(_named(theirs))
    elapsed_ms = round((time.perf_counter() - began) * 1000)
    cheats = set().union(*world.planted.values())
    rules = [
        _measure(name, _named([one for one in found if one.rule == name]), cheats, world.planted[name])
        for name in book.rules
    ]
    return Measured(len(world.created_at), rules, _measure("cases", of_cases, cheats, cheats), elapsed_ms)


def _named(findings: list[Finding]) -> set[int]:
    return {person_id for one in findings for person_id in (one.person_id, *one.others)}


def _measure(name: str, named: AbstractSet[int], cheats: AbstractSet[int], planted: AbstractSet[int]) -> Measure:
    return Measure(name, len(named & cheats), len(named - cheats), len(planted), len(planted - named))
