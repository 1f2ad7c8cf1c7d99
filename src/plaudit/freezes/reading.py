"""Who may not do something now because it stands still, and what they are told."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from plaudit.connections import Connection
from plaudit.freezes.model import Freeze, Frozen
from plaudit.limits import FREEZES_TOLD_MAX
from plaudit.pages import Place
from plaudit.problems import NotFound, StandsStill
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)

SPENDING = frozenset({Frozen.PERSON, Frozen.WALLET})
EARNING = frozenset({Frozen.PERSON, Frozen.CREATOR})


async def find(connection: Connection, freeze_id: UUID) -> Freeze:
    """A freeze by its id.

    Raises:
        NotFound: there is none.
    """
    found = await fetch_one(connection, SQL["find_freeze"], Freeze, freeze_id)
    if found is None:
        raise NotFound("There is no such freeze.", id=freeze_id)
    return found


async def list_freezes(
    connection: Connection, now: datetime, before: Place, limit: int, *, person_id: int | None, is_open: bool
) -> list[Freeze]:
    """Newest first, from the one after `before`; of one person or everybody, those that hold or all."""
    return await fetch_all(connection, SQL["freezes"], Freeze, person_id, is_open, now, *before, limit)


async def open_of(
    connection: Connection,
    person_id: int,
    what: Collection[Frozen],
    now: datetime,
    *,
    method_id: UUID | None = None,
    payout_id: UUID | None = None,
) -> list[Freeze]:
    """What holds of somebody, FREEZES_TOLD_MAX at most: of these kinds, or of the method or payout that is named."""
    return await fetch_all(
        connection, SQL["open_freezes"], Freeze, person_id, list(what), now, method_id, payout_id, FREEZES_TOLD_MAX
    )


async def told(connection: Connection, person_id: int, now: datetime) -> list[Freeze]:
    """What holds of somebody and they are told of."""
    return [one for one in await open_of(connection, person_id, list(Frozen), now) if one.message is not None]


async def require_moving(
    connection: Connection,
    person_id: int,
    what: Collection[Frozen],
    now: datetime,
    *,
    method_id: UUID | None = None,
    payout_id: UUID | None = None,
) -> None:
    """Go on only when nothing of this person stands still.

    Raises:
        StandsStill: something does; it says as much as they are told.
    """
    found = await open_of(connection, person_id, what, now, method_id=method_id, payout_id=payout_id)
    if found:
        raise refusal(found)


def refusal(found: Collection[Freeze]) -> StandsStill:
    """What somebody is told of what holds of theirs: nothing, where one of it is not for them to know."""
    if not found or any(one.message is None for one in found):
        return StandsStill()
    first = next(iter(found))
    return StandsStill(first.message, freeze_id=first.id, what=first.what.value, until=first.ends_at)
