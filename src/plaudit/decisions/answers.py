"""A decision as operators read it: who, what changes from what to what, and how it ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.db import Connection
from plaudit.decisions import actions
from plaudit.decisions.kinds import DecisionKind, Figure, Kinds
from plaudit.decisions.model import Decision, DecisionOutdated
from plaudit.money import round_half_up
from plaudit.people.actions import card_of, people_by_ids
from plaudit.people.model import Person, PersonCard


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One figure, as it was in force when this was proposed and as it is to be."""

    label: str
    before: Annotated[str | None, Meta(description="null: nothing was in force.")]
    after: str
    change_bps: Annotated[int | None, Meta(description="By how much it changes, in 1/10,000, where that can be said.")]

    @property
    def differs(self) -> bool:
        return self.before != self.after


class DecisionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is proposed or was decided."""

    id: UUID
    kind: str
    title: str
    subject: Annotated[str | None, Meta(description="What there may be one open decision of at a time.")]
    state: Annotated[str, Meta(description="`open`, `confirmed`, `refused`, `withdrawn` or `expired`.")]
    content: Annotated[str, Meta(description="JSON: exactly what is confirmed.")]
    content_sha256: Annotated[str, Meta(description="SHA-256 of `content` in UTF-8, as 64 digits of 16.")]
    changes: Annotated[list[Change], Meta(description="From what was in force to what is to be.")]
    note: Annotated[str, Meta(description="Why, as its proposer says.")]
    beneficiary: Annotated[PersonCard | None, Meta(description="Who gains by it.")]
    proposed_by: PersonCard
    proposed_at: datetime
    expires_at: Annotated[datetime, Meta(description="Until when it can be decided.")]
    lead_s: Annotated[int, Meta(description="How long after it is confirmed it holds at the earliest.")]
    decided_by: PersonCard | None
    decided_at: datetime | None
    effective_at: Annotated[datetime | None, Meta(description="From when it holds, once it is confirmed.")]
    reason: Annotated[str | None, Meta(description="Why it was refused, or confirmed alone in an emergency.")]
    alone: Annotated[bool, Meta(description="Whether who proposed it confirmed it.")]
    emergency: Annotated[bool, Meta(description="Whether that was in an emergency.")]
    seen_by: Annotated[PersonCard | None, Meta(description="The other operator who has seen that.")]


async def answer(connection: Connection, kind: DecisionKind[Any, Any, Any], decision: Decision) -> DecisionAnswer:
    """One decision of a kind."""
    return (await answers(connection, Kinds([kind]), [decision]))[0]


async def answers(connection: Connection, kinds: Kinds, decisions: Sequence[Decision]) -> list[DecisionAnswer]:
    """Decisions with the cards of everybody in them."""
    named = {id for one in decisions for id in _people(one) if id is not None}
    people = await people_by_ids(connection, named)
    leads = {one.kind: await lead_s(connection, one.kind) for one in decisions}
    return [_answer(kinds.get(one.kind), one, people, leads[one.kind]) for one in decisions]


async def lead_s(connection: Connection, kind: str) -> int:
    """How long after its confirmation a decision of a kind holds at the earliest."""
    return await actions.bound(connection, f"{kind}_lead_s") or 0


def _people(one: Decision) -> tuple[int | None, ...]:
    return one.proposed_by, one.decided_by, one.beneficiary_id, one.seen_by


def _answer(
    kind: DecisionKind[Any, Any, Any] | None, one: Decision, people: dict[int, Person], lead: int
) -> DecisionAnswer:
    def card(person_id: int | None) -> PersonCard | None:
        if person_id is None:
            return None
        return card_of(people[person_id]) if person_id in people else PersonCard(str(person_id), "", "")

    proposer = card(one.proposed_by)
    assert proposer is not None
    return DecisionAnswer(
        id=one.id,
        kind=one.kind,
        title=kind.title if kind else one.kind,
        subject=one.subject,
        state=one.outcome.value if one.outcome else "open",
        content=one.content,
        content_sha256=one.content_sha256.hex(),
        changes=changes(kind, one) if kind else [],
        note=one.note,
        beneficiary=card(one.beneficiary_id),
        proposed_by=proposer,
        proposed_at=one.proposed_at,
        expires_at=one.expires_at,
        lead_s=lead,
        decided_by=card(one.decided_by),
        decided_at=one.decided_at,
        effective_at=one.effective_at,
        reason=one.reason,
        alone=one.alone,
        emergency=one.emergency,
        seen_by=card(one.seen_by),
    )


def changes(kind: DecisionKind[Any, Any, Any], one: Decision) -> list[Change]:
    """What a decision says beside what was in force; nothing of one that an earlier version wrote in its own way."""
    try:
        after = list(kind.figures(kind.read(one)))
        before: list[Figure] = list(kind.figures(kind.read_before(one))) if one.before else []
    except DecisionOutdated:
        return []
    known = {figure.label: figure for figure in before}
    return [
        Change(
            label=figure.label,
            before=known[figure.label].text if figure.label in known else None,
            after=figure.text,
            change_bps=_change_bps(known.get(figure.label), figure),
        )
        for figure in after
    ]


def _change_bps(before: Figure | None, after: Figure) -> int | None:
    if before is None or not before.amount or after.amount is None:
        return None
    return round_half_up((after.amount / before.amount - 1) * 10_000)
