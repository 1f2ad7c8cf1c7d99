"""Coming in with a real browser, at a platform by OpenID Connect, and what is said when that goes wrong."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from plaudit.limits import STEP_UP_MAX_AGE_S
from tests.browser.conftest import OpenPage
from tests.support.databases import Copies, owner_of
from tests.support.peers import peer
from tests.support.ports import LOOPBACK, held_port
from tests.support.server import serving
from tests.support.waiting import WAIT_S

PICTURES = os.environ.get("TESTS_PICTURES")


@dataclass(frozen=True)
class Place:
    """A server, and the platform people sign in with."""

    address: str
    platform: str
    key: str

    def way_in(self, subject: str, **more: str) -> str:
        """A link that signs somebody in."""
        made = httpx2.post(
            f"{self.address}/v1/sign-in-codes",
            json={"subject": subject, **more},
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=WAIT_S,
        )
        assert made.status_code == 201, made.text
        return str(made.json()["url"])


def command(database_url: str, *arguments: str) -> str:
    """What `plaudit …` says."""
    run = subprocess.run(
        [sys.executable, "-m", "plaudit", *arguments],
        env=os.environ | {"DATABASE_URL": owner_of(database_url)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def place(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    database_url, log = copies.take(), tmp_path_factory.mktemp("sign-in") / "log"
    with held_port() as port:
        address = f"http://{LOOPBACK}:{port}"
        told = ["--redirect-uri", f"{address}/sign-in/callback", "--back-channel", f"{address}/v1/back-channel-logout"]
        with peer("identity", "--client-secret", "s3cret", *told) as platform:
            said = command(
                database_url, "issuer", "add", platform, "--client-id", "plaudit", "--label", "Continue with Example"
            )
            assert "sign-in as client plaudit with openid profile" in said
            key = command(database_url, "key", "create", "host", "--issuer", platform).strip()
            settings = {
                "PLAUDIT_PUBLIC_URL": address,
                "PLAUDIT_CLIENT_SECRETS": "plaudit=s3cret",
                "PLAUDIT_MANUAL_PAYOUTS": "true",
            }
            with serving(database_url, log, "--port", str(port), **settings):
                yield Place(address, platform, key)


def test_somebody_signs_in_at_the_platform_and_out_again(open_page: OpenPage, place: Place) -> None:
    page = open_page(refusals=True)  # the platform has no icon
    page.goto(f"{place.address}/?lang=en")
    page.get_by_role("link", name="Sign in").first.click()
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not signed in")
    shoot(page, "sign-in-denied")
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("button", name="Ada Lovelace").click()
    page.wait_for_url(f"{place.address}/**")
    page.get_by_role("link", name="Ada Lovelace: your account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are Ada Lovelace")
    shoot(page, "account")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Signed out at the platform")
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def test_the_platform_signs_somebody_out(open_page: OpenPage, place: Place) -> None:
    page = open_page(refusals=True)  # the platform has no icon
    page.goto(f"{place.address}/sign-in?next=/people")
    page.get_by_role("button", name="Cleo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are Cleo")
    told = httpx2.post(f"{place.platform}/_control/logout", json={"claims": {"sub": "cleo"}}, timeout=WAIT_S).json()
    assert told["status"] == 200
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who are you?")


def test_a_creator_signs_in_again_and_what_was_typed_is_done(open_page: OpenPage, place: Place) -> None:
    """An old sign-in does not say where money goes: the platform is asked in another window, and the page goes on."""
    claims: dict[str, object] = {"name": "Cleo", "preferred_username": "cleo", "roles": ["viewer", "creator"]}
    platform_says(place, {"cleo": claims | {"auth_time": int(time.time()) - 2 * STEP_UP_MAX_AGE_S}})
    page = open_page(refusals=True)  # the platform has no icon
    page.goto(f"{place.address}/sign-in?next=/studio/payouts")
    page.get_by_role("button", name="Cleo").click()
    page.wait_for_url(f"{place.address}/studio/payouts")
    page.get_by_role("button", name="Add a bank account").first.click()
    form = page.locator("[data-new-method]")
    form.locator("[name=holder_name]").fill("Cleo Example")
    form.locator("[name=country]").select_option("DE")
    form.locator("[name=iban]").fill("DE89 3704 0044 0532 0130 00")
    form.get_by_role("button", name="Add").click()
    asked = page.get_by_role("dialog", name="Is it you?")
    expect(asked).to_be_visible()
    shoot(page, "sign-in-again")
    asked.get_by_role("button", name="Not now").click()
    expect(form.locator("[name=holder_name]")).to_have_value("Cleo Example")

    platform_says(place, {"cleo": claims})
    form.get_by_role("button", name="Add").click()
    with page.context.expect_page() as opened:
        asked.get_by_role("link", name="Sign in again").click()
    opened.value.get_by_role("button", name="Cleo").click()
    expect(asked).to_have_count(0)
    expect(page.locator("#methods")).to_contain_text("3000")


def platform_says(place: Place, people: dict[str, dict[str, object]]) -> None:
    """What the platform claims of people from now on."""
    httpx2.post(f"{place.platform}/_control/people", json=people, timeout=WAIT_S).raise_for_status()


def test_what_goes_wrong_is_said_kindly_and_fits(open_page: OpenPage, place: Place) -> None:
    link = place.way_in("ada")
    for width, theme in ((390, "light"), (1280, "dark")):
        page = open_page(width=width, color_scheme=theme, refusals=True)
        for address, title in (
            (f"{place.address}/sign-in/callback?state=x&code=y", "That took a little too long"),
            (link + "x", "This way in is used up"),
        ):
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_have_text(title)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            shoot(page, re.sub("[^a-z]+", "-", f"{title} {theme}".lower()))


def shoot(page: Page, name: str) -> None:
    """A picture, for who wants to look."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
