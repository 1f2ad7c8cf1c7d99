"""The look, on the style guide: readable in both themes, fits every width, and components do what they say."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import axe_finds
from tests.browser.conftest import OpenPage
from tests.browser.glimpses import glimpse
from tests.support.style_guide import style_guide_server
from tests.support.waiting import until


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with style_guide_server() as started:
        yield started


def _ready(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator("#guide-tray .tray-item").first).to_be_visible()
    page.evaluate("document.fonts.ready")
    return page


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing(open_page: OpenPage, address: str, theme: Literal["dark", "light"]) -> None:
    page = _ready(open_page(color_scheme=theme, reduced_motion="reduce"), address)
    assert axe_finds(page) == []


def test_nothing_is_wider_than_the_screen(open_page: OpenPage, address: str) -> None:
    page = _ready(open_page(), address)
    for width in (360, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_theme_switch_is_remembered(open_page: OpenPage, address: str) -> None:
    page = _ready(open_page(color_scheme="dark"), address)
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.locator("[data-theme-switch]").click()
    light = page.evaluate(ground)
    page.reload()
    assert page.evaluate(ground) == light != dark


def test_tray_is_worked_by_keyboard_and_says_what_is_missing(open_page: OpenPage, address: str) -> None:
    page = _ready(open_page(), address)
    tray = page.locator(".guide-room gift-tray")
    page.evaluate(
        "window.told = []; const tray = document.querySelector('.guide-room gift-tray');"
        " for (const type of ['gift-send', 'buy-exactly'])"
        " tray.addEventListener(type, ({ detail: { id, ...what } }) => told.push([type, what]))"
    )
    tray.locator("[data-sku=rose]").focus()
    page.keyboard.press("ArrowRight")
    expect(tray.locator("[data-sku=applause]")).to_have_attribute("aria-checked", "true")
    tray.get_by_role("button", name="×10").click()
    tray.get_by_role("button", name="Send Applause times 10 for 10 coins").click()
    tray.locator("[data-sku=ferris-wheel]").click()
    tray.get_by_role("button", name="Send Ferris Wheel").click()
    expect(tray.get_by_role("alert")).to_contain_text("570 coins short")
    tray.get_by_role("button", name="Buy 570 coins").click()
    assert page.evaluate("told") == [
        ["gift-send", {"item_id": 2, "count": 10, "coins": 10}],
        ["buy-exactly", {"coins": 570, "at_once": False}],
    ]


TAPS = "(button) => { for (let tap = 0; tap < 3; tap += 1) button.click(); }"


def _tapped_tray(page: Page, address: str) -> Locator:
    """A tray whose gifts go nowhere but into `told`."""
    page.clock.install()
    _ready(page, address)
    page.evaluate(
        """() => {
          const tray = document.createElement("gift-tray");
          const { items } = document.querySelector("#guide-tray");
          Object.assign(tray, { items, balance: 5000, id: "tapped" });
          window.told = [];
          tray.addEventListener("gift-send", ({ detail }) => told.push(detail));
          document.querySelector("main").prepend(tray);
        }"""
    )
    return page.locator("#tapped")


def _ids(page: Page) -> list[str]:
    return [gift["id"] for gift in page.evaluate("told")]


def _settle(page: Page, is_posted: str) -> None:
    page.evaluate(f"document.querySelector('#tapped').settle(told.at(-1).id, {is_posted})")


def test_a_second_tap_is_the_same_gift_until_it_is_offered_again(open_page: OpenPage, address: str) -> None:
    page = open_page()
    tray = _tapped_tray(page, address)
    send = tray.locator(".tray-send")
    tray.locator("[data-sku=ferris-wheel]").click()
    send.evaluate(TAPS)
    assert len(_ids(page)) == 1
    page.evaluate("document.querySelector('#tapped').balance = 0")  # less what is on its way
    _settle(page, "false")  # no answer came
    send.evaluate(TAPS)
    assert len(_ids(page)) == 2
    assert len(set(_ids(page))) == 1
    page.evaluate("document.querySelector('#tapped').balance = 5000")
    _settle(page, "true")
    expect(send).to_have_text("Gift sent")
    send.evaluate(TAPS)
    assert len(_ids(page)) == 2
    page.clock.run_for(1_000)
    expect(send).to_have_text("Sent. Send again?")
    send.evaluate(TAPS)
    assert len(_ids(page)) == 3
    assert len(set(_ids(page))) == 2
    _settle(page, "true")
    page.clock.run_for(4_000)
    expect(send).to_have_text("Send")


def test_only_what_counts_up_is_repeated_by_tapping(open_page: OpenPage, address: str) -> None:
    page = open_page()
    tray = _tapped_tray(page, address)
    send = tray.locator(".tray-send")
    tray.locator("[data-sku=rose]").click()
    send.evaluate(TAPS)
    assert len(set(_ids(page))) == len(_ids(page)) == 3
    tray.get_by_role("button", name="×10").click()
    send.evaluate(TAPS)
    assert len(_ids(page)) == 4  # ten at once do not


def test_what_was_sent_before_another_was_chosen_is_over(open_page: OpenPage, address: str) -> None:
    page = open_page()
    tray = _tapped_tray(page, address)
    send, wheel = tray.locator(".tray-send"), tray.locator("[data-sku=ferris-wheel]")
    wheel.click()
    send.evaluate(TAPS)
    tray.locator("[data-sku=rose]").click()  # before the answer comes
    _settle(page, "true")
    wheel.click()
    send.evaluate(TAPS)
    assert len(set(_ids(page))) == len(_ids(page)) == 2


def test_a_double_press_does_not_answer_the_question_it_asked(open_page: OpenPage, address: str) -> None:
    page = _ready(open_page(), address)
    page.evaluate(
        """async () => {
          const root = new URL(".", document.querySelector("script[src$='desk.js']").src);
          const { confirmed, onClick } = await import(root + "forms.js");
          window.answers = [];
          const question = { title: "Sure?", text: "", action: "Do it" };
          onClick("data-asks", async () => answers.push(await confirmed(question)));
          document.querySelector("main").prepend(Object.assign(document.createElement("div"), { id: "asking" }));
          document.querySelector("#asking").innerHTML = "<button data-asks>Ask</button>";
        }"""
    )
    ask, dialog = page.locator("[data-asks]"), page.get_by_role("dialog", name="Sure?")
    ask.click()
    places = [dialog.get_by_role("button", name=answer).bounding_box() for answer in ("Do it", "Not now")]
    page.keyboard.press("Escape")
    for place in (*places, {"x": 8, "y": 300}):  # and what lies around the dialog, which closes it
        ask.evaluate(
            "({ style }, { x, y }) =>"
            " Object.assign(style, { position: 'fixed', zIndex: 9, left: `${x}px`, top: `${y}px` })",
            place,
        )
        ask.dblclick()
        expect(dialog).to_be_visible()
        page.keyboard.press("Escape")
    ask.click()
    dialog.get_by_role("button", name="Do it").click()
    until(lambda: bool(page.evaluate("answers.length >= 5")), "the answer is read, after the dialog is closed")
    assert page.evaluate("answers") == [None] * 4 + ["yes"]


def test_names_turn_nothing_beside_them(open_page: OpenPage, address: str) -> None:
    page = _ready(open_page(), address)
    page.evaluate(
        """() => {
          const sender = { id: "9", name: "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627" };
          document.querySelector("chat-log").addMessages([{ id: "turned", sender, text: "3 roses for you!" }]);
        }"""
    )
    line = page.locator(".chat-line", has_text="3 roses for you!")
    expect(line).to_be_visible()
    name_ends, words_begin = line.evaluate(
        """(line) => {
          const [name, words] = line.querySelectorAll("bdi");
          const digit = document.createRange();
          digit.setStart(document.createTreeWalker(words, NodeFilter.SHOW_TEXT).nextNode(), 0);
          digit.setEnd(digit.startContainer, 1);
          return [name.getBoundingClientRect().right, digit.getBoundingClientRect().left];
        }"""
    )
    assert name_ends <= words_begin


def test_a_picture_that_does_not_come_has_a_stand_in(open_page: OpenPage, address: str) -> None:
    page = _ready(open_page(refusals=True), address)
    page.evaluate(
        """() => {
          const sender = { id: "9", name: "\ud83d\udc51Queen", avatar: "/static/nobody.webp" };
          document.querySelector("chat-log").addMessages([{ id: "faceless", sender, text: "Nobody sees me" }]);
          const cover = Object.assign(new Image(), { id: "cover", src: "/static/nothing.webp" });
          document.querySelector("main").prepend(cover);
        }"""
    )
    face = page.locator(".chat-line", has_text="Nobody sees me").locator(".avatar")
    expect(face).to_have_text("\U0001f451")
    expect(page.locator("#cover")).to_have_attribute("src", re.compile("art/mark.svg$"))


def test_combo_grows_in_one_banner(open_page: OpenPage, address: str) -> None:
    page = _ready(open_page(), address)
    counts = page.evaluate(
        """() => {
          const buttons = [...document.querySelectorAll("#guide-plays button")];
          const rose = buttons.find((button) => button.textContent.includes("Rose"));
          for (let press = 0; press < 4; press += 1) rose.click();
          return [...document.querySelectorAll(".gift-banner .gift-banner-count")].map((count) => count.textContent);
        }"""
    )
    assert counts == ["×14"]  # ten came with the page's own sample


def test_banners_never_exceed_three(open_page: OpenPage, address: str) -> None:
    page = _ready(open_page(), address)
    shown = page.evaluate(
        """(names) => {
          const buttons = [...document.querySelectorAll("#guide-plays button")];
          for (const name of names) buttons.find((button) => button.textContent.includes(name)).click();
          return document.querySelectorAll(".gift-banner").length;
        }""",
        ["Rose", "Heart", "Coffee", "Kite", "Balloon", "Doughnut"],
    )
    assert shown == 3


def test_large_gift_takes_the_stage_and_leaves_it(open_page: OpenPage, address: str) -> None:
    page = _ready(open_page(), address)
    stage = page.locator("gift-stage")
    caption = glimpse(page, ".stage-caption", "sent Crowned · 6,999 coins")
    with caption, glimpse(page, "gift-stage[data-playing='crown']"):
        page.locator("#guide-plays").get_by_role("button", name="Crowned").click()
    page.evaluate("document.querySelector('gift-stage').skip()")
    expect(stage).not_to_have_attribute("data-playing", "crown")
    expect(page.locator(".stage-figure")).to_have_count(0)


def test_reduced_motion_shows_a_still_card(open_page: OpenPage, address: str) -> None:
    page = _ready(open_page(reduced_motion="reduce"), address)
    page.evaluate(
        """() => {
          window.frames_shown = new Promise((resolve) => new MutationObserver((_, watcher) => {
            const figure = document.querySelector(".stage-figure");
            if (!figure?.getAnimations().length) return;
            watcher.disconnect();
            resolve(figure.getAnimations().flatMap((animation) => animation.effect.getKeyframes()));
          }).observe(document.body, { subtree: true, childList: true, attributes: true }));
        }"""
    )
    page.locator("#guide-plays").get_by_role("button", name="Night Fireworks").click()
    frames = page.evaluate("window.frames_shown")
    assert frames
    assert [frame for frame in frames if "transform" in frame] == []


def test_every_animation_ends_and_clears_up(open_page: OpenPage, address: str) -> None:
    page = _ready(open_page(), address)
    left = page.evaluate(
        """async () => {
          const root = new URL(".", document.querySelector("script[src$='desk.js']").src);
          const { ANIMATIONS } = await import(root + "stage/animations.js");
          const { Scene } = await import(root + "stage/scene.js");
          const { Particles } = await import(root + "stage/particles.js");
          const layer = document.querySelector(".stage-layer");
          const particles = new Particles(document.querySelector(".stage-particles"));
          const item = { sku: "trophy", art: "art/gifts/trophy.svg", duration_ms: 400 };
          await Promise.all(Object.values(ANIMATIONS).map(async (play) => {
            const scene = new Scene({ layer, particles, gift: { item } });
            await play(scene);
          }));
          layer.replaceChildren();
          return Object.keys(ANIMATIONS).length;
        }"""
    )
    assert left >= 10


def test_waiting_gifts_are_bounded_and_sorted_by_value(open_page: OpenPage, address: str) -> None:
    page = _ready(open_page(), address)
    order = page.evaluate(
        """async () => {
          const root = new URL(".", document.querySelector("script[src$='desk.js']").src);
          const { ValueQueue } = await import(root + "stage/value-queue.js");
          const queue = new ValueQueue(3);
          const gift = (sender, coins) => ({ item: { id: 1 }, sender: { id: sender }, combo: null, count: 1, coins });
          const sent = [["a", 5], ["b", 50], ["c", 7], ["a", 5], ["d", 1], ["e", 20]];
          const dropped = sent.map(([who, coins]) => queue.push(gift(who, coins))?.sender.id ?? null);
          const kept = [];
          for (let next = queue.shift(); next; next = queue.shift()) kept.push([next.sender.id, next.coins]);
          return { dropped, kept };
        }"""
    )
    assert order == {"dropped": [None, None, None, None, "d", "c"], "kept": [["b", 50], ["e", 20], ["a", 10]]}
