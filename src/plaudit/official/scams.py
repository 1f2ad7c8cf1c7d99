"""Reports of scams: by people and strangers, looked at by operators, with a reply for whoever has a report's id."""

import enum
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.limits import (
    SCAM_ABOUT_LENGTH_MAX,
    SCAM_REPLY_LENGTH_MAX,
    SCAM_REPORTS_OF_STRANGERS_PER_HOUR,
    SCAM_REPORTS_PER_HOUR,
    SCAM_WORDS_LENGTH_MAX,
)
from plaudit.people.allowances import take
from plaudit.problems import Conflict, IdempotencyConflict, NotFound, TooBusy
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

_ALLOWANCE = "scam_report"
_HOUR = timedelta(hours=1)


class ScamKind(enum.StrEnum):
    """What a report is about."""

    SHOP = "shop"
    MESSAGE = "message"
    PERSON = "person"
    DOCUMENT = "document"
    OTHER = "other"


class ScamState(enum.StrEnum):
    """Where a report is."""

    NEW = "new"
    LOOKED_AT = "looked_at"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"


OPEN = (ScamState.NEW, ScamState.LOOKED_AT)
_About = Annotated[
    str, Meta(max_length=SCAM_ABOUT_LENGTH_MAX, description="An address, a name or a number, as it stands.")
]
_Words = Annotated[
    str, Meta(min_length=1, max_length=SCAM_WORDS_LENGTH_MAX, pattern=r"\S", description="What happened.")
]
_Reply = Annotated[str, Meta(min_length=1, max_length=SCAM_REPLY_LENGTH_MAX, pattern=r"\S")]


class NewScamReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody reports."""

    id: Annotated[UUID, Meta(description="Made by whoever reports: repeating it changes nothing.")]
    kind: ScamKind
    about: _About = ""
    words: _Words


class ScamAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an operator found."""

    state: Literal["looked_at", "confirmed", "not_confirmed"]
    reply: Annotated[_Reply | None, Meta(description="What who reported it reads; needed to close it.")] = None


class ScamReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report as it is kept."""

    id: UUID
    person_id: int | None
    kind: ScamKind
    about: str
    words: str
    reported_at: datetime
    state: ScamState
    reply: str | None
    answered_by: int | None
    answered_at: datetime | None


class ScamReportIsClosed(Conflict):
    code: ClassVar[str] = "scam_report_is_closed"
    title: ClassVar[str] = "This report is closed."


class ReplyMissing(Conflict):
    code: ClassVar[str] = "reply_missing"
    title: ClassVar[str] = "Who reported it is owed a reply before it is closed."


async def report(connection: Connection, clock: Clock, new: NewScamReport, person_id: int | None) -> ScamReport:
    """Keep a report. `person_id` None: of somebody who is not signed in.

    Raises:
        TooOften: the person reported so often in this hour already.
        TooBusy: strangers did.
        IdempotencyConflict: another report has the id.
    """
    now = clock.now()
    known = await _find(connection, new.id)
    if known is None:
        if person_id is not None:
            await take(connection, person_id, _ALLOWANCE, SCAM_REPORTS_PER_HOUR, clock)
        elif await connection.fetchval(SQL["of_strangers_since"], now - _HOUR) >= SCAM_REPORTS_OF_STRANGERS_PER_HOUR:
            raise TooBusy(retry_after_s=int(_HOUR.total_seconds()))
        body = (new.id, person_id, new.kind, new.about.strip(), new.words.strip(), now)
        await connection.execute(SQL["add_scam_report"], *body)
        known = await require(connection, new.id)
    said = (known.person_id, known.kind, known.about, known.words)
    if said != (person_id, new.kind, new.about.strip(), new.words.strip()):
        raise IdempotencyConflict
    return known


async def require(connection: Connection, report_id: UUID) -> ScamReport:
    """A report.

    Raises:
        NotFound: there is none.
    """
    found = await _find(connection, report_id)
    if found is None:
        raise NotFound("There is no such report.", report_id=report_id)
    return found


async def _find(connection: Connection, report_id: UUID) -> ScamReport | None:
    return await fetch_one(connection, SQL["find_scam_report"], ScamReport, report_id)


async def list_reports(
    connection: Connection, place: tuple[datetime, UUID], limit: int, *, is_open: bool
) -> list[ScamReport]:
    """Reports, the newest first; only those nobody closed, or all."""
    return await fetch_all(connection, SQL["scam_reports"], ScamReport, *place, is_open, limit)


async def answer(
    connection: Connection, clock: Clock, report_id: UUID, found: ScamAnswer, operator_id: int
) -> ScamReport:
    """Say what was found. Repeating it changes nothing.

    Raises:
        NotFound: there is no such report.
        ScamReportIsClosed: somebody said so already.
        ReplyMissing: it would be closed without a reply.
    """
    known = await fetch_one(connection, SQL["lock_scam_report"], ScamReport, report_id)
    if known is None:
        raise NotFound("There is no such report.", report_id=report_id)
    if (known.state, known.reply) == (found.state, found.reply):
        return known
    if known.state not in OPEN:
        raise ScamReportIsClosed
    if found.state not in OPEN and found.reply is None:
        raise ReplyMissing
    said = (report_id, found.state, found.reply, operator_id, clock.now())
    await connection.execute(SQL["answer_scam_report"], *said)
    return await require(connection, report_id)
