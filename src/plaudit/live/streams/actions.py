"""What a media server's words do: a stream begins with a room, goes on, breaks off, and takes its room with it at last.

A stream has one moment at which it is over. Each word moves that moment, so words that come twice, late or in another
order do no harm, and a server that falls silent ends its streams.
"""

import secrets
from datetime import timedelta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ids import new_id
from plaudit.ledger.shards import Shards
from plaudit.limits import STREAM_SILENCE_S, STREAMS_ENDED_PER_RUN_MAX
from plaudit.live import actions as rooms
from plaudit.live.actions import Changed
from plaudit.live.making import add_room
from plaudit.live.model import NewRoom, Room
from plaudit.live.streams.keys import hash_of
from plaudit.live.streams.model import Stream, StreamKey, StreamRefused
from plaudit.people.actions import require_person
from plaudit.people.model import Person
from plaudit.people.telling import is_creator
from plaudit.settings import Settings
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)
_NAME_BYTES = 16


async def publish(
    connection: Connection, key_text: str, shards: Shards, settings: Settings, clock: Clock
) -> tuple[str, Changed]:
    """A tool begins to send, or comes back: its creator's room is live with it.

    That room is the one that is live, else the one prepared last, else a new one. Returns the name under which the
    media server is to show the stream, and what became of the room.

    Raises:
        StreamRefused: the key is not good, or its owner is no creator any more.
    """
    key = await fetch_one(connection, SQL["stream_key_by_hash"], StreamKey, hash_of(key_text))
    if key is None:
        raise StreamRefused("The stream key is not valid, or was renewed.")
    await connection.execute(SQL["lock_creator"], key.creator_id)
    creator = await require_person(connection, key.creator_id)
    if not await is_creator(connection, creator):
        raise StreamRefused("Only creators stream.")
    await connection.execute(SQL["use_stream_key"], key.id, clock.now())
    stream = await _open_stream(connection, creator, clock)
    ends_at = clock.now() + timedelta(seconds=STREAM_SILENCE_S)
    if stream is None:
        room = await _room_for(connection, creator, shards, clock)
        stream = await fetch_one(
            connection, SQL["insert_stream"], Stream,
            new_id(clock), secrets.token_hex(_NAME_BYTES), creator.id, key.id, room.id, clock.now(), ends_at,
        )  # fmt: skip
        assert stream is not None
    else:
        room = await rooms.lock_room(connection, stream.room_id)
        await connection.execute(SQL["move_stream_end"], stream.id, ends_at, key.id)
    shown = f"{settings.stream_hls_url}/{stream.name}.m3u8"
    changed, frames = await rooms.show_stage(connection, room, shown, "hls", clock)
    begun, more = await rooms.begin(connection, changed, clock)
    return stream.name, (begun, [*frames, *more])


async def _open_stream(connection: Connection, creator: Person, clock: Clock) -> Stream | None:
    """The stream that goes on; one whose room was ended by hand is over."""
    stream = await fetch_one(connection, SQL["open_stream"], Stream, creator.id)
    if stream is None:
        return None
    if (await rooms.require_room(connection, stream.room_id)).state == "ended":
        await connection.execute(SQL["end_stream"], stream.id, clock.now())
        return None
    return stream


async def _room_for(connection: Connection, creator: Person, shards: Shards, clock: Clock) -> Room:
    room_id = await connection.fetchval(SQL["room_for_stream"], creator.id)
    if room_id is not None:
        room = await rooms.lock_room(connection, room_id)
        if room.state != "ended" and room.removed_at is None:
            return room
    title = await connection.fetchval(SQL["title_of_last_room"], creator.id)
    made = await add_room(connection, creator.id, NewRoom(title=title or creator.display_name), shards, clock)
    assert made is not None  # it has no id that could be taken
    return made


async def go_on(connection: Connection, name: str, clock: Clock) -> None:
    """A stream is still there.

    Raises:
        StreamRefused: its key was revoked, or it is over.
    """
    stream = await _locked(connection, name)
    if stream is None:
        raise StreamRefused("There is no such stream.")
    key = await fetch_one(connection, SQL["stream_key_by_id"], StreamKey, stream.key_id)
    if key is None or key.revoked_at is not None:
        raise StreamRefused("The stream key was renewed or revoked.")
    later = max(stream.ends_at, clock.now() + timedelta(seconds=STREAM_SILENCE_S))
    await connection.execute(SQL["move_stream_end"], stream.id, later, stream.key_id)


async def break_off(connection: Connection, name: str, settings: Settings, clock: Clock) -> None:
    """A connection of a stream has ended. The room stays live for a while, so that the tool can come back."""
    stream = await _locked(connection, name)
    if stream is not None:
        sooner = min(stream.ends_at, clock.now() + timedelta(seconds=settings.stream_grace_s))
        await connection.execute(SQL["move_stream_end"], stream.id, sooner, stream.key_id)


async def _locked(connection: Connection, name: str) -> Stream | None:
    """An open stream by its name, or by the key it came with, for this transaction to move."""
    stream = await fetch_one(connection, SQL["stream_called"], Stream, name, hash_of(name))
    if stream is None:
        return None
    await connection.execute(SQL["lock_creator"], stream.creator_id)
    return await fetch_one(connection, SQL["stream_called"], Stream, name, hash_of(name))


async def due(connection: Connection, clock: Clock) -> list[Stream]:
    """Streams that are over."""
    return await fetch_all(connection, SQL["due_streams"], Stream, clock.now(), STREAMS_ENDED_PER_RUN_MAX)


async def end(connection: Connection, stream: Stream, clock: Clock) -> Changed | None:
    """End a stream that is over, and its room with it; None: it came back meanwhile, or has ended."""
    current = await _locked(connection, stream.name)
    if current is None or current.ends_at > clock.now():
        return None
    await connection.execute(SQL["end_stream"], current.id, clock.now())
    return await rooms.finish(connection, await rooms.lock_room(connection, current.room_id), clock)
