"""What a minor spent in a period without leave: one case gives all of it back, across every creator, at once."""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from plaudit.ages.cards import doubt
from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import are_linked, find_known, lock
from plaudit.decisions.asking import Proposal, ask
from plaudit.decisions.kinds import DecisionKind, Figure, change
from plaudit.decisions.model import Change, Decision, DecisionOutdated, OwnBenefit, SecondPersonNeeded
from plaudit.ids import require_uuid7
from plaudit.languages.formats import format_coins, format_instant, format_money
from plaudit.ledger.shards import shard_of
from plaudit.money import Money
from plaudit.people.access import Access
from plaudit.people.actions import people_by_ids
from plaudit.problems import IdempotencyConflict, InvalidField, NotFound
from plaudit.selling.orders import actions as orders
from plaudit.selling.providers import PaymentProviders
from plaudit.selling.reversals import asking, execution
from plaudit.selling.reversals.asking import Giving
from plaudit.selling.reversals.minors_model import (
    CaseOrder,
    CreatorLoss,
    MinorPeriod,
    MinorRefund,
    MinorRefundApproval,
    MinorRefundPlan,
    NewMinorRefund,
    NothingToGiveBack,
)
from plaudit.selling.reversals.minors_plan import Spent, giving_of, plan_of
from plaudit.selling.reversals.model import State
from plaudit.selling.reversals.refunds import SENDS, GivesBack
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


async def give_or_ask(
    connection: Connection, clock: Clock, house: GivesBack, asked: NewMinorRefund, operator_id: int
) -> MinorRefund | Decision:
    """The case, where one operator may give so much back; else the decision that waits for another. By its id, which is
    both's.

    Raises:
        InvalidField: the id is no UUIDv7, or as `plan` says.
        NotFound: there is nobody of this number.
        NothingToGiveBack: nothing was paid that can go back here.
        IdempotencyConflict: the id came with another case.
        OwnBenefit: it is the operator's own, or a linked account's.
        Problem: as `propose` and `confirm` say.
    """
    await lock(connection, clock)
    require_uuid7(asked.id, "body.id", clock)
    person_id = int(asked.person_id)
    if known := await fetch_one(connection, SQL["find_minor_refund"], MinorRefund, asked.id):
        return _same(known, asked)
    if pending := await find_known(connection, asked.id):
        return _same_proposal(pending, asked, operator_id)
    if person_id not in await people_by_ids(connection, [person_id]):
        raise NotFound("There is nobody of this number.")
    if await are_linked(connection, operator_id, person_id):
        raise OwnBenefit(role="proposer")
    spent = await plan_of(connection, house.payment_providers, _period(asked), asked.reason, clock)
    if not spent.givings:
        raise NothingToGiveBack
    if not await _needs_two(connection, spent.givings, operator_id, clock):
        return await _give(connection, clock, asked, spent, operator_id, None)
    content = _content(asked, spent.plan)
    made: MinorRefund | Decision = await ask(
        connection, clock, house, MINOR_REFUND, Proposal(asked.id, content, asked.reason, operator_id)
    )
    return made


async def _needs_two(connection: Connection, givings: list[Giving], operator_id: int, clock: Clock) -> bool:
    needed: bool = await connection.fetchval(
        SQL["refunds_need_two"],
        *(givings[0].order.shard, [one.order.order_id for one in givings], [one.part.minor for one in givings]),
        *(operator_id, clock.now()),
    )
    return needed


def _period(asked: NewMinorRefund | MinorRefundApproval) -> MinorPeriod:
    return MinorPeriod(person_id=asked.person_id, since=asked.since, until=asked.until)


def _content(asked: NewMinorRefund, made: MinorRefundPlan) -> MinorRefundApproval:
    return MinorRefundApproval(
        id=asked.id,
        person_id=asked.person_id,
        since=asked.since,
        until=asked.until,
        reason=asked.reason,
        orders=made.orders,
        creators=made.creators,
    )


def _same(known: MinorRefund, asked: NewMinorRefund) -> MinorRefund:
    said = (int(asked.person_id), asked.since, asked.until, asked.reason)
    if (known.person_id, known.since, known.until, known.reason) != said:
        raise IdempotencyConflict(id=asked.id)
    return known


def _same_proposal(pending: Decision, asked: NewMinorRefund, operator_id: int) -> Decision:
    if pending.kind == MINOR_REFUND.name and pending.proposed_by == operator_id:
        content = MINOR_REFUND.read(pending)
        said = (asked.person_id, asked.since, asked.until, asked.reason)
        if (content.person_id, content.since, content.until, content.reason) == said:
            return pending
    raise IdempotencyConflict(id=asked.id)


async def _give(
    connection: Connection,
    clock: Clock,
    asked: NewMinorRefund | MinorRefundApproval,
    spent: Spent,
    operator_id: int,
    decision_id: UUID | None,
) -> MinorRefund:
    now, person_id = clock.now(), int(asked.person_id)
    row = (asked.id, person_id, asked.since, asked.until, asked.reason, operator_id, now, decision_id)
    await connection.execute(SQL["add_minor_refund"], *row)
    for one in spent.givings:
        share = (asked.id, one.order.shard, one.order.order_id, one.part.minor, one.account.currency)
        await connection.execute(SQL["add_minor_refund_order"], *share)
        await asking.give(connection, one, operator_id, clock, minor_refund_id=asked.id)
    await doubt(connection, person_id, now)
    return await find(connection, asked.id)


async def resume(
    connection: Connection, clock: Clock, providers: PaymentProviders, case_id: UUID, operator_id: int
) -> MinorRefund:
    """Give back again what providers refused of a case, and nothing else: repeating it changes nothing.

    Raises:
        NotFound: there is no such case.
        OwnBenefit: it is the operator's own, or a linked account's.
        SecondPersonNeeded: nobody decided it with another, and it is more than this operator gives back alone.
    """
    await lock(connection, clock)
    found = await find(connection, case_id)
    if await are_linked(connection, operator_id, found.person_id):
        raise OwnBenefit(role="confirmer")
    undone = [one for one in await orders_of(connection, case_id) if one.state is State.UNDONE]
    bought = [await orders.find_order_of_anybody(connection, one.order_id) for one in undone]
    locked = zip(undone, await execution.lock_orders(connection, bought), strict=True)
    tried = [(one, await giving_of(connection, providers, order, found.reason, clock)) for one, order in locked]
    givings = [giving for one, giving in tried if isinstance(giving, Giving) and giving.part.minor <= one.amount_minor]
    if found.decision_id is None and givings and await _needs_two(connection, givings, operator_id, clock):
        raise SecondPersonNeeded
    for giving in givings:
        await asking.give(connection, giving, operator_id, clock, minor_refund_id=case_id)
    return found


async def find(connection: Connection, case_id: UUID) -> MinorRefund:
    """A case.

    Raises:
        NotFound: there is none.
    """
    found = await fetch_one(connection, SQL["find_minor_refund"], MinorRefund, case_id)
    if found is None:
        raise NotFound("There is no such case.", id=case_id)
    return found


async def orders_of(connection: Connection, case_id: UUID) -> list[CaseOrder]:
    """The orders of a case, each with what became of it."""
    return await fetch_all(connection, SQL["orders_of_minor_refund"], CaseOrder, case_id)


async def losses(connection: Connection, found: MinorRefund) -> list[CreatorLoss]:
    """Who loses what by a case, as it was taken."""
    ids = [one.reversal_id for one in await orders_of(connection, found.id) if one.stands]
    shard = await shard_of(connection, found.person_id)
    rows = await connection.fetch(SQL["losses_of"], shard, ids)
    return [CreatorLoss(str(row["creator_id"]), row["coins"]) for row in rows]


async def list_cases(connection: Connection, before: tuple[datetime, UUID], limit: int) -> list[MinorRefund]:
    """The newest first."""
    return await fetch_all(connection, SQL["minor_refunds"], MinorRefund, *before, limit)


async def _in_force(_: Connection, __: Clock, ___: MinorRefundApproval) -> None:
    return None


def _figures(one: MinorRefundApproval) -> Iterable[Figure]:
    yield Figure("From", format_instant(one.since))
    yield Figure("Until", format_instant(one.until))
    yield Figure("Purchases", str(len(one.orders)), Fraction(len(one.orders)))
    totals: dict[str, int] = {}
    for share in one.orders:
        totals[share.currency] = totals.get(share.currency, 0) + share.amount_minor
    for currency, amount in sorted(totals.items()):
        yield Figure(f"To be given back, {currency}", format_money(Money(amount, currency)), Fraction(amount))
    coins = sum(share.coins for share in one.orders)
    yield Figure("Coins taken back for it", format_coins(coins), Fraction(coins))


async def _compared(
    connection: Connection, one: MinorRefundApproval, _: MinorRefundApproval | None
) -> Iterable[Change]:
    """With what each creator loses."""
    people = await people_by_ids(connection, [int(loss.creator_id) for loss in one.creators])
    changes = [change(figure.label, None, figure) for figure in _figures(one)]
    for loss in one.creators:
        person = people.get(int(loss.creator_id))
        label = f"{person.display_name if person else loss.creator_id} loses"
        changes.append(change(label, None, Figure(label, format_coins(loss.coins), Fraction(loss.coins))))
    return changes


async def _beneficiary(_: Connection, one: MinorRefundApproval) -> int:
    return int(one.person_id)


async def _apply(
    connection: Connection, clock: Clock, one: MinorRefundApproval, decision: Decision, house: GivesBack
) -> MinorRefund:
    spent = await plan_of(connection, house.payment_providers, _period(one), one.reason, clock)
    if (spent.plan.orders, spent.plan.creators) != (one.orders, one.creators):
        raise DecisionOutdated
    return await _give(connection, clock, one, spent, decision.proposed_by, decision.id)


async def _made(connection: Connection, decision_id: UUID) -> MinorRefund:
    made = await fetch_one(connection, SQL["decided_minor_refund"], MinorRefund, decision_id)
    assert made is not None, "a confirmed decision made one"
    return made


MINOR_REFUND = DecisionKind(
    name="minor_refund",
    title="Refund of a minor",
    access=Access.FINANCE,
    content=MinorRefundApproval,
    before=MinorRefundApproval,
    in_force=_in_force,
    figures=_figures,
    compared=_compared,
    subject=lambda one: one.person_id,
    beneficiary=_beneficiary,
    apply=_apply,
    made=_made,
    in_emergency=False,  # money that has left does not come back
    problems=(InvalidField,),
    wakes=(SENDS,),
)
