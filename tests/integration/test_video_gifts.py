"""Gifts on videos: charged once, in their place, by whoever may; everything else is told why, and costs nothing."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from plaudit.clock import ManualClock
from tests.support.gift_load import until_delivered
from tests.support.live import TEDDY_SKU, Platform
from tests.support.videos import open_videos, tell

GIFT = 7
COINS = 10_000


@pytest.fixture
async def opened(database_url: str, clock: ManualClock) -> AsyncIterator[tuple[Platform, httpx2.AsyncClient]]:
    async with open_videos(database_url, clock) as both:
        yield both


@pytest.fixture
def platform(opened: tuple[Platform, httpx2.AsyncClient]) -> Platform:
    return opened[0]


@pytest.fixture
def server(opened: tuple[Platform, httpx2.AsyncClient]) -> httpx2.AsyncClient:
    return opened[1]


@pytest.fixture
async def item(platform: Platform) -> dict[str, Any]:
    """Something that may be given on videos."""
    guest = await platform.client()
    items = (await guest.get("/v1/catalogue")).json()["items"]
    (found,) = [one for one in items if one["sku"] == TEDDY_SKU]
    assert 5 <= found["coins"] <= 3_000
    return dict(found)


def gift(platform: Platform, item: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": str(platform.id()), "item_id": item["id"]} | more


async def test_a_gift_is_charged_once_at_its_place_in_the_video(
    platform: Platform, server: httpx2.AsyncClient, item: dict[str, Any]
) -> None:
    video, ada, cleo = await tell(server, platform), await platform.viewer("ada", COINS), await platform.creator("cleo")
    assert (await cleo.put("/v1/creators/me/video-messages", json={"enabled": True})).json() == {"enabled": True}
    asked = gift(platform, item, video_id=video["id"], position_ms=42_000, message="  Such a\nview ", count=2)
    posted = await ada.post("/v1/gifts", json=asked)
    assert posted.status_code == 201, posted.text
    said = posted.json()
    assert (
        said
        | {
            "room_id": None,
            "video_id": video["id"],
            "position_ms": 42_000,
            "message": "Such a view",
            "creator_id": video["owner"]["id"],
            "coins": 2 * item["coins"],
            "coins_after": COINS - 2 * item["coins"],
        }
        == said
    )
    again = await ada.post("/v1/gifts", json=asked)
    assert (again.status_code, again.json()) == (200, said)
    assert (await ada.get(f"/v1/gifts/{asked['id']}")).json() == said
    more = (await ada.post("/v1/gifts", json=gift(platform, item, video_id=video["id"], position_ms=48_000))).json()
    assert (more["combo"]["id"], more["combo"]["count"]) == (said["combo"]["id"], 3)
    await until_delivered(platform.database_url)
    balance = (await cleo.get("/v1/creators/me/balance")).json()
    assert balance["received_coins"] == 3 * item["coins"]
