"""Published bugs of ledgers where a command is repeated, refused or posted in part, each tried here."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder
from plaudit.people.model import Role
from tests.support.gift_load import until_delivered
from tests.support.returns import BRITISH_NOT_REFUNDABLE, CREATOR, ROOM, ROSE, Returns
from tests.support.shop import open_shop

pytestmark = pytest.mark.sql


@pytest.fixture
async def ada(database_url: str, tmp_path: Path) -> AsyncIterator[Returns]:
    async with open_shop(database_url, tmp_path, late_s=600) as shop:
        yield await Returns.of(shop)


@pytest.fixture
async def olga(ada: Returns) -> httpx2.AsyncClient:
    return await ada.shop.desk.person("olga", Role.OPERATOR)


def gift(ada: Returns, coins: int) -> GiftOrder:
    return GiftOrder(new_id(ada.shop.clock), ada.person_id, CREATOR, ROOM, ROSE, coins, coins)


async def test_one_id_many_times_in_one_batch_is_one_gift(ada: Returns) -> None:
    """formancehq/stack#1633: the same idempotency key twice in one batch crashed it."""
    await ada.buy(coins=100)
    once = gift(ada, 10)
    outcomes = await ada.shop.desk.house.gift_writer.charge_many([once] * 5 + [gift(ada, 1)])
    assert sorted(found.outcome for found in outcomes) == ["posted", "posted", *["repeated"] * 4]
    assert await ada.coins() == 89


async def test_an_id_with_another_body_is_a_conflict(ada: Returns, olga: httpx2.AsyncClient) -> None:
    """formancehq/ledger#921: it was answered with 500; midaz's SDK, PR 236: it silently got the first answer."""
    order = await ada.buy(coins=100)
    first = await ada.refund(olga, order, id=(key := str(new_id(ada.shop.clock))), amount_minor=10)
    assert first.status_code == 201
    for other in ({"amount_minor": 11}, {"coins": 10}, {"amount_minor": 10, "reason": "Another one."}):
        answer = await ada.refund(olga, order, id=key, **other)
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")
    quote = {"id": str(new_id(ada.shop.clock)), "coins": 100}
    assert (await ada.buyer.post("/v1/quotes", json=quote)).status_code == 201
    answer = await ada.buyer.post("/v1/quotes", json=quote | {"coins": 101})
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")


async def test_what_was_refused_can_be_asked_again(ada: Returns, olga: httpx2.AsyncClient) -> None:
    """LerianStudio/midaz#709: the key of a refused transaction was kept, and its retry refused for ever."""
    await ada.buy(coins=100)
    wanted = gift(ada, 300)
    writer = ada.shop.desk.house.gift_writer
    assert (await writer.charge(wanted)).outcome == "insufficient"
    order = await ada.buy(coins=200)
    assert (await writer.charge(wanted)).outcome == "posted"
    key = str(new_id(ada.shop.clock))
    assert (await ada.refund(olga, order, id=key, coins=201)).status_code == 409
    assert (await ada.refund(olga, order, id=key, coins=200)).status_code == 201


async def test_what_is_done_is_nowhere_said_to_be_under_way(ada: Returns, olga: httpx2.AsyncClient) -> None:
    """blnkfinance/blnk#293: rows went on saying that they were in flight after they had been committed."""
    order = await ada.buy(coins=100, card=BRITISH_NOT_REFUNDABLE)
    taken = (await ada.withdraw(order)).json()
    [made] = await ada.refunds_at_sandbox()
    await ada.hear("refund.succeeded", made | {"state": "succeeded"})
    said = [
        (await ada.buyer.get(f"/v1/reversals/{taken['id']}")).json(),
        *(await ada.buyer.get("/v1/reversals")).json()["items"],
        *await ada.reversals(order),
        *(await olga.get("/v1/operator/reversals")).json()["items"],
        *(
            entry
            for entry in (await ada.buyer.get("/v1/wallet/history")).json()["items"]
            if entry["kind"] == "reversal"
        ),
    ]
    assert [one["state"] for one in said] == ["done"] * 5


async def test_a_refund_moves_all_it_says_or_nothing(
    ada: Returns, olga: httpx2.AsyncClient, owner_connection: OwnConnection, database_url: str
) -> None:
    """blnkfinance/blnk PR 315: one leg of a commit did nothing and the other stood; nakama#747: updates of several
    wallets were not one. A refund that fails in its last step leaves nothing of the first ones."""
    order = await ada.buy(coins=100)
    await ada.give(40)
    await until_delivered(database_url)
    async with ada.shop.desk.house.database.read() as connection:
        before = await connection.fetch("select * from journal order by 1, 2, 3, 4")
    await owner_connection.execute("alter table reversal add constraint nothing_may_be_written check (false) not valid")
    assert (await ada.refund(olga, order, all=True)).status_code == 500
    async with ada.shop.desk.house.database.read() as connection:
        assert await connection.fetch("select * from journal order by 1, 2, 3, 4") == before
    assert await ada.coins() == 60
    await owner_connection.execute("alter table reversal drop constraint nothing_may_be_written")
    assert (await ada.refund(olga, order, all=True)).json()["coins_unspent"] == 60
