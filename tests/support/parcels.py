"""A queue of tests: parcels that are to be brought, each once. Run as a process, it claims one and does no more.

Usage: python -m tests.support.parcels URL
"""

import asyncio
import sys
from datetime import datetime
from uuid import UUID

import msgspec

from plaudit.clock import Clock, SystemClock
from plaudit.connections import Connection, OwnConnection
from plaudit.db import Database
from plaudit.queues import Backoff, Queue, settle

LEASE_S = 60.0
PAUSE_S_FIRST, PAUSE_S_MAX = 10.0, 3_600.0

TABLE = """
create table parcel (
    id uuid primary key, sender integer not null, since timestamptz not null, due_at timestamptz,
    tries integer not null default 0, leased_until timestamptz, failed_with text, error text
);
create table brought (id uuid not null, at timestamptz not null);
grant select, insert, update on parcel, brought to plaudit_app;
"""

_CLAIM = """
update parcel p set tries = tries + 1, due_at = $2, leased_until = $2
from (select id from parcel where due_at <= $1 order by due_at, id limit $3 for update skip locked) due
where p.id = due.id returning p.id, p.sender, p.tries, p.leased_until
"""
_POSTPONE = """
update parcel set due_at = $3, failed_with = $4, error = $5, leased_until = null
where tries = $1 and leased_until = $2 and id = $6 returning true
"""
_WAITING = "select since, due_at, tries, leased_until, failed_with from parcel where due_at is not null"
_DONE = """
update parcel set due_at = null, leased_until = null, failed_with = null, error = null
where tries = $1 and leased_until = $2 and id = $3 returning true
"""


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel that was claimed."""

    id: UUID
    sender: int
    tries: int
    leased_until: datetime


def parcels(*, at_once: int = 4, claimed_max: int = 4, per_run_max: int = 1_000) -> Queue[Parcel]:
    return Queue(
        name="parcels",
        what="Parcels are brought",
        item=Parcel,
        claim=_CLAIM,
        postpone=_POSTPONE,
        waiting=_WAITING,
        key=lambda parcel: (parcel.id,),
        lease_s=LEASE_S,
        backoff=Backoff(PAUSE_S_FIRST, PAUSE_S_MAX),
        at_once=at_once,
        claimed_max=claimed_max,
        per_run_max=per_run_max,
    )


async def bring(connection: Connection, parcel: Parcel, now: datetime) -> None:
    """The work and its end, in one transaction."""
    await connection.execute("insert into brought (id, at) values ($1, $2)", parcel.id, now)
    await settle(connection, _DONE, parcel, parcel.id)


async def send(connection: Connection | OwnConnection, ids: list[UUID], now: datetime, sender: int = 1) -> None:
    await connection.execute(
        "insert into parcel (id, sender, since, due_at) select id, $2, $3, $3 from unnest($1::uuid[]) id",
        ids,
        sender,
        now,
    )


async def main(url: str) -> None:
    clock: Clock = SystemClock()

    async def hold(_: Parcel) -> None:
        print("held", flush=True)  # noqa: T201 - the test waits for this line
        await asyncio.Event().wait()

    async with Database(url) as database:
        await parcels().run(database, clock, hold)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
