"""All queues, as rooms bring them, and how they stand."""

from datetime import datetime
from functools import cache

import msgspec

from plaudit.connections import Connection
from plaudit.queues import Standing, Watched
from plaudit.rooms import rooms


@cache
def queues() -> tuple[Watched, ...]:
    """Those of all rooms, from the bottom of the house up."""
    return tuple(queue for room in rooms() if room.queues for queue in room.bring(room.queues))


class QueueStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A queue, and how it stands."""

    name: str
    what: str
    standing: Standing


async def standings(connection: Connection, now: datetime) -> list[QueueStanding]:
    """How each queue stands, in the order of what depends on what."""
    return [
        QueueStanding(name=queue.name, what=queue.what, standing=await queue.standing(connection, now))
        for queue in queues()
    ]
