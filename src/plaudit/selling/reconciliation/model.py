"""Runs of the daily comparison, and what differs."""

import enum
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.money import Money


class RunState(enum.StrEnum):
    """Where a run is."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETE = "complete"
    FAILED = "failed"


class DifferenceState(enum.StrEnum):
    """What became of a difference. What may follow what is in the table difference_transition."""

    OPEN = "open"
    VANISHED = "vanished"
    """A later run did not find it any more."""
    HEALED = "healed"
    """The message about it was lost; what it said has been applied."""
    CLOSED = "closed"
    """Somebody said what became of it."""


class DifferenceKind(enum.StrEnum):
    """What differs; in words in the table difference_kind."""

    PAYMENT_MISSING_HERE = "payment_missing_here"
    PAYMENT_MISSING_THERE = "payment_missing_there"
    PAYMENT_STATE_DIFFERS = "payment_state_differs"
    PAYMENT_AMOUNT_DIFFERS = "payment_amount_differs"
    PAYMENT_FEE_DIFFERS = "payment_fee_differs"
    REVERSAL_MISSING_HERE = "reversal_missing_here"
    REVERSAL_MISSING_THERE = "reversal_missing_there"
    REVERSAL_STATE_DIFFERS = "reversal_state_differs"
    REVERSAL_AMOUNT_DIFFERS = "reversal_amount_differs"
    REVERSAL_OPEN_LONG = "reversal_open_long"


What = Literal["payment", "refund", "void", "chargeback"]
Side = Literal["ours", "theirs"]


class RunRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A day of a provider to be compared. It must be over."""

    id: Annotated[UUID, Meta(description="UUID of version 7; repeating it with the same body repeats the answer.")]
    provider: Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,30}$(?!\n)")]
    day: Annotated[date, Meta(description="In UTC.")]


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """What one side has of a day, in one currency."""

    side: Side
    what: What
    currency: str
    count: int
    minor: int
    fee_minor: int


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison of one day of one provider."""

    run_id: UUID
    provider: str
    day: date
    state: RunState
    requested_at: datetime
    requested_by: int | None
    daily: bool
    due_at: datetime | None
    tries: int
    leased_until: datetime | None
    failed_with: str | None
    ended_at: datetime | None
    error: str | None
    listed: int
    compared: int
    healed: int
    differing: int
    vanished: int


class RunWithSums(Run, frozen=True, kw_only=True):
    """A run with the sums of both sides."""

    sums: list[Sum]


class PaidHere(msgspec.Struct, frozen=True, kw_only=True):
    """A paid order of ours as the comparison needs it."""

    shard: int
    order_id: UUID
    payment_id: str
    minor: int
    currency: str
    fee_minor: int
    reversed_minor: int
    at: datetime


class ReversalHere(msgspec.Struct, frozen=True, kw_only=True):
    """Money of ours going back: all steps of one of the provider's reversals."""

    shard: int
    order_id: UUID
    payment_id: str
    provider_reversal_id: str
    kind: str
    state: str
    claimed_minor: int
    currency: str
    fee_minor: int
    at: datetime


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A difference as one run sees it."""

    kind: DifferenceKind
    payment_id: str
    provider_reversal_id: str = ""
    order: tuple[int, UUID] | None = None
    """Shard and id."""
    ours: Money | None = None
    ours_state: str | None = None
    theirs: Money | None = None
    theirs_state: str | None = None
    detail: str = ""
    healed: bool = False


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A difference as it is kept."""

    difference_id: UUID
    provider: str
    day: date
    kind: DifferenceKind
    payment_id: str
    provider_reversal_id: str
    shard: int | None
    order_id: UUID | None
    ours_minor: int | None
    ours_currency: str | None
    ours_state: str | None
    theirs_minor: int | None
    theirs_currency: str | None
    theirs_state: str | None
    detail: str
    state: DifferenceState
    first_run: UUID
    last_run: UUID
    noticed_at: datetime
    changed_at: datetime
    resolution: str | None
    closed_by: int | None


class Unsettled(msgspec.Struct, frozen=True, kw_only=True):
    """How much a person has to look at: open differences, and days that could not be compared."""

    differences: int
    failed_runs: int


class DifferenceFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which differences are wanted; filters add up."""

    provider: str | None = None
    state: DifferenceState | None = None
    day: date | None = None
