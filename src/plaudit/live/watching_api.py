"""What happens in a room over HTTP: its frames, the twin of the room socket as server-sent events, and chat."""

import asyncio
from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, Parameter
from litestar.response import Stream

from plaudit.gifts.model import RoomNotLive, RoomUnknown
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.live.answers import ChatSaid
from plaudit.live.chat import Chat
from plaudit.live.conversation import FramePage
from plaudit.live.hub import Hub
from plaudit.live.model import ChatRequest, CursorVoid, Room
from plaudit.live.open_room import RoomKey
from plaudit.live.rooms import RoomCache
from plaudit.live.watching import AfterCursor, FrameCursor, LastEventId, event_stream, frame_page, watcher_of
from plaudit.pages import Limit
from plaudit.people.access import Access
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.people.model import Scope

TAGS = ["Rooms"]

RoomId = Annotated[str, Parameter(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="The room.")]


async def required_room(rooms: RoomCache, room_id: str) -> Room:
    """A room that is shown.

    Raises:
        RoomUnknown: there is none.
    """
    room = await rooms.room(int(room_id))
    if room is None:
        raise RoomUnknown(room_id=room_id)
    return room


@get(
    "/v1/rooms/{room_id:str}/frames",
    access=Access.PUBLIC,
    operation_id="GetFrames",
    tags=TAGS,
    summary="What happened in a room",
    problems=(CursorVoid, RoomUnknown),
)
async def get_frames(
    room_id: RoomId,
    rooms: NamedDependency[RoomCache],
    hub: NamedDependency[Hub],
    after: FrameCursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Response[FramePage]:
    """The frames after a cursor, in order, as the room socket sends them."""
    room = await required_room(rooms, room_id)
    return await frame_page(hub, RoomKey(room.shard, room.id), after, limit)


@get(
    "/v1/rooms/{room_id:str}/events",
    access=Access.PUBLIC,
    operation_id="WatchRoom",
    is_way_in=True,
    tags=TAGS,
    summary="What happens in a room, as server-sent events",
    problems=(RoomUnknown,),
)
async def watch_room(
    room_id: RoomId,
    caller: CallerOrGuest,
    rooms: NamedDependency[RoomCache],
    hub: NamedDependency[Hub],
    stopping: NamedDependency[asyncio.Event],
    network_address: NamedDependency[str | None],
    last_event_id: LastEventId = None,
    cursor: AfterCursor = None,
) -> Stream:
    """The messages of the room socket: `event` is their type, `id` the cursor. Without one, the last frames."""
    room = await required_room(rooms, room_id)
    key, watcher = RoomKey(room.shard, room.id), watcher_of(room.id, room.creator_id, caller, network_address)
    return event_stream(hub, key, watcher, caller, stopping, last_event_id or cursor)


@post(
    "/v1/rooms/{room_id:str}/chat",
    access=Access.VIEWER,
    scope=Scope.ROOMS,
    operation_id="SayInRoom",
    tags=TAGS,
    summary="Say something in a room",
    problems=(RoomNotLive, RoomUnknown),
)
async def say(
    room_id: RoomId,
    data: JSONBody[ChatRequest],
    caller: Caller,
    rooms: NamedDependency[RoomCache],
    chat: NamedDependency[Chat],
) -> ChatSaid:
    """Idempotent by `id`. Answered when it is written; everybody in the room sees it with the next tick."""
    await chat.say(await required_room(rooms, room_id), caller.person_id, data.id, data.text)
    return ChatSaid(data.id)


HANDLERS = (get_frames, watch_room, say)
