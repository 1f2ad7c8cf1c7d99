"""Cards kept for buyers who agreed to it, paid with in one tap, shown and forgotten; against a pretend Stripe."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from plaudit.clock import SystemClock
from plaudit.ids import new_id
from plaudit.limits import SAVED_CARDS_MAX
from plaudit.people.model import Role
from plaudit.problems import IdempotencyConflict
from plaudit.selling.cards import actions, keeping
from plaudit.selling.cards.model import CONSENT_VERSION, DueCustomer
from plaudit.selling.orders import jobs
from tests.support.cheap_region import sell_cheaply_in_indonesia
from tests.support.stripe import (
    ASKS_BANK,
    GERMAN,
    GOOD,
    INDONESIAN,
    SECRET_KEY,
    StripeShop,
    StripeWorld,
    open_stripe_shop,
)
from tests.support.waiting import WAIT_S

COINS = 350
ASKS_BY_PAGE, POOR_LATER, EXPIRED = "4000002760003184", "4000000000009979", "4000000000000036"


@pytest.fixture
async def shop(database_url: str, world: StripeWorld) -> AsyncIterator[StripeShop]:
    async with open_stripe_shop(database_url, world, authenticate_new_buyers=False) as opened:
        yield opened


@pytest.fixture
async def ada(shop: StripeShop) -> httpx2.AsyncClient:
    return await shop.desk.person("ada", locale="en-US")


def new(shop: StripeShop) -> str:
    return str(new_id(shop.clock))


async def leave(shop: StripeShop, buyer: httpx2.AsyncClient, number: str = GOOD, **changed: Any) -> httpx2.Response:
    """Agree, and type a card on the provider's page; the answer to the agreement."""
    asked = {"id": new(shop), "provider": "stripe", "consent_version": CONSENT_VERSION} | changed
    answer = await buyer.post("/v1/me/cards", json=asked)
    if answer.is_success:
        await asyncio.to_thread(shop.world.pay, answer.json()["address"], number)
    return answer


async def saved(shop: StripeShop, buyer: httpx2.AsyncClient, number: str = GOOD) -> dict[str, Any]:
    """A card that was just saved."""
    assert (await leave(shop, buyer, number)).status_code == 201
    found: list[dict[str, Any]] = (await buyer.post("/v1/me/cards/refresh")).json()["cards"]
    return next(card for card in found if card["last_four"] == number[-4:])


async def cards(buyer: httpx2.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await buyer.get("/v1/me/cards")).json()["cards"]
    return found


async def asked_for(shop: StripeShop, buyer: httpx2.AsyncClient, **more: Any) -> dict[str, Any]:
    """The body of an order of a new quote."""
    quote = await buyer.post("/v1/quotes", json={"id": new(shop), "package_coins": COINS})
    assert quote.status_code == 201, quote.text
    return {"id": new(shop), "quote_id": quote.json()["id"], "provider": "stripe"} | more


async def one_tap(shop: StripeShop, buyer: httpx2.AsyncClient, card: dict[str, Any]) -> dict[str, Any]:
    answer = await buyer.post("/v1/orders", json=await asked_for(shop, buyer, card_id=card["id"]))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_card_is_saved_shown_and_pays_in_one_tap(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    card = await saved(shop, ada)
    shown = {key: card[key] for key in ("brand", "last_four", "is_default", "is_expired", "provider")}
    assert shown == {
        "brand": "visa", "last_four": "4242", "is_default": True, "is_expired": False, "provider": "stripe"
    }  # fmt: skip
    order = await one_tap(shop, ada, card)
    assert (order["state"], order["card_id"], order["decline"]) == ("paid", card["id"], None)
    assert await shop.coins(ada) == COINS
    told = shop.world.messages("payment_intent.amount_capturable_updated", "payment_intent.succeeded")
    assert set(await shop.tell(*told)) == {"repeated"}
    assert await shop.coins(ada) == COINS


async def test_a_double_tap_pays_once(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    card = await saved(shop, ada)
    body = await asked_for(shop, ada, card_id=card["id"])
    answers = await asyncio.gather(*(ada.post("/v1/orders", json=body) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}, "none is in the way of another"
    again = (await ada.post("/v1/orders", json=body)).json()
    assert (again["state"], await shop.coins(ada)) == ("paid", COINS)
    assert len(shop.world.control("object", kind="payment_intent")) == 1
    other = await ada.post("/v1/orders", json={key: value for key, value in body.items() if key != "card_id"})
    assert other.json()["code"] == "idempotency_conflict"


async def test_a_lost_answer_is_asked_for_again(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    card = await saved(shop, ada)
    body = await asked_for(shop, ada, card_id=card["id"])
    for path in ("/v1/payment_intents", "/confirm"):
        shop.world.control("faults", path=path, lose_answer=True)
        assert (await ada.post("/v1/orders", json=body)).status_code == 503
    assert (await ada.post("/v1/orders", json=body)).json()["state"] == "paid"
    assert await shop.coins(ada) == COINS
    assert len(shop.world.control("object", kind="charge")) == 1


async def test_an_order_saves_its_card_by_consent(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    body = await asked_for(shop, ada, save_card=CONSENT_VERSION, locale="de")
    order = (await ada.post("/v1/orders", json=body)).json()
    assert (await ada.post("/v1/orders", json=body)).json() == order
    await asyncio.to_thread(shop.world.pay, order["checkout_url"])
    await ada.post(f"/v1/orders/{order['id']}/refresh")
    assert await cards(ada) == []
    await keeping.keep_in_line(shop.desk.house.database, shop.desk.house.payment_providers, shop.clock)
    assert [card["last_four"] for card in await cards(ada)] == ["4242"]
    async with shop.desk.house.database.read() as connection:
        [row] = await connection.fetch("select version, language, given_at from card_consent")
    assert tuple(row) == (CONSENT_VERSION, "de", shop.clock.now())


async def test_without_consent_nothing_is_kept(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    order = (await ada.post("/v1/orders", json=await asked_for(shop, ada))).json()
    await asyncio.to_thread(shop.world.pay, order["checkout_url"])
    await ada.post(f"/v1/orders/{order['id']}/refresh")
    assert (await ada.post("/v1/me/cards/refresh")).json()["cards"] == []
    outdated = CONSENT_VERSION + 1
    assert (await leave(shop, ada, consent_version=outdated)).json()["code"] == "consent_outdated"
    refused = await ada.post("/v1/orders", json=await asked_for(shop, ada, save_card=outdated))
    assert refused.json()["code"] == "consent_outdated"
    assert shop.world.control("object", kind="customer") == []


@pytest.mark.parametrize("number", [ASKS_BANK, ASKS_BY_PAGE])
async def test_the_bank_asks_and_the_amount_stays(shop: StripeShop, number: str) -> None:
    country = "FR" if number == ASKS_BANK else "US"
    buyer = await shop.desk.person("bo", locale=f"en-{country}")
    order = await one_tap(shop, buyer, await saved(shop, buyer, number))
    assert (order["state"], "/bank/" in order["checkout_url"]) == ("pending", True)
    await asyncio.to_thread(httpx2.post, order["checkout_url"], data={"success": "true"}, timeout=WAIT_S)
    after = (await buyer.post(f"/v1/orders/{order['id']}/refresh")).json()
    assert (after["state"], after["price"], await shop.coins(buyer)) == ("paid", order["price"], COINS)


async def test_a_decline_says_why_and_loses_nothing(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    card = await saved(shop, ada, POOR_LATER)
    order = await one_tap(shop, ada, card)
    assert (order["state"], order["decline"]) == ("declined", "insufficient_funds")
    await shop.tell(*shop.world.messages())
    assert (await shop.state(ada, order), await shop.coins(ada)) == ("declined", 0)
    assert (await one_tap(shop, ada, await saved(shop, ada)))["state"] == "paid"


async def test_a_bank_that_is_not_convinced(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    order = await one_tap(shop, ada, await saved(shop, ada, ASKS_BY_PAGE))
    await asyncio.to_thread(httpx2.post, order["checkout_url"], data={"success": "false"}, timeout=WAIT_S)
    after = (await ada.post(f"/v1/orders/{order['id']}/refresh")).json()
    assert (after["state"], after["decline"]) == ("declined", "not_authenticated")


async def test_a_page_of_the_bank_that_nobody_answers_is_called_off(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    order = await one_tap(shop, ada, await saved(shop, ada, ASKS_BY_PAGE))
    house = shop.desk.house
    shop.clock.advance(timedelta(days=1))
    await jobs.poll_orders(house.database, house.payment_providers, house.settings, shop.clock)
    await jobs.carry_out_due(house.database, house.payment_providers, house.settings, shop.clock)
    ada = await shop.desk.person("ada", locale="en-US")  # whose token of yesterday is good no more
    assert await shop.state(ada, order) == "expired"
    [intent] = shop.world.control("object", kind="payment_intent")
    assert intent["status"] == "canceled"


async def test_a_card_of_another_region_pays_no_cheaper_price(database_url: str, world: StripeWorld) -> None:
    """A kept card is judged like any other: its money is reserved, and let go."""
    async with open_stripe_shop(database_url, world, authenticate_new_buyers=False) as shop:
        await sell_cheaply_in_indonesia(shop.desk, shop.clock)
        buyer = await shop.desk.person("cy", locale="id-ID")
        order = await one_tap(shop, buyer, await saved(shop, buyer, GERMAN))
        assert (order["state"], await shop.coins(buyer)) == ("refused", 0)
        [intent] = world.control("object", kind="payment_intent")
        assert (intent["status"], intent["amount_received"]) == ("canceled", 0)
        assert (await one_tap(shop, buyer, await saved(shop, buyer, INDONESIAN)))["state"] == "paid"


async def test_a_card_is_its_holders_alone(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    card = await saved(shop, ada)
    for other in (await shop.desk.person("bo", locale="en-US"), await shop.desk.person("op", Role.OPERATOR)):
        assert (await other.delete(f"/v1/me/cards/{card['id']}")).status_code in {403, 404}
        assert (await other.put(f"/v1/me/cards/{card['id']}/default")).status_code in {403, 404}
    bo = await shop.desk.person("bo", locale="en-US")
    answer = await bo.post("/v1/orders", json=await asked_for(shop, bo, card_id=card["id"]))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert await cards(bo) == []
    assert await cards(ada) == [card]


async def test_an_expired_card_is_marked_and_pays_nothing(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    card = await saved(shop, ada, EXPIRED)
    assert card["is_expired"]
    answer = await ada.post("/v1/orders", json=await asked_for(shop, ada, card_id=card["id"]))
    assert (answer.status_code, answer.json()["code"]) == (422, "card_expired")
    async with shop.desk.house.database.read() as connection:
        person_id = await shop.desk.person_id("ada")
        assert await actions.one_tap_card(connection, person_id, ["stripe"], shop.clock) is None


async def test_the_default_is_chosen_and_follows_a_removal(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    first = await saved(shop, ada)
    shop.clock.advance(timedelta(minutes=1))
    second = await saved(shop, ada, GERMAN)
    assert [one["id"] for one in await cards(ada) if one["is_default"]] == [first["id"]]
    chosen = (await ada.put(f"/v1/me/cards/{second['id']}/default")).json()["cards"]
    assert [one["id"] for one in chosen if one["is_default"]] == [second["id"]]
    left = (await ada.delete(f"/v1/me/cards/{second['id']}")).json()["cards"]
    assert [(one["id"], one["is_default"]) for one in left] == [(first["id"], True)]


async def test_a_removed_card_is_gone_here_at_once_and_there_soon(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    card, house = await saved(shop, ada), shop.desk.house
    for _ in range(2):
        assert (await ada.delete(f"/v1/me/cards/{card['id']}")).json()["cards"] == []
    answer = await ada.post("/v1/orders", json=await asked_for(shop, ada, card_id=card["id"]))
    assert answer.status_code == 404
    shop.world.control("faults", path="/detach", status=500)
    await keeping.keep_in_line(house.database, house.payment_providers, shop.clock)
    assert [one["customer"] is None for one in shop.world.control("object", kind="payment_method")] == [False]
    shop.clock.advance(timedelta(minutes=1))
    await keeping.keep_in_line(house.database, house.payment_providers, shop.clock)
    assert [one["customer"] for one in shop.world.control("object", kind="payment_method")] == [None]
    assert await cards(ada) == []
    async with house.database.read() as connection:
        [row] = await connection.fetch("select provider_card_id, brand, last_four, expires_on from saved_card")
    assert set(row) == {None}


async def test_a_card_removed_while_its_provider_is_asked_is_forgotten_after_all(
    shop: StripeShop, ada: httpx2.AsyncClient
) -> None:
    card, house = await saved(shop, ada), shop.desk.house
    await ada.post("/v1/me/cards/refresh")
    async with house.database.transaction() as connection:
        await actions.look_again_of(connection, await shop.desk.person_id("ada"), shop.clock)
        held = await keeping.CARDS.take(connection, shop.clock, 1, None, None)
    assert len(held) == 1

    async def ask(due: DueCustomer) -> None:
        kept = await actions.require_keeper(house.payment_providers, due.provider).cards_of(due.customer_id, 10)
        await ada.delete(f"/v1/me/cards/{card['id']}")
        await keeping.show(house.database, due, kept, shop.clock)

    await keeping.CARDS.handle(house.database, shop.clock, held, ask)
    assert await keeping.keep_in_line(house.database, house.payment_providers, shop.clock) == 1
    assert [one["customer"] for one in shop.world.control("object", kind="payment_method")] == [None]
    assert await cards(ada) == []


async def test_what_the_provider_says_of_cards_is_followed(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    await saved(shop, ada)
    house = shop.desk.house
    [customer] = shop.world.control("object", kind="customer")
    url = f"{shop.world.url}/v1/customers/{customer['id']}"
    await asyncio.to_thread(httpx2.delete, url, headers={"Authorization": f"Bearer {SECRET_KEY}"}, timeout=WAIT_S)
    assert await shop.tell(*shop.world.messages("customer.deleted")) == ["applied"]
    await keeping.keep_in_line(house.database, house.payment_providers, shop.clock)
    assert await cards(ada) == []
    assert (await saved(shop, ada))["is_default"]  # and somebody the provider forgot may begin anew


async def test_nothing_is_kept_of_somebody_who_goes(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    await saved(shop, ada)
    house, key = shop.desk.house, await shop.desk.server_key()
    server = await shop.desk.client({"Authorization": f"Bearer {key}"})
    assert (await ada.delete("/v1/people/ada/cards")).status_code == 403
    assert (await server.delete("/v1/people/nobody/cards")).json()["code"] == "person_unknown"
    assert (await server.delete("/v1/people/ada/cards")).status_code == 204
    assert await cards(ada) == []
    await keeping.keep_in_line(house.database, house.payment_providers, shop.clock)
    [customer] = shop.world.control("object", kind="customer")
    assert customer["deleted"]
    assert [one["customer"] for one in shop.world.control("object", kind="payment_method")] == [None]
    assert (await server.delete("/v1/people/ada/cards")).status_code == 204, "nobody's cards are no error"


async def test_so_many_cards_and_no_more(shop: StripeShop, ada: httpx2.AsyncClient) -> None:
    first = new(shop)
    assert (await leave(shop, ada, id=first)).status_code == 201
    await ada.post("/v1/me/cards/refresh")
    person_id = await shop.desk.person_id("ada")
    for changed in (("elsewhere", UUID(first), CONSENT_VERSION), ("stripe", UUID(first), CONSENT_VERSION + 1)):
        async with shop.desk.house.database.transaction() as connection:
            with pytest.raises(IdempotencyConflict):
                await actions.agree(connection, person_id, *changed, "en", shop.clock)
    async with shop.desk.house.database.transaction() as connection:
        for number in range(SAVED_CARDS_MAX - 1):
            await connection.execute(
                "insert into saved_card (shard, person_id, card_id, provider, provider_card_id, brand, last_four,"
                " expires_on, saved_at) select shard, person_id, $1, provider, $2, brand, last_four, expires_on,"
                " saved_at from saved_card limit 1",
                new_id(SystemClock()),
                f"pm_{number}",
            )
    assert (await leave(shop, ada)).json()["code"] == "too_many_cards"
    assert (await leave(shop, ada, id=first)).status_code == 201, "that was agreed to before"
    refused = await ada.post("/v1/orders", json=await asked_for(shop, ada, save_card=CONSENT_VERSION))
    assert refused.json()["code"] == "too_many_cards"


async def test_who_is_new_or_pays_much_is_asked_by_the_bank(database_url: str, world: StripeWorld) -> None:
    async with open_stripe_shop(database_url, world) as shop:
        ada = await shop.desk.person("ada", locale="en-US")
        card = await saved(shop, ada)
        order = await one_tap(shop, ada, card)
        assert order["state"] == "pending"
        await asyncio.to_thread(httpx2.post, order["checkout_url"], data={"success": "true"}, timeout=WAIT_S)
        assert (await ada.post(f"/v1/orders/{order['id']}/refresh")).json()["state"] == "paid"
        assert (await one_tap(shop, ada, card))["state"] == "paid"
        by_page = (await ada.post("/v1/orders", json=await asked_for(shop, ada))).json()
        assert by_page["state"] == "pending"
        known = [item["payment_method_options"]["card"] for item in world.control("object", kind="payment_intent")]
        assert [one.get("request_three_d_secure") for one in known] == ["any", None]
    async with open_stripe_shop(
        database_url, world, authenticate_new_buyers=False, authenticate_from_us_cents=100
    ) as shop:
        ada = await shop.desk.person("ada", locale="en-US")
        assert (await one_tap(shop, ada, card))["state"] == "pending"
