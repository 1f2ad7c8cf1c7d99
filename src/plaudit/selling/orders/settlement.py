"""What the news of a payment does to its order: coins appear exactly once, whoever brings the news first."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Protocol
from uuid import UUID

import msgspec

from plaudit.ages.cards import infer
from plaudit.connections import Connection
from plaudit.events.log import record as record_event
from plaudit.events.model import OrderPaid
from plaudit.inbox.model import NewsOutcome
from plaudit.limits import (
    ORDER_POLL_PAUSE_S_MAX,
    ORDER_PROCESSING_DAYS_MAX,
    VOUCHER_ARRIVES_DAYS_MAX,
    VOUCHER_DAYS_MAX,
    VOUCHER_REMINDER_H,
)
from plaudit.mail import outbox
from plaudit.mail.model import MailKind, NewMail
from plaudit.money import Money, payable_step, round_half_up, split_inclusive_tax
from plaudit.people.references import reference
from plaudit.selling.cards.actions import look_again
from plaudit.selling.orders import finishing
from plaudit.selling.orders.model import Order, OrderState, PaymentProblemKind
from plaudit.selling.orders.problems import note_problem
from plaudit.selling.papers.actions import write_receipt
from plaudit.selling.papers.model import Sale
from plaudit.selling.prices.channels import channel_of
from plaudit.selling.prices.pricing import BPS, SellerOfRecord
from plaudit.selling.providers.news import Payment, PaymentState, Voucher
from plaudit.settings import Settings
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)

OPEN = (OrderState.CREATED, OrderState.PENDING)
UNPAID = (*OPEN, OrderState.AUTHORISED, OrderState.DECLINED, OrderState.EXPIRED)


class Seller(SellerOfRecord, frozen=True):
    """Who sells where the price book names nobody."""

    @classmethod
    def of(cls, settings: Settings) -> "Seller":
        """The seller of the settings."""
        return cls(settings.seller_code, settings.seller_name, settings.seller_address, settings.seller_tax_id)


class OrderKey(Protocol):
    """Whatever says which order it is about."""

    @property
    def shard(self) -> int: ...

    @property
    def order_id(self) -> UUID: ...


async def lock(connection: Connection, order: OrderKey) -> Order:
    """The order as it is now; nobody else changes it before the transaction ends."""
    present = await fetch_one(connection, SQL["lock_order"], Order, order.shard, order.order_id)
    assert present is not None  # orders are never removed
    return present


async def settle(
    connection: Connection, order: OrderKey, payment: Payment, seller: Seller, now: datetime
) -> NewsOutcome:
    """Lock an order and apply what a provider says of a payment to it; see settle_locked."""
    return await settle_locked(connection, await lock(connection, order), payment, seller, now)


async def settle_locked(
    connection: Connection, order: Order, payment: Payment, seller: Seller, now: datetime
) -> NewsOutcome:
    """Apply what a provider says of a payment to its order, which is locked: the one way to coins, for webhook, return
    and poll.

    A payment of another amount or currency than ordered is never credited, but by a store that sold the coins that
    were ordered: what it took is then what was paid. One that comes after the order expired or was declined is
    credited: the money was taken. One that was to be let go is not. All of it is recorded for the operator.
    """
    if payment.state is PaymentState.PAID:
        return await _paid(connection, order, payment, seller, now)
    if payment.state in {PaymentState.DECLINED, PaymentState.EXPIRED}:
        return await _ended(connection, order, payment, now)
    if payment.state in {PaymentState.OPEN, PaymentState.PROCESSING}:
        return await _under_way(connection, order, payment, now)
    return NewsOutcome.IGNORED


async def _paid(connection: Connection, order: Order, payment: Payment, seller: Seller, now: datetime) -> NewsOutcome:
    if order.state is OrderState.PAID:
        if order.payment_id == payment.id:
            return await _settle_fee(connection, order, payment, now)
        return await record(connection, order, payment, PaymentProblemKind.PAID_TWICE, now)
    if order.state is OrderState.REFUSED:
        detail = "taken although it was to be let go"
        return await record(connection, order, payment, PaymentProblemKind.CAPTURE_CONTRADICTION, now, detail)
    if not is_as_ordered(order, payment):
        return await record(connection, order, payment, PaymentProblemKind.AMOUNT_DIFFERS, now)
    if order.state not in {*OPEN, OrderState.AUTHORISED}:
        await record(connection, order, payment, PaymentProblemKind.PAID_LATE, now)
    if not await move(connection, order, OrderState.PAID, payment.id, UNPAID, now):
        raise RuntimeError(f"order {order.order_id} moved under its own lock")
    if payment.amount != order.price:
        await record(connection, order, payment, PaymentProblemKind.PRICE_DIFFERS, now)
        order = await _keep_what_was_paid(connection, order, payment)
    await _book(connection, order, payment, now)
    if payment.credit_card_of is not None:
        await infer(connection, order.person_id, payment.credit_card_of, now)
    if order.card_consent_id is not None:
        await look_again(connection, order.shard, order.person_id, order.provider, now)
    await write_receipt(
        connection, msgspec.convert(order, Sale, from_attributes=True), payment.paid_at or now, seller, now
    )
    await finishing.enqueue(connection, order, payment.id, now)
    await _tell_paid(connection, order, now)
    return NewsOutcome.APPLIED


async def _settle_fee(connection: Connection, order: Order, payment: Payment, now: datetime) -> NewsOutcome:
    """A provider on the web may say some time after the payment what it keeps of it. What a store keeps and gives back
    stays as it was booked at the sale."""
    if payment.fee_minor is None or channel_of(order.channel).is_store:
        return NewsOutcome.REPEATED
    fee = (order.shard, order.order_id, order.currency, payment.fee_minor, now)
    settled = await connection.fetchval(SQL["settle_fee"], *fee)
    return NewsOutcome.APPLIED if settled else NewsOutcome.REPEATED


async def _tell_paid(connection: Connection, order: Order, now: datetime) -> None:
    if buyer := await reference(connection, order.person_id):
        paid = OrderPaid(
            order_id=order.order_id,
            buyer=buyer,
            coins=order.coins,
            price_minor=order.price_minor,
            tax_minor=order.tax_minor,
            currency=order.currency,
            channel=order.channel,
            provider=order.provider,
        )
        await record_event(connection, now, paid)


def is_as_ordered(order: Order, payment: Payment) -> bool:
    """Whether a payment is for what was ordered: the same coins where a store says so, otherwise the same price."""
    if payment.coins is None:
        return payment.amount == order.price
    return payment.coins == order.coins and payment.amount.amount_minor > 0


async def _keep_what_was_paid(connection: Connection, order: Order, payment: Payment) -> Order:
    """A store sold the coins at another store front's price. The tax inside it is split at the rate that was quoted."""
    paid = payment.amount
    rate_bps = order.tax_rate_bps if order.tax_minor else 0
    net_minor, tax_minor = split_inclusive_tax(paid.amount_minor, rate_bps, payable_step(paid.currency))
    amounts = (paid.amount_minor, paid.currency, net_minor, tax_minor)
    await connection.execute(SQL["keep_what_was_paid"], order.shard, order.order_id, *amounts)
    kept = await fetch_one(connection, SQL["find_order"], Order, order.shard, order.order_id)
    assert kept is not None
    return kept


async def _ended(connection: Connection, order: Order, payment: Payment, now: datetime) -> NewsOutcome:
    state = OrderState(payment.state)
    if order.state is state:
        return NewsOutcome.REPEATED
    if order.state not in {*OPEN, OrderState.AUTHORISED} or order.payment_id not in {None, payment.id}:
        return NewsOutcome.IGNORED
    await move(connection, order, state, payment.id, (*OPEN, OrderState.AUTHORISED), now)
    if payment.decline is not None:
        await connection.execute(SQL["note_decline"], order.shard, order.order_id, payment.decline)
    await _note_part_paid(connection, order, payment.id, now)
    if order.state is OrderState.AUTHORISED:
        detail = f"{state} although it was to be taken"
        return await record(connection, order, payment, PaymentProblemKind.CAPTURE_CONTRADICTION, now, detail)
    return NewsOutcome.APPLIED


async def _under_way(connection: Connection, order: Order, payment: Payment, now: datetime) -> NewsOutcome:
    """Note that the money is on its way, or that it is not after all: a buyer may choose another way to pay."""
    if order.state not in OPEN or order.payment_id not in {None, payment.id}:
        return NewsOutcome.IGNORED
    on_its_way = payment.state is PaymentState.PROCESSING
    if (on_its_way, payment.voucher) == (order.processing_since is not None, order.voucher):
        return NewsOutcome.REPEATED if on_its_way else NewsOutcome.IGNORED
    since = (order.processing_since or now) if on_its_way else None
    voucher = msgspec.to_builtins(payment.voucher)
    await connection.execute(SQL["note_processing"], order.shard, order.order_id, since, now, voucher)
    if payment.voucher is not None:
        await _mail_voucher(connection, order, payment.voucher, now)
    return NewsOutcome.APPLIED


async def _mail_voucher(connection: Connection, order: Order, voucher: Voucher, now: datetime) -> None:
    """Each voucher once, and once more before it is too late; neither when it was replaced or paid until then."""
    told = NewMail(
        kind=MailKind.VOUCHER,
        shard=order.shard,
        person_id=order.person_id,
        order_id=order.order_id,
        edition=voucher.edition,
    )
    await outbox.add(connection, told, now)
    remind_at = voucher.pay_by - timedelta(hours=VOUCHER_REMINDER_H) if voucher.pay_by else None
    if remind_at is not None and remind_at > now:
        reminder = msgspec.structs.replace(told, kind=MailKind.VOUCHER_REMINDER)
        await outbox.add(connection, reminder, now, remind_at)


def is_over(order: Order, now: datetime) -> bool:
    """Whether an order that is not paid is given up. Some time after its end, so that a payment of the last second is
    heard of before; money on its way may take days, and what is paid with a voucher on its last day some more."""
    if order.state not in OPEN:
        return False
    if order.processing_since is not None:
        ends_at = order.created_at + timedelta(days=ORDER_PROCESSING_DAYS_MAX)
        if order.voucher and order.voucher.pay_by:
            ends_at = max(ends_at, order.voucher.pay_by + timedelta(days=VOUCHER_ARRIVES_DAYS_MAX))
        return now >= min(ends_at, order.created_at + timedelta(days=VOUCHER_DAYS_MAX))
    return now >= order.expires_at + timedelta(seconds=ORDER_POLL_PAUSE_S_MAX)


async def expire(connection: Connection, order: Order, now: datetime) -> bool:
    """Give up on an order that was not paid in time, and have its checkout called off; False: it moved on meanwhile."""
    present = await lock(connection, order)
    if not is_over(present, now):
        return False
    await move(connection, present, OrderState.EXPIRED, present.payment_id, OPEN, now)
    if present.payment_id is not None:
        await _note_part_paid(connection, present, present.payment_id, now)
        await connection.execute(SQL["call_off"], present.shard, present.order_id, present.payment_id, now)
    return True


async def _note_part_paid(connection: Connection, order: Order, payment_id: str, now: datetime) -> None:
    """Of an order that is over: that a part of it lies at the provider, and belongs to the buyer."""
    missing_minor = order.voucher.missing_minor if order.voucher else order.price_minor
    if missing_minor < order.price_minor:
        part = Money(order.price_minor - missing_minor, order.currency)
        kind = PaymentProblemKind.AMOUNT_DIFFERS
        detail = "a part was paid, and lies at the provider"
        await note_problem(connection, order, kind, payment_id, order.price, part, now, detail, credited=False)


async def move(
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


async def set_quantity(connection: Connection, order: Order, quantity: int) -> None:
    """How many times the quote was bought after all, while it is not paid: a store sells several at once."""
    await connection.execute(SQL["set_quantity"], order.shard, order.order_id, quantity)


async def _book(connection: Connection, order: Order, payment: Payment, now: datetime) -> None:
    """The lot, and what was paid as proceeds, tax inside it, and what the channel keeps of it."""
    shard, lot_id = order.shard, order.order_id
    fee_minor = payment.fee_minor
    if fee_minor is None:
        fee_minor = round_half_up(Fraction(order.price_minor * order.store_fee_bps, BPS))
    parts = {"sale": order.price_minor, "sale_tax": order.tax_minor, "sale_fee": fee_minor}
    moved = {reason: amount_minor for reason, amount_minor in parts.items() if amount_minor > 0}
    sold = (shard, order.person_id, lot_id, order.coins, order.price_minor, order.currency)
    await connection.execute(SQL["sell"], *sold, list(moved), list(moved.values()), now)


async def record(
    connection: Connection, order: Order, payment: Payment, kind: PaymentProblemKind, now: datetime, detail: str = ""
) -> NewsOutcome:
    """Note a payment for the operator, once for each kind."""
    credited = kind in {PaymentProblemKind.PAID_LATE, PaymentProblemKind.PRICE_DIFFERS} or (
        kind is PaymentProblemKind.FRAUD_WARNING and order.state is OrderState.PAID
    )
    taken = payment.state in {PaymentState.PAID, PaymentState.AUTHORISED}
    paid_minor = payment.amount.amount_minor if taken else 0
    paid = Money(paid_minor, payment.amount.currency)
    noted = await note_problem(connection, order, kind, payment.id, order.price, paid, now, detail, credited=credited)
    return NewsOutcome.PROBLEM if noted else NewsOutcome.REPEATED
