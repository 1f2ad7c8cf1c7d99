"""Rules by which fraud is looked for: each at its border, and all of them in a simulated world."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from click.testing import CliRunner

from plaudit.instruments.model import InstrumentKind
from plaudit.safety.commands import safety
from plaudit.safety.judging import RULES, Finding, judge, score
from plaudit.safety.limits import LOOK_COINS_MIN, WINDOW_DAYS
from plaudit.safety.measuring import Measured, measure
from plaudit.safety.picture import Flow, GivingDay, Picture, SeenOrder, SeenReversal, Shared
from plaudit.safety.rulebook import Rule, shipped
from plaudit.safety.world import NOW, World

BOOK = shipped()
ME, OTHER, THIRD = 1, 2, 3
OLD = NOW - timedelta(days=300)
CARD, DEVICE, ADDRESS = InstrumentKind.CARD, InstrumentKind.DEVICE, InstrumentKind.ADDRESS


def _picture(**told: Any) -> Picture:
    all_told: dict[str, Any] = {"person_id": ME, "at": NOW, "created_at": OLD} | told
    return Picture(**all_told)


def _found(name: str, picture: Picture) -> list[Finding]:
    """What one rule finds; the others, nothing."""
    found = judge(picture, BOOK)
    assert {one.rule for one in found} <= {name}
    return found


def _orders(count: int, *, declined: int, coins: int = 70, minutes: int = 5) -> tuple[SeenOrder, ...]:
    return tuple(
        SeenOrder(UUID(int=n), NOW - timedelta(days=2) + timedelta(minutes=n * minutes), coins, n < declined)
        for n in range(count)
    )


def _ring(*coins: int) -> tuple[Flow, ...]:
    people = range(1, len(coins) + 1)
    return tuple(Flow(giver, giver % len(coins) + 1, 3, given) for giver, given in zip(people, coins, strict=True))


@dataclass(frozen=True)
class Border:
    """What a rule just finds, and what is just not for it to find."""

    rule: str
    found: dict[str, Any]
    others: tuple[int, ...]
    not_found: dict[str, dict[str, Any]] = field(default_factory=dict)


def _shared(coins: int, income: int, *kinds: InstrumentKind, crowd: int = 2) -> dict[str, Any]:
    people = frozenset(range(1, crowd + 1))
    return {
        "given": (Flow(ME, OTHER, 2, coins),),
        "income_of": {OTHER: income},
        "givers_of": {OTHER: 9},
        "shared": tuple(Shared(kind, "aa", people) for kind in kinds),
    }


def _through(givers: int, coins: int, income: int, kind: InstrumentKind = DEVICE) -> dict[str, Any]:
    people = range(10, 10 + givers)
    return {
        "received": tuple(Flow(one, ME, 1, coins) for one in people),
        "income_of": {ME: income},
        "shared": (Shared(kind, "bb", frozenset(people)),),
    }


def _new(days: int, coins: int, givers: int) -> dict[str, Any]:
    return {
        "created_at": NOW - timedelta(days=days),
        "given": (Flow(ME, OTHER, 2, coins),),
        "givers_of": {OTHER: givers},
        "income_of": {OTHER: coins},
    }


def _day(coins: int, to_one: int, income: int, usual: int = 100) -> dict[str, Any]:
    days = [GivingDay(NOW.date() - timedelta(days=n), usual, THIRD, usual) for n in (9, 8, 7)]
    return {"days": (*days, GivingDay(NOW.date(), coins, OTHER, to_one)), "income_of": {OTHER: income}}


def _taken(*coins: int, kind: str = "chargeback", days_ago: int = 3) -> dict[str, Any]:
    at = NOW - timedelta(days=days_ago)
    return {"reversals": tuple(SeenReversal(UUID(int=n), at, kind, one) for n, one in enumerate(coins))}


BORDERS = [
    Border(
        "rings",
        {"near": _ring(2_000, 2_000, 3_333)},
        (OTHER, THIRD),
        {
            "little": {"near": _ring(2_000, 1_999, 2_000)},
            "little comes back": {"near": _ring(2_000, 2_000, 3_334)},
            "open": {"near": _ring(5_000, 5_000, 5_000)[:2]},
            "five people": {"near": _ring(5_000, 5_000, 5_000, 5_000, 5_000)},
            "a ring of others": {"near": tuple(Flow(*way, 1, 5_000) for way in ((1, 2), (2, 3), (3, 2)))},
        },
    ),
    Border("rings", {"near": _ring(2_000, 2_000)}, (OTHER,)),
    Border(
        "shared_instrument",
        _shared(1_000, 2_000, CARD, crowd=6),
        (OTHER,),
        {
            "little": _shared(999, 999, CARD),
            "others bring more": _shared(1_000, 2_001, CARD),
            "a house with many doors": _shared(9_000, 9_000, ADDRESS),
            "a shop's tablet": _shared(9_000, 9_000, DEVICE, crowd=7),
            "nothing": _shared(9_000, 9_000),
        },
    ),
    Border(
        "through_others",
        _through(3, 1_000, 6_000),
        (10, 11, 12),
        {
            "two": _through(2, 9_000, 18_000),
            "little": _through(3, 999, 2_997),
            "others bring more": _through(3, 1_000, 6_001),
            "neighbours": _through(3, 9_000, 27_000, ADDRESS),
            "a crowd": _through(13, 1_000, 13_000),
        },
    ),
    Border(
        "new_account",
        _new(7, 5_000, 4),
        (OTHER,),
        {"old": _new(8, 5_000, 1), "little": _new(1, 4_999, 1), "many give there": _new(1, 50_000, 5)},
    ),
    Border(
        "card_testing",
        {"orders": _orders(8, declined=4, coins=100)},
        (),
        {
            "seven": {"orders": _orders(7, declined=7)},
            "paid": {"orders": _orders(8, declined=3)},
            "large": {"orders": _orders(9, declined=9, coins=101)},
            "over two days": {"orders": _orders(8, declined=8, minutes=206)},
        },
    ),
    Border(
        "refund_after_shout_out",
        _taken(1_000, 1_000),
        (),
        {
            "little": _taken(1_999),
            "long ago": _taken(5_000, days_ago=31),
            "a right of buyers": _taken(5_000, kind="withdrawal"),
            "nobody thanked": _taken(0, 0),
        },
    ),
    Border(
        "velocity",
        _day(10_000, 8_000, 16_000, usual=1_000),
        (OTHER,),
        {
            "little": _day(9_999, 9_999, 9_999),
            "usual": _day(10_000, 10_000, 10_000, usual=1_001),
            "to several": _day(10_000, 7_999, 8_000),
            "others bring more": _day(10_000, 8_000, 16_001),
            "new": _day(10_000, 10_000, 10_000) | {"created_at": NOW - timedelta(days=7)},
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize("border", BORDERS, ids=lambda one: one.rule)
def test_a_rule_finds_what_is_at_its_border_and_nothing_beyond(border: Border) -> None:
    (found,) = _found(border.rule, _picture(**border.found))
    rule = BOOK.rules[border.rule]
    assert (found.version, found.score, found.others) == (rule.version, rule.score, border.others)
    assert found.evidence
    assert "{" not in found.sentence
    for name, told in border.not_found.items():
        assert _found(border.rule, _picture(**told)) == [], name


def test_a_circle_goes_over_nobody_twice() -> None:
    ways = ((ME, OTHER), (OTHER, ME), (OTHER, THIRD), (THIRD, OTHER))
    found = _found("rings", _picture(near=tuple(Flow(*way, 1, 5_000) for way in ways)))
    assert [one.others for one in found] == [(OTHER,)]


def test_one_other_large_day_is_not_what_is_usual() -> None:
    told = _day(10_000, 10_000, 10_000)
    before = GivingDay(NOW.date() - timedelta(days=20), 9_000, THIRD, 9_000)
    assert len(_found("velocity", _picture(**told | {"days": (before, *told["days"])}))) == 1


def test_every_rule_has_its_border_its_sentence_and_its_steps() -> None:
    assert list(BOOK.rules) == list(RULES)
    assert set(RULES) == {border.rule for border in BORDERS}
    assert {bool(rule.steps or rule.others_steps) for rule in BOOK.rules.values()} == {True}
    assert {border.rule for border in BORDERS if border.not_found} == set(RULES)


def test_no_rule_looks_for_less_than_makes_somebody_looked_at() -> None:
    """What comes to a bound within the window has a day with so much, however it is spread."""
    crowds = {"through_others": BOOK.rules["through_others"]["crowd_people"]}
    of_gifts = ("ring_coins", "shared_coins", "through_coins", "new_account_coins", "velocity_day_coins")
    for name, rule in BOOK.rules.items():
        for bound in set(of_gifts) & rule.bounds.keys():
            assert rule[bound] >= LOOK_COINS_MIN * WINDOW_DAYS * crowds.get(name, 1), bound


def test_bounds_that_an_owner_changed_hold() -> None:
    ring = _picture(near=_ring(1_500, 1_500))
    assert judge(ring, BOOK) == []
    assert [one.rule for one in judge(ring, BOOK.with_bounds({"safety_ring_coins": 1_500}))] == ["rings"]
    assert BOOK.with_bounds({"safety_case_score": 70}).case_score == 70
    assert BOOK.with_bounds({"safety_ring_coins": 9}).bounds == BOOK.bounds | {"safety_ring_coins": 9}


def test_a_score_counts_each_rule_once_and_ends_at_a_hundred() -> None:
    one, other = (_found("shared_instrument", _picture(**_shared(1_000, 2_000, kind)))[0] for kind in (CARD, DEVICE))
    ring = _found("rings", _picture(near=_ring(2_000, 2_000)))
    assert score([one, other]) == BOOK.rules["shared_instrument"].score == 55
    assert score([one, *ring]) == 100
    assert score([one, msgspec.structs.replace(other, score=5)]) == 55
    assert score([]) == 0


@pytest.fixture(scope="module")
def measured() -> Measured:
    return measure(World(600, seed=4), BOOK)


def test_rules_tell_cheats_from_honest_people_who_look_like_them(measured: Measured) -> None:
    """Of several hundred people; `plaudit safety measure` looks at ten thousand."""
    assert measured.people == 600
    assert measured.cases.precision_permille >= 800
    assert measured.cases.recall_permille >= 850
    for one in measured.rules:
        assert one.planted, one
        assert one.recall_permille >= 500, one
        assert one.cheats + one.honest, one


def test_a_world_is_the_same_for_the_same_seed(measured: Measured) -> None:
    again = measure(World(600, seed=4), BOOK)
    other = measure(World(600, seed=5), BOOK)
    assert (again.rules, again.cases) == (measured.rules, measured.cases)
    assert other.rules != measured.rules


@pytest.mark.parametrize("name", BOOK.rules)
def test_a_rule_that_finds_nothing_is_missed_in_the_world(measured: Measured, name: str) -> None:
    def nothing(picture: Picture, rule: Rule) -> list[Finding]:
        return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(RULES, name, nothing)
        blind = measure(World(600, seed=4), BOOK)
    assert blind.cases.missed > measured.cases.missed


def test_the_command_says_precision_and_recall_by_rule_and_in_all() -> None:
    said = CliRunner().invoke(safety, ["measure", "--people", "300", "--seed", "4"])
    assert said.exit_code == 0
    lines = said.output.splitlines()
    assert lines[0].split() == ["planted", "found", "honest", "precision", "recall"]
    assert [line.split()[0] for line in lines[1:-1]] == [*BOOK.rules, "cases"]
    assert lines[-1].startswith("300 people looked at in ")
    rules = CliRunner().invoke(safety, ["rules"]).output
    assert {rule.sentence in rules for rule in BOOK.rules.values()} == {True}
