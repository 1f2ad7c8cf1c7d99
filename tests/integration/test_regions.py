"""Whose prices buyers get, through the whole server: accounts, networks, proxies, and the card that pays in the end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from plaudit.ids import new_id
from plaudit.limits import QUOTE_KEEP_DAYS, REGION_EVIDENCE_DAYS
from plaudit.money import Money
from plaudit.people.model import Role
from plaudit.policy.model import Evidence, EvidenceSource
from plaudit.selling.orders import actions, regions
from plaudit.selling.providers.news import Payment, PaymentState
from tests.support.cheap_region import sell_cheaply_in_indonesia
from tests.support.networks import AT_HOME, HOSTING, HOUSEHOLD, PROXY, RELAY, TOR, VPN, anonymity_database
from tests.support.retention import let_go
from tests.support.shop import GOOD, Shop, open_shop

CARDS = {"US": GOOD, "ID": "4000003600000006", "DE": "4000002760000016"}


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    """Behind a proxy, with a database of anonymising networks."""
    file = anonymity_database(tmp_path / "anonymity.mmdb")
    more: dict[str, Any] = {"trusted_proxies": "127.0.0.0/8", "anonymity_database": str(file)}
    async with open_shop(database_url, tmp_path, **more) as opened:
        await sell_cheaply_in_indonesia(opened.desk, opened.clock)
        yield opened


@pytest.fixture
async def bare_shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    """Behind a proxy, with the databases that ship only."""
    async with open_shop(database_url, tmp_path, trusted_proxies="127.0.0.0/8") as opened:
        await sell_cheaply_in_indonesia(opened.desk, opened.clock)
        yield opened


async def quote(shop: Shop, address: str | None, country: str | None = None, **asked: object) -> dict[str, Any]:
    """What somebody with an account of a country is quoted who comes from an address."""
    claims = {"locale": f"en-{country}"} if country else {}
    buyer = await shop.desk.person(f"person-{country}-{address}-{asked}", **claims)
    if address:
        buyer.headers["X-Forwarded-For"] = address
    return await shop.quote(buyer, coins=1_000, **asked)


def decided(found: dict[str, Any]) -> tuple[str, str, str]:
    decision = found["region_decision"]
    assert decision["region"] == found["region"]
    return found["region"], decision["outcome"], decision["reasons"][0]


PRICES_OF: list[tuple[str | None, str | None, dict[str, str], tuple[str, str, str]]] = [
    (None, "ID", {}, ("ID", "allow", "account_country")),
    (AT_HOME["ID"], "ID", {}, ("ID", "allow", "account_country")),
    (AT_HOME["DE"], "ID", {}, ("DE", "ask", "countries_differ")),
    (AT_HOME["ID"], "DE", {}, ("DE", "allow", "account_country")),
    (VPN, "ID", {}, ("GB", "ask", "anonymising_network")),
    (TOR, "ID", {}, ("DE", "ask", "anonymising_network")),
    (HOSTING, "GB", {}, ("GB", "allow", "account_country")),
    (AT_HOME["ID"], None, {}, ("ID", "allow", "network_country")),
    (AT_HOME["DE"], None, {}, ("DE", "allow", "network_country")),
    (AT_HOME["DE"], None, {"region": "ID"}, ("DE", "ask", "network_country")),
    (VPN, None, {"region": "ID"}, ("GB", "ask", "anonymising_network")),
    (PROXY, None, {}, ("GB", "ask", "anonymising_network")),
    (RELAY, "GB", {}, ("GB", "allow", "account_country")),
    (RELAY, None, {}, ("GB", "allow", "network_country")),
    (HOUSEHOLD, "GB", {}, ("GB", "allow", "account_country")),
    (HOUSEHOLD, None, {}, ("US", "allow", "network_not_proved")),
    (None, None, {}, ("US", "allow", "nothing_known")),
    (None, None, {"region": "DE"}, ("DE", "allow", "chosen")),
    (None, None, {"region": "ID"}, ("US", "ask", "nothing_known")),
    ("10.0.0.9, 127.0.0.1", "ID", {}, ("ID", "allow", "account_country")),
]


async def test_whose_prices_somebody_gets(shop: Shop) -> None:
    for address, country, asked, expected in PRICES_OF:
        found = decided(await quote(shop, address, country, **asked))
        assert found == expected, (address, country, asked)


async def test_without_a_database_of_networks_they_are_unknown(bare_shop: Shop) -> None:
    for address, country, expected in (
        (AT_HOME["ID"], "ID", ("ID", "allow", "account_country")),
        (AT_HOME["ID"], None, ("US", "allow", "network_not_proved")),
        (AT_HOME["DE"], "ID", ("DE", "ask", "countries_differ")),
        (VPN, None, ("US", "allow", "network_not_proved")),
    ):
        assert decided(await quote(bare_shop, address, country)) == expected, (address, country)


async def test_a_client_cannot_say_where_it_is(database_url: str, tmp_path: Path) -> None:
    file = anonymity_database(tmp_path / "anonymity.mmdb")
    async with open_shop(database_url, tmp_path, anonymity_database=str(file)) as shop:
        await sell_cheaply_in_indonesia(shop.desk, shop.clock)
        found = await quote(shop, AT_HOME["ID"])
        assert decided(found) == ("US", "allow", "nothing_known")


async def test_what_is_in_front_of_the_proxies_is_what_the_client_claims(shop: Shop) -> None:
    assert decided(await quote(shop, f"{AT_HOME['ID']}, {AT_HOME['DE']}"))[0] == "DE"


async def test_people_a_server_speaks_for_are_not_where_the_server_is(shop: Shop) -> None:
    key = await shop.desk.server_key()
    server = await shop.desk.client(
        {"Authorization": f"Bearer {key}", "Plaudit-Subject": "hosted", "X-Forwarded-For": HOSTING}
    )
    assert decided(await shop.quote(server, coins=100))[2] == "nothing_known"


async def test_prices_say_why_and_are_those_of_the_quote(shop: Shop) -> None:
    guest = await shop.desk.client({"X-Forwarded-For": AT_HOME["ID"]})
    found = (await guest.get("/v1/prices")).json()
    assert (found["region"], found["region_source"]) == ("ID", "network")
    assert found["region_decision"]["text"] == "Prices for Indonesia, because you are connected there."
    hidden = await shop.desk.person("hidden", locale="id-ID")
    hidden.headers["X-Forwarded-For"] = TOR
    found = (await hidden.get("/v1/prices?region=ID")).json()
    assert found["region_decision"]["text"] == (
        "Prices for Germany, because your connection hides where it comes from. "
        "Pay once with a card issued in Indonesia, and the prices of Indonesia are yours."
    )
    assert (await shop.quote(hidden, coins=1_000))["region"] == "DE"


async def test_the_pages_say_why_and_what_helps(shop: Shop) -> None:
    buyer = await shop.desk.person("budi", locale="id-ID")
    assert "Harga untuk Indonesia, karena platformmu mengatakan kamu di sana." in (await buyer.get("/recharge")).text
    await buyer.get("/recharge?lang=en")
    assert "Prices for Indonesia, because your platform says you are there." in (await buyer.get("/recharge")).text
    order = await pay(shop, buyer, "US")
    page = (await buyer.get(f"/orders/{order['id']}")).text
    assert "The payment was not taken" in page
    assert "Nothing was taken: buy at the price of the United States" in page
    page = (await buyer.get("/recharge")).text
    assert "Pay once with a card issued in Indonesia, and the prices of Indonesia are yours." in page
    guest = await shop.desk.person("nemo")
    page = (await guest.get("/recharge?region=ID")).text
    assert "because nobody told us where you are. Pay once with a card issued in Indonesia" in page
    assert (await guest.get("/recharge?region=ZZ")).status_code == 200


async def test_a_repeated_quote_keeps_its_decision(shop: Shop) -> None:
    ada = await shop.desk.person("ada", locale="id-ID")
    body = {"id": str(new_id(shop.clock)), "coins": 100}
    first = (await ada.post("/v1/quotes", json=body)).json()
    again = (await ada.post("/v1/quotes", json=body, headers={"X-Forwarded-For": TOR})).json()
    assert again == first
    assert first["region"] == "ID"


async def test_nothing_is_sold_to_countries_the_operator_refuses(database_url: str, tmp_path: Path) -> None:
    more: dict[str, Any] = {"trusted_proxies": "127.0.0.0/8", "refused_countries": "DE KP"}
    async with open_shop(database_url, tmp_path, **more) as shop:
        buyer = await shop.desk.person("hans", locale="de-DE")
        answer = await buyer.post("/v1/quotes", json={"id": str(new_id(shop.clock)), "coins": 100})
        assert (answer.status_code, answer.json()["code"]) == (403, "region_refused")
        assert answer.json()["reasons"] == ["country_refused"]
        assert (await buyer.get("/v1/prices")).json()["region_decision"]["outcome"] == "refuse"
        olga = await shop.desk.person("olga", Role.OPERATOR)
        kept = (await olga.get(f"/v1/operator/region-decisions/{answer.json()['decision_id']}")).json()
        assert (kept["outcome"], kept["evidence"][0]["country"]) == ("refuse", "DE")
        guest = await shop.desk.client({"X-Forwarded-For": AT_HOME["DE"]})
        assert (await guest.get("/v1/prices")).json()["region_decision"]["outcome"] == "refuse"
        order = await shop.order(await shop.desk.person("ada", locale="en-GB"), coins=100)
        await shop.pay(order, CARDS["DE"])
        ada = await shop.desk.person("ada", locale="en-GB")
        refused = (await ada.post(f"/v1/orders/{order['id']}/refresh")).json()
        assert refused["state"] == "refused"
        assert await shop.coins(ada) == 0


async def pay(shop: Shop, buyer: httpx2.AsyncClient, country: str, **asked: object) -> dict[str, Any]:
    """An order after its buyer agreed to pay with a card of a country. The last card counts, so time passes."""
    shop.clock.advance(timedelta(seconds=1))
    order = await shop.order(buyer, **(asked or {"coins": 1_000}))
    await shop.pay(order, CARDS[country])
    found: dict[str, Any] = (await buyer.post(f"/v1/orders/{order['id']}/refresh")).json()
    return found


async def test_the_card_decides_in_the_end(shop: Shop) -> None:
    buyer = await shop.desk.person("budi", locale="id-ID")
    pending = await shop.order(buyer, coins=1_000)
    await shop.pay(pending, CARDS["US"])
    order = (await buyer.post(f"/v1/orders/{pending['id']}/refresh")).json()
    assert (order["region"], order["state"]) == ("ID", "refused")
    assert (await shop.checkout(pending))["state"] == "cancelled"
    assert await shop.coins(buyer) == 0
    shown, judged = (await buyer.get(f"/v1/orders/{order['id']}/region-decisions")).json()["items"]
    assert (shown["outcome"], shown["region"]) == ("allow", "ID")
    assert (judged["outcome"], judged["region"], judged["reasons"]) == ("reprice", "US", ["card_costs_more"])
    assert judged["text"] == (
        "Your card was issued in the United States, where coins cost more than in Indonesia. Nothing was taken: "
        "buy at the price of the United States, or pay with a card issued in Indonesia."
    )
    repriced = await shop.quote(buyer, coins=1_000)
    assert decided(repriced) == ("US", "ask", "card_country")
    assert repriced["region_decision"]["sought_region"] == "ID"
    assert (await buyer.get("/v1/wallet")).json()["per_coin"]["currency"] == "USD"
    paid = await pay(shop, buyer, "ID")
    assert (paid["region"], paid["state"]) == ("US", "paid")
    assert decided(await shop.quote(buyer, coins=1_000)) == ("ID", "allow", "card_country")
    assert (await pay(shop, buyer, "ID"))["state"] == "paid"
    assert await shop.coins(buyer) == 2_000
    shop.clock.advance(timedelta(days=REGION_EVIDENCE_DAYS, minutes=1))
    buyer = await shop.desk.person("budi", locale="id-ID")
    assert decided(await shop.quote(buyer, coins=1_000)) == ("ID", "allow", "account_country")


async def test_a_card_of_home_opens_the_prices_of_home_to_hidden_networks(shop: Shop) -> None:
    buyer = await shop.desk.person("siti", locale="id-ID")
    buyer.headers["X-Forwarded-For"] = VPN
    assert (await pay(shop, buyer, "ID"))["region"] == "GB"
    assert decided(await shop.quote(buyer, coins=1_000)) == ("ID", "allow", "card_country")


async def test_operators_see_what_a_decision_rests_on(shop: Shop) -> None:
    buyer = await shop.desk.person("ada", locale="en-GB")
    buyer.headers["X-Forwarded-For"] = AT_HOME["GB"]
    order = await pay(shop, buyer, "US")
    olga = await shop.desk.person("olga", Role.OPERATOR)
    shown, judged = (await olga.get(f"/v1/operator/orders/{order['id']}/region-decisions")).json()["items"]
    assert (await olga.get(f"/v1/operator/region-decisions/{shown['id']}")).json() == shown
    assert [(sign["source"], sign["country"], sign["strength"]) for sign in shown["evidence"]] == [
        ("account", "GB", "strong"), ("ip", "GB", "fair"),
    ]  # fmt: skip
    assert [(sign["source"], sign["country"]) for sign in judged["evidence"]] == [
        ("account", "GB"), ("card_issuer", "US"), ("ip", "GB"),
    ]  # fmt: skip
    assert shown["network"] == judged["network"] == "81.2.69.0/24"
    assert (shown["rule_version"], shown["book_version"]) == (1, 2)
    assert set(shown["databases"]) == {"country", "anonymity"}
    assert (judged["outcome"], judged["quoted_region"], judged["order_id"]) == ("capture", "GB", order["id"])
    text = (await olga.get(f"/v1/operator/orders/{order['id']}/region-decisions")).text
    assert AT_HOME["GB"] not in text
    bob, guest = await shop.desk.person("bob"), await shop.desk.client()
    for path in (f"/v1/operator/region-decisions/{shown['id']}", f"/v1/operator/orders/{order['id']}/region-decisions"):
        assert [(await client.get(path)).status_code for client in (bob, guest, buyer)] == [403, 401, 403]
    reasons = f"/v1/orders/{order['id']}/region-decisions"
    assert [(await client.get(reasons)).status_code for client in (buyer, olga, bob, guest)] == [200, 200, 404, 401]
    assert "evidence" not in (await buyer.get(reasons)).json()["items"][0]
    page = (await olga.get(f"/operator/orders/{order['id']}")).text
    assert [page.count(words) for words in ("Card issuer", "81.2.69.0/24", shown["id"], judged["id"])] == [1, 2, 2, 2]
    missing = await olga.get(f"/v1/operator/region-decisions/{new_id(shop.clock)}")
    assert missing.status_code == 404


async def test_the_first_verdict_on_a_payment_stands(shop: Shop) -> None:
    buyer, settings, clock = await shop.desk.person("ada", locale="id-ID"), shop.desk.house.settings, shop.clock
    placed = await shop.order(buyer, coins=1_000)

    def payment(payment_id: str, *evidence: Evidence) -> Payment:
        return Payment(
            id=payment_id,
            reference="",
            state=PaymentState.AUTHORISED,
            amount=Money(1, "IDR"),
            evidence=evidence,
        )

    def sign(source: EvidenceSource, country: str | None) -> Evidence:
        return Evidence(source=source, country=country, observed_at=clock.now())

    async with shop.desk.house.database.transaction() as connection:
        order = await actions.find_order_of_anybody(connection, UUID(placed["id"]))

        async def judged(made: Payment) -> tuple[str, str]:
            verdict = await regions.judge_payment(connection, order, made, settings, clock)
            return verdict.outcome, verdict.region

        dear = payment("a", sign(EvidenceSource.CARD_ISSUER, "US"))
        assert await judged(dear) == ("reprice", "US")
        assert await judged(payment("a", sign(EvidenceSource.CARD_ISSUER, "ID"))) == ("reprice", "US")
        assert await judged(payment("b", sign(EvidenceSource.CARD_ISSUER, "ID"))) == ("capture", "ID")
        assert await judged(payment("c", sign(EvidenceSource.BILLING_ADDRESS, "DE"))) == ("ask", "DE")
        assert await judged(payment("c", sign(EvidenceSource.PAYER_ADDRESS, "ID"))) == ("capture", "ID")
        assert await judged(payment("d")) == ("capture", "ID")
        assert await judged(payment("e", sign(EvidenceSource.CARD_ISSUER, None))) == ("capture", "ID")
        assert await judged(payment("f", sign(EvidenceSource.STORE_FRONT, "US"))) == ("capture", "US")


async def test_decisions_are_never_changed_and_go_with_their_quotes(shop: Shop) -> None:
    buyer = await shop.desk.person("ada", locale="en-GB")
    await shop.order(buyer, coins=100)
    await shop.quote(buyer, coins=100)
    database = shop.desk.house.database
    async with database.read() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("update region_decision set region = 'ID'")
        assert await connection.fetchval("select count(*) from region_decision") == 2
    assert await let_go(database, shop.clock, "quoted_places") == 0
    shop.clock.advance(timedelta(days=QUOTE_KEEP_DAYS, hours=1))
    assert await let_go(database, shop.clock, "quoted_places") == 0
    assert await let_go(database, shop.clock, "quotes") == 1
    assert await let_go(database, shop.clock, "quoted_places") == 1
