"""Proposing, confirming, refusing and withdrawing: each in its caller's transaction, one after another."""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.kinds import DecisionKind, canonical
from plaudit.decisions.limits import DECISION_DAYS, DECISIONS_OPEN_MAX
from plaudit.decisions.model import (
    Decision,
    DecisionDiffers,
    DecisionNotOpen,
    DecisionOutdated,
    DecisionPending,
    NotTheProposer,
    Outcome,
    OwnBenefit,
    OwnProposal,
    SecondPersonNeeded,
    TooManyDecisions,
    Waiting,
)
from plaudit.events.log import record
from plaudit.events.model import EmergencyDecided
from plaudit.ids import require_uuid7
from plaudit.pages import Place
from plaudit.people.references import reference
from plaudit.problems import IdempotencyConflict, InvalidField, NotFound
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


class Filter(msgspec.Struct, frozen=True):
    """Which decisions a list holds; None: any."""

    kind: str | None = None
    open: bool | None = None
    emergency: bool | None = None


class Confirming(msgspec.Struct, frozen=True):
    """Who confirms which content. `may_be_alone`: who proposed it may, because there is one operator; `emergency`: why
    who proposed it does all the same, and all others are told."""

    by: int
    content_sha256: bytes
    may_be_alone: bool = False
    emergency: str | None = None


async def bound(connection: Connection, name: str) -> int:
    """How far one decision may go, in the unit the name ends in."""
    value: int = await connection.fetchval(SQL["bound"], name)
    return value


async def are_linked(connection: Connection, person_id: int, other_id: int | None) -> bool:
    """Whether two accounts are those of one human or household; each is with itself."""
    return other_id is not None and bool(await connection.fetchval(SQL["are_linked"], person_id, other_id))


async def propose(
    connection: Connection,
    clock: Clock,
    kind: DecisionKind[Any, Any, Any],
    *,
    decision_id: UUID,
    content: msgspec.Struct,
    note: str,
    proposed_by: int,
) -> Decision:
    """Keep a proposal, once per id; nothing of it holds yet.

    Raises:
        InvalidField: the id is no UUIDv7, or it would take effect in the past.
        IdempotencyConflict: the id was used for another proposal.
        DecisionPending, OwnBenefit, TooManyDecisions: it is not proposed.
        Problem: what the check of its kind says.
    """
    await lock(connection, clock)
    text = canonical(content)
    if known := await fetch_one(connection, SQL["decision"], Decision, decision_id):
        if (known.kind, known.content, known.note, known.proposed_by) != (kind.name, text, note, proposed_by):
            raise IdempotencyConflict
        return known
    require_uuid7(decision_id, "body.id", clock)
    subject, beneficiary_id = kind.subject(content), await kind.beneficiary(connection, content)
    if subject and (pending := await open_decision(connection, kind.name, subject)):
        raise DecisionPending(id=pending.id)
    if await are_linked(connection, proposed_by, beneficiary_id):
        raise OwnBenefit(role="proposer")
    now = clock.now()
    await _require_timely(connection, content, proposed_by, now)
    await kind.check(connection, clock, content)
    await connection.execute(
        SQL["add_decision"],
        *(decision_id, kind.name, subject, text, hashlib.sha256(text.encode()).digest()),
        *(await _in_force(connection, clock, kind, content), note, beneficiary_id, proposed_by, now),
        now + timedelta(days=DECISION_DAYS),
    )
    return await find(connection, decision_id)


async def _require_timely(connection: Connection, content: msgspec.Struct, proposed_by: int, now: datetime) -> None:
    """Raises:
    InvalidField: it would take effect in the past. Once it is confirmed it holds as soon as may be.
    TooManyDecisions: its proposer has others decided first.
    """
    wished: datetime | None = getattr(content, "effective_at", None)
    if wished is not None and wished < now:
        raise InvalidField(field="effective_at", reason="must not be in the past")
    if await connection.fetchval(SQL["count_open_of"], proposed_by, now) >= DECISIONS_OPEN_MAX:
        raise TooManyDecisions(open_max=DECISIONS_OPEN_MAX)


async def lock(connection: Connection, clock: Clock) -> None:
    """Decide alone until the transaction ends. What nobody decided in time is over."""
    await connection.execute(SQL["lock_decisions"])
    await connection.execute(SQL["expire_decisions"], clock.now())


async def _in_force(
    connection: Connection, clock: Clock, kind: DecisionKind[Any, Any, Any], content: msgspec.Struct
) -> str | None:
    present = await kind.in_force(connection, clock, content)
    return None if present is None else canonical(present)


async def confirm(
    connection: Connection,
    clock: Clock,
    kind: DecisionKind[Any, Any, Any],
    decision_id: UUID,
    house: Any,
    confirming: Confirming,
) -> Any:
    """Carry a proposal out, as somebody who has seen its content; answers what was made. Repeating it changes nothing.
    `house`: the parts of this process, for what carries it out.

    Raises:
        NotFound: there is none.
        DecisionNotOpen, DecisionDiffers, DecisionOutdated, SecondPersonNeeded, OwnBenefit: it is not confirmed.
        Problem: what the check of its kind says now, or what carrying it out does.
    """
    await lock(connection, clock)
    found = await find(connection, decision_id)
    if found.content_sha256 != confirming.content_sha256:
        raise DecisionDiffers(content_sha256=found.content_sha256.hex())
    if found.outcome is Outcome.CONFIRMED and found.decided_by == confirming.by:
        return await kind.made(connection, decision_id)
    _require_open(found)
    alone = await _is_alone(connection, found, confirming)
    content = kind.read(found)
    if await _in_force(connection, clock, kind, content) != found.before:
        raise DecisionOutdated
    if alone and ((confirming.emergency and not kind.in_emergency) or await kind.must_be_two(connection, found)):
        raise SecondPersonNeeded
    await kind.check(connection, clock, content)
    reason = confirming.emergency if alone else None
    ended = await _end(connection, clock, found, Outcome.CONFIRMED, confirming.by, reason, alone=alone)
    if ended.emergency:
        await _tell_all(connection, kind, ended)
    return await kind.apply(connection, clock, content, ended, house)


async def _tell_all(connection: Connection, kind: DecisionKind[Any, Any, Any], made: Decision) -> None:
    """Whoever listens to the operator's platform; operators' pages ask by themselves."""
    if operator := await reference(connection, made.proposed_by):
        told = EmergencyDecided(decision_id=made.id, what=kind.title, operator=operator, reason=made.reason or "")
        await record(connection, made.decided_at or made.proposed_at, told)


async def _is_alone(connection: Connection, found: Decision, confirming: Confirming) -> bool:
    """Whether who confirms is who proposed, and may.

    Raises:
        SecondPersonNeeded: they are the same, or two accounts of one.
        OwnBenefit: they gain by it.
    """
    alone = found.proposed_by == confirming.by
    if alone and not (confirming.may_be_alone or confirming.emergency):
        raise SecondPersonNeeded
    if not alone and await are_linked(connection, confirming.by, found.proposed_by):
        raise SecondPersonNeeded
    if await are_linked(connection, confirming.by, found.beneficiary_id):
        raise OwnBenefit(role="confirmer")
    return alone


async def refuse(connection: Connection, clock: Clock, decision_id: UUID, refused_by: int, reason: str) -> Decision:
    """Say no to what another proposed, and why. Repeating it changes nothing.

    Raises:
        NotFound: there is none.
        OwnProposal: it is withdrawn instead.
        DecisionNotOpen: it ended otherwise.
    """
    await lock(connection, clock)
    found = await find(connection, decision_id)
    if found.proposed_by == refused_by:
        raise OwnProposal
    if found.outcome is Outcome.REFUSED and found.decided_by == refused_by:
        return found
    _require_open(found)
    return await _end(connection, clock, found, Outcome.REFUSED, refused_by, reason)


async def withdraw(connection: Connection, clock: Clock, decision_id: UUID, withdrawn_by: int) -> Decision:
    """Take a proposal of one's own back. Repeating it changes nothing.

    Raises:
        NotFound: there is none.
        NotTheProposer: another proposed it.
        DecisionNotOpen: it ended otherwise.
    """
    await lock(connection, clock)
    found = await find(connection, decision_id)
    if found.proposed_by != withdrawn_by:
        raise NotTheProposer
    if found.outcome is Outcome.WITHDRAWN:
        return found
    _require_open(found)
    return await _end(connection, clock, found, Outcome.WITHDRAWN, withdrawn_by, None)


def _require_open(found: Decision) -> None:
    if found.outcome is not None:
        raise DecisionNotOpen(outcome=found.outcome)


async def _end(
    connection: Connection,
    clock: Clock,
    found: Decision,
    outcome: Outcome,
    by: int,
    reason: str | None,
    *,
    alone: bool = False,
) -> Decision:
    emergency = alone and reason is not None
    ended = await connection.fetchval(
        SQL["end_decision"], found.id, outcome, by, clock.now(), found.content_sha256, reason, alone, emergency
    )
    assert ended, "it is open, and nobody else is at it"
    return await find(connection, found.id)


async def see(connection: Connection, clock: Clock, decision_id: UUID, seen_by: int) -> Decision:
    """Note that another operator has seen what one decided alone in an emergency. Repeating it changes nothing.

    Raises:
        NotFound: there is no such emergency.
        SecondPersonNeeded: it was their own, or that of an account linked to theirs.
    """
    found = await find(connection, decision_id)
    if not found.emergency:
        raise NotFound("This was not decided in an emergency.")
    if await are_linked(connection, seen_by, found.decided_by):
        raise SecondPersonNeeded
    await connection.execute(SQL["see_decision"], decision_id, seen_by, clock.now())
    return await find(connection, decision_id)


async def waiting_for(connection: Connection, person_id: int, now: datetime) -> Waiting:
    """What waits for an operator."""
    waiting = await fetch_one(connection, SQL["waiting_for"], Waiting, person_id, now)
    assert waiting is not None
    return waiting


async def find_known(connection: Connection, decision_id: UUID) -> Decision | None:
    """A decision by its id; None: there is none."""
    return await fetch_one(connection, SQL["decision"], Decision, decision_id)


async def find(connection: Connection, decision_id: UUID) -> Decision:
    """A decision by its id.

    Raises:
        NotFound: there is none.
    """
    found = await find_known(connection, decision_id)
    if found is None:
        raise NotFound("There is no decision with this id.")
    return found


async def let_go(connection: Connection, clock: Clock, kind: str, subject: str) -> None:
    """End the open decision of a subject that is over otherwise; to be called before other locks are taken."""
    if pending := await open_decision(connection, kind, subject):
        await lock(connection, clock)
        await connection.execute(
            SQL["end_decision"], pending.id, Outcome.EXPIRED, None, clock.now(), None, None, False, False
        )


async def open_decision(connection: Connection, kind: str, subject: str) -> Decision | None:
    """The open decision of a subject."""
    return await fetch_one(connection, SQL["open_decision"], Decision, kind, subject)


async def list_decisions(
    connection: Connection, clock: Clock, wanted: Filter, before: Place, limit: int
) -> list[Decision]:
    """Decisions that fit, newest first, from the one after `before`."""
    return await fetch_all(
        connection, SQL["decisions"], Decision, wanted.kind, wanted.open, clock.now(), wanted.emergency, *before, limit
    )
