"""Exactly what is missing for a gift is bought with a saved card, in one tap, and given; in a browser, at a pretend
Stripe."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from playwright.async_api import Page, async_playwright, expect

from plaudit.gifts.catalogue.folder import load_starter
from plaudit.ids import new_id
from plaudit.people.model import Role
from plaudit.postgresql import folder_for_sockets
from plaudit.selling.cards.model import CONSENT_VERSION
from tests.browser.conftest import _EXECUTABLES, _OPTIONS, PATIENCE_MS
from tests.support.peers import peer
from tests.support.stripe import GOOD, SECRET_KEY, StripeShop, StripeWorld, open_stripe_shop

POOR_LATER = "4000000000009979"
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def stripe_url() -> Iterator[str]:
    with peer("stripe", "--secret-key", SECRET_KEY) as url:
        yield url


@asynccontextmanager
async def page_of(shop: StripeShop, subject: str) -> AsyncIterator[Page]:
    """A page of somebody who is signed in."""
    origin = shop.desk.house.settings.public_url
    executable = next(filter(None, map(shutil.which, _EXECUTABLES)), None)
    environment: dict[str, str | float | bool] = {**os.environ, "TMPDIR": str(folder_for_sockets())}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=_OPTIONS, env=environment)
        context = await browser.new_context(locale="en-US")
        context.set_default_timeout(PATIENCE_MS)
        token = shop.desk.token(subject, Role.VIEWER, locale="en-US")
        signed_in = await context.request.post(f"{origin}/v1/session", headers={"Authorization": f"Bearer {token}"})
        assert signed_in.ok, await signed_in.text()
        yield await context.new_page()
        await browser.close()


async def save_card(shop: StripeShop, buyer: httpx2.AsyncClient, number: str) -> None:
    asked = {"id": str(new_id(shop.clock)), "provider": "stripe", "consent_version": CONSENT_VERSION}
    left = (await buyer.post("/v1/me/cards", json=asked)).json()
    await asyncio.to_thread(shop.world.pay, left["address"], number)
    await buyer.post("/v1/me/cards/refresh")


async def live_room(shop: StripeShop) -> str:
    """The path of a room where gifts are given."""
    async with shop.desk.house.database.transaction() as connection:
        await load_starter(connection, shop.clock)
    creator = await shop.desk.person("cleo", Role.VIEWER, Role.CREATOR)
    made = (await creator.post("/v1/rooms", json={"title": "Tea"})).json()
    await creator.post(f"/v1/rooms/{made['id']}/start")
    return f"/rooms/{made['id']}"


async def test_one_tap_buys_what_is_missing_and_gives(database_url: str, stripe_url: str) -> None:
    world = StripeWorld(stripe_url)
    world.control("reset")
    async with open_stripe_shop(database_url, world, webhooks=True, authenticate_new_buyers=False) as shop:
        ada = await shop.desk.person("ada", locale="en-US")
        await save_card(shop, ada, POOR_LATER)
        room = await live_room(shop)
        async with page_of(shop, "ada") as page:
            await page.goto(f"{shop.desk.house.settings.public_url}{room}")
            tray = page.locator("gift-tray").first
            await tray.locator("[data-sku=balloon]").click()
            await tray.locator(".tray-send").click()
            buy = tray.locator(".tray-shortage .button-primary")
            await expect(tray.locator(".tray-shortage")).to_contain_text("Visa •••• 9979 pays at once")
            await expect(buy).to_contain_text("and send · $")
            await buy.click()
            await expect(page.locator(".toast")).to_contain_text("There is not enough money on the card.")
            await expect(buy).not_to_contain_text("and send")  # another way to pay, for the same gift
            assert await shop.coins(ada) == 0

            cards = (await ada.get("/v1/me/cards")).json()["cards"]
            await ada.delete(f"/v1/me/cards/{cards[0]['id']}")
            await save_card(shop, ada, GOOD)
            await page.reload()
            await tray.locator(".tray-send").click()
            await expect(buy).to_contain_text("and send · $")
            await buy.dblclick()
            await expect(page.locator("#panel-gifts gift-feed")).to_contain_text("Balloon")
        paid = [one for one in world.control("object", kind="payment_intent") if one["status"] == "succeeded"]
        assert len(paid) == 1
        gifts = [one for one in (await ada.get("/v1/wallet/history")).json()["items"] if one["kind"] == "gift"]
        assert len(gifts) == 1
