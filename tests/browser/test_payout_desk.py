"""Paying by hand, and what gifts become: export, the file, marks one by one and by a file; a rule with its preview."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_taken_back import CREATOR, OPERATOR, an_id, become, call, check_looks
from tests.support.demo import Demo, running_demo

DIAMONDS = 20


@pytest.fixture(scope="module")
def demo(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    with running_demo(world, folder, "--crowd=0", "--no-auto-approve", PLAUDIT_MANUAL_PAYOUTS="yes") as started:
        yield started


def ask_for_payouts(operator: Page, creator: Page, count: int) -> None:
    """A creator with a new bank account asks for small payouts, which the operator's terms allow."""
    call(
        operator, "POST", "/v1/payout-terms", fee_fixed_minor=0, fee_fixed_currency="USD", fee_bps=0,
        diamonds_min=DIAMONDS, diamonds_per_day_max=1_000_000, note="Small payouts for a test.",
    )  # fmt: skip
    call(creator, "POST", "/v1/conversions", id=an_id(), all=True)
    creator.goto(creator.url.partition("/studio")[0] + "/studio")
    available = creator.locator(".way-step", has_text="Diamonds available").locator(".amount-number")
    expect(available).not_to_have_text("0")
    account = {"holder_name": "Noor Haddad", "country": "DE", "currency": "EUR", "iban": "DE89370400440532013000"}
    method = call(creator, "POST", "/v1/payout-methods", id=an_id(), **account)["id"]
    for _ in range(count):
        quote = an_id()
        call(creator, "POST", "/v1/payout-quotes", id=quote, diamonds=DIAMONDS, method_id=method)
        call(creator, "POST", "/v1/payouts", id=an_id(), quote_id=quote)


def test_from_approval_to_what_the_bank_did(open_page: OpenPage, demo: Demo, tmp_path: Path) -> None:
    operator, creator = open_page(reduced_motion="reduce"), open_page(reduced_motion="reduce")
    become(operator, demo, OPERATOR)
    become(creator, demo, CREATOR)
    operator.goto(f"{demo.address}/operator/payouts")
    expect(operator.get_by_text("Nothing was exported yet")).to_be_visible()
    check_looks(operator, "payouts-empty")
    ask_for_payouts(operator, creator, 3)
    approve_all(operator, demo)
    file = tmp_path / "outcomes.csv"
    lines = export_all(operator)
    mark_as_failed(operator, lines[0])
    check_looks(operator, "payout-export")
    operator.goto(f"{demo.address}/operator/payouts")
    mark_by_file(operator, lines, file)
    creator.goto(f"{demo.address}/studio/payouts")
    states = [creator.locator(f"[data-payout='{line['payout_id']}']") for line in lines]
    for shown, state in zip(states, ("failed", "paid", "sent"), strict=True):
        expect(shown).to_have_attribute("data-state", state)


def approve_all(operator: Page, demo: Demo) -> None:
    operator.goto(f"{demo.address}/operator")
    approve = operator.locator("#to-decide .decide", has_text="•••• 3000").get_by_role("button", name="Approve")
    for left in (2, 1, 0):
        approve.first.click()
        expect(approve).to_have_count(left)
    expect(operator.get_by_text("Export it under Payouts").first).to_be_visible()


def export_all(operator: Page) -> list[dict[str, str]]:
    """The lines of the file of a new export."""
    operator.get_by_role("navigation", name="Operator").get_by_role("link", name="Payouts").click()
    expect(operator.locator("#to-pay .decide")).to_have_count(3)
    check_looks(operator, "payouts")
    operator.get_by_role("button", name="Export", exact=True).click()
    operator.get_by_role("dialog").get_by_role("button", name="Export").click()
    operator.wait_for_url("**/operator/payouts/exports/1")
    expect(operator.get_by_text("Nobody yet")).to_be_visible()
    with operator.expect_download() as downloading:
        operator.get_by_role("link", name="Fetch the file").click()
    lines = list(csv.DictReader(io.StringIO(downloading.value.path().read_text(), newline="")))
    assert {line["iban"] for line in lines} == {"DE89370400440532013000"}
    expect(operator.locator("#downloads")).to_contain_text(OPERATOR)
    return lines


def mark_as_failed(operator: Page, line: dict[str, str]) -> None:
    row = operator.locator(f"[data-payout='{line['payout_id']}']")
    row.get_by_role("button", name="Mark").click()
    dialog = operator.get_by_role("dialog")
    dialog.get_by_text("Failed").click()
    dialog.get_by_label("Reference of the bank").fill("TX-1")
    dialog.get_by_role("button", name="Mark").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Say why")
    dialog.get_by_label("Why?").fill("The account is closed.")
    check_looks(operator, "payout-mark")
    dialog.get_by_role("button", name="Mark").click()
    expect(row).to_contain_text("The account is closed.")


def mark_by_file(operator: Page, lines: list[dict[str, str]], file: Path) -> None:
    lines[0] |= {"outcome": "paid", "reference": "TX-1"}
    write(file, lines)
    operator.get_by_label("File").set_input_files(file)
    operator.get_by_role("button", name="Look what it does").click()
    expect(operator.get_by_text("Line 2: outcome contradicts what is known: failed, TX-1")).to_be_visible()
    check_looks(operator, "payout-file-refused")
    lines[0] |= {"outcome": "", "reference": ""}
    lines[1] |= {"outcome": "paid", "reference": "TX-2"}
    write(file, lines)
    operator.get_by_label("File").set_input_files(file)
    operator.get_by_role("button", name="Look what it does").click()
    expect(operator.get_by_text("1 to mark · 0 known already · 2 left open")).to_be_visible()
    check_looks(operator, "payout-file")
    operator.get_by_role("button", name="Mark one payout").click()
    expect(operator.locator("#exports tbody tr")).to_contain_text(re.compile("3.*1", re.DOTALL))


def write(file: Path, lines: list[dict[str, str]]) -> None:
    with file.open("w", newline="") as opened:
        written = csv.DictWriter(opened, lines[0])
        written.writeheader()
        written.writerows(lines)


def test_a_rule_is_published_with_what_it_means_and_undone(open_page: OpenPage, demo: Demo) -> None:
    page = become(open_page(reduced_motion="reduce", refusals=True), demo, OPERATOR)
    page.goto(f"{demo.address}/operator/rewards")
    check_looks(page, "rewards")
    schedule_a_rule(page)
    decide_a_rate_and_terms(page)
    check_looks(page, "rewards-after")


def schedule_a_rule(page: Page) -> None:
    page.get_by_role("button", name="New rule").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Diamonds").fill("1")
    dialog.get_by_label("for so many coins").fill("2")
    expect(dialog.get_by_role("status")).to_contain_text("500 diamonds")
    expect(dialog.get_by_role("status")).to_contain_text("Now")
    dialog.get_by_role("button", name="Publish").click()
    expect(dialog.get_by_role("alert")).to_contain_text("must say why")
    dialog.get_by_label("Why?").fill("Half as much.")
    dialog.get_by_label("Holds from").fill("2020-01-01T00:00")
    dialog.get_by_role("button", name="Publish").click()
    expect(dialog.get_by_role("alert")).to_contain_text("must not be in the past")
    expect(dialog.get_by_label("for so many coins")).to_have_value("2")
    dialog.get_by_label("Holds from").fill("2040-01-01T00:00")
    check_looks(page, "reward-rule")
    dialog.get_by_role("button", name="Publish").click()
    scheduled = page.locator("#rules tbody tr").first
    expect(scheduled).to_contain_text("Scheduled")
    scheduled.get_by_role("button", name="Call off").click()
    dialog.get_by_role("button", name="Publish").click()
    expect(page.locator("#rules tbody tr").first).to_contain_text("Calls off version")


def decide_a_rate_and_terms(page: Page) -> None:
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="New rate").click()
    dialog.get_by_label("Currency").fill("EUR")
    dialog.get_by_label("Amount").fill("4.125")
    expect(dialog.get_by_role("status")).to_contain_text("€")
    dialog.get_by_label("Why?").fill("A rate of our own.")
    dialog.get_by_role("button", name="Publish").click()
    rate = page.locator("#rates tbody tr").first
    expect(rate).to_contain_text("€0.0041 a diamond")
    page.get_by_role("button", name="New terms").click()
    dialog.get_by_label("Fixed fee").fill("1.50")
    dialog.get_by_label("and a share").fill("2.5")
    dialog.get_by_label("Why?").fill("What the bank takes.")
    dialog.get_by_role("button", name="Publish").click()
    expect(page.locator("#terms tbody tr").first).to_contain_text("fee $1.50 and 2.5%")
