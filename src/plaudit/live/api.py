"""Rooms over HTTP: to list, watch, make and run them, and the twin of the room socket as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, delete, get, patch, post
from litestar.params import HeaderParameter, Parameter, QueryParameter
from litestar.response import Stream

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.gifts.model import RoomNotLive, RoomUnknown
from plaudit.ledger.shards import Shards
from plaudit.limits import (
    PAGE_LENGTH_DEFAULT,
    ROOM_EXTERNAL_ID_LENGTH_MAX,
    SOCKET_HEARTBEAT_S,
    SOCKETS_MAX,
    TOP_GIFTERS_LENGTH,
    VIEWERS_SEEN_WITHIN_S,
)
from plaudit.live import actions, creator_api, making
from plaudit.live.answers import room_view, top_gifters
from plaudit.live.chat import Chat
from plaudit.live.conversation import NOBODY, FramePage, Hello
from plaudit.live.hub import Hub
from plaudit.live.making import ExternalIdTaken, RoomWasRemoved
from plaudit.live.message import cursor_of, message, read_cursor
from plaudit.live.model import (
    ChatRequest,
    ChatSaid,
    CursorVoid,
    NewRoom,
    NotYourRoom,
    Room,
    RoomChange,
    RoomDetail,
    RoomEnded,
    RoomPage,
    RoomRemoved,
    RoomState,
    RoomView,
    TopGifters,
)
from plaudit.live.open_room import OpenRoom, RoomKey
from plaudit.live.outlet import QueueOutlet
from plaudit.live.reader import NO_END
from plaudit.live.rooms import RoomCache
from plaudit.media import MediaNotEncrypted, MediaOriginNotAllowed
from plaudit.pages import Limit
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.model import Caller, Role
from plaudit.people.telling import NotACreator, PersonUnknown
from plaudit.people.ways_in import way_of
from plaudit.problems import InvalidField, TooBusy
from plaudit.settings import Settings

TAGS = ["Rooms"]
RUNS_IT = frozenset({Access.CREATOR, Access.SERVER})

RoomId = Annotated[str, Parameter(pattern=r"^[1-9][0-9]{0,17}$", description="The room.")]
PersonId = Annotated[str | None, Parameter(pattern=r"^[1-9][0-9]{0,17}$", description="Rooms of this creator only.")]
PageCursor = Annotated[
    str | None, Parameter(max_length=40, description="`next` of the page before; without it, the first page.")
]
ByExternalId = Annotated[
    str | None,
    Parameter(
        pattern="^[!-~]+$",
        max_length=ROOM_EXTERNAL_ID_LENGTH_MAX,
        description="The room a platform calls so: one at most for a server, who asks of its own.",
    ),
]
InState = Annotated[RoomState | None, QueryParameter(name="state", description="Rooms in this state only.")]
FrameCursor = Annotated[
    str | None, Parameter(max_length=40, description="A cursor, `<epoch>:<seq>`; without it, from the beginning.")
]
LastEventId = Annotated[
    str | None, HeaderParameter(name="Last-Event-ID", max_length=40, description="The cursor to go on from.")
]
AfterCursor = Annotated[str | None, Parameter(max_length=40, description="The same, for who cannot set headers.")]


async def _require(rooms: RoomCache, room_id: str) -> Room:
    room = await rooms.room(int(room_id))
    if room is None:
        raise RoomUnknown(room_id=room_id)
    return room


def _place(cursor: str | None) -> tuple[int, int] | None:
    """Rank and id in the cursor of a page of rooms.

    Raises:
        InvalidField: it was not made here.
    """
    if cursor is None:
        return None
    rank, _, room_id = cursor.partition(".")
    if rank not in {"1", "2", "3"} or not room_id.isascii() or not room_id.isdecimal() or len(room_id) > 18:
        raise InvalidField(field="query.cursor", reason="must be the `next` of a page")
    return int(rank), int(room_id)


@get("/v1/rooms", access=Access.PUBLIC, operation_id="ListRooms", tags=TAGS, summary="Rooms, live ones first")
async def list_rooms(
    caller: Caller | None,
    database: Database,
    clock: Clock,
    in_state: InState = None,
    creator_id: PersonId = None,
    external_id: ByExternalId = None,
    cursor: PageCursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> RoomPage:
    """With how many watch each."""
    async with database.read() as connection:
        found = await actions.list_rooms(
            connection,
            seen_after=clock.now() - timedelta(seconds=VIEWERS_SEEN_WITHIN_S),
            state=in_state,
            creator_id=int(creator_id) if creator_id else None,
            external_id=external_id,
            issuer_id=caller.issuer_id if external_id and caller and Role.SERVER in caller.roles else None,
            after=_place(cursor),
            limit=limit + 1,
        )
        people = await people_by_ids(connection, {room.creator_id for room in found})
    page = found[:limit]
    following = f"{page[-1].state_rank}.{page[-1].id}" if len(found) > limit else None
    return RoomPage([room_view(room, people) for room in page], following)


@post(
    "/v1/rooms",
    access=RUNS_IT,
    operation_id="CreateRoom",
    tags=TAGS,
    summary="Make a room",
    problems=(ExternalIdTaken, MediaNotEncrypted, MediaOriginNotAllowed, NotACreator, PersonUnknown, RoomWasRemoved),
)
async def create_room(
    data: NewRoom,
    caller: Caller,
    database: Database,
    shards: Shards,
    rooms: RoomCache,
    settings: Settings,
    clock: Clock,
) -> RoomView:
    """A creator makes a room of their own; a server names a creator of its platform. It is not live yet. Idempotent by
    `id`, else by `external_id`."""
    async with database.transaction() as connection:
        room = await making.create_room(connection, caller, data, shards, settings, clock)
        people = await people_by_ids(connection, {room.creator_id})
    rooms.keep(room)
    return room_view(room, people)


@get(
    "/v1/rooms/{room_id:str}",
    access=Access.PUBLIC,
    operation_id="GetRoom",
    tags=TAGS,
    summary="One room",
    problems=(RoomUnknown,),
)
async def get_room(room_id: RoomId, database: Database, rooms: RoomCache, hub: Hub) -> RoomDetail:
    """With what it has received so far."""
    room = await _require(rooms, room_id)
    watched = await hub.open(RoomKey(room.shard, room.id))
    top = watched.tally.top()
    async with database.read() as connection:
        people = await people_by_ids(connection, {room.creator_id, *(person_id for person_id, _ in top)})
    return RoomDetail(
        **msgspec.structs.asdict(room_view(room, people, await _viewers(hub, watched))),
        coins=watched.tally.coins,
        top_gifters=top_gifters(top, people),
        cursor=cursor_of(hub.reader.epoch, watched.shown),
    )


async def _viewers(hub: Hub, watched: OpenRoom) -> int:
    return watched.count_viewers() + await hub.viewers_elsewhere(watched.key.room_id)


@get(
    "/v1/rooms/{room_id:str}/top-gifters",
    access=Access.PUBLIC,
    operation_id="GetTopGifters",
    tags=TAGS,
    summary="The most generous people of a room",
    problems=(RoomUnknown,),
)
async def get_top_gifters(
    room_id: RoomId,
    database: Database,
    rooms: RoomCache,
    hub: Hub,
    limit: Annotated[int, Parameter(ge=1, le=100, description="How many.")] = TOP_GIFTERS_LENGTH,
) -> TopGifters:
    """Most coins first."""
    room = await _require(rooms, room_id)
    top = (await hub.open(RoomKey(room.shard, room.id))).tally.top(limit)
    async with database.read() as connection:
        people = await people_by_ids(connection, {person_id for person_id, _ in top})
    return TopGifters(top_gifters(top, people), None)


@patch(
    "/v1/rooms/{room_id:str}",
    access=RUNS_IT,
    operation_id="ChangeRoom",
    tags=TAGS,
    summary="Change a room",
    problems=(MediaNotEncrypted, MediaOriginNotAllowed, NotYourRoom, RoomEnded, RoomUnknown),
)
async def change_room(
    room_id: RoomId,
    data: RoomChange,
    caller: Caller,
    database: Database,
    rooms: RoomCache,
    hub: Hub,
    settings: Settings,
    clock: Clock,
) -> RoomView:
    """What is left out stays. Pausing gifts is shown in the room at once."""
    async with database.transaction() as connection:
        changed = await actions.change_room(connection, caller, int(room_id), data, settings, clock)
        people = await people_by_ids(connection, {changed[0].creator_id})
    return await _announced(changed, people, rooms, hub)


@post(
    "/v1/rooms/{room_id:str}/start",
    access=RUNS_IT,
    operation_id="StartRoom",
    tags=TAGS,
    summary="Go live",
    status_code=200,
    problems=(NotYourRoom, RoomEnded, RoomUnknown),
)
async def start_room(
    room_id: RoomId, caller: Caller, database: Database, rooms: RoomCache, hub: Hub, clock: Clock
) -> RoomView:
    """A room that is live stays so; one that has ended cannot start again."""
    async with database.transaction() as connection:
        changed = await actions.start_room(connection, caller, int(room_id), clock)
        people = await people_by_ids(connection, {changed[0].creator_id})
    return await _announced(changed, people, rooms, hub)


@post(
    "/v1/rooms/{room_id:str}/end",
    access=RUNS_IT,
    operation_id="EndRoom",
    tags=TAGS,
    summary="End a room",
    status_code=200,
    problems=(NotYourRoom, RoomUnknown),
)
async def end_room(
    room_id: RoomId, caller: Caller, database: Database, rooms: RoomCache, hub: Hub, clock: Clock
) -> RoomView:
    """A room that has ended stays so; one that never began ends without (`started_at` is null)."""
    async with database.transaction() as connection:
        changed = await actions.end_room(connection, caller, int(room_id), clock)
        people = await people_by_ids(connection, {changed[0].creator_id})
    return await _announced(changed, people, rooms, hub)


@delete(
    "/v1/rooms/{room_id:str}",
    access=RUNS_IT,
    operation_id="RemoveRoom",
    tags=TAGS,
    summary="Remove a room",
    status_code=200,
    problems=(NotYourRoom, RoomUnknown),
)
async def remove_room(
    room_id: RoomId, caller: Caller, database: Database, rooms: RoomCache, hub: Hub, clock: Clock
) -> RoomRemoved:
    """Nobody is shown it any more. One that is live ends; what was given stays given. One that is removed stays so."""
    async with database.transaction() as connection:
        room, frames = await actions.remove_room(connection, caller, int(room_id), clock)
    rooms.keep(room)
    hub.receive(frames)
    return RoomRemoved(str(room.id), kept=room.started_at is not None)


async def _announced(changed: actions.Changed, people: Any, rooms: RoomCache, hub: Hub) -> RoomView:
    """After the commit: this process knows at once, the screens with the next tick."""
    room, frames = changed
    rooms.keep(room)
    hub.receive(frames)
    return room_view(room, people, await hub.viewers_elsewhere(room.id))


@get(
    "/v1/rooms/{room_id:str}/frames",
    access=Access.PUBLIC,
    operation_id="GetFrames",
    tags=TAGS,
    summary="What happened in a room",
    problems=(CursorVoid, RoomUnknown),
)
async def get_frames(
    room_id: RoomId, rooms: RoomCache, hub: Hub, after: FrameCursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Response[FramePage]:
    """The frames after a cursor, in order, as the room socket sends them."""
    room = await _require(rooms, room_id)
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
    caller: Caller | None,
    rooms: RoomCache,
    hub: Hub,
    stopping: asyncio.Event,
    last_event_id: LastEventId = None,
    cursor: AfterCursor = None,
) -> Stream:
    """The messages of the room socket: `event` is their type, `id` the cursor. Without one, the last frames."""
    room = await _require(rooms, room_id)
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
async def say(room_id: RoomId, data: ChatRequest, caller: Caller, rooms: RoomCache, chat: Chat) -> ChatSaid:
    """Idempotent by `id`. Answered when it is written; everybody in the room sees it with the next tick."""
    await chat.say(await _require(rooms, room_id), caller.person_id, data.id, data.text)
    return ChatSaid(data.id)


router = Router(
    "/",
    route_handlers=[
        list_rooms,
        create_room,
        get_room,
        get_top_gifters,
        change_room,
        start_room,
        end_room,
        remove_room,
        get_frames,
        watch_room,
        say,
        creator_api.router,
    ],
)
