"""What changes rooms: changed, started, ended and removed, each change a numbered frame in the same transaction."""

from datetime import datetime

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.events.log import record
from plaudit.events.model import RoomEnded as EndOfRoom
from plaudit.events.model import RoomStarted
from plaudit.gifts.model import RoomUnknown
from plaudit.ledger.model import Frame
from plaudit.limits import VIEWERS_SEEN_WITHIN_S
from plaudit.live.frames import RoomBody
from plaudit.live.model import ListedRoom, NotYourRoom, Room, RoomChange, RoomEnded, RoomEvent, RoomState, StageKind
from plaudit.media import require_loadable
from plaudit.people.actions import require_person
from plaudit.people.issuers import require_issuer
from plaudit.people.model import Caller, Person, Role, RoleMissing
from plaudit.people.references import reference
from plaudit.problems import Forbidden
from plaudit.settings import Settings
from plaudit.statements import fetch_all, fetch_one, statements
from plaudit.texts import require_readable

SQL = statements(__file__)

Changed = tuple[Room, list[Frame]]
"""A room as it is now, and the frames to hand to the hub after the commit."""


async def require_same_platform(connection: Connection, caller: Caller, person_id: int) -> Person:
    """The person, of whose platform the caller is.

    Raises:
        NotFound: no such person.
        Forbidden: a person of another platform.
    """
    person = await require_person(connection, person_id)
    if (await require_issuer(connection, person.issuer)).id != caller.issuer_id:
        raise Forbidden("This person is of another platform.")
    return person


async def require_room(connection: Connection, room_id: int) -> Room:
    """The room of that id.

    Raises:
        RoomUnknown: there is none.
    """
    rooms = await fetch_all(connection, SQL["rooms_by_ids"], Room, [room_id])
    if not rooms:
        raise RoomUnknown(room_id=str(room_id))
    return rooms[0]


async def lock_room(connection: Connection, room_id: int) -> Room:
    """The room of that id, for this transaction to change.

    Raises:
        RoomUnknown: there is none.
    """
    room = await fetch_one(connection, SQL["room_for_change"], Room, room_id)
    if room is None:
        raise RoomUnknown(room_id=str(room_id))
    return room


async def _own_room(connection: Connection, caller: Caller, room_id: int, *, removed_too: bool = False) -> Room:
    """A room, locked, that the caller runs: its creator, or a server of the creator's platform."""
    room = await lock_room(connection, room_id)
    if room.removed_at is not None and not removed_too:
        raise RoomUnknown(room_id=str(room_id))
    if room.creator_id == caller.person_id:
        if Role.CREATOR not in caller.roles and Role.SERVER not in caller.roles:
            raise RoleMissing([Role.CREATOR])
    elif Role.SERVER in caller.roles and not caller.person_id:
        await require_same_platform(connection, caller, room.creator_id)
    else:
        raise NotYourRoom
    return room


async def change_room(
    connection: Connection, caller: Caller, room_id: int, change: RoomChange, settings: Settings, clock: Clock
) -> Changed:
    """Change title, cover, stage, or whether gifts are taken.

    Raises:
        RoomUnknown, NotYourRoom: no such room, or not the caller's.
        RoomEnded: nothing of it can change any more.
        MediaOriginNotAllowed, MediaNotEncrypted: pages could not load its cover or stage.
    """
    room = await _own_room(connection, caller, room_id)
    if room.state == "ended":
        raise RoomEnded
    given = {
        field: value for field in change.__struct_fields__ if (value := getattr(change, field)) is not msgspec.UNSET
    }
    if "title" in given:
        require_readable(given["title"], "body.title")
    for field in given.keys() & {"cover_url", "stage_url"}:
        if given[field] is not None:
            require_loadable(given[field], f"body.{field}", settings)
    wanted = msgspec.structs.replace(room, **given)
    event: RoomEvent | None = None
    if wanted.gifts_enabled != room.gifts_enabled and room.state == "live":
        event = "gifts_resumed" if wanted.gifts_enabled else "gifts_paused"
    elif room.state == "live" and (wanted.stage_url, wanted.stage_kind) != (room.stage_url, room.stage_kind):
        event = "stage_changed"
    return await _write(connection, wanted, event, clock.now())


async def start_room(connection: Connection, caller: Caller, room_id: int, clock: Clock) -> Changed:
    """Go live. One that is live stays so.

    Raises:
        RoomUnknown, NotYourRoom: no such room, or not the caller's.
        RoomEnded: it is over.
    """
    return await begin(connection, await _own_room(connection, caller, room_id), clock)


async def end_room(connection: Connection, caller: Caller, room_id: int, clock: Clock) -> Changed:
    """End a room, whether it began or not. One that has ended stays so.

    Raises:
        RoomUnknown, NotYourRoom: no such room, or not the caller's.
    """
    return await finish(connection, await _own_room(connection, caller, room_id), clock)


async def remove_room(connection: Connection, caller: Caller, room_id: int, clock: Clock) -> Changed:
    """Show a room to nobody any more, ended if need be. One that never began leaves its platform's id to another.

    Raises:
        RoomUnknown, NotYourRoom: no such room, or not the caller's.
    """
    room = await _own_room(connection, caller, room_id, removed_too=True)
    if room.removed_at is not None:
        return room, []
    ended, frames = await finish(connection, room, clock)
    removed = msgspec.structs.replace(ended, removed_at=clock.now())
    if ended.started_at is None:
        removed = msgspec.structs.replace(removed, external_id=None)
    return (await _write(connection, removed, None, clock.now()))[0], frames


async def show_stage(
    connection: Connection, room: Room, stage_url: str, stage_kind: StageKind, clock: Clock
) -> Changed:
    """A locked room that has not ended shows another stream."""
    if (room.stage_url, room.stage_kind) == (stage_url, stage_kind):
        return room, []
    wanted = msgspec.structs.replace(room, stage_url=stage_url, stage_kind=stage_kind)
    return await _write(connection, wanted, "stage_changed" if room.state == "live" else None, clock.now())


async def begin(connection: Connection, room: Room, clock: Clock) -> Changed:
    """A locked room goes live. One that is live stays so.

    Raises:
        RoomEnded: it is over.
    """
    if room.state == "ended":
        raise RoomEnded
    if room.state == "live":
        return room, []
    now = clock.now()
    changed = await _write(connection, msgspec.structs.replace(room, state="live", started_at=now), "started", now)
    await _tell_moved(connection, changed[0], now)
    return changed


async def finish(connection: Connection, room: Room, clock: Clock) -> Changed:
    """A locked room ends, whether it began or not. One that has ended stays so."""
    if room.state == "ended":
        return room, []
    now = clock.now()
    changed = await _write(connection, msgspec.structs.replace(room, state="ended", ended_at=now), "ended", now)
    await _tell_moved(connection, changed[0], now)
    return changed


async def _tell_moved(connection: Connection, room: Room, now: datetime) -> None:
    creator = await reference(connection, room.creator_id)
    if creator is None:
        return
    if room.state == "live":
        await record(connection, now, RoomStarted(room_id=str(room.id), creator=creator, title=room.title))
    elif room.started_at is not None:
        await record(connection, now, EndOfRoom(room_id=str(room.id), creator=creator, started_at=room.started_at))


async def _write(connection: Connection, wanted: Room, event: RoomEvent | None, now: datetime) -> Changed:
    room = await fetch_one(
        connection,
        SQL["change_room"],
        Room,
        wanted.id,
        wanted.title,
        wanted.cover,
        wanted.cover_url,
        wanted.cover_alt,
        wanted.stage_url,
        wanted.stage_kind,
        wanted.gifts_enabled,
        wanted.state,
        wanted.started_at,
        wanted.ended_at,
        wanted.external_id,
        wanted.removed_at,
    )
    assert room is not None
    if event is None:
        return room, []
    body = msgspec.to_builtins(RoomBody(event, room.stage_url, room.stage_kind))
    seq = await connection.fetchval(SQL["append_frame"], room.shard, room.id, "room", body, now)
    return room, [Frame({"room_id": room.id, "seq": seq, "kind": "room", "at": now, "body": body})]


async def list_rooms(
    connection: Connection,
    *,
    state: RoomState | None,
    creator_id: int | None,
    external_id: str | None,
    issuer_id: int | None,
    after: tuple[int, int] | None,
    limit: int,
) -> list[ListedRoom]:
    """Rooms, live ones first, then scheduled, then ended; `after` is rank and id of the last one before. Of any
    platform unless `issuer_id` names it."""
    rank, room_id = after or (None, None)
    return await fetch_all(
        connection, SQL["list_rooms"], ListedRoom,
        VIEWERS_SEEN_WITHIN_S, state, creator_id, rank, room_id, limit, external_id, issuer_id,
    )  # fmt: skip


async def current_room(connection: Connection, creator_id: int) -> Room | None:
    """The live room of a creator, else the newest; None: there is none."""
    return await fetch_one(connection, SQL["current_room"], Room, creator_id)
