"""Help that answers for whoever asks: what works for them where they are and at their age, what does not, and why."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Protocol, runtime_checkable

import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.money import Money
from plaudit.rules.asking import ask
from plaudit.rules.caps import HeldCap, caps_in
from plaudit.rules.deciding import decide, goes_on
from plaudit.rules.facts import facts_of_one
from plaudit.rules.model import (
    RECEIVE,
    Facts,
    Outcome,
    Places,
    Reason,
    RuleAction,
    RuleDecision,
    brought_actions,
)
from plaudit.rules.packs import Pack, RuleBook, Source
from plaudit.rules.published import current_book
from plaudit.rules.sentences import explain, title_of, what_to_do
from plaudit.settings import Settings


@runtime_checkable
class Evidence(Protocol):
    """Where somebody is, beside what their platform says."""

    async def countries(self, person_id: int | None, network_address: str | None) -> frozenset[str]: ...


class RuleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What holds of one action for somebody, alone: of a gift, whoever receives it has rules of their own."""

    action: Annotated[str, Meta(description="Such as `buy`.", examples=["buy"])]
    title: Annotated[str, Meta(description="What it is called, in the caller's language.")]
    outcome: Outcome
    reason: Reason
    rule: Annotated[str, Meta(description="The rule that says so.", examples=["KR.buy.too_young"])]
    version: Annotated[int | None, Meta(description="Of the country's pack; 0: it came with Plaudit.")]
    why: Annotated[str, Meta(description="Why, in the caller's language.")]
    what_to_do: Annotated[str, Meta(description="What can be done about it; empty: nothing has to be.")]
    since: Annotated[date | None, Meta(description="Since when the pack holds; null: there is none.")]
    sources: Annotated[list[Source], Meta(description="What the rule rests on.")]


class CapAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The most money that one person, with all their accounts, may pay for coins where they are."""

    amount: Money
    hours: Annotated[int, Meta(description="Within any so many hours.")]
    rule: Annotated[str, Meta(description="The rule that says so.", examples=["US.buy.cap_day"])]
    version: Annotated[int | None, Meta(description="Of the country's pack; null: the operator's own cap.")]
    sources: Annotated[list[Source], Meta(description="What the rule rests on; empty: the operator says so.")]


class RulesForMe(msgspec.Struct, frozen=True, kw_only=True):
    """What works for somebody here and now."""

    countries: Annotated[
        list[str], Meta(description="Where they are taken to be, such as US and US-TX; empty: nobody knows.")
    ]
    age_at_least: Annotated[int | None, Meta(description="How old they are known to be at least; null: nobody knows.")]
    asks_stop: Annotated[bool, Meta(description="Whether what is asked for stops them; else it goes on meanwhile.")]
    gifts_reach_me: Annotated[bool, Meta(description="Whether gifts sent to them arrive.")]
    caps: list[CapAnswer]
    items: list[RuleAnswer]


async def rules_for(
    connection: Connection, clock: Clock, person_id: int, seen: frozenset[str], settings: Settings
) -> RulesForMe:
    """All actions, for somebody whom evidence names in these countries; said in the voice that is spoken."""
    at = clock.now()
    book, facts = await current_book(connection), await facts_of_one(connection, person_id, at)
    found = answers(book, facts, seen, at, brought_actions().values(), asks_stop=settings.rules_ask_stops)
    caps = [_cap(one) for one in caps_in(book, found.countries, settings, at)]
    return msgspec.structs.replace(found, caps=caps)


def _cap(cap: HeldCap) -> CapAnswer:
    return CapAnswer(
        amount=cap.amount, hours=cap.hours, rule=cap.decision.rule, version=cap.version, sources=list(cap.sources)
    )


async def why_no_gifts(connection: Connection, clock: Clock, creator_id: int, *, asks_stop: bool) -> str:
    """Why gifts that are sent to a creator do not arrive, and what they can do about it, in the voice that is spoken;
    empty: the rules where they are let them."""
    decision = (await ask(connection, clock, RECEIVE, creator_id)).decision
    if goes_on(decision.outcome, ask_stops=asks_stop):
        return ""
    return f"{explain(decision)} {what_to_do(decision)}".strip()


def answers(
    book: RuleBook,
    facts: Facts,
    seen: frozenset[str],
    at: datetime,
    actions: Iterable[RuleAction],
    *,
    asks_stop: bool,
) -> RulesForMe:
    """The same, of what is known; without caps."""
    places = Places(giver=seen)
    items = [answer_of(book, decide(book, one, facts, None, places, at), at) for one in actions]
    received = decide(book, RECEIVE, facts, None, places, at).outcome
    age = facts.age if facts.age and facts.age.holds(at) else None
    return RulesForMe(
        countries=sorted(seen | facts.places),
        age_at_least=age.at_least if age else None,
        asks_stop=asks_stop,
        gifts_reach_me=goes_on(received, ask_stops=asks_stop),
        caps=[],
        items=items,
    )


def answer_of(book: RuleBook, decision: RuleDecision, at: datetime) -> RuleAnswer:
    """One decision, with what it rests on."""
    action = brought_actions()[decision.action]
    pack = book.pack(decision.country, at) if decision.country else None
    return RuleAnswer(
        action=action.name,
        title=title_of(action),
        outcome=decision.outcome,
        reason=decision.reason,
        rule=decision.rule,
        version=decision.version,
        why=explain(decision),
        what_to_do=what_to_do(decision),
        since=pack.starts_at.date() if pack else None,
        sources=_sources(pack, action),
    )


def _sources(pack: Pack | None, action: RuleAction) -> list[Source]:
    rule = pack.rule(action) if pack else None
    return [pack.sources[name] for name in rule.sources] if pack and rule else []
