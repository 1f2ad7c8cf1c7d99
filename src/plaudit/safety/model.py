"""Cases, findings, steps and entries: types, and what can go wrong with them."""

import enum
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from plaudit.problems import Conflict
from plaudit.safety.judging import Evidence
from plaudit.safety.rulebook import StepKind


class Outcome(enum.StrEnum):
    """How a case ended."""

    CLEARED = "cleared"
    """Nothing is wrong: all that was done about it is lifted."""
    CONFIRMED = "confirmed"
    """It was as the rules said; what was done holds on as long as it says."""


class EntryKind(enum.StrEnum):
    """What happened to a case."""

    OPENED = "opened"
    FINDING = "finding"
    NOTE = "note"
    ASSIGNED = "assigned"
    STEP = "step"
    STEP_LIFTED = "step_lifted"
    FROZEN = "frozen"
    LIFTED = "lifted"
    APPEAL = "appeal"
    ANSWER = "answer"
    DECIDED = "decided"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is looked into, or was. `opened_by` None: rules."""

    id: UUID
    person_id: int
    opened_at: datetime
    opened_by: int | None
    score: int
    assigned_to: int | None
    outcome: Outcome | None
    decided_by: int | None
    decided_at: datetime | None
    reason: str | None


class KeptFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule said of somebody."""

    id: int
    person_id: int
    rule: str
    version: int
    subject: str
    score: int
    sentence: str
    evidence: list[Evidence]
    others: list[int]
    found_at: datetime
    case_id: UUID | None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is done about somebody, or was. `taken_by` None: a rule, by `finding_id`."""

    id: UUID
    case_id: UUID
    person_id: int
    kind: StepKind
    coins_max: int | None
    reason: str
    began_at: datetime
    ends_at: datetime
    finding_id: int | None
    taken_by: int | None
    lifted_at: datetime | None
    lifted_by: int | None
    lifted_because: str | None

    def holds(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.lifted_at is None and self.ends_at > now


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to a case. `by_id` None: rules, or a worker."""

    id: int
    at: datetime
    by_id: int | None
    kind: EntryKind
    text: str


class CaseIsOver(Conflict):
    code: ClassVar[str] = "case_is_over"
    title: ClassVar[str] = "This case was decided before."
