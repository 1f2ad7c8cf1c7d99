"""What happens in a room over HTTP: its frames, the twin of the room socket as server-sent events, and chat."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, JSONBody, Parameter
from litestar.response import Stream

from plaudit.gifts.model import RoomNotLive, RoomUnknown
from plaudit.limits import PAGE_LENGTH_DEFAULT, SOCKET_HEARTBEAT_S, SOCKETS_MAX
from plaudit.live.answers import ChatSaid
from plaudit.live.chat import Chat
from plaudit.live.conversation import NOBODY, FramePage, Hello
from plaudit.live.hub import Hub
from plaudit.live.message import cursor_of, message, read_cursor
from plaudit.live.model import ChatRequest, CursorVoid, Room
from plaudit.live.open_room import RoomKey
from plaudit.live.outlet import QueueOutlet
from plaudit.live.reader import NO_END
from plaudit.live.rooms import RoomCache
from plaudit.pages import Limit
from plaudit.people.access import Access
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.people.ways_in import way_of
from plaudit.problems import InvalidField, TooBusy

TAGS = ["Rooms"]

RoomId = Annotated[str, Parameter(pattern=r"^[1-9][0-9]{0,17}$", description="The room.")]
FrameCursor = Annotated[
    str | None, Parameter(max_length=40, description="A cursor, `<epoch>:<seq>`; without it, from the beginning.")
]
LastEventId = Annotated[
    str | None, HeaderParameter(name="Last-Event-ID", max_length=40, description="The cursor to go on from.")
]
AfterCursor = Annotated[str | None, Parameter(max_length=40, description="The same, for who cannot set headers.")]


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
    key = RoomKey(room.shard, room.id)
    start = 0
    if after is not None:
        cursor = read_cursor(after)
        if cursor is None:
            raise InvalidField(field="query.after", reason="must be a cursor, `<epoch>:<seq>`")
        epoch, start = cursor
        head = await hub.reader.head(key)
        if epoch != hub.reader.epoch or start > head:
            raise CursorVoid(cursor=cursor_of(hub.reader.epoch, head))
    frames = await hub.reader.encoded_frames(key, start, NO_END, limit)
    reached = cursor_of(hub.reader.epoch, frames[-1][0] if frames else start)
    following = f'"{reached}"' if len(frames) == limit else "null"
    items = b",".join(encoded for _, encoded in frames)
    content: Any = b'{"items":[%b],"cursor":"%b","next":%b}' % (items, reached.encode(), following.encode())
    return Response(content, media_type="application/json")


@get(
    "/v1/rooms/{room_id:str}/events",
    access=Access.PUBLIC,
    operation_id="WatchRoom",
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
    last_event_id: LastEventId = None,
    cursor: AfterCursor = None,
) -> Stream:
    """The messages of the room socket: `event` is their type, `id` the cursor. Without one, the last frames."""
    room = await required_room(rooms, room_id)
    if hub.sockets >= SOCKETS_MAX:
        raise TooBusy(retry_after_s=5)
    given = read_cursor(last_event_id or cursor or "")
    events = _events(hub, RoomKey(room.shard, room.id), caller, given, stopping)
    return Stream(
        events, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )


async def _events(
    hub: Hub, key: RoomKey, caller: Caller | None, cursor: tuple[int, int] | None, stopping: asyncio.Event
) -> AsyncIterator[bytes]:
    outlet, person_id = QueueOutlet(), caller.person_id if caller else 0
    watched = await hub.open(key)
    outlet.send(
        message(
            Hello(
                room_id=str(key.room_id),
                cursor=cursor_of(hub.reader.epoch, watched.shown),
                heartbeat_s=SOCKET_HEARTBEAT_S,
                viewer=await hub.profiles.card(person_id) if person_id else NOBODY,
                coins=(await hub.reader.wallets([person_id]))[person_id] if person_id else None,
            )
        )
    )
    joining = hub.start_joining(key, outlet, person_id=person_id, cursor=cursor)
    ending = asyncio.create_task(_close_at(stopping, outlet))
    way, expires_at = (way_of(caller), caller.expires_at) if caller else (None, None)
    with hub.watch.watching(way, outlet, expires_at):
        try:
            async for shared in outlet.messages(SOCKET_HEARTBEAT_S):
                yield shared.event if shared else b": still here\n\n"
        finally:
            ending.cancel()
            hub.leave_after(joining)


async def _close_at(stopping: asyncio.Event, outlet: QueueOutlet) -> None:
    await stopping.wait()
    outlet.close(0, "")


@post(
    "/v1/rooms/{room_id:str}/chat",
    access=Access.VIEWER,
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
