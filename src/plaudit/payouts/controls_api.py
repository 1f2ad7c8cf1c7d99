"""What operators do about payouts that are stopped: see all reasons of each, and let one pass with a reason."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from plaudit.decisions.model import OwnBenefit
from plaudit.injected import Clock, Database
from plaudit.limits import PAYOUT_REASON_LENGTH_MAX
from plaudit.pages import Page
from plaudit.payouts import actions
from plaudit.payouts.controls import PayoutControl, PayoutControlDiffers, controls_of, let_pass
from plaudit.payouts.model import PayoutStateConflict
from plaudit.people.access import Access
from plaudit.people.injected import Caller


class Pass(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody lets pass, as they saw it."""

    control: Annotated[str, Meta(min_length=1, max_length=60, description="As it is listed.")]
    figure: Annotated[int, Meta(ge=0, le=2**53, description="As it was seen: what grows beyond it stops again.")]
    reason: Annotated[str, Meta(min_length=1, max_length=PAYOUT_REASON_LENGTH_MAX, pattern=r"\S")]


@get(
    "/v1/operator/payouts/{payout_id:uuid}/controls",
    access=Access.FINANCE,
    operation_id="ListPayoutControls",
    personal=True,
    tags=["Operator"],
    summary="Why a payout waits",
)
async def list_controls(payout_id: FromPath[UUID], database: Database, clock: Clock) -> Page[PayoutControl]:
    """All that stops it, and what somebody let pass, as long as it is not sent."""
    async with database.read() as connection:
        payout = await actions.find(connection, payout_id, None)
        found = await controls_of(connection, [payout.id], clock.now())
    return Page(found.get(payout.id, []), None)


@post(
    "/v1/operator/payouts/{payout_id:uuid}/passes",
    access=Access.FINANCE,
    step_up=True,
    operation_id="LetPayoutPass",
    tags=["Operator"],
    summary="Let a payout pass a control",
    problems=(PayoutControlDiffers, PayoutStateConflict, OwnBenefit),
)
async def pass_control(
    payout_id: FromPath[UUID], data: JSONBody[Pass], caller: Caller, database: Database, clock: Clock
) -> PayoutControl:
    """With a reason that is kept. It can be agreed to when nothing stops it any more. Repeating it changes nothing."""
    async with database.transaction() as connection:
        payout = await actions.find(connection, payout_id, None)
        return await let_pass(
            connection,
            clock,
            caller.person_id,
            payout,
            control=data.control,
            figure=data.figure,
            reason=data.reason,
        )


HANDLERS: list[Any] = [list_controls, pass_control]
