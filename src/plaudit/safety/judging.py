"""What the rules find in a picture: pure, so that a simulated world and the books are judged by the same lines."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from statistics import median_low
from typing import Protocol

import msgspec

from plaudit.instruments.model import InstrumentKind
from plaudit.languages.formats import format_number
from plaudit.safety.limits import EVIDENCE_MAX, RING_PEOPLE_MAX, RINGS_TOLD_MAX, SCORE_MAX, WINDOW_DAYS
from plaudit.safety.picture import Flow, Picture, SeenOrder, Shared
from plaudit.safety.rulebook import Rule, RuleBook


class Evidence(msgspec.Struct, frozen=True):
    """A row a finding rests on: what it is, its key, and a line about it."""

    kind: str
    key: str
    words: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says of somebody. `subject` tells it from others of the same rule; `others`: who else is in it."""

    rule: str
    version: int
    person_id: int
    subject: str
    score: int
    sentence: str
    evidence: tuple[Evidence, ...]
    others: tuple[int, ...] = ()


def judge(picture: Picture, book: RuleBook) -> list[Finding]:
    """All that the rules find, in their order."""
    return [found for name, rule in book.rules.items() for found in RULES[name](picture, rule)]


class Scored(Protocol):
    """What has a rule and a score."""

    @property
    def rule(self) -> str: ...

    @property
    def score(self) -> int: ...


def score(findings: Sequence[Scored]) -> int:
    """What they come to together, SCORE_MAX at most: of each rule the highest."""
    best: dict[str, int] = {}
    for one in findings:
        best[one.rule] = max(one.score, best.get(one.rule, 0))
    return min(sum(best.values()), SCORE_MAX)


def _found(
    picture: Picture,
    rule: Rule,
    subject: str,
    evidence: Sequence[Evidence],
    others: Sequence[int] = (),
    **figures: int | str,
) -> Finding:
    told = {name: value if isinstance(value, str) else format_number(value) for name, value in figures.items()}
    return Finding(
        rule=rule.name,
        version=rule.version,
        person_id=picture.person_id,
        subject=subject,
        score=rule.score,
        sentence=rule.sentence.format(**told),
        evidence=tuple(evidence[:EVIDENCE_MAX]),
        others=tuple(sorted(set(others) - {picture.person_id})),
    )


def _way(flow: Flow) -> Evidence:
    words = (
        f"{format_number(flow.coins)} coins in {format_number(flow.gifts)} gifts, {flow.giver_id} to {flow.receiver_id}"
    )
    return Evidence("gifts", f"{flow.giver_id}:{flow.receiver_id}", words)


def _instrument(one: Shared) -> Evidence:
    return Evidence(
        "instrument", f"{one.kind}:{one.name}", f"{one.kind.capitalize()} {one.name} of {len(one.people)} people"
    )


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 0


def _rings(picture: Picture, rule: Rule) -> Iterator[Finding]:
    ways: dict[int, list[Flow]] = {}
    for flow in picture.near:
        if flow.coins >= rule["ring_coins"]:
            ways.setdefault(flow.giver_id, []).append(flow)
    told: set[tuple[int, ...]] = set()
    for ring in _circles(ways, picture.person_id, []):
        coins = [flow.coins for flow in ring]
        people = tuple(sorted(flow.giver_id for flow in ring))
        if _percent(min(coins), max(coins)) < rule["kept_percent"] or people in told:
            continue
        told.add(people)
        yield _found(
            picture,
            rule,
            ",".join(map(str, people)),
            [_way(flow) for flow in ring],
            people,
            people=len(people),
            coins=sum(coins),
            days=WINDOW_DAYS,
        )
        if len(told) == RINGS_TOLD_MAX:
            return


def _circles(ways: dict[int, list[Flow]], start: int, path: list[Flow]) -> Iterator[list[Flow]]:
    """Ways from somebody back to them, over nobody twice, RING_PEOPLE_MAX at most."""
    been = {start, *(flow.receiver_id for flow in path)}
    for flow in ways.get(path[-1].receiver_id if path else start, ()):
        if flow.receiver_id == start and path:
            yield [*path, flow]
        elif flow.receiver_id not in been and len(path) + 1 < RING_PEOPLE_MAX:
            yield from _circles(ways, start, [*path, flow])


def _shared_instrument(picture: Picture, rule: Rule) -> Iterator[Finding]:
    for flow in picture.given:
        shared = [
            one
            for one in picture.shared
            if {flow.giver_id, flow.receiver_id} <= one.people and len(one.people) <= rule["crowd_people"]
        ]
        # An address alone is a house with many doors.
        if all(one.kind is InstrumentKind.ADDRESS for one in shared):
            continue
        percent = _percent(flow.coins, picture.income_of.get(flow.receiver_id, 0))
        if flow.coins >= rule["shared_coins"] and percent >= rule["shared_percent"]:
            yield _found(
                picture,
                rule,
                str(flow.receiver_id),
                [_way(flow), *map(_instrument, shared)],
                [flow.receiver_id],
                instruments=" and ".join(sorted({f"a {one.kind}" for one in shared})),
                coins=flow.coins,
                percent=percent,
            )


def _through_others(picture: Picture, rule: Rule) -> Iterator[Finding]:
    income = picture.income_of.get(picture.person_id, 0)
    for one in picture.shared:
        if one.kind is InstrumentKind.ADDRESS or len(one.people) > rule["crowd_people"]:
            continue
        theirs = [flow for flow in picture.received if flow.giver_id in one.people]
        coins = sum(flow.coins for flow in theirs)
        percent = _percent(coins, income)
        if len(theirs) >= rule["people_min"] and coins >= rule["through_coins"] and percent >= rule["through_percent"]:
            yield _found(
                picture,
                rule,
                f"{one.kind}:{one.name}",
                [_instrument(one), *map(_way, theirs)],
                [flow.giver_id for flow in theirs],
                people=len(theirs),
                coins=coins,
                percent=percent,
            )


def _new_account(picture: Picture, rule: Rule) -> Iterator[Finding]:
    age = picture.at - picture.created_at
    if age > timedelta(days=rule["age_days"]):
        return
    for flow in picture.given:
        givers = picture.givers_of.get(flow.receiver_id, 0)
        if flow.coins >= rule["new_account_coins"] and givers <= rule["givers_max"]:
            yield _found(
                picture,
                rule,
                str(flow.receiver_id),
                [_way(flow)],
                [flow.receiver_id],
                age=age.days,
                coins=flow.coins,
                givers=givers,
            )


def _card_testing(picture: Picture, rule: Rule) -> Iterator[Finding]:
    small = sorted(
        (one for one in picture.orders if one.coins <= rule["small_coins"]), key=lambda one: (one.at, one.id)
    )
    for first in small:
        until = first.at + timedelta(hours=rule["hours"])
        within = [one for one in small if first.at <= one.at < until]
        declined = sum(one.is_declined for one in within)
        if len(within) >= rule["testing_small_orders"] and _percent(declined, len(within)) >= rule["declined_percent"]:
            evidence = [_order(one) for one in within]
            yield _found(picture, rule, first.at.date().isoformat(), evidence, small=len(within), failed=declined)
            return


def _order(one: SeenOrder) -> Evidence:
    end = ", declined" if one.is_declined else ""
    return Evidence("order", str(one.id), f"{format_number(one.coins)} coins, {one.at:%Y-%m-%d %H:%M} UTC{end}")


def _refund_after_shout_out(picture: Picture, rule: Rule) -> Iterator[Finding]:
    since = picture.at - timedelta(days=rule["days"])
    taken = [one for one in picture.reversals if one.thanked_coins and one.at >= since and one.kind != "withdrawal"]
    coins = sum(one.thanked_coins for one in taken)
    if coins >= rule["taken_back_coins"]:
        evidence = [
            Evidence(
                "reversal", str(one.id), f"{one.kind}, {format_number(one.thanked_coins)} coins that were thanked for"
            )
            for one in taken
        ]
        yield _found(picture, rule, "all", evidence, reversals=len(taken), coins=coins)


def _velocity(picture: Picture, rule: Rule) -> Iterator[Finding]:
    if picture.at - picture.created_at <= timedelta(days=rule["age_days"]):
        return
    for one in picture.days:
        # On days without a gift nothing was given: they are usual, too.
        others = [day.coins for day in picture.days if day.day != one.day]
        usual = median_low(others) if others else 0
        percent = _percent(one.most_coins, picture.income_of.get(one.most_to, 0))
        if (
            one.coins >= rule["velocity_day_coins"]
            and one.coins >= rule["times"] * max(usual, 1)
            and _percent(one.most_coins, one.coins) >= rule["to_one_percent"]
            and percent >= rule["income_percent"]
        ):
            words = f"{format_number(one.coins)} coins on {one.day}, {format_number(one.most_coins)} to {one.most_to}"
            yield _found(
                picture,
                rule,
                f"{one.day}",
                [Evidence("gifts", f"{picture.person_id}:{one.most_to}", words)],
                [one.most_to],
                coins=one.coins,
                times=one.coins // max(usual, 1),
                percent=percent,
            )


RULES: dict[str, Callable[[Picture, Rule], Iterator[Finding]]] = {
    "rings": _rings,
    "shared_instrument": _shared_instrument,
    "through_others": _through_others,
    "new_account": _new_account,
    "card_testing": _card_testing,
    "refund_after_shout_out": _refund_after_shout_out,
    "velocity": _velocity,
}
"""What each rule of `rules.toml` looks for."""
