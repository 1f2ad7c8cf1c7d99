"""What changes rooms: made, changed, started and ended, each change a numbered frame in the same transaction."""

from datetime import datetime

import msgspec

from plaudit.clock import Clock
from plaudit.db import Connection, fetch_all, fetch_one, statements
from plaudit.gifts.model import RoomNotLive, RoomUnknown
from plaudit.ledger.model import Frame
from plaudit.ledger.shards import Shards
from plaudit.live.model import ListedRoom, NewRoom, NotYourRoom, Room, RoomChange, RoomEnded, RoomEvent, RoomState
from plaudit.people.actions import require_people_by_subjects, require_person
from plaudit.people.issuers import require_issuer
from plaudit.people.model import Caller, Role, RoleMissing
from plaudit.problems import Forbidden, InvalidField

SQL = statements(__file__)

Changed = tuple[Room, list[Frame]]
"""A room as it is now, and the frames to hand to the hub after the commit."""


async def create_room(connection: Connection, caller: Caller, new: NewRoom, shards: Shards, clock: Clock) -> Room:
    """Make a room that is not live yet.

    Raises:
        InvalidField: a creator names another, or a server nobody or two.
        NotFound: no such person.
        Forbidden: a person of another platform.
    """
    creator_id = await _creator_of(connection, caller, new, clock)
    room = await fetch_one(
        connection,
        SQL["insert_room"],
        Room,
        shards.of(creator_id),
        creator_id,
        new.title,
        new.cover,
        new.stage_url,
        clock.now(),
    )
    assert room is not None
    return room


async def _creator_of(connection: Connection, caller: Caller, new: NewRoom, clock: Clock) -> int:
    if Role.SERVER not in caller.roles:
        if new.creator_subject is not None or new.creator_id not in {None, str(caller.person_id)}:
            raise InvalidField(field="body.creator_id", reason="may be named by servers only; your rooms are your own")
        return caller.person_id
    if caller.person_id and new.creator_id is None and new.creator_subject is None:
        return caller.person_id
    if (new.creator_id is None) == (new.creator_subject is None):
        raise InvalidField(field="body.creator_id", reason="or creator_subject must be given, and not both")
    if new.creator_subject is not None:
        people = await require_people_by_subjects(connection, caller.issuer_id, [new.creator_subject], clock)
        return people[new.creator_subject].id
    creator_id = int(new.creator_id or 0)
    await _require_same_platform(connection, caller, creator_id)
    return creator_id


async def _require_same_platform(connection: Connection, caller: Caller, person_id: int) -> None:
    person = await require_person(connection, person_id)
    if (await require_issuer(connection, person.issuer)).id != caller.issuer_id:
        raise Forbidden("This person is of another platform.")


async def require_room(connection: Connection, room_id: int) -> Room:
    """The room of that id.

    Raises:
        RoomUnknown: there is none.
    """
    rooms = await fetch_all(connection, SQL["rooms_by_ids"], Room, [room_id])
    if not rooms:
        raise RoomUnknown(room_id=str(room_id))
    return rooms[0]


async def _own_room(connection: Connection, caller: Caller, room_id: int) -> Room:
    """A room, locked, that the caller runs: its creator, or a server of the creator's platform."""
    room = await fetch_one(connection, SQL["room_for_change"], Room, room_id)
    if room is None:
        raise RoomUnknown(room_id=str(room_id))
    if room.creator_id == caller.person_id:
        if Role.CREATOR not in caller.roles and Role.SERVER not in caller.roles:
            raise RoleMissing([Role.CREATOR])
    elif Role.SERVER in caller.roles and not caller.person_id:
        await _require_same_platform(connection, caller, room.creator_id)
    else:
        raise NotYourRoom
    return room


async def change_room(
    connection: Connection, caller: Caller, room_id: int, change: RoomChange, clock: Clock
) -> Changed:
    """Change title, cover, stage, or whether gifts are taken.

    Raises:
        RoomUnknown, NotYourRoom: no such room, or not the caller's.
        RoomEnded: nothing of it can change any more.
    """
    room = await _own_room(connection, caller, room_id)
    if room.state == "ended":
        raise RoomEnded
    given = {
        field: value for field in change.__struct_fields__ if (value := getattr(change, field)) is not msgspec.UNSET
    }
    wanted = msgspec.structs.replace(room, **given)
    event: RoomEvent | None = None
    if wanted.gifts_enabled != room.gifts_enabled and room.state == "live":
        event = "gifts_resumed" if wanted.gifts_enabled else "gifts_paused"
    return await _write(connection, wanted, event, clock.now())


async def start_room(connection: Connection, caller: Caller, room_id: int, clock: Clock) -> Changed:
    """Go live. One that is live stays so.

    Raises:
        RoomUnknown, NotYourRoom: no such room, or not the caller's.
        RoomEnded: it is over.
    """
    room = await _own_room(connection, caller, room_id)
    if room.state == "ended":
        raise RoomEnded
    if room.state == "live":
        return room, []
    return await _move(connection, room, "live", "started", clock)


async def end_room(connection: Connection, caller: Caller, room_id: int, clock: Clock) -> Changed:
    """End a live room. One that has ended stays so.

    Raises:
        RoomUnknown, NotYourRoom: no such room, or not the caller's.
        RoomNotLive: it has not begun.
    """
    room = await _own_room(connection, caller, room_id)
    if room.state == "ended":
        return room, []
    if room.state == "scheduled":
        raise RoomNotLive
    return await _move(connection, room, "ended", "ended", clock)


async def _move(connection: Connection, room: Room, state: RoomState, event: RoomEvent, clock: Clock) -> Changed:
    now = clock.now()
    times = {"live": {"started_at": now}, "ended": {"ended_at": now}}[state]
    return await _write(connection, msgspec.structs.replace(room, state=state, **times), event, now)


async def _write(connection: Connection, wanted: Room, event: RoomEvent | None, now: datetime) -> Changed:
    room = await fetch_one(
        connection,
        SQL["change_room"],
        Room,
        wanted.id,
        wanted.title,
        wanted.cover,
        wanted.stage_url,
        wanted.gifts_enabled,
        wanted.state,
        wanted.started_at,
        wanted.ended_at,
    )
    assert room is not None
    if event is None:
        return room, []
    body = {"event": event}
    seq = await connection.fetchval(SQL["append_frame"], room.shard, room.id, "room", body, now)
    return room, [Frame({"room_id": room.id, "seq": seq, "kind": "room", "at": now, "body": body})]


async def list_rooms(
    connection: Connection,
    *,
    seen_after: datetime,
    state: RoomState | None,
    creator_id: int | None,
    after: tuple[int, int] | None,
    limit: int,
) -> list[ListedRoom]:
    """Rooms, live ones first, then scheduled, then ended; `after` is rank and id of the last one before."""
    rank, room_id = after or (None, None)
    return await fetch_all(
        connection, SQL["list_rooms"], ListedRoom, seen_after, state, creator_id, rank, room_id, limit
    )


async def current_room(connection: Connection, creator_id: int) -> Room | None:
    """The live room of a creator, else the newest; None: there is none."""
    return await fetch_one(connection, SQL["current_room"], Room, creator_id)
