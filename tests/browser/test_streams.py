"""From a creator's streaming tool to the page of her room: RTMP, Debian's nginx by our example, HLS, Chromium."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from plaudit.clock import SystemClock
from plaudit.db import connect
from plaudit.gifts.catalogue.folder import load_starter
from plaudit.ids import new_id
from plaudit.people.development import DevelopmentIssuer
from plaudit.people.model import Role
from plaudit.recharge import seed as price_book
from tests.browser.conftest import OpenPage
from tests.support.databases import run_aside
from tests.support.media import media_ports, media_server, sending
from tests.support.server import serving
from tests.support.waiting import WAIT_S, until

SECRET = "0123456789abcdef" * 2
NOW = "(video) => video.currentTime"
CLOCK = SystemClock()


@dataclass(frozen=True)
class Studio:
    """A server with a media server beside it, and a creator."""

    address: str
    rtmp: str
    creator: httpx2.Client

    def new_key(self) -> str:
        made = self.creator.put("/v1/creators/me/stream-key", json={"id": str(new_id(CLOCK))})
        assert made.status_code == 200, made.text
        key: str = made.json()["key"]
        return key

    def live_rooms(self) -> int:
        return len(self.creator.get("/v1/rooms?state=live").json()["items"])


async def _prepare(url: str, issuer: DevelopmentIssuer) -> None:
    connection = await connect(url, role=None)
    try:
        async with connection.transaction():
            await issuer.register(connection, CLOCK)
            await load_starter(connection, CLOCK)
            await price_book.seed(connection, CLOCK)
    finally:
        await connection.close()


@contextmanager
def _studio(database_url: str, folder: Path) -> Iterator[Studio]:
    issuer = DevelopmentIssuer.new()
    run_aside(_prepare(database_url, issuer))
    with media_ports() as ports:
        settings = {
            "PLAUDIT_STREAM_RTMP_URL": ports.rtmp_url,
            "PLAUDIT_STREAM_HLS_URL": ports.hls_url,
            "PLAUDIT_STREAM_SECRET": SECRET,
            "PLAUDIT_STREAM_GRACE_S": "2",
        }
        with (
            serving(database_url, folder / "log", "--data", str(folder), **settings) as server,
            media_server(folder, ports, server.address.rstrip("/"), SECRET),
        ):
            token = issuer.mint("cleo", [Role.VIEWER, Role.CREATOR], CLOCK, claims={"name": "Cleo"})
            headers = {"Authorization": f"Bearer {token}"}
            with httpx2.Client(base_url=server.address, headers=headers, timeout=WAIT_S) as creator:
                yield Studio(server.address.rstrip("/"), ports.rtmp_url, creator)


@pytest.fixture
def studio(database_url: str, tmp_path: Path) -> Iterator[Studio]:
    with _studio(database_url, tmp_path) as opened:
        yield opened


def _plays(page: Page) -> None:
    """The picture moves: its clock is ahead of what it was."""
    picture = page.locator("video.room-video")
    expect(picture).to_be_visible()
    before = picture.evaluate(NOW)
    until(lambda: picture.evaluate(NOW) > before, "the picture moves")
    until(lambda: bool(picture.evaluate("(video) => video.videoWidth === 320")), "it is the one that is sent")


def test_a_room_goes_live_with_its_stream_and_ends_with_it(studio: Studio, open_page: OpenPage) -> None:
    """Seen by who waits for it, on a desk, and by who comes later, on a phone."""
    room = studio.creator.post("/v1/rooms", json={"title": "Tea and songs"}).json()
    address, key = f"{studio.address}/rooms/{room['id']}", studio.new_key()
    waiting = open_page(refusals=True)
    waiting.goto(address)
    expect(waiting.locator("[data-over-title]")).to_have_text("Not live yet")
    with sending(studio.rtmp, key):
        expect(waiting.locator("[data-over]")).to_be_hidden()
        _plays(waiting)
        late = open_page(width=390, height=844, refusals=True)
        late.goto(address)
        _plays(late)
        assert key not in (late.locator("#page-data").text_content() or "") + studio.creator.get("/v1/rooms").text
        expect(late.get_by_role("button", name="Sound on")).to_be_visible()
        late.keyboard.press("m")
        expect(late.get_by_role("button", name="Sound off")).to_be_visible()
        assert late.locator("video.room-video").evaluate("(video) => video.muted") is False
    for page in (waiting, late):
        expect(page.locator("[data-over-title]")).to_have_text("This room has ended")
        expect(page.locator("video")).to_have_count(0)


def test_a_key_that_is_not_good_lets_nobody_in(studio: Studio) -> None:
    with sending(studio.rtmp, "pls-guessed") as guesser:
        assert guesser.wait(WAIT_S) != 0
    assert studio.creator.get("/v1/rooms").json()["items"] == []
    with sending(studio.rtmp, studio.new_key()) as sender:
        until(lambda: studio.live_rooms() == 1, "the room is live")
        studio.creator.delete("/v1/creators/me/stream-key")
        assert sender.wait(WAIT_S) != 0  # cut off
    until(lambda: studio.live_rooms() == 0, "the room has ended")
