"""Heads: how far the chains of the trail and the books go, in one document, signed and published each day."""

import hashlib
from datetime import date

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.limits import HEADS_PAGE_LENGTH
from plaudit.settings import Settings
from plaudit.statements import fetch_all, fetch_one, statements
from plaudit.trail.model import ChainEnd, Head, HeadDocument, HeadKey, StreamEnd
from plaudit.trail.sealing import seal_all
from plaudit.trail.signing import SigningKey, signing_key
from plaudit.trail.verify import HEAD_FORMAT

SQL = statements(__file__)

_BEFORE_THE_FIRST = "0" * 64


async def sign_if_due(database: Database, settings: Settings, clock: Clock) -> Head | None:
    """The head of a day that is over, if there is a key and none of today is signed yet."""
    key = signing_key(settings)
    if key is None:
        return None
    async with database.read() as connection:
        last = await last_head(connection)
    if last is not None and last.at.date() >= clock.now().date():
        return None
    return await sign(database, key, settings, clock, unless_after=last)


async def sign(
    database: Database, key: SigningKey, settings: Settings, clock: Clock, *, unless_after: Head | None = None
) -> Head | None:
    """Sign how far everything goes now. None: somebody has signed another since `unless_after` was read."""
    await seal_all(database)
    async with database.transaction() as connection:
        await connection.fetchval(SQL["lock_heads"])
        last = await last_head(connection)
        if unless_after is not None and last is not None and last.number != unless_after.number:
            return None
        trail = await fetch_one(connection, SQL["chain_end"], ChainEnd)
        assert trail is not None, "a database has one trail"
        document = HeadDocument(
            format=HEAD_FORMAT,
            installation=settings.public_url,
            number=last.number + 1 if last else 1,
            at=clock.now(),
            previous=hashlib.sha256(last.document.encode()).hexdigest() if last else _BEFORE_THE_FIRST,
            trail=trail,
            books=await fetch_all(connection, SQL["stream_ends"], StreamEnd),
        )
        text = msgspec.json.encode(document)
        head = Head(document.number, text.decode(), key.sign(text), key.key_id)
        await connection.execute(SQL["add_head_key"], key.key_id, key.public, document.at)
        await connection.execute(SQL["add_head"], head.number, head.document, head.signature, head.key_id)
    return head


async def last_head(connection: Connection) -> Head | None:
    return await fetch_one(connection, SQL["last_head"], Head)


async def heads_after(connection: Connection, number: int, since: date | None = None) -> list[Head]:
    """The next heads after a number, the oldest first; none of days before another."""
    return await fetch_all(
        connection, SQL["heads_after"], Head, number, since.isoformat() if since else "", HEADS_PAGE_LENGTH
    )


async def head_keys(connection: Connection) -> list[HeadKey]:
    """Of all keys that ever signed a head, the first first."""
    return await fetch_all(connection, SQL["head_keys"], HeadKey)
