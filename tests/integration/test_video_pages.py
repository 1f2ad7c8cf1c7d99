"""The pages of videos: what they show, and what they say instead."""

import httpx2

from plaudit.clock import ManualClock
from tests.support.live import Platform
from tests.support.videos import MEDIA, open_videos, tell


async def test_pages_show_a_video_or_say_why_not(database_url: str, clock: ManualClock) -> None:
    async with open_videos(database_url, clock) as (platform, server):
        await _look(platform, server)


async def _look(platform: Platform, server: httpx2.AsyncClient) -> None:
    await server.put("/v1/people/ada", json={"country": "DE"})
    ada, cleo = await platform.viewer("ada"), await platform.creator("cleo")
    hls_url = f"{MEDIA}/v-1.m3u8"
    video = await tell(server, platform, hls_url=hls_url)
    page = f"/videos/{video['id']}"
    for path, words in ((page, hls_url), ("/videos", "Sixty rooftops"), ("/", 'href="/videos"')):
        assert words in (await ada.get(path)).text
    for change, words in (
        ({"state": "age_restricted"}, "age-restricted"),
        ({"territories_blocked": ["DE"]}, "not shown where you are"),
        ({"hls_url": None}, "watched where it was published"),
    ):
        await tell(server, platform, **({"hls_url": hls_url} | change))
        text = (await ada.get(page)).text
        assert words in text
        assert hls_url not in text
    await tell(server, platform, music_restricted=True)
    assert "Its music allows no gifts." in (await cleo.get("/studio/videos")).text
    for state, status in (("private", 403), ("deleted", 410)):
        await tell(server, platform, state=state)
        assert (await ada.get(page)).status_code == status
        assert "Sixty rooftops" not in (await ada.get("/videos")).text
    assert 'href="/videos"' not in (await ada.get("/")).text
    assert "No video yet" in (await cleo.get("/studio/videos")).text
