"""Rooms over HTTP: to list, make and run them."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Router, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, Parameter, QueryParameter

from plaudit.gifts.model import RoomUnknown
from plaudit.injected import Clock, Database, Settings
from plaudit.ledger.shards import Shards
from plaudit.limits import (
    PAGE_LENGTH_DEFAULT,
    ROOM_EXTERNAL_ID_LENGTH_MAX,
    TOP_GIFTERS_LENGTH,
    TOP_GIFTERS_LENGTH_MAX,
)
from plaudit.live import actions, creator_api, making, watching_api
from plaudit.live.answers import RoomDetail, RoomRemoved, RoomView, TopGifters, room_view, top_gifters
from plaudit.live.hub import Hub
from plaudit.live.making import ExternalIdTaken, RoomWasRemoved, TooManyRooms
from plaudit.live.message import cursor_of
from plaudit.live.model import NewRoom, NotYourRoom, Room, RoomChange, RoomEnded, RoomState
from plaudit.live.rooms import RoomCache
from plaudit.live.watching_api import RoomId, required_room
from plaudit.media import MediaNotEncrypted, MediaOriginNotAllowed
from plaudit.pages import Cursor, Limit, Number, Page, Places
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller, CallerOrGuest
from plaudit.people.model import Role, Scope
from plaudit.people.telling import NotACreator, PersonUnknown
from plaudit.rules.memory import Rules

TAGS = ["Rooms"]
RUNS_IT = frozenset({Access.CREATOR, Access.SERVER})

PersonId = Annotated[
    str | None, Parameter(pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="Rooms of this creator only.")
]
ByExternalId = Annotated[
    str | None,
    Parameter(
        pattern=r"^[!-~]+$(?!\n)",
        max_length=ROOM_EXTERNAL_ID_LENGTH_MAX,
        description="The room a platform calls so: one at most for a server, who asks of its own.",
    ),
]
ROOMS: Places[tuple[int, int] | None] = Places(tuple[Literal[1, 2, 3], Number], None)
"""The places of rooms by the rank of their state and their id."""
InState = Annotated[RoomState | None, QueryParameter(name="state", description="Rooms in this state only.")]


@get("/v1/rooms", access=Access.PUBLIC, operation_id="ListRooms", tags=TAGS, summary="Rooms, live ones first")
async def list_rooms(
    caller: CallerOrGuest,
    database: Database,
    rules: NamedDependency[Rules],
    in_state: InState = None,
    creator_id: PersonId = None,
    external_id: ByExternalId = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> Page[RoomView]:
    """With how many watch each."""
    async with database.read() as connection:
        found = await actions.list_rooms(
            connection,
            state=in_state,
            creator_id=int(creator_id) if creator_id else None,
            external_id=external_id,
            issuer_id=caller.issuer_id if external_id and caller and Role.SERVER in caller.roles else None,
            after=ROOMS.after(cursor),
            limit=limit + 1,
        )
        people = await people_by_ids(connection, {room.creator_id for room in found})
    closed = await rules.closed({room.creator_id for room in found})
    return ROOMS.page(
        found, limit, lambda room: (room.state_rank, room.id), lambda room: room_view(room, people, closed)
    )


@post(
    "/v1/rooms",
    access=RUNS_IT,
    scope=Scope.ROOMS,
    operation_id="CreateRoom",
    tags=TAGS,
    summary="Make a room",
    problems=(
        ExternalIdTaken,
        MediaNotEncrypted,
        MediaOriginNotAllowed,
        NotACreator,
        PersonUnknown,
        RoomWasRemoved,
        TooManyRooms,
    ),
)
async def create_room(
    data: JSONBody[NewRoom],
    caller: Caller,
    database: Database,
    shards: NamedDependency[Shards],
    rooms: NamedDependency[RoomCache],
    rules: NamedDependency[Rules],
    settings: Settings,
    clock: Clock,
) -> RoomView:
    """A creator makes a room of their own; a server names a creator of its platform. It is not live yet. Idempotent by
    `id`, else by `external_id`."""
    async with database.transaction() as connection:
        room = await making.create_room(connection, caller, data, shards, settings, clock)
        people = await people_by_ids(connection, {room.creator_id})
    rooms.keep(room)
    return room_view(room, people, await rules.closed({room.creator_id}))


@get(
    "/v1/rooms/{room_id:str}",
    access=Access.PUBLIC,
    operation_id="GetRoom",
    tags=TAGS,
    summary="One room",
    problems=(RoomUnknown,),
)
async def get_room(
    room_id: RoomId,
    caller: CallerOrGuest,
    database: Database,
    rooms: NamedDependency[RoomCache],
    hub: NamedDependency[Hub],
    rules: NamedDependency[Rules],
) -> RoomDetail:
    """With what it has received so far."""
    room = await required_room(rooms, room_id)
    standing = await hub.look(room)
    ranked = not await rules.unranked(_both(room, caller))
    top = standing.top[:TOP_GIFTERS_LENGTH] if ranked else []
    async with database.read() as connection:
        people = await people_by_ids(connection, {room.creator_id, *(person_id for person_id, _ in top)})
    closed = await rules.closed({room.creator_id})
    return RoomDetail(
        **msgspec.structs.asdict(room_view(room, people, closed, await hub.viewers(room.id))),
        coins=standing.coins,
        top_gifters=top_gifters(top, people),
        ranked=ranked,
        cursor=cursor_of(hub.reader.epoch, standing.head),
    )


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
    caller: CallerOrGuest,
    database: Database,
    rooms: NamedDependency[RoomCache],
    hub: NamedDependency[Hub],
    rules: NamedDependency[Rules],
    limit: Annotated[int, Parameter(ge=1, le=TOP_GIFTERS_LENGTH_MAX, description="How many.")] = TOP_GIFTERS_LENGTH,
) -> TopGifters:
    """Most coins first."""
    room = await required_room(rooms, room_id)
    ranked = not await rules.unranked(_both(room, caller))
    top = (await hub.look(room)).top[:limit] if ranked else []
    async with database.read() as connection:
        people = await people_by_ids(connection, {person_id for person_id, _ in top})
    return TopGifters(top_gifters(top, people), ranked, None)


def _both(room: Room, caller: CallerOrGuest) -> frozenset[int]:
    """Whose places rule whether people are ranked: the creator's, and the caller's."""
    return frozenset({room.creator_id, caller.person_id if caller and caller.person_id else room.creator_id})


@patch(
    "/v1/rooms/{room_id:str}",
    access=RUNS_IT,
    scope=Scope.ROOMS,
    operation_id="ChangeRoom",
    tags=TAGS,
    summary="Change a room",
    problems=(MediaNotEncrypted, MediaOriginNotAllowed, NotYourRoom, RoomEnded, RoomUnknown),
)
async def change_room(
    room_id: RoomId,
    data: JSONBody[RoomChange],
    caller: Caller,
    database: Database,
    rooms: NamedDependency[RoomCache],
    hub: NamedDependency[Hub],
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
    scope=Scope.ROOMS,
    operation_id="StartRoom",
    tags=TAGS,
    summary="Go live",
    status_code=200,
    problems=(NotYourRoom, RoomEnded, RoomUnknown),
)
async def start_room(
    room_id: RoomId,
    caller: Caller,
    database: Database,
    rooms: NamedDependency[RoomCache],
    hub: NamedDependency[Hub],
    clock: Clock,
) -> RoomView:
    """A room that is live stays so; one that has ended cannot start again."""
    async with database.transaction() as connection:
        changed = await actions.start_room(connection, caller, int(room_id), clock)
        people = await people_by_ids(connection, {changed[0].creator_id})
    return await _announced(changed, people, rooms, hub)


@post(
    "/v1/rooms/{room_id:str}/end",
    access=RUNS_IT,
    scope=Scope.ROOMS,
    operation_id="EndRoom",
    tags=TAGS,
    summary="End a room",
    status_code=200,
    problems=(NotYourRoom, RoomUnknown),
)
async def end_room(
    room_id: RoomId,
    caller: Caller,
    database: Database,
    rooms: NamedDependency[RoomCache],
    hub: NamedDependency[Hub],
    clock: Clock,
) -> RoomView:
    """A room that has ended stays so; one that never began ends without (`started_at` is null)."""
    async with database.transaction() as connection:
        changed = await actions.end_room(connection, caller, int(room_id), clock)
        people = await people_by_ids(connection, {changed[0].creator_id})
    return await _announced(changed, people, rooms, hub)


@delete(
    "/v1/rooms/{room_id:str}",
    access=RUNS_IT,
    scope=Scope.ROOMS,
    operation_id="RemoveRoom",
    tags=TAGS,
    summary="Remove a room",
    status_code=200,
    problems=(NotYourRoom, RoomUnknown),
)
async def remove_room(
    room_id: RoomId,
    caller: Caller,
    database: Database,
    rooms: NamedDependency[RoomCache],
    hub: NamedDependency[Hub],
    clock: Clock,
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
    return room_view(room, people, await hub.rules.closed({room.creator_id}), await hub.viewers_elsewhere(room.id))


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
        *watching_api.HANDLERS,
        creator_api.router,
    ],
)
