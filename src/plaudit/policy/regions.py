"""The rule that says where a buyer is: pure, versioned, and the same for the same evidence.

A region's prices need a sign that counts. Of several signs that disagree the dearest region's prices hold, so that no
sign anybody can add, and no network that hides them, makes anything cheaper. Signs in the order of their weight:

1. the store front: it is where the sale happens, and nothing else is asked;
2. the card's issuer or the payer's account, with the account's country: the dearer of them. The network is not asked;
3. the account's country, with the network's: the dearer of them, and with a network that hides where it comes from
   the default region too;
4. the network's country, if the network is plain or a privacy relay. One of which nothing is known gives the default
   region; one that hides where it comes from, the dearer of its country and the default region;
5. the default region.

A country without prices stands for the default region. A region that is asked for holds only where 1 to 3 say nothing,
and only when it is not cheaper.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction

import msgspec

from plaudit.limits import REGION_EVIDENCE_DAYS
from plaudit.policy.model import (
    ANONYMISING,
    Basis,
    Evidence,
    EvidenceSource,
    NetworkKind,
    Outcome,
    Reason,
    Ruling,
    Strength,
    UnseenPayers,
    WeighedEvidence,
)

RULE_VERSION = 1

_STRENGTHS = {
    EvidenceSource.STORE_FRONT: Strength.DECISIVE,
    EvidenceSource.CARD_ISSUER: Strength.STRONG,
    EvidenceSource.PAYER_ADDRESS: Strength.STRONG,
    EvidenceSource.ACCOUNT: Strength.STRONG,
    EvidenceSource.BILLING_ADDRESS: Strength.WEAK,
}
_PAYMENT = frozenset({EvidenceSource.CARD_ISSUER, EvidenceSource.PAYER_ADDRESS})
_COUNTRY_USABLE = frozenset({NetworkKind.PLAIN, NetworkKind.RELAY})


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a region is decided from."""

    evidence: tuple[Evidence, ...]
    prices: Mapping[str, Fraction]
    """What a coin costs in each region with prices, in one unit. It holds the default region."""
    default: str
    now: datetime
    requested: str | None = None
    """A region with prices that the buyer asked for."""
    store: bool = False
    """The price is one of an app store, which sells at that of its own store front whatever is shown here."""
    refused: frozenset[str] = frozenset()
    """Countries nothing is sold to."""


def strength(sign: Evidence, now: datetime) -> Strength:
    """What a sign weighs. One older than REGION_EVIDENCE_DAYS weighs nothing."""
    if sign.country is None or now - sign.observed_at > timedelta(days=REGION_EVIDENCE_DAYS):
        return Strength.NONE
    if sign.source is not EvidenceSource.IP:
        return _STRENGTHS[sign.source]
    if sign.network_kind in _COUNTRY_USABLE:
        return Strength.FAIR
    return Strength.NONE if sign.network_kind in ANONYMISING else Strength.WEAK


def weigh(evidence: Iterable[Evidence], now: datetime) -> list[WeighedEvidence]:
    """Signs with their weight, the heaviest first."""
    weighed = [
        WeighedEvidence(
            source=sign.source,
            country=sign.country,
            observed_at=sign.observed_at,
            detail=sign.detail,
            network_kind=sign.network_kind,
            strength=strength(sign, now),
        )
        for sign in evidence
    ]
    return sorted(weighed, key=lambda sign: (-sign.strength, sign.source, sign.country or ""))


def countries_named(evidence: Iterable[Evidence], now: datetime) -> frozenset[str]:
    """Every country that a sign of some weight names: for what may be done in one country and not in another."""
    return frozenset(sign.country for sign in evidence if sign.country and strength(sign, now) > Strength.NONE)


class _Signs:
    """The countries each kind of sign names, and how regions compare."""

    def __init__(self, question: Question) -> None:
        self.question = question
        fresh = [
            sign
            for sign in question.evidence
            if question.now - sign.observed_at <= timedelta(days=REGION_EVIDENCE_DAYS)
        ]
        self._named = [(sign.source, sign.country) for sign in fresh if sign.country]
        networks = [sign for sign in fresh if sign.source is EvidenceSource.IP]
        self.anonymised = any(sign.network_kind in ANONYMISING for sign in networks)
        self.unproved = any(sign.network_kind not in ANONYMISING | _COUNTRY_USABLE for sign in networks)
        self.usable = {sign.country for sign in networks if sign.country and sign.network_kind in _COUNTRY_USABLE}

    def countries(self, *sources: EvidenceSource) -> set[str]:
        return {country for source, country in self._named if source in sources}

    def region(self, country: str) -> str:
        return country if country in self.question.prices else self.question.default

    def regions(self, countries: Collection[str]) -> set[str]:
        return {self.region(country) for country in countries}

    def dearest(self, regions: Collection[str]) -> str:
        return max(regions, key=lambda region: (self.question.prices[region], region))

    def refused(self) -> bool:
        named = {country for _, country in self._named} | {self.question.requested}
        return not named.isdisjoint(self.question.refused)


def decide(question: Question) -> Ruling:
    """Whose prices a buyer is shown."""
    signs = _Signs(question)
    ruling = _by_store(signs) or _by_card(signs) or _by_account(signs) or _by_network(signs)
    ruling = _with_request(signs, ruling)
    if signs.refused():
        return msgspec.structs.replace(ruling, outcome=Outcome.REFUSE, reasons=(Reason.COUNTRY_REFUSED,), sought=None)
    return ruling


def _by_store(signs: _Signs) -> Ruling | None:
    requested = signs.question.requested if signs.question.store else None
    found = signs.regions(signs.countries(EvidenceSource.STORE_FRONT)) or ({requested} if requested else set())
    if not found:
        return None
    return Ruling(
        outcome=Outcome.ALLOW,
        region=signs.dearest(found),
        basis=Basis.STORE_FRONT,
        reasons=(Reason.STORE_DECIDES,),
    )


def _by_card(signs: _Signs) -> Ruling | None:
    cards, accounts = signs.countries(*_PAYMENT), signs.regions(signs.countries(EvidenceSource.ACCOUNT))
    if not cards:
        return None
    prices, right = signs.question.prices, signs.dearest(signs.regions(cards))
    dearest = signs.dearest(accounts | {right})
    if prices[dearest] > prices[right]:
        reasons = (Reason.ACCOUNT_COUNTRY, Reason.COUNTRIES_DIFFER)
        return Ruling(outcome=Outcome.ALLOW, region=dearest, basis=Basis.IDENTITY, reasons=reasons)
    cheaper = {region for region in accounts if prices[region] < prices[right]}
    missing = (Reason.NO_PRICES_THERE,) if any(country not in prices for country in cards) else ()
    return Ruling(
        outcome=Outcome.ASK if cheaper else Outcome.ALLOW,
        region=right,
        basis=Basis.CARD,
        reasons=(Reason.CARD_COUNTRY, *missing, *((Reason.COUNTRIES_DIFFER,) if cheaper else ())),
        sought=signs.dearest(cheaper) if cheaper else None,
    )


def _by_account(signs: _Signs) -> Ruling | None:
    accounts = signs.countries(EvidenceSource.ACCOUNT)
    if not accounts:
        return None
    others = signs.regions(signs.countries(EvidenceSource.IP))
    if signs.anonymised:
        others.add(signs.question.default)
    prices, theirs = signs.question.prices, signs.dearest(signs.regions(accounts))
    dearest = signs.dearest(others | {theirs})
    missing = (Reason.NO_PRICES_THERE,) if any(country not in prices for country in accounts) else ()
    if prices[dearest] == prices[theirs]:
        reasons = (Reason.ACCOUNT_COUNTRY, *missing)
        return Ruling(outcome=Outcome.ALLOW, region=theirs, basis=Basis.IDENTITY, reasons=reasons)
    named = dearest in signs.regions(signs.countries(EvidenceSource.IP))
    return Ruling(
        outcome=Outcome.ASK,
        region=dearest,
        basis=Basis.NETWORK if named else Basis.DEFAULT,
        reasons=(Reason.ANONYMISING_NETWORK if signs.anonymised else Reason.COUNTRIES_DIFFER, *missing),
        sought=theirs,
    )


def _by_network(signs: _Signs) -> Ruling:
    default = signs.question.default
    if signs.usable and not (signs.anonymised or signs.unproved):
        missing = (Reason.NO_PRICES_THERE,) if signs.usable - signs.question.prices.keys() else ()
        return Ruling(
            outcome=Outcome.ALLOW,
            region=signs.dearest(signs.regions(signs.usable)),
            basis=Basis.NETWORK,
            reasons=(Reason.NETWORK_COUNTRY, *missing),
        )
    others = signs.regions(signs.countries(EvidenceSource.IP) if signs.anonymised else signs.usable)
    prices, dearest = signs.question.prices, signs.dearest({default} | others)
    is_dearer = prices[dearest] > prices[default]
    reasons = [Reason.NOTHING_KNOWN]
    if signs.anonymised:
        reasons = [Reason.ANONYMISING_NETWORK]
    elif signs.countries(EvidenceSource.IP):
        reasons = [Reason.NETWORK_NOT_PROVED]
    return Ruling(
        outcome=Outcome.ASK if is_dearer else Outcome.ALLOW,
        region=dearest if is_dearer else default,
        basis=Basis.NETWORK if is_dearer else Basis.DEFAULT,
        reasons=tuple(reasons),
        sought=default if is_dearer else None,
    )


def _with_request(signs: _Signs, ruling: Ruling) -> Ruling:
    """What is asked for, where nobody vouches for another region and it is not cheaper."""
    question, prices = signs.question, signs.question.prices
    requested = question.requested
    if requested is None or ruling.basis is Basis.STORE_FRONT:
        return ruling
    chosen = Ruling(outcome=Outcome.ALLOW, region=requested, basis=Basis.REQUESTED, reasons=(Reason.CHOSEN,))
    if requested == ruling.region:
        return chosen if Reason.NOTHING_KNOWN in ruling.reasons else ruling
    vouched = signs.countries(*_PAYMENT, EvidenceSource.ACCOUNT) & prices.keys()
    if prices[requested] < prices[ruling.region]:
        reasons = (*ruling.reasons, Reason.CHEAPER_NEEDS_EVIDENCE)
        sought = ruling.sought or (None if vouched else requested)
        outcome = ruling.outcome if vouched else Outcome.ASK
        return msgspec.structs.replace(ruling, outcome=outcome, reasons=reasons, sought=sought)
    return ruling if vouched else chosen


def unseen_payers(question: Question, quoted: str) -> UnseenPayers:
    """Who may pay the price of a region in a way that is not judged before the money is taken.

    Nothing shows afterwards that a network spoke the truth, so that without an account's country the buyer's own price
    is the default region's, or a dearer one that the network names.
    """
    signs, prices = _Signs(question), question.prices
    own = signs.regions(signs.countries(EvidenceSource.ACCOUNT)) or {question.default}
    others = signs.regions(signs.countries(EvidenceSource.IP)) | ({question.default} if signs.anonymised else set())
    fits = {region: unit <= prices[quoted] and region not in question.refused for region, unit in prices.items()}
    return UnseenPayers(
        anybody=all(prices[region] <= prices[quoted] for region in own | others),
        regions=fits | dict.fromkeys(question.refused, False),
        elsewhere=prices[question.default] <= prices[quoted],
    )


def judge(question: Question, quoted: str) -> Ruling:
    """Whether a payment that is authorised may be taken at the price of the region that was quoted.

    It may when the card's country supports the region, or when the region is not cheaper than the card's. Where the
    payment does not say, what was known for the quote must still support it.
    """
    signs = _Signs(question)
    if signs.refused():
        base = decide(question)
        return msgspec.structs.replace(base, outcome=Outcome.REFUSE)
    if (store := _by_store(signs)) is not None:
        return msgspec.structs.replace(store, outcome=Outcome.CAPTURE)
    cards = signs.countries(*_PAYMENT)
    return _judge_card(signs, cards, quoted) if cards else _judge_without_card(signs, quoted)


def _judge_card(signs: _Signs, cards: set[str], quoted: str) -> Ruling:
    prices, right = signs.question.prices, signs.dearest(signs.regions(cards))
    if quoted == right:
        outcome, reason = Outcome.CAPTURE, Reason.CARD_SUPPORTS_PRICE
    elif prices[quoted] >= prices[right]:
        outcome, reason = Outcome.CAPTURE, Reason.PRICE_NOT_CHEAPER
    else:
        outcome, reason = Outcome.REPRICE, Reason.CARD_COSTS_MORE
    sought = quoted if outcome is Outcome.REPRICE else None
    return Ruling(outcome=outcome, region=right, basis=Basis.CARD, reasons=(reason,), sought=sought)


def _judge_without_card(signs: _Signs, quoted: str) -> Ruling:
    prices = signs.question.prices
    base = decide(msgspec.structs.replace(signs.question, requested=None, store=False))
    billed = signs.regions(signs.countries(EvidenceSource.BILLING_ADDRESS))
    right = signs.dearest(billed | {base.region})
    if prices[quoted] >= prices[right]:
        more = () if quoted == right else (Reason.PRICE_NOT_CHEAPER,)
        return msgspec.structs.replace(base, outcome=Outcome.CAPTURE, reasons=(Reason.CARD_UNKNOWN, *more), sought=None)
    by_billing = prices[right] > prices[base.region]
    return Ruling(
        outcome=Outcome.ASK,
        region=right,
        basis=Basis.BILLING if by_billing else base.basis,
        reasons=(Reason.CARD_UNKNOWN, *((Reason.BILLING_COUNTRY,) if by_billing else base.reasons)),
        sought=quoted,
    )
