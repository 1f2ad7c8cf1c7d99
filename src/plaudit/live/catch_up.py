"""From the past to the present: a subscriber reads what it missed, and then joins the live ones without a seam."""

import asyncio
from typing import Literal

from plaudit.limits import FRAMES_BACKLOG_MAX, FRAMES_RESUME_MAX, HUB_TICK_MS, SOCKET_DRAIN_WAIT_S
from plaudit.live.message import frames_messages, resync_message
from plaudit.live.open_room import OpenRoom, Subscriber
from plaudit.live.outlet import TOO_SLOW, Outlet
from plaudit.live.reader import Reader

SLOW = "too slow: come back with the cursor"


async def bring_up(
    reader: Reader, subscriber: Subscriber, cursor: tuple[int, int] | None, woken: asyncio.Event
) -> None:
    """Send everything after the cursor up to what the live subscribers have, and make it one of them.

    A cursor that is void is answered with `resync`, and the last frames follow. Without one, the last frames.
    """
    subscriber.cursor = await _start(reader, subscriber, cursor, woken)
    await follow(reader, subscriber)


async def follow(reader: Reader, subscriber: Subscriber) -> None:
    """Send what comes after the subscriber's cursor, as fast as it is taken, until there is no more; then it is live.

    One who takes nothing for SOCKET_DRAIN_WAIT_S is let go.
    """
    room = subscriber.room
    while subscriber.cursor < room.shown:
        page = room.recent(subscriber.cursor)
        if page is None:
            page = await reader.encoded_frames(room.key, subscriber.cursor, room.shown)
        for shared in frames_messages(reader.epoch, page, backlog=True):
            if not (subscriber.outlet.send(shared) and await hand_over(subscriber.outlet)):
                subscriber.outlet.close(TOO_SLOW, SLOW)
                return
        subscriber.cursor = page[-1][0]
    # No pause since the comparison: nothing can have been shown in between.
    if subscriber in room.subscribers:
        room.live.add(subscriber)


async def hand_over(outlet: Outlet) -> bool:
    """Wait until a reader has taken what was sent; False: it takes too long."""
    try:
        async with asyncio.timeout(SOCKET_DRAIN_WAIT_S):
            return await outlet.drained()
    except TimeoutError:
        return False


async def _start(reader: Reader, subscriber: Subscriber, cursor: tuple[int, int] | None, woken: asyncio.Event) -> int:
    room = subscriber.room
    if cursor is None:
        return _latest(room)
    epoch, seq = cursor
    if epoch != reader.epoch:
        return _resync(reader, subscriber, "epoch")
    if seq > room.shown:
        # Another process was ahead of this one, or the cursor is of a future that a restore undid.
        if seq > await reader.head(room.key):
            return _resync(reader, subscriber, "epoch")
        room.sequence.offer(seq, None)
        while room.shown < seq and subscriber in room.subscribers:
            woken.set()
            await asyncio.sleep(HUB_TICK_MS / 1000)
        return max(seq, 0)
    if seq < room.shown - FRAMES_RESUME_MAX:
        return _resync(reader, subscriber, "too_far")
    return seq


def _resync(reader: Reader, subscriber: Subscriber, reason: Literal["epoch", "too_far"]) -> int:
    start = _latest(subscriber.room)
    subscriber.outlet.send(resync_message(reader.epoch, start, reason))
    return start


def _latest(room: OpenRoom) -> int:
    return max(0, room.shown - FRAMES_BACKLOG_MAX)
