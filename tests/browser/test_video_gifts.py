"""Gifts on a video walked in Chromium: watch, give at 0:23, see it there again, be its creator, thank, convert."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from plaudit.clock import SystemClock
from plaudit.ids import new_id
from tests.browser.conftest import OpenPage
from tests.browser.glimpses import glimpse
from tests.browser.people import become
from tests.browser.test_pages import OWNER, VIDEO
from tests.support.demo import Demo, audit, running_demo
from tests.support.waiting import until

VIEWER, LIMITED, OPERATOR = "Robin Ellis", "Mara Vogt", "Tove Lindqvist"
WORDS = "The light at the end!"
NEAR = re.compile(rf"^0:(19|2\d): .*{VIEWER}")
"""The mark of what was given at 0:23; a dearer gift near it gives a mark its moment."""
PHONE: dict[str, Any] = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True, "color_scheme": "light"}
DESK: dict[str, Any] = {"width": 1280, "height": 860, "color_scheme": "dark"}


@pytest.fixture(scope="module")
def demo(demo_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(demo_world, tmp_path_factory.mktemp("demo"), "--crowd=0") as started:
        yield started
        data = started.data
    report = audit(data)
    assert report.returncode == 0, report.stdout


def video_of(page: Page, demo: Demo) -> str:
    """The address of a video, when the platform has told of it."""
    cards = page.get_by_role("link", name=VIDEO)

    def is_told() -> bool:
        page.goto(f"{demo.address}/videos")
        return cards.count() == 1

    until(is_told, "the platform has told of its videos")
    return demo.address + (cards.get_attribute("href") or "")


def present(demo: Demo, operator: Page, viewer: Page, coins: int) -> None:
    """Coins from the operator: how they are bought, the story of rooms walks."""
    become(operator, demo, OPERATOR)
    person = viewer.request.get(f"{demo.address}/v1/me").json()["id"]
    expires_at = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    grant = {"id": str(new_id(SystemClock())), "person_id": person, "coins": coins, "reason": "A test"}
    made = operator.request.post(
        f"{demo.address}/v1/operator/grants", data=grant | {"expires_at": expires_at}, headers={"Origin": demo.address}
    )
    assert made.status == 201, made.text()


def play_at(page: Page, seconds: int) -> None:
    """Play from a moment on, and stop there."""
    page.get_by_role("button", name=f"Play from 0:{seconds:02}").click()
    video, there = page.locator("video"), f"(video) => video.currentTime >= {seconds} && !video.seeking"
    until(lambda: bool(video.evaluate(there)), "it plays from there")
    video.evaluate(f"(video) => {{ video.pause(); video.currentTime = {seconds}; }}")
    until(lambda: bool(video.evaluate(f"(video) => video.currentTime === {seconds}")), "it stands there")


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["1280", "390"])
def test_a_gift_at_a_moment_of_a_video(open_page: OpenPage, demo: Demo, screen: dict[str, Any]) -> None:
    viewer, other, creator = open_page(**screen), open_page(**screen), open_page(**screen)
    become(viewer, demo, VIEWER)
    address = video_of(viewer, demo)
    present(demo, open_page(), viewer, 200)
    other.goto(address)
    expect(other.locator(".timeline-mark").first).to_be_attached()
    viewer.goto(f"{address}?t=23")
    play_at(viewer, 23)
    tray = viewer.locator("gift-tray")
    tray.get_by_role("radio", name=re.compile("^Encore")).click()
    tray.get_by_label("Words with your gift").fill(WORDS)
    with (
        glimpse(viewer, ".gift-banner, .stage-caption", VIEWER),
        glimpse(other, ".gift-banner, .stage-caption", VIEWER),
    ):
        tray.get_by_role("button", name="Send Encore for 50 coins").click()
    announced = viewer.locator("[data-announcer]")
    expect(announced).to_have_text(re.compile(r"^Sent Encore\. \d+ coins left\.$"))
    expect(viewer.locator("coin-count[aria-live]")).to_have_count(0)
    for page in (viewer, other):
        newest = page.locator(".gift-feed-row").first
        for words in (VIEWER, "Encore · 0:23", WORDS):
            expect(newest).to_contain_text(words)
    assert viewer.evaluate("document.documentElement.scrollWidth") <= screen["width"]

    # Later: it is at its moment, and passes when the video plays.
    viewer.goto(f"{address}?t=21")
    with glimpse(viewer, ".moment"):
        viewer.get_by_role("button", name="Play from 0:21").click()
    nearest_mark(viewer).focus()
    viewer.keyboard.press("ArrowLeft")
    viewer.keyboard.press("ArrowRight")
    viewer.keyboard.press("Enter")
    expect(viewer.locator(".timeline-more")).to_contain_text(VIEWER)
    viewer.get_by_label("Show gifts").uncheck()
    for part in ("[data-given]", ".timeline", ".timeline-more"):
        expect(viewer.locator(part)).not_to_be_visible()
    viewer.reload()
    expect(viewer.get_by_label("Show gifts")).not_to_be_checked()
    viewer.get_by_label("Show gifts").check()
    expect(viewer.locator(".timeline-mark").first).to_be_attached()

    # Where it went.
    viewer.goto(f"{demo.address}/wallet")
    viewer.locator("#history").get_by_role("link", name="Encore").first.click()
    expect(viewer.get_by_text(WORDS)).to_be_visible()
    expect(viewer.get_by_role("link", name=VIDEO)).to_have_attribute("href", re.compile(r"\?t=23$"))

    thank(creator, demo, address)
    take_words_away(creator, f"{demo.address}/studio{address.removeprefix(demo.address)}", other, viewer)


def nearest_mark(page: Page) -> Locator:
    """The mark that has the gift at 0:23: it names who gave it, or is the nearest, where three others gave near it."""
    marks = page.locator(".timeline").get_by_role("button")
    named = page.locator(".timeline").get_by_role("button", name=NEAR)
    if named.count():
        return named.last
    times = [re.search(r"(\d+):(\d\d)", one.get_attribute("aria-label") or one.inner_text()) for one in marks.all()]
    away = [abs(int(at[1]) * 60 + int(at[2]) - 23) if at else 10**6 for at in times]
    return marks.nth(away.index(min(away)))


def take_words_away(page: Page, address: str, other: Page, giver: Page) -> None:
    """By keyboard, after a question; whoever has the video open reads them no more, and the giver is told."""
    page.goto(address)
    page.get_by_label("All", exact=True).check()
    row = page.locator(".gift-feed-row", has_text=WORDS).first
    gift = f'[data-gift-id="{row.get_attribute("data-gift-id")}"]'
    expect(other.locator(gift)).to_contain_text(WORDS)
    row.get_by_role("button", name=f"Take words away: {VIEWER}").focus()
    page.keyboard.press("Enter")
    question = page.get_by_role("dialog", name="Take these words away?")
    expect(question).to_contain_text(WORDS)
    question.get_by_role("button", name="Take words away").click()
    for screen in (page, other):
        expect(screen.locator(gift)).not_to_contain_text(WORDS)
        expect(screen.locator(gift)).to_contain_text(VIEWER)
    expect(page.locator("#gifts-title:focus")).to_have_count(1)
    giver.reload()
    expect(giver.get_by_text("The creator took your words away.")).to_be_visible()


def thank(page: Page, demo: Demo, address: str) -> None:
    """The creator sees it, thanks, thanks all others at once, and sees what it earned."""
    become(page, demo, OWNER)
    page.goto(address)
    expect(page.get_by_text("This is your video.")).to_be_visible()
    page.get_by_role("link", name="Gifts on this video").click()
    row = page.locator(".gift-feed-row", has_text=WORDS).first
    expect(row).to_be_visible()
    row.get_by_role("button", name=f"Thank {VIEWER}").click()
    expect(row).to_be_hidden()
    expect(page.locator(".thank:focus, #gifts-title:focus")).to_have_count(1)
    everybody, thanked = page.get_by_role("button", name="Thank all"), page.get_by_text("Everybody is thanked.")
    if everybody.is_visible():
        everybody.click()
    expect(thanked).to_be_visible()
    page.reload()
    expect(thanked).to_be_visible()
    page.goto(f"{demo.address}/studio/videos")
    expect(page.locator("#videos .earned-here")).to_contain_text("diamonds")


def test_who_cannot_give_yet_is_led_on_and_who_may_not_is_told_why(open_page: OpenPage, demo: Demo) -> None:
    """A guest signs in, buys what is missing, and is back at the moment; where nothing is taken, there is no tray."""
    page, creator = open_page(**PHONE), open_page()
    address = video_of(page, demo)
    page.request.get(f"{demo.address}/people?lang=en")
    page.goto(f"{address}?t=12")
    tray = page.locator("gift-tray")
    tray.get_by_role("radio", name=re.compile("^Heart")).click()
    tray.get_by_text("Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who are you?")
    page.get_by_role("button", name=VIEWER).click()
    expect(page.get_by_role("button", name="Play from 0:12")).to_be_visible()
    expect(tray.get_by_role("radio", name=re.compile("^Heart"))).to_be_checked()
    tray.get_by_label("Words with your gift").fill(WORDS)
    tray.get_by_role("button", name="×99").click()
    tray.get_by_role("button", name=re.compile("^Send Heart")).click()
    tray.get_by_role("button", name=re.compile(r"^Buy \d+ coins")).click()
    page.get_by_role("button", name="succeeds US").click()
    expect(page.get_by_role("heading", level=1, name=re.compile("coins are yours"))).to_be_visible()
    page.get_by_role("link", name="Back to the video").click()
    expect(page.get_by_role("button", name="Play from 0:12")).to_be_visible()
    expect(tray.get_by_role("radio", name=re.compile("^Heart"))).to_be_checked()
    expect(tray.get_by_label("Words with your gift")).to_have_value(WORDS)
    with glimpse(page, ".gift-banner", VIEWER):
        tray.get_by_role("button", name=re.compile("^Send Heart")).click()
    expect(tray.get_by_label("Words with your gift")).to_have_value("")
    become(creator, demo, OWNER)
    creator.goto(f"{demo.address}/studio/videos")
    creator.get_by_label(f"Gifts on “{VIDEO}”").uncheck()
    expect(creator.get_by_text("No gifts are taken on this video.")).to_be_visible()
    page.reload()
    expect(page.get_by_text(f"{OWNER} takes no gifts on this video.")).to_be_visible()
    expect(tray).to_have_count(0)
    creator.get_by_label(f"Gifts on “{VIDEO}”").check()


def test_who_limits_what_they_spend_is_asked_and_held_back_in_their_money(open_page: OpenPage, demo: Demo) -> None:
    page = open_page(**PHONE, refusals=True)
    become(page, demo, LIMITED)
    present(demo, open_page(), page, 200)
    address = video_of(page, demo)
    page.goto(f"{demo.address}/limits")
    ask, gift = (page.get_by_role("textbox", name=name) for name in ("Ask me above", "For one gift"))
    gift.fill("0.20")
    ask.fill("much")
    page.get_by_role("button", name="Save: Ask me above").click()
    expect(page.get_by_role("alert").filter(has_text="Write an amount like")).to_be_visible()
    ask.fill("0.01")
    with glimpse(page, ".toast", "It holds from now on."):
        page.get_by_role("button", name="Save: Ask me above").click()
    expect(gift).to_have_value("0.20")
    with glimpse(page, ".toast", "It holds from now on."):
        page.get_by_role("button", name="Save: For one gift").click()
    page.goto(address)
    tray = page.locator("gift-tray")
    tray.get_by_role("radio", name=re.compile("^Heart")).click()
    tray.get_by_role("button", name=re.compile("^Send Heart")).click()
    question = page.get_by_role("dialog", name=re.compile(r"^This gift is €0\.\d\d\. Send it\?"))
    with glimpse(page, ".gift-banner", LIMITED):
        question.get_by_role("button", name="Send").click()
    tray.get_by_role("radio", name=re.compile("^Encore")).click()
    with glimpse(page, ".toast", "Your limit for one gift holds this. €0.20 is the most."):
        tray.get_by_role("button", name=re.compile("^Send Encore")).click()
    page.get_by_role("button", name="Your limits").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your limits")
