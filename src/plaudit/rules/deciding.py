"""The decision: pure, and the same for the same facts, places and packs."""

from datetime import datetime

from plaudit.rules.limits import AGE_OF_GUARDIANS
from plaudit.rules.model import (
    NOWHERE,
    AgeFact,
    Facts,
    Level,
    Outcome,
    Places,
    Reason,
    RuleAction,
    RuleDecision,
    StoreConsent,
    brought_actions,
)
from plaudit.rules.packs import Pack, Rule, RuleBook, is_part

_WEIGHT = {Outcome.ALLOW: 0, Outcome.ASK: 1, Outcome.REFUSE: 2}


def decide(
    book: RuleBook,
    action: RuleAction,
    person: Facts,
    counterpart: Facts | None,
    places: Places,
    at: datetime,
) -> RuleDecision:
    """Whether somebody may do something, by the rules of each place either of them is in: the strictest answer.

    `counterpart` is whoever receives or sells; None where there is nobody.
    """
    payer = places.giver | ({places.card} if places.card else NOWHERE)
    own = side(book, action, person, payer, at)
    if counterpart is None or action.takes is None:
        return own
    return both(own, side(book, brought_actions()[action.takes], counterpart, places.receiver, at))


def both(own: RuleDecision, other: RuleDecision) -> RuleDecision:
    """The stricter of what is decided of either side; of the same, one's own."""
    if _WEIGHT[other.outcome] <= _WEIGHT[own.outcome]:
        return own
    return RuleDecision(
        outcome=other.outcome,
        action=other.action,
        reason=other.reason,
        side="other",
        country=other.country,
        version=other.version,
        age=other.age,
    )


def goes_on(outcome: Outcome, *, ask_stops: bool) -> bool:
    """Whether something is done. `ask_stops`: what is asked for is waited for (`PLAUDIT_RULES_ASK_STOPS`)."""
    return outcome is Outcome.ALLOW or (outcome is Outcome.ASK and not ask_stops)


def stricter(one: RuleDecision, another: RuleDecision) -> RuleDecision:
    """The stricter of two decisions; of the same, the first."""
    return another if _WEIGHT[another.outcome] > _WEIGHT[one.outcome] else one


def side(book: RuleBook, action: RuleAction, person: Facts, seen: frozenset[str], at: datetime) -> RuleDecision:
    """What is decided of one of them; `seen`: where evidence names them, beside what their platform says."""
    places = seen | person.places
    age = person.age if person.age and person.age.holds(at) else None
    if is_withheld(person, age):
        return RuleDecision(outcome=Outcome.REFUSE, action=action.name, reason=Reason.GUARDIAN_NEEDED)
    if not places:
        return _nowhere(book, action, age, at)
    found = [
        _there(book.pack(place, at), place, action, age, person)
        for place in sorted(places)
        if _rules(book, place, action, at)
    ]
    return max(found, key=lambda one: _WEIGHT[one.outcome])


def is_withheld(person: Facts, age: AgeFact | None) -> bool:
    """Whether somebody's guardian at an app store does not agree. A store looked only: a document that proves somebody
    to be of age is the surer word."""
    of_age = age is not None and age.level is Level.VERIFIED and age.at_least >= AGE_OF_GUARDIANS
    return person.store_consent is StoreConsent.WITHHELD and not of_age


def _rules(book: RuleBook, place: str, action: RuleAction, at: datetime) -> bool:
    """Whether a place has a say in an action: a part of a country only where it has a rule of its own."""
    pack = book.pack(place, at)
    return not is_part(place) or bool(pack and pack.rule(action))


def _nowhere(book: RuleBook, action: RuleAction, age: AgeFact | None, at: datetime) -> RuleDecision:
    """Of somebody who could be anywhere: nothing is allowed, and what no country allows at that age is refused."""
    ages = [rule.age for pack in book.packs(at) if (rule := pack.rule(action)) and rule.allowed]
    if age and age.under is not None and ages and age.under <= min(ages):
        return RuleDecision(outcome=Outcome.REFUSE, action=action.name, reason=Reason.TOO_YOUNG, age=min(ages))
    return RuleDecision(outcome=Outcome.ASK, action=action.name, reason=Reason.COUNTRY_UNKNOWN)


def _there(pack: Pack | None, country: str, action: RuleAction, age: AgeFact | None, person: Facts) -> RuleDecision:
    rule = pack.rule(action) if pack else None
    agreed = action.name in person.consents or person.store_consent is StoreConsent.GIVEN
    outcome, reason = (Outcome.ASK, Reason.NO_RULES) if rule is None else _by_rule(rule, age, agreed=agreed)
    if person.silent_source and reason in {Reason.AGE_UNKNOWN, Reason.AGE_NOT_SURE}:
        reason = Reason.AGE_SOURCE_SILENT
    return RuleDecision(
        outcome=outcome,
        action=action.name,
        reason=reason,
        country=country,
        version=pack.version if pack else None,
        age=rule.age if rule else None,
    )


def _by_rule(rule: Rule, age: AgeFact | None, *, agreed: bool) -> tuple[Outcome, Reason]:
    if not rule.allowed:
        return Outcome.REFUSE, Reason.NOT_ALLOWED
    if age and age.under is not None and age.under <= rule.age:
        if rule.guardian_age is None or age.at_least < rule.guardian_age:
            return Outcome.REFUSE, Reason.TOO_YOUNG
        return (Outcome.ALLOW, Reason.ALLOWED) if agreed else (Outcome.REFUSE, Reason.GUARDIAN_NEEDED)
    if age is None or age.at_least < rule.age:
        return Outcome.ASK, Reason.AGE_UNKNOWN
    if age.level < rule.level:
        return Outcome.ASK, Reason.AGE_NOT_SURE
    return Outcome.ALLOW, Reason.ALLOWED
