"""Statements of creators: whatever happens in a year, each month follows the one before and all are the books; and as
creators and operators see them."""

import csv
import io
import random
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import httpx2
import pytest
from pypdf import PdfReader

from plaudit.clock import ManualClock
from plaudit.connections import Connection, OwnConnection
from plaudit.creators import actions as creators
from plaudit.creators.jobs import claw_back_due, mature_due
from plaudit.creators.model import Balance, NewRewardRule
from plaudit.db import Database
from plaudit.earnings import actions
from plaudit.earnings.model import Issuer
from plaudit.earnings.reporting import YearNotSummed, quarters_of_year
from plaudit.earnings.us_forms import us_csv, us_year
from plaudit.ids import new_id
from plaudit.ledger.model import GiftOrder, GiftShare
from plaudit.ledger.shards import read_shards
from plaudit.ledger.writer import GiftWriter
from plaudit.money import round_half_up
from plaudit.payouts import actions as payouts
from plaudit.payouts import methods
from plaudit.payouts.providers.base import PayoutStatus
from plaudit.people.model import Role
from plaudit.problems import Problem
from plaudit.selling.providers.news import ReversalState
from plaudit.statements import statements
from tests.integration.test_clawback import Stage, open_stage
from tests.support.deciding import of_house
from tests.support.earnings import PretendBank
from tests.support.payout_desk import ACCOUNT, OPERATORS, PayoutDesk, open_pretend_vault
from tests.support.returns import Returns

LEDGER = statements("plaudit.ledger")
HOUSE = Issuer("A house", "1 High Street", "GB123")
CREATORS = (41, 42, 43)
VIEWERS = (7, 8, 9)
_FUND = "select fund(shard_of($1), $1, $2, $3, $4, $5, $6, $7, $8)"
_TAKE = "select take_back(shard_of($1), $1, $2, $3, $4, false, $5)"
_PUT_BACK = "select put_back(shard_of($1), $1, $2, $3)"
_LAST = """
    select distinct on (month) * from earnings_month where creator_id = $1 order by month, edition desc"""


class World:
    """Viewers, creators and a bank, whose time goes on by months."""

    def __init__(self, database: Database, clock: ManualClock, desks: dict[int, PayoutDesk], seed: int) -> None:
        self.database, self.clock, self.desks = database, clock, desks
        self.chance = random.Random(seed)
        self.lots: list[tuple[int, UUID]] = []
        self.taken: list[tuple[int, UUID]] = []

    async def give(self, connection: Connection, viewer_id: int, shares: tuple[GiftShare, ...], coins: int) -> None:
        """Of coins that are bought, or granted, just before."""
        kind = self.chance.choice(["paid", "paid", "promotional"])
        lot_id = new_id(self.clock)
        price = (coins, "USD") if kind == "paid" else (None, None)
        reason = "recharge" if kind == "paid" else "promotion"
        await connection.execute(_FUND, viewer_id, lot_id, kind, reason, coins, *price, self.clock.now())
        if kind == "paid":
            self.lots.append((viewer_id, lot_id))
        creator_id = self.chance.choice(CREATORS)
        order = GiftOrder(new_id(self.clock), viewer_id, creator_id, creator_id * 10, 1, 1, coins, shares=shares)
        await charge(self.database, connection, self.clock, order)

    async def deliver(self, connection: Connection) -> None:
        shards = await read_shards(connection)
        for shard in shards.all():
            for source in shards.all():
                await connection.fetch(LEDGER["deliver"], shard, source, self.clock.now(), 100, [])

    async def take_back(self, connection: Connection) -> None:
        if self.lots:
            viewer_id, lot_id = self.lots.pop(self.chance.randrange(len(self.lots)))
            reversal_id = new_id(self.clock)
            await connection.execute(_TAKE, viewer_id, reversal_id, lot_id, 1, self.clock.now())
            self.taken.append((viewer_id, reversal_id))
            await claw_back_due(self.database, self.clock)

    async def put_back(self, connection: Connection) -> None:
        if self.taken:
            viewer_id, reversal_id = self.taken.pop()
            await connection.execute(_PUT_BACK, viewer_id, reversal_id, self.clock.now())
            await claw_back_due(self.database, self.clock)

    async def convert(self) -> None:
        creator_id = self.chance.choice(CREATORS)
        named = {"creator_id": creator_id, "conversion_id": new_id(self.clock), "coins": self.chance.randint(1, 60)}
        await self.desks[creator_id].act(creators.convert, **named)  # it may be more than there is

    async def pay_out(self) -> None:
        """A payout of some diamonds that is paid, fails, comes back or waits."""
        desk = self.desks[self.chance.choice(CREATORS)]
        named = {"creator_id": desk.creator_id, "diamonds": self.chance.randint(20, 40), "method_id": desk.method_id}
        quoted = await desk.act(payouts.quote, quote_id=new_id(self.clock), **named)
        if isinstance(quoted, Problem):
            return
        payout = await desk.request(quoted.id)
        if isinstance(payout, Problem) or self.chance.random() < 0.2:
            return
        await desk.approve(OPERATORS[0], payout.id)
        await desk.send_due()
        for status in self.chance.choice(
            [(), (PayoutStatus.FAILED,), (PayoutStatus.PAID,), (PayoutStatus.PAID, PayoutStatus.RETURNED)]
        ):
            if payout.id in desk.bank.payouts:
                await desk.hear(desk.bank.settle(payout.id, status))

    async def month(self) -> None:
        """Something each few days, until the month is over."""
        month = self.clock.now().month
        async with self.database.read() as connection:
            while self.clock.now().month == month:
                coins = self.chance.randint(1, 90)
                first = self.chance.randint(0, coins)
                shares = (GiftShare(41, first), GiftShare(42, coins - first)) if 0 < first < coins else ()
                await self.give(connection, self.chance.choice(VIEWERS), shares, coins)
                if self.chance.random() < 0.8:  # else it waits, over the end of the month perhaps
                    await self.deliver(connection)
                for what in (self.take_back, self.put_back):
                    if self.chance.random() < 0.25:
                        await what(connection)
                await self.convert()
                await mature_due(self.database, self.clock)
                await self.pay_out()
                self.clock.advance(timedelta(days=self.chance.randint(0, 5), hours=self.chance.randint(1, 20)))

    async def balances(self) -> dict[int, Balance]:
        async with self.database.read() as connection:
            return {one: await creators.balance_of(connection, one) for one in CREATORS}


async def charge(database: Database, connection: Connection, clock: ManualClock, order: GiftOrder) -> None:
    writer = GiftWriter(database.connect, await read_shards(connection), clock)
    await writer.start()
    outcome = await writer.charge(order)
    await writer.stop()
    assert outcome.outcome == "posted"


async def open_world(database: Database, clock: ManualClock, seed: int) -> World:
    """A coin is two thirds of a diamond, matures after a week, and may be paid out from twenty on."""
    vault, bank = await open_pretend_vault(database), PretendBank()
    rule = NewRewardRule(numerator=2, denominator=3, maturity_s=604_800, note="of the test")
    await of_house(database, clock, creators.record_rule, rule)
    desks = {one: PayoutDesk(database, clock, bank, vault, one, new_id(clock)) for one in CREATORS}
    for desk in desks.values():
        named = {"creator_id": desk.creator_id, "provider": "sandbox", "account": ACCOUNT}
        await desk.act(methods.add_method, vault, method_id=desk.method_id, **named)
    return World(database, clock, desks, seed)


@pytest.mark.sql
@pytest.mark.unsold
@pytest.mark.parametrize("seed", [0, 2, 8])
async def test_each_month_follows_the_one_before_and_is_the_books(
    database: Database, clock: ManualClock, owner_connection: OwnConnection, seed: int
) -> None:
    """The audit after the test holds them against the journal."""
    await owner_connection.fetchval("select ensure_gift_partitions($1, 8)", clock.now())
    await owner_connection.execute("update payout_terms set diamonds_min = 20, fee_fixed_minor = 1")
    world = await open_world(database, clock, seed)
    expected: dict[date, dict[int, Balance]] = {}
    for _ in range(4):
        await world.month()
        # What the last step led into belongs to the next month: nothing moves between its end and the next.
        expected[clock.now().date().replace(day=1)] = await world.balances()
        if world.chance.random() < 0.5:
            clock.advance(timedelta(hours=1))
            await actions.close_due(database, clock, HOUSE)
    async with database.read() as connection:
        await world.deliver(connection)
    clock.advance(timedelta(days=40))
    await actions.close_due(database, clock, HOUSE)
    assert await actions.close_due(database, clock, HOUSE) == 0
    for creator_id in CREATORS:
        months = {row["month"]: row for row in await owner_connection.fetch(_LAST, creator_id)}
        for ended_at, balances in expected.items():
            row, balance = months.get((ended_at - timedelta(days=1)).replace(day=1)), balances[creator_id]
            closing = tuple(row[f"closing_{kind}"] for kind in KINDS) if row else (0, 0, 0, 0)
            had = (balance.gift_balance + balance.promotional, balance.pending, balance.available, balance.in_payout)
            assert closing == had, (creator_id, ended_at)
    numbers = await owner_connection.fetch("select number from earnings_statement where year = 2026 order by number")
    assert [row["number"] for row in numbers] == list(range(1, len(numbers) + 1))
    reasons = {row[0] for row in await owner_connection.fetch("select distinct reason from earnings_line")}
    assert {"delivery", "conversion", "maturity", "payout_paid"} <= reasons
    await _the_year_is_reported(world, owner_connection)


async def _the_year_is_reported(world: World, connection: OwnConnection) -> None:
    """What was paid and stayed, in the quarter in which it was paid; and nothing before the year is over."""
    with pytest.raises(YearNotSummed):
        await quarters_of_year(connection, 2026, "USD", world.clock.now())
    world.clock.advance(timedelta(days=365))
    with pytest.raises(YearNotSummed):
        await quarters_of_year(connection, 2026, "USD", world.clock.now())
    await actions.close_due(world.database, world.clock, HOUSE)
    found = await quarters_of_year(connection, 2026, "USD", world.clock.now())
    rows = await connection.fetch("""
        select p.creator_id, extract(quarter from e.at)::integer as quarter, sum(p.net_minor)::bigint as net,
            sum(p.fee_minor)::bigint as fee
        from payout p join payout_event e on e.shard = p.shard and e.payout_id = p.id and e.to_state = 'paid'
        where p.state = 'paid' group by 1, 2""")
    paid = {(row["creator_id"], row["quarter"]): (round_half_up(Fraction(row["net"], 100)), row["fee"]) for row in rows}
    assert paid
    for creator_id in CREATORS:
        for number, quarter in enumerate(found[creator_id], 1):
            net, fee = paid.get((creator_id, number), (0, 0))
            assert (quarter.consideration, quarter.fees) == (net, round_half_up(Fraction(fee, 100)))
    _, us = await us_year(connection, 2026, "1099-NEC", world.clock.now())
    gross = await connection.fetchval("select sum(gross_minor)::bigint from payout where state = 'paid'")
    assert sum(one.gross_minor for one in us) == gross
    assert {one.creator_id for one in us} == {creator_id for creator_id, _ in paid}
    gifts = await connection.fetchval("select count(*) from gift_part where coins > 0")
    assert sum(quarter.activities for one in found.values() for quarter in one) == gifts


KINDS = ("coins", "pending", "available", "in_payout")


@pytest.mark.parametrize(
    ("year", "form", "minor", "gifts", "is_passed"),
    [
        (2025, "1099-NEC", 59_999, 1, False), (2025, "1099-NEC", 60_000, 1, True),
        (2026, "1099-NEC", 199_999, 1, False),
        (2026, "1099-NEC", 200_000, 1, True), (2023, "1099-K", 2_000_001, 200, False),
        (2023, "1099-K", 2_000_001, 201, True), (2024, "1099-K", 500_000, 900, False),
        (2024, "1099-K", 500_001, 1, True),
        (2026, "1099-K", 2_000_000, 900, False), (2026, "1099-K", 2_000_001, 201, True),
    ],
)  # fmt: skip
async def test_a_threshold_is_that_of_its_year(
    database: Database, year: int, form: str, minor: int, gifts: int, is_passed: bool
) -> None:
    async with database.read() as connection:
        found, rows = await us_year(connection, year, form, datetime(2030, 1, 1, tzinfo=UTC))
    assert rows == []
    assert found.is_passed(minor, gifts) is is_passed
    assert us_csv(year, form, rows).startswith(
        b"creator_id,form,year,is_reported,payments,gifts,gross,fees,currency,month_01"
    )


@pytest.mark.unsold
async def test_a_gift_that_waited_for_days_is_found(
    database: Database, clock: ManualClock, owner_connection: OwnConnection
) -> None:
    """It counts in the month in which it reached its creator."""
    await owner_connection.fetchval("select ensure_gift_partitions($1, 8)", clock.now())
    world = await open_world(database, clock, 0)
    async with database.read() as connection:
        await world.give(connection, 7, (), 30)
        await world.deliver(connection)
        await world.give(connection, 7, (), 50)
        clock.advance(timedelta(days=40))
        await world.deliver(connection)
    clock.advance(timedelta(days=40))
    assert await actions.close_due(database, clock, HOUSE) > 0
    rows = await owner_connection.fetch(
        "select month, sum(received_coins)::bigint as coins from earnings_month where gifts > 0 group by 1 order by 1"
    )
    assert [(row["month"].month, row["coins"]) for row in rows] == [(3, 30), (4, 50)]


@pytest.mark.unsold
async def test_a_conversion_stamped_before_its_gifts_is_owed_by_no_country(
    database: Database, clock: ManualClock, owner_connection: OwnConnection
) -> None:
    """The clock of one server is behind that of another, when a month ends."""
    await owner_connection.fetchval("select ensure_gift_partitions($1, 8)", clock.now())
    world = await open_world(database, clock, 0)
    desk = world.desks[41]
    async with database.read() as connection:
        await connection.execute(_FUND, 7, new_id(clock), "paid", "recharge", 100, 100, "USD", clock.now())
        clock.advance(timedelta(days=30))
        for _ in range(2):
            await charge(database, connection, clock, GiftOrder(new_id(clock), 7, 41, 410, 1, 1, 30))
        await world.deliver(connection)
    clock.advance(timedelta(days=-15))
    await desk.act(creators.convert, conversion_id=new_id(clock), creator_id=41, coins=45)
    clock.advance(timedelta(days=60))
    await actions.close_due(database, clock, HOUSE)
    rows = await owner_connection.fetch(
        "select month, opening_coins, coins_in, coins_out, closing_coins, diamonds from earnings_country order by month"
    )
    assert [(row["month"].month, *list(row)[1:]) for row in rows] == [(3, 0, 0, 45, -45, 30), (4, -45, 105, 45, 15, 0)]


@pytest.mark.unsold
async def test_what_was_committed_late_is_corrected_by_new_papers(
    database: Database, clock: ManualClock, owner_connection: OwnConnection
) -> None:
    """The old ones stay as they are; months that say the same get none."""
    await owner_connection.fetchval("select ensure_gift_partitions($1, 8)", clock.now())
    world = await open_world(database, clock, 1)
    async with database.read() as connection:
        for _ in CREATORS * 3:
            await world.give(connection, 7, (), 30)
        await world.deliver(connection)
    late = clock.now() + timedelta(hours=1)
    clock.advance(timedelta(days=80))
    await actions.close_due(database, clock, HOUSE)
    first = await owner_connection.fetchrow("select creator_id, count(*) as papers from earnings_statement group by 1")
    assert first is not None
    creator_id = first["creator_id"]
    async with database.transaction() as connection:
        assert await actions.correct(connection, creator_id, date(2026, 3, 1), "Nothing.", clock, HOUSE) == []
    now = clock.now()
    clock.advance(late - now)
    desk = world.desks[creator_id]
    await desk.act(creators.convert, conversion_id=new_id(clock), creator_id=creator_id, coins=3)
    clock.advance(now - clock.now())
    async with database.transaction() as connection:
        issued = await actions.correct(connection, creator_id, date(2026, 3, 20), "A late line.", clock, HOUSE)
    assert [(one.month.month, one.edition) for one in issued] == [(3, 2), (4, 2), (5, 2)]
    rows = await owner_connection.fetch(
        """select edition, reason, hash from earnings_statement
        where creator_id = $1 and month = '2026-03-01' order by edition""",
        creator_id,
    )
    assert [(row["edition"], row["reason"]) for row in rows] == [(1, ""), (2, "A late line.")]
    assert rows[0]["hash"] != rows[1]["hash"]
    assert first["papers"] == 3


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(database_url, tmp_path) as opened:
        yield opened


async def test_a_statement_is_read_printed_and_kept(stage: Stage) -> None:
    ada = await Returns.of(stage.shop, "ada")
    order = await ada.buy(6_000)
    await stage.give(ada, 5_000)
    await stage.earn()
    await stage.cash_out(4_000)
    await stage.dispute(ada, order, ReversalState.OPENED)
    assert (await stage.creator.get("/v1/creators/me/statements")).json() == {"items": [], "next": None}
    house, now = stage.shop.desk.house, stage.shop.clock.now()
    month = now.replace(day=1)
    following_month = (month + timedelta(days=31)).replace(day=1)
    stage.shop.clock.advance(following_month + timedelta(days=40) - now)
    await actions.close_due(house.database, house.clock, HOUSE)
    for client, subject in ((stage.creator, "cleo"), (ada.buyer, "ada")):
        client.headers["Authorization"] = f"Bearer {stage.shop.desk.token(subject)}"

    listed = (await stage.creator.get("/v1/creators/me/statements")).json()["items"]
    assert [one["month"] for one in listed] == [f"{following_month:%Y-%m}", f"{month:%Y-%m}"]
    number = listed[1]["number"]
    address = _address(number)
    found = (await stage.creator.get(address)).json()
    assert (found["number"], found["creator_name"], found["gifts"]) == (number, "cleo", 1)
    assert found["coins"] == {"opening": 0, "came": 5_000, "went": 5_000, "closing": 0}
    assert found["available"]["closing"] == -4_000  # what was paid out before its gift was taken back
    assert found["in_payout"]["closing"] == 4_000
    assert [line["reason"] for line in found["lines"]] == [
        "delivery", "conversion", "maturity", "clawback_available", "payout_requested",
    ]  # fmt: skip
    assert [(one["country"], one["received_coins"], one["diamonds"]) for one in found["countries"]] == [
        ("GB", 5_000, 5_000)
    ]
    following = (await stage.creator.get(_address(listed[0]["number"]))).json()
    assert following["available"] == {"opening": -4_000, "came": 0, "went": 0, "closing": -4_000}

    await _is_on_page_and_in_files(stage, address, number, month.year)
    await _is_seen_by_none_but(stage, ada, number, f"{month:%Y-%m}")


def _address(number: str) -> str:
    year, _, count = number.partition("-S")
    return f"/v1/statements/{year}/{int(count)}"


async def _is_on_page_and_in_files(stage: Stage, address: str, number: str, year: int) -> None:
    """Page, PDF, CSV and pack have the same rows."""
    page = await stage.page(address.replace("/v1/statements", "/studio/statements"))
    rows = list(csv.DictReader(io.StringIO((await stage.creator.get(f"{address}/csv")).text)))
    printed = await stage.creator.get(f"{address}/pdf")
    assert printed.headers["content-type"] == "application/pdf"
    text = "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(printed.content)).pages)
    assert len(rows) > 10
    for row in rows:
        assert row["statement"] == number
        for where in (page, text.replace("\u200b", "")):
            assert row["text"].split(",")[0] in where.replace("\n", " ")
        for column in ("coins", "pending", "available"):
            if row[column]:
                shown = f"{int(row[column]):,}".replace("-", "−")
                assert shown in page or shown.replace("−", "-") in page, (row, column)
    pack = await stage.creator.get(f"/v1/creators/me/statement-packs/{year}")
    with ZipFile(io.BytesIO(pack.content)) as archive:
        assert f"{number}.pdf" in archive.namelist()
        whole = archive.read(f"statements-{year}.csv").decode()
        assert whole.count(number) == len(rows)
        assert archive.read(f"{number}.pdf") == printed.content
    assert (await stage.creator.get("/v1/creators/me/statement-packs/2024")).status_code == 404
    assert number in await stage.page("/studio/statements")


async def _is_seen_by_none_but(stage: Stage, other: Returns, number: str, month: str) -> None:
    """Its creator, and operators of finance."""
    address = _address(number)
    assert (await other.buyer.get(address)).status_code == 404
    finn: httpx2.AsyncClient = await stage.shop.desk.person("olga", Role.OPERATOR)
    assert (await finn.get(address)).json()["number"] == number
    wanted = {"creator_id": str(stage.creator_id), "month": month}
    items = (await finn.get("/v1/operator/statements", params=wanted)).json()["items"]
    assert [one["number"] for one in items] == [number]
    assert number in (await finn.get("/operator/statements", params={"month": month})).text
    page = await finn.get(address.replace("/v1/statements", "/operator/statements"))
    assert (page.status_code, number in page.text) == (200, True)
