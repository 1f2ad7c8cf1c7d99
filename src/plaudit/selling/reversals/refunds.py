"""Refunds that one operator does not give alone: another confirms."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Protocol, runtime_checkable
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import find_known, lock
from plaudit.decisions.asking import House, Proposal, ask
from plaudit.decisions.kinds import DecisionKind, Figure
from plaudit.decisions.model import Decision, DecisionOutdated
from plaudit.languages.formats import format_coins, format_money
from plaudit.money import Money
from plaudit.people.access import Access
from plaudit.problems import IdempotencyConflict, NotFound
from plaudit.selling.orders import actions as orders
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reversals import asking, execution
from plaudit.selling.reversals.asking import Giving
from plaudit.selling.reversals.model import (
    AmountNotPayable,
    NothingLeftToRefund,
    RefundExceedsOrder,
    RefundRequest,
    Reversal,
)
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)

SENDS = "reversals.send"  # the job of that name


@runtime_checkable
class GivesBack(House, Protocol):
    """What of the house is asked here."""

    @property
    def payment_providers(self) -> PaymentProviders: ...


class RefundApproval(msgspec.Struct, frozen=True, kw_only=True):
    """A refund that is agreed to."""

    order_id: UUID
    person_id: str
    currency: str
    amount_minor: int
    coins: int
    paid_minor: int
    reversed_minor: int
    """What had gone back of the order before."""
    request: RefundRequest

    @classmethod
    def of(cls, giving: Giving, request: RefundRequest) -> "RefundApproval":
        return cls(
            order_id=giving.order.order_id,
            person_id=str(giving.order.person_id),
            currency=giving.account.currency,
            amount_minor=giving.part.minor,
            coins=giving.coins,
            paid_minor=giving.account.paid_minor,
            reversed_minor=giving.account.reversed_minor,
            request=request,
        )


class GoneBackBefore(msgspec.Struct, frozen=True, kw_only=True):
    """What of an order went back before a refund."""

    currency: str
    paid_minor: int
    reversed_minor: int


async def give_or_ask(
    connection: Connection, clock: Clock, house: GivesBack, order_id: UUID, asked: RefundRequest, operator_id: int
) -> Reversal | Decision:
    """The refund, where one operator may give it; else the decision that waits for another. By its id, which is both's.

    Raises:
        Problem: as `asking.plan_refund`, `propose` and `confirm` say.
    """
    await lock(connection, clock)
    giving = await asking.plan_refund(connection, house.payment_providers, operator_id, order_id, asked, clock)
    if isinstance(giving, Reversal):
        return giving
    if pending := await find_known(connection, asked.id):
        return _same(pending, order_id, asked, operator_id)
    if not await _needs_two(connection, clock, giving, operator_id):
        return await asking.give(connection, giving, operator_id, clock)
    proposal = Proposal(asked.id, RefundApproval.of(giving, asked), asked.reason, operator_id)
    made: Reversal | Decision = await ask(connection, clock, house, REFUND, proposal)
    return made


def _same(pending: Decision, order_id: UUID, asked: RefundRequest, operator_id: int) -> Decision:
    if pending.kind == REFUND.name and pending.proposed_by == operator_id:
        content = REFUND.read(pending)
        if (content.order_id, content.request) == (order_id, asked):
            return pending
    raise IdempotencyConflict


async def _needs_two(connection: Connection, clock: Clock, giving: Giving, operator_id: int) -> bool:
    needed: bool = await connection.fetchval(
        SQL["refund_needs_two"],
        *(giving.order.shard, giving.order.order_id, giving.part.minor, operator_id, clock.now()),
    )
    return needed


async def _in_force(connection: Connection, _: Clock, one: RefundApproval) -> GoneBackBefore:
    order = await orders.find_order_of_anybody(connection, one.order_id)
    account = await execution.account_of(connection, order)
    return GoneBackBefore(
        currency=account.currency, paid_minor=account.paid_minor, reversed_minor=account.reversed_minor
    )


def _figures(one: RefundApproval | GoneBackBefore) -> Iterable[Figure]:
    now = one.amount_minor if isinstance(one, RefundApproval) else 0
    if isinstance(one, RefundApproval):
        yield Figure("To be given back", format_money(Money(now, one.currency)), Fraction(now))
        yield Figure("Coins taken back for it", format_coins(one.coins), Fraction(one.coins))
    gone = one.reversed_minor + now
    yield Figure("Gone back of the order in all", format_money(Money(gone, one.currency)), Fraction(gone))
    yield Figure("Paid for the order", format_money(Money(one.paid_minor, one.currency)), Fraction(one.paid_minor))


async def _beneficiary(_: Connection, one: RefundApproval) -> int:
    return int(one.person_id)


async def _apply(
    connection: Connection, clock: Clock, one: RefundApproval, decision: Decision, house: GivesBack
) -> Reversal:
    by = decision.proposed_by
    giving = await asking.plan_refund(connection, house.payment_providers, by, one.order_id, one.request, clock)
    if isinstance(giving, Reversal) or RefundApproval.of(giving, one.request) != one:
        raise DecisionOutdated
    return await asking.give(connection, giving, by, clock, decision.id)


async def _made(connection: Connection, decision_id: UUID) -> Reversal:
    made = await fetch_one(connection, SQL["decided_reversal"], Reversal, decision_id)
    assert made is not None, "a confirmed decision made one"
    return made


REFUND = DecisionKind(
    name="refund",
    title="Refund",
    access=Access.FINANCE,
    content=RefundApproval,
    before=GoneBackBefore,
    in_force=_in_force,
    figures=_figures,
    subject=lambda one: str(one.order_id),
    beneficiary=_beneficiary,
    apply=_apply,
    made=_made,
    in_emergency=False,  # money that has left does not come back
    problems=(NotFound, NothingLeftToRefund, RefundExceedsOrder, AmountNotPayable),
    wakes=(SENDS,),
)
