"""Screening of whom is paid: what the settings ask, what a source says, what operators decide of a potential match."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.db import Database
from plaudit.decisions.actions import are_linked, lock
from plaudit.decisions.asking import House, Proposal, ask
from plaudit.decisions.kinds import DecisionKind, Figure
from plaudit.decisions.model import Decision, OwnBenefit
from plaudit.limits import (
    PAYOUT_REASON_LENGTH_MAX,
    PAYOUT_SEND_LEASE_S,
    PAYOUT_SEND_PAUSE_S_FIRST,
    PAYOUT_SEND_PAUSE_S_MAX,
    PAYOUT_SENDS_AT_ONCE,
    PAYOUT_SENDS_PER_RUN_MAX,
    SCREENING_PENDING_POLL_S,
    SCREENING_WATCH_POLL_S,
)
from plaudit.payouts.model import Payout
from plaudit.payouts.screening import ScreeningSources
from plaudit.payouts.screening.base import ScreeningOutcome, ScreeningSubject
from plaudit.people.access import Access
from plaudit.problems import Conflict, NotFound
from plaudit.queues import Backoff, Queue, TryFailed, settle
from plaudit.settings import Settings
from plaudit.statements import fetch_one, statements

SQL = statements(__file__)
DAY_S = 86_400

Verdict = Literal["somebody_else", "is_them"]


class Screening(msgspec.Struct, frozen=True):
    """An account this process is to ask about; `tries` counts this one."""

    id: UUID
    creator_id: int
    provider: str
    tries: int
    leased_until: datetime
    outcome: ScreeningOutcome | None
    holder_name: str
    country: str


class MatchedScreening(msgspec.Struct, frozen=True):
    """The newest screening of a payout's account."""

    id: UUID
    creator_id: int
    method_id: UUID
    said_at: datetime | None
    outcome: ScreeningOutcome | None
    verdict: Verdict | None


class KeptVerdict(msgspec.Struct, frozen=True):
    """What an operator decided of a potential match."""

    screening_id: UUID
    said_at: datetime
    verdict: str
    reason: str
    decided_by: int
    decided_at: datetime


class ScreeningVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is proposed of a potential match."""

    screening_id: UUID
    creator_id: str
    payout_id: UUID
    said_at: datetime
    verdict: Verdict
    diamonds: Annotated[int, Meta(description="Of the payout that waits for it.")]
    reason: Annotated[str, Meta(min_length=1, max_length=PAYOUT_REASON_LENGTH_MAX, pattern=r"\S")]


class NoPotentialMatch(Conflict):
    """Nothing is to be decided: the source says another thing by now, or somebody decided."""

    code = "no_potential_match"
    title = "The source says something else by now, or somebody has decided; look again."


SCREENINGS = Queue(
    name="payouts.screen",
    what="A source is asked about whom is paid",
    item=Screening,
    claim=SQL["claim_screenings"],
    postpone=SQL["postpone_screening"],
    waiting=SQL["waiting_screenings"],
    key=lambda one: (one.id,),
    lease_s=PAYOUT_SEND_LEASE_S,
    backoff=Backoff(PAYOUT_SEND_PAUSE_S_FIRST, PAYOUT_SEND_PAUSE_S_MAX),
    at_once=PAYOUT_SENDS_AT_ONCE,
    claimed_max=PAYOUT_SENDS_AT_ONCE,
    per_run_max=PAYOUT_SENDS_PER_RUN_MAX,
)


async def keep_rule(connection: Connection, settings: Settings, sources: ScreeningSources, now: datetime) -> None:
    """Have the database hold payouts to what the settings ask, from now on. Repeating it changes nothing."""
    await connection.execute(SQL["lock_screenings"])
    source = next(iter(sources.names), None)
    age_s = settings.screening_days * DAY_S if source else None
    await connection.execute(
        SQL["keep_screening_rule"], source, age_s, bool(source) and settings.screening_identity, now
    )


async def screen_due(database: Database, clock: Clock, sources: ScreeningSources) -> int:
    """Queue accounts that wait for a word, and ask about those whose time has come; answers how many were tried."""
    if not sources.names:
        return 0

    async def screen(one: Screening) -> None:
        source = sources.get(one.provider)
        if source is None:
            raise TryFailed("no_source", f"there is no source {one.provider} here")
        known = await source.fetch(one.id) if one.tries > 1 or one.outcome is not None else None
        subject = ScreeningSubject(screening_id=one.id, name=one.holder_name, country=one.country)
        said = known or await source.screen(subject)
        now = clock.now()
        pending, watch = timedelta(seconds=SCREENING_PENDING_POLL_S), timedelta(seconds=SCREENING_WATCH_POLL_S)
        async with database.transaction() as connection:
            await settle(
                connection,
                SQL["keep_word"],
                one,
                *(one.id, said.outcome, said.identity, said.reference, now, now + pending, now + watch),
            )

    async with database.transaction() as connection:
        await connection.execute(SQL["lock_screenings"])
        await connection.execute(SQL["queue_screenings"], clock.now(), PAYOUT_SENDS_PER_RUN_MAX)
    return await SCREENINGS.run(database, clock, screen, sources.names)


async def heed(
    database: Database, clock: Clock, sources: ScreeningSources, name: str, headers: Mapping[str, str], body: bytes
) -> None:
    """A source says that there is news: it is asked again soon. However often and late that comes does no harm.

    Raises:
        NotFound: there is no such source.
        SignatureNotValid: it is not from the source.
    """
    source = sources.get(name)
    if source is None:
        raise NotFound("There is no screening source of this name.")
    screening_id = source.verify_webhook(headers, body)
    if screening_id is not None:
        async with database.transaction() as connection:
            await connection.execute(SQL["hurry_screening"], screening_id, name, clock.now())


async def decide(
    connection: Connection,
    clock: Clock,
    house: House,
    payout: Payout,
    operator_id: int,
    *,
    verdict: Verdict,
    said_at: datetime,
    reason: str,
) -> KeptVerdict | Decision:
    """Decide of the potential match of a payout's account: alone, or by the decision that waits for another where it
    lets much be paid.

    Raises:
        NoPotentialMatch: there is none by now, or it is of another word than the one that was seen.
        OwnBenefit: it is the operator's own account, or one that is linked to theirs.
        Problem: as `propose` and `confirm` say.
    """
    await lock(connection, clock)
    found = await _match(connection, payout.creator_id, payout.id, said_at)
    if await are_linked(connection, operator_id, found.creator_id):
        raise OwnBenefit(role="confirmer")
    if verdict == "somebody_else" and await connection.fetchval(SQL["screening_needs_two"], found.id):
        content = ScreeningVerdict(
            screening_id=found.id,
            creator_id=str(found.creator_id),
            payout_id=payout.id,
            said_at=said_at,
            verdict=verdict,
            diamonds=payout.diamonds,
            reason=reason,
        )
        made: KeptVerdict | Decision = await ask(
            connection, clock, house, SCREENING, Proposal(None, content, reason, operator_id)
        )
        return made
    return await _keep(connection, clock, found.id, said_at, verdict, reason, operator_id, None)


async def _match(connection: Connection, creator_id: int, payout_id: UUID, said_at: datetime) -> MatchedScreening:
    found = await fetch_one(connection, SQL["matched_screening"], MatchedScreening, creator_id, payout_id)
    matches = found is not None and found.outcome is ScreeningOutcome.POTENTIAL_MATCH and found.verdict is None
    if found is None or not matches or found.said_at != said_at:
        raise NoPotentialMatch
    return found


async def _keep(
    connection: Connection,
    clock: Clock,
    screening_id: UUID,
    said_at: datetime,
    verdict: str,
    reason: str,
    operator_id: int,
    decision_id: UUID | None,
) -> KeptVerdict:
    row = (screening_id, said_at, verdict, reason, operator_id, clock.now(), decision_id)
    await connection.execute(SQL["keep_verdict"], *row)
    kept = await fetch_one(connection, SQL["verdict"], KeptVerdict, screening_id, said_at)
    assert kept is not None, "it was written a moment ago"
    return kept


async def _in_force(_: Connection, __: Clock, ___: ScreeningVerdict) -> None:
    return None


def _figures(one: ScreeningVerdict) -> Iterable[Figure]:
    yield Figure("Verdict", one.verdict.replace("_", " "))
    yield Figure("Diamonds", str(one.diamonds), Fraction(one.diamonds))


async def _check(connection: Connection, _: Clock, one: ScreeningVerdict) -> None:
    await _match(connection, int(one.creator_id), one.payout_id, one.said_at)


async def _beneficiary(_: Connection, one: ScreeningVerdict) -> int:
    return int(one.creator_id)


async def _apply(
    connection: Connection, clock: Clock, one: ScreeningVerdict, decision: Decision, _: Any
) -> KeptVerdict:
    assert decision.decided_by is not None, "it is confirmed"
    return await _keep(
        connection, clock, one.screening_id, one.said_at, one.verdict, one.reason, decision.decided_by, decision.id
    )


async def _made(connection: Connection, decision_id: UUID) -> KeptVerdict:
    kept = await fetch_one(connection, SQL["decided_verdict"], KeptVerdict, decision_id)
    assert kept is not None, "a confirmed decision made one"
    return kept


SCREENING = DecisionKind(
    name="screening",
    title="Potential match",
    access=Access.FINANCE,
    content=ScreeningVerdict,
    before=ScreeningVerdict,
    in_force=_in_force,
    figures=_figures,
    check=_check,
    subject=lambda one: str(one.screening_id),
    beneficiary=_beneficiary,
    apply=_apply,
    made=_made,
    problems=(NoPotentialMatch,),
    wakes=("payouts.send",),
)
