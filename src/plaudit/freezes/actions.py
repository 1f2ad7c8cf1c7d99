"""Having something stand still, once per id, and lifting that again."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.freezes.model import Freeze, FreezeIsOver, Frozen, NewFreeze, OwnFreeze
from plaudit.freezes.reading import find
from plaudit.ids import require_uuid7
from plaudit.limits import FREEZE_DAYS_MAX
from plaudit.people.actions import people_by_ids
from plaudit.problems import Conflict, IdempotencyConflict, InvalidField, NotFound
from plaudit.statements import statements

SQL = statements(__file__)


async def freeze(connection: Connection, clock: Clock, wanted: NewFreeze, operator_id: int | None) -> Freeze:
    """Have something stand still from now on. Repeating it changes nothing.

    Raises:
        IdempotencyConflict: the id belongs to another freeze.
        InvalidField: the id is no UUIDv7, or the end is past, too far away, or missing for a lot.
        NotFound: there is no such person, or nothing of theirs that is called so.
    """
    require_uuid7(wanted.id, "body.id", clock)
    now, person_id, named = clock.now(), int(wanted.person_id), _named(wanted)
    _check_end(wanted, now)
    if not await people_by_ids(connection, {person_id}):
        raise NotFound("There is no such person.", person_id=wanted.person_id)
    try:
        async with connection.transaction():
            await connection.execute(
                SQL["add_freeze"],
                *(wanted.id, wanted.what, person_id, *named, wanted.reason, wanted.message),
                *(operator_id, now, wanted.ends_at),
            )
    except asyncpg.ForeignKeyViolationError as error:
        raise NotFound(f"This person has no such {wanted.what.replace('_', ' ')}.", id=wanted.subject_id) from error
    found = await find(connection, wanted.id)
    if not _is_same(found, wanted, operator_id):
        raise IdempotencyConflict(id=wanted.id)
    return found


_BY_ID = (Frozen.LOT, Frozen.PAYOUT_METHOD, Frozen.PAYOUT, Frozen.GIFT, Frozen.REWARD)
_NAMED = {*_BY_ID, Frozen.ROOM}


def _named(wanted: NewFreeze) -> tuple[*tuple[UUID | None, ...], int | None]:
    """The id of what is named in the place of its kind, in the order of `_BY_ID`, and last the number of a room.

    Raises:
        InvalidField: nothing is where something must be, the other way round, or it is none of its kind.
    """
    if (wanted.subject_id is None) != (wanted.what not in _NAMED):
        reason = "must be given" if wanted.what in _NAMED else f"must not be given for a {wanted.what}"
        raise InvalidField(field="body.subject_id", reason=reason)
    said = wanted.subject_id or ""
    try:
        ids = [UUID(said) if wanted.what is place else None for place in _BY_ID]
        room_id = int(said) if wanted.what is Frozen.ROOM else None
    except ValueError:
        raise InvalidField(field="body.subject_id", reason=f"is no id of a {wanted.what}") from None
    if room_id is not None and not 0 < room_id < 2**63:
        raise InvalidField(field="body.subject_id", reason=f"is no id of a {wanted.what}")
    return *ids, room_id


def _check_end(wanted: NewFreeze, now: datetime) -> None:
    if wanted.ends_at is None:
        if wanted.what is Frozen.LOT:
            raise InvalidField(field="body.ends_at", reason="must be given for a lot")
    elif not now < wanted.ends_at <= now + timedelta(days=FREEZE_DAYS_MAX):
        raise InvalidField(field="body.ends_at", reason=f"must be in the next {FREEZE_DAYS_MAX} days")


def _is_same(found: Freeze, wanted: NewFreeze, operator_id: int | None) -> bool:
    said = (wanted.what, int(wanted.person_id), wanted.reason, wanted.message, wanted.ends_at, operator_id)
    kept = (found.what, found.person_id, found.reason, found.message, found.ends_at, found.frozen_by)
    return said == kept and found.subject_id == wanted.subject_id


async def lift(connection: Connection, clock: Clock, freeze_id: UUID, why: str, operator_id: int | None) -> Freeze:
    """Have something go on. Repeating it with the same words changes nothing.

    Raises:
        NotFound: there is no such freeze.
        OwnFreeze: it is the operator's own, or that of an account linked to theirs.
        FreezeIsOver: it was lifted before, by another or for another reason.
    """
    await find(connection, freeze_id)
    try:
        async with connection.transaction():
            await connection.execute(SQL["lift_freeze"], freeze_id, operator_id, clock.now(), why)
    except asyncpg.CheckViolationError as error:
        if error.constraint_name == "freeze_is_lifted_by_another":
            raise OwnFreeze from error
        if error.constraint_name == "merged_stands_still":
            raise Conflict("This account turned out to be another one's; it stays as it is.") from error
        raise
    lifted = await find(connection, freeze_id)
    if (lifted.lifted_by, lifted.lifted_because) != (operator_id, why):
        raise FreezeIsOver
    return lifted
