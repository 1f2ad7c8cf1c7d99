"""Links out of apps to the web: what is bought by them, and goes back, is told to their stores once, whatever fails."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plaudit.connections import OwnConnection
from plaudit.ids import new_id
from plaudit.limits import LINK_REPORT_PAUSE_S_MAX, LINK_UNUSED_AFTER_DAYS
from plaudit.money import Money
from plaudit.people.model import Role
from plaudit.readiness.checks import stores
from plaudit.readiness.model import Grounds
from plaudit.selling.orders.jobs import poll_orders
from plaudit.selling.providers.google.limits import GOOGLE_LINK_REPORT_HOURS
from plaudit.selling.providers.news import ReversalKind, ReversalNews, ReversalState
from plaudit.selling.stores import linked
from tests.support.apple import AppStore
from tests.support.google import GooglePeer
from tests.support.returns import Returns, payment_of
from tests.support.shop import Shop, open_shop
from tests.support.waiting import WAIT_S

REGIONS = {"apple_link_regions": "DE GB", "google_link_regions": "DE GB"}


@dataclass
class Linked:
    """A shop on the web, the two stores its buyers come from, and one of them."""

    shop: Shop
    apple: AppStore
    google: GooglePeer
    returns: Returns

    @property
    def buyer(self) -> httpx2.AsyncClient:
        return self.returns.buyer

    async def link(self, store: str, **changed: Any) -> dict[str, str]:
        """A link that the buyer follows out of the app."""
        if store == "apple":
            made = await self.apple("open_link", **changed)
        else:
            made = await asyncio.to_thread(self.google.control, "open-link")
        return {"store": store, "token": made["token"]}

    async def place(self, link: dict[str, str] | None, **changed: Any) -> httpx2.Response:
        quote = await self.shop.quote(self.buyer, package_coins=70)
        body = {"id": str(new_id(self.shop.clock)), "quote_id": quote["id"], "provider": "sandbox"}
        return await self.buyer.post("/v1/orders", json=body | {"store_link": link} | changed)

    async def buy(self, link: dict[str, str]) -> dict[str, Any]:
        placed = await self.place(link)
        assert placed.status_code == 201, placed.text
        order: dict[str, Any] = placed.json()
        await self.shop.pay(order)
        assert (await self.buyer.post(f"/v1/orders/{order['id']}/refresh")).json()["state"] == "paid"
        return order

    async def report(self, after_s: float = 0) -> int:
        """What the job does, some time later."""
        house = self.shop.desk.house
        self.shop.clock.advance(timedelta(seconds=after_s))
        return await linked.report_due(house.database, house.payment_providers, house.settings, self.shop.clock)

    async def reports(self, state: str | None = None) -> list[dict[str, Any]]:
        """As an operator sees them, oldest first."""
        operator = await self.shop.desk.person("oscar", Role.OPERATOR)
        answer = await operator.get("/v1/operator/store-reports", params={"state": state} if state else {})
        assert answer.status_code == 200, answer.text
        return list(reversed(answer.json()["items"]))

    async def told(self) -> list[tuple[str, str]]:
        return [(one["kind"], one["state"]) for one in await self.reports()]

    async def at_apple(self, link_id: str) -> list[dict[str, Any]]:
        all_of_them = (await self.apple.hand.get(f"{self.apple.url}/_control/reports")).json()
        return [one for one in all_of_them if one["externalPurchaseId"] == link_id]

    async def at_google(self, token: str) -> dict[str, Any]:
        found = await asyncio.to_thread(self.google.control, "transactions")
        (one,) = [one for one in found if one["oneTimeTransaction"]["externalTransactionToken"] == token]
        result: dict[str, Any] = one
        return result

    async def give_back(self, order: dict[str, Any], minor: int, state: ReversalState, name: str = "d1") -> None:
        """What a provider tells of money that is disputed, some time later."""
        self.shop.clock.advance(timedelta(seconds=1))
        news = ReversalNews(
            id=name,
            kind=ReversalKind.CHARGEBACK,
            payment_id=payment_of(order),
            state=state,
            amount=Money(minor, order["price"]["currency"]),
        )
        await self.returns.apply(order, news)


@pytest.fixture
async def world(database_url: str, tmp_path: Path, apple_url: str, google_play: GooglePeer) -> AsyncIterator[Linked]:
    async with httpx2.AsyncClient(timeout=WAIT_S) as hand:
        store = AppStore(apple_url, hand)
        await store("settings")
        settings = await store.settings(tmp_path, **google_play.settings(), **REGIONS)
        async with open_shop(database_url, tmp_path, **settings) as shop:
            yield Linked(shop, store, google_play, await Returns.of(shop))


DONE, UNDONE = ReversalState.DONE, ReversalState.UNDONE


def link_id_of(link: dict[str, str]) -> str:
    token = link["token"]
    found: str = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))["externalPurchaseId"]
    return found


async def test_apple_is_told_of_a_sale_and_of_what_goes_back(world: Linked) -> None:
    link = await world.link("apple")
    order = await world.buy(link)
    price = order["price"]["amount_minor"]
    assert await world.report() == 1
    await world.give_back(order, 20, DONE)
    await world.give_back(order, price - 20, DONE, "d2")
    await world.give_back(order, price - 20, UNDONE, "d2")
    assert (await world.report(), await world.report()) == (3, 0)
    sale, part, rest, correction = [one["lineItems"][0] for one in await world.at_apple(link_id_of(link))]
    assert (sale["eventType"], sale["productIdentifier"], sale["taxCountry"]) == ("BUY", "coins.70", "GB")
    assert sale["amountTaxInclusive"] == price * 10 > sale["amountTaxExclusive"] == sale["netAmountTaxExclusive"]
    assert (part["eventType"], part["amountTaxInclusive"], part["referenceLineItemId"]) == (
        "REFUND", 200, sale["lineItemId"],
    )  # fmt: skip
    assert part["netAmountTaxExclusive"] == sale["amountTaxExclusive"] - part["amountTaxExclusive"]
    assert rest["netAmountTaxExclusive"] == 0
    assert (correction["lineItemId"], correction["restatement"]) == (rest["lineItemId"], True)
    assert correction["netAmountTaxExclusive"] == part["netAmountTaxExclusive"]
    assert {state for _, state in await world.told()} == {"reported"}


async def test_google_is_told_too_but_not_what_it_cannot_hear(world: Linked) -> None:
    link = await world.link("google")
    order = await world.buy(link)
    await world.give_back(order, 20, DONE)
    while await world.report():
        pass
    at_google = await world.at_google(link["token"])
    sale = (await world.reports())[0]
    net, price = sale["net_minor"], order["price"]["amount_minor"]
    assert net + sale["tax_minor"] == price > net
    assert at_google["originalPreTaxAmount"] == {"priceMicros": str(net * 10_000), "currency": "GBP"}
    assert 0 < int(at_google["currentPreTaxAmount"]["priceMicros"]) < net * 10_000
    await world.give_back(order, 20, UNDONE)
    await world.report()
    assert await world.told() == [("sale", "reported"), ("refund", "reported"), ("refund_undone", "not_told")]
    assert await world.reports("refused") == []


@pytest.mark.parametrize("store", ["apple", "google"])
async def test_a_lost_answer_is_no_second_report(world: Linked, store: str) -> None:
    link = await world.link(store)
    order = await world.buy(link)
    for step in ("sale", "refund"):
        if step == "refund":
            await world.give_back(order, 20, DONE)
        if store == "apple":
            await world.apple("settings", lose_answers=1)
        else:
            method = {"sale": "createexternaltransaction", "refund": "refundexternaltransaction"}[step]
            await asyncio.to_thread(world.google.fail, f"externaltransactions.{method}", done=True)
        assert await world.report() == 1
        assert (await world.told())[-1] == (step, "waiting")
        assert await world.report(LINK_REPORT_PAUSE_S_MAX) == 1
        assert (await world.told())[-1] == (step, "reported")
    if store == "apple":
        assert len(await world.at_apple(link_id_of(link))) == 2


async def test_a_refund_waits_until_its_sale_is_told(world: Linked) -> None:
    link = await world.link("apple")
    order = await world.buy(link)
    await world.give_back(order, 20, DONE)
    await world.apple("settings", fail_next=1)
    assert await world.report() == 1
    assert [(one["kind"], one["tries"]) for one in await world.reports("waiting")] == [("sale", 1), ("refund", 0)]
    assert await world.report(LINK_REPORT_PAUSE_S_MAX) == 2
    events = [one["lineItems"][0]["eventType"] for one in await world.at_apple(link_id_of(link))]
    assert events == ["BUY", "REFUND"]


@pytest.mark.parametrize("status", [429, 500, 401])
async def test_a_store_that_does_not_take_it_now_is_told_later(world: Linked, status: int) -> None:
    await world.buy(await world.link("apple"))
    await world.apple("settings", fail_next=1, fail_status=status)
    assert await world.report() == 1
    (waiting,) = await world.reports("waiting")
    assert (waiting["tries"], waiting["kind"]) == (1, "sale")
    assert await world.report() == 0
    assert await world.report(LINK_REPORT_PAUSE_S_MAX) == 1
    assert await world.told() == [("sale", "reported")]


async def test_what_a_store_refuses_is_listed_and_told_again_by_an_operator(world: Linked) -> None:
    unknown = await world.link("google")
    await world.buy({"store": "google", "token": "none-of-googles"})
    assert await world.report() == 1
    (refused,) = await world.reports("refused")
    assert "token is not valid" in refused["reason"]
    assert await world.report(LINK_REPORT_PAUSE_S_MAX) == 0
    operator = await world.shop.desk.person("oscar", Role.OPERATOR)
    queues = {one["name"]: one for one in (await operator.get("/v1/operator/queues")).json()["items"]}
    assert queues["selling.links"]["failed_with"] == [{"code": "refused", "items": 1}]
    again = await operator.post(f"/v1/operator/store-reports/{refused['id']}/retry")
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    assert await world.report() == 1
    order = await world.buy(unknown)
    assert await world.report() == 1
    taken = next(one for one in await world.reports("reported") if one["order_id"] == order["id"])
    refused_again = await operator.post(f"/v1/operator/store-reports/{taken['id']}/retry")
    assert (refused_again.status_code, refused_again.json()["code"]) == (409, "store_report_not_open")


async def test_what_is_wanted_by_a_time_is_late_after_it_until_somebody_closes_it(world: Linked) -> None:
    desk = world.shop.desk
    grounds = Grounds(
        settings=desk.house.settings, clock=world.shop.clock, client=world.apple.hand, database=desk.house.database
    )

    async def late() -> tuple[int, str, bool]:
        """On the list of queues and at `/operator/setup`; whether the page shows it."""
        operator = await desk.person("oscar", Role.OPERATOR)
        queues = {one["name"]: one for one in (await operator.get("/v1/operator/queues")).json()["items"]}
        page = (await operator.get("/operator/stores/links?chosen=")).text
        return queues["selling.links"]["late"], (await stores.told(grounds)).state.value, ">Late<" in page

    assert await late() == (0, "ok", False)
    await world.buy({"store": "google", "token": "none-of-googles"})
    assert await world.report() == 1
    assert await late() == (0, "attention", False), "it is refused, and there is time to mend it"
    (refused,) = await world.reports("refused")
    path, operator = f"/v1/operator/store-reports/{refused['id']}", await desk.person("oscar", Role.OPERATOR)
    for words, status in (("told by mail", 200), ("told by mail", 200), ("or not", 409)):
        assert (await operator.post(f"{path}/close", json={"resolution": words})).status_code == status
    assert await late() == (0, "ok", False)
    assert [one["resolution"] for one in await world.reports("not_told")] == ["told by mail"]
    assert (await operator.post(f"{path}/retry")).status_code == 409

    await world.buy(await world.link("google"))
    assert await late() == (0, "ok", False), "there is time"
    world.shop.clock.advance(timedelta(hours=GOOGLE_LINK_REPORT_HOURS))
    assert await late() == (1, "attention", True)
    assert await world.report() == 1
    assert await late() == (0, "ok", False)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"bundleId": "com.other"}, "other_app"),
        ({"appAppleId": 1}, "other_app"),
        ({"externalPurchaseId": "SANDBOX_1"}, "other_environment"),
        ({"tokenCreationDate": 10**18}, "malformed"),
        ({"externalPurchaseId": ""}, "malformed"),
    ],
)
async def test_a_token_of_another_app_is_not_taken(world: Linked, changed: dict[str, Any], reason: str) -> None:
    answer = await world.place(await world.link("apple", **changed))
    assert (answer.status_code, answer.json()["code"], answer.json()["reason"]) == (
        422, "store_link_not_taken", reason,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ({"store": "apple", "token": "%%%"}, "malformed"),
        ({"store": "google", "token": "with space"}, "malformed"),
        ({"store": "sandbox", "token": "x"}, "store"),
        ({"store": "nobody", "token": "x"}, "store"),
    ],
)
async def test_what_is_no_link_is_not_taken(world: Linked, link: dict[str, str], reason: str) -> None:
    answer = await world.place(link)
    assert (answer.status_code, answer.json()["reason"]) == (422, reason)


async def test_a_link_from_elsewhere_is_not_taken(world: Linked) -> None:
    link = await world.link("apple")
    american = await world.shop.desk.person("abe", locale="en-US")
    quote = await world.shop.quote(american, package_coins=70)
    body = {"id": str(new_id(world.shop.clock)), "quote_id": quote["id"], "provider": "sandbox", "store_link": link}
    answer = await american.post("/v1/orders", json=body)
    assert (answer.status_code, answer.json()["reason"]) == (422, "region")


async def test_an_order_placed_again_began_with_the_same_link(world: Linked) -> None:
    link = await world.link("apple")
    placed = await world.place(link)
    order = placed.json()
    quote_id = order["quote_id"]
    for other, status in ((link, 201), (None, 409), (await world.link("apple"), 409)):
        again = await world.place(other, id=order["id"], quote_id=quote_id)
        assert again.status_code == status, again.text


async def test_apple_is_told_of_links_by_which_nothing_was_bought(
    world: Linked, owner_connection: OwnConnection
) -> None:
    link = await world.link("apple")
    assert (await world.place(link)).status_code == 201
    house = world.shop.desk.house

    async def note_unused() -> int:
        return await linked.note_unused(house.database, house.payment_providers, world.shop.clock)

    assert await note_unused() == 0
    world.shop.clock.advance(timedelta(days=LINK_UNUSED_AFTER_DAYS, seconds=1))
    assert await note_unused() == 0  # it may still be paid
    await poll_orders(house.database, house.payment_providers, house.settings, world.shop.clock)
    assert (await note_unused(), await note_unused()) == (1, 0)
    await world.report()
    (told,) = await world.at_apple(link_id_of(link))
    assert (told["status"], "lineItems" in told) == ("NO_LINE_ITEM", False)


async def test_apple_asks_and_is_answered_once(world: Linked) -> None:
    house = world.shop.desk.house
    known, unknown, sold = [await world.link("apple") for _ in range(3)]
    await world.place(known)
    await world.buy(sold)
    await world.apple("settings", webhook_url=f"{house.settings.public_url}/v1/webhooks/apple")
    server = await world.shop.desk.client()
    for link in (known, unknown, sold, known):
        note = await world.apple("ask_of_link", link_id=link_id_of(link))
        answer = await server.post("/v1/webhooks/apple", json={"signedPayload": note["signedPayload"]})
        assert answer.status_code == 200, answer.text
    while await world.report():
        pass
    statuses = [[one["status"] for one in await world.at_apple(link_id_of(link))] for link in (known, unknown, sold)]
    assert statuses == [["NO_LINE_ITEM"], ["UNRECOGNIZED_TOKEN"], ["LINE_ITEM"]]


async def test_workers_at_once_tell_a_sale_once(world: Linked) -> None:
    link = await world.link("apple")
    await world.buy(link)
    await asyncio.gather(*(world.report() for _ in range(4)))
    assert len(await world.at_apple(link_id_of(link))) == 1
