"""The main job walked in Chromium: recharge, rose, its burst on screen and overlay, diamonds, payout, paid.

Pictures of the way lie in the folder TESTS_PICTURES names, else in the test's own temporary folder.
"""

import os
import re
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.deciding import let_pass
from tests.browser.glimpses import glimpse
from tests.support.demo import Demo, audit, running_demo

CREATOR, VIEWER, OPERATOR = "Noor Haddad", "Robin Ellis", "Tove Lindqvist"
CAR_COINS = 2_999
BOUGHT_COINS = 3_000


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("TESTS_PICTURES") or tmp_path / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Story:
    """Who takes part, each in a browser of their own, and the pictures taken of it."""

    def __init__(self, demo: Demo, open_page: OpenPage, pictures: Path) -> None:
        self.demo = demo
        self._pictures = pictures
        self._taken = 0
        self.viewer = open_page(width=1280, height=860, color_scheme="dark")
        self.creator = open_page(width=1280, height=860, color_scheme="light")
        self.overlay = open_page(width=960, height=540)
        self.operator = open_page(width=1280, height=860, color_scheme="light")
        self.phone = open_page(width=390, height=844, color_scheme="dark", has_touch=True, is_mobile=True)
        self.phone.clock.install(time=datetime.now(UTC) + timedelta(days=2))  # a device set wrongly buys and gives too

    def picture(self, page: Page, name: str) -> None:
        self._taken += 1
        page.screenshot(path=self._pictures / f"{self._taken:02}-{name}.png")

    def become(self, page: Page, name: str) -> None:
        """Choose who to be."""
        page.goto(f"{self.demo.address}/people?lang=en")
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("link", name=f"{name}: your account")).to_be_visible()

    def room_address(self) -> str:
        """The room of the creator whose earnings nobody else touches."""
        self.viewer.goto(self.demo.address)
        address = self.viewer.get_by_role("link", name=CREATOR).first.get_attribute("href")
        assert address is not None
        return address


def test_from_the_recharge_to_the_paid_payout(
    open_page: OpenPage, demo_world: Path, tmp_path: Path, pictures: Path
) -> None:
    with running_demo(demo_world, tmp_path, "--crowd=4", "--no-auto-approve") as demo:
        story = Story(demo, open_page, pictures)
        story.become(story.viewer, VIEWER)
        room = story.room_address()
        story.picture(story.viewer, "home")
        story.become(story.creator, CREATOR)
        _watch(story, room)
        bought = _buy_what_a_rose_needs(story, room)
        _send_rose_and_see_it(story)
        _buy_another_amount(story, room)
        _send_car_and_see_it(story, left=bought)
        _send_from_a_phone(story, room)
        _convert(story)
        _cash_out(story)
        _approve_and_arrive(story)
        _look_back(story)
        for page in (story.viewer, story.creator, story.overlay, story.operator, story.phone):
            page.close()
        data = demo.data
    report = audit(data)
    assert report.returncode == 0, report.stdout


def _watch(story: Story, room: str) -> None:
    """The creator opens the live view, OBS the overlay."""
    story.creator.goto(story.demo.address + room.replace("/rooms/", "/studio/live/"))
    expect(story.creator.get_by_role("heading", name="Gifts")).to_be_visible()
    expect(story.creator.locator("[data-loading]")).to_have_count(0)
    story.overlay.goto(story.demo.overlay)
    expect(story.overlay.locator("gift-stage .gift-banners")).to_be_attached()


def _buy_what_a_rose_needs(story: Story, room: str) -> int:
    """Without a coin: what is missing, one tap to buy as few as are sold, back in the room with the rose still chosen.
    How many that are."""
    page = story.viewer
    page.goto(story.demo.address + room)
    tray = page.locator(".room-side gift-tray")
    tray.get_by_role("radio", name=re.compile("^Rose")).click()
    tray.get_by_role("button", name="Send Rose for 1 coin").click()
    expect(tray.get_by_role("alert")).to_contain_text("1 coin short")
    story.picture(page, "one-coin-short")
    buy = tray.get_by_role("button", name=re.compile(r"^Buy \d+ coins"))
    bought = _whole(re.sub(r"^Buy ([\d,]+) .*", r"\1", buy.inner_text(), flags=re.DOTALL))
    buy.click()
    _pay(story, page, "succeeds US", f"{bought} coins are yours")
    page.get_by_role("link", name="Back to the room").click()
    expect(tray.get_by_role("radio", name=re.compile("^Rose"))).to_be_checked()
    return bought


def _pay(story: Story, page: Page, outcome: str, title: str) -> None:
    """The provider's hosted page, and the return to the order's."""
    card = page.get_by_role("button", name=outcome)
    expect(card).to_be_visible()
    story.picture(page, "checkout")
    card.click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    story.picture(page, "order-paid")


def _send_rose_and_see_it(story: Story) -> None:
    page = story.viewer
    with glimpse(story.overlay, ".gift-banner", VIEWER):
        page.locator(".room-side gift-tray").get_by_role("button", name="Send Rose for 1 coin").click()
    rose = story.creator.locator(".gift-feed-row", has_text=VIEWER).filter(has_text="Rose")
    expect(rose).to_be_visible()
    story.picture(page, "rose-sent")
    story.picture(story.overlay, "rose-on-the-overlay")
    story.creator.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))  # what can be undone shows for a while
    rose.get_by_role("button", name=f"Thank {VIEWER}").click()
    expect(story.creator.get_by_text("Ticked off.")).to_be_visible()
    expect(rose).to_be_hidden()
    story.creator.get_by_role("button", name="Undo").click()
    expect(rose).to_be_visible()
    story.creator.clock.resume()
    story.picture(story.creator, "rose-in-the-live-view")


def _buy_another_amount(story: Story, room: str) -> None:
    """A declined card first: nothing is taken, and trying again works."""
    page = story.viewer
    page.goto(f"{story.demo.address}/recharge?back={room}")
    page.get_by_role("radio", name=re.compile("^Another amount")).check()
    page.get_by_label("Coins", exact=True).fill("0")
    expect(page.get_by_role("alert").filter(has_text="whole coins")).to_be_visible()
    page.get_by_label("Coins", exact=True).fill(str(BOUGHT_COINS))
    pay = page.get_by_role("button", name=re.compile(r"^Pay \$"))
    expect(pay).to_be_enabled()
    story.picture(page, "another-amount")
    pay.click()
    _pay(story, page, "is declined", "The payment was declined")
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("radio", name=re.compile("^Another amount")).check()
    page.get_by_label("Coins", exact=True).fill(str(BOUGHT_COINS))
    expect(pay).to_be_enabled()
    pay.click()
    _pay(story, page, "succeeds US", "3,000 coins are yours")
    page.get_by_role("link", name="Back to the room").click()


def _send_car_and_see_it(story: Story, *, left: int) -> None:
    """A large gift takes the whole stage everywhere."""
    tray = story.viewer.locator(".room-side gift-tray")
    tray.get_by_role("radio", name=re.compile("^Race Day")).click()
    screens = {"overlay": story.overlay, "live-view": story.creator, "room": story.viewer}
    with ExitStack() as everywhere:
        for page in screens.values():
            everywhere.enter_context(glimpse(page, "gift-stage[data-playing='racing-car']"))
        tray.get_by_role("button", name="Send Race Day for 2,999 coins").click()
    for name, page in screens.items():
        story.picture(page, f"car-in-the-{name}")
    expect(tray.get_by_role("button", name=f"{left} coins. Buy coins")).to_be_visible()


def _send_from_a_phone(story: Story, room: str) -> None:
    """The tray is a sheet at the thumb, and the combo button counts."""
    page = story.phone
    story.become(page, VIEWER)
    page.goto(story.demo.address + room)
    page.get_by_role("button", name="Gifts", exact=True).click()
    sheet = page.locator("#tray-sheet")
    sheet.get_by_role("radio", name=re.compile("^Applause")).click()
    story.picture(page, "phone-tray")
    with glimpse(page, "button[aria-label^='Send one more Applause']"):
        sheet.get_by_role("button", name="Send Applause for 1 coin").click()
    story.picture(page, "phone-combo")
    expect(page.locator("chat-log").get_by_text("sent Applause").last).to_be_visible()


def _convert(story: Story) -> None:
    page = story.creator
    page.goto(f"{story.demo.address}/studio")
    page.get_by_role("button", name="Convert to diamonds").click()
    story.picture(page, "convert")
    with glimpse(page, ".toast", "diamonds."):
        page.get_by_role("button", name="Convert", exact=True).click()
    available = page.locator(".way-step", has_text="Diamonds available").locator(".amount-number")
    expect(available).not_to_have_text("0")
    story.picture(page, "diamonds-available")


def _cash_out(story: Story) -> None:
    page = story.creator
    page.get_by_role("link", name="Cash out").last.click()
    available = page.locator("#cash-out .amount-number")
    before = _whole(available.inner_text())
    page.get_by_label("Diamonds", exact=True).fill(str(CAR_COINS))
    page.get_by_role("button", name="See what arrives").click()
    dialog = page.get_by_role("dialog", name="What arrives")
    expect(dialog.get_by_text(re.compile("^£")).first).to_be_visible()
    story.picture(page, "payout-quote")
    dialog.get_by_role("button", name="Cash out").click()
    expect(page.locator(".payout[data-state='requested']")).to_be_visible()
    expect(available).to_have_text(f"{before - CAR_COINS:,}")
    story.picture(page, "payout-requested")


def _whole(shown: str) -> int:
    return int(shown.replace(",", ""))


def _approve_and_arrive(story: Story) -> None:
    operator = story.operator
    story.become(operator, OPERATOR)
    operator.goto(f"{story.demo.address}/operator")
    waiting = operator.locator(".decide", has_text=CREATOR)
    expect(waiting).to_be_visible()
    story.picture(operator, "operator")
    let_pass(operator, waiting)
    waiting.get_by_role("button", name="Approve").dblclick()
    asked = operator.get_by_role("dialog")
    expect(asked).to_contain_text(f"to {CREATOR}?")
    asked.get_by_role("button", name="Approve").click()
    expect(waiting).to_have_count(0)
    expect(story.creator.locator(".payout[data-state='paid']")).to_be_visible()
    story.picture(story.creator, "payout-paid")
    operator.get_by_role("button", name="Check now").click()
    expect(operator.get_by_text("The books balance")).to_be_visible()
    story.picture(operator, "books-balance")


def _look_back(story: Story) -> None:
    """The viewer's wallet says what was bought and given, to the cent."""
    page = story.viewer
    page.goto(f"{story.demo.address}/wallet")
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    for words in ("Race Day", "Rose", "Applause", "Coins bought"):
        expect(page.locator("#history").get_by_text(words).first).to_be_visible()
    story.picture(page, "wallet")
    page.locator("#history").get_by_role("link", name="Receipt").first.click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    story.picture(page, "receipt")
