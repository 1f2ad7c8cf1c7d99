"""Erasing people whose time of grace is over: room by room, some rows in each transaction, from where it stopped."""

import hmac
from datetime import datetime, timedelta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.events.log import record
from plaudit.events.model import PersonErased
from plaudit.ids import new_id
from plaudit.people.actions import require_person
from plaudit.personal_data import erasures
from plaudit.personal_data.limits import (
    ERASURE_LEASE_S,
    ERASURE_OBSTRUCTED_HOURS,
    ERASURE_PAUSE_S_FIRST,
    ERASURE_PAUSE_S_MAX,
    ERASURE_ROWS_AT_ONCE,
    ERASURES_LISTED_AT_ONCE,
    ERASURES_PER_RUN_MAX,
    PEOPLE_LOOKED_AT_ONCE,
)
from plaudit.personal_data.model import Erasure
from plaudit.queues import Backoff, Queue, settle
from plaudit.rooms import rooms
from plaudit.selling.cards.actions import forget_person
from plaudit.settings import Settings
from plaudit.statements import statements
from plaudit.vault.sealing import vault_of

SQL = statements(__file__)

PURPOSE = "erasure"
"""Of the key of the vault by which those who were erased are found again."""

ERASURES = Queue(
    name="personal_data.erasures",
    what="People who asked for it are erased",
    item=Erasure,
    claim=SQL["claim_erasures"],
    postpone=SQL["postpone_erasure"],
    waiting=SQL["waiting_erasures"],
    key=lambda erasure: (erasure.id,),
    lease_s=ERASURE_LEASE_S,
    backoff=Backoff(ERASURE_PAUSE_S_FIRST, ERASURE_PAUSE_S_MAX),
    at_once=1,
    claimed_max=1,
    per_run_max=ERASURES_PER_RUN_MAX,
)


async def erase_due(database: Database, settings: Settings, clock: Clock) -> int:
    """Erase people whose time of grace is over and of whom nothing is in the way; how many were tried."""

    async def handle(erasure: Erasure) -> datetime | None:
        if erasure.begun_at is None and not await _begin(database, settings, clock, erasure):
            return clock.now() + timedelta(hours=ERASURE_OBSTRUCTED_HOURS)
        for function in functions():
            await _erase(database, function, erasure.person_id)
        async with database.transaction() as connection:
            await settle(connection, SQL["end_erasure"], erasure, erasure.id, clock.now())
            person = await require_person(connection, erasure.person_id)
            gone = PersonErased(erasure_id=erasure.id, person_id=str(person.id), issuer=person.issuer)
            await record(connection, clock.now(), gone)
        return None

    return await ERASURES.run(database, clock, handle)


def functions() -> list[str]:
    """Those of all rooms, from the bottom of the house up."""
    return [room.erased_by for room in rooms() if room.erased_by]


async def _begin(database: Database, settings: Settings, clock: Clock, erasure: Erasure) -> bool:
    """From here there is no way back. False: something is in the way by now."""
    now = clock.now()
    async with database.transaction() as connection:
        if erasures.left(await erasures.obstacles(connection, erasure.person_id, now), erasure):
            return False
        person = await require_person(connection, erasure.person_id)
        mac = subject_mac(await _key(connection, settings), person.issuer, person.subject)
        await settle(connection, SQL["begin_erasure"], erasure, erasure.id, now, mac)
        await forget_person(connection, erasure.person_id, clock)
    return True


async def _erase(database: Database, function: str, person_id: int) -> None:
    found = ERASURE_ROWS_AT_ONCE
    while found:
        async with database.transaction() as connection:
            found = await connection.fetchval(f"select {function}($1, $2)", person_id, ERASURE_ROWS_AT_ONCE)


def subject_mac(key: bytes, issuer: str, subject: str) -> bytes:
    """What is left of who somebody was: nobody without the key can tell whose it is."""
    return hmac.digest(key, f"{issuer}\0{subject}".encode(), "sha256")


async def _key(connection: Connection, settings: Settings) -> bytes:
    return await vault_of(settings).key(connection, PURPOSE)


async def list_done(connection: Connection) -> list[str]:
    """A line for each who was erased, the oldest first: its MAC and when."""
    lines: list[str] = []
    after: tuple[object, object] = (None, None)
    while True:
        rows = await connection.fetch(SQL["macs_after"], *after, ERASURES_LISTED_AT_ONCE)
        lines += [f"{row['mac']} {row['erased_at'].isoformat()}" for row in rows]
        if len(rows) < ERASURES_LISTED_AT_ONCE:
            return lines
        after = (rows[-1]["erased_at"], rows[-1]["id"])


async def erase_again(database: Database, settings: Settings, clock: Clock, lines: list[str]) -> int:
    """Erase whom a list says was erased, in a database that went back to before that; how many were found.

    Raises:
        ValueError: a line is none of `list_done`.
    """
    wanted = await _not_erased(database, [(line.split()[0], datetime.fromisoformat(line.split()[1])) for line in lines])
    found = 0
    last = 0
    while wanted:
        async with database.transaction() as connection:
            key = await _key(connection, settings)
            people = await connection.fetch(SQL["people_after"], last, PEOPLE_LOOKED_AT_ONCE)
            for person in people:
                mac = subject_mac(key, person["issuer"], person["subject"])
                if mac.hex() in wanted:
                    await connection.execute(SQL["erase_again"], new_id(clock), person["id"], clock.now(), mac)
                    found += 1
        if len(people) < PEOPLE_LOOKED_AT_ONCE:
            break
        last = people[-1]["id"]
    await erase_due(database, settings, clock)
    return found


async def _not_erased(database: Database, listed: list[tuple[str, datetime]]) -> set[str]:
    """Those that this database does not know of: who came again after they were erased stays."""
    async with database.read() as connection:
        return {mac for mac, at in listed if not await connection.fetchval(SQL["is_erased"], mac, at)}
