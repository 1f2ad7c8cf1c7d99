"""The page of a video, and all that everybody can watch."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from plaudit.gifts.catalogue.memory import Catalogue
from plaudit.injected import Clock, Database
from plaudit.languages.speaking import gettext as _
from plaudit.limits import GIFT_MESSAGE_LENGTH_MAX, PAGE_VIDEOS_MAX
from plaudit.people.access import Access
from plaudit.people.actions import card_of
from plaudit.people.injected import CallerOrGuest
from plaudit.rules.memory import Rules
from plaudit.videos import reading
from plaudit.videos.eligibility import Occasion, Refusal, is_for_videos, may_watch, refusal_for
from plaudit.videos.model import Video
from plaudit.videos.occasions import OCCASION
from plaudit.videos.reading import LATEST
from plaudit.videos.showing import Key, Onlooker, require_shown
from plaudit.web.loading import loadable
from plaudit.web.pages.frame import Viewer, page, viewer_of
from plaudit.web.pages.scenes import scene_names
from plaudit.web.pages.tray import TRAYS, Trays, item_data
from plaudit.web.templating import static


def video_cover(video: Video) -> str:
    """Address of a video's picture: its own, else a drawing that stays the same for it."""
    if video.cover_url and loadable(video.cover_url):
        return video.cover_url
    scenes = scene_names()
    return static(f"art/scenes/{scenes[video.id % len(scenes)]}.svg")


def _unwatchable(video: Video, occasion: Occasion) -> str:
    """Why our page does not play a video; empty: it does."""
    if not may_watch(video, occasion.countries):
        return _("This video is not shown where you are.")
    if not loadable(video.hls_url):
        return _("This video is watched where it was published.")
    return ""


@get("/videos", access=Access.PUBLIC, include_in_schema=False)
async def videos(
    caller: CallerOrGuest, database: Database, clock: Clock, before: FromQuery[str | None] = None
) -> Response[str]:
    """Videos everybody can watch, the newest first."""
    places = reading.BY_PUBLISHED
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        start = places.after_or_start(before)
        found = await reading.published_videos(connection, clock, PAGE_VIDEOS_MAX + 1, start)
    return page(
        "videos.html",
        viewer,
        nav="videos",
        videos=found[:PAGE_VIDEOS_MAX],
        next=places.next(found, PAGE_VIDEOS_MAX, lambda one: (one.published_at or LATEST[0], one.id)),
        first=before is None,
        cover=video_cover,
    )


@get("/videos/{video_id:int}", access=Access.PUBLIC, include_in_schema=False, dependencies=OCCASION | TRAYS)
async def video(
    request: Request[Any, Any, Any],
    video_id: FromPath[int],
    caller: CallerOrGuest,
    occasion: NamedDependency[Occasion],
    trays: NamedDependency[Trays],
    database: Database,
    rules: NamedDependency[Rules],
    key: Key = None,
) -> Response[Any]:
    """A video, whose it is, what was given on it, and the tray to give from. Who needs no key of an unlisted one is
    led to its whole address, which others can be told."""
    onlooker = Onlooker(caller, key)
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        found = await require_shown(connection, video_id, onlooker, occasion.now)
        if found.state == "unlisted" and not onlooker.has_key(found):
            return Redirect(_whole_address(found, request), status_code=303)
        worth = await trays.worth(connection, viewer)
    offered = [one for one in await trays.offered(viewer, found.owner_id) if is_for_videos(one, occasion.rule)]
    closed = Refusal.GIFTS_CLOSED if await rules.closed({found.owner_id}) else None
    refusal = refusal_for(found, occasion) or closed or (None if offered else Refusal.NO_ITEMS)
    tray = trays.data(viewer, [] if refusal else offered, worth)
    answer = page(
        "video.html",
        viewer,
        nav="videos",
        video=found,
        cover=video_cover(found),
        unwatchable=_unwatchable(found, occasion),
        refusal=refusal.value if refusal else None,
        data=tray | _data(found, viewer, tray["lang"], trays.catalogue),
    )
    answer.headers["Referrer-Policy"] = "strict-origin"  # the key is told to nobody who is linked to or loaded from
    return answer


def _data(video: Video, viewer: Viewer, lang: str, catalogue: Catalogue) -> dict[str, Any]:
    """What the script asks for, beside what a tray does."""
    return {
        "place": f"video-{video.id}",
        "video_id": str(video.id),
        "key": video.key if video.state == "unlisted" else "",
        "duration_ms": video.duration_ms,
        "viewer": msgspec.to_builtins(card_of(viewer.person)) if viewer.person else None,
        "known_items": [item_data(one, lang) for one in catalogue.offered()],
        "message_max": GIFT_MESSAGE_LENGTH_MAX if video.messages_enabled else 0,
        "catalogue": f"/v1/videos/{video.id}/catalogue?lang={lang}",
    }


def _whole_address(video: Video, request: Request[Any, Any, Any]) -> str:
    """Of the page of an unlisted video, with what else was asked for."""
    asked = [(name, value) for name, value in parse_qsl(request.url.query) if name != "key"]
    return "&".join([video.page_path, *([urlencode(asked)] if asked else [])])


router = Router("/", route_handlers=[videos, video])
