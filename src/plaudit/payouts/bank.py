"""What became of payouts made by hand: marked with the bank's reference, one by one or by a file."""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec

from plaudit.clock import Clock
from plaudit.connections import Connection
from plaudit.creators.actions import lock_creator
from plaudit.decisions.actions import are_linked
from plaudit.decisions.model import OwnBenefit, SecondPersonNeeded
from plaudit.money import Money
from plaudit.payouts import actions
from plaudit.payouts.model import Payout, PayoutNotExported, PayoutOutcomeConflict, PayoutState
from plaudit.payouts.outcomes import go, way_of
from plaudit.payouts.providers.base import PayoutStatus, ProviderPayout
from plaudit.problems import InvalidField
from plaudit.statements import fetch_all, fetch_one, statements

SQL = statements(__file__)


class BankOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What the bank says of one payout. `reason` is set unless it was paid; the creator reads it."""

    outcome: Literal["paid", "failed", "returned"]
    reference: str
    reason: str | None = None


class KnownOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """An outcome that was marked, by whom and when."""

    payout_id: UUID
    outcome: Literal["paid", "failed", "returned"]
    reference: str
    reason: str | None
    recorded_at: datetime
    recorded_by: int

    def is_same(self, told: BankOutcome) -> bool:
        return (self.outcome, self.reference, self.reason) == (told.outcome, told.reference, told.reason)


def checked(told: BankOutcome) -> BankOutcome:
    """The outcome without blanks around its texts.

    Raises:
        InvalidField: no reference, or a reason too many or too few.
    """
    reference, reason = told.reference.strip(), (told.reason or "").strip() or None
    if not reference:
        raise InvalidField(field="reference", reason="is missing: the bank's own name of the transfer")
    if told.outcome == "paid" and reason is not None:
        raise InvalidField(field="reason", reason="must be empty for what was paid")
    if told.outcome != "paid" and reason is None:
        raise InvalidField(field="reason", reason="is missing: the creator reads why it did not arrive")
    return BankOutcome(outcome=told.outcome, reference=reference, reason=reason)


class Marking(NamedTuple):
    """Who says what the bank did. `may_be_alone`: of what they approved alone they may say that it came back, because
    there is one operator."""

    operator_id: int
    may_be_alone: bool


async def mark(connection: Connection, clock: Clock, by: Marking, payout_id: UUID, told: BankOutcome) -> Payout:
    """Bring an exported payout to where the bank says it is, with its movements. Repeating it changes nothing.

    Raises:
        OwnBenefit: it is the operator's own, or that of an account linked to theirs.
        SecondPersonNeeded: it gives diamonds back, and who says so approved it alone.
        InvalidField: the outcome is not whole.
        NotFound: there is no such payout.
        PayoutNotExported: it is not paid by hand, or was not exported yet.
        PayoutOutcomeConflict: something else is known of it.
    """
    told = checked(told)
    found = await actions.find(connection, payout_id, None)
    await lock_creator(connection, found.creator_id)
    payout = await actions.find(connection, payout_id, None)
    if await is_known(connection, payout, told):
        return payout
    await require_word(connection, payout, told, by)
    now = clock.now()
    news = ProviderPayout(
        payout_id=payout.id,
        reference=told.reference if told.outcome != "returned" else "",
        status=PayoutStatus(told.outcome),
        money=Money(payout.net_minor, payout.currency),
        reason=told.reason,
    )
    await connection.execute(
        SQL["add_bank_outcome"],
        *(payout.creator_id, payout.id, told.outcome, told.reference, told.reason, now, by.operator_id),
    )
    await go(connection, payout, way_of(news.status, payout.state) or (), news, now, operator_id=by.operator_id)
    return await actions.find(connection, payout_id, None)


async def require_word(connection: Connection, payout: Payout, told: BankOutcome, by: Marking) -> None:
    """That an operator may say this of a payout.

    Raises:
        OwnBenefit, SecondPersonNeeded: as `mark`.
    """
    if await are_linked(connection, by.operator_id, payout.creator_id):
        raise OwnBenefit(role="confirmer")
    if told.outcome == "paid" or by.may_be_alone:
        return
    if await connection.fetchval(SQL["was_approved_alone_by"], payout.creator_id, payout.id, by.operator_id):
        raise SecondPersonNeeded


async def is_known(connection: Connection, payout: Payout, told: BankOutcome) -> bool:
    """Whether just this was marked before; False: it is news that fits.

    Raises:
        PayoutNotExported: it is not paid by hand, or was not exported yet.
        PayoutOutcomeConflict: something else is known of it.
    """
    if payout.export_number is None:
        raise PayoutNotExported(state=payout.state)
    known = await fetch_one(connection, SQL["bank_outcome"], KnownOutcome, payout.creator_id, payout.id, told.outcome)
    if known is not None and known.is_same(told):
        return True
    fits = payout.state is (PayoutState.PAID if told.outcome == "returned" else PayoutState.SENT)
    if known is not None or not fits:
        raise PayoutOutcomeConflict(
            state=payout.state, reference=known.reference if known else payout.provider_reference
        )
    return False


async def outcomes_of(connection: Connection, number: int) -> list[KnownOutcome]:
    """What was marked of the payouts of an export."""
    return await fetch_all(connection, SQL["bank_outcomes_of_export"], KnownOutcome, number)
