"""Dry run: what a pack would change of what people really did in the last month."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.rules.deciding import decide
from plaudit.rules.facts import facts_of
from plaudit.rules.limits import DRY_RUN_DAYS, DRY_RUN_EXAMPLES_MAX, DRY_RUN_ROWS_MAX
from plaudit.rules.model import (
    GIFT_ROOM,
    GIFT_VIDEO,
    MESSAGE,
    NOWHERE,
    AgeFact,
    Facts,
    Level,
    Outcome,
    Places,
    RuleAction,
    RuleDecision,
    brought_actions,
)
from plaudit.rules.packs import Pack, RuleBook
from plaudit.rules.published import current_book
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """Gifts of one to another."""

    viewer_id: int
    creator_id: int
    on_video: bool
    with_words: bool
    times: int


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """Orders, conversions and payouts of one, by the facts that were known then."""

    action: str
    person_id: int
    countries: list[str]
    at_least: int | None
    under: int | None
    level: int | None
    method: str | None
    source: str | None
    times: int


class DryRunChange(msgspec.Struct, frozen=True, kw_only=True):
    """What would have been decided otherwise."""

    action: str
    outcome_before: Outcome
    rule_before: str
    outcome_after: Outcome
    rule_after: str
    times: Annotated[int, Meta(description="How often it was done.")]
    people: Annotated[int, Meta(description="By how many.")]
    examples: Annotated[list[str], Meta(description="Some of them, by their ids here.")]


class DryRun(msgspec.Struct, frozen=True, kw_only=True):
    """What a pack would have changed."""

    country: str
    since: datetime
    acts: Annotated[int, Meta(description="How many were looked at: those with somebody who is there.")]
    is_whole: Annotated[bool, Meta(description="Whether all were; else there are more than are looked at once.")]
    changes: list[DryRunChange]


class _Act(msgspec.Struct, frozen=True):
    """Something that was done, so and so often, by somebody and to somebody."""

    action: RuleAction
    person: Facts
    other: Facts | None
    places: Places
    times: int


async def try_pack(connection: Connection, clock: Clock, pack: Pack) -> DryRun:
    """What a pack would have changed of gifts, orders, conversions and payouts of DRY_RUN_DAYS, held against the packs
    that hold now. Of gifts by what is known of people today, of the others by what was known then."""
    now = clock.now()
    since = now - timedelta(days=DRY_RUN_DAYS)
    country = pack.country.partition("-")[0]  # of a part, all of its country: who is there is known of people
    given = await fetch_all(connection, SQL["gifts_by_pair"], Given, country, since, DRY_RUN_ROWS_MAX)
    decided = await fetch_all(connection, SQL["decided_by_person"], Decided, country, since, DRY_RUN_ROWS_MAX)
    people = await facts_of(connection, {one for row in given for one in (row.viewer_id, row.creator_id)}, now)
    acts = [*_of_gifts(given, people), *_of_decisions(decided)]
    return DryRun(
        country=pack.country,
        since=since,
        acts=sum(one.times for one in given) + sum(one.times for one in decided),
        is_whole=max(len(given), len(decided)) < DRY_RUN_ROWS_MAX,
        changes=compare(await current_book(connection), pack, acts, now),
    )


def compare(book: RuleBook, pack: Pack, acts: Iterable[_Act], at: datetime) -> list[DryRunChange]:
    """What would be decided otherwise, the most frequent first."""
    tried = book.with_pack(pack)
    found: dict[tuple[str, RuleDecision, RuleDecision], list[_Act]] = {}
    for act in acts:
        before, after = (decide(one, act.action, act.person, act.other, act.places, at) for one in (book, tried))
        if before.outcome is not after.outcome:
            found.setdefault((act.action.name, _bare(before), _bare(after)), []).append(act)
    changes = [_change(name, before, after, same) for (name, before, after), same in found.items()]
    return sorted(changes, key=lambda one: (-one.times, one.action, one.rule_after))


def _bare(decision: RuleDecision) -> RuleDecision:
    """Without its version and age: what is told apart is the rule."""
    return msgspec.structs.replace(decision, version=None, age=None)


def _change(name: str, before: RuleDecision, after: RuleDecision, acts: Sequence[_Act]) -> DryRunChange:
    people = sorted({act.person.person_id for act in acts})
    return DryRunChange(
        action=name,
        outcome_before=before.outcome,
        rule_before=before.rule,
        outcome_after=after.outcome,
        rule_after=after.rule,
        times=sum(act.times for act in acts),
        people=len(people),
        examples=[str(one) for one in people[:DRY_RUN_EXAMPLES_MAX]],
    )


def _of_gifts(rows: Iterable[Given], people: dict[int, Facts]) -> Iterable[_Act]:
    for row in rows:
        giver, receiver = (people.get(one) or Facts(person_id=one) for one in (row.viewer_id, row.creator_id))
        yield _Act(GIFT_VIDEO if row.on_video else GIFT_ROOM, giver, receiver, Places(), row.times)
        if row.with_words:
            yield _Act(MESSAGE, giver, None, Places(), row.times)


def _of_decisions(rows: Iterable[Decided]) -> Iterable[_Act]:
    actions = brought_actions()
    for row in rows:
        if row.action in actions:
            places = Places(giver=frozenset(row.countries) or NOWHERE)
            yield _Act(actions[row.action], Facts(person_id=row.person_id, age=_age(row)), None, places, row.times)


def _age(row: Decided) -> AgeFact | None:
    if row.at_least is None or row.level is None or row.method is None or row.source is None:
        return None
    return AgeFact(at_least=row.at_least, under=row.under, level=Level(row.level), method=row.method, source=row.source)
