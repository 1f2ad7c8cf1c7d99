"""The platform's own server in the demo: it tells of its creators and their videos, as any host does. And who gives on
these."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from plaudit.demo.cast import Cast, Creator, read_toml
from plaudit.demo.client import Client, Server
from plaudit.limits import PAGE_LENGTH_MAX
from plaudit.web.templating import static

_FILE = Path(__file__).with_name("clips.toml")
_LENGTH_MS = 48_000
"""Of each clip, as scripts/clips.py makes them."""
_NEAR_MS = 900
"""By which a gift misses its moment, mostly."""
_WORDS_SHARE = 0.2
"""Of gifts, those that come with words."""


class Clip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A video that lies among the static files."""

    external_id: str
    clip: str
    owner: str
    title: str
    published_days_ago: int
    moments_s: list[int]
    words: list[str]

    def position_ms(self, random: Random) -> int:
        """Where somebody gives: near a moment worth it, more often the later one."""
        moment_s = random.choices(self.moments_s, range(1, len(self.moments_s) + 1))[0]
        return min(max(0, round(random.gauss(moment_s * 1000, _NEAR_MS))), _LENGTH_MS)


class _Clips(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    video: list[Clip]


class Told(msgspec.Struct, frozen=True):
    """A clip that the platform has told of."""

    id: str
    clip: Clip
    published_at: datetime

    def gift(self, gift_id: str, item: dict[str, Any], random: Random) -> dict[str, Any]:
        """One item of its catalogue to it, as the API takes it."""
        gift = {"id": gift_id, "video_id": self.id, "item_id": item["id"], "count": 1, "coins": item["coins"]}
        gift["position_ms"] = self.clip.position_ms(random)
        return gift | ({"message": random.choice(self.clip.words)} if random.random() < _WORDS_SHARE else {})


@cache
def read_clips() -> list[Clip]:
    clips: list[Clip] = read_toml(_FILE, _Clips).video
    return clips


async def publish_videos(host: Server, client: Callable[[Creator], Client], cast: Cast, today: datetime) -> list[Told]:
    """Tell of the creators and their clips, and let the creators take gifts and words on them. Again at every start:
    where the files lie may be another place."""
    clips = read_clips()
    owners = [one for one in cast.creators if one.subject in {clip.owner for clip in clips}]
    await host.post("/v1/people:batch", {"people": [_told(owner) for owner in owners]})
    known = {one["external_id"]: one for one in (await host.get("/v1/videos", limit=PAGE_LENGTH_MAX))["items"]}
    said = [_video(clip, known.get(clip.external_id), today) for clip in clips]
    answer = await host.post("/v1/videos:batch", {"videos": said})
    for owner in owners:
        for switch in ("video-gifts", "video-messages"):
            await client(owner).put(f"/v1/creators/me/{switch}", {"enabled": True})
    videos = [one["video"] for one in answer["items"]]
    return [
        Told(video["id"], clip, datetime.fromisoformat(video["published_at"]))
        for video, clip in zip(videos, clips, strict=True)
    ]


def _told(owner: Creator) -> dict[str, Any]:
    return {
        "subject": owner.subject,
        "name": owner.name,
        "picture": owner.claims["picture"],
        "country": owner.country,
        "born_on": owner.born_on.isoformat(),
        "roles": sorted(owner.roles),
    }


def _video(clip: Clip, known: dict[str, Any] | None, today: datetime) -> dict[str, Any]:
    published_at = today - timedelta(days=clip.published_days_ago)
    return {
        "external_id": clip.external_id,
        "owner_subject": clip.owner,
        "title": clip.title,
        "duration_ms": _LENGTH_MS,
        "published_at": known["published_at"] if known else published_at.isoformat(),
        "cover_url": static(f"demo/clips/{clip.clip}/cover.webp"),
        "hls_url": static(f"demo/clips/{clip.clip}/index.m3u8"),
    }
