"""The rules as people read them: `rules.toml`, with the bounds that hold."""

import enum
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

BOUND_PREFIX = "safety_"
CASE_SCORE = "case_score"


class StepKind(enum.StrEnum):
    """What is done about somebody while it is looked into; each has an end and can be lifted."""

    SLOW_MATURITY = "slow_maturity"
    """Diamonds of their rewards mature when it is over."""
    AUTHENTICATE = "authenticate"
    """Their bank asks them at each order."""
    CAP = "cap"
    """They buy so many coins a day at most."""
    HOLD_PAYOUT = "hold_payout"
    """Their payouts wait for a person."""


STEP_WORDS = {
    StepKind.SLOW_MATURITY: "Diamonds mature later",
    StepKind.AUTHENTICATE: "Their bank asks at each order",
    StepKind.CAP: "A cap on coins a day",
    StepKind.HOLD_PAYOUT: "Payouts wait",
}
"""As operators read them."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule. `bounds` and `fixed` are its thresholds, in the unit their names end in."""

    name: str = ""
    version: int
    title: str
    sentence: str
    """What it says of somebody, with its figures in braces."""
    looks_alike: str
    """Which honest people are like that."""
    score: int
    steps: tuple[StepKind, ...]
    others_steps: tuple[StepKind, ...]
    """About who else it names: those whom it gives coins to."""
    step_days: int
    bounds: dict[str, int]
    fixed: dict[str, int]

    def __getitem__(self, name: str) -> int:
        return self.bounds[name] if name in self.bounds else self.fixed[name]


class RuleBook(msgspec.Struct, frozen=True):
    """All rules, and from which score on a case is opened."""

    case_score: int
    rules: dict[str, Rule]

    def with_bounds(self, bounds: Mapping[str, int]) -> "RuleBook":
        """The same with the values that hold, by their names in `decision_bound`."""
        rules = {
            name: msgspec.structs.replace(
                rule, bounds={key: bounds.get(BOUND_PREFIX + key, value) for key, value in rule.bounds.items()}
            )
            for name, rule in self.rules.items()
        }
        return RuleBook(bounds.get(BOUND_PREFIX + CASE_SCORE, self.case_score), rules)

    @property
    def bounds(self) -> dict[str, int]:
        """Every bound by its name in `decision_bound`."""
        own = {BOUND_PREFIX + key: value for rule in self.rules.values() for key, value in rule.bounds.items()}
        return {BOUND_PREFIX + CASE_SCORE: self.case_score, **own}


def read(text: str) -> RuleBook:
    """Rules out of TOML.

    Raises:
        msgspec.ValidationError, tomllib.TOMLDecodeError: it is none.
    """
    told = tomllib.loads(text)
    case_score = msgspec.convert(told.pop(CASE_SCORE), int)
    return RuleBook(case_score, {name: msgspec.structs.replace(rule, name=name) for name, rule in _rules(told).items()})


def _rules(told: object) -> dict[str, Rule]:
    return msgspec.convert(told, dict[str, Rule])


@cache
def shipped() -> RuleBook:
    """The rules of this release, with the bounds they came with."""
    return read((Path(__file__).parent / "rules.toml").read_text())
