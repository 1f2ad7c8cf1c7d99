"""Stream keys: made, shown once, renewed and revoked. One of a creator is good at a time, and only its hash is kept."""

import hashlib
import secrets

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ids import require_uuid7
from plaudit.live.streams.model import NewStreamKey, StreamKey
from plaudit.problems import IdempotencyConflict
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)

PREFIX = "pls-"
_SECRET_BYTES = 24


def hash_of(text: str) -> bytes:
    """What is kept of a key; 192 random bits need no slow hash."""
    return hashlib.sha256(text.encode()).digest()


async def renew(
    connection: Connection, creator_id: int, new: NewStreamKey, clock: Clock
) -> tuple[StreamKey, str | None]:
    """A new key, and its text, which cannot be shown again: None when the id came before. The key before is refused
    from now on.

    Raises:
        InvalidField: the id is no UUIDv7.
        IdempotencyConflict: the id is another creator's, or of a key that was revoked.
    """
    require_uuid7(new.id, "body.id", clock)
    await connection.execute(SQL["lock_creator"], creator_id)
    known = await fetch_one(connection, SQL["stream_key_by_id"], StreamKey, new.id)
    if known is None:
        await connection.execute(SQL["revoke_stream_key"], creator_id, clock.now())
        text = PREFIX + secrets.token_hex(_SECRET_BYTES)
        made = await fetch_one(
            connection, SQL["insert_stream_key"], StreamKey, new.id, creator_id, hash_of(text), clock.now()
        )
        if made is not None:
            return made, text
    if known is None or known.creator_id != creator_id or known.revoked_at is not None:
        raise IdempotencyConflict(id=str(new.id))
    return known, None


async def revoke(connection: Connection, creator_id: int, clock: Clock) -> None:
    """Refuse a creator's key from now on, what streams with it included."""
    await connection.execute(SQL["lock_creator"], creator_id)
    await connection.execute(SQL["revoke_stream_key"], creator_id, clock.now())


async def key_of(connection: Connection, creator_id: int) -> StreamKey | None:
    """The key that is good now; None: there is none."""
    return await fetch_one(connection, SQL["stream_key_of"], StreamKey, creator_id)
