"""Asks the rules where something is about to happen, stops what they stop, and keeps what was decided."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.languages.speaking import speaking
from plaudit.ledger.shards import shard_of
from plaudit.problems import Problem
from plaudit.rules.deciding import decide, goes_on
from plaudit.rules.facts import facts_of_one
from plaudit.rules.model import (
    Facts,
    Outcome,
    Places,
    Reason,
    RuleAction,
    RuleDecision,
    RulesAsk,
    RulesRefuse,
)
from plaudit.rules.packs import RuleBook
from plaudit.rules.published import current_book
from plaudit.rules.sentences import explain, voice_of, what_to_do
from plaudit.rules.tally import TALLY
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)
LINK = "/rules"
"""The page that answers for whoever reads it."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided, and by which facts and places."""

    decision: RuleDecision
    facts: Facts
    countries: tuple[str, ...]
    at: datetime
    book: RuleBook


class KeptDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided of an order, a conversion or a payout."""

    reference: UUID
    action: str
    person_id: int
    decided_at: datetime
    outcome: Outcome
    rule: str
    version: int | None
    countries: list[str]
    at_least: int | None
    under: int | None
    level: int | None
    method: str | None
    source: str | None


def stopped_by(decision: RuleDecision, language: str | None, at: datetime, *, ask_stops: bool) -> Problem | None:
    """The problem by which rules stop something, in the language of whoever would do it; None: it goes on. What is not
    simply allowed is counted.

    `ask_stops`: whether what is asked for is waited for (`PLAUDIT_RULES_ASK_STOPS`).
    """
    if decision.outcome is Outcome.ALLOW:
        return None
    stopped = not goes_on(decision.outcome, ask_stops=ask_stops)
    TALLY.count(decision, at, stopped=stopped)
    if not stopped:
        return None
    with speaking(voice_of(language)):
        fields = _fields(decision)
        if decision.outcome is Outcome.REFUSE:
            return RulesRefuse(explain(decision), **fields)
        return RulesAsk(explain(decision), **fields)


def _fields(decision: RuleDecision) -> dict[str, Any]:
    """What a refusal says. Of the other side it names no country, no age, and no rule that would tell of them."""
    if decision.side == "other":
        rule, reason, version = f"XX.{decision.action}.{Reason.OTHER_SIDE}", Reason.OTHER_SIDE, None
    else:
        rule, reason, version = decision.rule, decision.reason, decision.version
    needed = {"age": decision.age} if decision.side == "own" and decision.age else {}
    advice = what_to_do(decision)
    common = {"rule": rule, "action": decision.action, "reason": reason, "side": decision.side, "version": version}
    return {**common, "what_to_do": advice, "link": LINK, **needed}


async def ask(
    connection: Connection, clock: Clock, action: RuleAction, person_id: int, places: Places | None = None
) -> Asked:
    """What the rules say of something that somebody would do alone, now."""
    at, places = clock.now(), places or Places()
    facts = await facts_of_one(connection, person_id, at)
    book = await current_book(connection)
    decision = decide(book, action, facts, None, places, at)
    named = {places.card, *places.giver, *facts.places} - {None}
    countries = tuple(sorted(filter(None, named)))
    return Asked(decision=decision, facts=facts, countries=countries, at=at, book=book)


async def require(
    connection: Connection,
    clock: Clock,
    action: RuleAction,
    person_id: int,
    *,
    ask_stops: bool,
    places: Places | None = None,
) -> Asked:
    """Go on only if the rules let somebody do it, now.

    Raises:
        RulesRefuse, RulesAsk: they do not.
    """
    asked = await ask(connection, clock, action, person_id, places)
    if problem := stopped_by(asked.decision, asked.facts.language, asked.at, ask_stops=ask_stops):
        raise problem
    return asked


async def keep(connection: Connection, asked: Asked, reference: UUID) -> None:
    """Keep what was decided of an order, a conversion or a payout, in its transaction; once."""
    decision, age = asked.decision, asked.facts.age
    shard = await shard_of(connection, asked.facts.person_id)
    await connection.execute(
        SQL["keep_decision"],
        *(shard, reference, decision.action, asked.facts.person_id, asked.at, decision.outcome, decision.rule),
        *(decision.version, list(asked.countries)),
        *((age.at_least, age.under, int(age.level), age.method, age.source) if age else (None,) * 5),
    )


async def kept(connection: Connection, person_id: int, reference: UUID, action: RuleAction) -> KeptDecision | None:
    """What was decided of an order, a conversion or a payout; None: it is of before decisions were kept."""
    shard = await shard_of(connection, person_id)
    return await fetch_one(connection, SQL["find_decision"], KeptDecision, shard, reference, action.name)
