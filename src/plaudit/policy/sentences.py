"""Decisions about regions in a sentence for the buyer, in the language that is spoken: which prices, why, and what
would change it."""

from plaudit.languages.formats import territory_name
from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import later, voice
from plaudit.policy.model import Basis, Outcome, Reason, RegionDecision

_WITH_ARTICLE = frozenset({"AE", "BS", "CD", "CF", "CG", "DO", "GB", "GM", "KM", "MV", "NL", "PH", "US"})

_BECAUSE = {
    Basis.STORE_FRONT: later("Prices for %(region)s, because that is where your app store sells."),
    Basis.CARD: later("Prices for %(region)s, because the card you paid with is from there."),
    Basis.IDENTITY: later("Prices for %(region)s, because your platform says you are there."),
    Basis.NETWORK: later("Prices for %(region)s, because you are connected there."),
    Basis.REQUESTED: later("Prices for %(region)s, which you chose."),
    Basis.DEFAULT: later("Prices for %(region)s, because nobody told us where you are."),
    Basis.BILLING: later("Prices for %(region)s, because your billing address is there."),
}
_HIDDEN = later("Prices for %(region)s, because your connection hides where it comes from.")
_NOT_SURE = later("Prices for %(region)s, because we are not sure where you are.")
_NONE_THERE = later("Prices for %(region)s, because there are none for your country yet.")


def region_name(code: str) -> str:
    """The name of a region inside a sentence: Germany, the United States; of a part: the United States (Texas)."""
    name = territory_name(code)
    return f"the {name}" if code.partition("-")[0] in _WITH_ARTICLE and voice().language.code == "en" else name


def explain(decision: RegionDecision) -> str:
    """What a buyer is told."""
    if decision.outcome is Outcome.REFUSE:
        return _refused(decision)
    return _of_payment(decision) if decision.kind == "payment" else _of_quote(decision)


def _refused(decision: RegionDecision) -> str:
    if decision.kind == "payment":
        return _("Coins are not sold in your country. Nothing was taken.")
    return _("Coins are not sold in your country.")


def _of_quote(decision: RegionDecision) -> str:
    because = _BECAUSE[decision.basis]
    if Reason.ANONYMISING_NETWORK in decision.reasons:
        because = _HIDDEN
    elif Reason.NETWORK_NOT_PROVED in decision.reasons:
        because = _NOT_SURE
    elif Reason.NO_PRICES_THERE in decision.reasons:
        because = _NONE_THERE
    sentence = _(because, region=region_name(decision.region))
    if decision.sought_region is None:
        return sentence
    card = _(
        "Pay once with a card issued in %(region)s, and the prices of %(region)s are yours.",
        region=region_name(decision.sought_region),
    )
    return f"{sentence} {card}"


def _of_payment(decision: RegionDecision) -> str:
    right, quoted = region_name(decision.region), region_name(decision.quoted_region or decision.region)
    if decision.outcome is Outcome.CAPTURE:
        return _("The price of %(region)s is yours.", region=quoted)
    if decision.outcome is Outcome.REPRICE:
        return _(
            "Your card was issued in %(right)s, where coins cost more than in %(quoted)s. Nothing was taken: "
            "buy at the price of %(right)s, or pay with a card issued in %(quoted)s.",
            right=right,
            quoted=quoted,
        )
    return _(
        "We could not tell that you are in %(quoted)s. Nothing was taken: "
        "pay with a card issued in %(quoted)s, or buy at the price of %(right)s.",
        right=right,
        quoted=quoted,
    )
