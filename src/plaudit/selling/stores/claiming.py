"""Whose a store's transaction is: claimed for one order, once in the whole house, or held for a person."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from plaudit.connections import Connection
from plaudit.selling.orders.finding import orders_by_id
from plaudit.selling.orders.model import Order
from plaudit.selling.orders.settlement import UNPAID, lock, set_quantity
from plaudit.selling.providers.news import StorePayment
from plaudit.selling.stores.model import HoldReason, StoreTransaction, TransactionState
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)


STORE_HAS_A_PART = frozenset({HoldReason.NOTHING_PAID, HoldReason.NO_PRICE})
"""Reasons why a store is asked, or told, of a purchase that is held; see `held`."""


class Claim(NamedTuple):
    """What became of a transaction: the order it is claimed for, or why it is held, or neither: it is used."""

    order: Order | None = None
    held: HoldReason | None = None


class Resolution(NamedTuple):
    """What an operator decided, and why."""

    operator_id: int
    words: str


async def claim(
    connection: Connection, provider: str, payment: StorePayment, presented_by: int | None, now: datetime
) -> Claim:
    """Find the order a paid transaction belongs to and claim it for that order, or hold it; in the transaction that
    settles the order.

    Args:
        connection: in a transaction.
        provider: the store.
        payment: as the store proved it; paid.
        presented_by: the person who brought it; None when the store told of it.
        now: the time of ours.
    """
    known = await _note(connection, provider, payment, presented_by, now)
    if known.state is TransactionState.CLOSED:
        return Claim()
    if known.state is TransactionState.CLAIMED:
        claimer = await _order_of(connection, known)
        return Claim(claimer if presented_by in {None, claimer.person_id} else None)
    order, reason = await _ordered(connection, provider, payment, presented_by)
    if payment.is_priced:
        await connection.execute(SQL["note_price"], *known.key, payment.amount.amount_minor, payment.amount.currency)
    if order is None:
        due_at = now if reason in STORE_HAS_A_PART and reason is not known.hold_reason else None
        await connection.execute(SQL["hold_transaction"], *known.key, reason, presented_by, now, due_at)
        return Claim(held=reason)
    return Claim(await take(connection, known, order, now))


async def take(
    connection: Connection, transaction: StoreTransaction, order: Order, now: datetime, by: Resolution | None = None
) -> Order:
    """Claim a held transaction, which is locked, for an order that fits, which is locked too; the order to settle."""
    if transaction.quantity != order.quantity:
        await set_quantity(connection, order, transaction.quantity)
    operator_id, words = by or (None, None)
    await connection.execute(
        SQL["claim_transaction"], *transaction.key, order.shard, order.order_id, now, operator_id, words
    )
    return await lock(connection, order)


async def misfit(connection: Connection, order: Order, payment: StorePayment) -> HoldReason | None:
    """Why a transaction cannot be the payment of an order, which is locked; None when it can."""
    if reason := _unpaid(payment):
        return reason
    other = await connection.fetchval(SQL["transaction_of_order"], order.shard, order.order_id)
    if other is not None or (order.state not in UNPAID and order.payment_id != payment.id):
        return HoldReason.ORDER_PAID_ALREADY
    if payment.coins is None or payment.coins * order.quantity != order.coins * payment.quantity:
        return HoldReason.OTHER_PRODUCT
    return None


def _unpaid(payment: StorePayment) -> HoldReason | None:
    """Why a transaction pays for no order, whosever it is."""
    if not payment.is_priced:
        return HoldReason.NO_PRICE
    return HoldReason.NOTHING_PAID if payment.amount.amount_minor == 0 else None


async def _note(
    connection: Connection, provider: str, payment: StorePayment, presented_by: int | None, now: datetime
) -> StoreTransaction:
    """The transaction as it is kept, locked: whoever brings it at the same moment waits here."""
    assert payment.coins is not None  # a store sells nothing else
    key = (provider, payment.environment, payment.id)
    await connection.execute(
        SQL["note_transaction"],
        *(*key, HoldReason.UNKNOWN_ACCOUNT_TOKEN, payment.reference, payment.product_id, payment.quantity),
        *(payment.coins, payment.amount.amount_minor, payment.amount.currency, presented_by, now),
    )
    known = await fetch_one(connection, SQL["lock_transaction"], StoreTransaction, *key)
    assert known is not None
    return known


async def _order_of(connection: Connection, transaction: StoreTransaction) -> Order:
    assert transaction.order_id is not None
    found = await orders_by_id(connection, transaction.provider, transaction.order_id)
    return next(order for order in found if order.shard == transaction.shard)


async def _ordered(
    connection: Connection, provider: str, payment: StorePayment, presented_by: int | None
) -> tuple[Order | None, HoldReason | None]:
    """The order a transaction is the payment of, locked; or why there is none."""
    if reason := _unpaid(payment):
        return None, reason
    if not payment.reference:
        return None, HoldReason.NO_ACCOUNT_TOKEN
    try:
        token = UUID(payment.reference)
    except ValueError:
        return None, HoldReason.UNKNOWN_ACCOUNT_TOKEN
    found = await orders_by_id(connection, provider, token)
    if len(found) != 1:
        return None, HoldReason.UNKNOWN_ACCOUNT_TOKEN
    if presented_by not in {None, found[0].person_id}:
        return None, HoldReason.OF_SOMEBODY_ELSE
    order = await lock(connection, found[0])
    reason = await misfit(connection, order, payment)
    return (None, reason) if reason else (order, None)
