"""The creator's live view and overlay tokens over HTTP, and what a browser source begins with."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Router, delete, get, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, Parameter

from plaudit.connections import Connection
from plaudit.gifts.model import RoomUnknown
from plaudit.injected import Clock, Database, Settings
from plaudit.ledger.shards import Shards
from plaudit.limits import PAGE_LENGTH_DEFAULT
from plaudit.live import actions, overlays, thanks
from plaudit.live.answers import (
    NewOverlayTokenView,
    OverlayTokenView,
    OverlayView,
    ReceivedGiftPage,
    card,
    overlay_token,
    received_gift,
    room_view,
)
from plaudit.live.hub import Hub
from plaudit.live.model import (
    NewOverlayToken,
    NotYourRoom,
    OverlayTokenNotValid,
    OverlayTokenUnknown,
    Room,
    ThankRequest,
    TooManyOverlayTokens,
)
from plaudit.live.open_room import RoomKey
from plaudit.pages import BY_TIME, Cursor, Limit, Page
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.people.ways_in import WayIn
from plaudit.problems import NotFound
from plaudit.rules.memory import Rules

TAGS = ["Creator's live view"]

RoomIdOrCurrent = Annotated[
    str | None,
    Parameter(
        pattern=r"^[1-9][0-9]{0,17}$(?!\n)", description="One of my rooms; without it, the live one, else the newest."
    ),
]
Thanked = Annotated[
    bool | None,
    Parameter(description="Only those that are ticked off, or only those to tick off: not those of who hides."),
]


async def _room_of_creator(connection: Connection, caller: Caller, room_id: str | None) -> Room | None:
    if room_id is None:
        return await actions.current_room(connection, caller.person_id)
    room = await actions.require_room(connection, int(room_id))
    if room.creator_id != caller.person_id:
        raise NotYourRoom
    return room


@get(
    "/v1/creators/me/gifts",
    access=Access.CREATOR,
    scope=Scope.MONEY_READ,
    operation_id="ListReceivedGifts",
    tags=TAGS,
    summary="Gifts I received in a room",
    problems=(NotYourRoom, RoomUnknown),
)
async def list_received_gifts(
    caller: Caller,
    database: Database,
    room_id: RoomIdOrCurrent = None,
    thanked: Thanked = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LENGTH_DEFAULT,
) -> ReceivedGiftPage:
    """Newest first, from who, and whether they are ticked off as thanked."""
    before = thanks.GIFTS.after(cursor)
    async with database.read() as connection:
        room = await _room_of_creator(connection, caller, room_id)
        if room is None:
            return ReceivedGiftPage([], None, None)
        key = RoomKey(room.shard, room.id)
        found = await thanks.gifts_received(
            connection, key, caller.person_id, before=before, thanked=thanked, limit=limit + 1
        )
        people = await people_by_ids(connection, {gift.viewer_id for gift in found})
    following = thanks.GIFTS.next(found, limit, lambda gift: (gift.seq, gift.place))
    return ReceivedGiftPage([received_gift(gift, people) for gift in found[:limit]], following, str(room.id))


@post(
    "/v1/creators/me/gifts/thank",
    access=Access.CREATOR,
    scope=Scope.ROOMS,
    operation_id="ThankForGifts",
    tags=TAGS,
    problems=(NotFound,),
    summary="Tick gifts off as thanked",
    status_code=204,
)
async def thank(
    data: JSONBody[ThankRequest], caller: Caller, database: Database, shards: NamedDependency[Shards], clock: Clock
) -> None:
    """A gift that is ticked off stays so. All of them or none."""
    async with database.transaction() as connection:
        await thanks.thank(connection, shards, caller.person_id, data.gifts, clock)


@delete(
    "/v1/creators/me/gifts/thank",
    access=Access.CREATOR,
    scope=Scope.ROOMS,
    operation_id="TakeBackThanks",
    tags=TAGS,
    problems=(NotFound,),
    summary="Take ticks back",
)
async def take_back(
    data: JSONBody[ThankRequest], caller: Caller, database: Database, shards: NamedDependency[Shards]
) -> None:
    """A gift without a tick stays so."""
    async with database.transaction() as connection:
        await thanks.take_back(connection, shards, caller.person_id, data.gifts)


@post(
    "/v1/overlay-tokens",
    access=Access.CREATOR,
    scope=Scope.ROOMS,
    operation_id="CreateOverlayToken",
    tags=TAGS,
    summary="A token for a browser source",
    problems=(NotYourRoom, RoomUnknown, TooManyOverlayTokens),
)
async def create_overlay_token(
    data: JSONBody[NewOverlayToken], caller: Caller, database: Database, settings: Settings, clock: Clock
) -> NewOverlayTokenView:
    """It may watch my rooms and nothing else. It is shown this once; the same `id` again shows it no more."""
    async with database.transaction() as connection:
        token, text = await overlays.create(connection, caller.person_id, data, clock)
    view = overlay_token(token)
    return NewOverlayTokenView(
        id=view.id,
        label=view.label,
        room_id=view.room_id,
        created_at=view.created_at,
        revoked_at=view.revoked_at,
        token=text,
        url=f"{settings.public_url}/overlay#token={text}" if text else None,
    )


@get(
    "/v1/overlay-tokens",
    access=Access.CREATOR,
    scope=Scope.ROOMS,
    operation_id="ListOverlayTokens",
    tags=TAGS,
    summary="My overlay tokens",
)
async def list_overlay_tokens(
    caller: Caller, database: Database, cursor: Cursor = None, limit: Limit = PAGE_LENGTH_DEFAULT
) -> Page[OverlayTokenView]:
    """Newest first, those revoked included."""
    async with database.read() as connection:
        found = await overlays.list_tokens(connection, caller.person_id, BY_TIME.after(cursor), limit + 1)
    return BY_TIME.page(found, limit, lambda token: (token.created_at, token.id), overlay_token)


@delete(
    "/v1/overlay-tokens/{token_id:uuid}",
    access=Access.CREATOR,
    scope=Scope.ROOMS,
    operation_id="RevokeOverlayToken",
    tags=TAGS,
    summary="Revoke an overlay token",
    status_code=200,
    problems=(OverlayTokenUnknown,),
)
async def revoke_overlay_token(
    token_id: FromPath[UUID], caller: Caller, database: Database, hub: NamedDependency[Hub], clock: Clock
) -> OverlayTokenView:
    """Its sockets are closed. One that is revoked stays so."""
    async with database.transaction() as connection:
        revoked = await overlays.revoke(connection, caller.person_id, token_id, clock)
    hub.watch.over([WayIn("overlay", token_id)])
    return overlay_token(revoked)


@get(
    "/v1/overlay",
    access=Access.PUBLIC,
    foreign_credentials=True,
    operation_id="GetOverlay",
    tags=TAGS,
    summary="What a browser source begins with",
    problems=(OverlayTokenNotValid,),
)
async def get_overlay(
    request: Request[Any, Any, Any], database: Database, rules: NamedDependency[Rules]
) -> OverlayView:
    """The creator, the room to show now, and where its socket is, by an overlay token as `Authorization: Bearer plo_…`.
    Ask again when the room has ended."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    async with database.read() as connection:
        known = await overlays.check(connection, token)
        room = await overlays.room_of(connection, known)
        people = await people_by_ids(connection, {known.creator_id})
    closed = await rules.closed({known.creator_id})
    return OverlayView(
        creator=card(people, known.creator_id),
        room=room_view(room, people, closed) if room else None,
        socket=f"/v1/rooms/{room.id}/socket" if room else None,
        catalogue=f"/v1/catalogue?creator_id={known.creator_id}",
    )


router = Router(
    "/",
    route_handlers=[
        list_received_gifts,
        thank,
        take_back,
        create_overlay_token,
        list_overlay_tokens,
        revoke_overlay_token,
        get_overlay,
    ],
)
