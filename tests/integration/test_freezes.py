"""What stands still: a person, a wallet, a lot, a creator, a payout method, a payout, a room; each alone."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from plaudit.connections import connect
from plaudit.creators.jobs import convert_due, mature_due
from plaudit.gifts.catalogue.folder import load_starter
from plaudit.ids import new_id
from plaudit.ledger import holds
from plaudit.ledger.model import GiftOrder, GiftShare
from plaudit.limits import FREEZE_DAYS_MAX
from plaudit.payouts.jobs import send_due
from plaudit.people.model import Role
from plaudit.problems import StandsStill
from tests.integration.test_payouts import MATURITY_S, Studio, open_studio
from tests.support.databases import owner_of
from tests.support.earnings import give
from tests.support.gift_load import until_delivered
from tests.support.linking import link
from tests.support.returns import ROSE, Returns

WHY = {"reason": "A chargeback came in.", "message": "We look into a payment."}

pytestmark = pytest.mark.unsold


@dataclass
class Watch:
    """An operator who has things stand still, a viewer with coins and a creator."""

    studio: Studio
    viewer: Returns
    room_id: str

    async def freeze(self, what: str, person_id: int, subject_id: object = None, **changed: Any) -> dict[str, Any]:
        answer = await self.ask(what, person_id, subject_id, **changed)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def ask(self, what: str, person_id: int, subject_id: object = None, **changed: Any) -> httpx2.Response:
        body = {
            "id": self.studio.id(), "what": what, "person_id": str(person_id),
            "subject_id": None if subject_id is None else str(subject_id),
        } | WHY | changed  # fmt: skip
        return await self.studio.operator.post("/v1/operator/freezes", json=body)

    async def lift(self, made: dict[str, Any], reason: str = "All is well.") -> httpx2.Response:
        return await self.studio.operator.post(f"/v1/operator/freezes/{made['id']}/lift", json={"reason": reason})

    async def send(self, room_id: str | None = None, gift_id: str | None = None) -> httpx2.Response:
        body = {"id": gift_id or self.studio.id(), "room_id": room_id or self.room_id, "item_id": ROSE, "count": 1}
        return await self.viewer.buyer.post("/v1/gifts", json=body)

    def until(self, **span: float) -> str:
        return (self.studio.shop.clock.now() + timedelta(**span)).isoformat()

    async def open_room(self) -> str:
        made = await self.studio.creator.post("/v1/rooms", json={"title": "Tea", "id": self.studio.id()})
        assert made.status_code == 201, made.text
        room_id: str = made.json()["id"]
        started = await self.studio.creator.post(f"/v1/rooms/{room_id}/start")
        assert started.status_code == 200, started.text
        return room_id


@pytest.fixture
async def watch(database_url: str, tmp_path: Path) -> AsyncIterator[Watch]:
    async with open_studio(database_url, tmp_path) as studio:
        watch = Watch(studio, await Returns.of(studio.shop, "vera"), "")
        owner = await connect(owner_of(database_url))
        try:
            await load_starter(owner, studio.shop.clock)
        finally:
            await owner.close()
        await studio.shop.desk.house.catalogue.refresh()
        watch.room_id = await watch.open_room()
        yield watch


async def test_a_frozen_wallet_spends_nothing(watch: Watch) -> None:
    viewer = watch.viewer
    await viewer.buy(100)
    before = watch.studio.id()
    assert (await watch.send(gift_id=before)).status_code == 201
    made = await watch.freeze("wallet", viewer.person_id)
    refused = await watch.send()
    assert (refused.status_code, refused.json()["code"]) == (403, "stands_still")
    assert (refused.json()["detail"], refused.json()["freeze_id"], refused.json()["until"]) == (
        WHY["message"], made["id"], None,
    )  # fmt: skip
    again = await watch.send(gift_id=before)
    assert again.status_code == 200, "what was sent before keeps its answer"
    ordered = await viewer.buyer.post("/v1/orders", json={
        "id": watch.studio.id(), "quote_id": (await watch.studio.shop.quote(viewer.buyer, coins=100))["id"],
        "provider": "sandbox",
    })  # fmt: skip
    assert (ordered.status_code, ordered.json()["code"]) == (403, "stands_still")
    async with watch.studio.shop.desk.house.database.transaction() as connection:
        ends_at = watch.studio.shop.clock.now() + timedelta(hours=1)
        wanted = holds.NewHold(
            hold_id=new_id(watch.studio.shop.clock),
            viewer_id=viewer.person_id,
            purpose="pledge",
            coins=5,
            ends_at=ends_at,
        )
        with pytest.raises(StandsStill):
            await holds.hold(connection, watch.studio.shop.clock, wanted)
    assert await viewer.coins() == 99
    told = (await viewer.buyer.get("/v1/me/freezes")).json()["items"]
    assert [(one["what"], one["message"]) for one in told] == [("wallet", WHY["message"])]
    for path in ("/wallet", "/rules", "/appeal"):
        shown = (await viewer.buyer.get(path)).text
        assert (WHY["message"] in shown, '<a href="/appeal">' in shown) == (True, path != "/appeal"), path
    assert (await watch.lift(made)).status_code == 200
    assert (await watch.send()).status_code == 201


async def test_it_ends_by_itself_and_the_longest_counts(watch: Watch) -> None:
    await watch.viewer.buy(100)
    await watch.freeze("wallet", watch.viewer.person_id, ends_at=watch.until(hours=1))
    longer = await watch.freeze("person", watch.viewer.person_id, ends_at=watch.until(hours=2))
    watch.studio.shop.clock.advance(timedelta(minutes=90))
    assert (await watch.send()).status_code == 403
    await watch.lift(longer)
    assert (await watch.send()).status_code == 201


async def test_who_must_not_be_told_is_not_told(watch: Watch) -> None:
    await watch.viewer.buy(100)
    await watch.freeze("wallet", watch.viewer.person_id, message=None)
    refused = await watch.send()
    assert (refused.status_code, refused.json()["code"]) == (403, "stands_still")
    assert not {"freeze_id", "until", "what", "detail"} & refused.json().keys()
    assert (await watch.viewer.buyer.get("/v1/me/freezes")).json()["items"] == []


@pytest.mark.parametrize("what", ["creator", "person", "room"])
async def test_who_stands_still_gets_no_gift(watch: Watch, what: str) -> None:
    await watch.viewer.buy(100)
    other = await watch.open_room()
    made = await watch.freeze(what, watch.studio.creator_id, watch.room_id if what == "room" else None)
    refused = await watch.send()
    assert (refused.status_code, refused.json()["code"]) == (409, "receiver_stands_still")
    assert (await watch.send(other)).status_code == (201 if what == "room" else 409)
    await watch.lift(made)
    assert (await watch.send()).status_code == 201


async def test_a_share_of_who_stands_still_is_not_given_either(watch: Watch) -> None:
    await watch.viewer.buy(100)
    await watch.freeze("creator", watch.studio.creator_id)
    house = watch.studio.shop.desk.house
    host = await watch.studio.shop.desk.person_id("host")
    shares = tuple(GiftShare(one, 5) for one in (host, watch.studio.creator_id))
    order = GiftOrder(new_id(house.clock), watch.viewer.person_id, host, int(watch.room_id), ROSE, 1, 10, shares=shares)
    assert (await house.gift_writer.charge(order)).outcome == "frozen"


async def test_coins_of_a_frozen_lot_are_set_aside_whatever_happens(watch: Watch) -> None:
    """One lot of two: the other can be spent. Coins that come back to it stand still as well."""
    viewer, house, clock = watch.viewer, watch.studio.shop.desk.house, watch.studio.shop.clock
    order = await viewer.buy(160)
    clock.advance(timedelta(seconds=1))
    await viewer.buy(140)
    async with house.database.transaction() as connection:
        pledge = holds.NewHold(
            hold_id=new_id(clock), viewer_id=viewer.person_id, purpose="pledge", coins=10,
            ends_at=clock.now() + timedelta(hours=1),
        )  # fmt: skip
        await holds.hold(connection, clock, pledge)
    no_end = await watch.ask("lot", viewer.person_id, order["id"])
    assert (no_end.status_code, no_end.json()["field"]) == (400, "body.ends_at")
    made = await watch.freeze("lot", viewer.person_id, order["id"], ends_at=watch.until(days=2))
    assert await viewer.coins() == 140
    async with house.database.transaction() as connection:
        await holds.release(connection, clock, viewer.person_id, pledge.hold_id)
    assert await viewer.coins() == 140, "what came free stands still"
    assert (await viewer.give(140)).outcome == "posted"
    assert (await viewer.give(1)).outcome == "insufficient"
    await watch.lift(made)
    assert await viewer.coins() == 160


async def test_the_money_of_a_frozen_lot_can_go_back(watch: Watch) -> None:
    viewer = watch.viewer
    order = await viewer.buy(160)
    await watch.freeze("lot", viewer.person_id, order["id"], ends_at=watch.until(days=2))
    refunded = await viewer.refund(watch.studio.operator, order, coins=20)
    assert refunded.status_code == 201, refunded.text
    assert await viewer.coins() == 0
    wallet = (await viewer.buyer.get("/v1/wallet")).json()
    assert wallet["held"] == 140


async def test_a_frozen_lot_ends_at_its_time(watch: Watch) -> None:
    viewer, shop = watch.viewer, watch.studio.shop
    order = await viewer.buy(160)
    await watch.freeze("lot", viewer.person_id, order["id"], ends_at=watch.until(hours=2))
    shop.clock.advance(timedelta(hours=2))
    await holds.lapse_due(shop.desk.house.database, shop.clock)
    assert await viewer.coins() == 160


async def test_a_frozen_creator_converts_nothing_and_asks_for_nothing(watch: Watch) -> None:
    studio = watch.studio
    await studio.earn(10_000)
    made = await watch.freeze("creator", studio.creator_id)
    converted = await studio.creator.post("/v1/conversions", json={"id": studio.id(), "all": True})
    assert (converted.status_code, converted.json()["code"]) == (403, "stands_still")
    quoted = {"id": studio.id(), "diamonds": 5_000, "method_id": await studio.method()}
    assert (await studio.creator.post("/v1/payout-quotes", json=quoted)).status_code == 201
    asked = {"id": studio.id(), "quote_id": quoted["id"]}
    refused = await studio.creator.post("/v1/payouts", json=asked)
    assert (refused.status_code, refused.json()["detail"]) == (403, WHY["message"])
    await studio.creator.put("/v1/creators/me/settings", json={"automatic_conversion": True})
    house = studio.shop.desk.house
    assert await convert_due(house.database, house.clock) == 0
    await watch.lift(made)
    assert (await studio.creator.post("/v1/payouts", json=asked)).status_code == 201


@pytest.mark.parametrize("what", ["payout", "payout_method", "creator", "person"])
async def test_what_stands_still_is_not_paid_out(watch: Watch, what: str) -> None:
    """Neither approved nor, if it was approved before, sent."""
    studio, house = watch.studio, watch.studio.shop.desk.house
    await studio.earn(10_000)
    approved, waiting = await studio.request(5_000), await studio.request(5_000)
    assert (await studio.operator.post(f"/v1/payouts/{approved}/approve")).status_code == 200
    method_id = (await studio.creator.get("/v1/payout-methods")).json()["items"]
    made = []
    for payout_id in (approved, waiting) if what == "payout" else (approved,):
        of = {"payout": payout_id, "payout_method": None}.get(what)
        if what == "payout_method":
            made += [await watch.freeze(what, studio.creator_id, one["id"]) for one in method_id]
        else:
            made.append(await watch.freeze(what, studio.creator_id, of))
    refused = await studio.operator.post(f"/v1/payouts/{waiting}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "payout_stands_still")
    assert await studio.work(send_due) == 0
    async with house.database.transaction() as connection:
        with pytest.raises(asyncpg.CheckViolationError, match="stands still"):
            await connection.execute(
                "update payout_send set called = true, leased_until = $1", house.clock.now() + timedelta(minutes=1)
            )
    for one in made:
        assert (await watch.lift(one)).status_code == 200
    assert await studio.work(send_due) == 1
    assert (await studio.payout(approved))["state"] in {"sent", "paid"}


async def test_the_database_has_the_last_word(watch: Watch) -> None:
    """Whoever writes past the statements is refused."""
    studio, house = watch.studio, watch.studio.shop.desk.house
    await studio.earn(10_000)
    await watch.freeze("creator", studio.creator_id)
    async with house.database.transaction() as connection:
        with pytest.raises(asyncpg.CheckViolationError, match="stands still"):
            await connection.execute(
                "insert into conversion (shard, id, creator_id, coins_requested, coins, diamonds, rule_version,"
                " converted_at, matures_at)"
                " select shard_of($1), $2, $1, 1, 1, 1, max(version), $3, $3 from reward_rule",
                *(studio.creator_id, new_id(house.clock), house.clock.now()),
            )


async def test_only_what_is_theirs_and_once(watch: Watch) -> None:
    studio, viewer = watch.studio, watch.viewer
    order = await viewer.buy(100)
    for what, subject in (
        ("lot", order["id"]),
        ("room", watch.room_id),
        ("payout", studio.id()),
        ("payout_method", studio.id()),
    ):
        other = studio.creator_id if what == "lot" else viewer.person_id
        answer = await watch.ask(what, other, subject, ends_at=watch.until(hours=1))
        assert answer.status_code == 404, (what, answer.text)
    for wrong in (
        {"reason": " "},
        {"ends_at": watch.until(seconds=-1)},
        {"ends_at": watch.until(days=FREEZE_DAYS_MAX + 1)},
        {"message": ""},
    ):
        answer = await watch.ask("wallet", viewer.person_id, **wrong)
        assert answer.status_code == 400, (wrong, answer.text)
    assert (await watch.ask("house", viewer.person_id)).status_code == 400
    assert (await watch.ask("wallet", viewer.person_id, "7")).json()["field"] == "body.subject_id"
    assert (await watch.ask("room", viewer.person_id, "x")).status_code == 400
    assert (await watch.ask("wallet", 999_999)).status_code == 404
    same = {"id": studio.id()}
    made = await watch.freeze("wallet", viewer.person_id, **same)
    assert await watch.freeze("wallet", viewer.person_id, **same) == made
    assert (await watch.ask("person", viewer.person_id, **same)).status_code == 409
    assert (await watch.lift(made)).status_code == 200
    assert (await watch.lift(made)).status_code == 200
    assert (await watch.lift(made, "Another reason.")).json()["code"] == "freeze_is_over"
    mine = await watch.freeze("wallet", await studio.shop.desk.person_id("olga"))
    assert (await watch.lift(mine)).json()["code"] == "own_freeze"
    studio.shop.clock.advance(timedelta(seconds=1))
    second = await watch.freeze("wallet", await studio.shop.desk.person_id("olga-2"))
    await link(studio.shop.desk.house.database, second["person_id"], mine["person_id"])
    assert (await watch.lift(second)).json()["code"] == "own_freeze"
    listed = (await studio.operator.get("/v1/operator/freezes?open=true")).json()["items"]
    assert [one["id"] for one in listed] == [second["id"], mine["id"]]
    assert len((await studio.operator.get("/v1/operator/freezes")).json()["items"]) == 3
    for role in (Role.VIEWER, Role.CREATOR):
        other_person = await studio.shop.desk.person("eve", role)
        assert (await other_person.get("/v1/operator/freezes")).status_code == 403


async def past_all_checks(studio: Studio) -> None:
    """A coin leaves the gift balance by SQL alone."""
    clock = studio.shop.clock
    async with studio.shop.desk.house.database.transaction() as connection:
        statement = "select post(shard_of($1), $2, 'conversion', $1, 0, 'COIN', 1, $3)"
        await connection.execute(statement, studio.creator_id, new_id(clock), clock.now())


async def test_a_gift_that_stands_still_is_not_converted_and_the_others_are(watch: Watch) -> None:
    studio = watch.studio
    gift_id = studio.id()
    await watch.viewer.buy(70)
    assert (await watch.send(gift_id=gift_id)).status_code == 201
    await give(studio.shop.desk.house.database, studio.creator_id, 500)
    await until_delivered(studio.shop.desk.house.database.url)
    answer = await watch.ask("gift", watch.viewer.person_id, gift_id)
    assert answer.status_code == 404, "who gave it earned nothing of it"
    frozen = await watch.freeze("gift", studio.creator_id, gift_id)
    everything = await studio.creator.post("/v1/conversions", json={"id": studio.id(), "coins": 501})
    assert (everything.status_code, everything.json()["code"]) == (403, "stands_still")
    assert everything.json()["detail"] == WHY["message"]
    rest = await studio.creator.post("/v1/conversions", json={"id": studio.id(), "all": True})
    assert (rest.status_code, rest.json()["coins"]) == (201, 500)
    with pytest.raises(asyncpg.CheckViolationError, match="takes what stands still"):
        await past_all_checks(studio)
    assert (await watch.lift(frozen)).status_code == 200
    last = await studio.creator.post("/v1/conversions", json={"id": studio.id(), "all": True})
    assert (last.status_code, last.json()["coins"]) == (201, 1)


async def test_a_reward_that_stands_still_neither_matures_nor_is_paid_out(watch: Watch) -> None:
    studio = watch.studio
    await give(studio.shop.desk.house.database, studio.creator_id, 10_000)
    made = [
        (await studio.creator.post("/v1/conversions", json={"id": studio.id(), "coins": coins})).json()
        for coins in (4_000, 6_000)
    ]
    pending = await watch.freeze("reward", studio.creator_id, made[0]["id"])
    studio.shop.clock.advance(timedelta(seconds=MATURITY_S))
    await mature_due(studio.shop.desk.house.database, studio.shop.clock)
    balance = (await studio.creator.get("/v1/creators/me/balance")).json()
    assert (balance["pending"]["diamonds"], balance["available"]["diamonds"]) == (4_000, 6_000)
    assert (await watch.lift(pending)).status_code == 200
    await mature_due(studio.shop.desk.house.database, studio.shop.clock)
    await watch.freeze("reward", studio.creator_id, made[1]["id"])
    method_id = await studio.method()
    outcomes = []
    for diamonds in (4_001, 4_000):
        asked = {"id": studio.id(), "diamonds": diamonds, "method_id": method_id}
        outcomes.append((await studio.creator.post("/v1/payout-quotes", json=asked)).json().get("code"))
    assert outcomes == ["stands_still", None]
