"""A decision as operators read it: who, what changes from what to what, and how it ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.connections import Connection
from plaudit.decisions import actions
from plaudit.decisions.kinds import DecisionKind, Figure, Kinds, change
from plaudit.decisions.model import Change, Decision, DecisionOutdated
from plaudit.people.actions import card_of, people_by_ids
from plaudit.people.model import Person, PersonCard


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
    is_whole: Annotated[bool, Meta(description="Whether `changes` has all; a list says of much only what it is.")]
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
    """One decision of a kind, with all it changes."""
    return (await answers(connection, Kinds([kind]), [decision], whole=True))[0]


async def answers(
    connection: Connection, kinds: Kinds, decisions: Sequence[Decision], *, whole: bool = False
) -> list[DecisionAnswer]:
    """Decisions with the cards of everybody in them; `whole`: with all they change, where a list says less."""
    named = {id for one in decisions for id in _people(one) if id is not None}
    people = await people_by_ids(connection, named)
    leads = await _leads_s(connection, decisions)
    shown = [(one, kinds.get(one.kind)) for one in decisions]
    changed = [await changes(connection, kind, one, whole=whole) if kind else [] for one, kind in shown]
    return [
        _answer(kind, one, people, lead, rows, is_whole=whole or kind is None or kind.compared is None)
        for (one, kind), lead, rows in zip(shown, leads, changed, strict=True)
    ]


async def _leads_s(connection: Connection, decisions: Sequence[Decision]) -> list[int]:
    """How long after its confirmation each holds at the earliest."""
    rows = await connection.fetch(
        actions.SQL["decision_leads_s"], [one.kind for one in decisions], [one.content for one in decisions]
    )
    return [row["lead_s"] for row in rows]


def _people(one: Decision) -> tuple[int | None, ...]:
    return one.proposed_by, one.decided_by, one.beneficiary_id, one.seen_by


def _answer(
    kind: DecisionKind[Any, Any, Any] | None,
    one: Decision,
    people: dict[int, Person],
    lead: int,
    changed: list[Change],
    *,
    is_whole: bool,
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
        changes=changed,
        is_whole=is_whole,
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


async def changes(
    connection: Connection, kind: DecisionKind[Any, Any, Any], one: Decision, *, whole: bool = True
) -> list[Change]:
    """What a decision says beside what was in force; nothing of one that an earlier version wrote in its own way."""
    try:
        content, present = kind.read(one), kind.read_before(one) if one.before else None
        if whole and kind.compared:
            return [*await kind.compared(connection, content, present)]
    except DecisionOutdated:
        return []
    before: dict[str, Figure] = {} if present is None else {figure.label: figure for figure in kind.figures(present)}
    return [change(figure.label, before.get(figure.label), figure) for figure in kind.figures(content)]
