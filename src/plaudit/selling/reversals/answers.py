"""What reversals answer over HTTP, and how it is made from what is kept."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.money import Money
from plaudit.selling.prices.channels import channel_of
from plaudit.selling.reversals.asking import WHY_NOT
from plaudit.selling.reversals.model import Kind, Obstacle, Reversal, State, Withdrawable


class ReversalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Money of an order that goes back. `state`: "requested" and "sent" are on their way, "opened" may yet change,
    "done" is with the buyer, "undone" moved nothing in the end."""

    id: UUID
    order_id: UUID
    kind: Kind
    state: State
    amount: Money
    net: Money
    tax: Money
    coins: Annotated[int, Meta(description="Coins that went with it.")]
    coins_unspent: Annotated[int, Meta(description="Those of them that were taken out of the wallet.")]
    coins_spent: Annotated[int, Meta(description="Those of them that had paid for gifts, which are marked.")]
    reason: Annotated[str, Meta(description="As it was written for the buyer; empty: no person began it.")]
    created_at: datetime
    changed_at: datetime


class OperatorReversalAnswer(ReversalAnswer, frozen=True, kw_only=True):
    """The same with what the provider says and takes."""

    person_id: str
    provider: str
    provider_reversal_id: str | None
    claimed: Annotated[Money, Meta(description="What was asked for, or what the provider says has gone back.")]
    fee_returned: Annotated[Money, Meta(description="What the channel gives back of its fee.")]
    dispute_fee: Annotated[Money, Meta(description="What the channel charged beside the amount.")]
    dispute_fee_returned: Annotated[Money, Meta(description="What of it came back, as when a dispute was won.")]
    lost: Annotated[Money, Meta(description="What went back beyond what was left of the order.")]
    requested_by: Annotated[
        str | None, Meta(description="The person who asked for it; null: the provider began it, or a rule here.")
    ]
    outcome: Annotated[str, Meta(description="What the provider said of it last.")]
    respond_until: Annotated[datetime | None, Meta(description="Until when a dispute can be answered.")]
    tries: Annotated[int, Meta(description="How often the provider was told.")]
    send_error: Annotated[str | None, Meta(description="Why the last try did not come through.")]


class RuleAnswer(msgspec.Struct, frozen=True):
    """How long unspent coins can be taken back."""

    days: int
    basis: str


class StoreAnswer(msgspec.Struct, frozen=True):
    """Who has to be asked for the money instead."""

    name: str
    url: str
    how: str


class WithdrawalPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a withdrawal of all that is unspent would give now."""

    order_id: UUID
    possible: bool
    coins: Annotated[int, Meta(description="Coins that would leave the wallet.")]
    coins_held: Annotated[
        int, Meta(description="Those of them that are set aside for something, which would not come about then.")
    ]
    amount: Annotated[Money, Meta(description="What would come back.")]
    until: Annotated[datetime | None, Meta(description="Until when; null: the order is not paid.")]
    rule: RuleAnswer | None
    obstacle: Annotated[Obstacle | None, Meta(description="Why it is not possible.")]
    explanation: Annotated[str | None, Meta(description="The same in words.")]
    store: Annotated[StoreAnswer | None, Meta(description="Whom to ask instead.")]
    reversals: Annotated[list[ReversalAnswer], Meta(description="What went back before, the oldest first.")]


def reversal_answer(reversal: Reversal) -> ReversalAnswer:
    return ReversalAnswer(**_common(reversal))


def _common(reversal: Reversal) -> dict[str, Any]:
    return {
        "id": reversal.reversal_id,
        "order_id": reversal.order_id,
        "kind": reversal.kind,
        "state": reversal.state,
        "amount": reversal.amount,
        "net": Money(reversal.net_minor, reversal.currency),
        "tax": Money(reversal.tax_minor, reversal.currency),
        "coins": reversal.coins,
        "coins_unspent": reversal.coins_unspent,
        "coins_spent": reversal.coins_spent,
        "reason": reversal.told_reason,
        "created_at": reversal.created_at,
        "changed_at": reversal.changed_at,
    }


def operator_answer(reversal: Reversal) -> OperatorReversalAnswer:
    fee = Money(reversal.dispute_fee_minor, reversal.currency)
    return OperatorReversalAnswer(
        **_common(reversal) | {"reason": reversal.reason},
        person_id=str(reversal.person_id),
        provider=reversal.provider,
        provider_reversal_id=reversal.provider_reversal_id,
        claimed=Money(reversal.claimed_minor, reversal.currency),
        fee_returned=Money(reversal.fee_returned_minor, reversal.currency),
        dispute_fee=fee,
        dispute_fee_returned=fee if reversal.dispute_fee_returned else Money(0, reversal.currency),
        lost=Money(reversal.lost_minor, reversal.currency),
        requested_by=None if reversal.requested_by is None else str(reversal.requested_by),
        outcome=reversal.outcome,
        respond_until=reversal.respond_until,
        tries=reversal.polls,
        send_error=reversal.send_error,
    )


def preview_answer(found: Withdrawable, reversals: list[Reversal]) -> WithdrawalPreview:
    possible = found.obstacle is None
    desk = channel_of(found.channel).refund_desk if found.obstacle is Obstacle.STORE else None
    return WithdrawalPreview(
        order_id=found.order_id,
        possible=possible,
        coins=found.coins if possible else 0,
        coins_held=max(0, found.coins - (found.unspent - found.unspent_held)) if possible else 0,
        amount=found.money if possible else Money(0, found.money.currency),
        until=found.until,
        rule=RuleAnswer(found.rule.days, found.rule.basis) if found.rule else None,
        obstacle=found.obstacle,
        explanation=WHY_NOT[found.obstacle] if found.obstacle else None,
        store=StoreAnswer(desk.store, desk.url, desk.steps) if desk else None,
        reversals=[reversal_answer(one) for one in reversals],
    )
