"""The general journal: every entry balances, and its accounts say what papers, closed days and the books say."""

import asyncio
import csv
import io
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from plaudit.accounting import actions as accounting
from plaudit.accounting.journal import commands, reading
from plaudit.accounting.journal.model import WORDS
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.money import round_half_up
from plaudit.people.model import Role
from plaudit.selling.providers.news import ReversalState
from plaudit.settings import Secret, Settings
from tests.integration.test_clawback import Stage, open_stage
from tests.support.days import end_day
from tests.support.packages import install
from tests.support.papers import CORNER, PaperWorld
from tests.support.returns import Returns
from tests.support.shop import Shop, open_shop

JOURNAL = "/v1/operator/accounting/journal"
BALANCES = "/v1/operator/accounting/balances"
ACCOUNTS = "/v1/operator/accounting/accounts"


@pytest.fixture
async def world(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PaperWorld]:
    install(tmp_path / "packages", monkeypatch, "tests.support.corner_store:CORNER_STORE")
    async with open_shop(database_url, tmp_path, **CORNER) as shop:
        made = await PaperWorld.of(shop)
        await close(shop)
        yield made


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(database_url, tmp_path) as opened:
        yield opened


async def close(shop: Shop) -> None:
    while await accounting.close_due(shop.desk.house.database, shop.clock):
        pass


async def next_day(shop: Shop) -> date:
    """Let the day end and be closed; the day that was closed."""
    day = end_day(shop.clock)
    await close(shop)
    return day


async def asked(client: httpx2.AsyncClient, path: str, first: date, last: date, **more: object) -> httpx2.Response:
    answer = await client.get(path, params={"from": str(first), "to": str(last)} | {k: str(v) for k, v in more.items()})
    assert answer.status_code == 200, answer.text
    return answer


async def lines_of(client: httpx2.AsyncClient, first: date, last: date, **more: object) -> list[dict[str, str]]:
    """The file, line by line; each entry in it balances."""
    text = (await asked(client, JOURNAL, first, last, format="csv", **more)).text
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    sums: Counter[tuple[str, str, str]] = Counter()
    for line in lines:
        assert (line["debit"] == "") != (line["credit"] == ""), "either a debit or a credit"
        assert line["account"]
        assert line["account_name"]
        sums[line["date"], line["entry"], line["currency"]] += amount_of(line)
    assert set(sums.values()) <= {0}
    return lines


def amount_of(line: dict[str, str]) -> int:
    return int(Decimal(line["debit"] or 0) * 100) - int(Decimal(line["credit"] or 0) * 100)


def by_account(lines: list[dict[str, str]]) -> Counter[tuple[str, str, str]]:
    found: Counter[tuple[str, str, str]] = Counter()
    for line in lines:
        found[line["kind"], line["party"], line["currency"]] += amount_of(line)
    return found


async def closings(client: httpx2.AsyncClient, first: date, last: date) -> dict[tuple[str, str, str], int]:
    items = (await asked(client, BALANCES, first, last)).json()["items"]
    for item in items:
        assert item["closing_minor"] == item["opening_minor"] + item["debit_minor"] - item["credit_minor"]
    return {(item["account"], item["party"] or "", item["currency"]): item["closing_minor"] for item in items}


async def test_its_accounts_are_what_the_papers_and_the_books_say(world: PaperWorld) -> None:
    olga, shop = world.olga, world.shop
    lines = await lines_of(olga, world.first, world.second)
    accounts = by_account(lines)
    balances = await closings(olga, world.first, world.second)
    assert {key: amount for key, amount in balances.items() if amount} == {
        key: amount for key, amount in accounts.items() if amount
    }
    returned = await olga.get(
        "/v1/operator/accounting/tax-return", params={"from": str(world.first), "to": str(world.second)}
    )
    owed = [line for line in returned.json()["lines"] if line["sold_by_store"] is None]
    assert {(line["country"], line["currency"]): line["total"]["tax_minor"] for line in owed} == {
        (party, currency): -amount for (kind, party, currency), amount in accounts.items() if kind == "tax"
    }
    roll = await asked(olga, "/v1/operator/accounting/roll-forward", world.second, world.second)
    deferred = {row["currency"]: row["cost"]["closing"] for row in roll.json()["items"] if row["kind"] == "paid"}
    assert {currency: -accounts["deferred_revenue", "", currency] for currency in deferred} == deferred
    returns = await Returns.of(shop)
    held = -await returns.balance("buyers") - await returns.balance("channel_fees")
    assert accounts["provider", "sandbox", "GBP"] == held
    assert accounts["provider", "corner", "EUR"] == 0, "the store took the sale back, its fee and the tax with it"


async def test_a_disputes_fee_stays_readable_when_it_is_won(world: PaperWorld) -> None:
    lines = await lines_of(world.olga, world.second, world.second, currency="GBP")
    fees = [(line["text"], amount_of(line)) for line in lines if line["kind"] == "dispute_fees"]
    assert sorted(fees) == [
        ("Fee of a dispute", 700), ("Fee of a dispute", 1_500), ("Fee of a dispute", 1_500),
        ("Fee of a dispute given back", -1_500),
    ]  # fmt: skip
    async with world.shop.desk.house.database.read() as connection:
        under_way = await connection.fetchval("select sum(amount_minor) from reversal where state = 'opened'")
    assert by_account(lines)["reversals_pending", "", "GBP"] == under_way > 0, "what is disputed and not decided"


async def test_json_pages_say_what_the_file_says(world: PaperWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ACCOUNTING_CSV_PAGE", 3)
    written = await lines_of(world.olga, world.first, world.second)
    listed: list[dict[str, Any]] = []
    cursor = None
    while cursor is not None or not listed:
        page = await asked(
            world.olga, JOURNAL, world.first, world.second, limit=7, **({"cursor": cursor} if cursor else {})
        )
        listed += page.json()["items"]
        cursor = page.json()["next"]
    assert len(listed) == len(written) > 20
    for line, row in zip(listed, written, strict=True):
        side = line["debit"] or line["credit"]
        assert (line["entry"], line["number"], line["paper"] or "", line["tax_code"] or "") == (
            row["entry"], row["account"], row["paper"], row["tax_code"]
        )  # fmt: skip
        assert side["amount_minor"] * (1 if line["debit"] else -1) == amount_of(row)
    papers = {row["paper"] for row in written if row["paper"]}
    assert {"DE-1900", "GB-2000", "by corner"} == {row["tax_code"] for row in written if row["tax_code"]}
    assert len(papers) == 7 + 5


async def test_days_that_are_not_closed_are_not_in_it(world: PaperWorld) -> None:
    ada = await Returns.of(world.shop, "ada")
    assert (await ada.refund(world.olga, world.kept, coins=5)).status_code == 201
    today = world.shop.clock.now().date()
    found = (await asked(world.olga, JOURNAL, today, today)).json()
    assert (found["items"], found["last_closed_day"]) == ([], str(today - timedelta(days=1)))
    assert await lines_of(world.olga, today, today) == []
    assert (await asked(world.olga, BALANCES, today, today)).json()["items"] == []
    assert (await asked(world.olga, BALANCES, today, today, format="csv")).text.count("\n") == 1


async def test_accounts_are_numbered_from_a_day_on(world: PaperWorld) -> None:
    body = {
        "id": str(new_id(world.shop.clock)), "account": "tax", "party": "GB", "number": "2210", "name": "VAT, HMRC",
        "valid_from": str(world.second),
    }  # fmt: skip
    for _ in range(2):
        answer = await world.olga.post(ACCOUNTS, json=body)
        assert (answer.status_code, answer.json()["number"]) == (201, "2210"), answer.text
    assert (await world.olga.post(ACCOUNTS, json=body | {"number": "2211"})).json()["code"] == "idempotency_conflict"
    general = body | {"id": str(new_id(world.shop.clock)), "party": "", "number": "2200", "name": "VAT"}
    assert (await world.olga.post(ACCOUNTS, json=general)).status_code == 201
    lines = await lines_of(world.olga, world.first, world.second)
    numbers = defaultdict(set)
    for line in lines:
        if line["kind"] == "tax":
            numbers[line["date"], line["party"]].add(line["account"])
    assert numbers[str(world.first), "GB"] == {"1770"}
    assert numbers[str(world.second), "GB"] == {"2210"}, "what names the country goes first"
    listed = (await world.olga.get(ACCOUNTS, params={"limit": 1})).json()
    assert [row["number"] for row in listed["items"]] == ["2200"]
    viewer = await world.shop.desk.person("ada")
    assert (await viewer.post(ACCOUNTS, json=body)).status_code == 403
    for path in (ACCOUNTS, JOURNAL, BALANCES):
        assert (await viewer.get(path)).status_code == 403


async def test_creators_are_owed_what_their_diamonds_are_worth(stage: Stage, database: Database) -> None:
    shop = stage.shop
    ada, bob = await Returns.of(shop, "ada"), await Returns.of(shop, "bob")
    disputed, kept = await ada.buy(6_001), await bob.buy(300)
    assert kept
    await stage.give(ada, 6_001)
    await stage.earn()
    await stage.cash_out(4_321)
    async with database.transaction() as connection:
        await connection.execute("update payout set poll_at = null")
    first = await next_day(shop)
    await stage.dispute(ada, disputed, ReversalState.OPENED)
    second = await next_day(shop)
    olga = await shop.desk.person("olga", Role.OPERATOR)
    owed = None
    for day in (first, second):
        async with database.read() as connection:
            owed = await connection.fetchval(
                """select sum(closing_diamonds)::bigint from accounting_creator_day c where day = (
                    select max(day) from accounting_creator_day d where d.shard = c.shard and d.day <= $1)""",
                day,
            )
        closing = await closings(olga, day, day)
        assert closing["creators_owed", "", "USD"] == -round_half_up(Fraction(owed, 2))
        assert sum(amount for (*_, currency), amount in closing.items() if currency == "USD") == 0
    async with database.read() as connection:
        now = await connection.fetchval(
            "select sum(balance)::bigint from balance where asset = 'DIAMOND' and kind like 'diamonds\\_%' "
            "and kind not in ('diamonds_issued', 'diamonds_redeemed')"
        )
    assert owed == now
    await lines_of(olga, first, second)


def test_every_entry_has_words() -> None:
    sql = (Path(reading.__file__).parent / "functions" / "32_general_journal.sql").read_text()
    assert {word for word in WORDS if f"'{word}'" not in sql} <= {
        "receipt", "payout_money", "payout_fee", "payout_money_returned", "payout_fee_returned"
    }  # fmt: skip


async def test_the_command_line_prints_it(
    world: PaperWorld, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "from_environment", lambda: Settings(database_url=Secret(database_url)))
    monkeypatch.setattr(commands, "CLOCK", SimpleNamespace(now=world.shop.clock.now))

    async def say(*arguments: str) -> str:
        days = ("--from", str(world.first), "--to", str(world.second))
        outcome = await asyncio.to_thread(CliRunner().invoke, commands.journal, [*arguments, *days])
        assert outcome.exit_code == 0, outcome.output
        return outcome.output

    assert (await say("lines")).startswith("date,entry,account,account_name,debit,credit,")
    assert "Deferred revenue" in await say("balances")
    assert (await say("balances", "--csv")).startswith("from,to,account,")
