"""Why payouts wait for a person: what is more than usual, whose name is not the account's; and letting one pass."""

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.creators.actions import lock_creator
from plaudit.decisions.actions import are_linked, lock
from plaudit.decisions.model import OwnBenefit
from plaudit.languages.formats import format_number
from plaudit.payouts.model import Payout, PayoutState, PayoutStateConflict
from plaudit.problems import Conflict, NotFound
from plaudit.statements import fetch_all, statements

SQL = statements(__file__)


class PayoutControl(msgspec.Struct, frozen=True, kw_only=True):
    """What stops a payout, or did until somebody let it pass."""

    payout_id: UUID
    control: Annotated[str, Meta(description="What it is, such as `payout_person_day_count`.")]
    figure: Annotated[int, Meta(description="What is counted, this payout included.")]
    most: Annotated[int, Meta(description="What may be without a person.")]
    since: datetime
    stops: Annotated[str, Meta(description="What it stops: `approval` or `sending`; empty: it is only shown.")]
    passed: Annotated[bool, Meta(description="Whether somebody let it pass, up to this figure.")]

    @property
    def words(self) -> str:
        """What stops it, in a sentence for operators."""
        return _WORDS[self.control].format(format_number(self.figure), format_number(self.most))

    @property
    def may_pass(self) -> bool:
        """Whether it is for a person to let it pass."""
        return self.stops == "approval" and not self.passed and self.control != SAFETY_HOLD


SAFETY_HOLD = "safety_hold"
_WORDS = {
    "payout_person_day_count": "{} payouts of this person in a day; up to {} may be.",
    "payout_person_day_diamonds": "{} diamonds of this person in a day; up to {} may be.",
    "payout_person_week_count": "{} payouts of this person in a week; up to {} may be.",
    "payout_person_week_diamonds": "{} diamonds of this person in a week; up to {} may be.",
    "payout_account_week_creators": "{} people are paid to this bank account in a week; up to {} may be.",
    "payout_account_week_diamonds": "{} diamonds to this bank account in a week; up to {} may be.",
    "payout_new_creator_diamonds": "{} diamonds of somebody who is new to payouts; up to {} may be.",
    "name_close": "The account's name is not quite the one that is vouched for.",
    "name_unknown": "Nobody vouches for the creator's name, so the account's cannot be compared.",
    "name_mismatch": "The account's name is another than the one that is vouched for.",
    "screening_missing": "Nobody was asked yet whether sanctions name them.",
    "screening_unreachable": "The screening source does not answer; it is asked again by itself.",
    "screening_pending": "The screening source is still at it.",
    "screening_match": "Sanctions may name them: decide whether it is somebody else.",
    "screening_confirmed": "It is them whom sanctions name: refuse it, or freeze them.",
    "identity_unverified": "The source does not know who they are.",
    "connection_waits": "Their account at the provider takes no money until they told it what it asks for.",
    SAFETY_HOLD: "Safety holds it while a case is looked into.",
    "payout_house_day_diamonds": "{} diamonds of all creators in a day; up to {} may be.",
}
"""What operators read; every control has its words."""


class Wait(enum.StrEnum):
    """What a creator is told of why a payout waits; more would help who must not be helped."""

    CHECK = "check"
    """It is being checked, and there is nothing to do."""
    NAME = "name"
    """The bank account is not in the name by which they are known."""
    IDENTITY = "identity"
    """Their platform has to know who they are, and to say so."""
    ACCOUNT = "account"
    """Their account at the provider takes no money until they told the provider what it asks for."""


_TOLD = {
    "name_close": Wait.NAME,
    "name_mismatch": Wait.NAME,
    "name_unknown": Wait.IDENTITY,
    "identity_unverified": Wait.IDENTITY,
    "connection_waits": Wait.ACCOUNT,
}


class CreatorsWait(msgspec.Struct, frozen=True):
    """Why a payout waits, for its creator."""

    reason: Wait
    since: datetime


def told_creator(controls: Sequence[PayoutControl]) -> list[CreatorsWait]:
    """What stops a payout, as its creator is told: each reason once, since when."""
    found: dict[Wait, datetime] = {}
    for one in controls:
        if one.stops and not one.passed:
            reason = _TOLD.get(one.control, Wait.CHECK)
            found[reason] = min(one.since, found.get(reason, one.since))
    return [CreatorsWait(reason, since) for reason, since in found.items()]


class PayoutControlled(Conflict):
    """It waits for a person who looks at it with these in mind."""

    code = "payout_controlled"
    title = "This payout is stopped; look at why, and let it pass or refuse it."

    class Fields(msgspec.Struct, frozen=True):
        controls: list[str]


class PayoutControlDiffers(Conflict):
    code = "payout_control_differs"
    title = "It is another figure by now; look again."

    class Fields(msgspec.Struct, frozen=True):
        figure: int


async def controls_of(
    connection: Connection, payout_ids: Sequence[UUID], at: datetime
) -> dict[UUID, list[PayoutControl]]:
    """What stops each of some payouts that are not sent, and what somebody let pass of them."""
    found: dict[UUID, list[PayoutControl]] = {}
    for one in await fetch_all(connection, SQL["controls"], PayoutControl, payout_ids, at):
        found.setdefault(one.payout_id, []).append(one)
    return found


async def require_uncontrolled(connection: Connection, payout_id: UUID, at: datetime) -> None:
    """That nothing stops a payout from being agreed to.

    Raises:
        PayoutControlled: something does.
    """
    found = (await controls_of(connection, [payout_id], at)).get(payout_id, [])
    if stopped := [one.control for one in found if one.stops == "approval" and not one.passed]:
        raise PayoutControlled(controls=stopped)


async def let_pass(
    connection: Connection, clock: Clock, operator_id: int, payout: Payout, *, control: str, figure: int, reason: str
) -> PayoutControl:
    """Let a payout pass one control, up to the figure that was seen. Repeating it changes nothing.

    Raises:
        NotFound: nothing of this kind stops it.
        PayoutControlDiffers: it is more by now.
        PayoutStateConflict: it is not waiting for anybody.
        OwnBenefit: it is the operator's own, or that of an account linked to theirs.
    """
    await lock(connection, clock)
    await lock_creator(connection, payout.creator_id)
    if payout.state not in {PayoutState.REQUESTED, PayoutState.APPROVED}:
        raise PayoutStateConflict(state=payout.state)
    if await are_linked(connection, operator_id, payout.creator_id):
        raise OwnBenefit(role="confirmer")
    now = clock.now()
    standing = (await controls_of(connection, [payout.id], now)).get(payout.id, [])
    stopped = next(
        (one for one in standing if one.control == control and one.stops == "approval" and control != SAFETY_HOLD), None
    )
    if stopped is None:
        raise NotFound("Nothing of this kind stops this payout.")
    if stopped.figure > figure:
        raise PayoutControlDiffers(figure=stopped.figure)
    await connection.execute(
        SQL["let_pass"], payout.creator_id, payout.id, control, stopped.figure, reason, operator_id, now
    )
    return msgspec.structs.replace(stopped, passed=True)
