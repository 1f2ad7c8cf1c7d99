"""Stories of people who are protected, in a browser: a minor with a guardian, somebody who excludes himself, and a
minor whose purchases go back."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from plaudit.connections import OwnConnection
from plaudit.creators.jobs import claw_back_due
from plaudit.people.model import Role
from plaudit.postgresql import folder_for_sockets
from plaudit.selling.reversals.sending import send_due
from tests.browser.axe import AXE_RULES, AXE_RUN, AXE_SCRIPT
from tests.browser.conftest import _EXECUTABLES, _OPTIONS, PATIENCE_MS
from tests.integration.test_clawback import Stage, open_stage
from tests.integration.test_guardians import proved
from tests.integration.test_rules import GROWN
from tests.support.returns import Returns

expect.set_options(timeout=PATIENCE_MS)
PICTURES = os.environ.get("TESTS_PICTURES")


@dataclass
class Visits:
    """Pages of people in one browser, each signed in."""

    stage: Stage
    browser: Browser

    async def of(self, subject: str, path: str, *roles: Role, **claims: str) -> Page:
        context = await self.browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
        context.set_default_timeout(PATIENCE_MS)
        token = self.stage.shop.desk.token(subject, *(roles or (Role.VIEWER,)), locale="en-GB", **claims)
        signed_in = await context.request.post(
            f"{self.stage.process.origin}/v1/session", headers={"Authorization": f"Bearer {token}"}
        )
        assert signed_in.ok, await signed_in.text()
        page = await context.new_page()
        await page.goto(f"{self.stage.process.origin}{path}")
        return page

    async def enter(self, page: Page) -> None:
        """The room, where the tray stands beside it."""
        await page.set_viewport_size({"width": 1280, "height": 900})
        await page.goto(f"{self.stage.process.origin}/rooms/{self.stage.room_id}")


@asynccontextmanager
async def visits(database_url: str, folder: Path, **options: Any) -> AsyncIterator[Visits]:
    executable = next(filter(None, map(shutil.which, _EXECUTABLES)), None)
    environment: dict[str, str | float | bool] = {**os.environ, "TMPDIR": str(folder_for_sockets())}
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(open_stage(database_url, folder, **options))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=executable, args=_OPTIONS, env=environment)
        stack.push_async_callback(browser.close)
        yield Visits(stage, browser)


async def give(page: Page, sku: str) -> None:
    """Choose a gift in the tray and send it."""
    tray = page.locator("gift-tray:visible").first
    await tray.locator(f"[data-sku={sku}]").click()
    await tray.locator(".tray-send").click()


async def confirm(page: Page, action: str) -> None:
    """Say yes to what a page asks once more."""
    await page.get_by_role("dialog").get_by_role("button", name=action).click()


def toast(page: Page) -> Locator:
    return page.locator(".toast").last


async def looks_right(page: Page, name: str) -> None:
    """Everybody can read and work it, and it fits a phone."""
    await page.evaluate(AXE_SCRIPT)
    assert await page.evaluate(AXE_RUN, AXE_RULES) == [], name
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


async def linked(here: Visits) -> tuple[Page, Page]:
    """Pages of a guardian and of a minor, who found each other by a code."""
    desk = here.stage.shop.desk
    await (await desk.person("gus", birthdate=GROWN)).get("/v1/me")
    await proved(desk, await desk.client({"Authorization": f"Bearer {await desk.server_key()}"}), "gus")
    guardian = await here.of("gus", "/guardians", birthdate=GROWN)
    await guardian.get_by_role("button", name="Make a code").click()
    code = await guardian.locator("#made-code strong:visible").inner_text()
    minor = await here.of("cora", "/guardians")
    await minor.get_by_label("Code of your guardian").fill(code)
    await minor.get_by_role("button", name="See whose it is").click()
    await confirm(minor, "Yes, that is my guardian")
    await expect(minor.get_by_text("They have to confirm it.")).to_be_visible()
    await guardian.reload()
    await guardian.get_by_role("button", name="I answer for cora").click()
    return guardian, minor


async def test_a_guardian_limits_stops_and_lets_go(database_url: str, tmp_path: Path) -> None:
    async with visits(database_url, tmp_path) as here:
        cora = await Returns.of(here.stage.shop, "cora")
        await cora.buy(1_000)
        guardian, minor = await linked(here)
        month = guardian.locator("[data-limit=month]")
        await month.get_by_role("textbox").fill("0.10")
        await month.get_by_role("button").click()
        await expect(toast(guardian)).to_contain_text("It holds from now on")
        await looks_right(guardian, "guardian")
        await here.enter(minor)
        await give(minor, "balloon")
        await expect(toast(minor)).to_contain_text("Your limit for a month holds this.")
        assert await cora.coins() == 1_000
        await give(minor, "rose")
        await expect(minor.locator("gift-tray:visible .limits-meter").first).to_contain_text("of £0.10")
        await guardian.get_by_role("button", name="Stop all spending").click()
        await expect(guardian.get_by_role("button", name="Let it go on")).to_be_visible()
        before = await cora.coins()
        await give(minor, "applause")
        await expect(toast(minor)).to_contain_text("Your guardian stopped your spending.")
        assert await cora.coins() == before
        await minor.goto(f"{here.stage.process.origin}/guardians")
        await expect(minor.get_by_role("heading", name="gus answers for you")).to_be_visible()
        await looks_right(minor, "minor")

        await guardian.get_by_role("button", name="Answer for them no more").click()
        await confirm(guardian, "Answer for them no more")
        await expect(guardian.get_by_role("button", name="Make a code")).to_be_visible()
        await here.enter(minor)
        await give(minor, "balloon")
        await expect(minor.locator("#panel-gifts gift-feed")).to_contain_text("Balloon")


async def test_who_excludes_himself_spends_nothing_and_gets_back_what_is_unspent(
    database_url: str, tmp_path: Path
) -> None:
    async with visits(database_url, tmp_path) as here:
        vic = await Returns.of(here.stage.shop, "vic")
        await vic.buy(500)
        page = await here.of("vic", "/limits")
        gift = page.locator("[data-limit=gift]")
        await gift.get_by_role("textbox").fill("0.05")
        await gift.get_by_role("button").click()
        await expect(toast(page)).to_contain_text("It holds from now on")
        room = await here.of("vic", "/wallet")
        await here.enter(room)
        await give(room, "balloon")
        await expect(toast(room)).to_contain_text("Your limit for one gift holds this.")

        await page.get_by_role("button", name="Exclude myself").click()
        await expect(page.get_by_role("dialog")).to_contain_text("Nobody can end it early")
        await confirm(page, "Exclude myself")
        await expect(page.get_by_text("You excluded yourself until")).to_be_visible()
        await expect(page.locator("[data-pause]")).to_have_count(0)
        await looks_right(page, "excluded")
        await give(room, "rose")
        await expect(toast(room)).to_contain_text("You stopped spending until")
        assert await vic.coins() == 500
        await page.goto(f"{here.stage.process.origin}/recharge")
        await expect(page.get_by_text("You buy nothing just now")).to_be_visible()
        await looks_right(page, "excluded-recharge")
        await page.get_by_role("link", name="Take back coins you have not spent").click()
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.locator("main")).to_contain_text("500 coins")
        await looks_right(page, "excluded-withdraw")


async def test_all_that_a_minor_spent_goes_back_from_every_creator(
    database_url: str, tmp_path: Path, owner_connection: OwnConnection
) -> None:
    async with visits(database_url, tmp_path, one_operator=False) as here:
        stage, shop = here.stage, here.stage.shop
        await owner_connection.execute("update decision_bound set value = 1 where name like 'refund_alone%_us_cents'")
        kim = await Returns.of(shop, "kim")
        for _ in range(3):
            await kim.buy(100)
        await stage.give(kim, 170)
        await stage.earn()
        day = shop.clock.now().date()
        look = f"/operator/minor-refunds?person={kim.person_id}&first={day}&last={day + timedelta(days=1)}"
        olga = await here.of("olga", look, Role.OPERATOR)
        await expect(olga.locator("#plan")).to_contain_text("130 coins")
        await expect(olga.locator("#plan")).to_contain_text("170 coins")
        await looks_right(olga, "minor-plan")
        await olga.get_by_label("Why?").fill("The card of a parent.")
        await olga.get_by_role("button", name="Give all of it back").click()
        await confirm(olga, "Give it back")
        await expect(toast(olga)).to_contain_text("another operator confirms it")

        oskar = await here.of("oskar", "/operator/decisions", Role.OPERATOR)
        await expect(oskar.locator("#list")).to_contain_text("300 coins")
        await oskar.get_by_role("link", name="Look at all it changes").click()
        await expect(oskar.locator("main")).to_contain_text("cleo loses")
        await looks_right(oskar, "minor-decision")
        await oskar.get_by_role("button", name="Confirm", exact=True).click()
        await confirm(oskar, "Confirm")
        await expect(toast(oskar)).to_contain_text("Confirmed.")
        house = shop.desk.house
        await send_due(house.database, house.payment_providers, house.settings, house.clock)
        await claw_back_due(house.database, house.clock)
        assert await kim.coins() == 0
        assert (await stage.balance())["available"]["diamonds"] == 0

        creator = await here.of("cleo", "/studio/taken-back", Role.VIEWER, Role.CREATOR)
        await expect(creator.locator(".taken-back").first).to_be_visible()
        await expect(creator.locator(".taken-back-totals")).to_contain_text("170 coins")
        await looks_right(creator, "minor-creator")
        minor = await here.of("kim", "/wallet")
        await expect(minor.locator("main")).to_contain_text("Taken back")
        await olga.goto(f"{stage.process.origin}/operator/minor-refunds")
        await expect(olga.locator("#cases")).to_contain_text("Done")
        await looks_right(olga, "minor-cases")
