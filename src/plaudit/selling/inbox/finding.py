"""Which order a provider speaks of."""

from uuid import UUID

from plaudit.connections import Connection
from plaudit.ledger.shards import shard_of
from plaudit.selling.orders.finding import order_in_shard, orders_by_id, orders_of_payment
from plaudit.selling.orders.model import Order
from plaudit.selling.orders.settlement import lock
from plaudit.selling.providers.news import Payment
from plaudit.selling.providers.references import read_reference


async def order_of_payment(
    connection: Connection, provider: str, payment: Payment, *, locked: bool = False
) -> Order | None:
    """The order a payment is for, by the reference it was made with: ours, or the order's id where a store allows no
    more. None: unknown, or not this provider's. `locked`: until the transaction ends."""
    if known := read_reference(payment.reference):
        person_id, order_id = known
        shard = await shard_of(connection, person_id)
        order = await order_in_shard(connection, shard, order_id, locked=locked)
        return order if order and (order.person_id, order.provider) == (person_id, provider) else None
    try:
        order_id = UUID(payment.reference)
    except ValueError:
        return None
    # An id is unique in its shard only; two orders with one id are nobody's.
    found = await orders_by_id(connection, provider, order_id)
    if len(found) != 1:
        return None
    return await lock(connection, found[0]) if locked else found[0]


async def order_by_payment_id(connection: Connection, provider: str, payment_id: str) -> Order | None:
    """The order a provider knows by a payment's id."""
    found = await orders_of_payment(connection, provider, payment_id)
    return found[0] if len(found) == 1 else None
