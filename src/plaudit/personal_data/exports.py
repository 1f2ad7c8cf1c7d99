"""Asking for a copy of all that is held of somebody, and finding it."""

from collections.abc import AsyncIterator
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.ids import require_uuid7
from plaudit.languages.model import home_language, language_of
from plaudit.people.actions import require_person
from plaudit.people.allowances import take
from plaudit.personal_data.limits import (
    EXPORT_LEASE_S,
    EXPORT_PAUSE_S_FIRST,
    EXPORT_PAUSE_S_MAX,
    EXPORTS_PER_HOUR,
    EXPORTS_PER_RUN_MAX,
    EXPORTS_SHOWN_MAX,
)
from plaudit.personal_data.model import AskedBy, Asking, Export, ExportNotReady, ExportState, ExportUnderWay
from plaudit.problems import IdempotencyConflict, NotFound
from plaudit.queues import Backoff, Queue
from plaudit.statements import fetch_all, fetch_one, statements
from plaudit.vault.sealing import SealedColumn, Vault

SQL = statements(__file__)

PARTS = SealedColumn("data_export_part", "sealed", ("export_id", "number"))
COLUMNS = (PARTS,)

EXPORTS = Queue(
    name="personal_data.exports",
    what="Copies of all that is held of people who asked for it are made",
    item=Export,
    claim=SQL["claim_exports"],
    postpone=SQL["postpone_export"],
    waiting=SQL["waiting_exports"],
    key=lambda export: (export.id,),
    lease_s=EXPORT_LEASE_S,
    backoff=Backoff(EXPORT_PAUSE_S_FIRST, EXPORT_PAUSE_S_MAX),
    at_once=1,
    claimed_max=1,
    per_run_max=EXPORTS_PER_RUN_MAX,
)


async def ask(connection: Connection, clock: Clock, export_id: UUID, person_id: int, asking: Asking) -> Export:
    """Have a copy made. Asking again with the same id changes nothing.

    Raises:
        InvalidField: the id is no UUIDv7.
        NotFound: there is no such person.
        IdempotencyConflict: the id belongs to another export.
        ExportUnderWay: one is being made.
        TooOften: somebody asked too often within the hour.
    """
    require_uuid7(export_id, "body.id", clock)
    person = await require_person(connection, person_id)
    known = await fetch_one(connection, SQL["find_export"], Export, export_id)
    if known is None:
        if (waiting := await connection.fetchval(SQL["waiting_export"], person_id)) is not None:
            raise ExportUnderWay(export_id=waiting)
        if asking.by is not AskedBy.OPERATOR:
            await take(connection, person_id, "export", EXPORTS_PER_HOUR, clock)
        language = language_of(person.language) or home_language(person.country)
        said = (person_id, asking.by, asking.operator_id, asking.reason, language.tag, clock.now())
        await connection.execute(SQL["add_export"], export_id, *said)
        known = await find(connection, export_id)
    if (known.person_id, known.asked_by, known.operator_id, known.reason) != (
        person_id,
        asking.by,
        asking.operator_id,
        asking.reason,
    ):
        raise IdempotencyConflict(id=export_id)
    return known


async def find(connection: Connection, export_id: UUID, person_id: int | None = None) -> Export:
    """An export, of that person if one is named.

    Raises:
        NotFound: there is none.
    """
    found = await fetch_one(connection, SQL["find_export"], Export, export_id)
    if found is None or person_id not in {None, found.person_id}:
        raise NotFound("There is no such export.", export_id=export_id)
    return found


async def exports_of(connection: Connection, person_id: int) -> list[Export]:
    """Those of somebody, the newest first, EXPORTS_SHOWN_MAX at most."""
    return await fetch_all(connection, SQL["exports_of"], Export, person_id, EXPORTS_SHOWN_MAX)


async def open_file(connection: Connection, clock: Clock, export_id: UUID, person_id: int | None = None) -> Export:
    """Note that the file of an export is fetched.

    Raises:
        NotFound: there is no such export, or it is another's.
        ExportNotReady: it has no file yet, or no longer.
    """
    found = await find(connection, export_id, person_id)
    if found.state is not ExportState.READY:
        raise ExportNotReady(state=found.state)
    await connection.execute(SQL["note_download"], export_id, clock.now())
    return found


async def read_file(database: Database, vault: Vault, export_id: UUID) -> AsyncIterator[bytes]:
    """The bytes of a file, part by part; it ends where the file is deleted meanwhile."""
    number = 0
    while True:
        async with database.read() as connection:
            sealed = await connection.fetchval(SQL["find_part"], export_id, number)
            if sealed is None:
                return
            part = await vault.open(connection, PARTS, (export_id, number), sealed)
        yield part
        number += 1
