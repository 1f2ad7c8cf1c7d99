"""A creator's videos over HTTP, and on which of them gifts are taken."""

from typing import Annotated

import msgspec
from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, Parameter

from plaudit.gifts.model import DECIMAL_ID
from plaudit.injected import Clock, Database, Settings
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.live import thanks
from plaudit.live.answers import ReceivedGiftView, received_gift
from plaudit.live.creator_api import Thanked
from plaudit.live.open_room import RoomKey
from plaudit.pages import Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.rules.memory import Rules
from plaudit.videos import actions, reading
from plaudit.videos.answers import MyVideo, MyVideoPage, my_video
from plaudit.videos.eligibility import Refusal, Rule, refusal_of_video
from plaudit.videos.model import NotYourVideo, VideoDeleted, VideoUnknown
from plaudit.videos.places import VideoPlaces

TAGS = ["Videos"]

VideoId = Annotated[str, Parameter(pattern=DECIMAL_ID, description="The video.")]


class GiftsSwitch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a creator takes gifts."""

    enabled: bool


class MessagesSwitch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a creator takes words with gifts."""

    enabled: bool


@get(
    "/v1/creators/me/videos",
    access=Access.CREATOR,
    scope=Scope.VIDEOS,
    operation_id="ListMyVideos",
    tags=TAGS,
    summary="My videos",
)
async def list_my_videos(
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
    rules: NamedDependency[Rules],
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> MyVideoPage:
    """The newest first, each with what keeps gifts away from it, whoever would give them."""
    rule, now, before = Rule.of(settings), clock.now(), reading.NEWEST_FIRST.after(cursor)
    async with database.read() as connection:
        found = await reading.videos_of_owner(connection, caller.person_id, before, limit + 1)
        taken = await actions.takes_gifts(connection, caller.person_id)
        messages = await actions.takes_messages(connection, caller.person_id)
    following = reading.NEWEST_FIRST.next(found, limit, lambda video: video.id)
    closed = Refusal.GIFTS_CLOSED if await rules.closed({caller.person_id}) else None
    shown = [my_video(video, refusal_of_video(video, rule, now) or closed) for video in found[:limit]]
    return MyVideoPage(shown, following, taken, messages)


@put(
    "/v1/creators/me/video-gifts",
    access=Access.CREATOR,
    scope=Scope.VIDEOS,
    operation_id="SwitchVideoGifts",
    tags=TAGS,
    summary="Take gifts on videos, or on none",
)
async def switch_video_gifts(
    data: JSONBody[GiftsSwitch],
    caller: Caller,
    database: Database,
    clock: Clock,
    video_places: NamedDependency[VideoPlaces],
) -> GiftsSwitch:
    """Off until it is switched on. What was said of single videos stays."""
    async with database.transaction() as connection:
        changed = await actions.switch_all(connection, caller.person_id, clock, enabled=data.enabled)
    if changed:
        video_places.changed_of(caller.person_id)
    return data


@put(
    "/v1/creators/me/video-messages",
    access=Access.CREATOR,
    scope=Scope.VIDEOS,
    operation_id="SwitchVideoMessages",
    tags=TAGS,
    summary="Take words with gifts on videos, or only gifts",
)
async def switch_video_messages(
    data: JSONBody[MessagesSwitch],
    caller: Caller,
    database: Database,
    clock: Clock,
    video_places: NamedDependency[VideoPlaces],
) -> MessagesSwitch:
    """Off until it is switched on. What was said stays with its gift."""
    async with database.transaction() as connection:
        changed = await actions.switch_messages(connection, caller.person_id, clock, enabled=data.enabled)
    if changed:
        video_places.changed_of(caller.person_id)
    return data


@put(
    "/v1/creators/me/videos/{video_id:str}/gifts",
    access=Access.CREATOR,
    scope=Scope.VIDEOS,
    operation_id="SwitchGiftsOfVideo",
    tags=TAGS,
    summary="Take gifts on one of my videos, or not",
    problems=(NotYourVideo, VideoDeleted, VideoUnknown),
)
async def switch_gifts_of_video(
    video_id: VideoId,
    data: JSONBody[GiftsSwitch],
    caller: Caller,
    database: Database,
    settings: Settings,
    clock: Clock,
    video_places: NamedDependency[VideoPlaces],
    rules: NamedDependency[Rules],
) -> MyVideo:
    """On until it is switched off, where gifts are taken on videos at all."""
    async with database.transaction() as connection:
        video = await actions.switch_one(connection, caller.person_id, int(video_id), clock, enabled=data.enabled)
    video_places.changed([video])
    closed = Refusal.GIFTS_CLOSED if await rules.closed({caller.person_id}) else None
    return my_video(video, refusal_of_video(video, Rule.of(settings), clock.now()) or closed)


@get(
    "/v1/creators/me/videos/{video_id:str}/received-gifts",
    access=Access.CREATOR,
    scope=Scope.MONEY_READ,
    operation_id="ListGiftsReceivedOnVideo",
    tags=TAGS,
    summary="Gifts I received on a video",
    problems=(VideoUnknown,),
)
async def list_gifts_received_on_video(
    video_id: VideoId,
    caller: Caller,
    database: Database,
    thanked: Thanked = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[ReceivedGiftView]:
    """Newest first, as in a room. What somebody received stays theirs when the video is gone, or another's."""
    before = thanks.GIFTS.after(cursor)
    async with database.read() as connection:
        video = await reading.require_video(connection, int(video_id))
        key = RoomKey(video.shard, video.id)
        found = await thanks.gifts_received(
            connection, key, caller.person_id, before=before, thanked=thanked, limit=limit + 1
        )
        people = await people_by_ids(connection, {gift.viewer_id for gift in found})
    return thanks.GIFTS.page(
        found, limit, lambda gift: (gift.seq, gift.place), lambda gift: received_gift(gift, people)
    )


HANDLERS = (
    list_my_videos,
    switch_video_gifts,
    switch_video_messages,
    switch_gifts_of_video,
    list_gifts_received_on_video,
)
