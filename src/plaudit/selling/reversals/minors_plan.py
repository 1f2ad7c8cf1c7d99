"""What somebody paid in a period and could have back: of which orders how much, and which creators would lose what."""

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.ids import new_id
from plaudit.limits import MINOR_REFUND_ORDERS_MAX
from plaudit.money import Money
from plaudit.problems import InvalidField
from plaudit.selling.orders import actions as orders
from plaudit.selling.orders.model import Order
from plaudit.selling.prices.channels import channel_of
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reversals import execution
from plaudit.selling.reversals.amounts import part_of_coins
from plaudit.selling.reversals.asking import Giving
from plaudit.selling.reversals.granularity import granularity_of
from plaudit.selling.reversals.minors_model import (
    CreatorLoss,
    Elsewhere,
    MinorPeriod,
    MinorRefundPlan,
    OrderShare,
)
from plaudit.selling.reversals.model import RefundRequest
from plaudit.statements import statements

SQL = statements(__file__)


class _LetGo(Exception):
    """What was tried is let go again."""


class Spent(msgspec.Struct, frozen=True):
    """What a case comes to, with what is needed to give it back."""

    plan: MinorRefundPlan
    givings: list[Giving]


async def plan(
    connection: Connection, providers: PaymentProviders, asked: MinorPeriod, clock: Clock
) -> MinorRefundPlan:
    """What would go back of all that somebody paid in a period, and who would lose what. Nothing is kept.

    Raises:
        InvalidField: the period ends before it begins, or holds more than MINOR_REFUND_ORDERS_MAX orders.
    """
    return (await plan_of(connection, providers, asked, "", clock)).plan


async def plan_of(
    connection: Connection, providers: PaymentProviders, asked: MinorPeriod, reason: str, clock: Clock
) -> Spent:
    """The same with what is needed to give it back, for a reason."""
    if asked.until <= asked.since:
        raise InvalidField(field="body.until", reason="must be after since")
    person_id = int(asked.person_id)
    found = await connection.fetch(
        SQL["orders_paid_in"], person_id, asked.since, asked.until, MINOR_REFUND_ORDERS_MAX + 1
    )
    if len(found) > MINOR_REFUND_ORDERS_MAX:
        raise InvalidField(field="body.until", reason=f"holds more than {MINOR_REFUND_ORDERS_MAX} purchases")
    givings: list[Giving] = []
    elsewhere: list[Elsewhere] = []
    bought = [await orders.find_order_of_anybody(connection, row["lot_id"]) for row in found]
    for order in await execution.lock_orders(connection, bought):
        giving = await giving_of(connection, providers, order, reason, clock)
        if isinstance(giving, Elsewhere):
            elsewhere.append(giving)
        elif giving is not None:
            givings.append(giving)
    unspent, losses = await _losses(connection, givings, clock)
    shares = [OrderShare(one.order.order_id, one.part.minor, one.account.currency, one.coins) for one in givings]
    totals: dict[str, int] = {}
    for share in shares:
        totals[share.currency] = totals.get(share.currency, 0) + share.amount_minor
    made = MinorRefundPlan(
        person_id=asked.person_id,
        since=asked.since,
        until=asked.until,
        orders=shares,
        totals=[Money(amount, currency) for currency, amount in sorted(totals.items())],
        coins_unspent=unspent,
        coins_given=sum(one.coins for one in losses),
        creators=losses,
        elsewhere=elsewhere,
    )
    return Spent(made, givings)


async def giving_of(
    connection: Connection, providers: PaymentProviders, order: Order, reason: str, clock: Clock
) -> Giving | Elsewhere | None:
    """All that is left of an order, which is locked; None: nothing is."""
    account = await execution.account_of(connection, order)
    if account.left.minor == 0:
        return None
    left = Money(account.left.minor, account.currency)
    if not channel_of(order.channel).is_refunded_here:
        return Elsewhere(order.order_id, order.channel, left, "at_the_store")
    payable = granularity_of(providers, order)
    part = part_of_coins(account.paid, account.held, account.left.coins, payable.step_minor)
    if not payable.allows(part, account.left):
        return Elsewhere(order.order_id, order.channel, left, "not_payable")
    return Giving(order, account, part, RefundRequest(id=new_id(clock), all=True, reason=reason))


async def _losses(connection: Connection, givings: list[Giving], clock: Clock) -> tuple[int, list[CreatorLoss]]:
    """How many coins are unspent, and who loses how many: found by taking them back, which is let go again."""
    taken = [one for one in givings if one.coins]
    unspent, losses = 0, list[CreatorLoss]()
    if not taken:
        return unspent, losses
    ids = [new_id(clock) for _ in taken]
    try:
        async with connection.transaction():
            for reversal_id, one in zip(ids, taken, strict=True):
                of = (one.order.shard, one.order.person_id, reversal_id, one.order.order_id, one.coins)
                row = await connection.fetchrow(SQL["take_back"], *of, False, clock.now())
                assert row is not None, "it answers once"
                unspent += row["coins_unspent"]
            rows = await connection.fetch(SQL["losses_of"], taken[0].order.shard, ids)
            losses = [CreatorLoss(str(row["creator_id"]), row["coins"]) for row in rows]
            raise _LetGo
    except _LetGo:
        return unspent, losses
