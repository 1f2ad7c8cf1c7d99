"""A refund of spent coins as its creator sees it: live at once, in the studio, and what is owed; and a present."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from plaudit.clock import SystemClock
from plaudit.ids import new_id
from tests.browser.axe import axe_finds
from tests.browser.conftest import OpenPage
from tests.support.demo import Demo, running_demo

CREATOR, VIEWER, OPERATOR = "Noor Haddad", "Robin Ellis", "Tove Lindqvist"
LOOKS = [("dark", 1280), ("light", 1280), ("dark", 390), ("light", 390)]

# Called in the page, so that the request is that of a person who is signed in there.
CALL = """async ([method, path, body]) => {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(path, { method, headers, body: body ? JSON.stringify(body) : undefined });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}"""


@pytest.fixture(scope="module")
def demo(demo_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(demo_world, tmp_path_factory.mktemp("demo"), "--crowd=0", "--no-auto-approve") as started:
        yield started


def become(page: Page, demo: Demo, name: str) -> Page:
    page.goto(f"{demo.address}/people?lang=en")
    page.get_by_role("button", name=name).click()
    page.wait_for_url(lambda address: "/people" not in address)
    return page


def call(page: Page, method: str, path: str, **body: Any) -> Any:
    """A call of the API as whoever is signed in."""
    return page.evaluate(CALL, [method, path, body or None])


def an_id() -> str:
    return str(new_id(SystemClock()))


def buy(page: Page, demo: Demo, coins: int) -> str:
    """The id of an order that was paid at the sandbox."""
    page.goto(f"{demo.address}/recharge")
    page.get_by_role("radio", name=re.compile("^Another amount")).check()
    page.get_by_label("Coins", exact=True).fill(str(coins))
    pay = page.get_by_role("button", name=re.compile(r"^Pay "))
    expect(pay).to_be_enabled()
    pay.click()
    card = page.get_by_role("button", name="succeeds US")
    expect(card).to_be_visible()
    card.click()
    expect(page.get_by_role("heading", level=1, name="are yours")).to_be_visible()
    order_id: str = call(page, "GET", "/v1/orders")["items"][0]["id"]
    return order_id


def cash_out_all(page: Page) -> None:
    """Convert, wait until it has matured, and ask for all of it to be paid out."""
    call(page, "POST", "/v1/conversions", id=an_id(), all=True)
    page.goto(page.url.partition("/studio")[0] + "/studio")
    available = page.locator(".way-step", has_text="Diamonds available").locator(".amount-number")
    expect(available).not_to_have_text("0")
    method = call(page, "GET", "/v1/payout-methods")["items"][0]["id"]
    balance = call(page, "GET", "/v1/creators/me/balance")
    quote = an_id()
    call(page, "POST", "/v1/payout-quotes", id=quote, diamonds=balance["available"]["diamonds"], method_id=method)
    call(page, "POST", "/v1/payouts", id=an_id(), quote_id=quote)


# One change follows from another: what inherits a colour begins to change when that has begun.
CHANGES_OF_COLOUR = """
async () => {
  for (let running = true; running; ) {
    for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
    const changes = document.getAnimations().filter(
      (one) => one instanceof CSSTransition && one.playState === "running");
    await Promise.all(changes.map((one) => one.finished.catch(() => null)));
    running = changes.length > 0;
  }
}
"""


def check_looks(page: Page, name: str) -> None:
    """Nothing is wider than the screen, and axe finds nothing, in both themes on both screens: what has not to do with
    colours, once on each."""
    seen: set[int] = set()
    for theme, width in LOOKS:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of its words
        page.set_viewport_size({"width": width, "height": 900})
        if folder := os.environ.get("TESTS_PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{width}-{theme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} {width}"
        page.evaluate(CHANGES_OF_COLOUR)
        assert axe_finds(page, of_colours=width in seen) == [], f"{name} {theme} {width}"
        seen.add(width)


def test_a_refund_is_seen_at_once_and_explained(open_page: OpenPage, demo: Demo) -> None:
    viewer, creator, operator = (open_page(reduced_motion="reduce") for _ in range(3))
    become(viewer, demo, VIEWER)
    become(creator, demo, CREATOR)
    become(operator, demo, OPERATOR)
    rooms = call(viewer, "GET", "/v1/rooms?state=live")["items"]
    room_id = next(room["id"] for room in rooms if room["creator"]["name"] == CREATOR)
    live = become(open_page(reduced_motion="reduce"), demo, CREATOR)
    live.goto(f"{demo.address}/studio/live/{room_id}")
    expect(live.locator("[data-loading]")).to_have_count(0)

    order_id = buy(viewer, demo, 3_000)
    items = call(viewer, "GET", "/v1/catalogue")["items"]
    car = next(item for item in items if item["name"] == "Race Day")
    gift = {"id": an_id(), "room_id": room_id, "item_id": car["id"], "count": 1, "coins": car["coins"]}
    call(viewer, "POST", "/v1/gifts", **gift)
    row = live.locator(f"[data-gift-id='{gift['id']}']")
    expect(row).to_be_visible()
    creator.goto(f"{demo.address}/studio/taken-back")
    expect(creator.get_by_text("Nothing was taken back")).to_be_visible()
    cash_out_all(creator)

    call(operator, "POST", f"/v1/operator/orders/{order_id}/refunds", id=an_id(), reason="Sent by a child.", all=True)
    expect(row.get_by_text("Taken back", exact=True)).to_be_visible()
    expect(row.locator("s")).to_have_text("2,999")
    expect(live.locator("top-gifters")).not_to_contain_text(VIEWER)
    check_looks(live, "live")
    for path in ("/studio", "/studio/payouts"):
        creator.goto(demo.address + path)
        expect(creator.locator("#owed")).to_contain_text("What you earn next pays this off first")
        check_looks(creator, path.strip("/").replace("/", "-"))
    creator.goto(f"{demo.address}/studio/taken-back")
    expect(creator.locator(".taken-back")).to_contain_text(f"from {VIEWER}")
    check_looks(creator, "taken-back")
    reversal_id = call(creator, "GET", "/v1/creators/me/clawbacks")["items"][0]["reversal_id"]
    creator.goto(f"{demo.address}/studio/taken-back/{reversal_id}")
    expect(creator.get_by_role("heading", level=1, name="Gifts of one refund")).to_be_visible()
    check_looks(creator, "taken-back-gifts")


def test_an_operator_gives_a_present_and_the_wallet_says_so(open_page: OpenPage, demo: Demo) -> None:
    operator = become(open_page(), demo, OPERATOR)
    operator.goto(f"{demo.address}/operator/grants")
    operator.get_by_label("Number, handle or name").fill("robin")
    operator.get_by_role("button", name="Look").click()
    operator.get_by_role("list", name="Found").get_by_role("link", name=VIEWER).click()
    form = operator.locator("[data-grant]")
    form.get_by_label("Coins").fill("40")
    form.get_by_role("button", name="Give").click()
    expect(form.get_by_role("alert")).to_contain_text("Say why")
    form.get_by_label("Why?").fill("The stream broke.")
    form.get_by_label("Until").fill("2031-05-01")
    form.get_by_role("button", name="Give").click()
    operator.get_by_role("dialog").get_by_role("button", name="Give them").click()
    expect(operator.locator("#given tbody tr").first).to_contain_text("The stream broke.")
    check_looks(operator, "grants")

    viewer = become(open_page(), demo, VIEWER)
    viewer.goto(f"{demo.address}/wallet")
    expect(viewer.locator("#set-apart")).to_contain_text("40 coins of them are a present")
    expect(viewer.locator("#lots")).to_contain_text("A present, free")
    check_looks(viewer, "wallet")
