"""What went back, for those who look at it. Only reads."""

from uuid import UUID

from plaudit.connections import Connection
from plaudit.ledger.shards import shard_of
from plaudit.pages import Place
from plaudit.problems import NotFound
from plaudit.selling.orders.model import Order
from plaudit.selling.reversals.model import Kind, Reversal, State
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


async def find_of_person(connection: Connection, person_id: int, reversal_id: UUID) -> Reversal:
    """A reversal of an order of a person.

    Raises:
        NotFound: the person has none with this id.
    """
    shard = await shard_of(connection, person_id)
    found = await fetch_one(connection, SQL["find_reversal"], Reversal, shard, reversal_id)
    if found is None or found.person_id != person_id:
        raise NotFound("You have no such reversal.", reversal_id=reversal_id)
    return found


async def list_of_person(connection: Connection, person_id: int, before: UUID | None, limit: int) -> list[Reversal]:
    """What went back of a person's orders, newest first, those before an id; without what never took anything."""
    shard = await shard_of(connection, person_id)
    return await fetch_all(connection, SQL["reversals_of_person"], Reversal, shard, person_id, before, limit)


async def of_order(connection: Connection, order: Order) -> list[Reversal]:
    """What went back of an order, the oldest first; without what never took anything."""
    found = await fetch_all(connection, SQL["reversals_of_order"], Reversal, order.shard, order.order_id)
    return [one for one in found if one.amount_minor or one.coins]


async def list_all(
    connection: Connection,
    kind: Kind | None,
    state: State | None,
    provider: str | None,
    person_id: int | None,
    before: Place,
    limit: int,
) -> list[Reversal]:
    """Reversals of everybody for the operator, newest first, those that hold nothing included."""
    return await fetch_all(connection, SQL["all_reversals"], Reversal, kind, state, provider, person_id, *before, limit)
