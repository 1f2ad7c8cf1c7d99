"""Tax rates by day: which one a quote uses, what an operator decides, and what published data brings."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import asyncpg
import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.people.model import Role
from plaudit.selling.prices import actions
from plaudit.selling.prices.jobs import renew_taxes
from plaudit.selling.prices.taxes import day_in, taxes_at
from tests.support.operators import DAY, draft, person
from tests.support.price_shelf import publish_first_book
from tests.support.shop import Shop, open_shop


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def operator(shop: Shop) -> httpx2.AsyncClient:
    return await person(shop, "olga", Role.OPERATOR)


def day_of(shop: Shop, country: str = "DE", days: int = 0) -> str:
    """The day it will be there in so many days."""
    return str(day_in(country, shop.clock.now()) + days * DAY)


async def decide(shop: Shop, operator: httpx2.AsyncClient, **changed: object) -> httpx2.Response:
    body = {
        "id": str(new_id(shop.clock)), "country": "DE", "name": "MwSt", "rate_bps": 1_600,
        "valid_from": day_of(shop, days=1), "reason": "the law of December",
    } | changed  # fmt: skip
    return await operator.post("/v1/tax-rates", json=body)


async def test_a_rate_that_changes_while_a_book_holds_is_used_from_its_day(
    shop: Shop, operator: httpx2.AsyncClient
) -> None:
    buyer = await person(shop, "anna", locale="de-DE")
    other = await person(shop, "ben", locale="en-US")
    before = await shop.quote(buyer, package_coins=700)
    assert (before["tax_rate_bps"], before["price"]["amount_minor"], before["tax"]["amount_minor"]) == (1_900, 790, 126)
    decided = await decide(shop, operator, valid_until=day_of(shop, days=3))
    assert (decided.status_code, decided.json()["is_override"]) == (201, True)
    tomorrow = day_of(shop, "US", days=1)
    await decide(shop, operator, country="US", name="Sales tax", rate_bps=1_000, valid_from=tomorrow)
    assert (await shop.quote(buyer, package_coins=700))["tax_rate_bps"] == 1_900
    shop.clock.advance(DAY)
    during = await shop.quote(buyer, package_coins=700)
    assert (during["tax_rate_bps"], during["price"]["amount_minor"], during["tax"]["amount_minor"]) == (1_600, 790, 109)
    shown = (await buyer.get("/v1/prices")).json()["channels"][0]
    assert (shown["tax"]["rate_bps"], shown["packages"][2]["price"]["amount_minor"]) == (1_600, 790)
    on_top = await shop.quote(other, package_coins=700)
    assert (on_top["net"]["amount_minor"], on_top["price"]["amount_minor"]) == (740, 814)
    shop.clock.advance(2 * DAY)
    assert (await shop.quote(buyer, package_coins=700))["tax_rate_bps"] == 1_900


async def test_a_rate_changes_at_the_midnight_of_its_country(shop: Shop, operator: httpx2.AsyncClient) -> None:
    buyer = await person(shop, "yuki", locale="ja-JP")
    tomorrow = day_in("JP", shop.clock.now()) + DAY
    midnight = datetime.combine(tomorrow, time(), UTC) - timedelta(hours=9)
    decided = await decide(shop, operator, country="JP", name="消費税", rate_bps=1_000, valid_from=str(tomorrow))
    assert decided.status_code == 201, decided.text
    shop.clock.advance(midnight - shop.clock.now() - timedelta(milliseconds=1))
    assert (await shop.quote(buyer, package_coins=700))["tax_rate_bps"] == 0
    shop.clock.advance(timedelta(milliseconds=1))
    assert (await shop.quote(buyer, package_coins=700))["tax_rate_bps"] == 1_000
    gone = await decide(shop, operator, country="JP", valid_from=str(tomorrow - DAY))
    assert (gone.status_code, gone.json()["field"]) == (400, "body.valid_from")


async def test_a_tax_decision_is_one_for_its_id_and_not_for_days_gone(shop: Shop, operator: httpx2.AsyncClient) -> None:
    decision_id = str(new_id(shop.clock))
    first, again = [await decide(shop, operator, id=decision_id) for _ in range(2)]
    assert first.json() == again.json()
    other = await decide(shop, operator, id=decision_id, rate_bps=1)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    for field, value in (("valid_from", "2020-01-01"), ("valid_until", day_of(shop))):
        answer = await decide(shop, operator, **{field: value})
        assert (answer.status_code, answer.json()["field"]) == (400, f"body.{field}")
    listed = (await operator.get("/v1/tax-rates?country=DE")).json()["items"]
    assert [(rate["rate_bps"], rate["is_override"]) for rate in listed] == [(1_600, True), (1_900, False)]
    assert listed[0]["recorded_by"] == str(await shop.desk.person_id("olga"))
    made = await draft(shop, operator)
    assert not {finding["code"] for finding in made["findings"]} - {"tax_differs"}


async def test_todays_book_is_made_with_the_taxes_of_the_table(
    shop: Shop, operator: httpx2.AsyncClient, database: Database
) -> None:
    await decide(shop, operator, valid_from=day_of(shop), rate_bps=2_500)
    async with database.transaction() as connection:
        assert await publish_first_book(connection, shop.clock) == 1
        made = await actions.today(connection, shop.clock)
    german = made.price("DE", "web")
    assert german is not None
    assert (german.tax_rate_bps, made.version) == (2_500, 2)


async def test_a_book_has_the_taxes_of_each_countrys_own_day(
    shop: Shop, operator: httpx2.AsyncClient, database: Database
) -> None:
    """While Tonga has tomorrow, the United States by UTC have today and Niue yesterday."""
    day = day_in("US", shop.clock.now()) + DAY
    for country in ("TO", "US", "NU"):
        decided = await decide(
            shop, operator, country=country, rate_bps=1, valid_from=str(day), valid_until=str(day + DAY)
        )
        assert decided.status_code == 201, decided.text
    seen = []
    async with database.read() as connection:
        for hours in (-14, -13, -1, 0, 10, 11, 23, 24, 34, 35):
            taxes = await taxes_at(connection, datetime.combine(day, time(), UTC) + timedelta(hours=hours))
            seen.append({country for country in ("TO", "US", "NU") if country in taxes})
    assert seen == [
        set(), {"TO"}, {"TO"}, {"TO", "US"}, {"TO", "US"}, {"US", "NU"}, {"US", "NU"}, {"NU"}, {"NU"}, set()
    ]  # fmt: skip


async def test_another_rate_of_a_release_waits_until_it_is_decided(
    shop: Shop, operator: httpx2.AsyncClient, database: Database, owner_connection: OwnConnection
) -> None:
    """The installed data is newer than what was recorded, as after an update of the package."""
    assert await renew_taxes(database, shop.clock) == 0
    await owner_connection.execute(
        "update tax_rate set rate_bps = 1800, valid_from = '2026-01-01' where country in ('DE', 'FR')"
    )
    await decide(shop, operator, valid_from=day_of(shop), rate_bps=1_600)
    assert await asyncio.gather(*(renew_taxes(database, shop.clock) for _ in range(3))) in (
        [2, 0, 0],
        [0, 2, 0],
        [0, 0, 2],
    )
    async with database.read() as connection:
        today = await taxes_at(connection, shop.clock.now())
        with pytest.raises(asyncpg.CheckViolationError, match="needs a confirmed decision"):
            await connection.execute(
                "insert into tax_rate (country, name, rate_bps, valid_from, source, is_override, recorded_at)"
                " values ('FR', 'TVA', 0, '2026-01-02', 'eu-vat-rates-data', false, now())"
            )
    assert (today["DE"].rate_bps, today["FR"].rate_bps) == (1_600, 1_800)
    # Of Germany somebody decided a rate before this one was known: both wait.
    waiting = (await operator.get("/v1/tax-rates/published")).json()["items"]
    assert [(one["country"], one["held_bps"], one["rate_bps"]) for one in waiting] == [
        ("DE", 1_600, 1_900),
        ("FR", 1_800, 2_000),
    ]
    assert 'data-take-tax="FR"' in (await operator.get("/operator/prices", headers={"Accept": "text/html"})).text
    shop.clock.advance(DAY)
    tomorrow = day_of(shop, "FR", days=1)
    await decide(shop, operator, country="FR", name="TVA", rate_bps=2_000, valid_from=tomorrow, reason="the release")
    left = (await operator.get("/v1/tax-rates/published")).json()["items"]
    assert [one["country"] for one in left] == ["DE"]
