"""Withdrawals of buyers and refunds of operators: what can go back, and the decision that it does. Nothing here waits
for a provider; `sending` tells it after the commit."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import are_linked
from plaudit.decisions.model import OwnBenefit
from plaudit.ids import new_id, require_uuid7
from plaudit.limits import REVERSAL_REASON_LENGTH_MAX
from plaudit.mail import outbox
from plaudit.mail.model import MailKind, NewMail
from plaudit.money import Money
from plaudit.problems import IdempotencyConflict, InvalidField
from plaudit.selling.orders import actions as orders
from plaudit.selling.orders.model import Order, OrderState
from plaudit.selling.prices.channels import channel_of
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reversals import execution, rules
from plaudit.selling.reversals.amounts import Amounts, part_of_coins, part_of_money
from plaudit.selling.reversals.execution import Taking
from plaudit.selling.reversals.granularity import Granularity, granularity_of
from plaudit.selling.reversals.model import (
    Account,
    AmountNotPayable,
    CoinsWereSpent,
    Kind,
    NothingLeftToRefund,
    Obstacle,
    OrderNotPaid,
    RefundAtStore,
    RefundExceedsOrder,
    RefundRequest,
    Reversal,
    State,
    Withdrawable,
    WithdrawalNotPossible,
    WithdrawalRequest,
    WithdrawalRule,
    summary,
)
from plaudit.settings import Settings
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)

WHY_NOT = {
    Obstacle.NOT_PAID: "This order is not paid.",
    Obstacle.STORE: "These coins were bought in an app store. Only the store can give the money back: ask it there.",
    Obstacle.NO_RIGHT: "Coins bought in this region cannot be taken back.",
    Obstacle.TOO_LATE: "The time in which these coins could be taken back is over.",
    Obstacle.NOTHING_LEFT: "All of this order has gone back already.",
    Obstacle.ALL_SPENT: "All coins of this order are spent.",
    Obstacle.TOO_LITTLE: "What is unspent cost less than the smallest amount that can be paid.",
    Obstacle.WHOLE_ONLY: "This way of paying gives back whole orders only, and some of these coins are spent.",
}


# What can be taken back


async def withdrawable(
    connection: Connection, providers: PaymentProviders, order: Order, settings: Settings, now: datetime
) -> Withdrawable:
    """What the buyer of an order can take back of it now, or why nothing."""
    return (await withdrawables(connection, providers, [order], settings, now))[order.order_id]


async def withdrawables(
    connection: Connection, providers: PaymentProviders, of_person: Sequence[Order], settings: Settings, now: datetime
) -> dict[UUID, Withdrawable]:
    """The same of several orders of one person, by their ids."""
    accounts = await execution.accounts_of(connection, of_person)
    funded = [(order, at) for order in of_person if (at := accounts[order.order_id].funded_at)]
    asked = [(order.region, at) for order, at in funded]
    found = await rules.rules_of(connection, asked, settings)
    known = {order.order_id: rule for (order, _), rule in zip(funded, found, strict=True)}
    return {
        order.order_id: _withdrawable(
            order, accounts[order.order_id], granularity_of(providers, order), known.get(order.order_id), now
        )
        for order in of_person
    }


def _withdrawable(
    order: Order, account: Account, payable: Granularity, rule: WithdrawalRule | None, now: datetime
) -> Withdrawable:
    until = rules.deadline(account.funded_at, rule) if rule and account.funded_at else None
    coins = min(account.unspent, account.left.coins)
    part = part_of_coins(account.paid, account.held, coins, payable.step_minor)
    return Withdrawable(
        order_id=order.order_id,
        channel=order.channel,
        coins=part.coins,
        money=Money(part.minor, account.currency),
        unspent=account.unspent,
        unspent_held=account.unspent_held,
        until=until,
        rule=rule,
        obstacle=_obstacle(order, account, payable, part, rule, until, now),
    )


def _obstacle(
    order: Order,
    account: Account,
    payable: Granularity,
    part: Amounts,
    rule: WithdrawalRule | None,
    until: datetime | None,
    now: datetime,
) -> Obstacle | None:
    if order.state is not OrderState.PAID or rule is None or until is None:
        return Obstacle.NOT_PAID
    obstacles = {
        Obstacle.NOTHING_LEFT: account.left.minor == 0,
        Obstacle.STORE: channel_of(order.channel).is_store,
        Obstacle.NO_RIGHT: rule.days == 0,
        Obstacle.TOO_LATE: now >= until,
        Obstacle.ALL_SPENT: part.coins == 0,
        Obstacle.TOO_LITTLE: part.minor == 0,
        Obstacle.WHOLE_ONLY: not payable.allows(part, account.left),
    }
    return next((obstacle for obstacle, stands in obstacles.items() if stands), None)


# Asking


async def withdraw(
    connection: Connection,
    providers: PaymentProviders,
    person_id: int,
    asked: WithdrawalRequest,
    settings: Settings,
    clock: Clock,
) -> Reversal:
    """Take unspent coins of an order back; once per id. The provider is still to be told.

    Raises:
        InvalidField: the id is no UUIDv7.
        NotFound: the person has no such order.
        IdempotencyConflict: the id came with another request.
        NothingLeftToRefund: all of it went back before.
        WithdrawalNotPossible: see Obstacle.
        CoinsWereSpent: fewer than asked for are unspent.
        asyncpg.CheckViolationError: lot_unspent_not_enough: coins were spent meanwhile; to be tried again.
    """
    require_uuid7(asked.id, "id", clock)
    order = await orders.find_order(connection, person_id, asked.order_id)
    order = await execution.lock_order(connection, order)
    request = _canonical(asked)
    if known := await _known(connection, order, asked.id, request):
        return known
    now = clock.now()
    possible = await withdrawable(connection, providers, order, settings, now)
    await _require_possible(connection, order, possible)
    coins = possible.coins if asked.coins is None else asked.coins
    if coins > possible.coins:
        raise CoinsWereSpent(possible.unspent)
    account, payable = await execution.account_of(connection, order), granularity_of(providers, order)
    part = part_of_coins(account.paid, account.held, coins, payable.step_minor)
    if not payable.allows(part, account.left):
        obstacle = Obstacle.WHOLE_ONLY if part.minor else Obstacle.TOO_LITTLE
        raise WithdrawalNotPossible(WHY_NOT[obstacle], obstacle)
    taking = Taking(
        reversal_id=asked.id,
        kind=Kind.WITHDRAWAL,
        state=State.REQUESTED,
        claimed_minor=part.minor,
        unspent_only=True,
        reason="The buyer took back what was unspent.",
        requested_by=person_id,
        request=request,
        poll_at=now,
    )
    told = NewMail(
        kind=MailKind.WITHDRAWAL,
        shard=order.shard,
        person_id=person_id,
        order_id=order.order_id,
        reversal_id=asked.id,
    )
    await outbox.add(connection, told, now)
    return await execution.take(connection, order, account, part, taking, now)


async def _require_possible(connection: Connection, order: Order, possible: Withdrawable) -> None:
    if possible.obstacle is None:
        return
    present = await execution.reversals_of(connection, order)
    if possible.obstacle is Obstacle.NOTHING_LEFT:
        raise NothingLeftToRefund(present)
    raise WithdrawalNotPossible(
        WHY_NOT[possible.obstacle], possible.obstacle, until=possible.until, refunded=summary(present)
    )


class Giving(msgspec.Struct, frozen=True):
    """A refund that can be given: of which order, how much, and what it was asked for with."""

    order: Order
    account: Account
    part: Amounts
    asked: RefundRequest

    @property
    def coins(self) -> int:
        """Coins that go with it: those that are neither gone back nor expired."""
        return min(self.part.coins, self.account.takeable)


async def plan_refund(
    connection: Connection,
    providers: PaymentProviders,
    operator_id: int,
    order_id: UUID,
    asked: RefundRequest,
    clock: Clock,
) -> Giving | Reversal:
    """What giving back a part of an order comes to, spent or not; or the refund that its id made before.

    Raises:
        InvalidField: the id is no UUIDv7, or not exactly one of amount_minor, coins and all is given.
        NotFound: there is no such order.
        IdempotencyConflict: the id came with another request.
        OrderNotPaid, RefundAtStore, NothingLeftToRefund, RefundExceedsOrder, AmountNotPayable: it cannot go back.
        OwnBenefit: the operator bought it, or an account linked to theirs.
    """
    require_uuid7(asked.id, "id", clock)
    if sum(value is not None for value in (asked.amount_minor, asked.coins, asked.all)) != 1:
        raise InvalidField(field="amount_minor", reason="or exactly one other of coins and all must be given")
    order = await orders.find_order_of_anybody(connection, order_id)
    if await are_linked(connection, operator_id, order.person_id):
        raise OwnBenefit(role="confirmer")
    order = await execution.lock_order(connection, order)
    if known := await _known(connection, order, asked.id, _canonical(asked)):
        return known
    account = await execution.account_of(connection, order)
    part = await _part_asked_for(connection, order, account, granularity_of(providers, order), asked)
    return Giving(order, account, part, asked)


async def give(
    connection: Connection,
    giving: Giving,
    operator_id: int,
    clock: Clock,
    decision_id: UUID | None = None,
    minor_refund_id: UUID | None = None,
) -> Reversal:
    """Give it back. The provider is still to be told. `minor_refund_id`: the case of a minor it is a part of.

    Unspent coins go first; then the ones spent last, whose gifts are marked and whose creators' part is clawed back.
    """
    now = clock.now()
    taking = Taking(
        reversal_id=giving.asked.id,
        kind=Kind.REFUND,
        state=State.REQUESTED,
        claimed_minor=giving.part.minor,
        reason=giving.asked.reason,
        requested_by=operator_id,
        request=_canonical(giving.asked),
        poll_at=now,
        decision_id=decision_id,
        minor_refund_id=minor_refund_id,
    )
    return await execution.take(connection, giving.order, giving.account, giving.part, taking, now)


async def refund_all(connection: Connection, order: Order, reason: str, clock: Clock) -> Reversal | None:
    """Give back all that is left of a paid order without anybody asking; None: nothing is left, or it is a store's to
    give. The provider is still to be told."""
    order = await execution.lock_order(connection, order)
    if order.state is not OrderState.PAID or not channel_of(order.channel).is_refunded_here:
        return None
    account, now = await execution.account_of(connection, order), clock.now()
    if account.left.minor == 0:
        return None
    taking = Taking(
        reversal_id=new_id(clock),
        kind=Kind.REFUND,
        state=State.REQUESTED,
        claimed_minor=account.left.minor,
        reason=reason[:REVERSAL_REASON_LENGTH_MAX],
        poll_at=now,
    )
    return await execution.take(connection, order, account, account.left, taking, now)


async def _part_asked_for(
    connection: Connection, order: Order, account: Account, payable: Granularity, asked: RefundRequest
) -> Amounts:
    if order.state is not OrderState.PAID:
        raise OrderNotPaid
    if not channel_of(order.channel).is_refunded_here:
        raise RefundAtStore(order.channel)
    left = account.left
    present = await execution.reversals_of(connection, order)
    if left.minor == 0:
        raise NothingLeftToRefund(present)
    exceeds = RefundExceedsOrder(Money(left.minor, account.currency), left.coins, present)
    if (asked.coins or 0) > left.coins or (asked.amount_minor or 0) > left.minor:
        raise exceeds
    part = _part(account, payable, asked)
    if not payable.allows(part, left):
        step_minor = payable.step_minor if payable.parts else payable.most(left)
        raise AmountNotPayable(Money(step_minor, account.currency), Money(left.minor, account.currency))
    return part


def _part(account: Account, payable: Granularity, asked: RefundRequest) -> Amounts:
    """What is asked for; of coins, what of their money can be paid; of all, as much of it as can, with all coins."""
    paid, held = account.paid, account.held
    if asked.coins is not None:
        return part_of_coins(paid, held, asked.coins, payable.step_minor)
    if asked.amount_minor is not None:
        return part_of_money(paid, held, asked.amount_minor, payable.step_minor)
    return part_of_coins(paid, held, account.left.coins, payable.step_minor)


def _canonical(asked: WithdrawalRequest | RefundRequest) -> str:
    return msgspec.json.encode(asked, order="deterministic").decode()


async def _known(connection: Connection, order: Order, reversal_id: UUID, request: str) -> Reversal | None:
    """The reversal this id made before.

    Raises:
        IdempotencyConflict: of another request, or another order.
    """
    known = await fetch_one(connection, SQL["find_reversal"], Reversal, order.shard, reversal_id)
    if known is not None and (known.order_id, known.request) != (order.order_id, request):
        raise IdempotencyConflict
    return known
