"""What rules say to a person, in their language; and what can be done about it."""

from plaudit.languages.choosing import choose
from plaudit.languages.model import Voice
from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import later
from plaudit.policy.sentences import region_name
from plaudit.rules.model import Reason, RuleAction, RuleDecision, brought_actions

_WHY = {
    Reason.ALLOWED: later("%(action)s: allowed in %(country)s from the age of %(age)s."),
    Reason.NOT_ALLOWED: later("%(action)s: not allowed in %(country)s."),
    Reason.TOO_YOUNG: later("%(action)s: allowed in %(country)s from the age of %(age)s only."),
    Reason.GUARDIAN_NEEDED: later(
        "%(action)s: allowed in %(country)s from the age of %(age)s, and before that only when a guardian agrees."
    ),
    Reason.AGE_UNKNOWN: later(
        "%(action)s: allowed in %(country)s from the age of %(age)s only, and we do not know how old you are."
    ),
    Reason.AGE_NOT_SURE: later(
        "%(action)s: allowed in %(country)s from the age of %(age)s only, and your age is not proved well enough."
    ),
    Reason.AGE_SOURCE_SILENT: later(
        "%(action)s: allowed in %(country)s from the age of %(age)s only, and who could tell us how old you are, "
        "such as your app store, does not answer."
    ),
    Reason.COUNTRY_UNKNOWN: later("%(action)s: we do not know in which country you are."),
    Reason.NO_RULES: later("%(action)s: nobody has said yet what holds in %(country)s."),
}
_YOUNG_ANYWHERE = later("%(action)s: allowed from the age of %(age)s only.")
_STORE_WITHHOLDS = later("%(action)s: whoever answers for you in your app store has not agreed, or agrees no more.")
_OTHER = later(
    "This cannot reach the other person: the rules where they are do not let it. Your coins were not touched."
)
_ASK_IN_STORE = later("Ask your guardian to agree in the app store, then open the app again.")
_WHAT_TO_DO = {
    Reason.NOT_ALLOWED: later("You can do nothing about it here; everything else works as before."),
    Reason.TOO_YOUNG: later("It works once you are old enough. If your age is wrong, tell your platform."),
    Reason.GUARDIAN_NEEDED: later("Ask your guardian to agree to it; you are linked on the page “Guardians”."),
    Reason.AGE_UNKNOWN: later("Tell your platform how old you are; it tells us no more than that."),
    Reason.AGE_NOT_SURE: later("Prove your age to your platform; it tells us no more than that."),
    Reason.AGE_SOURCE_SILENT: later("Try again in a while. What was allowed before stays until its proof ends."),
    Reason.COUNTRY_UNKNOWN: later("Tell your platform in which country you live."),
    Reason.NO_RULES: later("Ask those who run your platform."),
}


def voice_of(language: str | None) -> Voice:
    """That of somebody who reads a language."""
    chosen = choose([language])
    return Voice(chosen, chosen.locale)


def title_of(action: RuleAction) -> str:
    """What an action is called."""
    return _(action.title)


def explain(decision: RuleDecision) -> str:
    """Why, in a sentence. Of the other side it does not say how old they are, or where."""
    if decision.side == "other":
        return _(_OTHER)
    why = _WHY[decision.reason]
    if decision.reason is Reason.TOO_YOUNG and decision.country is None:
        why = _YOUNG_ANYWHERE
    if _is_of_store(decision):
        why = _STORE_WITHHOLDS
    return _(
        why,
        action=title_of(brought_actions()[decision.action]),
        country=region_name(decision.country or ""),
        age=str(decision.age or ""),
    )


def what_to_do(decision: RuleDecision) -> str:
    """What can be done about it; empty: nothing has to be, or not by them."""
    if decision.side == "other":
        return ""
    advice = _ASK_IN_STORE if _is_of_store(decision) else _WHAT_TO_DO.get(decision.reason)
    return _(advice) if advice else ""


def _is_of_store(decision: RuleDecision) -> bool:
    """Whether a guardian at an app store does not agree, which is of no country."""
    return decision.reason is Reason.GUARDIAN_NEEDED and decision.country is None
