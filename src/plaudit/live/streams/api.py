"""Streams over HTTP: keys for creators, and the callbacks of a media server (nginx-rtmp)."""

import hmac
from typing import Annotated, Any
from urllib.parse import parse_qsl

from litestar import Request, Response, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, Parameter

from plaudit.gifts.model import moment
from plaudit.injected import Clock, Database, Settings
from plaudit.ledger.shards import Shards
from plaudit.limits import STREAM_CALLBACK_BYTES_MAX
from plaudit.live.hub import Hub
from plaudit.live.rooms import RoomCache
from plaudit.live.streams import actions, keys
from plaudit.live.streams.model import NewStreamKey, StreamKey, StreamKeyView, StreamRefused, StreamsNotOffered
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.problems import BodyTooLarge, InvalidField

TAGS = ["Streams"]
CALLS = ("publish", "update_publish", "publish_done")
"""What nginx-rtmp tells of a tool: it begins to send, still sends, has stopped."""
OTHER_CALLS = frozenset({"connect", "disconnect", "play", "update_play", "play_done", "done", "record_done"})
"""What it may tell beside: of its own relays, for one. A refusal would break them off."""

CallbackSecret = Annotated[str, Parameter(max_length=500, description="PLAUDIT_STREAM_SECRET.")]


def are_offered(settings: Settings) -> bool:
    """Whether a media server is set up."""
    return bool(settings.stream_rtmp_url and settings.stream_hls_url and settings.stream_secret)


def _require_offered(settings: Settings) -> None:
    if not are_offered(settings):
        raise StreamsNotOffered


def _view(key: StreamKey | None, text: str | None, settings: Settings) -> StreamKeyView:
    return StreamKeyView(
        server=settings.stream_rtmp_url,
        id=key.id if key else None,
        key=text,
        created_at=moment(key.created_at) if key else None,
        used_at=moment(key.used_at) if key and key.used_at else None,
    )


@put(
    "/v1/creators/me/stream-key",
    access=Access.CREATOR,
    scope=Scope.ROOMS,
    operation_id="RenewStreamKey",
    tags=TAGS,
    summary="A new stream key",
    problems=(StreamsNotOffered,),
)
async def renew_stream_key(
    data: JSONBody[NewStreamKey], caller: Caller, database: Database, settings: Settings, clock: Clock
) -> StreamKeyView:
    """It is shown this once. The one before is refused from now on, and what streams with it is cut off."""
    _require_offered(settings)
    async with database.transaction() as connection:
        key, text = await keys.renew(connection, caller.person_id, data, clock)
    return _view(key, text, settings)


@get(
    "/v1/creators/me/stream-key",
    access=Access.CREATOR,
    scope=Scope.ROOMS,
    operation_id="GetStreamKey",
    tags=TAGS,
    summary="My stream key",
    problems=(StreamsNotOffered,),
)
async def get_stream_key(caller: Caller, database: Database, settings: Settings) -> StreamKeyView:
    """Where to stream to, and since when there is a key; never the key itself."""
    _require_offered(settings)
    async with database.read() as connection:
        return _view(await keys.key_of(connection, caller.person_id), None, settings)


@delete(
    "/v1/creators/me/stream-key",
    access=Access.CREATOR,
    scope=Scope.ROOMS,
    operation_id="RevokeStreamKey",
    tags=TAGS,
    summary="Revoke my stream key",
)
async def revoke_stream_key(caller: Caller, database: Database, clock: Clock) -> None:
    """What streams with it is cut off. Without a key it stays so."""
    async with database.transaction() as connection:
        await keys.revoke(connection, caller.person_id, clock)


@post(
    "/v1/streams/rtmp",
    access=Access.PUBLIC,
    foreign_credentials=True,
    operation_id="ReceiveRtmpCallback",
    is_way_in=True,
    tags=TAGS,
    summary="What nginx-rtmp tells",
    status_code=204,
    problems=(BodyTooLarge, StreamRefused, StreamsNotOffered),
)
async def receive_rtmp_callback(
    request: Request[Any, Any, Any],
    secret: CallbackSecret,
    database: Database,
    shards: NamedDependency[Shards],
    rooms: NamedDependency[RoomCache],
    hub: NamedDependency[Hub],
    settings: Settings,
    clock: Clock,
) -> Response[None]:
    """`on_publish`, `on_update` and `on_publish_done`, as form fields `call` and `name`. A publish is answered 302 with
    the name to show the stream under, which says nothing of its key; what is refused, 403."""
    _require_offered(settings)
    if not hmac.compare_digest(secret.encode(), settings.stream_secret.reveal().encode()):
        raise StreamRefused("The secret of the callback is wrong.")
    call, name = _told(await request.body())
    if call in OTHER_CALLS:
        return Response(None, status_code=204)
    if call != "publish":
        async with database.transaction() as connection:
            if call == "update_publish":
                await actions.go_on(connection, name, clock)
            else:
                await actions.break_off(connection, name, settings, clock)
        return Response(None, status_code=204)
    async with database.transaction() as connection:
        shown, (room, frames) = await actions.publish(connection, name, shards, settings, clock)
    rooms.keep(room)
    hub.receive(frames)
    return Response(None, status_code=302, headers={"Location": shown})


def _told(body: bytes) -> tuple[str, str]:
    if len(body) > STREAM_CALLBACK_BYTES_MAX:
        raise BodyTooLarge
    try:
        fields = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True))
    except ValueError as error:
        raise InvalidField(field="body", reason="must be a form") from error
    call, name = fields.get("call", ""), fields.get("name", "")
    if call not in CALLS and call not in OTHER_CALLS:
        raise InvalidField(field="body.call", reason=f"must be one of {', '.join(CALLS)}")
    if call in CALLS and not (name and name.isprintable()):
        raise InvalidField(field="body.name", reason="must be the name of a stream")
    return call, name


router = Router("/", route_handlers=[renew_stream_key, get_stream_key, revoke_stream_key, receive_rtmp_callback])
