"""Tax of a place: by a provider over HTTP, by the rate of a state or province, else by that of the country."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.people.model import Role
from plaudit.problems import TooBusy
from plaudit.selling import tax_providers
from plaudit.selling.orders.taxing import Taxing, TaxToBeAsked, with_answers
from plaudit.selling.prices.taxes import day_in
from plaudit.selling.tax_providers.base import TaxPlace
from plaudit.settings import Secret
from tests.peers.tax_service import KEY
from tests.support.peers import peer
from tests.support.shop import GOOD, Shop, open_shop
from tests.support.waiting import WAIT_S

PROVINCES = ("AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT")
BAD_DAYS = ("garbage", "absurd", "number", "huge", "500", "429", "403", "302")


@dataclass
class Service:
    """The peer."""

    url: str
    client: httpx2.AsyncClient

    async def be(self, mood: str) -> None:
        assert (await self.client.post(f"{self.url}/_control/mood", json={"mood": mood})).status_code == 200

    async def asked(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.client.get(f"{self.url}/_control/asked")).json()
        return found


@pytest.fixture(scope="module")
def service_url() -> Iterator[str]:
    with peer("tax_service") as url:
        yield url


@pytest.fixture
async def service(service_url: str) -> AsyncIterator[Service]:
    async with httpx2.AsyncClient(timeout=WAIT_S) as client:
        found = Service(service_url, client)
        await found.be("well")
        yield found


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    changed: dict[str, Any] = dict(getattr(request, "param", {}))
    if changed.pop("with_service", False):
        url = request.getfixturevalue("service_url")
        changed |= {"tax_service_url": f"{url}/tax", "tax_service_key": Secret(KEY)}
    async with open_shop(database_url, tmp_path, **changed) as opened:
        yield opened


WITH_SERVICE = pytest.mark.parametrize("shop", [{"with_service": True, "tax_subdivisions": "US"}], indirect=True)


async def basis(database: Database, quote: dict[str, Any]) -> Any:
    async with database.read() as connection:
        return await connection.fetchrow("select * from quote_tax where quote_id = $1", quote["id"])


@WITH_SERVICE
async def test_a_provider_says_the_tax_of_a_place(shop: Shop, service: Service, database: Database) -> None:
    ann = await shop.desk.person("ann", locale="en-US")
    quote = await shop.quote(ann, coins=700, subdivision="NY", postal_code="10001")
    assert (quote["tax_rate_bps"], quote["net"]["amount_minor"], quote["tax"]["amount_minor"]) == (888, 740, 66)
    kept = await basis(database, quote)
    assert (kept["source"], kept["is_answer"], kept["rate_ppm"]) == ("tax_service", True, 88_750)
    assert kept["reference"].startswith("calc-")
    asked = (await service.asked())[-1]
    assert {name: asked[name] for name in ("country", "subdivision", "postal_code")} == {
        "country": "US", "subdivision": "NY", "postal_code": "10001"
    }  # fmt: skip
    count = len(await service.asked())
    body = {"id": quote["id"], "coins": 700, "subdivision": "NY", "postal_code": "10001"}
    assert (await ann.post("/v1/quotes", json=body)).json() == quote, "the same quote again"
    assert len(await service.asked()) == count, "nobody is asked twice"
    free = await shop.quote(ann, coins=700, subdivision="OR")
    assert (free["tax"]["amount_minor"], (await basis(database, free))["rate_ppm"]) == (0, 0)
    unknown = await shop.quote(ann, coins=700, subdivision="TX")
    assert (unknown["tax_rate_bps"], await basis(database, unknown)) == (0, None), "the table says it"

    order = (
        await ann.post("/v1/orders", json={"id": quote["id"], "quote_id": quote["id"], "provider": "sandbox"})
    ).json()
    await shop.pay(order, GOOD)
    await ann.post(f"/v1/orders/{order['id']}/refresh")
    receipt = (await ann.get(f"/v1/receipts/{order['id']}")).json()
    assert (receipt["tax"]["amount"]["amount_minor"], receipt["tax"]["name"]) == (66, "Sales tax")
    olga, day = await shop.desk.person("olga", Role.OPERATOR), str(shop.clock.now().date())
    found = (await olga.get("/v1/operator/accounting/tax-return", params={"from": day, "to": day})).json()["lines"]
    assert [(line["country"], line["subdivision"], line["total"]["tax_minor"]) for line in found] == [("US", "NY", 66)]


@WITH_SERVICE
async def test_when_it_does_not_answer_the_table_does(shop: Shop, service: Service, database: Database) -> None:
    ben = await shop.desk.person("ben", locale="de-DE")
    for mood in BAD_DAYS:
        await service.be(mood)
        quote = await shop.quote(ben, package_coins=700)
        assert (quote["tax_rate_bps"], await basis(database, quote)) == (1_900, None), mood
    await service.be("well")
    assert (await basis(database, await shop.quote(ben, package_coins=700)))["source"] == "tax_service"


@WITH_SERVICE
async def test_who_is_elsewhere_meanwhile_is_taxed_there(shop: Shop, service: Service) -> None:
    asked, house = [TaxPlace("US", "OR"), TaxPlace("DE"), TaxPlace("FR"), TaxPlace("GB")], shop.desk.house
    providers = tax_providers.tax_providers(house.settings)

    def moving(places: list[TaxPlace]) -> Callable[[Taxing], Awaitable[TaxPlace]]:
        seen = iter(places)

        async def make(taxing: Taxing) -> TaxPlace:
            place = next(seen)
            if place not in taxing.answers:
                raise TaxToBeAsked(place)
            return place

        return make

    moved = moving([*asked[:2], asked[1]])
    assert await with_answers(providers, house.settings, shop.clock, moved) == TaxPlace("DE")
    with pytest.raises(TooBusy):
        await with_answers(providers, house.settings, shop.clock, moving(asked))
    await providers.close()


@WITH_SERVICE
async def test_nobody_is_asked_of_a_province_in_another_country(
    shop: Shop, service: Service, database: Database
) -> None:
    ben, cam = [await shop.desk.person(name, locale=locale) for name, locale in (("ben", "de-DE"), ("cam", "en-CA"))]
    count = len(await service.asked())
    body = {"id": str(new_id(shop.clock)), "package_coins": 700, "subdivision": "ON"}
    refused = await ben.post("/v1/quotes", json=body)
    assert (refused.status_code, refused.json()["field"]) == (400, "body.subdivision"), refused.text
    assert len(await service.asked()) == count
    assert (await basis(database, await shop.quote(ben, package_coins=700)))["subdivision"] == ""
    await shop.quote(cam, coins=700, subdivision="ON")  # it is in the table
    assert (await service.asked())[-1]["subdivision"] == "ON"


@pytest.mark.parametrize("shop", [{"with_service": True, "tax_answer_required": True}], indirect=True)
async def test_or_nothing_is_sold_until_it_does(
    shop: Shop, service: Service, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben = await shop.desk.person("ben", locale="de-DE")
    body = {"id": str(new_id(shop.clock)), "package_coins": 700}
    for mood in BAD_DAYS:
        await service.be(mood)
        refused = await ben.post("/v1/quotes", json=body)
        assert (refused.status_code, refused.json()["code"], refused.json()["country"]) == (503, "tax_not_known", "DE")
    await service.be("silent")
    monkeypatch.setattr(tax_providers, "TAX_PROVIDER_TIMEOUT_S", 0.05)
    assert (await ben.post("/v1/quotes", json=body)).json()["code"] == "tax_not_known"
    monkeypatch.setattr(tax_providers, "TAX_PROVIDER_TIMEOUT_S", WAIT_S)
    async with database.read() as connection:
        assert await connection.fetchval("select count(*) from quote") == 0
    await service.be("well")
    assert (await ben.post("/v1/quotes", json=body)).status_code == 201


@pytest.mark.parametrize("shop", [{"tax_subdivisions": "CA"}], indirect=True)
async def test_provinces_have_rates_of_their_own(shop: Shop, database: Database) -> None:
    cam = await shop.desk.person("cam", locale="en-CA")
    assert (await shop.quote(cam, coins=700))["tax_rate_bps"] == 0, "nobody knows where"
    for province, rate_bps, name in (
        ("ON", 1_300, "HST"),
        ("NS", 1_400, "HST"),
        ("AB", 500, "GST"),
        ("ZZ", 0, "GST/HST"),
    ):
        quote = await shop.quote(cam, coins=700, subdivision=province)
        assert (quote["tax_rate_bps"], quote["tax_name"]) == (rate_bps, name)
        assert quote["price"]["amount_minor"] == quote["net"]["amount_minor"] + quote["tax"]["amount_minor"]
    olga = await shop.desk.person("olga", Role.OPERATOR)
    body = {
        "id": str(new_id(shop.clock)), "country": "CA", "subdivision": "QC", "name": "GST + QST", "rate_ppm": 149_750,
        "valid_from": str(day_in("CA", shop.clock.now())), "reason": "registered in Quebec",
    }  # fmt: skip
    for _ in range(2):
        decided = await olga.post("/v1/subdivision-tax-rates", json=body)
        assert (decided.status_code, decided.json()["is_override"]) == (201, True), decided.text
    assert (await olga.post("/v1/subdivision-tax-rates", json=body | {"rate_ppm": 1})).status_code == 409
    past = body | {"id": str(new_id(shop.clock)), "valid_from": "2020-01-01"}
    assert (await olga.post("/v1/subdivision-tax-rates", json=past)).json()["field"] == "body.valid_from"
    nowhere = body | {"id": str(new_id(shop.clock)), "country": "ZZ"}
    assert (await olga.post("/v1/subdivision-tax-rates", json=nowhere)).json()["field"] == "body.country"
    assert (await olga.get("/v1/subdivision-tax-rates", params={"country": "ZZ"})).status_code == 400
    assert (await cam.post("/v1/subdivision-tax-rates", json=body)).status_code == 403
    quote = await shop.quote(cam, coins=10_000, subdivision="QC")
    net, tax = quote["net"]["amount_minor"], quote["tax"]["amount_minor"]
    assert tax == (net * 149_750 + 500_000) // 1_000_000, "to the thousandth of a percent"
    assert (await basis(database, quote))["source"] == "registered in Quebec"
    listed = (await olga.get("/v1/subdivision-tax-rates", params={"country": "CA", "limit": 100})).json()["items"]
    assert listed[0]["subdivision"] == "QC"
    assert {row["subdivision"] for row in listed} == set(PROVINCES)
    assert all(row["source"] for row in listed)


@pytest.mark.parametrize("shop", [{"tax_subdivisions": "CA"}], indirect=True)
async def test_a_buyer_is_asked_once_for_their_province(shop: Shop) -> None:
    cam = await shop.desk.person("cam", locale="en-CA")
    first = (await cam.get("/recharge")).text
    assert '<option value="">' in first
    assert '"asks_part": true' in first
    assert '<option value="ON">Ontario' in first
    chosen = (await cam.get("/recharge", params={"subdivision": "ON"})).text
    assert '<option value="">' not in chosen
    assert '<option value="ON" selected>' in chosen
    assert "13" in chosen.partition("All prices are what you pay, ")[2].partition("<")[0]
    assert (await shop.quote(cam, coins=700, subdivision="ON"))["tax_rate_bps"] == 1_300
    assert '<option value="ON" selected>' in (await cam.get("/recharge")).text
    assert '<option value="ON" selected>' in (await cam.get("/recharge", params={"subdivision": "XX"})).text
    assert (await shop.quote(cam, coins=700))["tax_rate_bps"] == 1_300, "as said last, wherever coins are bought"
    shop.clock.advance(timedelta(seconds=1))
    assert (await shop.quote(cam, coins=700, subdivision="AB"))["tax_rate_bps"] == 500
    assert (await shop.quote(cam, missing_coins=700))["tax_rate_bps"] == 500
    dan = await shop.desk.person("dan", locale="en-CA")
    cleo = await shop.desk.person("cleo", Role.VIEWER, Role.CREATOR)
    room = (await cleo.post("/v1/rooms", json={"title": "Tea"})).json()["id"]
    for buyer, is_asked in ((cam, "false"), (dan, "true")):  # a tray leads to where it is asked
        assert f'"asks_part": {is_asked}' in (await buyer.get(f"/rooms/{room}")).text
    assert (await shop.quote(dan, coins=700))["tax_rate_bps"] == 0, "what others say is theirs"
    assert (await shop.quote(cam, coins=700, postal_code="10001"))["tax_rate_bps"] == 0, "who is elsewhere now"
    ben = await shop.desk.person("ben", locale="en-GB")
    assert 'id="subdivision"' not in (await ben.get("/recharge")).text


async def test_where_the_settings_do_not_say_so_they_have_none(shop: Shop) -> None:
    cam = await shop.desk.person("cam", locale="en-CA")
    assert (await shop.quote(cam, coins=700, subdivision="ON"))["tax_rate_bps"] == 0
    for wrong in ({"subdivision": "on"}, {"subdivision": "ONTA"}, {"postal_code": "x" * 20}):
        answer = await cam.post("/v1/quotes", json={"id": str(new_id(shop.clock)), "coins": 700} | wrong)
        assert answer.status_code == 400


@pytest.mark.parametrize("shop", [{"tax_subdivisions": "CA"}], indirect=True)
async def test_a_rate_of_a_province_changes_on_its_day(shop: Shop, owner_connection: OwnConnection) -> None:
    days = (day_in("CA", shop.clock.now()) - date(2025, 3, 31)).days
    await owner_connection.execute(
        "update subdivision_tax_rate set valid_from = valid_from + $1::integer, "
        "valid_until = valid_until + $1::integer where subdivision = 'NS'",
        days,
    )
    cam = await shop.desk.person("cam", locale="en-CA")
    assert (await shop.quote(cam, coins=700, subdivision="NS"))["tax_rate_bps"] == 1_500
    shop.clock.advance(timedelta(days=1))
    cam = await shop.desk.person("cam", locale="en-CA")
    assert (await shop.quote(cam, coins=700, subdivision="NS"))["tax_rate_bps"] == 1_400
