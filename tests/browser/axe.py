"""What keeps people from reading or working a page, as axe finds it, by the rules of WCAG 2.2 AA."""

from pathlib import Path

from playwright.sync_api import Page

AXE_SCRIPT = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_RULES_OF_COLOURS = ["color-contrast", "link-in-text-block"]
AXE_RUN = """runOnly => axe.run(document, { runOnly, resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`))"""


def axe_finds(page: Page, *, of_colours: bool = False) -> list[str]:
    """The rules that are broken, and where; empty when all hold.

    Args:
        of_colours: only the rules that a page in another theme can break when it kept all others in this width.
    """
    if not page.evaluate("Boolean(window.axe?.run)"):
        page.evaluate(AXE_SCRIPT)  # evaluated by the debugger, so the policy of the page stays as strict as it is
    found: list[str] = page.evaluate(AXE_RUN, _RULES_OF_COLOURS if of_colours else AXE_RULES)
    return found
