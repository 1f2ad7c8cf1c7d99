"""Rooms as pages show them: with their creators, who watches them, and what was given last."""

from collections.abc import Collection

from plaudit.clock import Clock
from plaudit.db import Connection, fetch_all, fetch_one, statements
from plaudit.limits import VIEWERS_SEEN_WITHIN_S
from plaudit.live.model import Room, RoomCard, ShownRoom, WatchedRoom

SQL = statements(__file__)


async def live_rooms(connection: Connection, clock: Clock, limit: int) -> list[RoomCard]:
    """Live rooms, those with most viewers first."""
    return await fetch_all(connection, SQL["live_rooms"], RoomCard, VIEWERS_SEEN_WITHIN_S, limit, clock.now())


async def find_room(connection: Connection, room_id: int) -> ShownRoom | None:
    """A room with its creator, whether it is still shown or not; None: there is none."""
    return await fetch_one(connection, SQL["shown_room"], ShownRoom, room_id) if room_id < 2**63 else None


async def rooms_of_creator(
    connection: Connection, creator_id: int, before: int | None, limit: int
) -> list[WatchedRoom]:
    """Rooms of a creator, live ones first, then the newest; only those whose id is below `before`, if it is given."""
    return await fetch_all(
        connection, SQL["rooms_of_creator"], WatchedRoom, creator_id, VIEWERS_SEEN_WITHIN_S, before, limit
    )


async def rooms_by_ids(connection: Connection, ids: Collection[int]) -> dict[int, Room]:
    """Rooms by their ids; one that is not there is missing from the answer."""
    if not ids:
        return {}
    return {room.id: room for room in await fetch_all(connection, SQL["rooms_by_ids"], Room, list(ids))}
