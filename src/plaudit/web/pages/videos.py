"""The page of a video, all that everybody can watch, and a creator's videos with their switches."""

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from plaudit.injected import Clock, Database, Settings
from plaudit.languages.speaking import gettext as _
from plaudit.languages.speaking import later
from plaudit.limits import PAGE_ROWS, PAGE_VIDEOS_MAX
from plaudit.people.access import Access
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.videos import actions, reading
from plaudit.videos.eligibility import Occasion, Refusal, Rule, may_watch, refusal_of_video
from plaudit.videos.model import Video
from plaudit.videos.occasions import OCCASION
from plaudit.web.loading import loadable
from plaudit.web.pages.frame import page, viewer_of
from plaudit.web.pages.scenes import scene_names
from plaudit.web.templating import static

_REASONS = {
    Refusal.PRIVATE: later("Private: gifts are for public videos."),
    Refusal.UNLISTED: later("Unlisted: gifts are for public videos."),
    Refusal.AGE_RESTRICTED: later("Age-restricted: no gifts."),
    Refusal.TOO_NEW: later("Too new: gifts open a while after it is public."),
    Refusal.MUSIC_RESTRICTED: later("Its music allows no gifts."),
    Refusal.OWNER_NOT_A_CREATOR: later("Your account takes no gifts just now."),
    Refusal.OWNER_COUNTRY_REFUSED: later("Gifts are not possible in your country."),
}
"""What keeps gifts away from a video, beside its creator's own switches."""


def video_cover(video: Video) -> str:
    """Address of a video's picture: its own, else a drawing that stays the same for it."""
    if video.cover_url and loadable(video.cover_url):
        return video.cover_url
    scenes = scene_names()
    return static(f"art/scenes/{scenes[video.id % len(scenes)]}.svg")


def playing_time(duration_ms: int) -> str:
    """How long something plays: 0:48, 1:02:03."""
    minutes, seconds = divmod(duration_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _reason(video: Video, rule: Rule, clock: Clock) -> str:
    """What keeps gifts away from a video, in words; empty: nothing but, maybe, a switch."""
    refusal = refusal_of_video(video, rule, clock.now())
    return _(_REASONS[refusal]) if refusal in _REASONS else ""


def _unwatchable(video: Video, occasion: Occasion) -> str:
    """Why our page does not play a video; empty: it does."""
    if video.state == "age_restricted":
        return _("This video is age-restricted. It is watched where it was published.")
    if not may_watch(video, occasion.countries):
        return _("This video is not shown where you are.")
    if not loadable(video.hls_url):
        return _("This video is watched where it was published.")
    return ""


@get("/videos", access=Access.PUBLIC, include_in_schema=False)
async def videos(caller: CallerOrGuest, database: Database, clock: Clock) -> Response[str]:
    """Videos everybody can watch."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        found = await reading.published_videos(connection, clock, PAGE_VIDEOS_MAX)
    return page("videos.html", viewer, nav="rooms", videos=found, cover=video_cover, playing_time=playing_time)


@get("/videos/{video_id:int}", access=Access.PUBLIC, include_in_schema=False, dependencies=OCCASION)
async def video(
    video_id: FromPath[int], caller: CallerOrGuest, database: Database, occasion: NamedDependency[Occasion]
) -> Response[str]:
    """A video and whose it is."""
    async with database.read() as connection:
        viewer = await viewer_of(connection, caller)
        found = await reading.require_shown(connection, video_id)
    return page(
        "video.html",
        viewer,
        nav="rooms",
        video=found,
        cover=video_cover(found),
        length=playing_time(found.duration_ms),
        unwatchable=_unwatchable(found, occasion),
    )


@get("/studio/videos", access=Access.CREATOR, include_in_schema=False)
async def studio_videos(
    caller: Caller, database: Database, settings: Settings, clock: Clock, before: FromQuery[str | None] = None
) -> Response[str]:
    """A creator's videos: whether gifts are taken on them, and what keeps gifts away."""
    me, rule, places = caller.person_id, Rule.of(settings), reading.NEWEST_FIRST
    async with database.snapshot() as connection:
        viewer = await viewer_of(connection, caller)
        found = await reading.videos_of_owner(connection, me, places.after_or_start(before), PAGE_ROWS + 1)
        taken = await actions.takes_gifts(connection, me)
    shown = found[:PAGE_ROWS]
    return page(
        "studio_videos.html",
        viewer,
        nav="studio",
        videos=shown,
        reasons={one.id: _reason(one, rule, clock) for one in shown},
        taken=taken,
        next=places.next(found, PAGE_ROWS, lambda one: one.id),
        first=before is None,
        cover=video_cover,
        playing_time=playing_time,
        coins_min=rule.coins_min,
        coins_max=rule.coins_max,
    )


router = Router("/", route_handlers=[videos, video, studio_videos])
