"""What shows only for moments is watched for in the page itself: a test on a busy machine looks too late."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from playwright.sync_api import Page

from tests.browser.conftest import PATIENCE_MS

_WATCH = """([name, selector, text, patience_ms]) => {
  const shows = () => [...document.querySelectorAll(selector)].some((one) => one.textContent.includes(text));
  (window.glimpses ??= {})[name] = new Promise((resolve) => {
    const watcher = new MutationObserver(() => {
      if (!shows()) return;
      watcher.disconnect();
      resolve(true);
    });
    watcher.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    setTimeout(() => resolve(false), patience_ms);
  });
}"""


@contextmanager
def glimpse(page: Page, selector: str, text: str = "") -> Iterator[None]:
    """Within the block, or after it, an element that the selector (of CSS) names shows with the text in it."""
    name = uuid4().hex
    page.evaluate(_WATCH, [name, selector, text, PATIENCE_MS])
    yield
    assert page.evaluate("name => window.glimpses[name]", name), f"never showed: {selector} {text}"
