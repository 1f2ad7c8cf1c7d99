"""What coins bring exceeds what can be paid out for them: of whatever is published of prices, rewards and rates."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import msgspec
import pytest
from iso4217 import Currency

from plaudit.connections import OwnConnection
from plaudit.exchange.margin import Loss, losses_from
from plaudit.money import exponent, payable_step
from plaudit.payouts import rates
from plaudit.people.model import Role
from plaudit.readiness.checks import paying_out
from plaudit.readiness.model import Grounds, State
from plaudit.selling.prices.pricing import Price
from plaudit.selling.prices.shelf import as_rows, read_book
from plaudit.settings import Settings
from tests.support.operators import DAY, draft, person
from tests.support.shop import Shop, open_shop

PACKAGES = (70, 350, 700, 1_400, 3_500, 7_000, 17_500)


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def operator(shop: Shop) -> httpx2.AsyncClient:
    return await person(shop, "olga", Role.OPERATOR)


def at_cents(toml: str, coins_a_cent: int) -> str:
    """The book with coins on the web of the United States that cost a cent for so many."""
    head, tail = toml.split("[regions.US.web]")
    tail = tail.replace('unit_price = "37/35"', f'unit_price = "1/{coins_a_cent}"', 1)
    for coins in PACKAGES:
        cheap = max(1, coins // coins_a_cent)
        tail = tail.replace(
            f"{{coins = {coins}, price_minor = {coins * 37 // 35}}}", f"{{coins = {coins}, price_minor = {cheap}}}", 1
        )
    return f"{head}[regions.US.web]{tail}"


async def test_a_coin_a_hundred_times_too_cheap_is_refused(shop: Shop, operator: httpx2.AsyncClient) -> None:
    """A slip of the pen, at which every viewer could pay 10 dollars and cash out 378 pounds."""
    made = await draft(shop, operator)
    body = {"name": "A slip", "toml": at_cents(made["toml"], 100), "revision": made["revision"]}
    changed = (await operator.put(f"/v1/price-book-drafts/{made['id']}", json=body)).json()
    refused = await operator.post(f"/v1/price-book-drafts/{made['id']}/publish", json={"revision": changed["revision"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "price_book_refused")
    found = {one["path"]: one["text"] for one in refused.json()["findings"] if one["code"] == "sold_below_payout"}
    assert found.keys() == {
        "regions.US.web.unit_price",
        *(f"regions.US.web.packages[{place}].price_minor" for place in range(len(PACKAGES))),
    }
    text = found["regions.US.web.packages[2].price_minor"]
    assert "700 coins on web in US leave" in text
    assert "of USD after tax" in text
    page = (await operator.get(f"/operator/prices/drafts/{made['id']}")).text
    assert "700 coins on web in US leave" in page
    assert "to put right before it can be published" in page


async def test_a_rate_at_which_a_region_would_lose_is_refused(shop: Shop, operator: httpx2.AsyncClient) -> None:
    """Dollars at 0.005 a diamond are held against coins that leave little more than that where tax is highest."""
    rate = {"currency": "USD", "numerator": 9, "denominator": 10, "note": "generous"}
    refused = await operator.post("/v1/payout-rates", json=rate)
    assert (refused.status_code, refused.json()["code"]) == (422, "sold_below_payout")
    losses = msgspec.convert(refused.json()["losses"], list[Loss])
    assert {loss.payout_currency for loss in losses} == {"USD"}
    assert all(loss.payout_minor >= loss.net_minor for loss in losses)
    rule = {"numerator": 2, "denominator": 1, "maturity_s": 0, "note": "two for one"}
    refused = await operator.post("/v1/reward-rules", json=rule)
    assert refused.json()["code"] == "sold_below_payout"
    assert "2 for one" not in str((await operator.get("/v1/reward-rules")).json())
    later = rule | {"effective_at": (shop.clock.now() + 30 * DAY).isoformat()}
    assert (await operator.post("/v1/reward-rules", json=later)).json()["code"] == "sold_below_payout"
    # In another currency the same is as much: what is compared is worth.
    yen = {"currency": "JPY", "numerator": 2, "denominator": 1, "note": "generous"}
    refused = await operator.post("/v1/payout-rates", json=yen)
    assert (refused.status_code, refused.json()["code"]) == (422, "sold_below_payout")
    named = refused.json()["losses"][0]
    assert {named["region"], named["channel"]} < set(refused.json()["detail"].split())
    assert (named["rate_version"], named["payout_currency"]) == (0, "JPY")
    assert "the payout rate proposed" in refused.json()["detail"]
    assert (await operator.get("/v1/decisions")).json()["items"] == []
    unknown = yen | {"currency": "KWD"}
    assert (await operator.post("/v1/payout-rates", json=unknown)).json()["field"] == "body.currency"
    less = {"currency": "USD", "numerator": 2, "denominator": 5, "note": "less"}
    assert (await operator.post("/v1/payout-rates", json=less)).status_code == 201
    assert (await operator.post("/v1/reward-rules", json=rule | {"numerator": 1, "denominator": 2})).status_code == 201


async def test_every_later_moment_counts(
    shop: Shop, operator: httpx2.AsyncClient, owner_connection: OwnConnection
) -> None:
    """More for a diamond, while coins can be bought that wait for it; and such coins, while there is more."""
    now = shop.clock.now()
    async with shop.desk.house.database.transaction() as connection:
        book = await read_book(connection, 1)
    dear = [msgspec.structs.replace(price, unit_numerator=price.unit_numerator * 3, packages=(), custom_amounts=True)
            for price in book.prices if price.channel == "web"]  # fmt: skip
    day = now + 10 * DAY
    assert await _losses(shop, msgspec.structs.replace(book, prices=tuple(dear), effective_at=day)) == []
    rate = "insert into payout_rate values (99, 'USD', 9, 10, 'operator', 'dear', $1, $2, 1)"
    with pytest.raises(asyncpg.CheckViolationError, match="can be paid out for"):
        await owner_connection.execute(rate, now + 9 * DAY, now)
    async with owner_connection.transaction():
        await owner_connection.execute("set local session_replication_role = replica")
        await owner_connection.execute(
            "insert into price_book select 2, $1, rates_date, note, sources, rates, $2, null, null from price_book",
            day,
            now,
        )
        await owner_connection.execute(
            """insert into price (version, region, channel, currency, unit_numerator, unit_denominator, step_minor,
                tax_name, tax_rate_bps, tax_included, store_fee_bps, custom_amounts, coins_min, coins_max,
                store_fee_fixed_minor, reference_numerator, reference_denominator)
            select 2, region, channel, currency, unit_numerator * 3, unit_denominator, step_minor, tax_name,
                tax_rate_bps, tax_included, store_fee_bps, true, coins_min, coins_max, store_fee_fixed_minor,
                reference_numerator * 3, reference_denominator
            from price where channel = 'web'"""
        )
    with pytest.raises(asyncpg.CheckViolationError, match="can be paid out for"):
        await owner_connection.execute(rate, day, now)  # who buys before can wait
    await owner_connection.execute(rate, day, day)
    shop.clock.advance(10 * DAY)
    assert await _losses(shop, msgspec.structs.replace(book, effective_at=day + DAY)) != []


async def test_the_fee_of_a_store_counts(shop: Shop) -> None:
    async with shop.desk.house.database.read() as connection:
        book = await read_book(connection, 1)

    def kept(price: Price, share_bps: int) -> Price:
        return msgspec.structs.replace(price, store_fee_bps=share_bps) if price.channel == "apple" else price

    assert await _losses(shop, book) == []
    for share_bps in (3_000, 9_000):
        taken = tuple(kept(price, share_bps) for price in book.prices)
        losses = await _losses(shop, msgspec.structs.replace(book, prices=taken))
        assert {loss.channel for loss in losses} == ({"apple"} if share_bps == 9_000 else set())


async def _losses(shop: Shop, book: Any) -> list[Loss]:
    async with shop.desk.house.database.read() as connection:
        found = await losses_from(connection, shop.clock.now(), as_rows(book))
    return [loss for loss in found if not loss.book_version]


async def test_currencies_that_lose_their_worth_are_found(shop: Shop, owner_connection: OwnConnection) -> None:
    """The books still balance; somebody has to make prices anew. Rates that follow the market still do."""
    database = shop.desk.house.database
    grounds = Grounds(settings=Settings(), clock=shop.clock, client=shop.browser, database=database)
    assert (await paying_out.margin(grounds)).state is State.OK
    await owner_connection.execute(
        "insert into exchange_rate select day + 1, currency, per_euro * case currency when 'BRL' then 4 else 1 end,"
        " 'a fall', recorded_at from exchange_rate where day = (select max(day) from exchange_rate)"
    )
    found = await paying_out.margin(grounds)
    assert (found.state, "BRL" in found.why) == (State.ATTENTION, True)
    async with database.transaction() as connection:
        losses = await losses_from(connection, shop.clock.now())
        reference = await rates.read_reference_rates(connection, rates.CURRENCIES, shop.clock.now())
        assert await rates.record_reference_rates(connection, shop.clock, reference)
    assert {(loss.region, loss.currency) for loss in losses} == {("BR", "BRL")}


async def test_sql_knows_what_is_left_as_python_does(prepared_on: OwnConnection) -> None:
    codes = [one.code for one in Currency if one.exponent is not None]
    known = await prepared_on.fetch(
        "select c, currency_places(c) as places, payable_step(c) as step from unnest($1::text[]) c", codes
    )
    assert {row["c"]: (row["places"], row["step"]) for row in known} == {
        code: (exponent(code), payable_step(code)) for code in codes
    }
