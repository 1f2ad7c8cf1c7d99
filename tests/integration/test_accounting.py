"""Closed days over HTTP, as CSV, on the command line, and under the audit."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx2
import pytest
from click.testing import CliRunner

from plaudit.accounting import actions as accounting
from plaudit.accounting import commands, export, prepaid, reading
from plaudit.accounting.model import DayNotClosed, Unspent
from plaudit.clock import ManualClock
from plaudit.connections import OwnConnection
from plaudit.db import Database
from plaudit.exchange.model import Rates
from plaudit.ids import new_id
from plaudit.ledger import holds
from plaudit.ledger.holds import NewHold
from plaudit.ledger.model import GiftOrder
from plaudit.money import exponent
from plaudit.people.model import Role
from plaudit.settings import Secret, Settings
from plaudit.spreadsheets import decimal
from tests.support.databases import broken_laws
from tests.support.days import end_day
from tests.support.lots import GRANT
from tests.support.returns import CREATOR, ROOM, ROSE, Returns
from tests.support.shop import Shop, open_shop

ROLL_FORWARD = "/v1/operator/accounting/roll-forward"
UNSPENT = "/v1/operator/accounting/unspent"
BREAKS = {
    "lot_days_equal_movements": "update accounting_lot_day set used_coins = used_coins + 1 where used_coins > 0",
    "closed_days_roll_forward": "update accounting_day set opening_coins = 5, closing_coins = closing_coins + 5",
    "last_closing_meets_the_strip": "delete from accounting_lot_day",
    "creator_days_equal_movements": """insert into accounting_creator_day (shard, day, opening_diamonds,
        earned_diamonds, taken_back_diamonds, paid_diamonds, rate_version, opening_minor, revalued_minor, earned_minor,
        paid_minor)
        select shard, day - 1, 0, 2, 0, 0, 1, 0, 0, 1, 0 from accounting_position""",
    "journal_meets_the_books": "update account set balance = balance + 1 where kind = 'taxes_owed'",
    "sold_coins_equal_sales": "update accounting_day set sale_tax_minor = sale_tax_minor + 1 where sold_minor > 0",
}


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


async def close(shop: Shop) -> date:
    """Let the day end and be closed; the day that was closed."""
    day = end_day(shop.clock)
    while await accounting.close_due(shop.desk.house.database, shop.clock):
        pass
    return day


async def operator(shop: Shop) -> httpx2.AsyncClient:
    return await shop.desk.person("olga", Role.OPERATOR)


async def get(client: httpx2.AsyncClient, path: str, **asked: object) -> Any:
    answer = await client.get(path, params={name: str(value) for name, value in asked.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_day_of_sales_gifts_and_returns(shop: Shop) -> None:
    ada = await Returns.of(shop)
    order = await ada.buy(coins=100)
    await ada.give(40)
    assert (await ada.withdraw(order)).status_code == 201
    today = await close(shop)
    olga = await operator(shop)
    found = await get(olga, ROLL_FORWARD, **{"from": today, "to": today})
    assert found["last_closed_day"] == str(today)
    [row] = found["items"]
    assert (row["kind"], row["entity"], row["currency"]) == ("paid", shop.desk.house.settings.seller_code, "GBP")
    assert row["coins"] == {
        "opening": 0, "sold": 100, "put_back": 0, "used": 40, "refunded": 60, "expired": 0, "closing": 0
    }  # fmt: skip
    cost = row["cost"]
    paid = await ada.moved(order["id"])
    assert cost["sold"] == paid["sale"] - paid["sale_tax"] == cost["used"] + cost["refunded"]
    assert cost["used"] == round(cost["sold"] * 40 / 100)
    assert row["money"]["gross_sales"] == paid["sale"]
    assert row["money"]["sale_fee"] == paid.get("sale_fee", 0)
    assert row["money"]["gross_refunds"] > 0
    assert row["money"]["chargebacks"] == row["money"]["dispute_fee"] == 0
    assert abs(row["money"]["revenue_reversed"]) <= 1, "nothing spent went back but the rounding"


async def test_a_chargeback_of_spent_coins_reverses_revenue_and_is_undone_on_its_own_day(shop: Shop) -> None:
    ada = await Returns.of(shop)
    order = await ada.buy(coins=100)
    await ada.give(100)
    first = await close(shop)
    dispute = await ada.dispute(order)
    await ada.hear("dispute.opened", dispute)
    second = await close(shop)
    await ada.hear("dispute.ended", await ada.decide(dispute, "won"))
    third = await close(shop)
    olga = await operator(shop)
    found = await get(olga, ROLL_FORWARD, **{"from": first, "to": third})
    rows = {row["day"]: row for row in found["items"]}
    reversed_minor = [rows[str(day)]["money"]["revenue_reversed"] for day in (first, second, third)]
    assert reversed_minor == [0, rows[str(first)]["cost"]["used"], -rows[str(first)]["cost"]["used"]]
    assert rows[str(second)]["money"]["chargebacks"] == order["price"]["amount_minor"]
    assert rows[str(second)]["coins"]["refunded"] == 0, "they had been used"


async def test_what_is_held_is_unspent_until_it_pays(shop: Shop) -> None:
    ada = await Returns.of(shop)
    await ada.buy(coins=100)
    ends_at = shop.clock.now() + timedelta(days=3)
    held = NewHold(hold_id=new_id(shop.clock), viewer_id=ada.person_id, purpose="trial", coins=30, ends_at=ends_at)
    async with shop.desk.house.database.transaction() as connection:
        await holds.hold(connection, shop.clock, held)
    first = await close(shop)
    gift = GiftOrder(new_id(shop.clock), ada.person_id, CREATOR, ROOM, ROSE, 30, 30)
    async with shop.desk.house.database.transaction() as connection:
        await holds.spend(connection, shop.clock, held.hold_id, gift)
    second = await close(shop)
    found = (await get(await operator(shop), ROLL_FORWARD, **{"from": first, "to": second}))["items"]
    assert [(row["coins"]["opening"], row["coins"]["used"], row["coins"]["closing"]) for row in found] == [
        (0, 0, 100),
        (100, 30, 70),
    ]


async def test_the_page_begins_with_the_currency_that_is_sold_most(shop: Shop) -> None:
    few = await shop.desk.person("bea", locale="en-AU")
    order = await shop.order(few, coins=70)
    await shop.pay(order, "4242424242424242")
    await few.post(f"/v1/orders/{order['id']}/refresh")
    await (await Returns.of(shop)).buy(coins=100)
    day = await close(shop)
    olga = await operator(shop)
    found = await get(olga, ROLL_FORWARD, **{"from": day, "to": day})
    assert [(row["currency"], row["coins"]["sold"]) for row in found["items"]] == [("AUD", 70), ("GBP", 100)]
    page = (await olga.get("/operator/accounting", params={"since": str(day), "until": str(day)})).text
    assert re.findall(r'<option value="(\w+)" selected', page)[0] == "GBP"


async def test_csv_says_what_json_says(shop: Shop) -> None:
    ada = await Returns.of(shop)
    await ada.buy(coins=100)
    first = await close(shop)
    await ada.give(33)
    last = await close(shop)
    olga = await operator(shop)
    listed = await get(olga, ROLL_FORWARD, **{"from": first, "to": last})
    answer = await olga.get(ROLL_FORWARD, params={"from": str(first), "to": str(last), "format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert f'filename="roll-forward-{first}-{last}.csv"' in answer.headers["content-disposition"]
    assert answer.text.count("\r\n") == len(listed["items"]) + 1
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["day"] for row in rows] == [item["day"] for item in listed["items"]] == [str(first), str(last)]
    for row, item in zip(rows, listed["items"], strict=True):
        for name, minor in item["cost"].items():
            assert int(row[f"{name}_minor"]) == minor
            assert row[f"{name}_amount"] == f"{minor / 100:.2f}"
            assert int(row[f"{name}_coins"]) == item["coins"][name]

    pages: list[Any] = []
    cursor = None
    while cursor is not None or not pages:
        asked = {"from": first, "to": last, "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = await get(olga, ROLL_FORWARD, **asked)
        pages += page["items"]
        cursor = page["next"]
    assert pages == listed["items"]


async def test_unspent_at_a_date_in_a_time_zone(shop: Shop) -> None:
    ada = await Returns.of(shop)
    now = shop.clock.now()
    await ada.buy(coins=100)
    shop.clock.advance(timedelta(days=1))
    await ada.give(30)
    olga = await operator(shop)
    before = await get(olga, UNSPENT, at=now.date())
    assert [item["coins"] for item in before["items"]] == [100]
    assert (before["items"][0]["region"], before["items"][0]["channel"]) == ("GB", "web")
    await close(shop)
    olga = await operator(shop)
    assert await get(olga, UNSPENT, at=now.date()) == before, "closing a day changes nothing it says"
    assert [item["coins"] for item in (await get(olga, UNSPENT))["items"]] == [70]
    tokyo = await get(olga, UNSPENT, at=now.date(), zone="Asia/Tokyo")
    assert tokyo["at"] == f"{now.date()}T15:00:00Z"
    base = await get(olga, UNSPENT, base_date="japan")
    assert base["items"] == []
    assert base["at"][5:16] in {"03-31T15:00", "09-30T15:00"}
    text = (await olga.get(UNSPENT, params={"at": str(now.date()), "format": "csv"})).text
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["coins"], row["currency"], row["region"]) == ("100", "GBP", "GB")
    assert row["minor"] == str(before["items"][0]["cost"]["amount_minor"])


@pytest.mark.parametrize("path", [ROLL_FORWARD, UNSPENT, "/operator/accounting"])
async def test_only_operators_may_look(shop: Shop, path: str) -> None:
    assert (await (await shop.desk.client()).get(path)).status_code == 401
    for role in (Role.VIEWER, Role.CREATOR):
        assert (await (await shop.desk.person("ada", role)).get(path)).status_code == 403
    assert (await (await operator(shop)).get(path)).status_code == 200


@pytest.mark.parametrize(
    ("path", "asked", "field"),
    [
        (ROLL_FORWARD, {"from": "2027-03-02", "to": "2027-03-01"}, "query.from"),
        (ROLL_FORWARD, {"from": "0001-01-01", "to": "9999-12-31"}, "query.from"),
        (ROLL_FORWARD, {"entity": "acme"}, "query.entity"),
        (ROLL_FORWARD, {"currency": "eur"}, "query.currency"),
        (ROLL_FORWARD, {"cursor": "2027-13-01.paid.A.EUR"}, "query.cursor"),
        (ROLL_FORWARD, {"format": "xls"}, "query.format"),
        (UNSPENT, {"at": "9999-12-31"}, "query.at"),
        (UNSPENT, {"at": "2026-03-31", "zone": "Europe/../Paris"}, "query.zone"),
        (UNSPENT, {"at": "2026-03-31", "zone": "Nowhere"}, "query.zone"),
        (UNSPENT, {"at": "2026-03-31", "base_date": "japan"}, "query.at"),
    ],
)
async def test_what_makes_no_sense_is_refused(shop: Shop, path: str, asked: dict[str, str], field: str) -> None:
    answer = await (await operator(shop)).get(path, params=asked)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


async def test_books_without_a_sale_are_empty(shop: Shop) -> None:
    assert await accounting.close_due(shop.desk.house.database, shop.clock) == 0
    olga = await operator(shop)
    found = await get(olga, ROLL_FORWARD)
    assert found == {"items": [], "next": None, "first_day": None, "last_closed_day": None, "summed_until": None}
    assert "No day is closed yet" in (await olga.get("/operator/accounting")).text


@pytest.mark.audit_off
@pytest.mark.parametrize("law", BREAKS)
async def test_the_audit_finds_a_planted_wrong_row(shop: Shop, law: str, owner_connection: OwnConnection) -> None:
    ada = await Returns.of(shop)
    await ada.buy(coins=100)
    await ada.give(40)
    await close(shop)
    assert await broken_laws(shop.desk.house.database.url) == []
    await owner_connection.execute(BREAKS[law])
    assert law in {broken.partition(":")[0] for broken in await broken_laws(shop.desk.house.database.url)}


async def test_a_movement_committed_too_late_is_found_and_put_right(
    shop: Shop, database: Database, owner_connection: OwnConnection
) -> None:
    ada = await Returns.of(shop)
    await ada.buy(coins=100)
    today = await close(shop)
    late = ManualClock(datetime(today.year, today.month, today.day, 23, 59, 59, tzinfo=UTC))
    await owner_connection.execute(GRANT, ada.person_id, new_id(late), 5, late.now(), None)
    broken = await broken_laws(database.url)
    assert any("lot_days_equal_movements" in one for one in broken)
    async with database.transaction() as connection:
        await accounting.reopen(connection, today, "A promotion was committed late.", shop.clock)
    await accounting.close_due(database, shop.clock)
    async with database.read() as connection:
        assert await connection.fetchval("select sum(sold_coins) from accounting_day where kind = 'promotional'") == 5
        with pytest.raises(DayNotClosed):
            await accounting.reopen(connection, today + timedelta(days=2), "Nothing to do.", shop.clock)


async def test_a_shard_that_breaks_stops_no_other(
    shop: Shop, database: Database, owner_connection: OwnConnection
) -> None:
    for viewer_id in (900, 901):  # of different shards
        await owner_connection.execute(GRANT, viewer_id, new_id(shop.clock), 5, shop.clock.now(), None)
    await close(shop)
    behind = "select shard from accounting_position where day < (select max(day) from accounting_position)"
    ((bad, until),) = await owner_connection.fetch(
        "select shard, summed_until from accounting_position order by shard limit 1"
    )
    await owner_connection.execute(
        f"alter table accounting_position add constraint poison check (shard <> {bad} or summed_until <= '{until}')"
    )
    shop.clock.advance(timedelta(days=2))
    with pytest.raises(asyncpg.CheckViolationError):
        await accounting.close_due(database, shop.clock)
    assert [row["shard"] for row in await owner_connection.fetch(behind)] == [bad]
    await owner_connection.execute("alter table accounting_position drop constraint poison")
    while await accounting.close_due(database, shop.clock):
        pass
    assert await owner_connection.fetch(behind) == []


async def test_the_command_line_prints_both(shop: Shop, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await Returns.of(shop)
    await ada.buy(coins=100)
    today = await close(shop)
    monkeypatch.setattr(Settings, "from_environment", lambda: Settings(database_url=Secret(database_url)))
    monkeypatch.setattr(commands, "CLOCK", SimpleNamespace(now=shop.clock.now))

    async def say(*arguments: str) -> str:
        outcome = await asyncio.to_thread(CliRunner().invoke, commands.accounting, list(arguments))
        assert outcome.exit_code == 0, outcome.output
        return outcome.output

    assert "paid coins" in (await say("roll-forward", "--from", str(today), "--to", str(today)))
    assert (await say("roll-forward", "--from", str(today), "--csv")).startswith("day,kind,entity,currency,")
    assert "GBP" in await say("unspent", "--at", str(today))
    assert (await say("unspent", "--at", str(today), "--csv")).startswith("at,kind,")
    await say("reopen", "--from", str(today), "--reason", "A test.")
    assert "steps made" in await say("close")


def test_amounts_have_the_decimals_of_their_currency_and_text_is_no_formula() -> None:
    assert decimal(1999, "USD") == "19.99"
    assert decimal(-5, "EUR") == "-0.05"
    assert decimal(1999, "JPY") == "1999"
    assert decimal(1999, "KWD") == "1.999"
    assert exponent("KWD") == 3
    evil = Unspent(kind="paid", entity="=1+1", region="@x", channel='a,b"c', currency="JPY", coins=-2, minor=-3)
    [row] = csv.DictReader(
        io.StringIO(export.unspent_csv(datetime(2027, 3, 31, tzinfo=UTC), [evil]).decode(), newline="")
    )
    assert row == {
        "at": "2027-03-31T00:00:00.000Z", "kind": "paid", "entity": "'=1+1", "region": "'@x", "channel": 'a,b"c',
        "currency": "JPY", "coins": "-2", "minor": "-3", "amount": "-3",
    }  # fmt: skip


async def test_unused_prepaid_coins_are_what_the_books_say_at_the_moment(
    shop: Shop, owner_connection: OwnConnection
) -> None:
    """Held against the unspent balances: the same coins and cost, before and after the day is closed; presents do not
    count. In yen by the rate of the day."""
    ada = await Returns.of(shop)
    day = shop.clock.now().astimezone(ZoneInfo(reading.JAPAN)).date()
    paid = [(await ada.buy(coins=coins))["price"]["amount_minor"] for coins in (100, 70)]
    await owner_connection.fetchval(GRANT, ada.person_id, new_id(shop.clock), 500, shop.clock.now(), None)
    shop.clock.advance(timedelta(days=1))
    await ada.give(530)
    shop.clock.advance(timedelta(seconds=1))
    of_day = "select per_euro from exchange_rate where currency = $1 and day <= $2 order by day desc limit 1"
    yen, pounds = [await owner_connection.fetchval(of_day, one, day) for one in ("JPY", "GBP")]
    in_yen = round(sum(paid) * Fraction(yen) / Fraction(pounds) / 100)
    moment_of = reading.end_of(day, reading.JAPAN, shop.clock.now() + timedelta(days=2))
    for _ in range(2):
        now = shop.clock.now()
        async with shop.desk.house.database.snapshot() as connection:
            (then,) = (await prepaid.prepaid_report(connection, day, now, "GB")).items
            today = now.astimezone(ZoneInfo(reading.JAPAN)).date()
            (later,) = (await prepaid.prepaid_report(connection, today, now, "GB")).items
            known = [one for one in await reading.unspent_at(connection, moment_of) if one.kind == "paid"]
            at_last = [one for one in await reading.unspent_at(connection, now) if one.kind == "paid"]
            assert (await prepaid.prepaid_report(connection, day, now)).items == [], "none of it was sold in Japan"
        assert (then.coins, [one.paid.amount_minor for one in then.paid_in]) == (170, [sum(paid)])
        assert (then.coins, then.paid_in[0].net.amount_minor) == (sum(one.coins for one in known), known[0].minor)
        assert (later.coins, later.paid_in[0].net.amount_minor) == (140, at_last[0].minor)
        assert (then.is_whole, then.unused_yen) == (True, in_yen)
        await close(shop)
    finance = await operator(shop)
    latest = reading.japan_base_dates(shop.clock.now())[0]
    found = await get(finance, "/v1/operator/accounting/prepaid")
    assert (found["base_date"], found["items"]) == (str(latest), [])
    refused = await finance.get("/v1/operator/accounting/prepaid", params={"base_date": "2026-06-30"})
    assert (refused.status_code, refused.json()["field"]) == (400, "query.base_date")
    assert "Nothing was unused" in (await finance.get("/operator/prepaid")).text


def test_above_ten_million_yen_half_is_laid_by() -> None:
    def lots(entity: str, currency: str, minor: int) -> prepaid.UnusedLots:
        return prepaid.UnusedLots(entity=entity, currency=currency, coins=1, paid_minor=minor, net_minor=minor)

    rates = Rates(date(2027, 3, 31), {"JPY": Decimal(150), "USD": Decimal("1.2")})
    rows = [lots("A", "JPY", 10_000_000), lots("B", "JPY", 9_999_999), lots("B", "JPY", 1), lots("B", "USD", 1)]
    one, other = prepaid.balances(rows, rates)
    assert (one.unused_yen, one.is_above_threshold, one.deposit_yen) == (10_000_000, False, 0)
    assert (other.coins, other.unused_yen, other.is_above_threshold, other.deposit_yen) == (
        3,
        10_000_001,
        True,
        5_000_001,
    )
    unknown = prepaid.balances([lots("A", "GBP", 10**12)], rates)
    assert [(each.is_whole, each.unused_yen) for each in unknown] == [(False, 0)]
    assert prepaid._due_on(date(2027, 3, 31)) == date(2027, 5, 31)
    assert prepaid._due_on(date(2027, 9, 30)) == date(2027, 11, 30)


def test_base_dates_in_japan_are_those_that_are_over_there() -> None:
    just_before = datetime(2027, 3, 31, 14, 59, tzinfo=UTC)
    assert reading.japan_base_dates(just_before, 2) == [date(2026, 9, 30), date(2026, 3, 31)]
    assert reading.japan_base_dates(just_before + timedelta(minutes=1)) == [date(2027, 3, 31)]
    assert reading.end_of(date(2027, 3, 31), reading.JAPAN, just_before + timedelta(days=9)) == datetime(
        2027, 3, 31, 15, tzinfo=UTC
    )
