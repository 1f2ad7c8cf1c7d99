"""Tax returns and lists of papers, held against the papers themselves."""

import asyncio
import csv
import io
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from click.testing import CliRunner

from plaudit.accounting.taxes import commands
from plaudit.accounting.taxes.export import percent
from plaudit.accounting.taxes.reading import period_of, tax_return
from plaudit.db import Database
from plaudit.exchange import rates
from plaudit.exchange.model import Rates
from plaudit.people.model import Role
from plaudit.selling.papers.model import full_number
from plaudit.settings import Secret, Settings
from tests.support.packages import install
from tests.support.papers import CORNER, PaperWorld
from tests.support.shop import Shop, open_shop

TAX_RETURN = "/v1/operator/accounting/tax-return"
PAPERS = "/v1/operator/accounting/papers"


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shop]:
    install(tmp_path / "packages", monkeypatch, "tests.support.corner_store:CORNER_STORE")
    async with open_shop(database_url, tmp_path, reporting_currencies="USD PLAUDIT=EUR", **CORNER) as opened:
        yield opened


@pytest.fixture
async def world(shop: Shop) -> PaperWorld:
    return await PaperWorld.of(shop)


async def get(client: httpx2.AsyncClient, path: str, **asked: object) -> Any:
    answer = await client.get(path, params={name.rstrip("_"): str(value) for name, value in asked.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def rows(client: httpx2.AsyncClient, path: str, **asked: object) -> list[dict[str, str]]:
    answer = await client.get(
        path, params={name.rstrip("_"): str(value) for name, value in asked.items()} | {"format": "csv"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


async def from_papers(database: Database, first: date, last: date) -> dict[tuple[Any, ...], Counter[str]]:
    """What the papers of some days say, one by one, by seller, country, rate, currency and store."""
    found: defaultdict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    begins, ends = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (first, last + timedelta(days=1)))
    async with database.read() as connection:
        receipts = await connection.fetch("select * from receipt")
        notes = await connection.fetch("select * from credit_note")
        voids = await connection.fetch("select * from reversal where kind = 'void'")

    def key(receipt: Any) -> tuple[Any, ...]:
        store = receipt["channel"] if receipt["paper"] == "confirmation" else None
        return receipt["seller_code"], receipt["region"], receipt["tax_rate_bps"], receipt["currency"], store

    def add(receipt: Any, what: str, at: datetime, sign: int, paper: Any) -> None:
        if begins <= at < ends:
            net, tax = sign * paper["net_minor"], sign * paper["tax_minor"]
            found[key(receipt)].update({f"{what}_count": 1, f"{what}_net": net, f"{what}_tax": tax})

    by_order = {receipt["order_id"]: receipt for receipt in receipts}
    for receipt in receipts:
        add(receipt, "sales", receipt["issued_at"], 1, receipt)
    for note in notes:
        add(by_order[note["order_id"]], "corrections", note["issued_at"], -1 if note["act"] == "credit" else 1, note)
    for void in voids:
        add(by_order[void["order_id"]], "corrections", void["created_at"], -1, void)
    return found


def as_counters(answer: Any) -> dict[tuple[Any, ...], Counter[str]]:
    return {
        (line["entity"], line["country"], line["rate_bps"], line["currency"], line["sold_by_store"]): Counter(
            {
                f"{part}_{name}": value
                for part in ("sales", "corrections")
                for name, value in (
                    ("count", line[f"{part}_count"]),
                    ("net", line[part]["net_minor"]),
                    ("tax", line[part]["tax_minor"]),
                )
            }
        )
        for line in answer["lines"]
    }


async def test_a_return_is_what_its_papers_add_up_to(world: PaperWorld) -> None:
    database = world.shop.desk.house.database
    for first, last in ((world.first, world.first), (world.second, world.second), (world.first, world.second)):
        expected = await from_papers(database, first, last)
        answer = await get(world.olga, TAX_RETURN, from_=first, to=last)
        assert as_counters(answer) == expected
        for line in answer["lines"]:
            for name in ("net_minor", "tax_minor", "gross_minor"):
                assert line["total"][name] == line["sales"][name] + line["corrections"][name]
            assert line["total"]["gross_minor"] == line["total"]["net_minor"] + line["total"]["tax_minor"]
    answer = await get(world.olga, TAX_RETURN, from_=world.first, to=world.second)
    both = {(line["country"], line["sold_by_store"]): line for line in answer["lines"]}
    assert both.keys() == {("GB", None), ("DE", None), ("DE", "corner")}
    assert (both["GB", None]["sales_count"], both["GB", None]["corrections_count"]) == (5, 5), "one came and went"
    assert both["DE", "corner"]["total"] == {"net_minor": 0, "tax_minor": 0, "gross_minor": 0}, "taken back"
    assert both["DE", None]["total"]["tax_minor"] > 0


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin"])
async def test_days_are_those_of_the_zone(world: PaperWorld, zone: str) -> None:
    issued = (await get(world.olga, PAPERS, from_=world.first, to=world.second, limit=100))["items"]
    days = Counter(datetime.fromisoformat(one["issued_at"]).astimezone(ZoneInfo(zone)).date() for one in issued)
    for day in sorted({*days, *(day + timedelta(days=1) for day in days), *(day - timedelta(days=1) for day in days)}):
        answer = await get(world.olga, TAX_RETURN, from_=day, to=day, zone=zone)
        assert sum(line["sales_count"] + line["corrections_count"] for line in answer["lines"]) == days[day]
    now = world.shop.clock.now().astimezone(ZoneInfo(zone)).date()
    assert (await get(world.olga, TAX_RETURN, from_=now, to=now, zone=zone))["is_over"] is False


async def test_it_is_reported_at_the_rates_of_the_last_day(world: PaperWorld) -> None:
    published = world.second + timedelta(days=1)
    async with world.shop.desk.house.database.transaction() as connection:
        await rates.record(
            connection,
            [Rates(published, {"USD": Decimal("1.25"), "GBP": Decimal("0.8")})],
            "a test",
            world.shop.clock.now(),
        )
    answer = await get(world.olga, TAX_RETURN, from_=world.first, to=world.second)
    british = next(line for line in answer["lines"] if line["country"] == "GB")
    reported = british["reported"]
    assert (reported["currency"], reported["rate"], reported["rate_day"]) == ("EUR", "0.8", str(published))
    for name in ("net_minor", "tax_minor"):
        assert reported[name] == int(Decimal(british["total"][name]) / Decimal("0.8") + Decimal("0.5"))
    assert reported["gross_minor"] == reported["net_minor"] + reported["tax_minor"]
    german = next(line for line in answer["lines"] if line["country"] == "DE")
    assert (german["reported"]["rate"], german["reported"]["tax_minor"]) == ("1", german["total"]["tax_minor"])


async def test_what_is_in_the_sellers_currency_needs_no_rate(world: PaperWorld) -> None:
    now, house = world.shop.clock.now(), world.shop.desk.house
    period = period_of(world.first, world.second, "UTC", None, now)
    in_pounds = replace(house.settings, reporting_currencies="GBP")
    async with house.database.transaction() as connection:
        await rates.record(connection, [Rates(world.second, {"USD": Decimal("1.25")})], "a test", now)
        found = await tax_return(connection, period, in_pounds, now)
    british = next(line for line in found.lines if line.sums.currency == "GBP")
    assert british.reported is not None
    assert (british.reported.rate, british.reported.rate_day) == ("1", world.second)
    assert british.reported.tax_minor == british.sums.tax_minor != 0
    assert {line.reported for line in found.lines if line.sums.currency == "EUR"} == {None}


async def test_csv_says_what_json_says(world: PaperWorld) -> None:
    answer = await get(world.olga, TAX_RETURN, from_=world.first, to=world.second)
    written = await rows(world.olga, TAX_RETURN, from_=world.first, to=world.second)
    assert len(written) == len(answer["lines"])
    for row, line in zip(written, answer["lines"], strict=True):
        assert (row["entity"], row["country"], row["is_over"]) == (line["entity"], line["country"], "yes")
        assert row["sold_by_store"] == (line["sold_by_store"] or "")
        assert row["rate_percent"] == percent(line["rate_bps"])
        for part in ("sales", "corrections", "total"):
            for name in ("net", "tax", "gross"):
                assert Decimal(row[f"{part}_{name}"]) * 100 == line[part][f"{name}_minor"]
        assert Decimal(row["reported_tax"]) * 100 == line["reported"]["tax_minor"]


async def test_papers_are_listed_with_what_they_correct(world: PaperWorld) -> None:
    everything = await get(world.olga, PAPERS, from_=world.first, to=world.second, limit=100)
    listed = everything["items"]
    assert Counter(paper["kind"] for paper in listed) == {
        "receipt": 6, "confirmation": 1, "credit_note": 4, "cancellation": 1, "store_refund": 1
    }  # fmt: skip
    async with world.shop.desk.house.database.read() as connection:
        receipts = {
            full_number(row["seller_code"], row["shard"], row["number"], "P" if row["paper"] == "confirmation" else "")
            for row in await connection.fetch("select * from receipt")
        }
    numbers = {paper["number"] for paper in listed if paper["sign"] == 1 and paper["kind"] != "cancellation"}
    assert numbers == receipts
    notes = {paper["number"] for paper in listed if paper["kind"] == "credit_note"}
    for paper in listed:
        assert paper["gross"]["amount_minor"] == paper["net"]["amount_minor"] + paper["tax"]["amount_minor"]
        if paper["kind"] == "cancellation":
            assert paper["corrected_number"] in notes
        elif paper["sign"] == -1:
            assert paper["corrected_number"] in receipts
    british = next(paper for paper in listed if paper["country"] == "GB")
    assert "card_issuer=GB" in british["evidence"]

    pages: list[Any] = []
    cursor = None
    while cursor is not None or not pages:
        asked = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = await get(world.olga, PAPERS, from_=world.first, to=world.second, **asked)
        pages += page["items"]
        cursor = page["next"]
    assert pages == listed
    written = await rows(world.olga, PAPERS, from_=world.first, to=world.second)
    assert [row["number"] for row in written] == [paper["number"] or "" for paper in listed]
    german = await get(world.olga, PAPERS, from_=world.first, to=world.second, country="DE", kind="receipt")
    assert len(german["items"]) == 1
    assert (await get(world.olga, PAPERS, from_=world.first, to=world.second, entity="NOBODY"))["items"] == []


async def test_what_makes_no_sense_is_refused(shop: Shop) -> None:
    olga = await shop.desk.person("olga", Role.OPERATOR)
    for path in (TAX_RETURN, PAPERS):
        for asked, field in (
            ({"from": "2027-03-02", "to": "2027-03-01"}, "query.from"),
            ({"from": "0001-01-01", "to": "9999-12-31"}, "query.from"),
            ({"from": "9999-12-31", "to": "9999-12-31"}, "query.to"),
            ({"from": "0001-01-01", "to": "0001-01-01", "zone": "Asia/Tokyo"}, "query.to"),
            ({"zone": "Nowhere"}, "query.zone"),
        ):
            answer = await olga.get(path, params=asked)
            assert (answer.status_code, answer.json()["field"]) == (400, field)
        viewer = await (await shop.desk.person("ada")).get(path)
        assert viewer.status_code == 403
        assert (await (await shop.desk.client()).get(path)).status_code == 401


async def test_the_command_line_prints_both(
    world: PaperWorld, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "from_environment", lambda: Settings(database_url=Secret(database_url)))
    monkeypatch.setattr(commands, "CLOCK", SimpleNamespace(now=world.shop.clock.now))

    async def say(*arguments: str) -> str:
        days = ("--from", str(world.first), "--to", str(world.second))
        outcome = await asyncio.to_thread(CliRunner().invoke, commands.taxes, [*arguments, *days])
        assert outcome.exit_code == 0, outcome.output
        return outcome.output

    assert "VAT 20.00 %" in await say("return")
    assert (await say("return", "--csv")).startswith("from,to,zone,")
    assert (await say("papers")).count("\n") == 1 + 13


async def test_the_page_opens_on_the_newest_month_that_has_anything(world: PaperWorld) -> None:
    assert f"from={world.first.replace(day=1)}&amp;" in (await world.olga.get("/operator/taxes")).text
    world.shop.clock.advance(timedelta(days=70))
    olga = await world.shop.desk.person("olga", Role.OPERATOR)
    month = f"from={world.second.replace(day=1)}&amp;"
    assert month in (await olga.get("/operator/taxes")).text, "the two months since have nothing"


async def test_the_page_shows_whose_tax_it_is(world: PaperWorld) -> None:
    days = {"since": str(world.first), "until": str(world.second)}
    shown = await world.olga.get("/operator/taxes", params=days)
    assert shown.status_code == 200, shown.text
    own, _, of_stores = shown.text.partition("Owed by app stores")
    assert "United Kingdom" in own
    assert "corner" in of_stores
    assert f"from={world.first}&amp;to={world.second}&amp;format=csv&amp;zone=UTC" in own
    for wrong in ({"since": "x"}, {"since": "2027-02-02", "until": "2027-01-01"}, {"since": "1999-01-01"}):
        answer = await world.olga.get("/operator/taxes", params=wrong)
        assert (answer.status_code, "notice-bad" in answer.text) == (200, True)
    assert (await (await world.shop.desk.person("ada")).get("/operator/taxes")).status_code == 403
