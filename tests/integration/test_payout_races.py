"""Creators, operators, jobs and webhooks at once: each thing happens once, whoever comes first."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from plaudit.clock import ManualClock
from plaudit.creators import actions as creators
from plaudit.creators.jobs import convert_due, mature_due
from plaudit.creators.model import InsufficientGiftBalance, NewRewardRule
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.payouts import actions, methods, outcomes
from plaudit.payouts.jobs import apply_kept_events, poll_due, send_due
from plaudit.payouts.methods import BankAccount
from plaudit.payouts.model import InsufficientDiamonds, Payout, PayoutState
from plaudit.payouts.providers import PayoutProviders
from plaudit.payouts.providers.base import PayoutStatus
from plaudit.problems import IdempotencyConflict, Problem
from tests.support.earnings import PretendBank, give

pytestmark = pytest.mark.sql

OPERATORS = (901, 902, 903)
ACCOUNT = BankAccount(holder_name="Ada", country="US", currency="USD", bank_code="021000021", account_number="123456")


@dataclass
class Desk:
    """A creator with diamonds, and what acts on them."""

    database: Database
    clock: ManualClock
    bank: PretendBank
    creator_id: int
    method_id: UUID

    @property
    def providers(self) -> PayoutProviders:
        return PayoutProviders([self.bank])

    async def act(self, action: Any, *arguments: Any, **named: Any) -> Any:
        """An action in a transaction of its own; a problem is the answer."""
        try:
            async with self.database.transaction() as connection:
                return await action(connection, self.clock, *arguments, **named)
        except Problem as problem:
            return problem

    async def quote(self, diamonds: int) -> UUID:
        quote_id = new_id(self.clock)
        named = {"creator_id": self.creator_id, "diamonds": diamonds, "method_id": self.method_id}
        return (await self.act(actions.quote, quote_id=quote_id, **named)).id  # type: ignore[no-any-return]

    async def request(self, quote_id: UUID, payout_id: UUID | None = None) -> Any:
        named = {"creator_id": self.creator_id, "quote_id": quote_id}
        return await self.act(actions.request, payout_id=payout_id or new_id(self.clock), **named)

    async def available(self) -> int:
        async with self.database.read() as connection:
            return (await creators.balance_of(connection, self.creator_id)).available

    async def find(self, payout_id: UUID) -> Payout:
        async with self.database.read() as connection:
            return await actions.find(connection, payout_id, None)


async def at_once(*work: Coroutine[Any, Any, Any]) -> list[Any]:
    return list(await asyncio.gather(*work))


def kinds(answers: Sequence[Any]) -> list[str]:
    return sorted(type(answer).__name__ for answer in answers)


@pytest.fixture
async def desk(database: Database, clock: ManualClock) -> Desk:
    """10,000 diamonds available, 1,000 coins not converted."""
    made = Desk(database, clock, PretendBank(), 41, new_id(clock))
    rule = NewRewardRule(numerator=1, denominator=1, maturity_s=0, note="of the test")
    await made.act(creators.record_rule, rule, None)
    named = {"creator_id": made.creator_id, "provider": "sandbox", "account": ACCOUNT}
    await made.act(methods.add_method, method_id=made.method_id, **named)
    await give(database, made.creator_id, 11_000)
    await made.act(creators.convert, conversion_id=new_id(clock), creator_id=made.creator_id, coins=10_000)
    assert await mature_due(database, clock) == 1
    return made


async def test_two_payouts_that_drain_one_balance(desk: Desk) -> None:
    quotes = [await desk.quote(6_000) for _ in range(4)]
    answers = await at_once(*(desk.request(quote) for quote in quotes))
    assert kinds(answers) == [*["InsufficientDiamonds"] * 3, "Payout"]
    short = {answer.fields["diamonds_short"] for answer in answers if isinstance(answer, InsufficientDiamonds)}
    assert short == {2_000}
    assert await desk.available() == 4_000


async def test_one_request_many_times_at_once(desk: Desk) -> None:
    quote, payout_id = await desk.quote(5_000), new_id(desk.clock)
    answers = await at_once(*(desk.request(quote, payout_id) for _ in range(5)))
    assert {answer.id for answer in answers} == {payout_id}
    others = await at_once(*(desk.request(quote) for _ in range(3)))
    assert kinds(others) == ["PayoutQuoteUsed"] * 3
    assert await desk.available() == 5_000


async def test_approvals_refusals_and_a_cancellation_at_once(desk: Desk) -> None:
    payout = await desk.request(await desk.quote(5_000))
    answers = await at_once(
        *(desk.act(actions.approve, operator, payout.id) for operator in OPERATORS),
        *(desk.act(actions.refuse, operator, payout.id, "no") for operator in OPERATORS),
        desk.act(actions.cancel, desk.creator_id, payout.id),
    )
    found = await desk.find(payout.id)
    assert {answer.state for answer in answers if isinstance(answer, Payout)} == {found.state}
    assert set(kinds(answers)) == {"Payout", "PayoutStateConflict"}
    async with desk.database.read() as connection:
        assert len(await actions.events_of(connection, found)) == 2
        queued = await connection.fetchval("select count(*) from payout_send")
    assert queued == (found.state is PayoutState.APPROVED)
    assert await desk.available() == (5_000 if found.state is PayoutState.APPROVED else 10_000)


async def test_several_processes_send_each_payout_once(desk: Desk) -> None:
    payouts = [await desk.request(await desk.quote(2_000)) for _ in range(5)]
    await at_once(*(desk.act(actions.approve, OPERATORS[0], payout.id) for payout in payouts))
    tried = await at_once(*(send_due(desk.database, desk.clock, desk.providers) for _ in range(4)))
    assert sum(tried) == 5
    assert sorted(desk.bank.orders_taken) == sorted(payout.id for payout in payouts)


@pytest.mark.parametrize("status", [PayoutStatus.PAID, PayoutStatus.FAILED, PayoutStatus.RETURNED])
async def test_webhooks_polls_and_kept_events_at_once(desk: Desk, status: PayoutStatus) -> None:
    payouts = [await desk.request(await desk.quote(2_000)) for _ in range(3)]
    for payout in payouts:
        await desk.act(actions.approve, OPERATORS[0], payout.id)
    await send_due(desk.database, desk.clock, desk.providers)
    events = []
    for payout in payouts:
        if status is PayoutStatus.RETURNED:
            events.append(desk.bank.settle(payout.id, PayoutStatus.PAID))
        events.append(desk.bank.settle(payout.id, status))
    desk.clock.advance(timedelta(minutes=1))

    quotes = [await desk.quote(2_000) for _ in range(2)]

    async def webhook(event_id: str) -> None:
        await desk.act(keep, event_id)
        await desk.act(outcomes.apply_event, desk.bank, event_id)

    async def keep(connection: Any, clock: ManualClock, event_id: str) -> None:
        await outcomes.keep_event(connection, clock, desk.bank.name, event_id, desk.bank.events[event_id])

    await at_once(
        *(webhook(event_id) for event_id in reversed(events)),
        *(webhook(event_id) for event_id in events),
        *(poll_due(desk.database, desk.clock, desk.providers) for _ in range(2)),
        *(apply_kept_events(desk.database, desk.clock, desk.providers) for _ in range(2)),
        *(desk.request(quote) for quote in quotes),
    )
    assert {(await desk.find(payout.id)).state for payout in payouts} == {PayoutState(status)}
    assert await desk.available() == (0 if status is PayoutStatus.PAID else 6_000)


async def test_maturity_by_several_processes(desk: Desk) -> None:
    for _ in range(20):
        await desk.act(creators.convert, conversion_id=new_id(desk.clock), creator_id=desk.creator_id, coins=10)
    matured = await at_once(*(mature_due(desk.database, desk.clock) for _ in range(5)))
    assert sum(matured) == 20
    assert await desk.available() == 10_200


async def test_conversions_that_drain_one_gift_balance(desk: Desk) -> None:
    same = new_id(desk.clock)

    async def convert(conversion_id: UUID, coins: int | None) -> Any:
        named = {"creator_id": desk.creator_id, "coins": coins}
        return await desk.act(creators.convert, conversion_id=conversion_id, **named)

    answers = await at_once(
        *(convert(same, 600) for _ in range(3)), *(convert(new_id(desk.clock), 600) for _ in range(3))
    )
    made = {answer.id for answer in answers if not isinstance(answer, Problem)}
    assert len(made) == 1
    assert {type(answer) for answer in answers if isinstance(answer, Problem)} == {InsufficientGiftBalance}
    winner = made.pop()
    assert sum(getattr(answer, "id", None) == winner for answer in answers) == (3 if winner == same else 1)
    other = await convert(winner, 500)
    assert isinstance(other, IdempotencyConflict)


async def test_automatic_conversion_by_several_processes_while_gifts_come(desk: Desk) -> None:
    await desk.act(lambda connection, _: creators.set_automatic_conversion(connection, desk.creator_id, True))
    await at_once(
        *(convert_due(desk.database, desk.clock) for _ in range(3)),
        give(desk.database, desk.creator_id, 77),
        *(mature_due(desk.database, desk.clock) for _ in range(2)),
    )
    await convert_due(desk.database, desk.clock)
    await mature_due(desk.database, desk.clock)
    assert await desk.available() == 11_077
