"""Creators, operators, jobs and webhooks at once: each thing happens once, whoever comes first."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from plaudit.clock import ManualClock
from plaudit.creators import actions as creators
from plaudit.creators.jobs import convert_due, mature_due
from plaudit.creators.model import InsufficientGiftBalance
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.payouts import actions
from plaudit.payouts.jobs import poll_due
from plaudit.payouts.model import InsufficientDiamonds, Payout, PayoutState
from plaudit.payouts.providers.base import PayoutStatus
from plaudit.payouts.told import apply_due
from plaudit.problems import IdempotencyConflict, Problem
from tests.support.earnings import give
from tests.support.payout_desk import OPERATORS, PayoutDesk, open_payout_desk

pytestmark = pytest.mark.unsold


async def at_once(*work: Coroutine[Any, Any, Any]) -> list[Any]:
    return list(await asyncio.gather(*work))


def kinds(answers: Sequence[Any]) -> list[str]:
    return sorted(type(answer).__name__ for answer in answers)


@pytest.fixture
async def desk(database: Database, clock: ManualClock) -> PayoutDesk:
    return await open_payout_desk(database, clock)


async def test_two_payouts_that_drain_one_balance(desk: PayoutDesk) -> None:
    quotes = [await desk.quote(6_000) for _ in range(4)]
    answers = await at_once(*(desk.request(quote) for quote in quotes))
    assert kinds(answers) == [*["InsufficientDiamonds"] * 3, "Payout"]
    short = {answer.fields["diamonds_short"] for answer in answers if isinstance(answer, InsufficientDiamonds)}
    assert short == {2_000}
    assert await desk.available() == 4_000


async def test_one_request_many_times_at_once(desk: PayoutDesk) -> None:
    quote, payout_id = await desk.quote(5_000), new_id(desk.clock)
    answers = await at_once(*(desk.request(quote, payout_id) for _ in range(5)))
    assert {answer.id for answer in answers} == {payout_id}
    others = await at_once(*(desk.request(quote) for _ in range(3)))
    assert kinds(others) == ["PayoutQuoteUsed"] * 3
    assert await desk.available() == 5_000


async def test_approvals_refusals_and_a_cancellation_at_once(desk: PayoutDesk) -> None:
    payout = await desk.request(await desk.quote(5_000))
    answers = await at_once(
        *(desk.approve(operator, payout.id) for operator in OPERATORS),
        *(desk.act(actions.refuse, operator, payout.id, "no") for operator in OPERATORS),
        desk.act(actions.cancel, desk.creator_id, payout.id),
    )
    found = await desk.find(payout.id)
    assert found.state in {PayoutState.REFUSED, PayoutState.CANCELLED}, (
        "an approved payout nobody was told of is refused"
    )
    assert set(kinds(answers)) == {"Payout", "PayoutStateConflict"}
    async with desk.database.read() as connection:
        events = [event.to_state for event in await actions.events_of(connection, found.creator_id, [found.id])]
        queued = await connection.fetchval("select count(*) from payout_send")
    assert events[0] is PayoutState.REQUESTED
    assert sorted(events[1:]) in [["approved", "refused"], ["refused"], ["cancelled"]]
    assert {answer.state for answer in answers if isinstance(answer, Payout)} <= set(events[1:])
    assert queued == 0
    assert await desk.available() == 10_000


@pytest.mark.parametrize("moment", range(6))
async def test_refusing_while_it_is_sent(desk: PayoutDesk, moment: int) -> None:
    """Either the bank has it, or the creator has the diamonds."""
    payout = await desk.request(await desk.quote(5_000))
    await desk.approve(OPERATORS[0], payout.id)

    async def refuse() -> Any:
        for _ in range(moment):
            await asyncio.sleep(0)
        return await desk.act(actions.refuse, OPERATORS[1], payout.id, "no")

    refused, _ = await at_once(refuse(), desk.send_due())
    found = await desk.find(payout.id)
    assert isinstance(refused, Payout) == (found.state is PayoutState.REFUSED)
    assert desk.bank.orders_taken == ([] if found.state is PayoutState.REFUSED else [payout.id])
    assert await desk.available() == (10_000 if found.state is PayoutState.REFUSED else 5_000)


async def test_several_processes_send_each_payout_once(desk: PayoutDesk) -> None:
    payouts = [await desk.request(await desk.quote(2_000)) for _ in range(5)]
    await at_once(*(desk.approve(OPERATORS[0], payout.id) for payout in payouts))
    tried = await at_once(*(desk.send_due() for _ in range(4)))
    assert sum(tried) == 5
    assert sorted(desk.bank.orders_taken) == sorted(payout.id for payout in payouts)


@pytest.mark.parametrize("status", [PayoutStatus.PAID, PayoutStatus.FAILED, PayoutStatus.RETURNED])
async def test_webhooks_polls_and_kept_events_at_once(desk: PayoutDesk, status: PayoutStatus) -> None:
    payouts = [await desk.request(await desk.quote(2_000)) for _ in range(3)]
    for payout in payouts:
        await desk.approve(OPERATORS[0], payout.id)
    await desk.send_due()
    events = []
    for payout in payouts:
        if status is PayoutStatus.RETURNED:
            events.append(desk.bank.settle(payout.id, PayoutStatus.PAID))
        events.append(desk.bank.settle(payout.id, status))
    desk.clock.advance(timedelta(minutes=1))

    quotes = [await desk.quote(2_000) for _ in range(2)]

    await at_once(
        *(desk.hear(event_id) for event_id in reversed(events)),
        *(desk.hear(event_id) for event_id in events),
        *(poll_due(desk.database, desk.clock, desk.providers) for _ in range(2)),
        *(apply_due(desk.database, desk.clock, desk.providers, desk.vault.vault) for _ in range(2)),
        *(desk.request(quote) for quote in quotes),
    )
    assert {(await desk.find(payout.id)).state for payout in payouts} == {PayoutState(status)}
    assert await desk.available() == (0 if status is PayoutStatus.PAID else 6_000)


async def test_maturity_by_several_processes(desk: PayoutDesk) -> None:
    for _ in range(20):
        await desk.act(creators.convert, conversion_id=new_id(desk.clock), creator_id=desk.creator_id, coins=10)
    matured = await at_once(*(mature_due(desk.database, desk.clock) for _ in range(5)))
    assert sum(matured) == 20
    assert await desk.available() == 10_200


async def test_conversions_that_drain_one_gift_balance(desk: PayoutDesk) -> None:
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


async def test_automatic_conversion_by_several_processes_while_gifts_come(desk: PayoutDesk) -> None:
    await desk.act(lambda connection, _: creators.set_automatic_conversion(connection, desk.creator_id, True))
    await at_once(
        *(convert_due(desk.database, desk.clock) for _ in range(3)),
        give(desk.database, desk.creator_id, 77),
        *(mature_due(desk.database, desk.clock) for _ in range(2)),
    )
    await convert_due(desk.database, desk.clock)
    await mature_due(desk.database, desk.clock)
    assert await desk.available() == 11_077
