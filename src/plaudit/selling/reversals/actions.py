"""What a provider's word does to the reversals of an order: whatever the order of the news and however often it comes,
nothing is taken twice, nothing is put back twice, and never more goes back than was paid."""

from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from plaudit.connections import Connection
from plaudit.ids import id_at
from plaudit.inbox.model import NewsOutcome
from plaudit.money import Money, round_half_up
from plaudit.selling.orders.model import Order, OrderState, PaymentProblemKind
from plaudit.selling.orders.problems import note_problem
from plaudit.selling.orders.settlement import Seller
from plaudit.selling.providers.news import ReversalKind, ReversalNews, ReversalState
from plaudit.selling.reversals import execution
from plaudit.selling.reversals.amounts import Amounts
from plaudit.selling.reversals.execution import Taking, catch_up
from plaudit.selling.reversals.model import Kind, Reversal, State
from plaudit.statements import statements

__all__ = ["apply_reversal_news", "catch_up", "refused"]

SQL = statements(__file__)

MILLION = 1_000_000


class _Known(NamedTuple):
    """What is known of the reversal some news is about."""

    steps: list[Reversal]
    """Its rows, the first step first; none: it is new."""
    others: list[Reversal]
    """The other reversals of the order."""

    @property
    def standing(self) -> list[Reversal]:
        return [step for step in self.steps if step.stands]


async def apply_reversal_news(
    connection: Connection, order: Order, news: ReversalNews, seller: Seller, now: datetime
) -> tuple[NewsOutcome, str]:
    """Apply what a provider says of a refund, void or dispute; in the caller's transaction.

    News of an order that is not paid yet has to wait for that. What is claimed beyond what is left is held no further
    than that, and recorded for the operator.

    Args:
        connection: in a transaction.
        order: whose payment the news is about.
        news: as the provider tells it.
        seller: who issues what a buyer is sent about it.
        now: the time of ours.
    """
    order = await execution.lock_order(connection, order)
    if misplaced := await _misplaced(connection, order, news, now):
        return misplaced
    known = _known(await execution.reversals_of(connection, order), news)
    if news.state is ReversalState.UNDONE:
        return await _undone(connection, order, news, known, now)
    if known.standing and news.amount is None and news.share_ppm is not None:
        if _is_older(news, known.standing):
            return NewsOutcome.IGNORED, f"reversal {news.id} has moved on since"
        known = await _lift_more_than_stands(connection, order, news, known, now)
    return await _taken(connection, order, news, known, now)


async def _misplaced(
    connection: Connection, order: Order, news: ReversalNews, now: datetime
) -> tuple[NewsOutcome, str] | None:
    """Why some news cannot be about this order; None when it can."""
    if order.state is not OrderState.PAID:
        return NewsOutcome.WAITING, f"order {order.order_id} is {order.state}: nothing can go back of it"
    if order.payment_id != news.payment_id:
        return (
            NewsOutcome.IGNORED,
            f"payment {news.payment_id} gave no coins: order {order.order_id} was paid by another",
        )
    if news.amount is not None and news.amount.currency != order.currency:
        await _record(
            connection,
            order,
            news,
            PaymentProblemKind.REVERSAL_DIFFERS,
            order.price_minor,
            news.amount.amount_minor,
            now,
        )
        return NewsOutcome.PROBLEM, f"{news.amount.currency} cannot go back of an order in {order.currency}"
    place = (order.shard, order.provider, news.id, order.order_id)
    if other := await connection.fetchval(SQL["order_of_provider_reversal"], *place):
        claimed = news.amount.amount_minor if news.amount else order.price_minor
        await _record(connection, order, news, PaymentProblemKind.REVERSAL_DIFFERS, 0, claimed, now)
        return NewsOutcome.PROBLEM, f"reversal {news.id} was told of order {other} before"
    return None


def _known(present: list[Reversal], news: ReversalNews) -> _Known:
    """The reversal some news is about: the one with its id; else the one it names as ours; else one we asked for of
    which the provider's id is not known and whose amount fits: its answer may be slower than its message."""
    steps = [one for one in present if one.provider_reversal_id == news.id]
    if not steps:
        nameless = [one for one in present if one.provider_reversal_id is None and one.step == 1]
        steps = [one for one in nameless if one.reversal_id == news.reversal_id] or [
            one
            for one in nameless
            if news.reversal_id is None
            and news.kind is ReversalKind.REFUND
            and one.state is State.REQUESTED
            and one.amount == news.amount
        ][:1]
    ids = {step.reversal_id for step in steps}
    return _Known(sorted(steps, key=lambda step: step.step), [one for one in present if one.reversal_id not in ids])


def _claimed(order: Order, news: ReversalNews, others: list[Reversal]) -> int:
    """What the news says has gone back with this reversal in all. A store's share is of all voids of the payment."""
    if news.amount is not None:
        return max(news.amount.amount_minor, 0)
    if news.share_ppm is None:
        return order.price_minor
    total = round_half_up(Fraction(order.price_minor * min(max(news.share_ppm, 0), MILLION), MILLION))
    voided = sum(one.amount_minor for one in others if one.stands and one.kind is Kind.VOID)
    return max(total - voided, 0)


async def _undone(
    connection: Connection, order: Order, news: ReversalNews, known: _Known, now: datetime
) -> tuple[NewsOutcome, str]:
    standing = known.standing
    if standing and _is_older(news, standing):
        return NewsOutcome.IGNORED, f"reversal {news.id} was taken again after that"
    if not known.steps:
        # Its beginning has not been heard of, and changes nothing when it comes.
        like = _taking(order, news, known, State.UNDONE, now)
        account = await execution.account_of(connection, order)
        await execution.take(connection, order, account, Amounts(), like, now)
        await _apply_fee(connection, order, news, now)
        return NewsOutcome.APPLIED, f"reversal {news.id} never took anything"
    for step in standing:
        await connection.execute(
            SQL["note_provider"], step.shard, step.reversal_id, news.id, step.claimed_minor, news.at, None
        )
        await execution.undo(connection, step, news.reason, news.at, now)
    if standing:
        await catch_up(connection, order, now)
    await _apply_fee(connection, order, news, now)
    return (NewsOutcome.APPLIED if standing else NewsOutcome.REPEATED), f"reversal {news.id} is undone"


async def _taken(
    connection: Connection, order: Order, news: ReversalNews, known: _Known, now: datetime
) -> tuple[NewsOutcome, str]:
    if known.steps and not known.standing and not _is_anew(news, known.steps):
        return NewsOutcome.IGNORED, f"reversal {news.id} was undone"
    standing = known.standing
    claimed_before = max((step.claimed_minor for step in standing), default=0)
    claimed = _claimed(order, news, known.others)
    if standing and news.amount is not None and claimed < claimed_before:
        await _record(connection, order, news, PaymentProblemKind.REVERSAL_DIFFERS, claimed_before, claimed, now)
    claimed = max(claimed, claimed_before)
    state = _state_of(news, known.steps)
    moved = await _move_on(connection, news, standing, state, claimed, now)
    excess = 0
    if not standing or claimed > claimed_before:
        like = _taking(order, news, known, state, now, claimed)
        excess = await execution.take_missing(connection, order, known.steps, like, now)
        moved = True
    if excess > 0:
        await _record(connection, order, news, PaymentProblemKind.EXCESS_REVERSAL, claimed - excess, claimed, now)
    if not await _apply_fee(connection, order, news, now):
        return NewsOutcome.PROBLEM, f"reversal {news.id}: its fee is not what it was"
    if excess > 0:
        return NewsOutcome.PROBLEM, f"reversal {news.id} claims {excess} minor units more than are left"
    return (NewsOutcome.APPLIED if moved else NewsOutcome.REPEATED), f"reversal {news.id} is {state}"


async def _lift_more_than_stands(
    connection: Connection, order: Order, news: ReversalNews, known: _Known, now: datetime
) -> _Known:
    """A share is all that has gone back of a payment by then. When less has, what stood before was lifted in between,
    and the word of that is late."""
    standing = known.standing
    alone = not any(one.stands and one.kind is Kind.VOID for one in known.others)
    less = _claimed(order, news, known.others) < max(step.claimed_minor for step in standing)
    if not (alone and less and _is_anew(news, standing)):
        return known
    for step in standing:
        await execution.undo(connection, step, news.reason, step.provider_at, now)
    return _known(await execution.reversals_of(connection, order), news)


async def _move_on(
    connection: Connection, news: ReversalNews, standing: list[Reversal], state: State, claimed: int, now: datetime
) -> bool:
    """Bring the standing steps to a later state; True when one moved."""
    moved = False
    for step in standing:
        await connection.execute(
            SQL["note_provider"], step.shard, step.reversal_id, news.id, claimed, news.at, news.respond_until
        )
        if state.stage > step.state.stage:
            await execution.move(connection, step, state, news.reason, news.at, now)
            moved = True
    return moved


def _state_of(news: ReversalNews, steps: list[Reversal]) -> State:
    if news.state is ReversalState.DONE:
        return State.DONE
    return State.SENT if any(step.is_asked_for for step in steps) else State.OPENED


def _is_older(news: ReversalNews, standing: list[Reversal]) -> bool:
    return news.at is not None and any(step.provider_at is not None and news.at < step.provider_at for step in standing)


def _is_anew(news: ReversalNews, steps: list[Reversal]) -> bool:
    """Whether a reversal that is undone here has been taken since: the provider says so of a later time, or it was only
    we who took the provider's answer for a refusal."""
    last = steps[-1]
    if last.provider_reversal_id is None:
        return True
    return news.at is not None and last.provider_at is not None and news.at > last.provider_at


def _taking(
    order: Order, news: ReversalNews, known: _Known, state: State, now: datetime, claimed: int | None = None
) -> Taking:
    """The next row of the reversal some news is about."""
    return Taking(
        reversal_id=id_at(now),
        kind=known.steps[0].kind if known.steps else Kind(news.kind),
        state=state,
        claimed_minor=_claimed(order, news, known.others) if claimed is None else claimed,
        provider_reversal_id=news.id,
        step=max((step.step for step in known.steps), default=0) + 1,
        reason=known.steps[0].reason if known.steps else news.reason,
        provider_at=news.at,
        respond_until=news.respond_until,
    )


async def _apply_fee(connection: Connection, order: Order, news: ReversalNews, now: datetime) -> bool:
    """What the provider charges beside the amount, kept with the first step; False when it contradicts what is booked.

    Only the end can say that nothing is charged: on the way, nothing said is nothing known.
    """
    if news.fee_minor <= 0 and news.state is not ReversalState.UNDONE:
        return True
    steps = [one for one in await execution.reversals_of(connection, order) if one.provider_reversal_id == news.id]
    if not steps:
        return True
    first = min(steps, key=lambda step: step.step)
    if await execution.set_dispute_fee(connection, first, max(news.fee_minor, 0), now):
        return True
    await _record(
        connection, order, news, PaymentProblemKind.REVERSAL_DIFFERS, first.dispute_fee_minor, news.fee_minor, now
    )
    return False


async def _record(
    connection: Connection,
    order: Order,
    news: ReversalNews,
    kind: PaymentProblemKind,
    expected: int,
    found: int,
    now: datetime,
) -> None:
    """Something for the operator to look at, in minor units."""
    currency = news.amount.currency if news.amount else order.currency
    detail = f"{news.kind} {news.id} is {news.state}"
    await note_problem(
        connection, order, kind, news.id, Money(expected, order.currency), Money(found, currency), now, detail
    )


async def refused(connection: Connection, order: Order, reversal: Reversal, reason: str, now: datetime) -> None:
    """The provider will not give back what we asked for: all of it is undone, unless it said otherwise meanwhile."""
    await execution.lock_order(connection, order)
    present = await execution.find(connection, reversal.shard, reversal.reversal_id)
    if present.state is State.REQUESTED:
        await execution.undo(connection, present, reason, None, now)
        await catch_up(connection, order, now)
