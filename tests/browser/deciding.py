"""What operators do in a page before a payout can be approved."""

from playwright.sync_api import Locator, Page, expect


def let_pass(page: Page, waiting: Locator) -> None:
    """Let pass that nobody vouches for the name of an account, with a reason."""
    waiting.get_by_role("button", name="Let pass").click()
    asked = page.get_by_role("dialog")
    asked.get_by_role("textbox").fill("The creator's papers were seen.")
    asked.get_by_role("button", name="Let pass").click()
    expect(waiting).to_contain_text("Somebody let it pass")
