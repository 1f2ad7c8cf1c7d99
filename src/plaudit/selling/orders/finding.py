"""Orders, by what providers and stores know them by."""

from uuid import UUID

from plaudit.connections import Connection
from plaudit.selling.orders.model import Order
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


async def order_in_shard(connection: Connection, shard: int, order_id: UUID, *, locked: bool = False) -> Order | None:
    """An order of anybody, in its shard. `locked`: until the transaction ends."""
    return await fetch_one(connection, SQL["lock_order" if locked else "find_order"], Order, shard, order_id)


async def orders_by_id(connection: Connection, provider: str, order_id: UUID) -> list[Order]:
    """Those of a provider with an id, as stores know it: one in each shard may have it."""
    return await fetch_all(connection, SQL["orders_by_id"], Order, provider, order_id)


async def orders_of_payment(connection: Connection, provider: str, payment_id: str) -> list[Order]:
    """Those a provider knows by a payment's id."""
    return await fetch_all(connection, SQL["orders_of_payment"], Order, provider, payment_id)
