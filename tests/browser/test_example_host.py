"""The example host in Chromium, at a site of its own: framed and signed in, coins bought, a gift sent, and what it is
told of all that.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import FrameLocator, Page, expect

from plaudit.clock import SystemClock
from plaudit.connections import connect
from plaudit.gifts.catalogue.folder import load_starter
from tests.browser.conftest import OpenPage
from tests.support.commands import plaudit
from tests.support.databases import owner_of, run_aside
from tests.support.ports import LOOPBACK, held_port
from tests.support.price_shelf import publish_first_book
from tests.support.server import serving
from tests.support.shop import API_KEY, WEBHOOK_SECRET, signed
from tests.support.waiting import WAIT_S, until

EXAMPLE = Path(__file__).parents[2] / "examples" / "host" / "host.py"
ISSUER = "https://tealight.example"
CLOCK = SystemClock()
SANDBOX = {"PLAUDIT_SANDBOX_API_KEY": API_KEY, "PLAUDIT_SANDBOX_WEBHOOK_SECRET": WEBHOOK_SECRET}
PICTURES = os.environ.get("TESTS_PICTURES")


@dataclass(frozen=True)
class Tealight:
    """The example, Plaudit beside it, and what an operator can do."""

    address: str
    coins: str
    webhooks: str
    database_url: str
    endpoint: str
    secret: str
    log: Path

    def taken(self) -> int:
        """Webhooks that the host answered well, repeats included."""
        return self.log.read_text().count('"POST /webhooks HTTP/1.1" 204')

    def command(self, *arguments: str) -> str:
        return said(self.database_url, *arguments)


VAULT_KEY = "a-key-that-is-as-long-as-it-has-to-be"


def said(database_url: str, *arguments: str) -> str:
    """What `plaudit …` prints, which has to succeed."""
    ended = plaudit(database_url, *arguments, PLAUDIT_WEBHOOK_NETWORKS="127.0.0.0/8", PLAUDIT_VAULT_KEYS=VAULT_KEY)
    assert ended.status == 0, ended.stdout + ended.stderr
    return ended.stdout


async def _stock(url: str) -> None:
    connection = await connect(owner_of(url))
    try:
        async with connection.transaction():
            await load_starter(connection, CLOCK)
            await publish_first_book(connection, CLOCK)
    finally:
        await connection.close()


@contextmanager
def _running(log: Path, address: str, *command: str, **environment: str) -> Iterator[None]:
    """A process that answers at an address, until the block ends."""

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return bool(httpx2.get(address, timeout=WAIT_S).status_code)
        except httpx2.ConnectError:
            return False

    with (
        log.open("w") as said_there,
        subprocess.Popen(
            [sys.executable, *command], env=os.environ | environment, stdout=said_there, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            until(answers, f"{address} answers")
            yield
        finally:
            process.terminate()


@pytest.fixture
def tealight(database_url: str, tmp_path: Path) -> Iterator[Tealight]:
    """As the README has it, on ports that are free."""
    run_aside(_stock(database_url))
    with held_port() as port, held_port() as sandbox_port, held_port() as own_port:
        coins, address = f"http://{LOOPBACK}:{port}", f"http://localhost:{own_port}"
        webhooks = f"http://{LOOPBACK}:{own_port}/webhooks"
        said(database_url, "issuer", "add", ISSUER, "--no-tokens")
        key = said(database_url, "key", "create", "tealight", "--issuer", ISSUER).strip()
        kinds = ["order.paid", "gift.delivered", "room.started", "room.ended", "person.first_signed_in"]
        named = [word for kind in kinds for word in ("--kind", kind)]
        endpoint, secret = said(database_url, "webhook", "add", webhooks, *named).split()
        settings = SANDBOX | {
            "PLAUDIT_PUBLIC_URL": coins,
            "PLAUDIT_FRAME_ORIGINS": address,
            "PLAUDIT_SIGN_IN_URL": address + "/plaudit?return_to={return_to}",
            "PLAUDIT_WEBHOOK_NETWORKS": "127.0.0.0/8",
            "PLAUDIT_VAULT_KEYS": VAULT_KEY,
            "PLAUDIT_SANDBOX_URL": f"http://{LOOPBACK}:{sandbox_port}",
            "PLAUDIT_SELLER_NAME": "Tealight Ltd",
            "PLAUDIT_SELLER_ADDRESS": "14 Sample Row, London",
        }
        sandbox = ["-m", "plaudit.sandbox", "--port", str(sandbox_port), "--data", str(tmp_path / "sandbox.sqlite")]
        host = {
            "HOST_PORT": str(own_port),
            "HOST_DATABASE": str(tmp_path / "host.sqlite"),
            "COINS_URL": coins,
            "COINS_KEY": key,
            "COINS_WEBHOOK_SECRET": secret,
        }
        with (
            _running(tmp_path / "sandbox.log", settings["PLAUDIT_SANDBOX_URL"], *sandbox, **SANDBOX),
            serving(database_url, tmp_path / "log", "--port", str(port), "--data", str(tmp_path), **settings),
            _running(tmp_path / "host.log", webhooks, str(EXAMPLE), **host),
        ):
            yield Tealight(address, coins, webhooks, database_url, endpoint, secret, tmp_path / "host.log")


def test_a_gift_is_bought_in_a_frame_of_another_site_and_told_once(tealight: Tealight, open_page: OpenPage) -> None:
    creator = open_page(refusals=True)
    viewer = open_page(refusals=True)
    _go_live(creator, tealight)
    frame = _come_to_the_room(viewer, tealight)
    _buy_in_the_frame(viewer, frame)
    _send_a_rose(frame)
    _kept(creator, tealight, "order.paid", "gift.delivered", "room.started", "person.first_signed_in")
    expect(creator.get_by_text('"sku": "rose"')).to_have_count(1)
    _end(creator, tealight)
    events = _kept(creator, tealight, "room.ended")
    _told_again(creator, tealight, events)
    _forged(creator, tealight, events)
    creator.goto(tealight.address)
    expect(creator.get_by_text("Gifts received, in coins: 1")).to_be_visible()
    _sign_out_and_in(viewer, tealight)
    _fits_a_phone(creator, tealight)
    report = tealight.command("audit")
    assert "balance" in report.lower()


def _sign_out_and_in(page: Page, tealight: Tealight) -> None:
    """Who signs out at the host is signed out of Plaudit too, and Plaudit sends them there to sign in."""
    page.goto(tealight.address)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    page.goto(f"{tealight.coins}/wallet")
    page.wait_for_url(f"{tealight.address}/**")
    page.get_by_role("button", name="Ada Lovelace").click()
    page.wait_for_url(f"{tealight.coins}/wallet")
    expect(page.get_by_role("link", name="Ada Lovelace: your account")).to_be_visible()


def _fits_a_phone(page: Page, tealight: Tealight) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/", "/told"):
        page.goto(tealight.address + path)
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        shoot(page, f"host-phone{path}".replace("/", "-"))


def _sign_in(page: Page, tealight: Tealight, name: str) -> None:
    page.goto(tealight.address)
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("heading", name=f"Hello, {name}")).to_be_visible()


def _go_live(page: Page, tealight: Tealight) -> None:
    _sign_in(page, tealight, "Cleo Marsh")
    page.get_by_label("Title").fill("Tea and songs")
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_role("heading", name="Tea and songs")).to_be_visible()
    shoot(page, "host-creator-room")


def _come_to_the_room(page: Page, tealight: Tealight) -> FrameLocator:
    """The viewer's page of the host, with Plaudit's room in it: signed in there, though nobody was asked."""
    _sign_in(page, tealight, "Ada Lovelace")
    page.get_by_role("link", name="Tea and songs").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_placeholder("Say something kind")).to_be_visible()
    shoot(page, "host-viewer-room")
    return frame


def _buy_in_the_frame(page: Page, frame: FrameLocator) -> None:
    """The checkout opens in a window of its own, which says when it is over; the frame notices by itself."""
    tray = frame.locator(".room-side gift-tray")
    tray.get_by_role("radio", name=re.compile("^Rose")).click()
    tray.get_by_role("button", name="Send Rose for 1 coin").click()
    with page.context.expect_page() as opened:
        tray.get_by_role("button", name=re.compile(r"^Buy \d+ coins")).click()
    checkout = opened.value
    checkout.get_by_role("button", name="succeeds US").click()
    expect(checkout.get_by_role("heading", level=1)).to_have_text("You can close this window")
    shoot(checkout, "host-checkout-over")
    checkout.close()
    expect(frame.get_by_role("heading", level=1, name=re.compile("coins are yours$"))).to_be_visible()
    shoot(page, "host-order-paid-in-the-frame")


def _send_a_rose(frame: FrameLocator) -> None:
    frame.get_by_role("link", name="Back to the room").click()
    tray = frame.locator(".room-side gift-tray")
    tray.get_by_role("radio", name=re.compile("^Rose")).click()
    tray.get_by_role("button", name="Send Rose for 1 coin").click()


def _kept(page: Page, tealight: Tealight, *kinds: str) -> list[str]:
    """What the page of what was told shows, once these are there."""

    def there() -> bool:
        page.goto(f"{tealight.address}/told")
        shown = page.locator("summary").all_inner_texts()
        return all(any(line.endswith(kind) for line in shown) for kind in kinds)

    until(there, f"the host was told of {', '.join(kinds)}")
    shoot(page, "host-told")
    return page.locator("summary").all_inner_texts()


def _end(page: Page, tealight: Tealight) -> None:
    page.goto(tealight.address)
    page.get_by_role("link", name="Tea and songs").click()
    page.get_by_role("button", name="End", exact=True).click()
    expect(page.get_by_text("Nobody is live just now.")).to_be_visible()


def _told_again(page: Page, tealight: Tealight, events: list[str]) -> None:
    """All of it is sent once more, and none of it is kept twice."""
    before = tealight.taken()
    assert before >= len(events)
    tealight.command("webhook", "replay", tealight.endpoint, "0")
    until(lambda: tealight.taken() >= before + len(events), "all was told again")
    assert _kept(page, tealight, "room.ended") == events


def _forged(page: Page, tealight: Tealight, events: list[str]) -> None:
    """Signed with another secret, or changed on the way."""
    headers, body = signed({"type": "order.paid", "sequence": 0, "data": {}}, "whsec_" + "Z3Vlc3M=" * 4)
    true_headers, true_body = signed({"type": "order.paid", "sequence": 0, "data": {}}, tealight.secret)
    for sent in ((headers, body), (true_headers, true_body.replace(b"paid", b"made"))):
        answer = httpx2.post(tealight.webhooks, headers=sent[0], content=sent[1], timeout=WAIT_S)
        assert answer.status_code == 401, answer.text
    assert _kept(page, tealight, "room.ended") == events


def shoot(page: Page, name: str) -> None:
    """A picture, for who wants to look."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")
