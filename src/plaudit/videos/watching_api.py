"""What happens on a video over HTTP: its frames, what comes as server-sent events, as in a room; and words that go."""

import asyncio
from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get
from litestar.di import NamedDependency
from litestar.params import FromPath, Parameter
from litestar.response import Stream

from plaudit.injected import Clock, Database
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.live.conversation import FramePage
from plaudit.live.hub import Hub
from plaudit.live.model import CursorVoid
from plaudit.live.open_room import RoomKey
from plaudit.live.reader import NO_END
from plaudit.live.watching import AfterCursor, FrameCursor, LastEventId, event_stream, frame_page, watcher_of
from plaudit.pages import Limit
from plaudit.people.access import Access
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.people.model import Scope
from plaudit.people.ways_in import WayIn
from plaudit.videos import messages
from plaudit.videos.creator_api import VideoId
from plaudit.videos.messages import GiftNotInFrame
from plaudit.videos.model import NotYourVideo, Video, VideoDeleted, VideoForAdults, VideoPrivate, VideoUnknown
from plaudit.videos.refusals import VideoForeign
from plaudit.videos.showing import Key, Onlooker, require_shown

TAGS = ["Videos"]

Seq = Annotated[int, Parameter(ge=1, le=NO_END, description="The number of a frame.")]


def _key(video: Video) -> RoomKey:
    return RoomKey(video.shard, video.id, has_state=False)


@get(
    "/v1/videos/{video_id:str}/frames",
    access=Access.PUBLIC,
    operation_id="GetVideoFrames",
    tags=TAGS,
    summary="What happened on a video",
    problems=(CursorVoid, VideoDeleted, VideoForAdults, VideoPrivate, VideoUnknown),
)
async def get_video_frames(
    video_id: VideoId,
    caller: CallerOrGuest,
    database: Database,
    clock: Clock,
    hub: NamedDependency[Hub],
    after: FrameCursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
    key: Key = None,
) -> Response[FramePage]:
    """The frames after a cursor, in order, as its events bring them."""
    async with database.read() as connection:
        shown = await require_shown(connection, int(video_id), Onlooker(caller, key), clock.now())
    return await frame_page(hub, _key(shown), after, limit)


@get(
    "/v1/videos/{video_id:str}/events",
    access=Access.PUBLIC,
    operation_id="WatchVideo",
    is_way_in=True,
    tags=TAGS,
    summary="What happens on a video, as server-sent events",
    problems=(VideoDeleted, VideoForAdults, VideoPrivate, VideoUnknown),
)
async def watch_video(  # noqa: PLR0913, PLR0917 - each is of the request, or a part of the house
    video_id: VideoId,
    caller: CallerOrGuest,
    database: Database,
    clock: Clock,
    hub: NamedDependency[Hub],
    stopping: NamedDependency[asyncio.Event],
    network_address: NamedDependency[str | None],
    last_event_id: LastEventId = None,
    cursor: AfterCursor = None,
    key: Key = None,
) -> Stream:
    """As in a room, but for `state`: nobody counts who watches, and the totals are asked for. `event` is the type of a
    message, `id` the cursor. Without one, the last frames; with that of the timeline, what the timeline has not. It
    ends when the video is hidden or comes into another state: who comes again is judged anew."""
    async with database.read() as connection:
        shown = await require_shown(connection, int(video_id), Onlooker(caller, key), clock.now())
    way = WayIn("video", (shown.id, shown.state))
    watcher = watcher_of(shown.id, shown.owner_id, caller, network_address, is_video=True)
    return event_stream(hub, _key(shown), watcher, caller, stopping, last_event_id or cursor, way)


@delete(
    "/v1/videos/{video_id:str}/frames/{seq:int}/gifts/{gift_id:uuid}/message",
    access=frozenset({Access.CREATOR, Access.SAFETY, Access.SERVER}),
    scope=Scope.VIDEOS,
    operation_id="RemoveVideoGiftMessage",
    tags=TAGS,
    summary="Take away the words of a gift on a video",
    problems=(GiftNotInFrame, NotYourVideo, VideoForeign, VideoUnknown),
)
async def remove_message(
    video_id: VideoId, seq: Seq, gift_id: FromPath[UUID], caller: Caller, database: Database, clock: Clock
) -> None:
    """By the creator whose video it is or who received the gift, by an operator, by a server of the video's platform.
    `seq` is the number of the frame that shows the gift, as `received-gifts`, frames and events have it. The gift
    stays; its words are deleted, open pages are told, and the giver sees who took them: the creator or the platform.
    Words that are gone, or never were, are gone."""
    async with database.transaction() as connection:
        await messages.remove(connection, int(video_id), seq, gift_id, caller, clock)


HANDLERS = (get_video_frames, watch_video, remove_message)
