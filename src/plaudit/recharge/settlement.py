"""What the news of a payment does to its order: coins appear exactly once, whoever brings the news first."""

import enum
import re
from datetime import datetime
from fractions import Fraction

import msgspec

from plaudit.db import Connection, fetch_one, statements
from plaudit.money import round_half_up
from plaudit.recharge.model import Order, OrderState, PaymentProblemKind
from plaudit.recharge.pricing import BPS
from plaudit.recharge.providers.base import Payment, PaymentState
from plaudit.settings import Settings, SettingsError

SQL = statements(__file__)

OPEN = (OrderState.CREATED, OrderState.PENDING)
UNPAID = (*OPEN, OrderState.DECLINED, OrderState.EXPIRED)


class Outcome(enum.StrEnum):
    """What came of a piece of news."""

    APPLIED = "applied"
    REPEATED = "repeated"
    """Known already."""
    IGNORED = "ignored"
    """Nothing to do: the order is further, or the news is of no concern."""
    PROBLEM = "problem"
    """Recorded for the operator."""


class Seller(msgspec.Struct, frozen=True):
    """Who sells, as receipts name them."""

    code: str
    name: str
    address: str

    @classmethod
    def of(cls, settings: Settings) -> "Seller":
        """The seller of the settings.

        Raises:
            SettingsError: the code cannot begin a number.
        """
        if not re.fullmatch("[A-Z0-9]{1,20}", settings.seller_code):
            raise SettingsError("PLAUDIT_SELLER_CODE must be 1 to 20 capital letters and digits")
        return cls(settings.seller_code, settings.seller_name, settings.seller_address)


async def settle(connection: Connection, order: Order, payment: Payment, seller: Seller, now: datetime) -> Outcome:
    """Apply what a provider says of a payment to its order: the one way to coins, for webhook, return and poll.

    A payment of another amount or currency than ordered is never credited. One that comes after the order expired
    or was declined is: the money was taken. Both are recorded for the operator.
    """
    await connection.execute(SQL["lock_order"], order.shard, order.order_id)
    present = await fetch_one(connection, SQL["find_order"], Order, order.shard, order.order_id)
    assert present is not None
    if payment.state is PaymentState.PAID:
        return await _paid(connection, present, payment, seller, now)
    if payment.state in {PaymentState.DECLINED, PaymentState.EXPIRED}:
        return await _ended(connection, present, payment, now)
    return Outcome.IGNORED


async def _paid(connection: Connection, order: Order, payment: Payment, seller: Seller, now: datetime) -> Outcome:
    if order.state is OrderState.PAID:
        if order.payment_id == payment.id:
            return Outcome.REPEATED
        await _record(connection, order, payment, PaymentProblemKind.PAID_TWICE, now)
        return Outcome.PROBLEM
    if payment.amount != order.price:
        await _record(connection, order, payment, PaymentProblemKind.AMOUNT_DIFFERS, now)
        return Outcome.PROBLEM
    if order.state not in OPEN:
        await _record(connection, order, payment, PaymentProblemKind.PAID_LATE, now)
    if not await _move(connection, order, OrderState.PAID, payment.id, UNPAID, now):
        raise RuntimeError(f"order {order.order_id} moved under its own lock")
    await _book(connection, order, payment, now)
    await _write_receipt(connection, order, payment, seller, now)
    return Outcome.APPLIED


async def _ended(connection: Connection, order: Order, payment: Payment, now: datetime) -> Outcome:
    state = OrderState(payment.state)
    if order.state is state:
        return Outcome.REPEATED
    if order.state not in OPEN or order.payment_id not in {None, payment.id}:
        return Outcome.IGNORED
    await _move(connection, order, state, payment.id, OPEN, now)
    return Outcome.APPLIED


async def expire(connection: Connection, order: Order, now: datetime) -> bool:
    """Give up on an order that was not paid in time; False when it moved on meanwhile."""
    return await _move(connection, order, OrderState.EXPIRED, order.payment_id, OPEN, now)


async def _move(
    connection: Connection,
    order: Order,
    state: OrderState,
    payment_id: str | None,
    expected: tuple[OrderState, ...],
    now: datetime,
) -> bool:
    """Move an order if it is still in one of the expected states."""
    moved = await connection.fetchval(
        SQL["move_order"], order.shard, order.order_id, state, payment_id, now, list(expected)
    )
    return moved is not None


async def _book(connection: Connection, order: Order, payment: Payment, now: datetime) -> None:
    """The lot, and what was paid as proceeds, tax inside it, and what the channel keeps of it."""
    shard, lot_id = order.shard, order.order_id
    await connection.execute(
        SQL["fund"], shard, order.person_id, lot_id, order.coins, order.price_minor, order.currency, now
    )
    fee_minor = payment.fee_minor
    if fee_minor is None:
        fee_minor = round_half_up(Fraction(order.price_minor * order.store_fee_bps, BPS))
    movements = {"sale": order.price_minor, "sale_tax": order.tax_minor, "sale_fee": fee_minor}
    for reason, amount_minor in movements.items():
        if amount_minor > 0:
            await connection.execute(SQL["post"], shard, lot_id, reason, order.currency, amount_minor, now)


async def _write_receipt(connection: Connection, order: Order, payment: Payment, seller: Seller, now: datetime) -> None:
    number = await connection.fetchval(SQL["next_receipt_number"], order.shard, seller.code)
    await connection.execute(
        SQL["write_receipt"],
        *(order.shard, order.order_id, order.person_id, seller.code, number, seller.name, seller.address),
        *(now, payment.paid_at or now),
    )


async def _record(
    connection: Connection, order: Order, payment: Payment, kind: PaymentProblemKind, now: datetime
) -> None:
    await connection.execute(
        SQL["write_payment_problem"],
        *(order.shard, order.order_id, kind, payment.id, order.price_minor, order.currency),
        *(payment.amount.amount_minor, payment.amount.currency, kind is PaymentProblemKind.PAID_LATE, now),
    )
