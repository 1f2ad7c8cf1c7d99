"""Cases, findings, steps and entries: types, and what can go wrong with them."""

import enum
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from plaudit.languages.speaking import gettext, later
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
    notice: "NoticeCode | None"


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


class NoticeCode(enum.StrEnum):
    """What a person reads of a decision: what is so for them, never why or by which rule."""

    CHECKED = "checked"
    RESTRICTED = "restricted"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is told of a case that was decided."""

    id: UUID
    code: NoticeCode
    at: datetime

    @property
    def words(self) -> str:
        """In the reader's language."""
        return gettext(NOTICES[self.code])


NOTICES = {
    NoticeCode.CHECKED: later("We checked something about your account. You need to do nothing."),
    NoticeCode.RESTRICTED: later(
        "We limited some of what your account can do, after somebody here looked at how it is used. If you think that"
        " is wrong, tell us: somebody looks at it again."
    ),
}


class Appeal(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says against what is held of theirs, and what they were answered."""

    id: UUID
    person_id: int
    text: str
    made_at: datetime
    case_id: UUID | None
    answer: str | None
    answered_by: int | None
    answered_at: datetime | None


class NearAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account that is one person's with another, or may be: by a link, or by the kinds of what they share."""

    person_id: int
    is_linked: bool
    kinds: list[str]


class Verdict(enum.StrEnum):
    """Whether two accounts are one person's."""

    LINKED = "linked"
    APART = "apart"


class LinkProposal(msgspec.Struct, frozen=True, kw_only=True):
    """Two accounts that were seen with the same instruments, and what an operator said of them."""

    id: UUID
    person_id: int
    other_id: int
    kinds: list[str]
    proposed_at: datetime
    verdict: Verdict | None
    decided_by: int | None
    decided_at: datetime | None
    link_id: UUID | None


class OwnCase(Conflict):
    code: ClassVar[str] = "own_case"
    title: ClassVar[str] = "Another operator must decide what is about your account, or one linked to it."


class StepIsOver(Conflict):
    code: ClassVar[str] = "step_is_over"
    title: ClassVar[str] = "This step was lifted before."


class AppealIsOpen(Conflict):
    code: ClassVar[str] = "appeal_is_open"
    title: ClassVar[str] = "What you said before is being read; you can write again once it was answered."


class AppealIsOver(Conflict):
    code: ClassVar[str] = "appeal_is_over"
    title: ClassVar[str] = "This was answered before."


class ProposalIsOver(Conflict):
    code: ClassVar[str] = "proposal_is_over"
    title: ClassVar[str] = "This was decided before."


class CaseIsOver(Conflict):
    code: ClassVar[str] = "case_is_over"
    title: ClassVar[str] = "This case was decided before."
