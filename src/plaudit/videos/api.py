"""Videos over HTTP: told of by servers, looked at by everybody."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, Parameter

from plaudit.gifts.catalogue.memory import Catalogue
from plaudit.gifts.catalogue.offer_api import Wish, offered_items
from plaudit.gifts.prices import Prices
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_LENGTH_DEFAULT, VIDEO_EXTERNAL_ID_LENGTH_MAX
from plaudit.media import MediaNotEncrypted, MediaOriginNotAllowed
from plaudit.moments import Moment, require_moment
from plaudit.pages import Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.people.model import Scope
from plaudit.people.telling import NotACreator, PersonUnknown
from plaudit.problems import Problem
from plaudit.rules.memory import Rules
from plaudit.videos import actions, creator_api, reading, watching_api
from plaudit.videos.answers import (
    NOT_KEPT,
    ShownVideo,
    ToldVideo,
    ToldVideos,
    VideoCatalogue,
    shown_video,
    told_video,
    told_videos,
)
from plaudit.videos.creator_api import VideoId
from plaudit.videos.eligibility import Occasion, Refusal, is_for_videos, refusal_for
from plaudit.videos.given.actions import given_on
from plaudit.videos.model import (
    EXTERNAL_ID,
    Video,
    VideoDeleted,
    VideoFacts,
    VideoForAdults,
    VideoPrivate,
    VideosToTell,
    VideoToTell,
    VideoUnknown,
)
from plaudit.videos.occasions import OCCASION
from plaudit.videos.places import VideoPlaces
from plaudit.videos.showing import Key, Onlooker, require_shown

TAGS = ["Videos"]

ExternalIdInPath = Annotated[
    str,
    Parameter(
        pattern=EXTERNAL_ID,
        max_length=VIDEO_EXTERNAL_ID_LENGTH_MAX,
        description="The platform's own id of the video.",
    ),
]

# For the servers of a platform


@put(
    "/v1/videos/by-external-id/{external_id:str}",
    access=Access.SERVER,
    scope=Scope.VIDEOS,
    operation_id="TellOfVideo",
    tags=TAGS,
    summary="Tell of a video",
    problems=(MediaNotEncrypted, MediaOriginNotAllowed, NotACreator, PersonUnknown),
)
async def tell_of_video(
    external_id: ExternalIdInPath,
    data: JSONBody[VideoFacts],
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
    video_places: NamedDependency[VideoPlaces],
) -> ToldVideo:
    """Makes it known, or says all of it anew. Answers how it stands: an older word than the last changes nothing."""
    video = VideoToTell(external_id=external_id, **msgspec.structs.asdict(data))
    async with database.transaction() as connection:
        (told,) = await actions.tell(connection, caller.issuer_id, {"body": video}, settings, clock)
    if isinstance(told, Problem):
        raise told
    video_places.changed([told])
    return told_video(told)


@post(
    "/v1/videos:batch",
    access=Access.SERVER,
    scope=Scope.VIDEOS,
    operation_id="TellOfVideos",
    tags=TAGS,
    summary="Tell of many videos",
    status_code=200,
    problems_inside=NOT_KEPT,
)
async def tell_of_videos(
    data: JSONBody[VideosToTell],
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
    video_places: NamedDependency[VideoPlaces],
) -> ToldVideos:
    """Each is answered by itself, in the order given; the whole is repeated safely."""
    videos = {f"body.videos[{place}]": video for place, video in enumerate(data.videos)}
    async with database.transaction() as connection:
        outcomes = await actions.tell(connection, caller.issuer_id, videos, settings, clock)
    video_places.changed(told for told in outcomes if isinstance(told, Video))
    return told_videos([video.external_id for video in data.videos], outcomes)


@get(
    "/v1/videos",
    access=Access.SERVER,
    scope=Scope.VIDEOS,
    operation_id="ListVideos",
    tags=TAGS,
    summary="Videos of the platform",
)
async def list_videos(
    caller: Caller, database: Database, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[ToldVideo]:
    """In the order of the platform's own ids; those that were deleted, too."""
    places = reading.BY_EXTERNAL_ID
    async with database.read() as connection:
        found = await reading.videos_of_platform(connection, caller.issuer_id, places.after(cursor), limit + 1)
    return places.page(found, limit, lambda video: video.external_id, told_video)


@get(
    "/v1/videos/by-external-id/{external_id:str}",
    access=Access.SERVER,
    scope=Scope.VIDEOS,
    operation_id="GetToldVideo",
    tags=TAGS,
    summary="One video of the platform",
    problems=(VideoUnknown,),
)
async def get_told_video(external_id: ExternalIdInPath, caller: Caller, database: Database) -> ToldVideo:
    """As the platform told of it."""
    async with database.read() as connection:
        return told_video(await reading.require_told(connection, caller.issuer_id, external_id))


@delete(
    "/v1/videos/by-external-id/{external_id:str}",
    access=Access.SERVER,
    scope=Scope.VIDEOS,
    operation_id="ForgetVideo",
    tags=TAGS,
    summary="Take a video away",
    status_code=200,
    problems=(VideoUnknown,),
)
async def forget_video(
    external_id: ExternalIdInPath,
    caller: Caller,
    database: Database,
    clock: Clock,
    video_places: NamedDependency[VideoPlaces],
    told_at: Annotated[Moment | None, Parameter(description="When it went; now, if left out.")] = None,
) -> ToldVideo:
    """It is shown to nobody any more; what was given on it stays given. Telling of it later brings it back."""
    if told_at is not None:
        require_moment(told_at, "query.told_at")
    async with database.transaction() as connection:
        forgotten = await actions.forget(connection, caller.issuer_id, external_id, told_at, clock)
    video_places.changed([forgotten])
    return told_video(forgotten)


# For everybody


@get(
    "/v1/videos/{video_id:str}",
    access=Access.PUBLIC,
    operation_id="GetVideo",
    tags=TAGS,
    summary="One video",
    problems=(VideoDeleted, VideoForAdults, VideoPrivate, VideoUnknown),
)
async def get_video(
    video_id: VideoId, caller: CallerOrGuest, database: Database, clock: Clock, key: Key = None
) -> ShownVideo:
    """What everybody may know of it. Gifts that come are in it within seconds."""
    async with database.read() as connection:
        shown = await require_shown(connection, int(video_id), Onlooker(caller, key), clock.now())
        return shown_video(shown, await given_on(connection, shown.shard, shown.id))


@get(
    "/v1/videos/{video_id:str}/catalogue",
    access=Access.PUBLIC,
    operation_id="GetVideoCatalogue",
    tags=TAGS,
    summary="What can be given on a video",
    dependencies=OCCASION,
    problems=(VideoDeleted, VideoForAdults, VideoPrivate, VideoUnknown),
)
async def get_video_catalogue(  # noqa: PLR0913, PLR0917 - each is of the request, or a part of the house
    request: Request[Any, Any, Any],
    video_id: VideoId,
    occasion: NamedDependency[Occasion],
    caller: CallerOrGuest,
    catalogue: NamedDependency[Catalogue],
    prices: NamedDependency[Prices],
    database: Database,
    rules: NamedDependency[Rules],
    lang: Wish = None,
    key: Key = None,
) -> VideoCatalogue:
    """What the caller could give here and now, by `POST /v1/gifts`. With a `reason` nothing may be given; what may not
    be given is left out."""
    async with database.read() as connection:
        video = await require_shown(connection, int(video_id), Onlooker(caller, key), occasion.now)
    reason, offered, person_id = refusal_for(video, occasion), [], occasion.person_id
    if reason is None and await rules.closed({video.owner_id}):
        reason = Refusal.GIFTS_CLOSED
    if reason is None:
        everything = catalogue.offered_to(await prices.region_of(person_id), video.owner_id)
        offered = [item for item in everything if is_for_videos(item, occasion.rule)]
        reason = None if offered else Refusal.NO_ITEMS
    per_coin, items = await offered_items(request, offered, person_id, prices, database, lang)
    return VideoCatalogue(reason, catalogue.version, per_coin, items, video.messages_enabled)


router = Router(
    "/",
    route_handlers=[
        tell_of_video,
        tell_of_videos,
        list_videos,
        get_told_video,
        forget_video,
        get_video,
        get_video_catalogue,
        *watching_api.HANDLERS,
        *creator_api.HANDLERS,
    ],
)
