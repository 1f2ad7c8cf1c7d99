"""Screening over HTTP: what operators decide of a potential match, and the webhooks of sources."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from plaudit.decisions.answers import DecisionAnswer
from plaudit.decisions.asking import House, told
from plaudit.decisions.model import REFUSED, OwnBenefit
from plaudit.injected import Clock, Database
from plaudit.jobs import JobRunner
from plaudit.limits import PAYOUT_REASON_LENGTH_MAX, PAYOUT_WEBHOOK_BYTES_MAX
from plaudit.payouts import actions
from plaudit.payouts.screening import ScreeningSources
from plaudit.payouts.screenings import SCREENING, SCREENINGS, KeptVerdict, NoPotentialMatch, Verdict, decide, heed
from plaudit.people.access import Access
from plaudit.people.injected import Caller
from plaudit.problems import BodyTooLarge
from plaudit.providers import SignatureNotValid


class NewVerdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an operator decides of a potential match, as they saw it."""

    verdict: Annotated[Verdict, Meta(description="`somebody_else`: it may be paid; `is_them`: it stays where it is.")]
    said_at: Annotated[datetime, Meta(tz=True, description="`since` of the control: another word is another case.")]
    reason: Annotated[str, Meta(min_length=1, max_length=PAYOUT_REASON_LENGTH_MAX, pattern=r"\S")]


@post(
    "/v1/operator/payouts/{payout_id:uuid}/screening-verdicts",
    access=Access.FINANCE,
    step_up=True,
    operation_id="DecidePotentialMatch",
    tags=["Operator"],
    summary="Decide of a potential match",
    status_code=201,
    other_answers={202: DecisionAnswer},
    problems=(*REFUSED, NoPotentialMatch, OwnBenefit),
)
async def decide_match(
    payout_id: FromPath[UUID],
    data: JSONBody[NewVerdict],
    caller: Caller,
    database: Database,
    clock: Clock,
    house: NamedDependency[House],
) -> Response[KeptVerdict]:
    """202 with the decision that waits for another operator, where it lets more be paid than one decides alone. The
    creator is told of neither: their payout is being checked."""
    async with database.transaction() as connection:
        payout = await actions.find(connection, payout_id, None)
        decided = await decide(
            connection,
            clock,
            house,
            payout,
            caller.person_id,
            verdict=data.verdict,
            said_at=data.said_at,
            reason=data.reason,
        )
        return await told(connection, SCREENING, decided, 201)


@post(
    "/v1/webhooks/screening/{source_name:str}",
    access=Access.PUBLIC,
    foreign_credentials=True,
    operation_id="TakeScreeningWebhook",
    tags=["Webhooks"],
    status_code=204,
    summary="A screening source has news",
    problems=(BodyTooLarge, SignatureNotValid),
)
async def take_webhook(
    source_name: FromPath[str],
    request: Request[Any, Any, Any],
    database: Database,
    clock: Clock,
    jobs: NamedDependency[JobRunner],
    screening_sources: NamedDependency[ScreeningSources],
) -> Response[None]:
    """Signed by the source. It only says that there is news: the source is asked what it says now."""
    body = await request.body()
    if len(body) > PAYOUT_WEBHOOK_BYTES_MAX:
        raise BodyTooLarge
    await heed(database, clock, screening_sources, source_name, request.headers, body)
    jobs.wake(SCREENINGS.name)
    return Response(None, status_code=204)


HANDLERS: list[Any] = [decide_match, take_webhook]
