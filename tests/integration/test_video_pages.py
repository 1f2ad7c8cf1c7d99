"""The pages of videos: what they show, and what they say instead."""

import re
from datetime import datetime
from uuid import UUID

import httpx2

from plaudit.clock import ManualClock
from plaudit.creators.totals import actions as totals
from plaudit.ledger.following import follow
from plaudit.limits import PAGE_VIDEOS_MAX
from plaudit.videos.reading import BY_PUBLISHED
from tests.support.live import Platform
from tests.support.videos import MEDIA, PATH, facts, give, open_videos, tell


async def test_pages_show_a_video_or_say_why_not(database_url: str, clock: ManualClock) -> None:
    async with open_videos(database_url, clock) as (platform, server):
        await _look(platform, server)
        await _turn_pages(platform, server)


async def _look(platform: Platform, server: httpx2.AsyncClient) -> None:
    await server.put("/v1/people/ada", json={"country": "DE"})
    ada, cleo = await platform.viewer("ada"), await platform.creator("cleo")
    hls_url = f"{MEDIA}/v-1.m3u8"
    video = await tell(server, platform, hls_url=hls_url)
    page = f"/videos/{video['id']}"
    here = 'href="/videos" aria-current="page"'
    for path, words in ((page, hls_url), (page, here), ("/videos", "Sixty rooftops"), ("/videos", here)):
        assert words in (await ada.get(path)).text
    for change, words in (
        ({"territories_blocked": ["DE"]}, "not shown where you are"),
        ({"hls_url": None}, "watched where it was published"),
    ):
        await tell(server, platform, **({"hls_url": hls_url} | change))
        text = (await ada.get(page)).text
        assert words in text
        assert hls_url not in text
    await tell(server, platform, music_restricted=True)
    assert "Its music allows no gifts." in (await cleo.get("/studio/videos")).text
    for state, status in (("unlisted", 403), ("age_restricted", 403), ("private", 403), ("deleted", 410)):
        await tell(server, platform, state=state)
        answer = await ada.get(page, headers={"Accept": "text/html"})
        assert (answer.status_code, "<h1" in answer.text, "See other videos" in answer.text) == (status, True, True)
        assert "Sixty rooftops" not in (await ada.get("/videos")).text
    assert "No video yet" in (await cleo.get("/studio/videos")).text


async def _turn_pages(platform: Platform, server: httpx2.AsyncClient) -> None:
    """Videos of one moment and of others, each on one page."""
    told = [
        facts(platform, external_id=f"many-{one}", published_at=f"2026-01-0{one % 3 + 1}T00:00:00Z")
        for one in range(2 * PAGE_VIDEOS_MAX + 1)
    ]
    assert (await server.post("/v1/videos:batch", json={"videos": told})).status_code == 200
    guest, path, shown = await platform.client(), "/videos", list[list[str]]()
    while path:
        text = (await guest.get(path)).text
        shown.append(re.findall(r'href="/videos/(\d+)"', text))
        path = next(iter(re.findall(r'href="(/videos\?before=[\w-]+)"', text)), "")
    assert [len(one) for one in shown] == [PAGE_VIDEOS_MAX, PAGE_VIDEOS_MAX, 1]
    assert len({one for page in shown for one in page}) == len(told)
    naive = BY_PUBLISHED.cursor((datetime(2026, 1, 1), 1))  # noqa: DTZ001 - that is what is wrong with it
    assert (await guest.get("/videos", params={"before": naive})).status_code == 200


async def test_pages_name_the_video_of_a_gift(database_url: str, clock: ManualClock) -> None:
    """To its creator and its giver, also when it is another's, and when it is gone."""
    async with open_videos(database_url, clock) as (platform, server):
        await _look_back(platform, server)


async def _look_back(platform: Platform, server: httpx2.AsyncClient) -> None:
    cleo, otto, ada = await platform.creator("cleo"), await platform.creator("otto"), await platform.viewer("ada", 10)
    video = await tell(server, platform)
    gift = await give(platform, ada, cleo, video, 42_000, message="The roof at dawn!")
    await follow(platform.house.database, totals.FOLLOWER, totals.add_entries)
    moment, at_home = f"/videos/{video['id']}?t=42", f"/studio/videos/{video['id']}"

    async def shows(client: httpx2.AsyncClient, path: str, *words: str) -> None:
        answer = await client.get(path)
        assert answer.status_code == 200, path
        missing = [one for one in words if one not in answer.text]
        assert missing == [], path

    await shows(ada, "/wallet", "Sixty rooftops", moment, "at 0:42")
    await shows(ada, f"/wallet/gifts/{gift.id}", "Sixty rooftops", moment, "at 0:42", "The roof at dawn!", "Cleo")
    await shows(cleo, "/studio/totals", "Sixty rooftops", at_home)
    await shows(cleo, "/studio/videos", "Sixty rooftops", at_home)
    await shows(cleo, at_home, "1 coin", "1 gift")
    for path in (f"/wallet/gifts/{platform.id()}", f"/wallet/gifts/{UUID(int=2**128 - 1)}"):
        assert (await ada.get(path)).status_code == 404
    assert (await otto.get(f"/wallet/gifts/{gift.id}")).status_code == 404
    assert (await otto.get(at_home)).status_code == 403

    await tell(server, platform, owner_subject="otto")
    await shows(cleo, "/studio/videos", "another creator’s now", at_home)
    await shows(cleo, at_home, "another creator’s now", "1 coin")
    await shows(otto, at_home, "0 coins")
    await server.delete(f"{PATH}v-1")
    await shows(cleo, "/studio/videos", "This video is gone.", "Sixty rooftops", at_home)
    await shows(cleo, at_home, "This video is gone.", "1 coin")
    await shows(ada, "/wallet", "Sixty rooftops", "This video is gone; your gift stays.")
    await shows(ada, f"/wallet/gifts/{gift.id}", "Sixty rooftops", "This video is gone; your gift stays.")
    assert moment not in (await ada.get("/wallet")).text
    gone = await ada.get(f"/videos/{video['id']}", headers={"Accept": "text/html"})
    assert (gone.status_code, "What was given stays given." in gone.text) == (410, True)
