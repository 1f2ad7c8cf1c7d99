"""What browser tests share: Chromium, and pages that fail on script errors, policy breaches and foreign requests."""

import os
import shutil
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from plaudit.postgresql import folder_for_sockets
from tests.support.waiting import WAIT_S

OpenPage = Callable[..., Page]
PATIENCE_MS = WAIT_S * 1000

_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",  # there is none: pretending costs more than drawing
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",  # of pictures alone: they would be drawn 60 times a second; pages say it each
    "--host-resolver-rules=MAP *.example 127.0.0.1",
]

_EXECUTABLES = ("chromium-headless-shell", "chromium", "chromium-browser")  # without a window: a third less work

_IN_A_FRAME = "Blocked autofocusing"  # noted of dialogs that are not open yet, in a page of another site
_OF_THIS_MACHINE = ("127.0.0.1", "localhost")  # two sites to a browser: ours, and that of a platform that frames us

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file of tests: its driver keeps an event loop running, which other tests of this process
    cannot live beside."""
    executable = next(filter(None, map(shutil.which, _EXECUTABLES)), None)
    if executable is None:
        pytest.fail(f"browser tests need Chromium: apt-get install {_EXECUTABLES[0]}")
    with sync_playwright() as playwright:
        # Its own socket does not fit into a long TMPDIR.
        environment: dict[str, str | float | bool] = {**os.environ, "TMPDIR": str(folder_for_sockets())}
        launched = playwright.chromium.launch(executable_path=executable, args=_OPTIONS, env=environment)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages (`width=`, `height=`, options of a browser context). What goes wrong in one fails the test.

    `refusals=True`: the test provokes refusals of the API, which the browser notes in its console.
    """
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_one(*, width: int = 1280, height: int = 900, refusals: bool = False, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]  # options of a context, passed on
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))

        def heed(said: ConsoleMessage) -> None:
            expected = said.text.startswith(_IN_A_FRAME) or (refusals and "status of 4" in said.text)
            if said.type == "error" and not expected:
                wrong.append(f"console: {said.text} {said.location}")

        page.on("console", heed)
        page.on(
            "request",
            lambda request: wrong.append(f"foreign request: {request.url}") if _is_foreign(request.url) else None,
        )
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not wrong, "\n".join(wrong)


def _is_foreign(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in _OF_THIS_MACHINE
