"""Exports and erasures as operators look after them: in which state each is, and by when the law wants an answer."""

import enum
from calendar import monthrange
from datetime import datetime

from plaudit.connections import Connection
from plaudit.pages import Place
from plaudit.personal_data.model import Erasure, Export, ExportState
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)


class ErasureState(enum.StrEnum):
    """How far an erasure is."""

    WAITING = "waiting"
    """For its time of grace, or for what is in the way."""
    UNDER_WAY = "under_way"
    DONE = "done"
    WITHDRAWN = "withdrawn"


def state_of(erasure: Erasure) -> ErasureState:
    """How far it is."""
    if erasure.withdrawn_at is not None:
        return ErasureState.WITHDRAWN
    if erasure.erased_at is not None:
        return ErasureState.DONE
    return ErasureState.WAITING if erasure.begun_at is None else ErasureState.UNDER_WAY


def answer_by(asked_at: datetime) -> datetime:
    """When the month is over in which the law wants an answer (GDPR, Article 12(3)): the same day of the next month, or
    its last."""
    year, month = (asked_at.year + 1, 1) if asked_at.month == 12 else (asked_at.year, asked_at.month + 1)
    return asked_at.replace(year=year, month=month, day=min(asked_at.day, monthrange(year, month)[1]))


async def list_exports(
    connection: Connection, after: Place, limit: int, *, state: ExportState | None, person_id: int | None
) -> list[Export]:
    """The newest first, after a place; in one state, of one person, where that is asked for."""
    return await fetch_all(connection, SQL["exports"], Export, *after, limit, state, person_id)


async def list_erasures(
    connection: Connection, after: Place, limit: int, *, state: ErasureState | None, person_id: int | None
) -> list[Erasure]:
    """The same of erasures."""
    return await fetch_all(connection, SQL["erasures"], Erasure, *after, limit, state, person_id)
