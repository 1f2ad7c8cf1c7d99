"""Searching the trail, and reading its chain and that of the books for exports."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import msgspec

from plaudit.acts import Actor, Kind, Outcome
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.ids import id_at
from plaudit.limits import ACTS_EXPORT_PAGE, DELIVERIES_EXPORT_PAGE
from plaudit.statements import fetch_all, statements
from plaudit.trail.model import ChainedAct, ChainedDelivery, KeptAct

SQL = statements(__file__)

_FIRST, _LAST = UUID(int=0), UUID(int=2**128 - 1)


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; None: anything."""

    kind: Kind | None = None
    actor: Actor | None = None
    outcome: Outcome | None = None
    operation: str | None = None
    person_id: int | None = None
    key_id: int | None = None
    about: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def find(connection: Connection, wanted: Search, before: UUID | None, limit: int) -> list[KeptAct]:
    """Acts that fit, the newest first; with those that wait for their place in the chain."""
    until = _id_of(wanted.until) if wanted.until else _LAST
    return await fetch_all(
        connection,
        SQL["acts"],
        KeptAct,
        *(min(until, before or _LAST), _id_of(wanted.since) if wanted.since else _FIRST),
        *(wanted.kind, wanted.actor, wanted.outcome, wanted.operation),
        *(wanted.person_id, wanted.key_id, wanted.about, limit),
    )


async def all_found(database: Database, wanted: Search) -> AsyncIterator[list[KeptAct]]:
    """The same, page after page, each read when it is wanted."""
    before: UUID | None = None
    while True:
        async with database.read() as connection:
            page = await find(connection, wanted, before, ACTS_EXPORT_PAGE)
        if page:
            yield page
        if len(page) < ACTS_EXPORT_PAGE:
            return
        before = page[-1].act.id


async def operations(connection: Connection) -> list[str]:
    """The names of all operations that are in the trail."""
    return [row["operation"] for row in await connection.fetch(SQL["operations"])]


async def chain(database: Database, after: int = 0) -> AsyncIterator[bytes]:
    """The chain of the trail after a position, a line of JSON for each act."""
    while True:
        async with database.read() as connection:
            page = await fetch_all(connection, SQL["chain_after"], ChainedAct, after, ACTS_EXPORT_PAGE)
        if page:
            yield _lines(page)
        if len(page) < ACTS_EXPORT_PAGE:
            return
        after = page[-1].position


async def deliveries(database: Database) -> AsyncIterator[bytes]:
    """The chains of the books, a line of JSON for each delivery, stream by stream."""
    after = (-1, 0, 0)
    while True:
        async with database.read() as connection:
            page = await fetch_all(connection, SQL["deliveries_after"], ChainedDelivery, *after, DELIVERIES_EXPORT_PAGE)
        if page:
            yield _lines(page)
        if len(page) < DELIVERIES_EXPORT_PAGE:
            return
        after = (page[-1].shard, page[-1].source_shard, page[-1].through_batch)


def _lines(page: list[ChainedAct] | list[ChainedDelivery]) -> bytes:
    return b"".join(msgspec.json.encode(one) + b"\n" for one in page)


def _id_of(moment: datetime) -> UUID:
    """The first id of a moment."""
    return id_at(moment, lambda _: 0)
