"""A reversal as creators, gifters and rooms see it: totals, top lists, what was taken back, what is owed, and back."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect

from plaudit.creators import actions as creators
from plaudit.creators import debts
from plaudit.creators.debts import DebtAge, NewWriteOff, NotOwed
from plaudit.creators.decisions import DEBT_WRITE_OFF
from plaudit.creators.jobs import claw_back_due, mature_due
from plaudit.creators.model import NewRewardRule
from plaudit.decisions.model import OwnBenefit, SecondPersonNeeded
from plaudit.gifts.catalogue.folder import load_starter
from plaudit.ids import new_id
from plaudit.inbox.model import NewsOutcome
from plaudit.ledger.model import GiftOrder
from plaudit.live.open_room import OpenRoom, RoomKey
from plaudit.live.profiles import Profiles
from plaudit.live.reader import Reader
from plaudit.people.model import Role
from plaudit.selling.providers.news import ReversalKind, ReversalNews, ReversalState
from plaudit.settings import Settings
from tests.support.deciding import OLGA, OSKAR, Table, of_house
from tests.support.live import ROSE, Process, Screen, serving
from tests.support.returns import Returns, payment_of
from tests.support.shop import Shop, open_shop
from tests.support.waiting import eventually

pytestmark = pytest.mark.sql

MATURITY_S = 10


@dataclass
class Stage:
    """A creator's room that is open in one process, and buyers who pay, dispute and give in another."""

    shop: Shop
    process: Process
    creator: httpx2.AsyncClient
    creator_id: int
    room_id: str
    _stack: AsyncExitStack = field(repr=False)

    def id(self) -> str:
        return str(new_id(self.shop.clock))

    async def screen(self, subject: str = "cleo") -> Screen:
        """A socket in the room."""
        origin = self.process.origin.replace("http", "ws")
        address = f"{origin}/v1/rooms/{self.room_id}/socket"
        headers = {"Authorization": f"Bearer {self.shop.desk.token(subject)}"}
        socket = await self._stack.enter_async_context(
            connect(address, additional_headers=headers, compression=None, max_queue=None, ping_interval=None)
        )
        return Screen(socket, self.shop.clock)

    async def give(self, buyer: Returns, coins: int) -> str:
        """A gift that has been delivered."""
        before = (await self.balance())["received_coins"]
        room_id = int(self.room_id)
        gift = GiftOrder(new_id(self.shop.clock), buyer.person_id, self.creator_id, room_id, ROSE, coins, coins)
        outcome = await self.shop.desk.house.gift_writer.charge(gift)
        assert outcome.outcome == "posted"

        async def received() -> bool:
            return bool((await self.balance())["received_coins"] >= before + coins)

        await eventually(received, "the gift is delivered")
        return str(gift.id)

    async def dispute(self, buyer: Returns, order: dict[str, Any], state: ReversalState) -> None:
        """What a bank says of a dispute of an order, and what follows for creators."""
        assert await buyer.apply(order, _dispute(order, state)) is NewsOutcome.APPLIED
        house = self.shop.desk.house
        await claw_back_due(house.database, house.clock)

    async def earn(self) -> None:
        """All of the gift balance becomes diamonds that are available."""
        answer = await self.creator.post("/v1/conversions", json={"id": self.id(), "all": True})
        assert answer.status_code == 201, answer.text
        self.shop.clock.advance(timedelta(seconds=MATURITY_S))
        await mature_due(self.shop.desk.house.database, self.shop.clock)

    async def quote(self, diamonds: int) -> httpx2.Response:
        """Of a payout to a new bank account."""
        method = {"id": self.id(), "holder_name": "Cleo", "country": "US", "currency": "USD",
                  "bank_code": "021000021", "account_number": "000123451234"}  # fmt: skip
        made = await self.creator.post("/v1/payout-methods", json=method)
        assert made.status_code == 201, made.text
        return await self.creator.post(
            "/v1/payout-quotes", json={"id": self.id(), "diamonds": diamonds, "method_id": method["id"]}
        )

    async def cash_out(self, diamonds: int) -> None:
        quote = await self.quote(diamonds)
        assert quote.status_code == 201, quote.text
        paid = await self.creator.post("/v1/payouts", json={"id": self.id(), "quote_id": quote.json()["id"]})
        assert paid.status_code == 201, paid.text

    async def balance(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.creator.get("/v1/creators/me/balance")).json()
        return found

    async def items(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """All entries of a list, page by page."""
        found: list[dict[str, Any]] = []
        while True:
            answer = await self.creator.get(path, params=query)
            assert answer.status_code == 200, answer.text
            found += answer.json()["items"]
            if answer.json()["next"] is None:
                return found
            query["cursor"] = answer.json()["next"]

    async def taken_back(self, gift_id: str) -> int:
        """Coins of a received gift."""
        received = await self.items("/v1/creators/me/gifts", room_id=self.room_id)
        coins: int = next(gift for gift in received if gift["id"] == gift_id)["coins_taken_back"]
        return coins

    async def page(self, path: str) -> str:
        answer = await self.creator.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def tally_read_anew(self) -> tuple[int, list[tuple[int, int]]]:
        """Coins and top gifters as a process finds them that opens the room now."""
        house = self.shop.desk.house
        reader = Reader(house.database, house.database, house.shards, Profiles(house.database))
        await reader.start()
        room = OpenRoom(RoomKey(house.shards.of(self.creator_id), int(self.room_id)))
        await reader.open(room)
        return room.tally.coins, room.tally.top()


def _dispute(order: dict[str, Any], state: ReversalState) -> ReversalNews:
    return ReversalNews(
        id=f"dispute of {order['id']}",
        kind=ReversalKind.CHARGEBACK,
        payment_id=payment_of(order),
        state=state,
        share_ppm=1_000_000,
        reason="fraudulent",
    )


@asynccontextmanager
async def open_stage(
    database_url: str, folder: Path, *, with_jobs: bool = False, **options: Any
) -> AsyncIterator[Stage]:
    """A stage where a coin is a diamond; `with_jobs`: the process of the room does periodic work."""
    async with AsyncExitStack() as stack:
        shop = await stack.enter_async_context(open_shop(database_url, folder, **options))
        async with shop.desk.house.database.transaction() as connection:
            await load_starter(connection, shop.clock)
        rule = NewRewardRule(numerator=1, denominator=1, maturity_s=MATURITY_S, note="of the test")
        await of_house(shop.desk.house.database, shop.clock, creators.record_rule, rule)
        own = shop.desk.house.settings
        settings = Settings(
            vault_keys=own.vault_keys, token_life_max_s=own.token_life_max_s, one_operator=own.one_operator
        )
        process = await stack.enter_async_context(
            serving(database_url, shop.clock, with_jobs=with_jobs, settings=settings)
        )
        creator = await shop.desk.person("cleo", Role.VIEWER, Role.CREATOR)
        room = (await creator.post("/v1/rooms", json={"title": "Tea and songs"})).json()
        assert (await creator.post(f"/v1/rooms/{room['id']}/start")).status_code == 200
        yield Stage(shop, process, creator, await shop.desk.person_id("cleo"), room["id"], stack)


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(database_url, tmp_path) as opened:
        yield opened


async def test_a_chargeback_from_the_room_to_the_payout_and_back(stage: Stage) -> None:
    ada, bob = await Returns.of(stage.shop, "ada"), await Returns.of(stage.shop, "bob")
    order = await ada.buy(6_000)
    await bob.buy(6_000)
    gift_id = await stage.give(ada, 6_000)
    await stage.give(bob, 100)
    await stage.earn()
    await stage.cash_out(5_500)
    screen = await stage.screen()
    await _room_shows(stage, screen, (6_100, [(ada.person_id, 6_000), (bob.person_id, 100)]))

    await stage.dispute(ada, order, ReversalState.OPENED)
    await _room_shows(stage, screen, (100, [(bob.person_id, 100)]))
    await _gift_is_taken_back(stage, gift_id)
    refused = await stage.quote(5_000)
    assert (refused.status_code, refused.json()["code"]) == (409, "insufficient_diamonds")

    # What comes next pays it off first.
    await stage.give(bob, 5_600)
    await stage.earn()
    assert (await stage.balance())["available"]["diamonds"] == 200

    await stage.dispute(ada, order, ReversalState.UNDONE)
    await _room_shows(stage, screen, (11_700, [(ada.person_id, 6_000), (bob.person_id, 5_700)]))
    await _gift_is_given_back(stage, gift_id)
    told = [frame for frame in screen.frames if frame["kind"] == "reversal"]
    assert [frame["event"] for frame in told] == ["taken_back", "given_back"]
    assert [sorted(frame) for frame in told] == [["at", "event", "kind", "seq"]] * 2, "no names are shown to the room"


async def test_what_is_owed_is_written_off_by_two_and_comes_back_first(stage: Stage) -> None:
    """Owed 6,000 - 600 left: let off 5,000 of it; the money stays after all, and nobody has gained."""
    ada, bob = await Returns.of(stage.shop, "ada"), await Returns.of(stage.shop, "bob")
    order = await ada.buy(6_000)
    await bob.buy(6_000)
    await stage.give(ada, 6_000)
    await stage.give(bob, 100)
    await stage.earn()
    await stage.cash_out(5_500)
    await stage.dispute(ada, order, ReversalState.OPENED)
    assert (await stage.balance())["available"]["diamonds"] == -5_400

    table = Table(stage.shop.desk.house.database, stage.shop.clock)
    creator = str(stage.creator_id)
    too_much = NewWriteOff(creator_id=creator, diamonds=5_401, reason="too much")
    assert isinstance(await table.propose(DEBT_WRITE_OFF, too_much), NotOwed)
    wanted = NewWriteOff(creator_id=creator, diamonds=5_000, reason="the bank was wrong before")
    assert isinstance(await table.propose(DEBT_WRITE_OFF, wanted, by=stage.creator_id), OwnBenefit)
    decision = await table.propose(DEBT_WRITE_OFF, wanted)
    assert isinstance(await table.confirm(DEBT_WRITE_OFF, decision, by=OLGA), SecondPersonNeeded)
    house = stage.shop.desk.house
    async with house.database.read() as connection:
        [owed] = await debts.list_debts(connection, debts.LARGEST_FIRST.after(None), 2)
        assert (owed.creator_id, owed.diamonds, owed.written_off) == (stage.creator_id, 5_400, 0)
    done = await table.confirm(DEBT_WRITE_OFF, decision)
    assert (done.diamonds, done.proposed_by, done.confirmed_by) == (5_000, OLGA, OSKAR)
    again = await table.propose(DEBT_WRITE_OFF, wanted)
    assert isinstance(again, NotOwed), "400 are left"
    assert (await stage.balance())["available"]["diamonds"] == -400

    await stage.dispute(ada, order, ReversalState.UNDONE)
    assert (await stage.balance())["available"]["diamonds"] == 600, "as if nothing had been taken or let off"
    page = await stage.page("/studio")
    assert "You were let off what you owed" in page
    assert "What came back paid what you had been let off" in page


async def test_a_debt_is_as_old_as_its_last_beginning(stage: Stage) -> None:
    """What was paid off in between begins anew, and what is owed is summed by age."""
    ada, bob = await Returns.of(stage.shop, "ada"), await Returns.of(stage.shop, "bob")
    first, second = await ada.buy(1_000), await ada.buy(1_000)
    await bob.buy(6_000)
    await stage.give(ada, 2_000)
    await stage.earn()
    await stage.cash_out(2_000)
    await stage.dispute(ada, first, ReversalState.OPENED)
    stage.shop.clock.advance(timedelta(days=40))
    stage.creator.headers["Authorization"] = f"Bearer {stage.shop.desk.token('cleo')}"  # the old one has ended
    await stage.give(bob, 1_000)
    await stage.earn()
    house = stage.shop.desk.house
    async with house.database.read() as connection:
        assert await debts.debt_of(connection, stage.creator_id) is None

    began = stage.shop.clock.now()
    await stage.dispute(ada, second, ReversalState.OPENED)
    stage.shop.clock.advance(timedelta(days=31))
    async with house.database.read() as connection:
        owed = await debts.debt_of(connection, stage.creator_id)
        assert owed is not None
        assert (owed.diamonds, owed.since) == (1_000, began)
        assert await debts.debts_by_age(connection, stage.shop.clock) == [
            DebtAge(days_min=30, creators=1, diamonds=1_000)
        ]


async def test_a_creator_s_screen_is_told_at_once(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the money goes, not when somebody looks again: nobody does in this test."""
    monkeypatch.setattr("plaudit.creators.jobs.CLAWBACK_EVERY_S", 86_400)
    monkeypatch.setattr("plaudit.live.hub.HUB_POLL_MS", 86_400_000)
    async with open_stage(database_url, tmp_path, with_jobs=True) as stage:
        ada = await Returns.of(stage.shop, "ada")
        order = await ada.buy(600)
        await stage.give(ada, 600)
        screen = await stage.screen()
        await screen.next(lambda said: said["type"] == "state" and said["coins"] == 600)
        assert await ada.apply(order, _dispute(order, ReversalState.OPENED)) is NewsOutcome.APPLIED
        await screen.next(lambda said: said["type"] == "frames" and said["frames"][-1]["kind"] == "reversal")
        assert (await stage.balance())["taken_back_coins"] == 600


async def _room_shows(stage: Stage, screen: Screen, wanted: tuple[int, list[tuple[int, int]]]) -> None:
    """In a process where it is open, in one that opens it now, and over HTTP."""

    def fits(said: dict[str, Any]) -> bool:
        if said["type"] != "state":
            return False
        top = [(int(one["person"]["id"]), one["coins"]) for one in said["top_gifters"]]
        return (said["coins"], top) == wanted

    await screen.next(fits)
    assert await stage.tally_read_anew() == wanted
    top = await (await stage.shop.desk.client()).get(f"/v1/rooms/{stage.room_id}/top-gifters")
    assert [(int(one["person"]["id"]), one["coins"]) for one in top.json()["items"]] == wanted[1]


async def _gift_is_taken_back(stage: Stage, gift_id: str) -> None:
    """The creator owes more than is there, and is shown why."""
    balance = await stage.balance()
    assert (balance["received_coins"], balance["taken_back_coins"]) == (6_100, 6_000)
    assert balance["taken_back"]["diamonds"] == 6_000
    owed = {"amount_minor": -2_700, "currency": "USD"}
    assert balance["available"] == {"diamonds": 600 - 6_000, "estimate": owed}
    (entry,) = await stage.items("/v1/creators/me/clawbacks")
    assert (entry["coins"], entry["diamonds"], entry["returned_at"]) == (6_000, 6_000, None)
    (gift,) = await stage.items(f"/v1/creators/me/clawbacks/{entry['reversal_id']}/gifts")
    assert (gift["gift_id"], gift["sender_name"], gift["coins"], gift["lifted_at"]) == (gift_id, "ada", 6_000, None)
    assert await stage.taken_back(gift_id) == 6_000
    for path in ("/studio", "/studio/payouts"):
        page = await stage.page(path)
        assert "−5,400 diamonds" in page
        assert "gifts worth 6,000 coins were refunded" in page
    assert "Gifts were refunded: taken from available diamonds" in await stage.page("/studio")
    assert "5,400 diamonds to be paid off by what you earn next" in await stage.page("/studio/payouts")
    for path in ("/studio/taken-back", f"/studio/taken-back/{entry['reversal_id']}"):
        page = await stage.page(path)
        assert "6,000 coins of gifts" in page
        assert "from ada" in page


async def _gift_is_given_back(stage: Stage, gift_id: str) -> None:
    balance = await stage.balance()
    assert (balance["taken_back_coins"], balance["available"]["diamonds"]) == (0, 6_200)
    (entry,) = await stage.items("/v1/creators/me/clawbacks")
    assert (entry["diamonds_returned"], entry["returned_at"] is None) == (6_000, False)
    (gift,) = await stage.items(f"/v1/creators/me/clawbacks/{entry['reversal_id']}/gifts")
    assert gift["lifted_at"] is not None
    assert await stage.taken_back(gift_id) == 0
    assert "Given back" in await stage.page("/studio/taken-back")
    assert "The money stayed: diamonds given back" in await stage.page("/studio")


async def test_a_viewer_is_told_their_coins_and_sees_which_were_reversed(stage: Stage) -> None:
    ada = await Returns.of(stage.shop, "ada")
    first = await ada.buy(100)
    stage.shop.clock.advance(timedelta(seconds=1))  # the older one is spent first
    second = await ada.buy(100)
    gift_id = await stage.give(ada, 140)
    screen = await stage.screen("ada")
    assert (await screen.next_of("hello"))["coins"] == 60

    await stage.dispute(ada, second, ReversalState.OPENED)
    await screen.have(0)
    lots = (await ada.buyer.get(f"/v1/wallet/gifts/{gift_id}/lots")).json()["items"]
    assert [(lot["lot_id"], lot["coins"], lot["coins_reversed"]) for lot in lots] == [
        (first["id"], 100, 0),
        (second["id"], 40, 40),
    ]
    history = (await ada.buyer.get("/v1/wallet/history")).json()["items"]
    assert next(entry for entry in history if entry["kind"] == "gift")["coins_reversed"] == 40

    await stage.dispute(ada, second, ReversalState.UNDONE)
    await screen.have(60)
    lots = (await ada.buyer.get(f"/v1/wallet/gifts/{gift_id}/lots")).json()["items"]
    assert [lot["coins_reversed"] for lot in lots] == [0, 0]


async def test_what_was_taken_back_is_listed_page_by_page_and_is_nobody_elses(stage: Stage) -> None:
    ada = await Returns.of(stage.shop, "ada")
    gifts = []
    for _ in range(3):
        order = await ada.buy(100)
        gifts.append([await stage.give(ada, coins) for coins in (60, 25, 15)])
        await stage.dispute(ada, order, ReversalState.OPENED)
        stage.shop.clock.advance(timedelta(seconds=1))
    entries = await stage.items("/v1/creators/me/clawbacks", limit=1)
    assert [entry["from_gift_balance"] for entry in entries] == [100, 100, 100]
    assert [entry["taken_at"] for entry in entries] == sorted((entry["taken_at"] for entry in entries), reverse=True)
    of_first = await stage.items(f"/v1/creators/me/clawbacks/{entries[2]['reversal_id']}/gifts", limit=2)
    assert [gift["gift_id"] for gift in of_first] == gifts[0]

    other = await stage.shop.desk.person("dora", Role.VIEWER, Role.CREATOR)
    assert (await other.get("/v1/creators/me/clawbacks")).json()["items"] == []
    path = f"/creators/me/clawbacks/{entries[0]['reversal_id']}/gifts"
    assert (await other.get(f"/v1{path}")).json()["items"] == []
    assert (await other.get(f"/studio/taken-back/{entries[0]['reversal_id']}")).status_code == 404
    assert "Every gift you received stands" in (await other.get("/studio/taken-back")).text
    assert (await ada.buyer.get("/studio/taken-back")).status_code == 403
