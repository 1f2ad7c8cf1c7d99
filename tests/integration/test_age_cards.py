"""A credit card that pays lets it be inferred that its holder is of age: where a pack says so, and below every word."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from plaudit.ages.limits import AGE_CARD_DAYS
from plaudit.ids import new_id
from tests.support.stripe import DISPUTED, GOOD, StripeShop, StripeWorld, open_stripe_shop

BRITISH_CREDIT, BRITISH_DEBIT = "4000008260000000", "4000058260000005"


@pytest.fixture
async def shop(database_url: str, world: StripeWorld) -> AsyncIterator[StripeShop]:
    async with open_stripe_shop(database_url, world) as opened:
        yield opened


async def pay(shop: StripeShop, buyer: httpx2.AsyncClient, card: str, country: str = "GB") -> None:
    order = await shop.order(buyer)
    shop.world.pay(order["checkout_url"], card, country)
    await shop.tell(*shop.world.messages())
    assert await shop.state(buyer, order) == "paid"


async def age(buyer: httpx2.AsyncClient) -> tuple[Any, Any, Any]:
    found = (await buyer.get("/v1/me/age")).json()
    return found["at_least"], found["level"], found["source"]


async def may(buyer: httpx2.AsyncClient, action: str) -> tuple[str, str]:
    (one,) = (item for item in (await buyer.get("/v1/me/rules")).json()["items"] if item["action"] == action)
    return one["outcome"], one["reason"]


async def test_a_credit_card_is_enough_where_the_pack_has_it_and_for_nothing_else(shop: StripeShop) -> None:
    ada = await shop.desk.person("ada", locale="en-GB")
    await pay(shop, ada, BRITISH_DEBIT)
    assert await age(ada) == (None, None, None), "a debit card is of anybody"
    await pay(shop, ada, BRITISH_CREDIT)
    await pay(shop, ada, BRITISH_CREDIT)
    assert await age(ada) == (18, "inferred", "credit card")
    assert await may(ada, "gift_room") == ("allow", "allowed")
    assert await may(ada, "cash_out") == ("ask", "age_not_sure")
    page = (await ada.get("/age")).text
    assert "18 or older" in page
    assert "A credit card paid" in page
    shop.clock.advance(timedelta(days=AGE_CARD_DAYS))
    ada = await shop.desk.person("ada", locale="en-GB")
    assert await may(ada, "gift_room") == ("ask", "age_unknown")


async def test_where_the_pack_says_nothing_of_cards_they_infer_nothing(shop: StripeShop) -> None:
    ada = await shop.desk.person("ada", locale="en-US")
    await pay(shop, ada, GOOD, "US")
    assert await age(ada) == (None, None, None)


async def test_any_word_is_surer_than_a_card_whichever_came_first(shop: StripeShop) -> None:
    kim = await shop.desk.person("kim", locale="en-GB")
    await pay(shop, kim, BRITISH_CREDIT)
    server = await shop.desk.client({"Authorization": f"Bearer {await shop.desk.server_key()}"})
    said = {"id": str(new_id(shop.clock)), "at_least": 13, "under": 14, "level": "claimed", "method": "form",
        "source": "Desk", "proved_at": (shop.clock.now() - timedelta(days=1)).isoformat()}  # fmt: skip
    assert (await server.post("/v1/people/kim/age-assurances", json=said)).status_code == 201
    assert await age(kim) == (13, "claimed", "Desk")
    assert (await may(kim, "gift_room"))[0] == "refuse"


async def test_who_disputes_a_payment_is_inferred_nothing_of_any_more(shop: StripeShop) -> None:
    ada = await shop.desk.person("ada", locale="en-GB")
    await pay(shop, ada, BRITISH_CREDIT)
    assert await age(ada) == (18, "inferred", "credit card")
    await pay(shop, ada, DISPUTED, "US")
    await shop.tell(*shop.world.messages("charge.dispute.created"))
    assert await age(ada) == (None, None, None)
