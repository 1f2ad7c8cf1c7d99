"""Every page: no script error, nothing from elsewhere, readable, one heading, and nothing wider than the screen."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from plaudit.clock import SystemClock
from plaudit.ids import new_id
from tests.browser.axe import axe_finds
from tests.browser.conftest import OpenPage
from tests.browser.glimpses import glimpse
from tests.browser.people import become
from tests.support.demo import Demo, running_demo
from tests.support.waiting import until

GUEST, VIEWER, CREATOR, OPERATOR = "", "Robin Ellis", "Mateus Oliveira", "Tove Lindqvist"
OWNER, VIDEO = "Ingrid Solberg", "A whole sunset in under a minute"
PAGES = {
    GUEST: (
        "/", "/people", "/coins", "/refunds", "/report-a-scam", "/verify?number=PLAUDIT-1-000042&code=wrong",
        "/rooms/{room}", "/videos", "/videos/{video}",
    ),
    VIEWER: (
        "/rooms/{room}", "/videos/{video}", "/recharge", "/wallet", "/wallet/cards", "/withdraw", "/withdrawal-form",
        "/people/data", "/rules", "/limits", "/coins", "/guardians", "/prepaid", "/wallet/months", "/appeal", "/age",
    ),
    OWNER: ("/videos/{video}", "/studio/videos", "/studio/videos/{video}"),
    CREATOR: (
        "/studio", "/studio/totals", "/studio/statements", "/studio/videos", "/studio/payouts", "/studio/live/{room}",
    ),
    OPERATOR: (
        "/operator", "/operator/prices", "/operator/taxes", "/operator/queues", "/operator/mails",
        "/operator/freezes", "/operator/scam-reports",
        "/operator/stores/links", "/operator/stuck", "/operator/decisions", "/operator/webhooks",
        "/operator/decisions/{decision}", "/operator/access", "/operator/keys", "/operator/platforms",
        "/operator/bounds", "/operator/rules?country=JP", "/operator/prepaid", "/operator/links", "/operator/acts",
        "/operator/setup", "/operator/retention", "/operator/holds", "/operator/data-requests",
        "/operator/data-requests?of=exports", "/operator/minor-refunds",
        "/operator/statements", "/operator/safety", "/operator/safety?show=appeals", "/operator/safety/{case}",
    ),
}  # fmt: skip
TRANSITIONS = "document.getAnimations().map((one) => one.transitionProperty).filter(Boolean)"
LOOKS: list[tuple[Literal["dark", "light"], int]] = [("dark", 1280), ("light", 390)]


@pytest.fixture(scope="module")
def demo(demo_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(
        demo_world, tmp_path_factory.mktemp("demo"), "--crowd=2", PLAUDIT_TAX_SUBDIVISIONS="US"
    ) as started:
        yield started


@pytest.mark.parametrize("name", PAGES, ids=lambda name: name or "Guest")
def test_pages_are_readable_and_fit(open_page: OpenPage, demo: Demo, name: str) -> None:
    """Those of one person in one browser, which starts, and fetches what they share, once."""
    page = open_page(reduced_motion="reduce")
    if name:
        become(page, demo, name)
    places = {"room": _room(page, demo), "video": _video(page, demo)}
    if name == OPERATOR:
        decided = page.request.get(f"{demo.address}/v1/decisions?kind=price_book").json()["items"]
        places["decision"] = decided[0]["id"]
        body = {"id": str(new_id(SystemClock())), "person_id": "1", "text": "A bank wrote."}
        address, origin = f"{demo.address}/v1/operator/safety-cases", {"Origin": demo.address}
        opened = page.request.post(address, data=body, headers=origin)
        places["case"] = opened.json()["id"]
    for path in PAGES[name]:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(demo.address + path.format(**places))
        page.wait_for_load_state("load")
        expect(page.locator("h1"), path).to_have_count(1)
        expect(page.get_by_role("main"), path).to_have_count(1)
        _settle(page)
        for theme, width in LOOKS:
            page.emulate_media(color_scheme=theme)
            assert page.evaluate(TRANSITIONS) == [], "a colour still on its way would be judged"
            page.set_viewport_size({"width": 360, "height": 780})
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} {width}"
            assert axe_finds(page) == [], f"{path} {theme} {width}"


def _room(page: Page, demo: Demo) -> str:
    """The live room of our creator."""
    rooms = page.request.get(f"{demo.address}/v1/rooms?state=live").json()["items"]
    return next(str(room["id"]) for room in rooms if room["creator"]["name"] == CREATOR)


def _video(page: Page, demo: Demo) -> str:
    """The video of our other creator, when the platform has told of it."""
    cards = page.get_by_role("link", name=VIDEO)

    def is_told() -> bool:
        page.goto(f"{demo.address}/videos")
        return cards.count() == 1

    until(is_told, "the platform has told of its videos")
    return (cards.get_attribute("href") or "").rpartition("/")[2]


def _settle(page: Page) -> None:
    """Until what comes over the socket or as a quote is there."""
    page.evaluate("document.fonts.ready")
    if page.locator("gift-tray").count():
        expect(page.locator(".tray-item").first).to_be_attached()
    if page.locator("gift-timeline").count():
        expect(page.locator(".timeline-mark").first).to_be_attached()
    if page.locator("[data-loading]").count():
        expect(page.locator("[data-loading]")).to_have_count(0)
    if page.locator("[data-summary]").count():
        expect(page.locator("[data-summary]")).not_to_have_attribute("aria-busy", "true")


def test_what_waits_for_a_decision_is_readable_and_taken_back_by_keyboard(open_page: OpenPage, demo: Demo) -> None:
    page = open_page(width=390, reduced_motion="reduce")
    become(page, demo, OPERATOR)
    rate = {"currency": "NZD", "numerator": 1, "denominator": 2, "note": "A currency begins with two."}
    page.request.post(f"{demo.address}/v1/payout-rates", data=rate, headers={"Origin": demo.address})
    page.goto(f"{demo.address}/operator/decisions")
    row = page.get_by_role("row", name=re.compile("A diamond"))
    expect(row).to_contain_text("nothing")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe_finds(page) == []
    page.get_by_role("button", name="Withdraw").press("Enter")
    expect(page.get_by_text("Nothing waits for a decision")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_video_plays_when_somebody_wants_to_see_it(open_page: OpenPage, demo: Demo, width: int) -> None:
    page = open_page(width=width)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{demo.address}/videos/{_video(page, demo)}")
    page.wait_for_load_state("networkidle")
    assert not [address for address in asked if ".m3u8" in address or "hls." in address]
    page.get_by_role("button", name="Play").click()
    video = page.locator("video")
    until(lambda: bool(video.evaluate("(video) => video.currentTime > 0")), "it plays")
    assert [video.evaluate(f"(video) => Math.round(video.{what})") for what in ("duration", "videoWidth")] == [48, 640]
    video.evaluate("(video) => { video.currentTime = 42; }")
    until(lambda: bool(video.evaluate("(video) => video.currentTime > 42 && !video.seeking")), "it plays from there")
    assert any(address.endswith("/5.m4s") for address in asked)
    expect(page.locator("[data-problem]")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_creator_decides_on_which_videos_gifts_are_taken(open_page: OpenPage, demo: Demo, width: int) -> None:
    page = open_page(width=width, reduced_motion="reduce")
    catalogue = f"{demo.address}/v1/videos/{_video(page, demo)}/catalogue"

    def reason() -> str:
        return str(page.request.get(catalogue).json()["reason"])

    become(page, demo, OWNER)
    page.goto(f"{demo.address}/studio/videos")
    every, one = page.get_by_label("Take gifts on my videos"), page.get_by_label(f"Gifts on “{VIDEO}”")
    expect(every).to_be_checked()
    one.uncheck()
    expect(page.get_by_text("No gifts are taken on this video.")).to_be_visible()
    assert reason() == "video_gifts_off"
    page.reload()
    expect(one).not_to_be_checked()
    one.check()
    expect(page.get_by_text("Gifts are taken on this video.", exact=True)).to_be_visible()
    assert reason() == "own_video"
    every.uncheck()
    expect(one).to_be_disabled()
    assert reason() == "video_gifts_off"
    every.check()
    expect(one).to_be_enabled()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_buyer_says_once_in_which_state_they_live(open_page: OpenPage, demo: Demo) -> None:
    page = become(open_page(), demo, VIEWER)
    page.goto(f"{demo.address}/recharge")
    state, summary, pay = (
        page.get_by_label("State or province"),
        page.locator("[data-summary]"),
        page.locator("[data-pay]"),
    )
    expect(summary).to_contain_text("Choose your state or province")
    expect(pay).to_be_disabled()
    state.select_option("NY")
    page.wait_for_url("**subdivision=NY**")
    expect(pay).to_be_enabled()
    page.goto(f"{demo.address}/recharge")
    expect(state).to_have_value("NY")
    expect(pay).to_be_enabled()


def test_a_guest_is_asked_to_sign_in_and_comes_back(open_page: OpenPage, demo: Demo) -> None:
    page = open_page()
    page.goto(f"{demo.address}/recharge?back=/rooms/3")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who are you?")
    page.get_by_role("button", name=VIEWER).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Buy coins")
    assert page.url.endswith("/recharge?back=/rooms/3")


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere(open_page: OpenPage, demo: Demo, target: str) -> None:
    page = open_page()
    answer = page.request.post(f"{demo.address}/people", form={"subject": "you", "next": target}, max_redirects=0)
    assert answer.headers["location"] == "/"


def test_others_are_kept_out(open_page: OpenPage, demo: Demo) -> None:
    page = open_page()
    become(page, demo, VIEWER)
    for path in ("/studio", "/studio/payouts", "/studio/live/1", "/operator"):
        answer = page.request.get(demo.address + path, headers={"Accept": "text/html"})
        assert answer.status == 403
        assert "<h1" in answer.text()
    for path in ("/nowhere", "/rooms/999999", "/orders/01a204db-6975-7578-9f5a-d6808252b97f"):
        answer = page.request.get(demo.address + path, headers={"Accept": "text/html"})
        assert answer.status == 404
        assert "<h1" in answer.text()
    assert page.request.get(f"{demo.address}/v1/nowhere").headers["content-type"].startswith("application/problem+json")


def test_an_operator_adds_a_webhook_and_sees_that_nobody_answers(open_page: OpenPage, demo: Demo) -> None:
    page = open_page(width=390, color_scheme="light", refusals=True, reduced_motion="reduce")
    become(page, demo, OPERATOR)
    page.goto(f"{demo.address}/operator/webhooks")
    page.get_by_label("Address").fill("http://platform.invalid/hook")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#add").get_by_role("alert").first).to_contain_text("must begin with https://")
    page.get_by_label("Address").fill("https://platform.invalid/hook")
    page.get_by_role("button", name="Add", exact=True).click()
    secret = page.get_by_label("Copy it now.")
    expect(secret).to_have_value(re.compile("^whsec_"))
    assert axe_finds(page) == []
    page.get_by_role("link", name="Done", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Webhook")).to_be_visible()
    expect(secret).to_be_hidden()
    page.get_by_role("button", name="Send a test event").click()
    expect(page.locator("#list li").first).to_contain_text("platform.invalid cannot be looked up")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator("#state")).to_contain_text("An operator paused it.")
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    assert axe_finds(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Nobody is told yet")).to_be_visible()


def test_a_creator_makes_a_room_pauses_and_ends_it(open_page: OpenPage, demo: Demo) -> None:
    page, watching = open_page(), open_page()
    become(page, demo, CREATOR)
    page.goto(f"{demo.address}/studio")
    page.get_by_role("button", name="New room").first.click()
    page.get_by_label("What is it about?").fill("A quiet hour")
    page.get_by_role("button", name="Go live").last.click()
    expect(page.get_by_role("heading", level=1, name="A quiet hour")).to_be_visible()
    watching.goto(page.url.replace("/studio/live/", "/rooms/"))
    tray = watching.locator(".room-side gift-tray")
    expect(tray.get_by_text("Choose a gift to send.")).to_be_visible()
    page.get_by_role("button", name="Pause gifts").click()
    expect(tray.get_by_text("The creator has paused gifts.")).to_be_visible()
    page.get_by_role("button", name="Open gifts").click()
    expect(tray.get_by_text("Choose a gift to send.")).to_be_visible()
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="End the room").click()
    expect(watching.get_by_text("This room has ended")).to_be_visible()


def test_an_overlay_link_is_made_and_revoked(open_page: OpenPage, demo: Demo) -> None:
    page, overlay = open_page(), open_page()
    become(page, demo, CREATOR)
    page.goto(f"{demo.address}/studio")
    page.get_by_role("button", name="New link").click()
    address = page.get_by_label("Copy it now. It is shown this once.")
    expect(address).to_have_value(re.compile("/overlay#token=plo_"))
    overlay.goto(address.input_value())
    expect(overlay.locator("gift-stage .gift-banners")).to_be_attached()
    assert overlay.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
    overlay.close()
    page.get_by_role("button", name="Revoke").first.click()
    with glimpse(page, ".toast", "The link is revoked."):
        page.get_by_role("dialog").get_by_role("button", name="Revoke").click()


def test_a_bank_account_that_is_wrong_is_named(open_page: OpenPage, demo: Demo) -> None:
    page = open_page(refusals=True)
    become(page, demo, CREATOR)
    page.goto(f"{demo.address}/studio/payouts")
    page.locator("#methods").get_by_role("button", name="Add").click()
    form = page.get_by_role("dialog", name="Add a bank account")
    form.get_by_label("Country").select_option("DE")
    form.get_by_label("IBAN", exact=True).last.fill("DE00 1234")
    form.get_by_role("button", name="Add").click()
    expect(form.get_by_role("alert").filter(has_text="is not valid")).to_be_visible()


def test_the_secret_of_a_key_is_shown_once(open_page: OpenPage, demo: Demo) -> None:
    page = open_page(refusals=True)
    become(page, demo, OPERATOR)
    page.goto(f"{demo.address}/operator/keys")
    form = page.locator("[data-propose-key]")
    form.get_by_label("What is it called?").fill("of a shop")
    form.get_by_label("From where?").fill("everywhere")
    form.get_by_label("Why?").fill("It opens.")
    form.get_by_role("button").click()
    expect(form.get_by_role("alert").filter(has_text="must hold addresses or networks")).to_be_visible()
    form.get_by_label("From where?").fill("203.0.113.0/24")
    form.get_by_role("button").click()
    secret = page.get_by_label("Copy it now. It is shown this once.")
    expect(secret).to_have_value(re.compile("plk_"))
    page.get_by_role("link", name="Done", exact=True).click()
    expect(page.locator("#list")).to_contain_text("of a shop")
    assert secret.input_value() == ""
    page.get_by_role("button", name="Revoke of a shop").click()
    with glimpse(page, ".toast", "Revoked."):
        page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
