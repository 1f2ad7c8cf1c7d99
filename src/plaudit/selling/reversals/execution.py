"""What a reversal does to the books, and its undoing: coins, money, and how much of the order is held, all at once.
Callers hold the order's lock."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from plaudit.connections import Connection
from plaudit.events.log import record
from plaudit.events.model import ReversalMoved
from plaudit.ids import id_at
from plaudit.money import payable_step
from plaudit.people.references import reference
from plaudit.selling.orders.model import Order, OrderState
from plaudit.selling.orders.settlement import lock
from plaudit.selling.papers.actions import write_credit_note
from plaudit.selling.papers.model import Act, Credit
from plaudit.selling.reversals.amounts import Amounts, part_of_money
from plaudit.selling.reversals.model import Account, Kind, Reversal, State
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


class Taking(msgspec.Struct, frozen=True, kw_only=True):
    """A reversal to be written, beside the part of the order it holds."""

    reversal_id: UUID
    kind: Kind
    state: State
    claimed_minor: int
    excess_minor: int = 0
    unspent_only: bool = False
    provider_reversal_id: str | None = None
    step: int = 1
    reason: str = ""
    requested_by: int | None = None
    request: str | None = None
    provider_at: datetime | None = None
    respond_until: datetime | None = None
    poll_at: datetime | None = None
    decision_id: UUID | None = None
    minor_refund_id: UUID | None = None


async def lock_order(connection: Connection, order: Order) -> Order:
    """The order as it is, and stays until this transaction ends: its reversals are decided one after another."""
    return (await lock_orders(connection, [order]))[0]


async def lock_orders(connection: Connection, of_person: Sequence[Order]) -> list[Order]:
    """The same of several orders of one person. All of them come before the turn to move money: who has the turn waits
    for no order, whose holder may wait for the turn."""
    in_turn = sorted(of_person, key=lambda order: order.order_id)
    present = {order.order_id: await lock(connection, order) for order in in_turn}
    if any(order.state is OrderState.PAID for order in present.values()):
        await connection.execute(SQL["lock_money"], in_turn[0].shard)
    return [present[order.order_id] for order in of_person]


async def account_of(connection: Connection, order: Order) -> Account:
    """What was paid of an order, what of it is held, and where its coins are."""
    return (await accounts_of(connection, [order]))[order.order_id]


async def accounts_of(connection: Connection, of_person: Sequence[Order]) -> dict[UUID, Account]:
    """The accounts of orders of one person, by their ids."""
    if not of_person:
        return {}
    wanted = (of_person[0].shard, [order.order_id for order in of_person])
    found = await fetch_all(connection, SQL["find_accounts"], Account, *wanted)
    return {account.order_id: account for account in found}


async def reversals_of(connection: Connection, order: Order) -> list[Reversal]:
    """All reversals of an order, the oldest first, those that hold nothing included."""
    return await fetch_all(connection, SQL["reversals_of_order"], Reversal, order.shard, order.order_id)


async def take(
    connection: Connection, order: Order, account: Account, part: Amounts, taking: Taking, now: datetime
) -> Reversal:
    """Write a reversal that holds a part of an order: its coins leave, its money goes back. A part may be nothing.

    Raises:
        asyncpg.CheckViolationError: lot_unspent_not_enough, when only unspent coins may go and fewer are left.
    """
    shard = order.shard
    coins = min(part.coins, account.takeable)
    unspent = spent = 0
    if coins:
        taken = await connection.fetchrow(
            SQL["take_back"],
            *(shard, order.person_id, taking.reversal_id, order.order_id, coins, taking.unspent_only, now),
        )
        assert taken is not None
        unspent, spent = taken["coins_unspent"], taken["coins_spent"]
    if coins or part.minor:
        await connection.execute(
            SQL["hold"],
            *(shard, order.order_id, account.currency, account.paid_minor, account.paid_tax_minor),
            *(account.returnable_fee_minor, account.paid_coins),
            *(part.minor, part.tax_minor, part.fee_minor, coins),
        )
    await connection.execute(
        SQL["write_reversal"],
        *(shard, taking.reversal_id, order.order_id, order.person_id, taking.kind, taking.state, order.provider),
        *(taking.provider_reversal_id, taking.step, taking.claimed_minor, account.currency),
        *(part.minor, part.net_minor, part.tax_minor, part.fee_minor, coins, unspent, spent),
        *(taking.reason, taking.requested_by, taking.request, now, taking.provider_at),
        *(taking.respond_until, taking.poll_at, taking.excess_minor, taking.decision_id, taking.minor_refund_id),
    )
    movements = {
        "refund": part.minor,
        "refund_tax": part.tax_minor,
        "refund_fee": part.fee_minor,
        "refund_excess": taking.excess_minor,
    }
    await _post(connection, shard, taking.reversal_id, account.currency, movements, now)
    written = await find(connection, shard, taking.reversal_id)
    await _write_paper(connection, written, written.state, now)
    if written.stands:
        await _tell_moved(connection, written, written.state, now)
    return written


async def undo(
    connection: Connection, reversal: Reversal, outcome: str, provider_at: datetime | None, now: datetime
) -> None:
    """Put back all a standing reversal took: coins where they were, money as it was, the order held that much less."""
    if reversal.coins:
        await connection.execute(SQL["put_back"], reversal.shard, reversal.person_id, reversal.reversal_id, now)
    if reversal.coins or reversal.amount_minor:
        await connection.execute(
            SQL["release"],
            *(reversal.shard, reversal.order_id, reversal.amount_minor, reversal.tax_minor),
            *(reversal.fee_returned_minor, reversal.coins),
        )
    await move(connection, reversal, State.UNDONE, outcome, provider_at, now)
    movements = {
        "refund_undone": reversal.amount_minor,
        "refund_tax_undone": reversal.tax_minor,
        "refund_fee_undone": reversal.fee_returned_minor,
        "refund_excess_undone": reversal.lost_minor,
    }
    await _post(connection, reversal.shard, reversal.reversal_id, reversal.currency, movements, now)


async def move(
    connection: Connection, reversal: Reversal, state: State, outcome: str, provider_at: datetime | None, now: datetime
) -> None:
    """Change the state of a reversal, and write its paper. What it may become is held by the database."""
    await connection.execute(
        SQL["move_reversal"], reversal.shard, reversal.reversal_id, state, outcome, now, provider_at
    )
    await _write_paper(connection, reversal, state, now)
    await _tell_moved(connection, reversal, state, now)


async def _write_paper(connection: Connection, reversal: Reversal, state: State, now: datetime) -> None:
    """A credit note when the money is with the buyer, its cancellation when it came back after that."""
    act = None
    if state is State.DONE:
        act = Act.CREDIT
    elif state is State.UNDONE and reversal.state is State.DONE:
        act = Act.CANCELLATION
    if act is not None:
        credit = msgspec.convert(reversal, Credit, from_attributes=True)
        credit = msgspec.structs.replace(credit, reason=reversal.told_reason)
        await write_credit_note(connection, act, credit, now)


async def _tell_moved(connection: Connection, reversal: Reversal, state: State, now: datetime) -> None:
    if buyer := await reference(connection, reversal.person_id):
        moved = ReversalMoved(
            reversal_id=reversal.reversal_id,
            order_id=reversal.order_id,
            buyer=buyer,
            reason=reversal.kind,
            state=state,
            amount_minor=reversal.amount_minor,
            currency=reversal.currency,
            coins=reversal.coins,
            coins_unspent=reversal.coins_unspent,
            coins_spent=reversal.coins_spent,
        )
        await record(connection, now, moved)


async def set_dispute_fee(connection: Connection, reversal: Reversal, fee_minor: int, now: datetime) -> bool:
    """Book what the channel charges for a reversal, or give that back; True when something moved.

    The provider's word of the end counts, so that the order in which news comes does not matter. A fee that was booked
    is not booked a second time with another amount: False, and somebody should look at it.
    """
    stands = reversal.dispute_fee_minor and not reversal.dispute_fee_returned
    if fee_minor == (reversal.dispute_fee_minor if stands else 0):
        return True
    if stands and fee_minor == 0:
        reason, booked = "dispute_fee_undone", reversal.dispute_fee_minor
    elif not reversal.dispute_fee_minor:
        reason, booked = "dispute_fee", fee_minor
    else:
        return False
    await connection.execute(
        SQL["note_dispute_fee"], reversal.shard, reversal.reversal_id, booked, reason == "dispute_fee_undone"
    )
    await _post(connection, reversal.shard, reversal.reversal_id, reversal.currency, {reason: booked}, now)
    return True


async def find(connection: Connection, shard: int, reversal_id: UUID) -> Reversal:
    """A reversal that is known to be there."""
    found = await fetch_one(connection, SQL["find_reversal"], Reversal, shard, reversal_id)
    assert found is not None, "reversals are never removed"
    return found


async def take_missing(connection: Connection, order: Order, steps: list[Reversal], like: Taking, now: datetime) -> int:
    """Hold what a provider's reversal claims and its standing steps do not hold, as far as the order has it; what it
    has not is lost. The first step is written even when it is neither, so that the provider's reversal is known.

    Returns:
        what is claimed and could not be held, in minor units.
    """
    account = await account_of(connection, order)
    standing = [step for step in steps if step.stands]
    wanted = max(like.claimed_minor - sum(step.amount_minor for step in standing), 0)
    minor = min(wanted, account.left.minor)
    excess = wanted - minor
    if minor > 0 or not standing or excess != sum(step.lost_minor for step in standing):
        for step in standing:
            await _return_excess(connection, step, now)
        part = part_of_money(account.paid, account.held, minor, payable_step(account.currency))
        await take(connection, order, account, part, msgspec.structs.replace(like, excess_minor=excess), now)
    return excess


async def _return_excess(connection: Connection, step: Reversal, now: datetime) -> None:
    """A later step says anew what is lost."""
    if step.lost_minor:
        await connection.execute(SQL["return_excess"], step.shard, step.reversal_id)
        lost = {"refund_excess_undone": step.lost_minor}
        await _post(connection, step.shard, step.reversal_id, step.currency, lost, now)


async def catch_up(connection: Connection, order: Order, now: datetime) -> None:
    """Hold what standing reversals claim and could not hold while another did, after that one was undone."""
    present = await reversals_of(connection, order)
    groups: dict[str, list[Reversal]] = {}
    for one in present:
        if one.provider_reversal_id is not None:
            groups.setdefault(one.provider_reversal_id, []).append(one)
    for steps in groups.values():
        standing = [step for step in steps if step.stands]
        if standing and sum(step.amount_minor for step in standing) < standing[0].claimed_minor:
            await take_missing(connection, order, steps, _next_step(steps, standing, now), now)


def _next_step(steps: list[Reversal], standing: list[Reversal], now: datetime) -> Taking:
    """Another step of a provider's reversal, like the last that stands."""
    like = standing[-1]
    return Taking(
        reversal_id=id_at(now),
        kind=like.kind,
        state=State.SENT if like.state is State.REQUESTED else like.state,
        claimed_minor=max(step.claimed_minor for step in standing),
        provider_reversal_id=like.provider_reversal_id,
        step=max(step.step for step in steps) + 1,
        reason=like.reason,
        provider_at=like.provider_at,
    )


async def _post(
    connection: Connection, shard: int, reference: UUID, currency: str, movements: dict[str, int], now: datetime
) -> None:
    for reason, amount_minor in movements.items():
        if amount_minor > 0:
            await connection.execute(SQL["post"], shard, reference, reason, currency, amount_minor, now)
