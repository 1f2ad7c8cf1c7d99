"""Overlay tokens: keys for browser sources that may watch one creator and nothing else."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ids import require_uuid7
from plaudit.limits import OVERLAY_TOKENS_MAX
from plaudit.live.actions import current_room, require_room
from plaudit.live.model import (
    NewOverlayToken,
    NotYourRoom,
    OverlayToken,
    OverlayTokenNotValid,
    OverlayTokenUnknown,
    Room,
    TooManyOverlayTokens,
)
from plaudit.problems import IdempotencyConflict
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

PREFIX = "plo_"
_SECRET_BYTES = 32
_TOKEN_LENGTH_MAX = 100


def _hash(token: str) -> bytes:
    """What is kept of a token; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).digest()


async def create(
    connection: Connection, creator_id: int, new: NewOverlayToken, clock: Clock
) -> tuple[OverlayToken, str | None]:
    """A token, and its text, which cannot be shown again: None when the id came before.

    Raises:
        InvalidField: the id is no UUIDv7.
        RoomUnknown, NotYourRoom: the room it is for is not the creator's.
        TooManyOverlayTokens: OVERLAY_TOKENS_MAX are valid already.
        IdempotencyConflict: the id belongs to another token.
    """
    require_uuid7(new.id, "body.id", clock)
    room_id = int(new.room_id) if new.room_id else None
    if room_id and (await require_room(connection, room_id)).creator_id != creator_id:
        raise NotYourRoom
    if await connection.fetchval(SQL["count_overlay_tokens"], creator_id) >= OVERLAY_TOKENS_MAX:
        raise TooManyOverlayTokens(tokens_max=OVERLAY_TOKENS_MAX)
    text = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    made = await fetch_one(
        connection,
        SQL["insert_overlay_token"],
        OverlayToken,
        new.id,
        creator_id,
        room_id,
        new.label,
        _hash(text),
        clock.now(),
    )
    if made is not None:
        return made, text
    known = await fetch_one(connection, SQL["overlay_token_by_id"], OverlayToken, new.id)
    if known is None or (known.creator_id, known.room_id, known.label) != (creator_id, room_id, new.label):
        raise IdempotencyConflict(id=str(new.id))
    return known, None


async def list_tokens(
    connection: Connection, creator_id: int, before: tuple[datetime, UUID] | None, limit: int
) -> list[OverlayToken]:
    """Tokens of a creator, newest first, those revoked included."""
    return await fetch_all(
        connection, SQL["list_overlay_tokens"], OverlayToken, creator_id, *(before or (None, None)), limit
    )


async def revoke(connection: Connection, creator_id: int, token_id: UUID, clock: Clock) -> OverlayToken:
    """Refuse a token from now on. One that is revoked stays so.

    Raises:
        OverlayTokenUnknown: the creator has no such token.
    """
    revoked = await fetch_one(connection, SQL["revoke_overlay_token"], OverlayToken, token_id, creator_id, clock.now())
    if revoked is None:
        raise OverlayTokenUnknown
    return revoked


async def check(connection: Connection, text: str) -> OverlayToken:
    """The token of that text.

    Raises:
        OverlayTokenNotValid: there is none, or it was revoked.
    """
    if not text.startswith(PREFIX) or len(text) > _TOKEN_LENGTH_MAX:
        raise OverlayTokenNotValid
    token = await fetch_one(connection, SQL["overlay_token_by_hash"], OverlayToken, _hash(text))
    if token is None:
        raise OverlayTokenNotValid
    return token


async def room_of(connection: Connection, token: OverlayToken) -> Room | None:
    """The room a token shows now: its own, else the creator's live one, else the newest; None: there is none."""
    if token.room_id is not None:
        return await require_room(connection, token.room_id)
    return await current_room(connection, token.creator_id)


async def revoked_among(connection: Connection, ids: Collection[UUID | int]) -> set[UUID]:
    """Those of the tokens that were revoked."""
    return {row["id"] for row in await connection.fetch(SQL["revoked_among"], list(ids))}
