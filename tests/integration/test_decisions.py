"""Decisions: two people, the same content, within bounds, once; and what the database holds of it by itself."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from msgspec.structs import replace

from plaudit.clock import ManualClock, SystemClock
from plaudit.connections import OwnConnection
from plaudit.creators import actions as creators
from plaudit.creators.decisions import REWARD_RULE
from plaudit.creators.model import NewRewardRule
from plaudit.db import Database
from plaudit.decisions import actions
from plaudit.decisions.answers import answers
from plaudit.decisions.bounds import (
    BOUND,
    BeyondWidest,
    BoundHolds,
    NewBound,
    list_bounds,
    list_wider,
    set_widest,
    withdraw_wider,
)
from plaudit.decisions.kinds import DecisionKind, Kinds, canonical
from plaudit.decisions.limits import DECISION_DAYS, DECISIONS_OPEN_MAX
from plaudit.decisions.model import (
    Decision,
    DecisionDiffers,
    DecisionNotOpen,
    DecisionOutdated,
    NotTheProposer,
    Outcome,
    OutOfBounds,
    OwnProposal,
    SecondPersonNeeded,
    TooManyDecisions,
)
from plaudit.exchange.rates import record_shipped
from plaudit.ids import new_id
from plaudit.payouts import rates
from plaudit.payouts.decisions import PAYOUT_RATE, PAYOUT_TERMS
from plaudit.payouts.model import NewPayoutRate, NewPayoutTerms, PayoutRate
from plaudit.people.model import Role
from plaudit.problems import IdempotencyConflict, InvalidField
from plaudit.settings import Settings
from plaudit.web.pages.bounds import TITLES
from tests.support.deciding import OLGA, OSKAR, OTTO, Table
from tests.support.desk import ORIGIN, open_desk
from tests.support.earnings import give

pytestmark = pytest.mark.unsold

pytestmark = pytest.mark.unsold
DAY = timedelta(days=1)
TERMS = NewPayoutTerms(
    fee_fixed_minor=25, fee_fixed_currency="USD", fee_bps=50, diamonds_min=2_000, diamonds_per_day_max=200_000, note="x"
)
RULE = NewRewardRule(numerator=1, denominator=1, maturity_s=604_800, note="x")


@pytest.fixture
def table(database: Database, clock: ManualClock) -> Table:
    return Table(database, clock)


@pytest.fixture
async def in_use(table: Table) -> Table:
    """Where somebody has converted gifts, so that bounds hold."""
    await give(table.database, 41, 1)
    await table.act(creators.convert, conversion_id=new_id(table.clock), creator_id=41, coins=1)
    return table


def rate(numerator: int = 11, denominator: int = 20, currency: str = "USD", **more: Any) -> NewPayoutRate:
    """A tenth above the house's half of a cent."""
    return NewPayoutRate(currency=currency, numerator=numerator, denominator=denominator, note="x", **more)


async def _in_force(table: Table) -> PayoutRate:
    async with table.database.read() as connection:
        return await rates.rate_at(connection, "USD", table.clock.now())


async def test_what_one_proposes_another_confirms_and_it_holds_after_its_lead_time(table: Table) -> None:
    proposed = await table.propose(PAYOUT_RATE, rate())
    assert (await _in_force(table)).version == 1
    made = await table.confirm(PAYOUT_RATE, proposed)
    assert (made.numerator, made.denominator, made.effective_at) == (11, 20, table.clock.now() + DAY)
    assert (await _in_force(table)).version == 1
    table.clock.advance(DAY)
    assert (await _in_force(table)).version == made.version
    assert await table.confirm(PAYOUT_RATE, proposed) == made  # repeated
    found = await table.find(proposed.id)
    assert (found.outcome, found.proposed_by, found.decided_by, found.alone) == ("confirmed", OLGA, OSKAR, False)
    soon = await table.propose(PAYOUT_RATE, rate(effective_at=table.clock.now()))
    table.clock.advance(timedelta(hours=1))
    assert (await table.confirm(PAYOUT_RATE, soon)).effective_at == table.clock.now() + DAY
    assert isinstance(await table.propose(PAYOUT_RATE, rate(effective_at=table.clock.now() - DAY)), InvalidField)
    late = rate(12, effective_at=table.clock.now() + 3 * DAY)
    assert (await table.decide(PAYOUT_RATE, late)).effective_at == late.effective_at


async def test_nobody_confirms_what_they_proposed(table: Table) -> None:
    proposed = await table.propose(PAYOUT_RATE, rate())
    assert isinstance(await table.confirm(PAYOUT_RATE, proposed, OLGA), SecondPersonNeeded)
    assert (await table.find(proposed.id)).outcome is None


async def test_an_account_linked_to_the_proposer_does_not_confirm(
    table: Table, owner_connection: OwnConnection
) -> None:
    for link in ((OLGA, 900), (OTTO, 900)):
        await _link(owner_connection, *link)
    proposed = await table.propose(PAYOUT_RATE, rate())
    assert isinstance(await table.confirm(PAYOUT_RATE, proposed, OTTO), SecondPersonNeeded)
    await owner_connection.execute("update person_link set ended_by = 1, ended_at = now() where person_id = $1", OTTO)
    assert isinstance(await table.confirm(PAYOUT_RATE, proposed, OTTO), PayoutRate)


async def _link(connection: Any, person_id: int, other_id: int) -> None:
    await connection.execute(
        "insert into person_link (id, person_id, other_id, note, linked_by, linked_at)"
        " values (gen_random_uuid(), $1, $2, 'one household', 1, '2026-01-01Z')",
        person_id, other_id,
    )  # fmt: skip


async def test_an_emergency_is_told_and_shown_until_another_has_seen_it(database_url: str) -> None:
    clock = SystemClock()
    async with open_desk(database_url, clock, Settings(public_url=ORIGIN)) as desk:
        olga, oskar = [await desk.person(name, Role.OPERATOR) for name in ("olga", "oskar")]
        body = {"currency": "USD", "numerator": 11, "denominator": 20, "note": "x"}
        decision = (await olga.post("/v1/payout-rates", json=body)).json()
        path = f"/v1/decisions/{decision['id']}"
        assert (await oskar.get(path)).json() == decision
        assert [(one["before"], one["after"], one["change_bps"]) for one in decision["changes"][1:]] == [
            ("$0.0050", "$0.0055", 1_000)
        ]
        assert "Payout rate" in (await oskar.get("/operator/decisions")).text
        asked = {"content_sha256": decision["content_sha256"], "emergency": "The bank asks for it today."}
        made = await olga.post(f"{path}/confirm", json=asked)
        assert (made.status_code, made.json()["emergency"], made.json()["alone"]) == (200, True, True)
        async with desk.house.database.read() as connection:
            told = await connection.fetchval(
                "select data ->> 'reason' from event_waiting where type = 'decision.emergency'"
            )
        assert told == "The bank asks for it today."
        notice = "decided alone in an emergency"
        assert notice in (await oskar.get("/operator")).text
        assert (await olga.post(f"{path}/seen")).json()["code"] == "second_person_needed"
        assert (await oskar.post(f"{path}/seen")).json()["seen_by"]["name"] == "oskar"
        assert notice not in (await oskar.get("/operator")).text
        listed = (await oskar.get("/v1/decisions?emergency=true")).json()["items"]
        assert [one["id"] for one in listed] == [decision["id"]]


async def test_accounts_are_linked_by_operators_and_parted_by_others(database_url: str) -> None:
    clock = SystemClock()
    async with open_desk(database_url, clock) as desk:
        ada, olga = await desk.person_id("ada"), await desk.person_id("olga")
        operator, other = [await desk.person(name, Role.OPERATOR) for name in ("olga", "oskar")]
        body = {"id": str(new_id(clock)), "person_id": str(olga), "other_id": str(ada), "note": "One address."}
        made = await other.post("/v1/person-links", json=body)
        assert (made.status_code, made.json()["person_id"]) == (201, str(min(ada, olga)))
        assert (await other.post("/v1/person-links", json=body)).json() == made.json()
        again = body | {"id": str(new_id(clock))}
        assert (await other.post("/v1/person-links", json=again)).json()["code"] == "already_linked"
        assert (await other.post("/v1/person-links", json=body | {"note": "Two."})).status_code == 409
        path = f"/v1/person-links/{made.json()['id']}/end"
        why = {"reason": "Two flats."}
        assert (await operator.post(path, json=why)).json()["code"] == "own_link"
        ended = await other.post(path, json=why)
        assert (ended.status_code, ended.json()["ended_because"]) == (200, "Two flats.")
        assert (await other.post(path, json={"reason": "Again."})).json() == ended.json()
        for person_id, found in ((ada, [ended.json()]), (2**53, [])):
            assert (await other.get(f"/v1/person-links?person_id={person_id}")).json()["items"] == found
        assert (await other.get("/v1/person-links")).json()["items"] == [ended.json()]


async def test_what_is_confirmed_is_what_was_seen(table: Table) -> None:
    proposed = await table.propose(PAYOUT_RATE, rate())
    other = hashlib.sha256(canonical(rate(12)).encode()).digest()
    refused = await table.confirm(PAYOUT_RATE, proposed, content_sha256=other)
    assert isinstance(refused, DecisionDiffers)
    assert refused.fields["content_sha256"] == proposed.content_sha256.hex()


async def test_what_another_decision_has_overtaken_is_not_confirmed(table: Table) -> None:
    first, second = await table.propose(PAYOUT_RATE, rate()), await table.propose(PAYOUT_RATE, rate(12))
    await table.confirm(PAYOUT_RATE, first)
    table.clock.advance(DAY)
    assert isinstance(await table.confirm(PAYOUT_RATE, second), DecisionOutdated)


async def test_what_an_earlier_version_wrote_is_listed_and_not_confirmed(table: Table) -> None:
    async with table.database.read() as connection:
        await _propose(connection, id := new_id(table.clock), table.clock.now())
        found = await actions.find(connection, id)
        for kinds, title in ((Kinds([PAYOUT_RATE]), "Payout rate"), (Kinds([]), "payout_rate")):
            (shown,) = await answers(connection, kinds, [found])
            assert (shown.title, shown.content, shown.changes) == (title, "{}", [])
    assert isinstance(await table.confirm(PAYOUT_RATE, found), DecisionOutdated)


async def test_a_decision_ends_once(table: Table) -> None:
    withdrawn, refused, late = [await table.propose(PAYOUT_RATE, rate()) for _ in range(3)]
    assert isinstance(await table.act(actions.withdraw, withdrawn.id, OSKAR), NotTheProposer)
    assert isinstance(await table.act(actions.refuse, refused.id, OLGA, "no"), OwnProposal)
    ended = await table.act(actions.withdraw, withdrawn.id, OLGA)
    assert await table.act(actions.withdraw, withdrawn.id, OLGA) == ended
    assert (await table.act(actions.refuse, refused.id, OSKAR, "no")).reason == "no"
    table.clock.advance(timedelta(days=DECISION_DAYS))
    for decision, outcome in ((withdrawn, "withdrawn"), (refused, "refused"), (late, "expired")):
        answer = await table.confirm(PAYOUT_RATE, decision)
        assert isinstance(answer, DecisionNotOpen)
        assert answer.fields == {"outcome": outcome}
    assert (await _in_force(table)).version == 1


async def test_of_two_who_confirm_at_once_one_does(table: Table) -> None:
    proposed = await table.propose(PAYOUT_RATE, rate())
    answers = await asyncio.gather(*(table.confirm(PAYOUT_RATE, proposed, by) for by in (OSKAR, OTTO)))
    assert sorted(type(one).__name__ for one in answers) == ["DecisionNotOpen", "PayoutRate"]


async def test_a_proposal_is_made_once(table: Table) -> None:
    id = new_id(table.clock)
    answers = await asyncio.gather(*(table.propose(PAYOUT_RATE, rate(), id=id) for _ in range(3)))
    assert [one.id for one in answers] == [id] * 3
    assert isinstance(await table.propose(PAYOUT_RATE, rate(12), id=id), IdempotencyConflict)
    assert isinstance(await table.propose(PAYOUT_RATE, rate(), OTTO, id=id), IdempotencyConflict)


async def test_open_proposals_of_one_person_are_limited(table: Table, owner_connection: OwnConnection) -> None:
    first = await table.propose(PAYOUT_RATE, rate())
    await owner_connection.execute(
        "insert into decision (id, kind, content, content_sha256, note, proposed_by, proposed_at, expires_at) select"
        " gen_random_uuid(), kind, content, content_sha256, note, proposed_by, proposed_at, expires_at"
        " from decision, generate_series(2, $1)",
        DECISIONS_OPEN_MAX,
    )
    assert isinstance(await table.propose(PAYOUT_RATE, rate()), TooManyDecisions)
    await table.act(actions.withdraw, first.id, OLGA)
    assert isinstance(await table.propose(PAYOUT_RATE, rate()), Decision)


async def test_steps_do_not_lead_further_than_one_decision_may(in_use: Table) -> None:
    """Neither one after another nor scheduled, until the window is over."""
    assert isinstance(await in_use.propose(PAYOUT_RATE, rate(601, 1_000)), OutOfBounds)
    assert isinstance(await in_use.propose(PAYOUT_RATE, rate(41, 100)), OutOfBounds)
    await in_use.decide(PAYOUT_RATE, rate(6, 10))
    for further in (rate(61, 100), rate(45, 100)):  # from what holds, and from what will
        assert isinstance(await in_use.propose(PAYOUT_RATE, further), OutOfBounds)
    in_use.clock.advance(2 * DAY)
    refused = await in_use.propose(PAYOUT_RATE, rate(61, 100))
    assert isinstance(refused, OutOfBounds)
    assert refused.fields == {"bound": "payout_rate_change_bps", "value": 2_000}
    back = await in_use.decide(PAYOUT_RATE, rate(1, 2))  # who may go there may go back
    assert isinstance(back, PayoutRate)
    in_use.clock.advance(9 * DAY)
    assert isinstance(await in_use.decide(PAYOUT_RATE, rate(6, 10)), PayoutRate)


async def test_a_house_chooses_freely_what_it_begins_with(table: Table) -> None:
    assert isinstance(await table.decide(PAYOUT_RATE, rate(2, 1)), PayoutRate)
    assert (await table.decide(REWARD_RULE, replace(RULE, denominator=10, maturity_s=0))).denominator == 10
    assert (await table.decide(PAYOUT_TERMS, replace(TERMS, fee_bps=0, diamonds_min=1))).fee_bps == 0


async def test_one_operator_decides_within_bounds_and_begins_no_currency(table: Table) -> None:
    proposed = await table.propose(PAYOUT_RATE, rate())
    made = await table.confirm(PAYOUT_RATE, proposed, OLGA, may_be_alone=True)
    assert made.effective_at == table.clock.now()  # nobody else has to look
    assert (await table.find(proposed.id)).alone
    assert isinstance(await table.propose(PAYOUT_RATE, rate(currency="EUR")), InvalidField)  # worth nobody knows what
    async with table.database.transaction() as connection:
        await record_shipped(connection, table.clock.now())
    new = await table.propose(PAYOUT_RATE, rate(currency="EUR"))
    assert isinstance(await table.confirm(PAYOUT_RATE, new, OLGA, may_be_alone=True), SecondPersonNeeded)
    assert isinstance(await table.confirm(PAYOUT_RATE, new, OLGA, emergency="now"), SecondPersonNeeded)
    assert isinstance(await table.confirm(PAYOUT_RATE, new), PayoutRate)


async def test_a_bound_is_narrowed_by_one_and_widened_by_two(in_use: Table) -> None:
    def to(value: int, name: str = "payout_rate_change_bps") -> NewBound:
        return NewBound(name=name, value=value, note="of the test")

    narrower = await in_use.propose(BOUND, to(500))
    assert (await in_use.confirm(BOUND, narrower, OLGA, may_be_alone=True)).version == 2
    assert isinstance(await in_use.propose(PAYOUT_RATE, rate()), OutOfBounds)
    wider = await in_use.propose(BOUND, to(1_000))
    assert isinstance(await in_use.confirm(BOUND, wider, OLGA, may_be_alone=True), SecondPersonNeeded)
    shorter = await in_use.propose(BOUND, to(30_000, "payout_rate_lead_s"))
    assert isinstance(await in_use.confirm(BOUND, shorter, OLGA, emergency="now"), SecondPersonNeeded)
    assert (await in_use.confirm(BOUND, wider)).value == 1_000
    assert isinstance(await in_use.propose(BOUND, to(1, "nothing")), InvalidField)
    async with in_use.database.read() as connection:
        statement = "insert into decision_bound values ('payout_rate_change_bps', 4, 1000000, now(), $1)"
        for decision_id in (None, wider.id, shorter.id):
            assert await _refused_by(connection, statement, decision_id) == "decision_bound_is_decided"


async def test_a_wider_bound_waits_for_days_and_any_owner_takes_it_back(
    database: Database, owner_connection: OwnConnection
) -> None:
    table = Table(database, ManualClock(datetime.now(UTC)))
    await give(database, 41, 1)
    await table.act(creators.convert, conversion_id=new_id(table.clock), creator_id=41, coins=1)

    async def holds(name: str = "payout_rate_change_bps") -> int:
        async with database.read() as connection:
            return {one.name: one.value for one in await list_bounds(connection)}[name]

    async def decide(value: int, name: str = "payout_rate_change_bps") -> Any:
        return await table.decide(BOUND, NewBound(name=name, value=value, note="of the test"))

    assert (await decide(500)).value == await holds() == 500  # narrower: at once
    wider, wider_still = await decide(1_000), await decide(2_000)
    async with database.read() as connection:
        waiting = await list_wider(connection)
    assert [(one.value, one.effective_at - table.clock.now()) for one in waiting] == [
        (1_000, 3 * DAY),
        (2_000, 3 * DAY),
    ]
    assert await holds() == 500
    assert isinstance(await table.propose(PAYOUT_RATE, rate()), OutOfBounds)
    ended = await table.act(withdraw_wider, waiting[1].decision_id, OTTO, "too wide")
    assert ended.withdrawn_by == str(OTTO)
    assert await table.act(withdraw_wider, waiting[1].decision_id, OSKAR, "again") == ended
    later = "update decision_bound set effective_at = now() - interval '1 s' where effective_at is not null"
    await owner_connection.execute(later)
    assert (wider.version, wider_still.version, await holds()) == (3, 4, 1_000)
    assert isinstance(await table.propose(PAYOUT_RATE, rate()), Decision)
    assert isinstance(await table.act(withdraw_wider, waiting[0].decision_id, OTTO, "too late"), BoundHolds)
    await decide(70_000, "bound_lead_s")
    shorter = NewBound(name="bound_lead_s", value=64_799, note="of the test")
    assert isinstance(await table.propose(BOUND, shorter), BeyondWidest)  # a quarter of three days, rounded up
    assert await holds("bound_lead_s") == 259_200
    await decide(1_500)
    await decide(700)
    async with database.read() as connection:
        assert [one.name for one in await list_wider(connection)] == ["bound_lead_s"]


async def test_no_two_owners_set_a_bound_beyond_what_the_installation_lets_it_be(
    in_use: Table, owner_connection: OwnConnection
) -> None:
    def to(value: int) -> NewBound:
        return NewBound(name="payout_rate_change_bps", value=value, note="of the test")

    refused = await in_use.propose(BOUND, to(4_001))
    assert (type(refused), refused.fields) == (BeyondWidest, {"widest": 4_000})
    proposed = await in_use.propose(BOUND, to(4_000))
    await set_widest(owner_connection, in_use.clock, "payout_rate_change_bps", 1_900, "a house that moves little")
    assert isinstance(await in_use.confirm(BOUND, proposed), DecisionOutdated | BeyondWidest)
    assert isinstance(await in_use.propose(BOUND, to(1_901)), BeyondWidest)
    assert isinstance(await in_use.propose(PAYOUT_RATE, rate(12)), OutOfBounds)  # a fifth, which held before
    async with in_use.database.read() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await set_widest(connection, in_use.clock, "payout_rate_change_bps", 9_000, "by who serves")


async def test_an_emergency_is_alone_and_says_why(in_use: Table) -> None:
    proposed = await in_use.propose(PAYOUT_RATE, rate())
    await in_use.confirm(PAYOUT_RATE, proposed, OLGA, emergency="the bank asks for it today")
    found = await in_use.find(proposed.id)
    assert (found.alone, found.emergency, found.reason) == (True, True, "the bank asks for it today")
    far = await in_use.propose(PAYOUT_RATE, rate(7, 10))
    assert isinstance(far, OutOfBounds)


# What the application's role may not do, whatever the application says.

_RATE = (
    "insert into payout_rate (version, currency, numerator, denominator, source, source_note, effective_at,"
    " recorded_at, recorded_by, decision_id)"
    " select max(version) + 1, 'USD', $1, $2, $3, 'x', $4, $4, $5, $6 from payout_rate"
)


async def test_a_rate_is_not_kept_without_its_decision_nor_beyond_the_bound(in_use: Table) -> None:
    proposed = await in_use.propose(PAYOUT_RATE, rate())
    made = await in_use.confirm(PAYOUT_RATE, await in_use.propose(PAYOUT_RATE, rate(12)))
    now, beyond = in_use.clock.now(), new_id(in_use.clock)
    tries: list[tuple[str, tuple[Any, ...]]] = [
        ("payout_rate_is_decided", (11, 20, "operator", now, OLGA, None)),
        ("payout_rate_is_decided", (11, 20, "operator", now, OLGA, proposed.id)),
        ("payout_rate_is_decided", (11, 20, "house", now, None, None)),
        ("payout_rate_is_bounded", (7, 10, "operator", now, OLGA, beyond)),
    ]
    async with in_use.database.read() as connection:
        aside = connection.transaction()
        await aside.start()
        text = canonical(rate(7, 10))
        sha256 = hashlib.sha256(text.encode()).digest()
        await _propose(connection, beyond, now, content=text, content_sha256=sha256)
        assert await connection.fetchval(_END, beyond, "confirmed", OLGA, now, sha256, None, True, False)
        for constraint, values in tries:
            assert await _refused_by(connection, _RATE, *values) == constraint
        confirmed = await connection.fetchval("select decision_id from payout_rate where version = $1", made.version)
        for numerator, at in ((11, now + DAY), (12, now)):  # of another content, or sooner than decided
            values = (numerator, 20, "operator", at, OLGA, confirmed)
            assert await _refused_by(connection, _RATE, *values) == "payout_rate_is_decided"
        await aside.rollback()


async def _refused_by(connection: Any, statement: str, *values: Any) -> str | None:
    """The constraint that keeps the application's role from it."""
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        async with connection.transaction():
            await connection.execute(statement, *values)
    return refused.value.constraint_name


CHANGES: list[tuple[DecisionKind[Any, Any, Any], Any, str | None]] = [
    (PAYOUT_TERMS, replace(TERMS, diamonds_per_day_max=400_000, diamonds_min=1_000, fee_bps=250), None),
    (PAYOUT_TERMS, replace(TERMS, diamonds_per_day_max=400_001), "payout_terms_change_bps"),
    (PAYOUT_TERMS, replace(TERMS, diamonds_min=999), "payout_terms_change_bps"),
    (PAYOUT_TERMS, replace(TERMS, fee_bps=251), "payout_terms_fee_bps"),
    (REWARD_RULE, replace(RULE, numerator=6, denominator=5, maturity_s=302_400), None),
    (REWARD_RULE, replace(RULE, numerator=61, denominator=50), "reward_rule_change_bps"),
    (REWARD_RULE, replace(RULE, numerator=41, denominator=50), "reward_rule_change_bps"),
    (REWARD_RULE, replace(RULE, maturity_s=302_399), "reward_rule_maturity_change_bps"),
]


@pytest.mark.parametrize(("kind", "content", "exceeded"), CHANGES)
async def test_terms_and_rules_stay_within_bounds(
    in_use: Table, kind: DecisionKind[Any, Any, Any], content: Any, exceeded: str | None
) -> None:
    """Asked of what is proposed, and by the table that keeps it."""
    if exceeded is None:
        assert (await in_use.decide(kind, content)).effective_at == in_use.clock.now() + DAY
        return
    refused = await in_use.propose(kind, content)
    assert (type(refused), refused.fields["bound"]) == (OutOfBounds, exceeded)
    id, now, text = new_id(in_use.clock), in_use.clock.now(), canonical(content)
    sha256 = hashlib.sha256(text.encode()).digest()
    async with in_use.database.read() as connection:
        aside = connection.transaction()
        await aside.start()
        await _propose(connection, id, now, kind=kind.name, content=text, content_sha256=sha256)
        assert await connection.fetchval(_END, id, "confirmed", OSKAR, now, sha256, None, False, False)
        with pytest.raises(asyncpg.CheckViolationError) as kept:
            await kind.apply(connection, in_use.clock, content, await actions.find(connection, id), None)
        await aside.rollback()
    assert kept.value.constraint_name in {"payout_terms_are_bounded", "reward_rule_is_bounded"}


async def test_grants_are_kept_within_what_one_gives_alone(table: Table) -> None:
    statement = (
        "insert into coin_grant (shard, grant_id, person_id, coins, reason, granted_by, granted_at)"
        " values (0, gen_random_uuid(), 41, $1, 'x', $2, $3)"
    )
    async with table.database.read() as connection:
        await _link(connection, 41, 42)
        now = table.clock.now()
        assert await _refused_by(connection, statement, 1_001, OLGA, now) == "grant_is_decided"
        assert await _refused_by(connection, statement, 1, 42, now) == "grant_not_to_oneself"
        assert await _refused_by(connection, statement, 1, OLGA, now) == "grant_is_a_lot"


_END = "select end_decision($1, $2, $3, $4, $5, $6, $7, $8)"


@pytest.mark.parametrize(
    ("constraint", "outcome", "by", "reason", "alone", "emergency"),
    [
        ("decision_takes_two", "confirmed", OLGA, None, False, False),
        ("decision_takes_two", "confirmed", OTTO, None, True, False),
        ("decision_takes_two", "refused", OSKAR, "no", True, False),
        ("decision_alone_in_an_emergency", "confirmed", OLGA, None, True, True),
        ("decision_confirmer_gains_nothing", "confirmed", 41, None, False, False),
        ("decision_parties_are_not_linked", "confirmed", 42, None, False, False),
        ("decision_parties_are_not_linked", "confirmed", 802, None, False, False),
        ("decision_is_withdrawn_by_its_proposer", "withdrawn", OSKAR, None, False, False),
        ("decision_is_refused_by_another", "refused", OLGA, "no", False, False),
        ("decision_is_refused_by_another", "refused", OSKAR, None, False, False),
    ],
)
async def test_the_database_says_who_may_end_a_decision(
    table: Table, constraint: str, outcome: str, by: int, reason: str | None, alone: bool, emergency: bool
) -> None:
    id, now = new_id(table.clock), table.clock.now()
    async with table.database.read() as connection:
        await _propose(connection, id, now, beneficiary_id=41)
        await _link(connection, 41, 42)
        await _link(connection, OLGA, OSKAR)
        if outcome != "confirmed":
            await connection.execute("update person_link set ended_by = 1, ended_at = now()")
        values = (id, outcome, by, now, _SHA256, reason, alone, emergency)
        assert await _refused_by(connection, _END, *values) == constraint


_SHA256 = hashlib.sha256(b"{}").digest()


async def _propose(connection: Any, id: UUID, now: Any, **more: Any) -> None:
    row = {
        "id": id, "kind": "payout_rate", "content": "{}", "content_sha256": _SHA256, "note": "x", "proposed_by": OLGA,
        "proposed_at": now, "expires_at": now + DAY,
    } | more  # fmt: skip
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    statement = f"insert into decision ({', '.join(row)}) values ({places})"  # noqa: S608  # columns of this test
    await connection.execute(statement, *row.values())


async def test_the_application_writes_no_confirmed_decision_and_changes_none(table: Table) -> None:
    proposed = await table.propose(PAYOUT_RATE, rate())
    now = table.clock.now()
    async with table.database.read() as connection:
        for statement in (
            "update decision set outcome = 'confirmed'",
            "delete from decision",
            "insert into decision (id, outcome) values (gen_random_uuid(), 'confirmed')",
            "update decision_bound set value = 1000000",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        with pytest.raises(asyncpg.CheckViolationError):
            await _propose(connection, new_id(table.clock), now, content_sha256=b"x" * 32)
        with pytest.raises(asyncpg.CheckViolationError):
            await _propose(connection, new_id(table.clock), now, beneficiary_id=OLGA)
        assert not await connection.fetchval(_END, proposed.id, "confirmed", OSKAR, now, b"x" * 32, None, False, False)


async def test_not_even_the_owner_changes_what_a_decision_says(table: Table, owner_connection: OwnConnection) -> None:
    proposed = await table.propose(PAYOUT_RATE, rate())
    for change in (
        "update decision set note = 'y'",
        "update decision set proposed_by = 7",
        "update decision set expires_at = expires_at + interval '1 day'",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await owner_connection.execute(change)
    await table.act(actions.withdraw, proposed.id, OLGA)
    with pytest.raises(asyncpg.RestrictViolationError):
        await owner_connection.execute("update decision set outcome = 'expired', decided_by = null")
    with pytest.raises(asyncpg.RestrictViolationError):
        await owner_connection.execute("delete from decision")
    assert (await table.find(proposed.id)).outcome is Outcome.WITHDRAWN


async def test_each_bound_has_words_for_people(database: Database) -> None:
    async with database.read() as connection:
        assert {bound.name for bound in await list_bounds(connection)} == TITLES.keys()
