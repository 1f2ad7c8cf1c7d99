"""A platform whose server tells of videos of two creators, who take gifts on them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2

from plaudit.clock import Clock
from plaudit.ledger.model import GiftOrder, GiftShare
from plaudit.settings import Settings
from plaudit.videos.reading import require_video
from tests.support.gift_load import until_delivered
from tests.support.live import ROSE, Platform, open_platform

MEDIA = "https://media.example"
PATH = "/v1/videos/by-external-id/"
PUBLIC_S_MIN = 60
CREATORS = ("cleo", "otto")


@asynccontextmanager
async def open_videos(database_url: str, clock: Clock) -> AsyncIterator[tuple[Platform, httpx2.AsyncClient]]:
    """The platform and its server."""
    settings = Settings(media_origins=MEDIA, refused_countries="KP", video_public_s_min=PUBLIC_S_MIN)
    async with open_platform(database_url, clock, settings=settings) as platform:
        server = await platform.server()
        told = [{"subject": one, "name": one.title(), "roles": ["creator"], "country": "GB"} for one in CREATORS]
        assert (await server.post("/v1/people:batch", json={"people": told})).status_code == 200
        for one in CREATORS:
            switched = await (await platform.creator(one)).put("/v1/creators/me/video-gifts", json={"enabled": True})
            assert switched.json() == {"enabled": True}
        yield platform, server


def facts(platform: Platform, **more: Any) -> dict[str, Any]:
    """What a server says of a video of Cleo's."""
    published_at = platform.clock.now() - timedelta(days=1)
    return {
        "owner_subject": "cleo",
        "title": "Sixty rooftops",
        "duration_ms": 48_000,
        "published_at": published_at.isoformat(),
    } | more


async def tell(server: httpx2.AsyncClient, platform: Platform, external_id: str = "v-1", **more: Any) -> dict[str, Any]:
    """Tell of a video; the answer."""
    answer = await server.put(PATH + external_id, json=facts(platform, **more))
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def give(
    platform: Platform,
    viewer: httpx2.AsyncClient,
    creator: httpx2.AsyncClient,
    video: dict[str, Any],
    position_ms: int,
    **more: Any,
) -> GiftOrder:
    """A rose to a creator on a video, which is in its frames."""
    viewer_id, creator_id = await platform.person_id(viewer), await platform.person_id(creator)
    house, video_id = platform.house, int(video["id"])
    async with house.database.read() as connection:
        home = (await require_video(connection, video_id)).shard
    at_home = home == house.shards.of(creator_id)
    gift = GiftOrder(
        *(platform.id(), viewer_id, creator_id, None, ROSE, 1, 1),
        video_id=video_id,
        position_ms=position_ms,
        shown_shard=None if at_home else home,
        shares=() if at_home else (GiftShare(creator_id, 1),),
        **more,
    )
    assert (await house.gift_writer.charge(gift)).outcome == "posted"
    await until_delivered(house.database.url)
    return gift
