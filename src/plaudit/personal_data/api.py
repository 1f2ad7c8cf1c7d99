"""Copies of what is held of people, over HTTP: a person's own, by themself or their platform's server; by operators."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, JSONBody, Parameter
from litestar.response import Stream
from msgspec import Meta

from plaudit.ids import id_text
from plaudit.injected import Clock, Database, Settings
from plaudit.pages import Page
from plaudit.people.access import Access
from plaudit.people.allowances import TooOften
from plaudit.people.injected import Caller
from plaudit.people.model import Scope
from plaudit.personal_data import exports
from plaudit.personal_data.model import (
    AskedBy,
    Asking,
    Export,
    ExportNotReady,
    ExportState,
    ExportUnderWay,
    NewExport,
    NewExportOf,
)
from plaudit.problems import NotFound
from plaudit.vault.sealing import vault_of

TAGS = ["Personal data"]
OPERATORS = frozenset({Access.SUPPORT, Access.OWNER})
ZIP = "application/zip"
PersonNumber = Annotated[int, Parameter(ge=1, le=2**63 - 1)]


class DataExportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A copy of all that is held of somebody."""

    id: UUID
    person_id: str
    asked_by: AskedBy
    asked_at: datetime
    state: ExportState
    ready_at: datetime | None
    delete_at: Annotated[datetime | None, Meta(description="When the file is deleted.")]
    bytes: Annotated[int | None, Meta(description="Of the file.")]
    downloaded_at: Annotated[datetime | None, Meta(description="When it was last fetched; null: not yet.")]


def export_answer(found: Export) -> DataExportAnswer:
    return DataExportAnswer(
        id=found.id,
        person_id=id_text(found.person_id) or "",
        asked_by=found.asked_by,
        asked_at=found.asked_at,
        state=found.state,
        ready_at=found.ready_at,
        delete_at=found.delete_at,
        bytes=found.bytes,
        downloaded_at=found.downloaded_at,
    )


@post(
    "/me/data-exports",
    access=Access.VIEWER,
    scope=Scope.DATA,
    operation_id="AskForMyData",
    tags=TAGS,
    summary="Have a copy of my data made",
    problems=(ExportUnderWay, TooOften),
)
async def ask_for_my_data(
    data: JSONBody[NewExport], caller: Caller, database: Database, clock: Clock
) -> DataExportAnswer:
    """All that is held of you, as a ZIP of JSON and CSV with a README in your language. It is made soon, and kept for
    some days."""
    by = AskedBy.PERSON if caller.key_id is None else AskedBy.PLATFORM
    async with database.transaction() as connection:
        return export_answer(await exports.ask(connection, clock, data.id, caller.person_id, Asking(by=by)))


@get(
    "/me/data-exports",
    access=Access.VIEWER,
    scope=Scope.DATA,
    operation_id="ListMyDataExports",
    personal=True,
    tags=TAGS,
    summary="Copies of my data",
)
async def list_my_exports(caller: Caller, database: Database) -> Page[DataExportAnswer]:
    """The newest first."""
    async with database.read() as connection:
        return Page([export_answer(one) for one in await exports.exports_of(connection, caller.person_id)], None)


@get(
    "/me/data-exports/{export_id:uuid}",
    access=Access.VIEWER,
    scope=Scope.DATA,
    operation_id="GetMyDataExport",
    personal=True,
    tags=TAGS,
    summary="One copy of my data",
    problems=(NotFound,),
)
async def get_my_export(export_id: FromPath[UUID], caller: Caller, database: Database) -> DataExportAnswer:
    """How far it is."""
    async with database.read() as connection:
        return export_answer(await exports.find(connection, export_id, caller.person_id))


@get(
    "/me/data-exports/{export_id:uuid}/file",
    access=Access.VIEWER,
    scope=Scope.DATA,
    operation_id="GetMyDataExportFile",
    personal=True,
    tags=TAGS,
    media_type=ZIP,
    summary="The file of a copy of my data",
    problems=(NotFound, ExportNotReady),
)
async def get_my_file(
    export_id: FromPath[UUID], caller: Caller, database: Database, settings: Settings, clock: Clock
) -> Stream:
    """The ZIP."""
    return await _file(export_id, caller.person_id, database, settings, clock)


@post(
    "/operator/people/{person_id:int}/data-exports",
    access=OPERATORS,
    operation_id="AskForDataOf",
    tags=TAGS,
    summary="Have a copy of somebody's data made",
    problems=(NotFound, ExportUnderWay),
)
async def ask_for_data_of(
    person_id: PersonNumber, data: JSONBody[NewExportOf], caller: Caller, database: Database, clock: Clock
) -> DataExportAnswer:
    """For somebody who asked by letter, say. They see it too."""
    asking = Asking(by=AskedBy.OPERATOR, operator_id=caller.person_id, reason=data.reason)
    async with database.transaction() as connection:
        return export_answer(await exports.ask(connection, clock, data.id, person_id, asking))


@get(
    "/operator/data-exports/{export_id:uuid}",
    access=OPERATORS,
    operation_id="GetDataExport",
    personal=True,
    tags=TAGS,
    summary="One copy of somebody's data",
    problems=(NotFound,),
)
async def get_export(export_id: FromPath[UUID], database: Database) -> DataExportAnswer:
    """How far it is."""
    async with database.read() as connection:
        return export_answer(await exports.find(connection, export_id))


@get(
    "/operator/data-exports/{export_id:uuid}/file",
    access=OPERATORS,
    acts=True,
    operation_id="GetDataExportFile",
    personal=True,
    tags=TAGS,
    media_type=ZIP,
    summary="The file of a copy of somebody's data",
    problems=(NotFound, ExportNotReady),
)
async def get_file(export_id: FromPath[UUID], database: Database, settings: Settings, clock: Clock) -> Stream:
    """The ZIP, to hand to the person."""
    return await _file(export_id, None, database, settings, clock)


async def _file(export_id: UUID, person_id: int | None, database: Database, settings: Settings, clock: Clock) -> Stream:
    async with database.transaction() as connection:
        found = await exports.open_file(connection, clock, export_id, person_id)
    headers = {
        "Content-Disposition": f'attachment; filename="data-{found.person_id}-{found.asked_at:%Y-%m-%d}.zip"',
        "Cache-Control": "no-store",
    }
    return Stream(exports.read_file(database, vault_of(settings), export_id), media_type=ZIP, headers=headers)


router = Router(
    "/v1",
    route_handlers=[
        ask_for_my_data, list_my_exports, get_my_export, get_my_file, ask_for_data_of, get_export, get_file,
    ],
)  # fmt: skip
