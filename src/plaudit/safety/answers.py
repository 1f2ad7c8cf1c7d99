"""Cases as operators read them over HTTP: ids of people are decimal strings."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.freezes.model import Freeze, Frozen
from plaudit.safety.cases import CaseFile
from plaudit.safety.judging import Evidence
from plaudit.safety.model import (
    Appeal,
    Case,
    EntryKind,
    KeptFinding,
    LinkProposal,
    NoticeCode,
    Outcome,
    Step,
    Verdict,
)
from plaudit.safety.rulebook import StepKind

_Operator = Annotated[str | None, Meta(description="The operator; null: nobody, or rules.")]


def _person(person_id: int | None) -> str | None:
    return None if person_id is None else str(person_id)


class SafetyCase(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is looked into, or was."""

    id: UUID
    person_id: str
    opened_at: datetime
    opened_by: _Operator
    score: Annotated[int, Meta(description="What the rules found, of 100.")]
    assigned_to: _Operator
    outcome: Annotated[Outcome | None, Meta(description="Null: it is open.")]
    decided_by: _Operator
    decided_at: datetime | None
    reason: str | None
    notice: Annotated[NoticeCode | None, Meta(description="What the person reads; null: they are not told.")]


class SafetyFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule said of somebody, and by which rows."""

    rule: str
    version: int
    score: int
    sentence: str
    evidence: list[Evidence]
    others: Annotated[list[str], Meta(description="Who else is in it.")]
    found_at: datetime


class SafetyStep(msgspec.Struct, frozen=True, kw_only=True):
    """What is done about somebody until it ends."""

    id: UUID
    person_id: str
    kind: StepKind
    coins_max: int | None
    reason: str
    began_at: datetime
    ends_at: datetime
    taken_by: _Operator
    lifted_at: datetime | None
    lifted_by: _Operator
    lifted_because: str | None


class CaseFreeze(msgspec.Struct, frozen=True, kw_only=True):
    """What stands still because of a case; it is lifted where freezes are."""

    id: UUID
    what: Frozen
    person_id: str
    subject_id: str | None
    frozen_at: datetime
    ends_at: datetime | None
    lifted_at: datetime | None


class CaseEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to a case."""

    at: datetime
    by_id: _Operator
    kind: EntryKind
    text: str


class CaseNeighbour(msgspec.Struct, frozen=True, kw_only=True):
    """An account that is one person's with this one, or may be."""

    person_id: str
    is_linked: bool
    kinds: Annotated[list[str], Meta(description="What they share, where they are not linked.")]


class SafetyCaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """All of a case; what happened to it newest first."""

    case: SafetyCase
    findings: list[SafetyFinding]
    steps: list[SafetyStep]
    freezes: list[CaseFreeze]
    entries: list[CaseEntry]
    near: list[CaseNeighbour]


class SafetyAppeal(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said against what is held of theirs."""

    id: UUID
    person_id: str
    text: str
    made_at: datetime
    case_id: UUID | None
    answer: str | None
    answered_by: _Operator
    answered_at: datetime | None


class ProposedLink(msgspec.Struct, frozen=True, kw_only=True):
    """Two accounts that were seen with the same instruments."""

    id: UUID
    person_id: str
    other_id: str
    kinds: list[str]
    proposed_at: datetime
    verdict: Annotated[Verdict | None, Meta(description="Null: nobody decided yet.")]
    decided_by: _Operator
    decided_at: datetime | None


def case_answer(one: Case) -> SafetyCase:
    """A case as it is read."""
    return SafetyCase(
        id=one.id,
        person_id=str(one.person_id),
        opened_at=one.opened_at,
        opened_by=_person(one.opened_by),
        score=one.score,
        assigned_to=_person(one.assigned_to),
        outcome=one.outcome,
        decided_by=_person(one.decided_by),
        decided_at=one.decided_at,
        reason=one.reason,
        notice=one.notice,
    )


def step_answer(one: Step) -> SafetyStep:
    """A step as it is read."""
    return SafetyStep(
        id=one.id,
        person_id=str(one.person_id),
        kind=one.kind,
        coins_max=one.coins_max,
        reason=one.reason,
        began_at=one.began_at,
        ends_at=one.ends_at,
        taken_by=_person(one.taken_by),
        lifted_at=one.lifted_at,
        lifted_by=_person(one.lifted_by),
        lifted_because=one.lifted_because,
    )


def _finding(one: KeptFinding) -> SafetyFinding:
    return SafetyFinding(
        rule=one.rule,
        version=one.version,
        score=one.score,
        sentence=one.sentence,
        evidence=one.evidence,
        others=[str(other) for other in one.others],
        found_at=one.found_at,
    )


def freeze_answer(one: Freeze) -> CaseFreeze:
    """A freeze as a case names it."""
    return CaseFreeze(
        id=one.id,
        what=one.what,
        person_id=str(one.person_id),
        subject_id=one.subject_id,
        frozen_at=one.frozen_at,
        ends_at=one.ends_at,
        lifted_at=one.lifted_at,
    )


def file_answer(file: CaseFile) -> SafetyCaseFile:
    """A whole case as it is read, and exported."""
    return SafetyCaseFile(
        case=case_answer(file.case),
        findings=[_finding(one) for one in file.findings],
        steps=[step_answer(one) for one in file.steps],
        freezes=[freeze_answer(one) for one in file.freezes],
        entries=[CaseEntry(at=one.at, by_id=_person(one.by_id), kind=one.kind, text=one.text) for one in file.entries],
        near=[
            CaseNeighbour(person_id=str(one.person_id), is_linked=one.is_linked, kinds=one.kinds) for one in file.near
        ],
    )


def appeal_answer(one: Appeal) -> SafetyAppeal:
    """An appeal as operators read it."""
    return SafetyAppeal(
        id=one.id,
        person_id=str(one.person_id),
        text=one.text,
        made_at=one.made_at,
        case_id=one.case_id,
        answer=one.answer,
        answered_by=_person(one.answered_by),
        answered_at=one.answered_at,
    )


def proposal_answer(one: LinkProposal) -> ProposedLink:
    """A proposed link as operators read it."""
    return ProposedLink(
        id=one.id,
        person_id=str(one.person_id),
        other_id=str(one.other_id),
        kinds=one.kinds,
        proposed_at=one.proposed_at,
        verdict=one.verdict,
        decided_by=_person(one.decided_by),
        decided_at=one.decided_at,
    )
