"""Payouts when a provider, or what reads it, breaks at one of them: the others go on, and operators see it."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.creators.jobs import claw_back_due
from plaudit.db import Database
from plaudit.inbox import actions as inbox
from plaudit.inbox.model import Side
from plaudit.limits import INBOX_LEASE_S, PAYOUT_POLL_AFTER_S
from plaudit.pages import BEGINNING
from plaudit.payouts.jobs import poll_due
from plaudit.payouts.model import PayoutState
from plaudit.payouts.providers.base import PayoutOrder, PayoutStatus, ProviderPayout
from plaudit.payouts.stuck import Queue, StuckWork, list_stuck, retry
from plaudit.payouts.told import KIND, apply_due
from plaudit.people.model import Role
from tests.support.desk import Desk
from tests.support.earnings import PretendBank
from tests.support.payout_desk import OPERATORS, PayoutDesk, open_payout_desk
from tests.support.taking_back import take_from_one

pytestmark = pytest.mark.unsold


class BreakingBank(PretendBank):
    """A provider whose adapter has a bug that some payouts meet. The others are answered only after that."""

    def __init__(self) -> None:
        super().__init__()
        self.breaks_at: set[UUID] = set()
        self.broken = asyncio.Event()
        self.under_way = 0

    async def _meet(self, payout_id: UUID) -> None:
        if payout_id in self.breaks_at:
            self.broken.set()
            raise RuntimeError("dictionary changed size during iteration")
        if self.breaks_at:
            self.under_way += 1
            try:
                await self.broken.wait()
            finally:
                self.under_way -= 1

    async def send(self, order: PayoutOrder) -> ProviderPayout:
        await self._meet(order.payout_id)
        return await super().send(order)

    async def fetch(self, payout_id: UUID, reference: str | None = None) -> ProviderPayout | None:
        await self._meet(payout_id)
        return await super().fetch(payout_id, reference)

    def read_event(self, body: bytes) -> ProviderPayout:
        told = super().read_event(body)
        if told.payout_id in self.breaks_at:
            raise RuntimeError("dictionary changed size during iteration")
        return told


@pytest.fixture
def bank() -> BreakingBank:
    return BreakingBank()


@pytest.fixture
async def payouts(database: Database, clock: ManualClock, bank: BreakingBank) -> PayoutDesk:
    return await open_payout_desk(database, clock, bank)


async def approved(desk: PayoutDesk, count: int) -> list[UUID]:
    ids = []
    for _ in range(count):
        ids.append((await desk.request(await desk.quote(2_000))).id)
        await desk.approve(OPERATORS[0], ids[-1])
    return ids


async def states(desk: PayoutDesk, ids: list[UUID]) -> list[PayoutState]:
    return [(await desk.find(payout_id)).state for payout_id in ids]


async def stuck(database: Database, queue: Queue) -> list[StuckWork]:
    async with database.read() as connection:
        return await list_stuck(connection, queue, BEGINNING, 100)


async def hurry(desk: PayoutDesk, work: StuckWork) -> None:
    """What an operator does who does not wait for that."""
    async with desk.database.transaction() as connection:
        await retry(connection, work.id, desk.clock.now())


async def test_a_payout_that_breaks_its_provider_stops_no_other(payouts: PayoutDesk, bank: BreakingBank) -> None:
    bad, *good = await approved(payouts, 3)
    bank.breaks_at = {bad}
    before = asyncio.all_tasks()
    assert await payouts.send_due() == 3
    assert asyncio.all_tasks() == before
    assert bank.under_way == 0
    assert await states(payouts, [bad, *good]) == [PayoutState.APPROVED, PayoutState.SENT, PayoutState.SENT]
    (listed,) = await stuck(payouts.database, Queue.SEND)
    assert (listed.payout_id, listed.creator_id, listed.tries) == (bad, payouts.creator_id, 1)
    assert listed.error == "RuntimeError: dictionary changed size during iteration"
    assert listed.due_at > payouts.clock.now()

    bank.breaks_at = set()
    await hurry(payouts, listed)
    await payouts.send_due()
    assert await states(payouts, [bad]) == [PayoutState.SENT]
    assert await stuck(payouts.database, Queue.SEND) == []


async def test_nothing_is_sent_after_the_job_was_stopped(payouts: PayoutDesk, bank: BreakingBank) -> None:
    await approved(payouts, 3)
    bank.breaks_at = {UUID(int=0)}  # nobody: all of them wait for an answer
    before = asyncio.all_tasks()
    job = asyncio.create_task(payouts.send_due())
    while bank.under_way < 3:
        await asyncio.sleep(0)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert bank.under_way == 0
    assert asyncio.all_tasks() == before
    assert await stuck(payouts.database, Queue.SEND) == [], "to be stopped is no failure"


async def test_a_payout_that_cannot_be_looked_up_stops_no_other(payouts: PayoutDesk, bank: BreakingBank) -> None:
    bad, *good = await approved(payouts, 3)
    await payouts.send_due()
    for payout_id in (bad, *good):
        bank.settle(payout_id, PayoutStatus.PAID)
    bank.breaks_at = {bad}
    payouts.clock.advance(timedelta(seconds=PAYOUT_POLL_AFTER_S))
    before = asyncio.all_tasks()
    assert await poll_due(payouts.database, payouts.clock, payouts.providers) == 3
    assert asyncio.all_tasks() == before
    assert await states(payouts, [bad, *good]) == [PayoutState.SENT, PayoutState.PAID, PayoutState.PAID]
    (listed,) = await stuck(payouts.database, Queue.POLL)
    assert (listed.payout_id, listed.tries) == (bad, 1)
    assert listed.due_at > payouts.clock.now()

    bank.breaks_at = set()
    await hurry(payouts, listed)
    await poll_due(payouts.database, payouts.clock, payouts.providers)
    assert await states(payouts, [bad]) == [PayoutState.PAID]
    assert await stuck(payouts.database, Queue.POLL) == []


async def test_an_event_that_cannot_be_applied_stops_no_other(payouts: PayoutDesk, bank: BreakingBank) -> None:
    bad, *good = await approved(payouts, 3)
    await payouts.send_due()

    async def keep(connection: Any, clock: ManualClock, payout_id: UUID) -> None:
        event_id = bank.settle(payout_id, PayoutStatus.PAID)
        body = bank.events[event_id]
        await inbox.keep(connection, payouts.vault.vault, Side.PAYOUTS, bank.name, event_id, KIND, body, clock.now())

    for payout_id in (bad, *good):
        await payouts.act(keep, payout_id)
    bank.breaks_at = {bad}
    payouts.clock.advance(timedelta(seconds=INBOX_LEASE_S))
    assert await apply_due(payouts.database, payouts.clock, payouts.providers, payouts.vault.vault) == 3
    assert await states(payouts, [bad, *good]) == [PayoutState.SENT, PayoutState.PAID, PayoutState.PAID]
    due = []
    for _ in range(3):
        (listed,) = await stuck(payouts.database, Queue.EVENT)
        due.append((listed.due_at - payouts.clock.now()).total_seconds())
        payouts.clock.advance(listed.due_at - payouts.clock.now())
        assert await apply_due(payouts.database, payouts.clock, payouts.providers, payouts.vault.vault) == 1
    assert due == [4, 8, 16], "the second try was the first that failed"

    bank.breaks_at = set()
    (listed,) = await stuck(payouts.database, Queue.EVENT)
    assert (listed.provider, listed.event_id) == ("sandbox", f"0-{bad}")
    await hurry(payouts, listed)
    assert await apply_due(payouts.database, payouts.clock, payouts.providers, payouts.vault.vault) == 1
    assert await states(payouts, [bad]) == [PayoutState.PAID]
    assert await stuck(payouts.database, Queue.EVENT) == []


async def test_operators_see_what_is_stuck_and_have_it_tried_again(desk: Desk, owner_connection: OwnConnection) -> None:
    olga = await desk.person("olga", Role.OPERATOR)
    assert (await olga.get("/v1/operator/stuck-work")).json() == {"items": [], "next": None}
    creators = [await desk.person_id(name) for name in ("cleo", "dora", "ella")]
    database, clock = desk.house.database, desk.house.clock
    reversals = {str(each): str((await take_from_one(database, clock, each, 2))[0]) for each in creators}
    await owner_connection.execute("alter table clawback_part add constraint poison check (coins > 1000000) not valid")
    await claw_back_due(database, clock)

    pages: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 2, "queue": "clawback"}
    while not pages or query.get("cursor"):
        pages.append((await olga.get("/v1/operator/stuck-work", params=query)).json())
        query["cursor"] = pages[-1]["next"]
    items = [item for page in pages for item in page["items"]]
    assert [len(page["items"]) for page in pages] == [2, 1]
    assert {item["creator_id"]: item["reversal_id"] for item in items} == reversals
    assert {(item["queue"], item["direction"], item["tries"]) for item in items} == {("clawback", "take", 1)}
    assert (await olga.get("/v1/operator/stuck-work", params={"queue": "send"})).json()["items"] == []

    await owner_connection.execute("alter table clawback_part drop constraint poison")
    assert await claw_back_due(database, clock) == 0, "its time has not come"
    path = f"/v1/operator/stuck-work/{items[0]['id']}/retry"
    ada = await desk.person("ada", Role.VIEWER, Role.CREATOR)
    assert (await ada.post(path)).status_code == 403
    assert (await ada.get("/v1/operator/stuck-work")).status_code == 403
    assert (await olga.post(path)).status_code == 202
    assert await claw_back_due(database, clock) == 2, "all that creator's, and no other's"
    assert (await olga.post(path)).status_code == 404
    assert len((await olga.get("/v1/operator/stuck-work")).json()["items"]) == 2


async def test_the_page_of_stuck_work(desk: Desk, owner_connection: OwnConnection) -> None:
    olga, cleo = await desk.person("olga", Role.OPERATOR), await desk.person_id("cleo")
    assert "Nothing is stuck" in (await olga.get("/operator/stuck")).text
    database, clock = desk.house.database, desk.house.clock
    await take_from_one(database, clock, cleo, 1)
    await owner_connection.execute("alter table clawback_part add constraint poison check (coins > 1000000) not valid")
    await claw_back_due(database, clock)
    text = (await olga.get("/operator/stuck")).text
    assert all(said in text for said in ("Taking gifts back from a creator", "cleo", "tried 1 time", "poison"))
    assert "Nothing is stuck" in (await olga.get("/operator/stuck?queue=send")).text
    assert (await olga.get("/operator/stuck?queue=nonsense&before=nonsense")).status_code == 200
    assert "1 piece of work failed" in (await olga.get("/operator")).text
    assert (await (await desk.person("ada")).get("/operator/stuck")).status_code == 403
