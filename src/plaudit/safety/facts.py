"""What the books say of somebody, as the rules want it."""

from datetime import UTC, date, datetime, timedelta

import msgspec

from plaudit.connections import Connection
from plaudit.instruments.model import InstrumentKind
from plaudit.people.actions import require_person
from plaudit.safety.limits import (
    FLOWS_SEEN_MAX,
    ORDERS_SEEN_MAX,
    REVERSALS_SEEN_MAX,
    RING_EDGES_MAX,
    RING_PEOPLE_MAX,
    SHARED_CROWD_MAX,
    SHARED_SEEN_MAX,
    WINDOW_DAYS,
)
from plaudit.safety.picture import Flow, GivingDay, Picture, SeenOrder, SeenReversal, Shared
from plaudit.safety.rulebook import RuleBook, shipped
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)


class _Income(msgspec.Struct, frozen=True):
    creator_id: int
    givers: int
    coins: int


class _SharedRow(msgspec.Struct, frozen=True):
    kind: InstrumentKind
    name: str
    people: list[int]


async def book_in_force(connection: Connection) -> RuleBook:
    """The rules of this release with the bounds that hold."""
    rows = await connection.fetch(SQL["bounds_in_force"], list(shipped().bounds))
    return shipped().with_bounds({row["name"]: row["value"] for row in rows})


async def picture_of(connection: Connection, person_id: int, now: datetime, book: RuleBook) -> Picture:
    """Somebody as the rules see them now; several statements, which need not see one moment.

    Raises:
        NotFound: there is no such person.
    """
    person = await require_person(connection, person_id)
    since = now - timedelta(days=WINDOW_DAYS)
    first = since.astimezone(UTC).date() + timedelta(days=1)
    given = await fetch_all(connection, SQL["given"], Flow, person_id, first, FLOWS_SEEN_MAX)
    received = await fetch_all(connection, SQL["received"], Flow, person_id, first, FLOWS_SEEN_MAX)
    around = [person_id, *(flow.receiver_id for flow in given)]
    incomes = await fetch_all(connection, SQL["incomes"], _Income, around, first)
    of_interest = [person_id, *(flow.giver_id for flow in received)]
    shared = await fetch_all(connection, SQL["shared"], _SharedRow, of_interest, SHARED_CROWD_MAX, SHARED_SEEN_MAX)
    return Picture(
        person_id=person_id,
        at=now,
        created_at=person.created_at,
        given=tuple(given),
        received=tuple(received),
        near=tuple(await _near(connection, person_id, first, book)),
        days=tuple(await fetch_all(connection, SQL["giving_days"], GivingDay, person_id, first)),
        givers_of={one.creator_id: one.givers for one in incomes},
        income_of={one.creator_id: one.coins for one in incomes},
        shared=tuple(Shared(one.kind, one.name, frozenset(one.people)) for one in shared),
        orders=tuple(await fetch_all(connection, SQL["seen_orders"], SeenOrder, person_id, since, ORDERS_SEEN_MAX)),
        reversals=tuple(
            await fetch_all(connection, SQL["seen_reversals"], SeenReversal, person_id, since, REVERSALS_SEEN_MAX)
        ),
    )


async def _near(connection: Connection, person_id: int, first: date, book: RuleBook) -> list[Flow]:
    wide = book.rules["rings"]["ring_coins"]
    return await fetch_all(connection, SQL["near"], Flow, person_id, first, wide, RING_PEOPLE_MAX - 1, RING_EDGES_MAX)
