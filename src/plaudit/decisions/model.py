"""A decision and its ends, and why one is not made."""

import enum
from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.problems import Conflict


class Outcome(enum.StrEnum):
    """How a decision ended."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody proposed, and what became of it. `content` and `before` are JSON, as it is hashed and confirmed."""

    id: UUID
    kind: str
    subject: str | None
    content: str
    content_sha256: bytes
    before: str | None
    """What was in force when it was proposed; None: nothing."""
    note: str
    beneficiary_id: int | None
    proposed_by: int
    proposed_at: datetime
    expires_at: datetime
    outcome: Outcome | None
    decided_by: int | None
    decided_at: datetime | None
    effective_at: datetime | None
    """From when it holds, once it is confirmed."""
    reason: str | None
    alone: bool
    emergency: bool
    seen_by: int | None = None
    """The other operator who saw what was decided in an emergency."""

    @property
    def holds_from(self) -> datetime:
        """`effective_at` of a confirmed one."""
        assert self.effective_at is not None, "it is confirmed"
        return self.effective_at


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One figure, as it was in force when this was proposed and as it is to be."""

    label: str
    before: Annotated[str | None, Meta(description="null: nothing was in force.")]
    after: Annotated[str | None, Meta(description="null: it ends.")]
    change_bps: Annotated[int | None, Meta(description="By how much it changes, in 1/10,000, where that can be said.")]
    group: Annotated[str | None, Meta(description="What it is of, where a decision has figures of many.")] = None

    @property
    def differs(self) -> bool:
        return self.before != self.after


class Waiting(msgspec.Struct, frozen=True):
    """How many decisions wait for an operator, and how many made in an emergency none but its maker has seen."""

    to_decide: int
    unseen: int


class DecisionNotOpen(Conflict):
    """`outcome`: how it ended before."""

    code: ClassVar[str] = "decision_not_open"
    title: ClassVar[str] = "This was decided already."

    class Fields(msgspec.Struct, frozen=True):
        outcome: Outcome


class DecisionDiffers(Conflict):
    code: ClassVar[str] = "decision_differs"
    title: ClassVar[str] = "The decision says something else than what you confirm; look at it again."

    class Fields(msgspec.Struct, frozen=True):
        content_sha256: Annotated[str, Meta(description="Of what it says.")]


class DecisionOutdated(Conflict):
    code: ClassVar[str] = "decision_outdated"
    title: ClassVar[str] = "What is in force has changed since this was proposed; look at it, and propose anew."


class DecisionPending(Conflict):
    """There may be one open decision of its subject at a time; `id` is that one."""

    code: ClassVar[str] = "decision_pending"
    title: ClassVar[str] = "Something else is proposed for this and not decided yet."

    class Fields(msgspec.Struct, frozen=True):
        id: UUID


class SecondPersonNeeded(Conflict):
    code: ClassVar[str] = "second_person_needed"
    title: ClassVar[str] = "Somebody else must confirm this."


class OwnBenefit(Conflict):
    """`role`: what the caller would be beside being, or being linked to, whoever gains by it."""

    code: ClassVar[str] = "own_benefit"
    title: ClassVar[str] = "You would gain by this, or an account linked to yours; others must decide it."

    class Fields(msgspec.Struct, frozen=True):
        role: Literal["proposer", "confirmer"]


class OutOfBounds(Conflict):
    """`bound` names which; `value` is how far one decision may go, in the unit its name ends in."""

    code: ClassVar[str] = "out_of_bounds"
    title: ClassVar[str] = "That is further from what is in force than one decision may go."

    class Fields(msgspec.Struct, frozen=True):
        bound: str
        value: int


class NotTheProposer(Conflict):
    code: ClassVar[str] = "not_the_proposer"
    title: ClassVar[str] = "Only who proposed it can withdraw it; you can refuse it."


class OwnProposal(Conflict):
    code: ClassVar[str] = "own_proposal"
    title: ClassVar[str] = "You proposed this yourself; you can withdraw it."


class TooManyDecisions(Conflict):
    code: ClassVar[str] = "too_many_decisions"
    title: ClassVar[str] = "Too many proposals of yours are open; withdraw one, or have one decided."

    class Fields(msgspec.Struct, frozen=True):
        open_max: int


REFUSED = (DecisionPending, OwnBenefit, OutOfBounds, SecondPersonNeeded, TooManyDecisions)
"""Why something is not proposed, or not decided alone."""
