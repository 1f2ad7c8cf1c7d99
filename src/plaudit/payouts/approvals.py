"""Payouts that one operator does not approve alone: another confirms."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Protocol, runtime_checkable
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.decisions.actions import lock, open_decision
from plaudit.decisions.asking import House, Proposal, ask
from plaudit.decisions.kinds import DecisionKind, Figure
from plaudit.decisions.model import Decision
from plaudit.languages.formats import format_diamonds, format_money
from plaudit.money import Money
from plaudit.payouts import actions
from plaudit.payouts.controls import PayoutControlled, require_uncontrolled
from plaudit.payouts.model import Payout, PayoutMayBeSent, PayoutProviderMissing, PayoutState, PayoutStateConflict
from plaudit.payouts.providers import PayoutProviders
from plaudit.people.access import Access

SENDS = "payouts.send"  # the job of that name


@runtime_checkable
class PaysOut(House, Protocol):
    """What of the house is asked here."""

    @property
    def payout_providers(self) -> PayoutProviders: ...


class PayoutApproval(msgspec.Struct, frozen=True, kw_only=True):
    """A payout that is agreed to."""

    payout_id: UUID
    creator_id: str
    diamonds: int
    gross_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    holder_name: str
    country: str
    account_ending: str

    @classmethod
    def of(cls, payout: Payout) -> "PayoutApproval":
        return cls(
            payout_id=payout.id,
            creator_id=str(payout.creator_id),
            diamonds=payout.diamonds,
            gross_minor=payout.gross_minor,
            fee_minor=payout.fee_minor,
            net_minor=payout.net_minor,
            currency=payout.currency,
            holder_name=payout.holder_name,
            country=payout.country,
            account_ending=payout.account_ending,
        )


async def approve_or_ask(
    connection: Connection, clock: Clock, house: PaysOut, payout_id: UUID, operator_id: int
) -> Payout | Decision:
    """The payout, where one operator may agree to it; else the decision that waits for another, however often asked.

    Raises:
        Problem: as `actions.approve`, `propose` and `confirm` say.
    """
    await lock(connection, clock)
    payout = await actions.find(connection, payout_id, None)
    asked = payout.state is PayoutState.REQUESTED and await actions.needs_two(connection, clock, payout, operator_id)
    if not asked:
        return await actions.approve(connection, clock, house.payout_providers, operator_id, payout_id)
    if pending := await open_decision(connection, PAYOUT.name, str(payout_id)):
        return pending
    proposal = Proposal(None, PayoutApproval.of(payout), "Its creator asks for it.", operator_id)
    made: Payout | Decision = await ask(connection, clock, house, PAYOUT, proposal)
    return made


async def _in_force(_: Connection, __: Clock, ___: PayoutApproval) -> None:
    return None


def _figures(one: PayoutApproval) -> Iterable[Figure]:
    yield Figure("Diamonds", format_diamonds(one.diamonds), Fraction(one.diamonds))
    yield Figure("Amount", format_money(Money(one.gross_minor, one.currency)))
    yield Figure("Fee", format_money(Money(one.fee_minor, one.currency)))
    yield Figure("Arrives", format_money(Money(one.net_minor, one.currency)))
    yield Figure("Account", f"{one.holder_name}, {one.country}, ending in {one.account_ending}")


async def _check(connection: Connection, clock: Clock, one: PayoutApproval) -> None:
    payout = await actions.find(connection, one.payout_id, None)
    if payout.state is not PayoutState.REQUESTED:
        raise PayoutStateConflict(state=payout.state)
    await require_uncontrolled(connection, one.payout_id, clock.now())


async def _beneficiary(_: Connection, one: PayoutApproval) -> int:
    return int(one.creator_id)


async def _apply(
    connection: Connection, clock: Clock, one: PayoutApproval, decision: Decision, house: PaysOut
) -> Payout:
    assert decision.decided_by is not None, "it is confirmed"
    providers = house.payout_providers
    return await actions.approve(connection, clock, providers, decision.decided_by, one.payout_id, decision.id)


async def _made(connection: Connection, decision_id: UUID) -> Payout:
    payout_id: UUID = await connection.fetchval(actions.SQL["decided_payout"], decision_id)
    return await actions.find(connection, payout_id, None)


PAYOUT = DecisionKind(
    name="payout",
    title="Payout",
    access=Access.FINANCE,
    content=PayoutApproval,
    before=PayoutApproval,
    in_force=_in_force,
    figures=_figures,
    check=_check,
    subject=lambda one: str(one.payout_id),
    beneficiary=_beneficiary,
    apply=_apply,
    made=_made,
    in_emergency=False,  # money that has left does not come back
    problems=(PayoutControlled, PayoutStateConflict, PayoutProviderMissing, PayoutMayBeSent),
    wakes=(SENDS,),
)
