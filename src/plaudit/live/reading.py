"""Rooms as pages show them: with their creators, who watches them, and what was given last."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import TypeAlias

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.limits import VIEWERS_SEEN_WITHIN_S
from plaudit.live.model import Room, RoomCard, ShownRoom, WatchedRoom
from plaudit.moments import Moment
from plaudit.pages import Number, Places
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


LivePlace: TypeAlias = tuple[Number, Moment, Number]
LIVE_ROOMS: Places[LivePlace] = Places(LivePlace, (2**31, datetime.max.replace(tzinfo=UTC), 2**63 - 1))
"""The places of live rooms by their viewers, when they began, and their ids."""


def live_place(room: RoomCard) -> LivePlace:
    """Where a room stands among those that are live."""
    assert room.started_at is not None  # it is live
    return room.viewers, room.started_at, room.id


async def live_rooms(connection: Connection, clock: Clock, after: LivePlace, limit: int) -> list[RoomCard]:
    """Live rooms after a place, those with most viewers first."""
    asked = (VIEWERS_SEEN_WITHIN_S, limit, clock.now(), *after)
    return await fetch_all(connection, SQL["live_rooms"], RoomCard, *asked)


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
