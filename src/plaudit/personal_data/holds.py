"""Legal holds: that nothing of somebody goes because it is old, and that they are not erased, until it is lifted."""

from datetime import datetime
from uuid import UUID

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ids import require_uuid7
from plaudit.people.actions import require_person
from plaudit.personal_data.model import HoldIsOver, LegalHold, NewHold, OwnHold
from plaudit.problems import IdempotencyConflict, NotFound
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


async def place(connection: Connection, clock: Clock, wanted: NewHold, operator_id: int) -> LegalHold:
    """Hold what is kept of somebody. The same id again changes nothing.

    Raises:
        InvalidField: the id is no UUIDv7.
        NotFound: there is no such person.
        OwnHold: it is the operator's own.
        IdempotencyConflict: the id belongs to another hold.
    """
    require_uuid7(wanted.id, "body.id", clock)
    person_id = int(wanted.person_id)
    await require_person(connection, person_id)
    if person_id == operator_id:
        raise OwnHold
    await connection.execute(SQL["place_hold"], wanted.id, person_id, wanted.reason, operator_id, clock.now())
    found = await find(connection, wanted.id)
    if (found.person_id, found.reason, found.placed_by) != (person_id, wanted.reason, operator_id):
        raise IdempotencyConflict(id=wanted.id)
    return found


async def lift(connection: Connection, clock: Clock, hold_id: UUID, reason: str, operator_id: int) -> LegalHold:
    """Let what is kept of somebody go again. The same reason by the same operator again changes nothing.

    Raises:
        NotFound: there is no such hold.
        OwnHold: it is of the operator.
        HoldIsOver: it was lifted.
    """
    found = await find(connection, hold_id)
    if found.person_id == operator_id:
        raise OwnHold
    lifted = await connection.fetchval(SQL["lift_hold"], hold_id, operator_id, clock.now(), reason)
    found = await find(connection, hold_id)
    if not lifted and (found.lifted_by, found.lifted_because) != (operator_id, reason):
        raise HoldIsOver
    return found


async def find(connection: Connection, hold_id: UUID) -> LegalHold:
    """
    Raises:
        NotFound: there is none.
    """
    found = await fetch_one(connection, SQL["find_hold"], LegalHold, hold_id)
    if found is None:
        raise NotFound("There is no such hold.")
    return found


async def list_holds(
    connection: Connection, after: tuple[datetime, UUID], limit: int, *, person_id: int | None, is_open: bool
) -> list[LegalHold]:
    """The newest first, after a place."""
    return await fetch_all(connection, SQL["legal_holds"], LegalHold, *after, person_id, is_open, limit)
