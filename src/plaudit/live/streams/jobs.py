"""Streams that are over take their rooms with them."""

import logging

from plaudit.clock import Clock
from plaudit.db import Database
from plaudit.jobs import Job
from plaudit.limits import STREAMS_ENDED_EVERY_S
from plaudit.live.hub import Hub
from plaudit.live.rooms import RoomCache
from plaudit.live.streams import actions
from plaudit.live.streams.model import Stream
from plaudit.queues import handle_each

log = logging.getLogger(__name__)


async def end_due(database: Database, rooms: RoomCache, hub: Hub, clock: Clock) -> int:
    """End what is over, each stream in a transaction of its own; answers how many rooms ended. What fails is tried
    again by the next run."""
    ended = 0

    async def end(stream: Stream) -> None:
        nonlocal ended
        async with database.transaction() as connection:
            changed = await actions.end(connection, stream, clock)
        if changed is not None:
            room, frames = changed
            rooms.keep(room)
            hub.receive(frames)
            ended += len(frames)

    async def failed(stream: Stream, error: Exception) -> None:
        log.error("stream %s could not be ended", stream.id, exc_info=error)

    async with database.read() as connection:
        over = await actions.due(connection, clock)
    await handle_each(over, end, failed, at_once=1)
    return ended


def stream_jobs(database: Database, rooms: RoomCache, hub: Hub, clock: Clock) -> list[Job]:
    """The jobs of streams."""
    return [Job("streams.end", STREAMS_ENDED_EVERY_S, lambda: end_due(database, rooms, hub, clock))]
