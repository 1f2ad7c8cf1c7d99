"""Money movements of a shard take turns: none waits for one that waits for it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from plaudit.connections import Connection, OwnConnection
from plaudit.inbox.model import NewsOutcome
from plaudit.money import Money
from plaudit.problems import TooBusy
from plaudit.selling.orders.actions import find_order
from plaudit.selling.orders.settlement import Seller, settle
from plaudit.selling.providers.news import Payment, PaymentState, ReversalKind, ReversalNews, ReversalState
from tests.support.returns import Returns, payment_of
from tests.support.shop import Shop, open_shop
from tests.support.waiting import until_waiting

pytestmark = pytest.mark.sql


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


class Pausing:
    """A connection that stops before its movements if one has a reason, until it is told to go on."""

    def __init__(self, connection: Connection, reason: str, reached: asyncio.Event, go_on: asyncio.Event) -> None:
        self._connection, self._reason, self._reached, self._go_on = connection, reason, reached, go_on

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def execute(self, sql: str, *arguments: Any) -> str:
        if any(isinstance(given, list) and self._reason in given for given in arguments):
            self._reached.set()
            await self._go_on.wait()
        return await self._connection.execute(sql, *arguments)


async def test_a_dispute_fee_in_the_middle_of_a_sale(shop: Shop, owner_connection: OwnConnection) -> None:
    ada = await Returns.of(shop)
    disputed, bought = await ada.buy(), await shop.order(ada.buyer, coins=200)
    house, reached, go_on = shop.desk.house, asyncio.Event(), asyncio.Event()
    seller_process: list[int] = []

    async def sell() -> NewsOutcome:
        async with house.database.transaction() as connection:
            order = await find_order(connection, ada.person_id, UUID(bought["id"]))
            payment = Payment(
                id=payment_of(bought),
                reference=order.reference,
                state=PaymentState.PAID,
                amount=order.price,
                fee_minor=3,
            )
            seller_process.append(connection.get_server_pid())
            pausing: Any = Pausing(connection, "sale_fee", reached, go_on)
            return await settle(pausing, order, payment, Seller.of(house.settings), shop.clock.now())

    async def charge_fee() -> NewsOutcome:
        await reached.wait()
        fee = ReversalNews(
            id="dsp_1", kind=ReversalKind.CHARGEBACK, payment_id=payment_of(disputed), state=ReversalState.DONE,
            amount=Money(0, "GBP"), fee_minor=1500,
        )  # fmt: skip
        return await ada.apply(disputed, fee)

    selling, charging = asyncio.create_task(sell()), asyncio.create_task(charge_fee())
    await asyncio.wait({selling, asyncio.create_task(reached.wait())}, return_when=asyncio.FIRST_COMPLETED)
    assert not selling.done(), "the sale does not move what it should"
    await until_waiting(owner_connection, seller_process[0], charging)
    go_on.set()
    sold, charged = await asyncio.gather(selling, charging)
    assert (sold, charged) == (NewsOutcome.APPLIED, NewsOutcome.APPLIED)
    assert await ada.coins() == 300


async def test_two_that_wait_for_each_other_are_told_to_come_again(shop: Shop) -> None:
    ada = await Returns.of(shop)
    orders = [UUID((await ada.buy())["id"]) for _ in range(2)]
    database = shop.desk.house.database
    both = asyncio.Barrier(2)

    async def lock(*ids: UUID) -> str:
        try:
            async with database.transaction() as connection:
                for order_id in ids:
                    await connection.execute("select from recharge_order where order_id = $1 for update", order_id)
                    if order_id == ids[0]:
                        await both.wait()
        except TooBusy:
            return "come again"
        return "done"

    assert sorted(await asyncio.gather(lock(*orders), lock(*reversed(orders)))) == ["come again", "done"]


async def test_everything_about_money_at_once(shop: Shop) -> None:
    people = [await Returns.of(shop, name) for name in ("ada", "ben", "cleo", "dora")]
    paid = [(person, await person.buy()) for person in people for _ in range(2)]
    open_orders = [(person, await shop.order(person.buyer, coins=100)) for person in people]
    await asyncio.gather(*(shop.pay(order) for _, order in open_orders))

    async def dispute(person: Returns, order: dict[str, Any], number: int) -> None:
        for state, fee_minor in ((ReversalState.OPENED, 1500), (ReversalState.UNDONE, 0), (ReversalState.OPENED, 1500)):
            news = ReversalNews(
                id=f"dsp_{number}", kind=ReversalKind.CHARGEBACK, payment_id=payment_of(order), state=state,
                amount=Money(order["price"]["amount_minor"], "GBP"), fee_minor=fee_minor,
            )  # fmt: skip
            await person.apply(order, news)

    async def refresh(person: Returns, order: dict[str, Any]) -> None:
        assert (await person.buyer.post(f"/v1/orders/{order['id']}/refresh")).status_code == 200

    await asyncio.gather(
        *(dispute(person, order, number) for number, (person, order) in enumerate(paid[::2])),
        *(person.withdraw(order) for person, order in paid[1::2]),
        *(refresh(person, order) for person, order in open_orders),
    )
    assert [await person.coins() for person in people] == [200] * 4  # disputes undone, withdrawals done, orders paid
