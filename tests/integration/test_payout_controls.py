"""What is more than usual waits for a person who lets it pass with a reason; however many agree at once."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.creators import actions as creators
from plaudit.creators.jobs import mature_due
from plaudit.db import Database
from plaudit.decisions.model import OwnBenefit
from plaudit.ids import new_id
from plaudit.payouts import actions, methods
from plaudit.payouts.controls import (
    PayoutControl,
    PayoutControlDiffers,
    PayoutControlled,
    Wait,
    controls_of,
    let_pass,
    told_creator,
)
from plaudit.payouts.methods import BankAccount
from plaudit.payouts.model import Payout, PayoutMethod, PayoutState
from plaudit.payouts.names import both_names, vouch
from plaudit.payouts.providers.base import PayoutStatus
from plaudit.payouts.vault import fingerprint_old_accounts
from plaudit.problems import NotFound
from plaudit.schema.audit import laws
from tests.support.earnings import give
from tests.support.payout_desk import ACCOUNT, OPERATORS, PayoutDesk, open_payout_desk

pytestmark = pytest.mark.unsold

OTHER_ACCOUNT = BankAccount(
    holder_name="Bo", country="US", currency="USD", bank_code="021000021", account_number="777777"
)


@pytest.fixture
async def desk(database: Database, clock: ManualClock) -> PayoutDesk:
    return await open_payout_desk(database, clock)


async def bound(owner: OwnConnection, name: str, value: int) -> None:
    await owner.execute("update decision_bound set value = $2 where name = $1", name, value)


async def another(desk: PayoutDesk, creator_id: int, account: BankAccount = ACCOUNT) -> PayoutDesk:
    """Another creator at the same bank, with 10,000 diamonds."""
    clock = desk.clock
    made = PayoutDesk(desk.database, clock, desk.bank, desk.vault, creator_id, new_id(clock))
    named = {"creator_id": creator_id, "provider": "sandbox", "account": account}
    added = await made.act(methods.add_method, made.vault, method_id=made.method_id, **named)
    assert isinstance(added, PayoutMethod), added
    await give(desk.database, creator_id, 10_000)
    await made.act(creators.convert, conversion_id=new_id(clock), creator_id=creator_id, coins=10_000)
    assert await mature_due(desk.database, clock) == 1
    return made


async def linked(owner: OwnConnection, desk: PayoutDesk, other_id: int) -> None:
    await owner.execute(
        "insert into person_link (id, person_id, other_id, note, linked_by, linked_at)"
        " values ($1, $2, $3, 'x', 1, now())",
        *(new_id(desk.clock), desk.creator_id, other_id),
    )


async def asked(desk: PayoutDesk, diamonds: int = 2_000) -> Payout:
    desk.clock.advance(timedelta(seconds=1))  # what was asked for before is counted first
    payout = await desk.request(await desk.quote(diamonds))
    assert isinstance(payout, Payout), payout
    return payout


async def stopped(desk: PayoutDesk, payout: Payout) -> list[PayoutControl]:
    async with desk.database.read() as connection:
        return (await controls_of(connection, [payout.id], desk.clock.now())).get(payout.id, [])


async def passed(desk: PayoutDesk, payout: Payout, control: str, figure: int, operator_id: int = OPERATORS[0]) -> Any:
    named: dict[str, Any] = {"control": control, "figure": figure, "reason": "I called her"}
    return await desk.act(let_pass, operator_id, payout, **named)


async def test_more_than_usual_waits_and_is_let_pass_once(desk: PayoutDesk, owner_connection: OwnConnection) -> None:
    await bound(owner_connection, "payout_person_day_count", 1)
    first, second, third = [await asked(desk) for _ in range(3)]
    assert await stopped(desk, first) == []
    assert [(one.control, one.figure, one.most) for one in await stopped(desk, second)] == [
        ("payout_person_day_count", 2, 1)
    ], "what waits before it counts, so that it is seen at once"
    assert isinstance(await desk.approve(OPERATORS[0], first.id), Payout)
    refused = await desk.approve(OPERATORS[0], second.id)
    assert isinstance(refused, PayoutControlled)
    assert refused.fields == {"controls": ["payout_person_day_count"]}
    assert (await desk.find(second.id)).state is PayoutState.REQUESTED, "nothing is lost"
    assert isinstance(await passed(desk, second, "payout_person_day_count", 1), PayoutControlDiffers)
    assert isinstance(await passed(desk, second, "payout_house_day_diamonds", 9), NotFound)
    assert isinstance(await passed(desk, second, "payout_person_day_count", 2, desk.creator_id), OwnBenefit)
    for _ in range(2):
        assert isinstance(await passed(desk, second, "payout_person_day_count", 2), PayoutControl)
    assert [one.passed for one in await stopped(desk, second)] == [True]
    assert isinstance(await desk.approve(OPERATORS[0], third.id), PayoutControlled)
    assert isinstance(await desk.approve(OPERATORS[0], second.id), Payout)
    kept = await owner_connection.fetch("select control, figure, reason, passed_by from payout_pass")
    assert [tuple(one) for one in kept] == [("payout_person_day_count", 2, "I called her", OPERATORS[0])]


async def test_a_day_later_there_is_room_again(desk: PayoutDesk, owner_connection: OwnConnection) -> None:
    await bound(owner_connection, "payout_person_day_diamonds", 3_000)
    first, second = [await asked(desk) for _ in range(2)]
    await desk.approve(OPERATORS[0], first.id)
    assert [(one.control, one.figure) for one in await stopped(desk, second)] == [("payout_person_day_diamonds", 4_000)]
    desk.clock.advance(timedelta(days=1))
    assert isinstance(await desk.approve(OPERATORS[0], second.id), Payout)


async def test_what_was_let_pass_stops_again_when_it_grows(desk: PayoutDesk, owner_connection: OwnConnection) -> None:
    await bound(owner_connection, "payout_person_week_diamonds", 3_000)
    first, second, third = [await asked(desk) for _ in range(3)]
    await desk.act(actions.cancel, desk.creator_id, second.id)
    assert isinstance(await passed(desk, third, "payout_person_week_diamonds", 4_000), PayoutControl)
    await desk.approve(OPERATORS[0], first.id)
    again = await another(desk, 42, OTHER_ACCOUNT)
    await linked(owner_connection, desk, 42)
    fourth = await asked(again)
    await passed(again, fourth, "payout_person_week_diamonds", 6_000)
    assert isinstance(await again.approve(OPERATORS[0], fourth.id), Payout), "of two accounts of one person"
    assert isinstance(await desk.approve(OPERATORS[0], third.id), PayoutControlled)


async def test_one_account_of_two_people_is_seen(desk: PayoutDesk, owner_connection: OwnConnection) -> None:
    second = await another(desk, 42)
    fourth = await another(desk, 44, OTHER_ACCOUNT)
    await desk.approve(OPERATORS[0], (await asked(desk)).id)
    payout = await asked(second)
    assert [one.control for one in await stopped(second, payout)] == ["payout_account_week_creators"]
    assert await stopped(fourth, await asked(fourth)) == []
    kept = await owner_connection.fetch("select account_fingerprint from payout_method order by creator_id")
    assert kept[0] == kept[1] != kept[2]
    await owner_connection.execute("update payout_method set account_fingerprint = null")
    assert await fingerprint_old_accounts(desk.database, desk.vault) == 3
    assert kept == await owner_connection.fetch("select account_fingerprint from payout_method order by creator_id")


async def test_a_new_creator_s_much_and_the_house_s_much(desk: PayoutDesk, owner_connection: OwnConnection) -> None:
    first = await asked(desk)
    await desk.approve(OPERATORS[0], first.id)
    await desk.send_due()
    await desk.hear(desk.bank.settle(first.id, PayoutStatus.PAID))
    await bound(owner_connection, "payout_new_creator_diamonds", 3_999)
    await bound(owner_connection, "payout_house_day_diamonds", 3_999)
    payout = await asked(desk)
    assert [one.control for one in await stopped(desk, payout)] == [
        "payout_house_day_diamonds", "payout_new_creator_diamonds",
    ]  # fmt: skip
    await bound(owner_connection, "payout_house_day_diamonds", 4_000)
    await bound(owner_connection, "payout_new_creator_window_s", 1)
    desk.clock.advance(timedelta(seconds=1))
    assert await stopped(desk, payout) == []


async def test_many_agree_at_once_and_no_more_than_may_be_goes_out(
    desk: PayoutDesk, owner_connection: OwnConnection
) -> None:
    """Accounts of one person, of other shards, are agreed to by several operators at the same moment."""
    await bound(owner_connection, "payout_person_day_count", 3)
    await bound(owner_connection, "payout_account_week_creators", 9)
    desks = [desk, await another(desk, 42), await another(desk, 43, OTHER_ACCOUNT)]
    for other in (42, 43):
        await linked(owner_connection, desk, other)
    payouts = [(one, await asked(one)) for _ in range(3) for one in desks]
    answers = await asyncio.gather(
        *(one.approve(OPERATORS[number % 3], payout.id) for number, (one, payout) in enumerate(payouts))
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Payout"] * 3 + ["PayoutControlled"] * 6
    states = await owner_connection.fetch("select state, count(*)::int as n from payout group by 1 order by 1")
    assert [tuple(one) for one in states] == [("approved", 3), ("requested", 6)]


async def test_past_the_actions_the_database_counts_as_well(desk: PayoutDesk, owner_connection: OwnConnection) -> None:
    """Statements of who writes past the actions, at the same moment: they are counted one after another."""
    await bound(owner_connection, "payout_person_day_count", 1)
    payouts = [await asked(desk) for _ in range(4)]

    async def agreed(payout: Payout, operator_id: int) -> str:
        try:
            async with desk.database.transaction() as connection:
                await connection.execute(
                    "insert into payout_event (shard, payout_id, from_state, to_state, at, actor, actor_id)"
                    " select shard, id, 'requested', 'approved', $2, 'operator', $3 from payout where id = $1",
                    *(payout.id, desk.clock.now(), operator_id),
                )
                await connection.execute(
                    "update payout set state = 'approved', previous_state = 'requested' where id = $1", payout.id
                )
        except asyncpg.CheckViolationError as error:
            return str(error.constraint_name)
        return "agreed"

    outcomes = await asyncio.gather(*(agreed(payout, OPERATORS[number % 3]) for number, payout in enumerate(payouts)))
    assert sorted(outcomes) == ["agreed", *["payout_is_controlled"] * 3]


async def test_another_s_account_waits_until_a_person_decided(desk: PayoutDesk) -> None:
    """The holder is `Ada`; what a person decided of her account holds until another name is vouched for."""
    vault = desk.vault.vault
    first = await asked(desk)
    assert await stopped(desk, first) == [], "nobody vouches for a name"
    for name, found in (
        ("Ada King", [("name_mismatch", "approval")]),
        ("ADA", []),
        ("Bo", [("name_mismatch", "approval")]),
    ):
        await desk.act(vouch, vault, desk.creator_id, name)
        assert [(one.control, one.stops) for one in await stopped(desk, first)] == found
    assert isinstance(await desk.approve(OPERATORS[0], first.id), PayoutControlled)
    assert [one.reason for one in told_creator(await stopped(desk, first))] == [Wait.NAME]
    desk.clock.advance(timedelta(seconds=1))
    assert isinstance(await passed(desk, first, "name_mismatch", 0), PayoutControl)
    assert told_creator(await stopped(desk, first)) == []
    second = await asked(desk)
    await desk.act(vouch, vault, desk.creator_id, "Bo")
    for payout in (first, second):
        assert isinstance(await desk.approve(OPERATORS[0], payout.id), Payout)
    third = await asked(desk)
    await desk.act(vouch, vault, desk.creator_id, "Bo Alm")
    assert isinstance(await desk.approve(OPERATORS[0], third.id), PayoutControlled), "another name is another question"
    async with desk.database.read() as connection:
        both = await both_names(connection, vault, desk.creator_id, third.holder_name)
        kept = await connection.fetchval("select sealed_name from vouched_name")
    assert (both.holder_name, both.vouched_name, both.match) == ("Ada", "Bo Alm", "mismatch")
    assert b"Alm" not in kept


async def test_a_new_account_is_held_against_the_name_that_is_known(desk: PayoutDesk) -> None:
    await desk.act(vouch, desk.vault.vault, 42, "Bo Ek Strand")
    other = await another(desk, 42, msgspec.structs.replace(OTHER_ACCOUNT, holder_name="Bo Ek"))
    payout = await asked(other)
    assert [(one.control, one.stops) for one in await stopped(other, payout)] == [("name_close", "approval")]
    assert isinstance(await other.approve(OPERATORS[0], payout.id), PayoutControlled)
    assert [one.reason for one in told_creator(await stopped(other, payout))] == [Wait.NAME]
    assert isinstance(await passed(other, payout, "name_close", 0), PayoutControl)
    assert isinstance(await other.approve(OPERATORS[0], payout.id), Payout)


async def test_an_account_whose_name_nobody_knows_waits_above_a_bound(
    desk: PayoutDesk, owner_connection: OwnConnection
) -> None:
    await bound(owner_connection, "payout_unnamed_diamonds", 2_000)
    small, large = await asked(desk), await asked(desk, 2_001)
    assert await stopped(desk, small) == []
    assert [(one.control, one.stops) for one in await stopped(desk, large)] == [("name_unknown", "approval")]
    assert isinstance(await desk.approve(OPERATORS[0], large.id), PayoutControlled)
    assert [one.reason for one in told_creator(await stopped(desk, large))] == [Wait.IDENTITY]
    await desk.act(vouch, desk.vault.vault, desk.creator_id, "Ada")
    assert isinstance(await desk.approve(OPERATORS[0], large.id), Payout), "a name that matches needs nobody"


async def test_the_audit_counts_linked_accounts_and_bank_accounts_together(
    desk: PayoutDesk, owner_connection: OwnConnection
) -> None:
    """Whoever owns the tables agreed to more than controls let through."""
    by_name = {one.name: one for one in laws()}
    other = await another(desk, 42)
    await linked(owner_connection, desk, 42)
    for one in (desk, other):
        assert isinstance(await one.approve(OPERATORS[0], (await asked(one)).id), Payout)
    started = "update decision_bound set value = $2, recorded_at = $3 where name = $1"
    long_ago = desk.clock.now() - timedelta(days=1)
    await owner_connection.execute("update person_link set linked_at = $1", long_ago)
    for name, law in (
        ("payout_person_day_count", "payouts_are_controlled"),
        ("payout_account_week_diamonds", "bank_accounts_are_controlled"),
    ):
        await owner_connection.execute(started, "payout_unnamed_diamonds", 0, long_ago)
        for value, found in ((1, 1 if name.endswith("count") else 2), (4_000, 0)):
            await owner_connection.execute(started, name, value, long_ago)
            assert len(await owner_connection.fetch(by_name[law].sql)) == found, (name, value)
