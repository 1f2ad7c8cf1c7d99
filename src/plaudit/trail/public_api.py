"""Signed heads and the keys that signed them, for everybody."""

import base64
from datetime import date
from typing import Annotated

import msgspec
from litestar import Response, Router, get
from litestar.params import Parameter, QueryParameter

from plaudit.injected import Database
from plaudit.limits import HEADS_PAGE_LENGTH
from plaudit.people.access import Access
from plaudit.trail import heads
from plaudit.trail.verify_command import HEADS, KEYS

_HEADERS = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}


class PublishedHead(msgspec.Struct, frozen=True):
    """A head: `signature` is over the bytes of `document`."""

    number: int
    document: str
    signature: str
    key_id: str


class PublishedKey(msgspec.Struct, frozen=True):
    """A key that has signed heads."""

    key_id: str
    public_key: str
    first_used_at: str


class PublishedHeads(msgspec.Struct, frozen=True):
    """Heads, the oldest first."""

    items: list[PublishedHead]
    next: str | None
    """Where the next are; None: these are the last."""


class PublishedKeys(msgspec.Struct, frozen=True):
    """All keys, the first first."""

    items: list[PublishedKey]


@get(HEADS, access=Access.PUBLIC, include_in_schema=False)
async def get_heads(
    database: Database,
    after: Annotated[int, Parameter(ge=0, le=2**31 - 1)] = 0,
    since: Annotated[date | None, QueryParameter()] = None,
) -> Response[PublishedHeads]:
    """Heads after a number, of a day or later."""
    async with database.read() as connection:
        found = await heads.heads_after(connection, after, since)
    items = [
        PublishedHead(one.number, one.document, base64.b64encode(one.signature).decode(), one.key_id) for one in found
    ]
    following = f"{HEADS}?after={items[-1].number}" if len(items) == HEADS_PAGE_LENGTH else None
    return Response(PublishedHeads(items, following), headers=_HEADERS)


@get(KEYS, access=Access.PUBLIC, include_in_schema=False)
async def get_keys(database: Database) -> Response[PublishedKeys]:
    """Public keys; whoever trusts them has them from elsewhere, too."""
    async with database.read() as connection:
        found = await heads.head_keys(connection)
    items = [
        PublishedKey(one.key_id, base64.b64encode(one.public_key).decode(), one.first_used_at.isoformat())
        for one in found
    ]
    return Response(PublishedKeys(items), headers=_HEADERS)


router = Router("/", route_handlers=[get_heads, get_keys])
