"""The room socket: one WebSocket a screen. Hello, the past by cursor, then what happens; commands the other way."""

import logging
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qs

from plaudit.db import Database, acting_key
from plaudit.ledger.shards import Shards
from plaudit.limits import SOCKET_HEARTBEAT_S
from plaudit.live import overlays
from plaudit.live.conversation import NOBODY, Hello
from plaudit.live.hub import Hub
from plaudit.live.message import cursor_of, message, read_cursor
from plaudit.live.model import OverlayToken, OverlayTokenNotValid, Room
from plaudit.live.open_room import RoomKey
from plaudit.live.outlet import GOING_AWAY, NO_SUCH_ROOM, NOT_VALID, TOO_MANY
from plaudit.live.protocol import SocketOutlet, outlet_of
from plaudit.live.rooms import RoomCache
from plaudit.live.seats import Watcher
from plaudit.live.session import Session
from plaudit.people.access import authenticate_scope
from plaudit.people.credentials import SOCKET_PROTOCOL, socket_token
from plaudit.people.model import Caller
from plaudit.people.ways_in import WayIn, ways_of
from plaudit.policy.networks import client_address, guest_address, where_of
from plaudit.problems import Problem, TooBusy, Unauthenticated
from plaudit.statements import statements

SQL = statements(__file__)

log = logging.getLogger(__name__)

SOCKET_PATH = "/v1/rooms/{}/socket"


class _Refused(Exception):
    """The socket is closed with this code before anything is shown."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason


async def room_socket(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI callable of room sockets, for servers that run with `ws=SocketProtocol`."""
    await receive()
    # A browser is told the close code only after the handshake, so that comes first whatever follows.
    # Of the protocols it asked for a browser wants to hear one.
    spoken = SOCKET_PROTOCOL if SOCKET_PROTOCOL in scope["subprotocols"] else None
    await send({"type": "websocket.accept", "subprotocol": spoken})
    outlet = outlet_of(scope["extensions"])
    try:
        await _serve(scope, receive, outlet)
    except _Refused as refused:
        outlet.close(refused.code, refused.reason)
    except Problem as problem:
        scope["plaudit"]["trail"].refused_at_a_socket(scope, "WatchRoom", problem)
        outlet.close(NOT_VALID if problem.status == Unauthenticated.status else GOING_AWAY, problem.code)
    except Exception:
        log.exception("a room socket failed")
        outlet.close(GOING_AWAY, "try again with the cursor")


async def _serve(scope: Any, receive: Any, outlet: SocketOutlet) -> None:
    parts = scope["plaudit"]
    hub: Hub = parts["hub"]
    overlay = await _overlay(parts["database"], socket_token(scope) or "")
    caller = None if overlay else await authenticate_scope(scope, where_of(scope))
    acting_key.set(caller.acting_key if caller else None)
    person_id = caller.person_id if caller else 0
    room = await _room(parts["rooms"], scope, overlay)
    address = None if caller or overlay else guest_address(client_address(scope, parts["settings"]))
    watcher = Watcher(room.id, room.creator_id, person_id, is_overlay=overlay is not None, address=address)
    with ExitStack() as stack:
        try:
            stack.enter_context(hub.seats.taken(watcher))
        except TooBusy:
            raise _Refused(TOO_MANY, "too many sockets") from None
        await _watch(scope, receive, outlet, room, caller, overlay)


async def _watch(
    scope: Any, receive: Any, outlet: SocketOutlet, room: Room, caller: Caller | None, overlay: OverlayToken | None
) -> None:
    parts, query = scope["plaudit"], _query(scope)
    hub: Hub = parts["hub"]
    person_id = caller.person_id if caller else 0
    key = RoomKey(room.shard, room.id)
    watched = await hub.open(key)
    outlet.send(
        message(
            Hello(
                room_id=str(room.id),
                cursor=cursor_of(hub.reader.epoch, watched.shown),
                now=hub.clock.now(),
                heartbeat_s=SOCKET_HEARTBEAT_S,
                viewer=await hub.profiles.card(person_id) if person_id else NOBODY,
                coins=await _coins(parts["database"], parts["shards"], person_id) if person_id else None,
            )
        )
    )
    expires_at = caller.expires_at if caller else None
    scopes = caller.scopes if caller and caller.key_id is not None else None
    session = Session(parts, room.id, person_id, outlet, expires_at, scopes)
    cursor = read_cursor(query.get("cursor", ""))
    # Commands are taken while the past is still on its way.
    joining = hub.start_joining(key, outlet, person_id=person_id, cursor=cursor, is_counted=overlay is None)
    ways = {WayIn("overlay", overlay.id)} if overlay else ways_of(caller) if caller else set()
    with hub.watch.watching(ways, outlet, expires_at):
        try:
            await session.listen(receive)
        finally:
            hub.leave_after(joining)


def _query(scope: Any) -> dict[str, str]:
    """Parameters of the address; the first of several, and what makes no sense is passed over."""
    try:
        parsed = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in parsed.items()}


async def _overlay(database: Database, text: str) -> OverlayToken | None:
    if not text.startswith(overlays.PREFIX):
        return None
    async with database.read() as connection:
        return await overlays.check(connection, text)


async def _room(rooms: RoomCache, scope: Any, overlay: OverlayToken | None) -> Room:
    """The room of the address, if there is one and the overlay token is for it."""
    start, _, end = SOCKET_PATH.partition("{}")
    text = scope["path"].removeprefix(start).removesuffix(end)
    room = await rooms.room(int(text)) if text.isascii() and text.isdecimal() and len(text) <= 18 else None
    if room is None:
        raise _Refused(NO_SUCH_ROOM, "no such room")
    if overlay and (overlay.creator_id != room.creator_id or overlay.room_id not in {None, room.id}):
        raise OverlayTokenNotValid
    return room


async def _coins(database: Database, shards: Shards, person_id: int) -> int:
    async with database.read() as connection:
        rows = await connection.fetch(SQL["wallets_of"], [shards.of(person_id)], [person_id])
    return rows[0]["coins"] if rows else 0
