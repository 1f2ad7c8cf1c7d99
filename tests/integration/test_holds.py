"""Holds as those see them who hold coins, own them or look after them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.ledger import holds
from plaudit.ledger.holds import Hold, HoldEnded, HoldNotCovered, HoldUnknown, NewHold, TooManyHolds
from plaudit.ledger.model import GiftOrder
from plaudit.limits import HOLD_DAYS_MAX, HOLD_PAUSE_S_FIRST, HOLDS_OPEN_MAX
from plaudit.people.model import Role
from plaudit.problems import IdempotencyConflict, InvalidField
from tests.support.returns import CREATOR, ROOM, ROSE, Returns
from tests.support.shop import Shop, open_shop

HTML = {"accept": "text/html"}


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def ada(shop: Shop) -> Returns:
    return await Returns.of(shop)


def wanted(of: Returns, coins: int, hours: float = 24) -> NewHold:
    ends_at = of.shop.clock.now() + timedelta(hours=hours)
    return NewHold(
        hold_id=new_id(of.shop.clock), viewer_id=of.person_id, purpose="goal_pledge", coins=coins, ends_at=ends_at
    )


async def hold(of: Returns, asked: NewHold) -> Hold:
    async with of.shop.desk.house.database.transaction() as connection:
        return await holds.hold(connection, of.shop.clock, asked)


async def find(of: Returns, hold_id: UUID) -> Hold:
    async with of.shop.desk.house.database.read() as connection:
        return await holds.find(connection, of.person_id, hold_id)


async def lapse(shop: Shop) -> int:
    return await holds.lapse_due(shop.desk.house.database, shop.clock)


async def test_a_viewer_sees_what_is_held_and_until_when(ada: Returns) -> None:
    await ada.buy(100)
    one, other = wanted(ada, 30, hours=48), wanted(ada, 12)
    await hold(ada, one)
    await hold(ada, other)
    wallet = (await ada.buyer.get("/v1/wallet")).json()
    assert (wallet["coins"], wallet["held"], wallet["spent"]) == (58, 42, 0)
    assert [(entry["id"], entry["purpose"], entry["coins"]) for entry in wallet["holds"]] == [
        (str(other.hold_id), "goal_pledge", 12),
        (str(one.hold_id), "goal_pledge", 30),
    ]
    assert [lot["unspent"] for lot in wallet["lots"]["items"]] == [58]
    page = (await ada.buyer.get("/wallet", headers=HTML)).text
    assert "Coins set aside" in page
    assert page.count("set aside until") == 2


async def test_what_lapses_is_free_again(ada: Returns) -> None:
    await ada.buy(100)
    one, later = wanted(ada, 30, hours=1), wanted(ada, 20, hours=2)
    await hold(ada, one)
    await hold(ada, later)
    assert await lapse(ada.shop) == 0
    ada.shop.clock.advance(timedelta(hours=1))
    assert await lapse(ada.shop) == 1
    assert ((await find(ada, one.hold_id)).state, (await find(ada, later.hold_id)).state) == ("lapsed", "held")
    assert await ada.coins() == 80
    assert (await hold(ada, one)).state == "lapsed"  # asked again, long after its time


async def test_a_hold_that_cannot_be_let_go_stops_no_other(ada: Returns, owner_connection: OwnConnection) -> None:
    await ada.buy(100)
    poison, whole = wanted(ada, 30, hours=1), wanted(ada, 20, hours=1.5)
    await hold(ada, poison)
    await hold(ada, whole)
    await owner_connection.execute(
        f"""create function refuse() returns trigger language plpgsql as $$ begin raise 'not this one'; end $$;
        create trigger refuse before update of state on hold for each row
        when (old.hold_id = '{poison.hold_id}') execute function refuse()"""
    )
    ada.shop.clock.advance(timedelta(hours=2))
    assert await lapse(ada.shop) == 1
    [row] = await owner_connection.fetch("select hold_id, tries, error from hold where state = 'held'")
    assert (row["hold_id"], row["tries"]) == (poison.hold_id, 1)
    assert "not this one" in row["error"]
    await owner_connection.execute("drop trigger refuse on hold; drop function refuse()")
    assert await lapse(ada.shop) == 0
    ada.shop.clock.advance(timedelta(seconds=HOLD_PAUSE_S_FIRST))
    assert await lapse(ada.shop) == 1


async def test_what_cannot_be_held(ada: Returns) -> None:
    await ada.buy(HOLDS_OPEN_MAX + 10)
    for hours in (0, -1, HOLD_DAYS_MAX * 24 + 1):
        with pytest.raises(InvalidField, match="ends_at"):
            await hold(ada, wanted(ada, 1, hours=hours))
    with pytest.raises(InvalidField, match="coins"):
        await hold(ada, wanted(ada, 0))
    with pytest.raises(HoldNotCovered) as missing:
        await hold(ada, wanted(ada, HOLDS_OPEN_MAX + 17))
    assert missing.value.fields == {"coins": HOLDS_OPEN_MAX + 17, "coins_short": 7}
    for _ in range(HOLDS_OPEN_MAX):
        await hold(ada, wanted(ada, 1))
    with pytest.raises(TooManyHolds):
        await hold(ada, wanted(ada, 1))
    assert await ada.coins() == 10


async def test_holds_are_their_viewers_own(ada: Returns) -> None:
    await ada.buy(100)
    mine, clock = wanted(ada, 30), ada.shop.clock
    await hold(ada, mine)
    others = [await Returns.of(ada.shop, name) for name in ("bob", "cleo")]
    for other in others:
        await other.buy(70)
        gift = GiftOrder(new_id(clock), other.person_id, CREATOR, ROOM, ROSE, 30, 30)
        async with ada.shop.desk.house.database.transaction() as connection:
            with pytest.raises(HoldUnknown):
                await holds.spend(connection, clock, mine.hold_id, gift)
            with pytest.raises(HoldUnknown):
                await holds.release(connection, clock, other.person_id, mine.hold_id)
        assert await other.coins() == 70
    neighbour = next(other for other in others if other.person_id % 2 == ada.person_id % 2)
    with pytest.raises(IdempotencyConflict):  # the id is taken in their shard
        await hold(neighbour, msgspec.structs.replace(mine, viewer_id=neighbour.person_id))
    assert (await find(ada, mine.hold_id)).state == "held"


async def test_a_withdrawal_says_what_it_ends_and_ends_it(ada: Returns) -> None:
    order = await ada.buy(100)
    one, other = wanted(ada, 30), wanted(ada, 20)
    await hold(ada, one)
    ada.shop.clock.advance(timedelta(seconds=1))  # the later one breaks first
    await hold(ada, other)
    olga = await ada.shop.desk.person("olga", Role.OPERATOR)
    preview = (await ada.buyer.get(f"/v1/orders/{order['id']}/withdrawal")).json()
    assert (preview["possible"], preview["coins"], preview["coins_held"]) == (True, 100, 50)
    assert ", 50 held" in (await olga.get(f"/operator/orders/{order['id']}", headers=HTML)).text
    desk = (await olga.get(f"/operator/grants?person={ada.person_id}", headers=HTML)).text
    assert desk.count("for goal pledge until") == 2
    assert (await ada.withdraw(order, coins=60)).status_code == 201
    assert ((await find(ada, one.hold_id)).state, (await find(ada, other.hold_id)).state) == ("held", "broken")
    wallet = (await ada.buyer.get("/v1/wallet")).json()
    assert (wallet["coins"], wallet["held"]) == (10, 30)
    preview = (await ada.buyer.get(f"/v1/orders/{order['id']}/withdrawal")).json()
    assert (preview["coins"], preview["coins_held"]) == (40, 30)


async def test_what_is_held_can_be_spent_though_its_lot_expired_and_not_after_its_own_end(ada: Returns) -> None:
    clock, database = ada.shop.clock, ada.shop.desk.house.database
    olga = await ada.shop.desk.person("olga", Role.OPERATOR)
    until = (clock.now() + timedelta(days=1)).isoformat()
    for _ in range(2):
        present = {"id": str(new_id(clock)), "person_id": str(ada.person_id), "coins": 5, "reason": "A trial."}
        assert (await olga.post("/v1/operator/grants", json=present | {"expires_at": until})).status_code == 201
    one, other = wanted(ada, 5, hours=72), wanted(ada, 5, hours=48)
    await hold(ada, one)
    await hold(ada, other)
    clock.advance(timedelta(days=2))
    gift = GiftOrder(new_id(clock), ada.person_id, CREATOR, ROOM, ROSE, 5, 5)
    async with database.transaction() as connection:
        with pytest.raises(HoldEnded) as over:
            await holds.spend(connection, clock, other.hold_id, gift)
    assert over.value.fields["state"] == "lapsed"  # though nobody has looked yet
    async with database.transaction() as connection:
        assert (await holds.spend(connection, clock, one.hold_id, gift)).outcome == "posted"
    assert await lapse(ada.shop) == 1
    async with database.read() as connection:
        assert await connection.fetchval("select coins from wallet where viewer_id = $1", ada.person_id) == 0
        lots = await connection.fetch("select spent, held, expired from lot_state order by spent")
    assert [tuple(lot) for lot in lots] == [(0, 0, 5), (5, 0, 0)]
