"""Looking at whom something is new of: what rules find is kept, opens a case where it is enough, and takes steps."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.ids import new_id
from plaudit.queues import Backoff, Queue, settle
from plaudit.safety.facts import book_in_force, picture_of
from plaudit.safety.judging import Finding, judge
from plaudit.safety.judging import score as score_of
from plaudit.safety.limits import (
    FINDING_QUIET_DAYS,
    LOOK_AFTER_S,
    LOOK_LEASE_S,
    LOOK_PAUSE_S_FIRST,
    LOOK_PAUSE_S_MAX,
    LOOKS_CLAIMED_MAX,
    LOOKS_PER_RUN_MAX,
    STEPS_PER_FINDING_MAX,
    TOLD_PER_TURN_MAX,
    WINDOW_DAYS,
)
from plaudit.safety.model import Case, EntryKind, KeptFinding
from plaudit.safety.proposals import propose
from plaudit.safety.rulebook import STEP_WORDS, Rule, RuleBook, StepKind
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


class DueLook(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of whom something is new; `tries` counts this one."""

    person_id: int
    tries: int
    leased_until: datetime


LOOKS = Queue(
    name="safety.look",
    what="Rules look at people of whom something is new",
    item=DueLook,
    claim=SQL["claim_looks"],
    postpone=SQL["postpone_look"],
    waiting=SQL["waiting_looks"],
    key=lambda due: (due.person_id,),
    lease_s=LOOK_LEASE_S,
    backoff=Backoff(LOOK_PAUSE_S_FIRST, LOOK_PAUSE_S_MAX),
    at_once=1,
    claimed_max=LOOKS_CLAIMED_MAX,
    per_run_max=LOOKS_PER_RUN_MAX,
)
QUEUES = (LOOKS,)


async def look_at_due(database: Database, clock: Clock) -> int:
    """Look at whom it is time to; how many that were. Several workers may run this."""

    async def handle(due: DueLook) -> None:
        async with database.transaction() as connection:
            await look_at(connection, clock, due.person_id)
            again_at = clock.now() + timedelta(seconds=LOOK_AFTER_S)
            await settle(connection, SQL["close_look"], due, due.person_id, again_at)

    async with database.transaction() as connection:
        await connection.execute(SQL["look_at_told"], LOOK_AFTER_S, TOLD_PER_TURN_MAX)
    return await LOOKS.run(database, clock, handle)


async def look_at(connection: Connection, clock: Clock, person_id: int) -> list[Finding]:
    """Judge somebody by the rules, and keep what they say that they have not said lately; answers that."""
    now, book = clock.now(), await book_in_force(connection)
    picture = await picture_of(connection, person_id, now, book)
    lately = await connection.fetch(SQL["said_lately"], person_id, now - timedelta(days=FINDING_QUIET_DAYS))
    said = {(row["rule"], row["subject"]) for row in lately}
    new = [one for one in judge(picture, book) if (one.rule, one.subject) not in said]
    if new:
        await _keep(connection, clock, book, person_id, new)
    await propose(connection, clock, person_id)
    return new


async def _keep(connection: Connection, clock: Clock, book: RuleBook, person_id: int, new: Sequence[Finding]) -> None:
    now = clock.now()
    for one in new:
        evidence = msgspec.to_builtins(one.evidence)
        said = (one.rule, one.version, one.subject, one.score, one.sentence, evidence, list(one.others), now, None)
        await connection.fetchval(SQL["add_finding"], person_id, *said)
    since = now - timedelta(days=WINDOW_DAYS)
    counted = await fetch_all(connection, SQL["findings_that_count"], KeptFinding, person_id, since)
    score = score_of(counted)
    case = await fetch_one(connection, SQL["open_case"], Case, person_id)
    if case is None and score < book.case_score:
        return
    case_id = new_id(clock) if case is None else case.id
    if case is None:
        await connection.fetchval(SQL["add_case"], case_id, person_id, now, None, score)
        await enter(connection, case_id, now, None, EntryKind.OPENED, "")
    else:
        await connection.execute(SQL["score_case"], case_id, score)
    added = [one for one in counted if one.case_id is None]
    await connection.execute(SQL["put_into_case"], [one.id for one in added], case_id)
    for kept in added:
        await enter(connection, case_id, now, None, EntryKind.FINDING, kept.sentence)
        if rule := book.rules.get(kept.rule):
            await _take_steps(connection, clock, case_id, rule, kept)


async def enter(
    connection: Connection, case_id: UUID, now: datetime, by_id: int | None, kind: EntryKind, text: str
) -> None:
    """Write what happened to a case; nothing takes it away."""
    await connection.execute(SQL["add_entry"], case_id, now, by_id, kind.value, text)


async def _take_steps(connection: Connection, clock: Clock, case_id: UUID, rule: Rule, found: KeptFinding) -> None:
    """What a rule does by itself: of whom it speaks, and of who else is in it."""
    now = clock.now()
    ends_at = now + timedelta(days=rule.step_days)
    of_others = [(other, kind) for other in found.others[:STEPS_PER_FINDING_MAX] for kind in rule.others_steps]
    for person_id, kind in [*((found.person_id, kind) for kind in rule.steps), *of_others]:
        most = rule["cap_coins"] if kind is StepKind.CAP else None
        if await connection.fetchval(SQL["step_lasts"], person_id, kind.value, ends_at, most):
            continue
        taken = (new_id(clock), case_id, person_id, kind.value, most, rule.title, now, ends_at, found.id, None)
        await connection.execute(SQL["add_step"], *taken)
        words = f"{STEP_WORDS[kind]} (account {person_id}), until {ends_at:%Y-%m-%d %H:%M} UTC"
        await enter(connection, case_id, now, None, EntryKind.STEP, words)
