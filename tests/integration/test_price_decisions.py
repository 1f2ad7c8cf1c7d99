"""Prices and taxes are decided by two: what the other sees, exactly that is sold, and nothing else can be written."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.creators import actions as creators
from plaudit.ids import new_id
from plaudit.people.model import Role
from tests.integration.test_price_books import dearer, publish, us_price
from tests.support.deciding import Table
from tests.support.earnings import give
from tests.support.operators import DAY, draft, person
from tests.support.shop import Shop, open_shop


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path, one_operator=False) as opened:
        yield opened


@pytest.fixture
async def olga(shop: Shop) -> httpx2.AsyncClient:
    return await person(shop, "olga", Role.OPERATOR)


@pytest.fixture
async def oskar(shop: Shop) -> httpx2.AsyncClient:
    return await person(shop, "oskar", Role.OPERATOR)


async def confirm(operator: httpx2.AsyncClient, decision: dict[str, Any]) -> httpx2.Response:
    body = {"content_sha256": decision["content_sha256"]}
    return await operator.post(f"/v1/decisions/{decision['id']}/confirm", json=body)


async def in_use(shop: Shop) -> None:
    """Somebody has converted gifts, so that bounds hold."""
    table = Table(shop.desk.house.database, shop.clock)
    await give(table.database, 41, 1)
    made = await table.act(creators.convert, conversion_id=new_id(table.clock), creator_id=41, coins=1)
    assert made.coins == 1


async def test_prices_are_confirmed_as_they_were_seen(
    shop: Shop, olga: httpx2.AsyncClient, oskar: httpx2.AsyncClient
) -> None:
    made = await dearer(shop, olga)
    proposed, again = await publish(olga, made), await publish(olga, made)
    assert (proposed.status_code, again.json()["id"]) == (202, proposed.json()["id"])
    seen = (await oskar.get(f"/v1/decisions/{proposed.json()['id']}")).json()
    changed = {one["label"]: (one["before"], one["after"], one["change_bps"]) for one in seen["changes"]}
    assert {one["group"] for one in seen["changes"]} == {"United States · Web"}
    assert changed["70 coins"] == ("$0.74", "$0.80", 811)
    assert changed["17,500 coins"] == ("$185.00", "$200.00", 811)
    assert changed.keys() == {"A coin, with tax", *(f"{n:,} coins" for n in (70, 350, 700, 1400, 3500, 7000, 17500))}
    listed = (await oskar.get("/v1/decisions")).json()["items"][0]
    assert (listed["is_whole"], seen["is_whole"], listed["content_sha256"]) == (False, True, seen["content_sha256"])
    page = (await oskar.get(f"/operator/decisions/{seen['id']}")).text
    assert "United States · Web" in page
    assert "$185.00" in page
    assert "Look at all it changes" in (await oskar.get("/operator/decisions")).text
    assert "1 proposal waits for another operator" in (await oskar.get("/operator/prices")).text
    other = await publish(oskar, await draft(shop, oskar))
    assert (other.status_code, other.json()["code"]) == (409, "decision_pending")
    assert (await confirm(olga, seen)).json()["code"] == "second_person_needed"
    later = {"name": "Dearer", "toml": made["toml"].replace('"8/7"', '"9/7"'), "revision": made["revision"]}
    assert (await olga.put(f"/v1/price-book-drafts/{made['id']}", json=later)).status_code == 200
    assert (await confirm(oskar, seen)).json()["state"] == "confirmed"
    version = (await oskar.get("/v1/price-books/2")).json()
    assert version["toml"] == made["toml"]
    assert version["version"]["state"] == "scheduled"
    assert await us_price(shop) == 74
    shop.clock.advance(timedelta(hours=1))
    assert await us_price(shop) == 80
    went_on = (await olga.get(f"/v1/price-book-drafts/{made['id']}")).json()
    assert went_on["published_version"] is None, "its text is another by now"
    back = (await olga.post("/v1/price-books/1/rollback", json={"reason": "too dear"})).json()
    same = (await olga.post("/v1/price-books/1/rollback", json={"reason": "too dear"})).json()
    assert (back["id"], back["state"]) == (same["id"], "open")
    assert (await confirm(oskar, back)).json()["state"] == "confirmed"
    shop.clock.advance(timedelta(hours=1))
    assert await us_price(shop) == 74


async def test_what_sells_below_payouts_is_refused_before_anybody_could_confirm_it(
    shop: Shop, olga: httpx2.AsyncClient
) -> None:
    made = await draft(shop, olga, ('unit_price = "37/35"', 'unit_price = "1/100"'))
    refused = await publish(olga, made)
    assert (refused.status_code, refused.json()["code"]) == (422, "price_book_refused")
    paths = {one["path"] for one in refused.json()["findings"] if one["code"] == "sold_below_payout"}
    assert paths, refused.json()["findings"]
    assert all(one.startswith("regions.") and ".web." in one for one in paths)
    assert (await olga.get("/v1/decisions")).json()["items"] == []


@pytest.mark.unsold
async def test_no_step_of_prices_leads_far(shop: Shop, olga: httpx2.AsyncClient, oskar: httpx2.AsyncClient) -> None:
    """An offer, a coin of the buyer's choice and the share of the channel are held to bounds, each by itself."""
    await in_use(shop)
    start, end = (shop.clock.now() + days for days in (DAY, 3 * DAY))
    offer = f'{{code = "half", price_minor = 240, starts_at = {start.isoformat()}, ends_at = {end.isoformat()}}}'
    sale = ("{coins = 350, price_minor = 370}", f"{{coins = 350, price_minor = 370, offer = {offer}}}")
    twice = ('unit_price = "37/35"', 'unit_price = "37/15"')
    fee = ("store_fee_bps = 3000", "store_fee_bps = 1000")
    tax = ("rate_bps = 1900", "rate_bps = 1399")
    refused = (await publish(olga, await draft(shop, olga, tax))).json()
    assert (refused["code"], refused.get("bound")) == ("out_of_bounds", "tax_rate_change_bps")
    for change, bound in ((sale, "change"), (twice, "change"), (fee, "fee")):
        refused = (await publish(olga, await draft(shop, olga, change))).json()
        assert (refused["code"], refused.get("bound")) == ("out_of_bounds", f"price_book_{bound}_bps")
        assert ("apple in " if change is fee else "web in ") in refused["detail"]
    assert (await publish(olga, await dearer(shop, olga))).status_code == 202


@pytest.mark.parametrize(
    ("statement", "refused"),
    [
        ("insert into price_book select 9, effective_at, rates_date, note, sources, rates, published_at"
         " from price_book", "permission denied"),
        ("insert into package select * from package", "permission denied"),
        ("update price_book_proposal set book = '{}'", "permission denied"),
        ("insert into price_book_proposal values ('', '{}')", "price_book_proposal_is_hashed"),
        ("select publish_price_book(id, now()) from decision", "query returned no rows"),
        ("insert into tax_rate (country, name, rate_bps, valid_from, source, is_override, recorded_at) "
         "values ('DE', 'MwSt', 0, '2030-01-01', 'x', true, now())", "needs a confirmed decision"),
        ("insert into subdivision_tax_rate (country, subdivision, name, rate_ppm, valid_from, source, is_override, "
         "recorded_at) values ('CA', 'QC', 'x', 0, '2030-01-01', 'x', true, now())", "needs a confirmed decision"),
    ],
)  # fmt: skip
async def test_the_application_writes_no_prices_and_taxes_but_those_decided(
    shop: Shop, olga: httpx2.AsyncClient, statement: str, refused: str
) -> None:
    assert (await publish(olga, await dearer(shop, olga))).status_code == 202
    async with shop.desk.house.database.read() as connection:
        with pytest.raises(asyncpg.PostgresError) as said:
            await connection.execute(statement)
    assert refused in f"{said.value} {getattr(said.value, 'constraint_name', '')}"


async def test_what_the_owner_writes_beside_a_decision_is_found(
    shop: Shop, olga: httpx2.AsyncClient, oskar: httpx2.AsyncClient, owner_connection: OwnConnection
) -> None:
    assert (await confirm(oskar, (await publish(olga, await dearer(shop, olga))).json())).status_code == 200
    asked = "select price_book_is_as_decided(2)"
    assert await owner_connection.fetchval(asked) is True
    for statement in (
        "update package set price_minor = price_minor - 1 where version = 2 and region = 'JP'",
        "update price set store_fee_bps = 1 where version = 2 and region = 'JP'",
        "delete from package where version = 2 and region = 'JP'",
        "update price_book set note = 'x' where version = 2",
        "insert into price_seller values (2, 'X', 'X', '', '')",
    ):
        async with _Undone(owner_connection):
            await owner_connection.execute("set local session_replication_role = replica")
            await owner_connection.execute(statement)
            assert await owner_connection.fetchval(asked) is False, statement


class _Undone:
    """A transaction of which nothing stays."""

    def __init__(self, connection: OwnConnection) -> None:
        self._transaction = connection.transaction()

    async def __aenter__(self) -> None:
        await self._transaction.start()

    async def __aexit__(self, *_: object) -> None:
        await self._transaction.rollback()


@pytest.mark.unsold
async def test_taxes_are_decided_by_two_within_points(
    shop: Shop, olga: httpx2.AsyncClient, oskar: httpx2.AsyncClient
) -> None:
    await in_use(shop)

    def rate(bps: int, days: int = 1, country: str = "DE") -> dict[str, Any]:
        day = (shop.clock.now() + days * DAY).date().isoformat()
        named = {"country": country, "name": "MwSt", "rate_bps": bps, "valid_from": day, "reason": "a law"}
        return {"id": str(new_id(shop.clock)), **named}

    refused = await olga.post("/v1/tax-rates", json=rate(0))
    assert (refused.json()["code"], refused.json()["bound"]) == ("out_of_bounds", "tax_rate_change_bps")
    asked = rate(1_600)
    proposed, again = [await olga.post("/v1/tax-rates", json=asked) for _ in range(2)]
    assert (proposed.status_code, again.json()) == (202, proposed.json())
    assert proposed.json()["id"] == asked["id"]
    figures = {one["label"]: (one["before"], one["after"]) for one in proposed.json()["changes"]}
    assert figures["Rate"] == ("19%", "16%")
    assert len((await olga.get("/v1/tax-rates?country=DE")).json()["items"]) == 1
    assert (await confirm(oskar, proposed.json())).status_code == 200
    made = (await olga.post("/v1/tax-rates", json=asked)).json()
    assert (made["rate_bps"], made["is_override"]) == (1_600, True)
    # From 16, but not so far from the 19 that hold today; free where nothing is known.
    answers = await asyncio.gather(
        *(olga.post("/v1/tax-rates", json=body) for body in (rate(1_200, 2), rate(1_000, country="JP")))
    )
    assert [answer.status_code for answer in answers] == [409, 202]
