"""An operator changes prices: a draft, what the linter says, publishing, and going back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.support.demo import Demo, running_demo

# A large text is put in place at once: typing it would take the browser longer than the rest of the test.
REPLACE = """([old, fresh]) => {
  const text = document.querySelector("[name=toml]");
  const start = text.value.indexOf("[regions.US.web]");
  text.value = text.value.slice(0, start) + text.value.slice(start).replace(old, fresh);
  text.dispatchEvent(new Event("input", { bubbles: true }));
}"""


@pytest.fixture(scope="module")
def demo(demo_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(demo_world, tmp_path_factory.mktemp("demo"), "--crowd=0") as started:
        yield started


def save(page: Page, old: str, fresh: str) -> None:
    page.evaluate(REPLACE, [old, fresh])
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    page.get_by_role("button", name="Save and look").click()
    expect(page.locator("[data-draft-state]")).to_have_text("Saved")


@pytest.mark.parametrize(("theme", "width"), [("dark", 390), ("light", 1280)])
def test_a_draft_is_put_right_published_and_gone_back_from(
    open_page: OpenPage, demo: Demo, theme: str, width: int
) -> None:
    page = open_page(width=width, height=844, color_scheme=theme, reduced_motion="reduce")
    page.goto(f"{demo.address}/people?lang=en")
    page.get_by_role("button", name="Tove Lindqvist").click()
    page.wait_for_url(lambda address: "/people" not in address)
    page.goto(f"{demo.address}/operator/prices")
    page.get_by_role("button", name="New draft").click()
    page.get_by_label("Name", exact=True).fill(f"Cheaper at {width}")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/operator/prices/drafts/*")
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    expect(page.get_by_text("Nothing would change")).to_be_visible()

    save(page, "price_minor = 74}", "price_minor = 74, best_value = true}")
    expect(page.locator("#findings")).to_contain_text("is not true")
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    page.get_by_role("button", name="regions.US.web.packages[0].best_value").click()
    assert page.evaluate("getSelection().toString()").strip().startswith("{coins = 70, price_minor = 74, best_value")

    save(page, "price_minor = 74, best_value = true}", "price_minor = 73}")
    expect(page.locator("#comparison")).to_contain_text("$0.73")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    page.wait_for_url("**/operator/prices")
    newest = page.locator("#versions tbody tr").first
    expect(newest).to_contain_text("Current")
    page.locator("[data-roll-back='2']").click()
    page.get_by_role("dialog").get_by_label("Why?").fill("Too cheap")
    page.get_by_role("dialog").get_by_role("button", name="Go back").click()
    expect(newest).to_contain_text("Says what version 2 said.")
    expect(newest).to_contain_text("Current")
