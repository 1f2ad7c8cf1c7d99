"""The platform's own server in the demo: it tells of its creators and their videos, as any host does."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from plaudit.demo.cast import Creator, read_toml
from plaudit.demo.world import World
from plaudit.limits import PAGE_LENGTH_MAX
from plaudit.web.templating import static

_FILE = Path(__file__).with_name("clips.toml")
_LENGTH_MS = 48_000
"""Of each clip, as scripts/clips.py makes them."""


class Clip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A video that lies among the static files."""

    external_id: str
    clip: str
    owner: str
    title: str
    published_days_ago: int


class _Clips(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    video: list[Clip]


async def publish_videos(world: World, server_key: str) -> None:
    """Tell of the creators and their clips, and let the creators take gifts on them. Again at every start: where the
    files lie may be another place."""
    clips: list[Clip] = read_toml(_FILE, _Clips).video
    owners = [one for one in world.cast.creators if one.subject in {clip.owner for clip in clips}]
    host = world.server(server_key)
    await host.post("/v1/people:batch", {"people": [_told(owner) for owner in owners]})
    known = {one["external_id"]: one for one in (await host.get("/v1/videos", limit=PAGE_LENGTH_MAX))["items"]}
    await host.post(
        "/v1/videos:batch", {"videos": [_video(clip, known.get(clip.external_id), world) for clip in clips]}
    )
    for owner in owners:
        await world.client(owner).put("/v1/creators/me/video-gifts", {"enabled": True})


def _told(owner: Creator) -> dict[str, Any]:
    return {
        "subject": owner.subject,
        "name": owner.name,
        "picture": owner.claims["picture"],
        "country": owner.country,
        "roles": sorted(owner.roles),
    }


def _video(clip: Clip, known: dict[str, Any] | None, world: World) -> dict[str, Any]:
    published_at = world.clock.now() - timedelta(days=clip.published_days_ago)
    return {
        "external_id": clip.external_id,
        "owner_subject": clip.owner,
        "title": clip.title,
        "duration_ms": _LENGTH_MS,
        "published_at": known["published_at"] if known else published_at.isoformat(),
        "cover_url": static(f"demo/clips/{clip.clip}/cover.webp"),
        "hls_url": static(f"demo/clips/{clip.clip}/index.m3u8"),
    }
