"""Where a buyer is: whatever the evidence, hiding the network or naming another country never makes coins cheaper."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plaudit.limits import REGION_EVIDENCE_DAYS
from plaudit.policy.model import ANONYMISING, Evidence, EvidenceSource, NetworkKind, Outcome, Strength
from plaudit.policy.regions import Question, decide, judge, strength, unseen_payers, weigh

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
REGIONS = ["US", "GB", "DE", "ID", "BR", "JP"]
COUNTRIES = [*REGIONS, "NC", "KP"]  # the last two have no prices
PAYMENT = [EvidenceSource.CARD_ISSUER, EvidenceSource.PAYER_ADDRESS]

ages = st.sampled_from([0, 0, 0, 1, REGION_EVIDENCE_DAYS, REGION_EVIDENCE_DAYS + 1]).map(
    lambda days: NOW - timedelta(days=days)
)
countries = st.sampled_from(COUNTRIES) | st.none()
networks = st.builds(
    Evidence,
    source=st.just(EvidenceSource.IP),
    country=countries,
    observed_at=ages,
    network_kind=st.sampled_from(NetworkKind),
)
others = st.builds(
    Evidence,
    source=st.sampled_from([source for source in EvidenceSource if source is not EvidenceSource.IP]),
    country=countries,
    observed_at=ages,
)
anonymising = st.builds(
    Evidence,
    source=st.just(EvidenceSource.IP),
    country=countries,
    observed_at=st.just(NOW),
    network_kind=st.sampled_from(sorted(ANONYMISING)),
)
vouched = st.builds(
    Evidence,
    source=st.sampled_from([*sorted(PAYMENT), EvidenceSource.ACCOUNT]),
    country=countries,
    observed_at=st.just(NOW),
)
questions = st.builds(
    Question,
    evidence=st.lists(networks | others, max_size=5).map(tuple),
    prices=st.lists(st.integers(50, 60), min_size=len(REGIONS), max_size=len(REGIONS)).map(
        lambda units: {region: Fraction(unit, 50) for region, unit in zip(REGIONS, units, strict=True)}
    ),
    default=st.sampled_from(REGIONS),
    now=st.just(NOW),
    requested=st.sampled_from(REGIONS) | st.none(),
    store=st.just(False),
    refused=st.sampled_from([frozenset(), frozenset({"KP"})]),
)


def unit(question: Question) -> Fraction:
    """What a coin costs after the decision."""
    return question.prices[decide(question).region]


def with_evidence(question: Question, *more: Evidence) -> Question:
    return msgspec.structs.replace(question, evidence=(*question.evidence, *more))


@given(questions, anonymising)
def test_an_anonymising_network_never_makes_anything_cheaper(question: Question, network: Evidence) -> None:
    assert unit(with_evidence(question, network)) >= unit(question)


@given(questions, anonymising)
def test_hiding_a_network_never_makes_anything_cheaper(question: Question, network: Evidence) -> None:
    hidden = tuple(
        msgspec.structs.replace(sign, network_kind=network.network_kind) if sign.source == "ip" else sign
        for sign in question.evidence
    )
    assert unit(msgspec.structs.replace(question, evidence=hidden)) >= unit(question)


@settings(max_examples=400)
@given(questions, anonymising)
def test_behind_an_anonymising_network_only_a_card_brings_a_cheaper_price(
    question: Question, network: Evidence
) -> None:
    deciding = {EvidenceSource.STORE_FRONT, *PAYMENT}
    kept = tuple(sign for sign in question.evidence if sign.source not in deciding)
    hidden = with_evidence(msgspec.structs.replace(question, evidence=kept), network)
    assert unit(hidden) >= question.prices[question.default]
    assert unit(hidden) >= question.prices.get(network.country or "", 0)


@given(questions)
def test_without_evidence_nothing_is_cheaper_than_the_default_region(question: Question) -> None:
    for sources in ([], [EvidenceSource.BILLING_ADDRESS]):
        kept = tuple(sign for sign in question.evidence if sign.source in sources)
        bare = msgspec.structs.replace(question, evidence=kept)
        assert unit(bare) >= question.prices[question.default]


@given(questions)
def test_a_network_nothing_is_known_of_never_makes_anything_cheaper_than_the_default(question: Question) -> None:
    unknown = tuple(
        msgspec.structs.replace(sign, network_kind=NetworkKind.UNKNOWN)
        for sign in question.evidence
        if sign.source is EvidenceSource.IP
    )
    assert unit(msgspec.structs.replace(question, evidence=unknown)) >= question.prices[question.default]


@given(questions)
def test_asking_for_a_region_never_makes_anything_cheaper(question: Question) -> None:
    assert unit(question) >= unit(msgspec.structs.replace(question, requested=None))


@given(questions, st.lists(vouched, min_size=2, max_size=3))
def test_where_vouched_countries_disagree_the_dearest_holds(question: Question, more: list[Evidence]) -> None:
    question = with_evidence(question, *more)
    fresh = [sign for sign in question.evidence if strength(sign, NOW) >= Strength.STRONG]
    if any(sign.source is EvidenceSource.STORE_FRONT for sign in fresh):
        return
    for sign in fresh:
        assert unit(question) >= question.prices.get(sign.country or "", question.prices[question.default])


@given(questions, st.randoms(use_true_random=False))
def test_the_order_of_the_evidence_changes_nothing(question: Question, random: object) -> None:
    shuffled = list(question.evidence)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis hands out a random.Random
    again = msgspec.structs.replace(question, evidence=tuple(shuffled))
    assert decide(again) == decide(question) == decide(question)
    strengths = [sign.strength for sign in weigh(again.evidence, NOW)]
    assert strengths == [sign.strength for sign in weigh(question.evidence, NOW)] == sorted(strengths, reverse=True)


@given(questions)
def test_evidence_that_is_too_old_counts_for_nothing(question: Question) -> None:
    oldest = NOW - timedelta(days=REGION_EVIDENCE_DAYS)
    fresh = tuple(sign for sign in question.evidence if sign.observed_at >= oldest)
    assert decide(msgspec.structs.replace(question, evidence=fresh)) == decide(question)


HIDDEN_AT_THE_SAME_PRICE = Question(
    evidence=(Evidence(source=EvidenceSource.IP, country="US", observed_at=NOW, network_kind=NetworkKind.VPN),),
    prices=dict.fromkeys(REGIONS, Fraction(1)),
    default="DE",
    now=NOW,
)


@example(HIDDEN_AT_THE_SAME_PRICE)
@given(questions)
def test_a_decision_is_whole(question: Question) -> None:
    ruling = decide(question)
    assert ruling.region in question.prices
    assert ruling.reasons
    assert ruling.outcome in {Outcome.ALLOW, Outcome.ASK, Outcome.REFUSE}
    assert (ruling.outcome is Outcome.ASK) == (ruling.sought is not None)
    if ruling.sought:
        assert question.prices[ruling.sought] < question.prices[ruling.region]
    named = {sign.country for sign in question.evidence if NOW - sign.observed_at <= timedelta(REGION_EVIDENCE_DAYS)}
    assert (ruling.outcome is Outcome.REFUSE) == bool(named & question.refused)


@given(questions, st.sampled_from(REGIONS))
def test_a_payment_is_never_taken_below_the_price_of_its_card(question: Question, quoted: str) -> None:
    ruling = judge(question, quoted)
    fresh = [sign for sign in question.evidence if strength(sign, NOW) > Strength.NONE]
    cards = [sign.country for sign in fresh if sign.source in PAYMENT]
    store = any(sign.source is EvidenceSource.STORE_FRONT for sign in fresh)
    dearest = max([question.prices.get(card or "", question.prices[question.default]) for card in cards], default=0)
    paid = question.prices[quoted]
    if ruling.outcome is Outcome.CAPTURE and not store:
        assert paid >= dearest
    if ruling.outcome in {Outcome.REPRICE, Outcome.ASK}:
        assert question.prices[ruling.region] > paid
        assert not store
    if ruling.outcome is Outcome.REPRICE:
        assert cards
        assert question.prices[ruling.region] == dearest
    if cards and paid >= dearest and not question.refused:
        assert ruling.outcome is Outcome.CAPTURE


@given(questions, st.sampled_from(REGIONS), anonymising)
def test_a_hidden_network_never_gets_a_payment_taken(question: Question, quoted: str, network: Evidence) -> None:
    before, after = judge(question, quoted), judge(with_evidence(question, network), quoted)
    if after.outcome is Outcome.CAPTURE:
        assert before.outcome is Outcome.CAPTURE


@given(questions)
def test_what_was_just_decided_can_be_paid(question: Question) -> None:
    """A quote that is paid with nothing more to go by is taken at its price, unless nothing is sold there."""
    ruling = decide(question)
    kept = tuple(sign for sign in question.evidence if sign.source is not EvidenceSource.BILLING_ADDRESS)
    verdict = judge(msgspec.structs.replace(question, evidence=kept), ruling.region)
    assert verdict.outcome in {Outcome.CAPTURE, Outcome.REFUSE}


@given(questions, st.sampled_from(REGIONS), networks)
def test_nobody_unseen_pays_less_than_where_they_may_be(question: Question, quoted: str, network: Evidence) -> None:
    """What nobody judges is open only to people whose price is not higher; a network alone opens nothing."""
    prices, payers = question.prices, unseen_payers(question, quoted)
    for country in COUNTRIES:
        region = country if country in prices else question.default
        fits = prices[region] <= prices[quoted] and country not in question.refused
        assert payers.include(country) is fits
    fresh = [sign for sign in question.evidence if NOW - sign.observed_at <= timedelta(days=REGION_EVIDENCE_DAYS)]
    if payers.anybody and not any(sign.source is EvidenceSource.ACCOUNT and sign.country for sign in fresh):
        assert prices[quoted] >= prices[question.default]
    assert payers.anybody or not unseen_payers(with_evidence(question, network), quoted).anybody
