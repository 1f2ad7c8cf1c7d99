"""The catalogue's desk: an item that moves is added, given, made dearer while a room is open, hidden and retired; and
what cannot be its picture."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from plaudit.limits import ART_BYTES_MAX, BODY_BYTES_MAX
from tests.browser.conftest import OpenPage
from tests.browser.glimpses import glimpse
from tests.browser.test_taken_back import CREATOR, OPERATOR, VIEWER, an_id, become, call, check_looks
from tests.support.art import LANTERN, SVG
from tests.support.demo import Demo, audit, running_demo

MOVES = "gift-stage:has(.stage-motion svg path)"
UPLOADED_SVG = re.compile(r"^/art/[0-9a-f]{64}\.svg$")
SENT_LANTERN = re.compile("sent Lantern$")
TYPED = {
    "Name": "Lantern",
    "Price in coins": "3",
    "Short name": "lantern",
    "What the picture shows": "A light that grows",
}


@pytest.fixture(scope="module")
def demo(demo_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(demo_world, tmp_path_factory.mktemp("demo"), "--crowd=0") as started:
        yield started
    report = audit(started.data)
    assert report.returncode == 0, report.stdout


def file(name: str, kind: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def field(page: Page, label: str) -> Locator:
    return page.locator(".field").filter(has=page.get_by_label(label))


def begin_item(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.address}/operator/catalogue")
    page.get_by_role("link", name="New item").click()
    for label, text in TYPED.items():
        page.get_by_label(label).and_(page.locator("input")).first.fill(text)


def test_what_cannot_be_a_picture_is_said_beside_it(open_page: OpenPage, demo: Demo) -> None:
    page = become(open_page(refusals=True), demo, OPERATOR)
    begin_item(page, demo)
    chosen, picture = page.get_by_label("Picture", exact=True), field(page, "Address of the picture")
    address = page.get_by_label("Address of the picture")
    chosen.set_input_files(file("good.svg", "image/svg+xml", SVG))
    expect(address).to_have_value(UPLOADED_SVG)
    good = address.input_value()
    larger = SVG + b" " * (ART_BYTES_MAX + 1 - len(SVG))
    for content, words in (
        (larger, "The file is larger than 1 MB."),
        (larger + b" " * BODY_BYTES_MAX, "The file is larger than 1 MB."),
        (b"<html><body>", "The file is no SVG that can be read"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "The file declares entities"),
    ):
        chosen.set_input_files(file("bad.svg", "image/svg+xml", content))
        expect(picture.get_by_role("alert")).to_contain_text(words)
        expect(picture.get_by_role("alert")).to_have_count(1)
        expect(chosen).to_have_accessible_description(re.compile(re.escape(words)))
    expect(page.get_by_role("alert").filter(visible=True)).to_have_count(1)
    check_looks(page, "item-refused")

    script = SVG.replace(b"<rect", b'<script>document.title = "mine"</script><rect')
    chosen.set_input_files(file("script.svg", "image/svg+xml", script))
    expect(picture.get_by_role("status")).to_contain_text("It had script, which was taken out")
    expect(picture.get_by_role("alert")).to_have_count(0)
    assert "script" not in page.request.get(demo.address + address.input_value()).text()
    assert address.input_value() == good, "without its script it is that picture"
    for label, text in TYPED.items():
        expect(page.get_by_label(label).and_(page.locator("input")).first).to_have_value(text)

    page.get_by_label("Name", exact=True).fill("")
    address.fill("")
    page.get_by_role("button", name="Add it").click()
    for label, words in (("Name", "is empty"), ("Address of the picture", "needs a picture")):
        expect(field(page, label).get_by_role("alert").last).to_contain_text(words)


def test_a_picture_is_taken_that_was_chosen_before_the_script_was_there(open_page: OpenPage, demo: Demo) -> None:
    page = become(open_page(), demo, OPERATOR)
    held: list[Route] = []
    page.route("**/pages/catalogue-item*.js*", lambda route: held.append(route))  # noqa: PLW0108 - it takes no builtin
    begin_item(page, demo)
    page.get_by_label("Picture", exact=True).set_input_files(file("lantern.svg", "image/svg+xml", SVG))
    address = page.get_by_label("Address of the picture")
    expect(address).to_have_value("")
    assert held, "nobody asked for the script"
    held[0].continue_()
    expect(address).to_have_value(UPLOADED_SVG)


def add_lantern(page: Page, demo: Demo) -> None:
    begin_item(page, demo)
    page.get_by_label("Where it plays").select_option("large")
    page.get_by_label("Picture", exact=True).set_input_files(file("lantern.json", "application/json", LANTERN))
    expect(page.get_by_label("Address of the still picture")).to_have_value(UPLOADED_SVG)
    expect(page.get_by_label("How it moves")).to_have_value("itself")
    expect(page.get_by_label("For how long")).to_have_value("2")
    page.get_by_label("Made for sending many times in a row").uncheck()
    with glimpse(page, MOVES, "A viewersent Lantern · 3 coins"):
        page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/operator/catalogue")
    expect(page.get_by_role("link", name="Lantern", exact=True)).to_be_visible()


def change(page: Page, before: str, *, name: str, coins: int) -> None:
    """Only until the change is kept: for half a minute from then on the price before may be paid."""
    page.get_by_role("link", name=before, exact=True).click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Price in coins").fill(str(coins))
    with page.expect_response(lambda answer: answer.request.method == "PUT") as kept:
        page.get_by_role("button", name="Save").click()
    assert kept.value.ok


def listed(page: Page, name: str) -> Locator:
    page.wait_for_url("**/operator/catalogue")
    return page.get_by_role("listitem").filter(has=page.get_by_role("link", name=name, exact=True))


def room_of_creator(page: Page) -> str:
    rooms = call(page, "GET", "/v1/rooms?state=live")["items"]
    return next(str(room["id"]) for room in rooms if room["creator"]["name"] == CREATOR)


def own_lines(viewer: Page) -> Locator:
    """In the chat: what the books say was sent, while a balance shows what is still on its way too."""
    return viewer.locator("chat-log .chat-line").filter(has_text=VIEWER)


def open_item(operator: Page) -> None:
    operator.get_by_role("link", name="Huge lantern", exact=True).click()


def hide_and_retire(operator: Page, viewer: Page) -> None:
    tray = viewer.locator(".room-side gift-tray")
    lantern = tray.locator("[data-sku=lantern]")
    operator.get_by_label("Hidden: not in the tray").check()
    operator.get_by_role("button", name="Save").click()
    expect(listed(operator, "Huge lantern")).to_contain_text("Hidden")
    viewer.reload()
    expect(tray.locator(".tray-item").first).to_be_visible()
    expect(lantern).to_have_count(0)
    expect(own_lines(viewer)).to_have_text([SENT_LANTERN, SENT_LANTERN, re.compile("sent Huge lantern$")])

    open_item(operator)
    operator.get_by_label("Hidden: not in the tray").uncheck()
    operator.get_by_role("button", name="Save").click()
    expect(listed(operator, "Huge lantern")).not_to_contain_text("Hidden")
    viewer.reload()
    lantern.click()
    open_item(operator)
    operator.get_by_role("button", name="Retire", exact=True).click()
    operator.get_by_role("button", name="Retire it").click()
    expect(listed(operator, "Huge lantern")).to_contain_text("ended")
    with glimpse(viewer, ".toast", "This gift is no longer offered. 7 coins stayed with you."):
        tray.get_by_role("button", name="Send Huge lantern for 7 coins").click()
    expect(lantern).to_have_count(0)


def bring_back_on_a_day(operator: Page, name: str) -> None:
    """From a minute of UTC on, by a field that knows no seconds; until the day after."""
    day = f"{datetime.now(UTC).year + 1}-12-2"
    operator.get_by_role("link", name=name, exact=True).click()
    operator.get_by_label("From").fill(f"{day}4T18:30")
    operator.get_by_label("Until").fill(f"{day}5T18:30")
    expect(operator.get_by_text("No longer offered since")).to_be_visible()
    operator.get_by_role("button", name="Bring it back").click()
    expect(listed(operator, name)).to_contain_text("From 24 Dec")
    operator.get_by_role("link", name=name, exact=True).click()
    expect(operator.get_by_label("From")).to_have_value(f"{day}4T18:30")
    expect(operator.get_by_label("Until")).to_have_value(f"{day}5T18:30")


def test_an_item_is_added_given_made_dearer_and_retired(open_page: OpenPage, demo: Demo) -> None:
    operator, viewer, overlay = open_page(), open_page(), open_page(width=960, height=540)
    become(operator, demo, OPERATOR)
    become(viewer, demo, VIEWER)
    add_lantern(operator, demo)
    me = call(viewer, "GET", "/v1/me")["id"]
    call(operator, "POST", "/v1/operator/grants", id=an_id(), person_id=me, coins=100, reason="To try the lantern.")
    overlay.goto(demo.overlay)
    expect(overlay.locator("gift-stage .gift-banners")).to_be_attached()
    viewer.goto(f"{demo.address}/rooms/{room_of_creator(viewer)}")
    tray = viewer.locator(".room-side gift-tray")
    lantern, balance = tray.locator("[data-sku=lantern]"), tray.locator(".balance .numeric")
    expect(lantern.locator("img")).to_have_attribute("src", UPLOADED_SVG)
    lantern.click()
    expect(balance).to_have_text("100")
    sent = f"{VIEWER}sent Lantern · 3 coins"
    with glimpse(viewer, MOVES, sent), glimpse(overlay, MOVES, sent):
        tray.get_by_role("button", name="Send Lantern for 3 coins").click()
    expect(balance).to_have_text("97")

    change(operator, "Lantern", name="Great lantern", coins=5)
    tray.get_by_role("button", name="Send Lantern for 3 coins").click()
    expect(balance).to_have_text("94")
    expect(own_lines(viewer)).to_have_text([SENT_LANTERN] * 2)
    expect(listed(operator, "Great lantern")).to_contain_text("5 coins")
    change(operator, "Great lantern", name="Huge lantern", coins=7)
    with glimpse(viewer, ".toast", "Huge lantern costs 7 coins now. 3 coins stayed with you."):
        tray.get_by_role("button", name="Send Lantern for 3 coins").click()
    expect(balance).to_have_text("94")
    expect(lantern).to_have_accessible_name(re.compile("^Huge lantern, 7 coins"))
    tray.get_by_role("button", name="Send Huge lantern for 7 coins").click()
    expect(own_lines(viewer)).to_have_count(3)
    expect(balance).to_have_text("87")

    expect(listed(operator, "Huge lantern")).to_contain_text("7 coins")
    check_looks(operator, "catalogue")
    open_item(operator)
    expect(operator.locator("[aria-labelledby=versions-title] li")).to_have_count(3)
    hide_and_retire(operator, viewer)
    expect(balance).to_have_text("87")
    bring_back_on_a_day(operator, "Huge lantern")
