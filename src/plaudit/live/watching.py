"""Watching a room or video over HTTP: pages of its frames, and what happens as server-sent events."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from typing import Annotated, Any

from litestar import Response
from litestar.params import HeaderParameter, Parameter
from litestar.response import Stream

from plaudit.limits import SOCKET_HEARTBEAT_S
from plaudit.live.conversation import NOBODY, FramePage, Hello
from plaudit.live.hub import Hub
from plaudit.live.message import cursor_of, message, read_cursor
from plaudit.live.model import CursorVoid
from plaudit.live.open_room import RoomKey
from plaudit.live.outlet import QueueOutlet
from plaudit.live.reader import NO_END
from plaudit.live.seats import Watcher
from plaudit.people.model import Caller
from plaudit.people.ways_in import WayIn, ways_of
from plaudit.policy.networks import guest_address
from plaudit.problems import InvalidField, TooBusy

FrameCursor = Annotated[
    str | None, Parameter(max_length=40, description="A cursor, `<epoch>:<seq>`; without it, from the beginning.")
]
LastEventId = Annotated[
    str | None, HeaderParameter(name="Last-Event-ID", max_length=40, description="The cursor to go on from.")
]
AfterCursor = Annotated[str | None, Parameter(max_length=40, description="The same, for who cannot set headers.")]


async def frame_page(hub: Hub, key: RoomKey, after: str | None, limit: int) -> Response[FramePage]:
    """The frames after a cursor, in order.

    Raises:
        CursorVoid, InvalidField: the cursor is of another time, or none.
    """
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


def watcher_of(
    place_id: int, creator_id: int, caller: Caller | None, network_address: str | None, *, is_video: bool = False
) -> Watcher:
    """Who watches a room or video of a creator over HTTP."""
    address = None if caller else guest_address(network_address)
    return Watcher(place_id, creator_id, caller.person_id if caller else 0, address=address, is_video=is_video)


def event_stream(
    hub: Hub,
    key: RoomKey,
    watcher: Watcher,
    caller: Caller | None,
    stopping: asyncio.Event,
    cursor: str | None,
    *also: WayIn,
) -> Stream:
    """What happens, from a cursor on; without one, from the last frames. It ends with what the caller came in by, and
    with anything else it depends on.

    Raises:
        TooBusy: no seat is left for this watcher.
    """
    hub.seats.check(watcher)  # the seat is taken when the stream begins, which it may never do
    events = _events(hub, key, caller, read_cursor(cursor or ""), stopping, also)
    return Stream(
        _seated(hub, watcher, events),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _seated(hub: Hub, watcher: Watcher, events: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    """Events for whoever has a seat; none for who was asked to come and finds them all taken meanwhile."""
    async with aclosing(events):
        with suppress(TooBusy), hub.seats.taken(watcher):
            async for event in events:
                yield event


async def _events(
    hub: Hub,
    key: RoomKey,
    caller: Caller | None,
    cursor: tuple[int, int] | None,
    stopping: asyncio.Event,
    also: tuple[WayIn, ...],
) -> AsyncGenerator[bytes, None]:
    outlet, person_id = QueueOutlet(), caller.person_id if caller else 0
    watched = await hub.open(key)
    outlet.send(
        message(
            Hello(
                room_id=str(key.room_id),
                cursor=cursor_of(hub.reader.epoch, watched.shown),
                now=hub.clock.now(),
                heartbeat_s=SOCKET_HEARTBEAT_S,
                viewer=await hub.profiles.card(person_id) if person_id else NOBODY,
                coins=(await hub.reader.wallets([person_id]))[person_id] if person_id else None,
            )
        )
    )
    joining = hub.start_joining(key, outlet, person_id=person_id, cursor=cursor)
    ending = asyncio.create_task(_close_at(stopping, outlet))
    ways, expires_at = (ways_of(caller), caller.expires_at) if caller else (frozenset(), None)
    with hub.watch.watching(ways | set(also), outlet, expires_at):
        try:
            async for shared in outlet.messages(SOCKET_HEARTBEAT_S):
                yield shared.event if shared else b": still here\n\n"
        finally:
            ending.cancel()
            hub.leave_after(joining)


async def _close_at(stopping: asyncio.Event, outlet: QueueOutlet) -> None:
    await stopping.wait()
    outlet.close(0, "")
