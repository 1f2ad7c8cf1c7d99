"""Making rooms: whose they are, what their makers call them, and once however often they are asked for."""

import hashlib
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ids import require_uuid7
from plaudit.ledger.shards import Shards
from plaudit.live.actions import require_room, require_same_platform
from plaudit.live.model import NewRoom, Room
from plaudit.media import require_loadable
from plaudit.people.actions import require_person
from plaudit.people.model import Caller, Role
from plaudit.people.telling import find_told, require_creator
from plaudit.problems import Conflict, IdempotencyConflict, InvalidField
from plaudit.settings import Settings
from plaudit.statements import fetch_one, statements
from plaudit.texts import require_readable

SQL = statements(__file__)


class RoomAskedFor(msgspec.Struct, frozen=True):
    """A room as far as it has to be known to tell a repeat."""

    id: int
    creator_id: int
    client_id: UUID | None
    request_sha256: bytes | None
    removed_at: datetime | None


class ExternalIdTaken(Conflict):
    """`room_id` is the room that has it."""

    code: ClassVar[str] = "external_id_taken"
    title: ClassVar[str] = "Another room has this external_id."

    class Fields(msgspec.Struct, frozen=True):
        room_id: str


class TooManyRooms(Conflict):
    code: ClassVar[str] = "too_many_rooms"
    title: ClassVar[str] = "The creator has too many rooms that have not ended; end or remove one."

    class Fields(msgspec.Struct, frozen=True):
        rooms_max: int


class RoomWasRemoved(Conflict):
    code: ClassVar[str] = "room_removed"
    title: ClassVar[str] = "The room of this id was removed."

    class Fields(msgspec.Struct, frozen=True):
        room_id: str


async def create_room(
    connection: Connection, caller: Caller, new: NewRoom, shards: Shards, settings: Settings, clock: Clock
) -> Room:
    """Make a room that is not live yet. Asked for again, by either of its ids, it is found.

    Raises:
        InvalidField: a creator names another or an `external_id`, or a server nobody or two.
        PersonNotTold, NotACreator: the platform's server names somebody who may have no rooms.
        NotFound: no such person.
        Forbidden: a person of another platform.
        IdempotencyConflict, ExternalIdTaken, RoomWasRemoved: the id is that of another room, or of one that is gone.
        MediaOriginNotAllowed, MediaNotEncrypted: pages could not load its cover or stage.
        TooManyRooms: of the creator, and this would be one more.
    """
    _check(caller, new, settings, clock)
    creator_id = await _creator_of(connection, caller, new)
    rooms_max = settings.rooms_per_creator
    await connection.execute(SQL["lock_maker"], creator_id)  # so that two at once are counted one after the other
    is_full = await connection.fetchval(SQL["count_rooms_not_over"], creator_id, rooms_max) >= rooms_max
    made = None if is_full else await add_room(connection, creator_id, new, shards, clock)
    known = made or await _asked_for_before(connection, new, creator_id)
    if known is None:
        raise TooManyRooms(rooms_max=rooms_max)
    return known


async def add_room(connection: Connection, creator_id: int, new: NewRoom, shards: Shards, clock: Clock) -> Room | None:
    """A new room of a creator; None: one of its ids is taken."""
    return await fetch_one(
        connection, SQL["insert_room"], Room,
        shards.of(creator_id), creator_id, new.title, new.cover, new.cover_url, new.cover_alt, new.stage_url,
        new.stage_kind, new.id, new.external_id, _digest(new), clock.now(),
    )  # fmt: skip


def _check(caller: Caller, new: NewRoom, settings: Settings, clock: Clock) -> None:
    if new.id is not None:
        require_uuid7(new.id, "body.id", clock)
    if new.external_id is not None and Role.SERVER not in caller.roles:
        raise InvalidField(field="body.external_id", reason="may be given by servers only")
    require_readable(new.title, "body.title")
    for field in ("cover_url", "stage_url"):
        if address := getattr(new, field):
            require_loadable(address, f"body.{field}", settings)


async def _creator_of(connection: Connection, caller: Caller, new: NewRoom) -> int:
    if Role.SERVER not in caller.roles:
        if new.creator_subject is not None or new.creator_id not in {None, str(caller.person_id)}:
            raise InvalidField(field="body.creator_id", reason="may be named by servers only; your rooms are your own")
        return caller.person_id
    if caller.person_id and new.creator_id is None and new.creator_subject is None:
        person, field = await require_person(connection, caller.person_id), "header.Plaudit-Subject"
    elif (new.creator_id is None) == (new.creator_subject is None):
        raise InvalidField(field="body.creator_id", reason="or creator_subject must be given, and not both")
    elif new.creator_subject is not None:
        field = "body.creator_subject"
        person = await find_told(connection, caller.issuer_id, new.creator_subject, field)
    else:
        field = "body.creator_id"
        person = await require_same_platform(connection, caller, int(new.creator_id or 0))
    await require_creator(connection, person, field)
    return person.id


def _digest(new: NewRoom) -> bytes:
    """What was asked for, whatever fields a later version adds."""
    given = {
        field.name: value
        for field in msgspec.structs.fields(new)
        if (value := getattr(new, field.name)) != field.default
    }
    return hashlib.sha256(msgspec.json.encode(given, order="deterministic")).digest()


async def _asked_for_before(connection: Connection, new: NewRoom, creator_id: int) -> Room | None:
    known = await fetch_one(connection, SQL["room_asked_for"], RoomAskedFor, new.id, new.external_id, creator_id)
    if known is None:
        return None
    if (known.creator_id, known.request_sha256) == (creator_id, _digest(new)):
        if known.removed_at is not None:
            raise RoomWasRemoved(room_id=str(known.id))
        return await require_room(connection, known.id)
    if new.id is not None and known.client_id == new.id:
        raise IdempotencyConflict(id=str(new.id))
    raise ExternalIdTaken(room_id=str(known.id))
