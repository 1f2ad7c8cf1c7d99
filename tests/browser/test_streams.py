"""From a creator's streaming tool to the page of her room: RTMP, Debian's nginx by our example, HLS, Chromium."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from plaudit.clock import SystemClock
from plaudit.connections import connect
from plaudit.ids import new_id
from plaudit.outgoing import tls_context
from tests.browser.conftest import OpenPage
from tests.support.commands import plaudit
from tests.support.databases import owner_of, run_aside
from tests.support.media import WIDTH, Media, media_server, sending
from tests.support.ports import LOOPBACK, held_port
from tests.support.server import serving
from tests.support.waiting import WAIT_S, until

pytestmark = pytest.mark.soak

SECRET = "0123456789abcdef" * 2
MOMENT = "(video) => video.currentTime"


@dataclass(frozen=True)
class Studio:
    """A creator, the media server she sends to, and Plaudit beside it."""

    creator: httpx2.Client
    media: Media
    database_url: str

    def new_key(self) -> str:
        made = self.creator.put("/v1/creators/me/stream-key", json={"id": str(new_id(SystemClock()))})
        assert made.status_code == 200, made.text
        key: str = made.json()["key"]
        return key

    def rooms(self) -> list[str]:
        """Their states."""
        return [room["state"] for room in self.creator.get("/v1/rooms").json()["items"]]

    def over_at(self) -> datetime:
        """When the stream is over, by what was heard of it so far."""
        return run_aside(self._over_at())

    async def _over_at(self) -> datetime:
        connection = await connect(owner_of(self.database_url))
        try:
            over_at: datetime = await connection.fetchval("select ends_at from stream")
        finally:
            await connection.close()
        return over_at


@pytest.fixture
def studio(database_url: str, tmp_path: Path) -> Iterator[Studio]:
    data = ["--data", str(tmp_path)]
    minted = plaudit(database_url, "token", "cleo", "--role", "creator", *data)
    assert minted.status == 0, minted.stderr
    with held_port() as port, media_server(tmp_path, f"http://{LOOPBACK}:{port}", SECRET) as media:
        settings = {
            "PLAUDIT_STREAM_RTMP_URL": media.rtmp_url,
            "PLAUDIT_STREAM_HLS_URL": media.hls_url,
            "PLAUDIT_STREAM_SECRET": SECRET,
            "PLAUDIT_STREAM_GRACE_S": "2",
        }
        headers = {"Authorization": f"Bearer {minted.stdout.strip()}"}
        with (
            serving(database_url, tmp_path / "log", "--port", str(port), *data, **settings) as server,
            httpx2.Client(verify=tls_context(), base_url=server.address, headers=headers, timeout=WAIT_S) as creator,
        ):
            yield Studio(creator, media, database_url)


def _plays(page: Page) -> None:
    """The picture that is sent moves."""
    picture = page.locator("video.room-video")
    expect(picture).to_be_visible()
    before = picture.evaluate(MOMENT)
    until(lambda: picture.evaluate(MOMENT) > before, "the picture moves")
    until(lambda: picture.evaluate("(video) => video.videoWidth") == WIDTH, "it is the one that is sent")


def test_a_room_goes_live_with_its_stream_and_ends_with_it(studio: Studio, open_page: OpenPage) -> None:
    """Seen by who waits for it, on a desk, and by who comes later, on a phone."""
    room = studio.creator.post("/v1/rooms", json={"title": "Tea and songs"}).json()
    address, key = str(studio.creator.base_url.join(f"/rooms/{room['id']}")), studio.new_key()
    waiting = open_page(refusals=True)
    waiting.goto(address)
    expect(waiting.locator("[data-over-title]")).to_have_text("Not live yet")
    with sending(studio.media, key):
        expect(waiting.locator("[data-over]")).to_be_hidden()
        _plays(waiting)
        late = open_page(width=390, height=844, refusals=True)
        late.goto(address)
        _plays(late)
        assert key not in late.content() + studio.creator.get("/v1/rooms").text
        expect(late.get_by_role("button", name="Sound on")).to_be_visible()
        late.keyboard.press("m")
        expect(late.get_by_role("button", name="Sound off")).to_be_visible()
        assert late.locator("video.room-video").evaluate("(video) => video.muted") is False
        if_silent = studio.over_at()
    for page in (waiting, late):
        expect(page.locator("[data-over-title]")).to_have_text("This room has ended")
        expect(page.locator("video")).to_have_count(0)
    assert studio.over_at() < if_silent, "the end was told, and not only guessed from silence"


def test_a_key_that_is_not_good_lets_nobody_in(studio: Studio) -> None:
    with sending(studio.media, "pls-guessed") as guesser:
        assert guesser.wait(WAIT_S) != 0
    assert studio.rooms() == []
    with sending(studio.media, studio.new_key()) as sender:
        until(lambda: studio.rooms() == ["live"], "the room is live")
        assert studio.creator.delete("/v1/creators/me/stream-key").status_code == 204
        assert sender.wait(WAIT_S) != 0, "it is cut off"
    until(lambda: studio.rooms() == ["ended"], "the room has ended")
