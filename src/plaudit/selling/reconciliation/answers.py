"""What the comparison answers to operators."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.money import Money
from plaudit.selling.reconciliation.model import (
    Difference,
    DifferenceKind,
    DifferenceState,
    RunState,
    RunWithSums,
    Side,
    What,
)


class SumAnswer(msgspec.Struct, frozen=True):
    """What one side has of a day."""

    side: Side
    what: What
    count: int
    total: Money
    fees: Money


class RunAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison of one day of one provider."""

    id: UUID
    provider: str
    day: date
    state: RunState
    requested_at: datetime
    requested_by: Annotated[str | None, Meta(description="Null: by the daily job or a command.")]
    ended_at: datetime | None
    error: str | None
    listed: Annotated[int, Meta(description="Payments and reversals the provider listed.")]
    compared: Annotated[int, Meta(description="Payments and reversals of ours.")]
    healed: Annotated[int, Meta(description="Lost messages that were made up for.")]
    differing: int
    vanished: Annotated[int, Meta(description="Differences of earlier runs of this day that are gone.")]
    sums: list[SumAnswer]


class DifferenceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not the same here and at a provider."""

    id: UUID
    provider: str
    day: date
    kind: DifferenceKind
    payment_id: str
    provider_reversal_id: str | None
    order_id: UUID | None
    ours: Money | None
    ours_state: str | None
    theirs: Money | None
    theirs_state: str | None
    detail: str
    state: DifferenceState
    first_run: UUID
    last_run: UUID
    noticed_at: datetime
    changed_at: datetime
    resolution: str | None
    closed_by: str | None


def run_answer(run: RunWithSums) -> RunAnswer:
    return RunAnswer(
        id=run.run_id,
        provider=run.provider,
        day=run.day,
        state=run.state,
        requested_at=run.requested_at,
        requested_by=None if run.requested_by is None else str(run.requested_by),
        ended_at=run.ended_at,
        error=run.error,
        listed=run.listed,
        compared=run.compared,
        healed=run.healed,
        differing=run.differing,
        vanished=run.vanished,
        sums=[
            SumAnswer(one.side, one.what, one.count, Money(one.minor, one.currency), Money(one.fee_minor, one.currency))
            for one in run.sums
        ],
    )


def difference_answer(found: Difference) -> DifferenceAnswer:
    return DifferenceAnswer(
        id=found.difference_id,
        provider=found.provider,
        day=found.day,
        kind=found.kind,
        payment_id=found.payment_id,
        provider_reversal_id=found.provider_reversal_id or None,
        order_id=found.order_id,
        ours=_money(found.ours_minor, found.ours_currency),
        ours_state=found.ours_state,
        theirs=_money(found.theirs_minor, found.theirs_currency),
        theirs_state=found.theirs_state,
        detail=found.detail,
        state=found.state,
        first_run=found.first_run,
        last_run=found.last_run,
        noticed_at=found.noticed_at,
        changed_at=found.changed_at,
        resolution=found.resolution,
        closed_by=None if found.closed_by is None else str(found.closed_by),
    )


def _money(minor: int | None, currency: str | None) -> Money | None:
    return None if minor is None or currency is None else Money(minor, currency)
