"""Money in and back again as buyers of two languages and currencies see it, in Chromium: price, payment, wallet,
withdrawal, credit note and its PDF; and a card from elsewhere that is not charged the wrong price.
"""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from plaudit.sandbox.checkout import CARDS
from tests.browser.conftest import OpenPage
from tests.support.demo import Demo, audit, running_demo


@dataclass(frozen=True)
class Buyer:
    """Somebody of the demo, and the words of their pages."""

    name: str
    language: str
    country: str
    buy: str
    price: str
    yours: str
    take_back: str
    receipt: str
    credit_note: str


GERMAN = Buyer(
    "Jonas Weber", "de", "DE", "Münzen kaufen", "7,90 €", "700 Münzen gehören dir", "Zurückgeben", "Beleg",
    "Rechnungskorrektur",
)  # fmt: skip
JAPANESE = Buyer(
    "Yuki Tanaka", "ja", "JP", "コインを購入", "￥1,290", "700コイン", "返却する", "領収書", "返金明細書",
)  # fmt: skip


def test_two_buyers_in_two_languages_and_currencies(open_page: OpenPage, demo_world: Path, tmp_path: Path) -> None:
    with running_demo(demo_world, tmp_path, "--crowd=0") as demo:
        desktop = open_page(width=1280, height=900, color_scheme="light")
        phone = open_page(width=390, height=844, color_scheme="dark", has_touch=True, is_mobile=True)
        _buy_and_take_back(demo, desktop, GERMAN)
        _buy_and_take_back(demo, phone, JAPANESE)
        _pay_with_a_card_from_elsewhere(demo, desktop)
        for page in (desktop, phone):
            page.close()
        data = demo.data
    report = audit(data)
    assert report.returncode == 0, report.stdout


def _become(demo: Demo, page: Page, name: str) -> None:
    page.goto(f"{demo.address}/people")
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("link", name=name)).to_be_visible()


def _good_card(country: str) -> str:
    """Its number: the page says in the buyer's language what becomes of a card."""
    return next(number for number, card in CARDS.items() if (card.outcome, card.country) == ("succeeds", country))


def _pay(page: Page, country: str) -> None:
    agree = page.locator("[data-consent]")
    if agree.count():  # where buyers have a right of withdrawal
        expect(agree).not_to_be_checked()
        page.locator("[data-pay]").click()
        expect(page.locator("[data-pay-error]")).to_be_visible()
        agree.check()
    page.locator("[data-pay]").click()
    page.locator(f"button[value='{_good_card(country)}']").click()


def _buy_and_take_back(demo: Demo, page: Page, buyer: Buyer) -> None:
    _become(demo, page, buyer.name)
    page.goto(f"{demo.address}/recharge")
    expect(page.locator("html")).to_have_attribute("lang", buyer.language)
    expect(page.get_by_role("heading", level=1, name=buyer.buy)).to_be_visible()
    expect(page.locator(".channel-price")).to_have_count(0)  # the demo has no app to compare with
    expect(page.locator("[data-pay]")).to_contain_text(buyer.price)
    _fits(page)
    _pay(page, buyer.country)
    expect(page.get_by_role("heading", level=1)).to_contain_text(buyer.yours)
    page.goto(f"{demo.address}/wallet")
    _fits(page)
    page.locator("[data-take-back]").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[data-money]")).to_contain_text(buyer.price)
    dialog.locator("[data-confirm-take-back]").click()
    expect(page.locator(".hero-wallet .amount-number")).to_have_text("0")
    page.locator("main").get_by_role("link", name=buyer.receipt, exact=True).first.click()
    expect(page.locator("main")).to_contain_text(buyer.price)
    _fits(page)
    page.locator("main a[href^='/credit-notes/']").first.click()
    expect(page.locator("main")).to_contain_text(buyer.credit_note)
    _fits(page)
    paper = page.locator("a[href*='pdf']").first.get_attribute("href")
    assert paper is not None
    answer = page.request.get(demo.address + paper)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.body().startswith(b"%PDF-")


def _pay_with_a_card_from_elsewhere(demo: Demo, page: Page) -> None:
    """Whoever sees the prices of Indonesia pays with a German card: nothing is taken, the right price is offered."""
    _become(demo, page, "Sari Wulandari")
    page.goto(f"{demo.address}/recharge?lang=en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    _pay(page, "DE")
    expect(page.get_by_role("heading", level=1, name="The payment was not taken")).to_be_visible()
    expect(page.locator(".lead")).to_contain_text("Germany")
    again = page.get_by_role("button", name="Buy 700 coins for €7.90")
    expect(again).to_be_visible()
    again.click()
    page.locator(f"button[value='{_good_card('DE')}']").click()
    expect(page.get_by_role("heading", level=1, name="700 coins are yours")).to_be_visible()


def _fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
