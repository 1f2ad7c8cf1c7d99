"""The decision about who may do what where: walked over all packs that came with Plaudit, ages and places."""

from datetime import UTC, datetime, timedelta
from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.rules.deciding import decide
from plaudit.rules.facts import surest
from plaudit.rules.model import (
    ACTIONS,
    GIFT_ROOM,
    OPEN_BOX,
    AgeFact,
    Facts,
    Level,
    Outcome,
    Places,
    Reason,
    RuleAction,
    StoreConsent,
    brought_actions,
)
from plaudit.rules.packs import RuleBook, shipped_packs

NOW = datetime(2026, 12, 15, tzinfo=UTC)
COUNTRIES = ("US", "GB", "DE", "FR", "NL", "BE", "JP", "KR", "CN", "BR", "ID", "IN", "TR")
NAMES = ("buy", "gift_room", "gift_video", "message", "receive", "convert", "cash_out", "play_match", "open_box",
    "unlock", "sell_content", "subscribe")  # fmt: skip
AGES = (None, 0, 12, 13, 14, 15, 16, 17, 18, 19, 20, 40)
PAID = frozenset({"buy", "open_box", "subscribe", "unlock"})
NOBODY_MAY = {("NL", "open_box"), ("BE", "open_box"), ("IN", "open_box")}
BETTER_PROOF = {("CN", name): Level.VERIFIED for name in ("buy", "gift_room", "gift_video", "receive", "cash_out",
    "open_box", "subscribe")} | {("BR", "open_box"): Level.CHECKED}  # fmt: skip
INFERRED = {("GB", name) for name in ("buy", "gift_room", "gift_video", "message", "unlock", "subscribe")}
"""Where a credit card is enough."""
PAID_ALONE = ("buy", "unlock", "subscribe")
WITH_GUARDIAN = {
    (country, name): age
    for country, age in {"US": 13, "GB": 13, "DE": 16, "FR": 15, "NL": 16, "JP": 16, "KR": 14, "BR": 16}.items()
    for name in PAID_ALONE
} | {("KR", "gift_room"): 14, ("KR", "gift_video"): 14}
"""From which age on somebody may where a guardian agrees."""
BOOK = RuleBook(shipped_packs())
ALONE = {name: msgspec.structs.replace(action, takes=None) for name, action in brought_actions().items()}


def aged(years: int | None, level: Level = Level.CLAIMED, until: datetime | None = None) -> AgeFact | None:
    if years is None:
        return None
    return AgeFact(at_least=years, under=years + 1, level=level, method="platform", source="x", until=until)


def person(country: str | None, years: int | None, level: Level = Level.CLAIMED) -> Facts:
    return Facts(person_id=1, country=country, age=aged(years, level))


GUARDIANS = (None, "agrees", "agrees to something else", "agrees in a store", "withholds in a store")


def guarded(facts: Facts, name: str, guardian: str | None) -> Facts:
    if guardian == "agrees":
        return msgspec.structs.replace(facts, consents=frozenset({name}))
    if guardian == "agrees to something else":
        return msgspec.structs.replace(facts, consents=frozenset(NAMES) - {name})
    says = {"agrees in a store": StoreConsent.GIVEN, "withholds in a store": StoreConsent.WITHHELD}.get(guardian or "")
    return msgspec.structs.replace(facts, store_consent=says)


def asked(
    country: str | None,
    years: int | None,
    name: str,
    level: Level = Level.CLAIMED,
    guardian: str | None = None,
) -> tuple[Outcome, Reason]:
    facts = guarded(person(country, years, level), name, guardian)
    found = decide(BOOK, ALONE[name], facts, None, Places(), NOW)
    return found.outcome, found.reason


def expected(
    country: str, name: str, years: int | None, level: Level, guardian: str | None = None
) -> tuple[Outcome, Reason]:
    proved = years is not None and years >= 18 and level is Level.VERIFIED
    if guardian == "withholds in a store" and not proved:
        return Outcome.REFUSE, Reason.GUARDIAN_NEEDED
    if (country, name) in NOBODY_MAY:
        return Outcome.REFUSE, Reason.NOT_ALLOWED
    if years is None:
        return Outcome.ASK, Reason.AGE_UNKNOWN
    if years < (19 if country == "KR" else 18):
        return of_minor(WITH_GUARDIAN.get((country, name), 99), years, guardian)
    needed = Level.INFERRED if (country, name) in INFERRED else BETTER_PROOF.get((country, name), Level.CLAIMED)
    return (Outcome.ALLOW, Reason.ALLOWED) if level >= needed else (Outcome.ASK, Reason.AGE_NOT_SURE)


def of_minor(guardian_age: int, years: int, guardian: str | None) -> tuple[Outcome, Reason]:
    if years < guardian_age:
        return Outcome.REFUSE, Reason.TOO_YOUNG
    if guardian in {"agrees", "agrees in a store"}:
        return Outcome.ALLOW, Reason.ALLOWED
    return Outcome.REFUSE, Reason.GUARDIAN_NEEDED


def test_each_country_says_of_each_action_and_age_who_may() -> None:
    """13 countries, 12 actions, 12 ages, 4 levels, and 5 things that a guardian may say."""
    walked = list(product(COUNTRIES, NAMES, AGES, Level, GUARDIANS))
    wrong = [
        (country, name, years, level, guardian)
        for country, name, years, level, guardian in walked
        if asked(country, years, name, level, guardian) != expected(country, name, years, level, guardian)
    ]
    assert (len(walked), wrong) == (13 * 12 * 12 * 4 * 5, [])
    assert tuple(action.name for action in ACTIONS) == NAMES


STATES = {"AL": (19, None), "NE": (19, None), "MS": (21, None), "TX": (18, PAID), "UT": (18, PAID), "LA": (18, PAID)}


def in_state(state: str, name: str, years: int | None, level: Level) -> tuple[Outcome, Reason]:
    """What is expected: the country's rule, or the state's where that is stricter."""
    age, checked = STATES.get(state, (18, None))
    whole = expected("US", name, years, level)
    if years is not None and years < age:
        guarded_there = name in PAID_ALONE and years >= 13
        return Outcome.REFUSE, Reason.GUARDIAN_NEEDED if guarded_there else Reason.TOO_YOUNG
    if whole[0] is Outcome.ALLOW and checked and name in checked and level < Level.CHECKED:
        return Outcome.ASK, Reason.AGE_NOT_SURE
    return whole


def test_states_narrow_what_their_country_allows_and_nothing_else() -> None:
    """6 states with packs and one without, 12 actions, 13 ages and 4 levels."""
    walked = list(product((*STATES, "CA"), NAMES, (*AGES, 21), Level))
    wrong = []
    for state, name, years, level in walked:
        who = msgspec.structs.replace(person("US", years, level), subdivision=state)
        found = decide(BOOK, ALONE[name], who, None, Places(), NOW)
        if (found.outcome, found.reason) != in_state(state, name, years, level):
            wrong.append((state, name, years, level, found))
    assert (len(walked), wrong) == (7 * 12 * 13 * len(Level), [])
    elsewhere = msgspec.structs.replace(person("DE", 18), subdivision="MS")
    assert decide(BOOK, ALONE["buy"], elsewhere, None, Places(), NOW).outcome is Outcome.ALLOW, "of another country"
    told = decide(BOOK, ALONE["buy"], msgspec.structs.replace(person("US", 18), subdivision="MS"), None, Places(), NOW)
    assert told.rule == "US-MS.buy.guardian_needed"


def test_nothing_is_allowed_where_nobody_knows_where_somebody_is() -> None:
    found = {asked(None, years, name) for name, years in product(NAMES, AGES) if years is None or years >= 18}
    assert found == {(Outcome.ASK, Reason.COUNTRY_UNKNOWN)}
    assert {asked(None, 12, name) for name in NAMES} == {(Outcome.REFUSE, Reason.TOO_YOUNG)}  # wherever that is
    assert {asked("SE", years, name) for name, years in product(NAMES, AGES)} == {(Outcome.ASK, Reason.NO_RULES)}


def test_the_strictest_of_all_places_holds() -> None:
    facts = person("US", 18)
    box, places = ALONE["open_box"], Places(giver=frozenset({"US", "BE"}))
    assert decide(BOOK, box, facts, None, places, NOW).rule == "BE.open_box.not_allowed"
    assert decide(BOOK, box, facts, None, Places(card="KR"), NOW).rule == "KR.open_box.too_young"
    assert decide(BOOK, box, facts, None, Places(card="SE"), NOW).outcome is Outcome.ASK
    assert decide(BOOK, box, facts, None, Places(card="GB"), NOW).outcome is Outcome.ALLOW
    assert decide(BOOK, box, facts, None, Places(receiver=frozenset({"BE"})), NOW).outcome is Outcome.ALLOW


@pytest.mark.parametrize(
    ("giver", "receiver", "there", "rule", "side"),
    [
        (("DE", 18), ("DE", 18), "", "DE.gift_room.allowed", "own"),
        (("DE", 18), ("KR", 18), "", "KR.receive.too_young", "other"),
        (("DE", 17), ("KR", 18), "", "DE.gift_room.too_young", "own"),
        (("DE", 18), ("DE", None), "", "DE.receive.age_unknown", "other"),
        (("DE", 17), ("DE", None), "", "DE.gift_room.too_young", "own"),
        (("DE", None), ("DE", 17), "", "DE.receive.too_young", "other"),
        (("DE", 18), ("DE", 18), "KR", "KR.receive.too_young", "other"),
    ],
)
def test_rules_of_both_sides_hold(
    giver: tuple[str, int | None], receiver: tuple[str, int | None], there: str, rule: str, side: str
) -> None:
    places = Places(receiver=frozenset({there} - {""}))
    found = decide(BOOK, GIFT_ROOM, person(*giver), person(*receiver), places, NOW)
    assert (found.rule, found.side) == (rule, side)


def test_a_proof_that_is_over_proves_nothing() -> None:
    def with_proof(until: datetime) -> Outcome:
        facts = Facts(person_id=1, country="DE", age=aged(30, until=until))
        return decide(BOOK, ALONE["buy"], facts, None, Places(), NOW).outcome

    assert with_proof(NOW + timedelta(seconds=1)) is Outcome.ALLOW
    assert with_proof(NOW) is Outcome.ASK


def test_bounds_of_an_age_say_as_much_as_they_say() -> None:
    def of(at_least: int, under: int | None) -> Outcome:
        age = AgeFact(at_least=at_least, under=under, level=Level.VERIFIED, method="wallet", source="eu")
        return decide(BOOK, ALONE["buy"], Facts(person_id=1, country="KR", age=age), None, Places(), NOW).outcome

    assert (of(18, None), of(21, None), of(0, 18), of(0, 19), of(0, 20), of(18, 20)) == (
        *(Outcome.ASK, Outcome.ALLOW, Outcome.REFUSE, Outcome.REFUSE, Outcome.ASK, Outcome.ASK),
    )


def test_an_action_that_a_pack_does_not_name_has_the_rule_of_the_one_it_is_like() -> None:
    raffle = RuleAction(name="raffle", title="Joining a raffle", like="open_box")
    unlike = RuleAction(name="raffle", title="Joining a raffle")
    assert decide(BOOK, raffle, person("BE", 30), None, Places(), NOW).reason is Reason.NOT_ALLOWED
    assert decide(BOOK, unlike, person("BE", 30), None, Places(), NOW).reason is Reason.NO_RULES


def test_caps_and_what_nobody_may_are_told_of_places() -> None:
    caps = BOOK.caps({"KR", "US", "DE", "SE"}, NOW)
    assert [(period, cap.amount_minor, cap.currency) for _, period, cap in caps] == [
        ("day", 1_000_000, "KRW"),
        ("day", 200_000, "USD"),
    ]
    assert BOOK.forbidding(OPEN_BOX, NOW) == {"BE", "NL", "IN"}
    assert BOOK.forbidding(ALONE["buy"], NOW) == frozenset()


def test_how_givers_are_ranked_and_odds_shown_is_told_of_places() -> None:
    assert BOOK.ranks_by_money({"US", "DE", "SE"}, NOW)
    assert not BOOK.ranks_by_money({"US", "CN"}, NOW), "the strictest of all places holds"
    assert all(BOOK.shows_odds({place}, NOW) for place in ("CN", "US", "SE"))


def test_a_published_pack_takes_the_place_of_the_one_before_when_it_begins() -> None:
    shipped = BOOK.pack("BE", NOW)
    assert shipped is not None
    rules = dict(shipped.rules) | {"open_box": msgspec.structs.replace(shipped.rules["open_box"], allowed=True)}
    published = msgspec.structs.replace(shipped, version=7, starts_at=NOW, rules=rules)
    book = RuleBook((published, *shipped_packs()))

    def at(moment: datetime) -> tuple[Outcome, int | None]:
        found = decide(book, OPEN_BOX, person("BE", 30), None, Places(), moment)
        return found.outcome, found.version

    assert at(NOW - timedelta(microseconds=1)) == (Outcome.REFUSE, 0)
    assert at(NOW) == (Outcome.ALLOW, 7)
    assert at(datetime(2020, 1, 1, tzinfo=UTC)) == (Outcome.REFUSE, 0)  # what came with the house always held


def of_store(says: StoreConsent, age: AgeFact | None, *consents: str, silent: str | None = None) -> Facts:
    return Facts(
        person_id=1, country="DE", age=age, consents=frozenset(consents), store_consent=says, silent_source=silent
    )


def decided(facts: Facts, book: RuleBook = BOOK) -> tuple[Outcome, Reason]:
    found = decide(book, ALONE["buy"], facts, None, Places(), NOW)
    return found.outcome, found.reason


@pytest.mark.parametrize("country", ["DE", None])
def test_a_guardian_at_a_store_who_withholds_stops_all_but_who_is_proved_to_be_of_age(country: str | None) -> None:
    for age in (None, aged(15), aged(40), aged(40, Level.CHECKED), aged(15, Level.VERIFIED)):
        withheld = msgspec.structs.replace(of_store(StoreConsent.WITHHELD, age, "buy"), country=country)
        assert decided(withheld) == (Outcome.REFUSE, Reason.GUARDIAN_NEEDED)
    assert decided(of_store(StoreConsent.WITHHELD, aged(18, Level.VERIFIED))) == (Outcome.ALLOW, Reason.ALLOWED)
    over = aged(18, Level.VERIFIED, until=NOW)
    assert decided(of_store(StoreConsent.WITHHELD, over)) == (Outcome.REFUSE, Reason.GUARDIAN_NEEDED)


def test_a_guardian_at_a_store_who_agrees_counts_where_the_pack_has_it_and_no_younger() -> None:
    pack = BOOK.pack("DE", NOW)
    assert pack is not None
    rules = {**pack.rules, "buy": msgspec.structs.replace(pack.rules["buy"], guardian_age=14)}
    book = RuleBook([msgspec.structs.replace(pack, rules=rules)])
    assert decided(of_store(StoreConsent.GIVEN, aged(14)), book) == (Outcome.ALLOW, Reason.ALLOWED)
    assert decided(of_store(StoreConsent.GIVEN, aged(13)), book) == (Outcome.REFUSE, Reason.TOO_YOUNG)
    assert decided(of_store(StoreConsent.GIVEN, None), book) == (Outcome.ASK, Reason.AGE_UNKNOWN), "it says no age"


def test_a_source_that_is_silent_is_the_reason_only_where_its_word_is_missing() -> None:
    silent = Facts(person_id=1, country="DE", silent_source="google")
    assert decided(silent) == (Outcome.ASK, Reason.AGE_SOURCE_SILENT)
    assert decided(msgspec.structs.replace(silent, age=aged(18))) == (Outcome.ALLOW, Reason.ALLOWED), "as before"
    assert decided(msgspec.structs.replace(silent, age=aged(18, until=NOW))) == (Outcome.ASK, Reason.AGE_SOURCE_SILENT)
    assert decided(msgspec.structs.replace(silent, age=aged(15))) == (Outcome.REFUSE, Reason.TOO_YOUNG)


FACTS = st.one_of(st.none(), st.builds(
    lambda level, at_least, years: AgeFact(at_least=at_least, under=at_least + years if years else None, level=level,
        method="m", source="s"),
    st.sampled_from(Level), st.integers(0, 40), st.integers(0, 10)))  # fmt: skip


@given(FACTS, FACTS)
def test_of_two_words_the_surer_counts_and_of_equal_ones_the_stricter(
    one: AgeFact | None, other: AgeFact | None
) -> None:
    found = surest(one, other)
    assert found in (one, other)
    assert (found is None) == (one is None and other is None)
    if found and one and other:
        assert found.level == max(one.level, other.level)
        for word in (one, other):
            if word.level == found.level:
                weights = {Outcome.ALLOW: 0, Outcome.ASK: 1, Outcome.REFUSE: 2}
                stricter = decided(Facts(person_id=1, country="DE", age=found))[0]
                assert weights[stricter] >= weights[decided(Facts(person_id=1, country="DE", age=word))[0]]


def with_guardian(years: int, under: int | None, *consents: str) -> tuple[Outcome, Reason]:
    """Of a gift where the age is 18, and 14 with a guardian."""
    pack = next(one for one in shipped_packs() if one.country == "DE")
    rules = {**pack.rules, "gift_room": msgspec.structs.replace(pack.rules["gift_room"], guardian_age=14)}
    age = AgeFact(at_least=years, under=under, level=Level.CLAIMED, method="platform", source="x")
    facts = Facts(person_id=1, country="DE", age=age, consents=frozenset(consents))
    book = RuleBook([msgspec.structs.replace(pack, rules=rules)])
    found = decide(book, ALONE["gift_room"], facts, None, Places(), NOW)
    return found.outcome, found.reason


def test_who_is_too_young_alone_may_with_a_guardian_from_their_age_on() -> None:
    assert with_guardian(15, 16) == (Outcome.REFUSE, Reason.GUARDIAN_NEEDED)
    assert with_guardian(15, 16, "buy") == (Outcome.REFUSE, Reason.GUARDIAN_NEEDED)
    assert with_guardian(14, 15, "gift_room") == (Outcome.ALLOW, Reason.ALLOWED)
    assert with_guardian(13, 14, "gift_room") == (Outcome.REFUSE, Reason.TOO_YOUNG)
    assert with_guardian(0, 18, "gift_room") == (Outcome.REFUSE, Reason.TOO_YOUNG), "nobody said that they are 14"
    assert with_guardian(18, None) == (Outcome.ALLOW, Reason.ALLOWED)
