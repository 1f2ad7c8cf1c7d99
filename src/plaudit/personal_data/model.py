"""Exports: what they are, and what can be wrong with asking for one."""

import enum
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.personal_data.limits import REASON_LENGTH_MAX
from plaudit.problems import Conflict, Problem

Reason = Annotated[
    str, Meta(min_length=1, max_length=REASON_LENGTH_MAX, pattern=r"\S", description="Why, for those who look later.")
]


class AskedBy(enum.StrEnum):
    """Who asked for something about a person."""

    PERSON = "person"
    PLATFORM = "platform"
    """Its server, by a key."""
    OPERATOR = "operator"


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: the person, their platform's server, or an operator, with why."""

    by: AskedBy
    operator_id: int | None = None
    reason: str | None = None


class ExportState(enum.StrEnum):
    """How far an export is."""

    WAITING = "waiting"
    READY = "ready"
    DELETED = "deleted"


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """A copy of all that is held of somebody."""

    id: UUID
    person_id: int
    asked_by: AskedBy
    operator_id: int | None
    reason: str | None
    language: str
    asked_at: datetime
    state: ExportState
    ready_at: datetime | None
    delete_at: datetime | None
    bytes: int | None
    downloaded_at: datetime | None
    tries: int
    leased_until: datetime | None


class NewExport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A copy that is asked for."""

    id: Annotated[UUID, Meta(description="A UUIDv7 of yours; asking again with it changes nothing.")]


class NewExportOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A copy that an operator asks for in somebody's stead."""

    id: Annotated[UUID, Meta(description="A UUIDv7 of yours; asking again with it changes nothing.")]
    reason: Reason


class ExportUnderWay(Conflict):
    """`export_id` is the one that is being made."""

    code: ClassVar[str] = "export_under_way"
    title: ClassVar[str] = "A copy of your data is being made already."

    class Fields(msgspec.Struct, frozen=True):
        export_id: UUID


class ExportNotReady(Problem):
    """`state` is `waiting` or `deleted`."""

    code: ClassVar[str] = "export_not_ready"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "This copy is not there yet, or no longer."

    class Fields(msgspec.Struct, frozen=True):
        state: str
